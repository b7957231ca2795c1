"""New kinds, properties, edges and identifier types live at once, in the ledger and in every graph."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline.changing import Company, differences

PEOPLE = """id,given,family,mail,member,income,golden
1,Ada,Silva,ada@x.pt,M1,9000,G1
2,Bo,Berg,bo@x.se,M2,,G1
3,Ana,Silva,ana@x.pt,M1,8000,G2
"""
REPAIRS = """repair,date,what,member,sku,cost
R1,2026-01-02,zip,M1,t,12
R2,2026-01-03,pole,M2,l,30
"""
BEFORE = """
[sources.c]
path = "c.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "mail" }

[sources.repairs]
path = "repairs.csv"
kind = "ticket"
key = "repair"
columns = { name = "what" }
"""
AFTER = """
[schema.kinds.person.properties]
income = { type = "money" }

[schema.kinds.repair]
sort = "thing"
label = "Repair"
properties = { at = "instant", fault = "text", cost = { type = "money", fold = "sum" } }
parties = { owner = "BROUGHT_IN" }
links = { of_product = { edge = "OF_PRODUCT", kind = "product" } }

[schema.identifiers.member_no]
exclusive = true

[sources.c]
path = "c.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "mail", member_no = "member", income = "income" }

[sources.repairs]
path = "repairs.csv"
kind = "repair"
key = "repair"
columns = { at = "date", fault = "what", cost = "cost" }
parties = { owner = { kind = "person", identifiers = { member_no = "member" } } }
links = { of_product = { kind = "product", source = "repairs", key = "sku" } }
"""
REPAIRED = (
    "MATCH (c:Customer)-[:BROUGHT_IN]->(r:Repair) RETURN r.fault AS fault, c.name AS who ORDER BY fault, who"
)


@pytest.fixture(params=["embedded", "arcadedb"])
def stores(request):
    address = "embedded" if request.param == "embedded" else request.getfixturevalue("arcadedb")
    return f'\n[stores]\ngraph = "{address}"\n'


def test_a_new_kind_property_edge_and_identifier_live_at_once(tmp_path: Path, stores: str):
    company = Company(tmp_path / "company", BEFORE + stores, PEOPLE, repairs=REPAIRS)
    company.c360.graph()
    company.gone()
    company.change(AFTER + stores)

    company.c360.remap()

    rows = company.c360.graph().ask(REPAIRED, {})
    assert [row["fault"] for row in rows] == ["pole", "zip"]
    golden = {one.property: one.value for one in company.c360.customer("c/3").golden}
    assert golden["income"]
    assert not company.c360.reconcile(dry_run=True).drifts
    company.c360.close()


def test_it_equals_a_company_that_had_the_schema_from_the_start(tmp_path: Path):
    changed = Company(tmp_path / "changed", BEFORE, PEOPLE, repairs=REPAIRS)
    changed.gone()
    changed.change(AFTER)
    changed.c360.remap()
    fresh = Company(tmp_path / "fresh", AFTER, PEOPLE, repairs=REPAIRS)

    assert not differences(changed, fresh)
    changed.c360.close()
    fresh.c360.close()


FAMILY = """id,given,family,mail,passport
1,John,Smith,smith@x.uk,AX5501
2,John,Smith,smith@x.uk,BQ7788
3,Ana,Silva,ana@x.pt,CC1234
4,Ana,Silva,ana@x.pt,
"""
PASSPORTS = """
[schema.identifiers.passport]
exclusive = %s

[sources.c]
path = "c.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "mail", passport = "passport" }
"""


def test_an_identifier_type_that_becomes_exclusive_tells_two_apart_and_back(tmp_path: Path):
    company = Company(tmp_path / "company", PASSPORTS % "false", FAMILY)
    customer = company.c360.customer
    assert customer("c/1").id == customer("c/2").id

    company.change(PASSPORTS % "true")
    company.c360.remap()
    customer = company.c360.customer
    assert customer("c/1").id != customer("c/2").id
    assert customer("c/3").id == customer("c/4").id
    assert "identifiers of a sort" in company.c360.why_not("c/1", "c/2").sentence

    company.change(PASSPORTS % "false")
    company.c360.remap()
    assert company.c360.customer("c/1").id == company.c360.customer("c/2").id
    company.c360.close()


# --- given identity ----------------------------------------------------------------------------------

MASTERED = BEFORE.replace('key = "id"\n', 'key = "id"\nmaster = "golden"\n')
SCORES = """
[sources.scores]
path = "scores.csv"
kind = "score"
key = ["customer", "name"]
columns = {{ name = "name", value = "value" }}
parties.of = {{ customer = "{column}" }}
"""


def test_master_ids_hold_together_as_soon_as_they_are_mapped_and_no_longer_when_not(tmp_path: Path):
    company = Company(tmp_path / "company", BEFORE, PEOPLE, repairs=REPAIRS)
    assert company.c360.customer("c/1").id != company.c360.customer("c/2").id

    company.change(MASTERED)
    company.c360.remap()
    assert company.c360.customer("c/1").id == company.c360.customer("c/2").id

    company.change(BEFORE)
    company.c360.remap()
    assert company.c360.customer("c/1").id != company.c360.customer("c/2").id
    company.c360.close()


def test_scores_by_customer_id_stay_with_the_customer(tmp_path: Path):
    company = Company(tmp_path / "company", BEFORE, PEOPLE, repairs=REPAIRS)
    ada = company.c360.customer("c/1").id
    company.deliver(scores=f"customer,name,value\n{ada},churn,0.25\n")
    scores = SCORES.format(column="customer")
    company.change(BEFORE + scores)
    company.c360.load()
    company.change(MASTERED.replace('given = "given"', 'given = "family"') + scores)

    company.c360.remap()

    asked = "MATCH (c:Customer)-->(s:Score) RETURN c.id AS id, s.value AS value"
    assert [row["value"] for row in company.c360.graph().ask(asked, {})] == [0.25]
    assert company.c360.customer(ada).id == company.c360.customer("c/1").id
    company.c360.close()
