"""Things of a project's own are on card and timeline like purchases, whichever store answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pipeline.changing import Company

TEXT = """
[schema.kinds.repair]
sort = "thing"
label = "Repair"
properties = { at = "instant", fault = "text", amount = "money" }
parties = { owner = "BROUGHT_IN", payer = "PAID_FOR" }
[sources.c]
path = "c.csv"
kind = "person"
key = "id"
columns = { full_name = "name", email = "mail" }
[sources.repairs]
path = "repairs.csv"
kind = "repair"
key = "no"
columns = { at = "at", fault = "fault", amount = "cost" }
parties = { owner = { source = "c", key = "owner" }, payer = { source = "c", key = "payer" } }
[sources.orders]
path = "orders.csv"
kind = "purchase"
key = "no"
columns = { at = "at", amount = "total" }
parties = { buyer = { source = "c", key = "who" }, recipient = { source = "c", key = "for" } }
"""
PEOPLE = "id,name,mail\n1,Ada Silva,ada@x.pt\n2,Bo Berg,bo@x.se\n"
REPAIRS = "no,at,fault,cost,owner,payer\n" + "".join(
    f"R{n},2026-01-{n:02},chain,10.50,1,{1 + n % 2}\n" for n in range(1, 25)
)
ORDERS = "no,at,total,who,for\nA1,2026-02-01,5,1,2\nA2,2026-02-02,5,2,2\n"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    made = Company(tmp_path / "c", TEXT, PEOPLE, repairs=REPAIRS, orders=ORDERS)
    yield made
    made.c360.close()


def test_graph_and_ledger_show_the_same_things_of_ones_own(company: Company):
    for key in ("c/1", "c/2"):
        drawn, folded = company.c360.customer(key), company.c360.customer(key, from_ledger=True)

        assert drawn.origin == "graph"
        assert {entry.kind for entry in drawn.timeline} == {"repair", "purchase"}
        assert replace(drawn, origin="ledger", missing=()) == replace(folded, missing=())


def test_the_timeline_goes_on_with_them_to_its_end(company: Company):
    card = company.c360.customer("c/1")

    older = company.c360.timeline("c/1", card.timeline[-1])

    assert [entry.name for entry in card.timeline[:2]] == ["purchase A1", "repair R24"]
    assert [entry.name for entry in older] == [f"repair R{n}" for n in range(5, 0, -1)]
    assert "`BROUGHT_IN`" in company.c360.questions()["timeline"].text


def test_an_entry_says_in_which_role(company: Company):
    roles = {entry.name: entry.role for entry in company.c360.customer("c/2").timeline}

    assert roles["repair R23"] == "payer"
    assert roles["purchase A1"] == "recipient"
    # A present to oneself was bought, and counts.
    assert roles["purchase A2"] == "buyer"


def test_what_else_hangs_on_the_type_of_an_edge_did_not_happen(company: Company):
    schema = company.c360.project.schema
    repair = schema.kinds["repair"]

    assert schema.happened == ("MADE", "RECEIVED", "RAISED", "SENT_BACK", "BROUGHT_IN", "PAID_FOR")
    odd = schema.with_({"repair": replace(repair, parties={"owner": "VIEWED", "payer": "SCORED"})}, {})
    assert odd.happened == ("MADE", "RECEIVED", "RAISED", "SENT_BACK")
