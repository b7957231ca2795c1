"""What the schema keeps back or masks is in no node and no edge, under no name; the card has it all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import threesixty
from threesixty.graph.ladybug import Ladybug
from threesixty.pipeline.draw import draw

PROJECT = """
[schema.kinds.person.properties]
family = {{ {family} }}
birth_date = {{ {birth_date} }}
street = {{ {street} }}
email = {{ {email} }}
illness = {{ type = "text", category = "special" }}

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
[sources.crm.columns]
given = "given"
family = "family"
birth_date = "born"
email = "email"
street = "street"
city = "city"
illness = "illness"
"""
ADA = {"id": "1", "given": "Ada", "family": "Lovelace", "born": "1988-04-12", "email": "ada@example.org",
       "street": "Rua Augusta 1", "city": "Lisboa", "illness": "asthma"}  # fmt: skip
BEA = {**ADA, "id": "2", "given": "Beatriz", "email": "bea@example.org", "born": "1990-01-01"}


@pytest.fixture
def company(tmp_path):
    opened = []

    def open_(**graph):
        flags = dict.fromkeys(("family", "birth_date", "street", "email"), "")
        flags |= {name: f'graph = "{word}"' for name, word in graph.items()}
        (tmp_path / "threesixty.toml").write_text(PROJECT.format(**flags), "utf-8")
        for one in opened:
            one.close()
        opened.append(threesixty.open(tmp_path))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def drawn(c360) -> str:
    return json.dumps(list(c360.graph().export()), default=str, ensure_ascii=False)


def test_what_is_masked_shows_only_a_part(company):
    c360 = company(family="masked", birth_date="masked", email="masked", street="masked")
    c360.put("crm", [ADA, BEA])
    text = drawn(c360)

    assert not [word for word in ("Lovelace", "1988-04", "ada@", "Augusta") if word in text]
    assert [word for word in ("Ada Lo…lace", "1988", "a…@example.org", "Lo…lace household") if word in text]
    card = c360.customer("crm/1")
    assert (card.name, card.value("birth_date"), card.value("email")) == (
        "Ada Lovelace", "1988-04-12", "ada@example.org",
    )  # fmt: skip


def test_what_is_kept_back_is_nowhere(company):
    c360 = company(family="no", birth_date="no", email="no", street="no")
    c360.put("crm", [ADA, BEA])
    text = drawn(c360)

    assert not [word for word in ("Lovelace", "1988", "ada@", "Augusta") if word in text]
    assert "Lisboa" in text
    assert c360.customer("crm/1").name == "Ada Lovelace"


def test_special_data_stays_out_of_the_graph_until_the_project_lets_it_in(company):
    c360 = company()
    c360.put("crm", [ADA])

    assert "asthma" not in drawn(c360)
    assert c360.customer("crm/1").value("illness") == "asthma"


def test_both_cards_are_equal_where_values_are_kept_back(company):
    c360 = company(family="masked", birth_date="masked", email="no")
    c360.put("crm", [ADA, BEA])
    graph, ledger = c360.customer("crm/1"), c360.customer("crm/1", from_ledger=True)

    assert (graph.golden, graph.name, graph.household) == (ledger.golden, ledger.name, ledger.household)


def test_a_flag_that_changes_is_in_the_graph_at_the_next_look(company):
    c360 = company()
    c360.put("crm", [ADA])
    assert "Lovelace" in drawn(c360)

    assert "Lovelace" not in drawn(company(family="masked"))
    assert "Lovelace" in drawn(company())


def test_a_graph_on_a_server_is_not_emptied_by_a_look_but_status_says_what_to_do(company, graph_of_others):
    c360 = company()
    c360.put("crm", [ADA])
    graph_of_others(c360)
    c360 = company(family="masked")
    graph_of_others(c360)

    draw(c360.view, c360.graph())
    assert "Lovelace" in drawn(c360)
    assert any("reconcile" in notice for notice in c360.status().notices)

    c360.reconcile()
    assert "Lovelace" not in drawn(c360)
    assert not any("reconcile" in notice for notice in c360.status().notices)


@pytest.fixture
def graph_of_others(tmp_path):
    """Lets a project keep its graph where it does not count as its own: in an engine given from outside."""
    opened = {}

    def give(c360):
        path = tmp_path / "elsewhere" / "graph.lbug"
        for one in opened.values():
            one.close()
        opened[0] = Ladybug.open(path, c360.project.schema)
        c360.close()
        c360.project = replace(c360.project, graph="bolt://elsewhere")
        c360._graph = opened[0]
        draw(c360.view, c360._graph)

    return give
