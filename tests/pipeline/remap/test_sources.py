"""Every source is mapped anew from the log: those that share names, and those that only a column names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.ledger.older import make_older
from tests.pipeline.changing import Company, differences

from threesixty.errors import NotFound

PEOPLE = """id,other,a,b,mail,note
1,x1,Ada,Silva,ada@x.pt,n1
2,x2,Bo,Berg,bo@x.se,
3,x3,Cy,Dahl,cy@x.se,n3
"""
MORE = """id,other,a,b,mail,note
2,x2,Bo,Borg,bo@y.se,m2
4,x4,Di,Ek,di@x.se,
1,x9,Ada,Silva,ada@x.pt,m1
"""
LINES = """line,src,kind,who,mail,sku,product,price
1,till,purchase,1,ada@x.pt,t,Tent,90
2,web,purchase,2,bo@x.se,l,Lamp,12
,web,purchase,9,eve@x.se,s,Stove,40
3,till,ticket,1,ada@x.pt,t,Big tent,95
4,web,purchase,2,bo@x.se,l,Lamp,11
"""
SOURCE = """
[sources.{name}]
path = "{name}.csv"
delivery = "{delivery}"
kind = "person"
source = "crm"
key = "{key}"
columns = {{ {columns} }}
"""
MIXED = """
[sources.lines]
path = "lines.csv"
[[sources.lines.records]]
kind = {{ column = "kind" }}
source = {{ column = "src" }}
key = "{key}"
columns = {{ {columns} }}
parties.buyer = {{ source = "crm", kind = "person", key = "who", identifiers = {{ {bag} }} }}
[[sources.lines.records]]
kind = "product"
source = "shop"
key = "sku"
columns = {{ name = "{product}" }}
"""
COLUMNS = {
    "all": 'given = "a", family = "b", email = "mail"',
    "swapped": 'given = "b", family = "a"',
    "note": 'given = "a", family = "b", email = "mail", loyalty = "note"',
}


def people(name: str, key: str = "id", columns: str = "all", delivery: str = "append") -> str:
    return SOURCE.format(name=name, key=key, columns=COLUMNS[columns], delivery=delivery)


def lines(
    key: str = "line", bag: str = "", columns: str = 'name = "product"', product: str = "product"
) -> str:
    return MIXED.format(key=key, bag=bag or 'email = "mail"', columns=columns, product=product)


PROJECTS = st.builds(
    lambda one, other, third: one + other + third,
    st.builds(people, st.just("c"), st.sampled_from(["id", "other"]), st.sampled_from(sorted(COLUMNS))),
    st.builds(people, st.just("more"), st.sampled_from(["id", "other"]), st.sampled_from(sorted(COLUMNS))),
    st.builds(
        lines,
        st.sampled_from(["line", "product"]),
        st.sampled_from(['email = "mail"', 'email = "mail", loyalty = "src"']),
        st.sampled_from(['name = "product"', 'name = "sku", amount = "price"']),
        st.sampled_from(["product", "sku", "price"]),
    ),
)


def keys(one: str, other: str) -> str:
    return people("c", one) + people("more", other)


@example([keys("other", "id"), keys("id", "id"), keys("id", "other")])
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PROJECTS, min_size=2, max_size=3))
def test_any_mappings_of_sources_that_share_names_are_the_last_one(tmp_path_factory, projects):
    folder = tmp_path_factory.mktemp("sources")
    changed = Company(folder / "changed", projects[0], PEOPLE, more=MORE, lines=LINES)
    changed.gone()
    for text in projects[1:]:
        changed.change(text)
        told = changed.c360.remap()
        assert not told.notices
    fresh = Company(folder / "fresh", projects[-1], PEOPLE, more=MORE, lines=LINES)
    try:
        assert not differences(changed, fresh)
        assert changed.c360.ledger.verify() == []
    finally:
        changed.c360.close()
        fresh.c360.close()


def test_a_row_that_gives_no_first_record_is_kept_whole_by_the_next_one(tmp_path: Path):
    company = Company(tmp_path / "company", lines(), lines=LINES)
    company.gone()
    company.change(lines(key="who"))

    company.c360.remap()

    assert {str(name) for name in company.c360.ledger.all_names().values()} >= {"web/9"}
    company.c360.close()


@pytest.mark.parametrize("key", ["id", "other"])
def test_of_full_deliveries_the_last_one_counts(tmp_path: Path, key: str):
    def deliveries(first: str) -> Company:
        company = Company(tmp_path / first, people("c", first, delivery="snapshot"), PEOPLE)
        company.deliver(c=PEOPLE.replace("1,x1,", "1,x7,").replace("2,x2,Bo,Berg,bo@x.se,\n", ""))
        company.c360.load(accept_shrink=True)
        return company

    changed, fresh = deliveries("other" if key == "id" else "id"), deliveries(key)
    changed.gone()
    changed.change(people("c", key, delivery="snapshot"))
    changed.c360.remap()

    assert not differences(changed, fresh)
    changed.c360.close()
    fresh.c360.close()


# --- what must not be lost ---------------------------------------------------------------------------


@pytest.fixture
def company(tmp_path: Path):
    company = Company(
        tmp_path / "company", people("c") + people("more") + lines(), PEOPLE, more=MORE, lines=LINES
    )
    yield company
    company.c360.close()


def test_an_id_answers_for_the_customer_that_its_row_gives_now(company: Company):
    before = company.c360.customer("crm/3").id
    company.change(people("c", "other") + people("more", "other") + lines())
    company.c360.remap()
    assert company.c360.customer(before).id == company.c360.customer("crm/x3").id

    company.change(people("c") + people("more") + lines())
    company.c360.remap()
    assert company.c360.customer(before).id == before


def test_forgetting_under_the_new_name_forgets_what_was_said_under_the_old_one(company: Company):
    company.change(people("c", "other") + people("more", "other") + lines())
    company.c360.remap()
    company.c360.forget("crm/x3")

    path = company.c360.ledger.path
    company.c360.close()
    left = [file for file in path.parent.rglob("*") if file.is_file() and b"cy@x.se" in file.read_bytes()]
    assert not left


def test_a_decision_waits_while_its_record_is_away_and_counts_when_it_is_back(company: Company):
    company.c360.merge("crm/3", "crm/4")
    company.change(people("c", "other") + people("more") + lines())

    told = company.c360.remap()
    assert [(one.verdict, one.one, one.other) for one in told.waiting] == [("same", "crm/3", "crm/4")]

    company.change(people("c") + people("more") + lines())
    company.c360.remap()
    assert company.c360.customer("crm/3").id == company.c360.customer("crm/4").id


def test_a_load_that_maps_anew_says_what_came_of_it_and_whose_decisions_wait(company: Company):
    company.c360.different("crm/3", "crm/4")
    company.change(people("c", "other") + people("more") + lines())

    told = " ".join(company.c360.load().notices)

    assert "the mapping of c is another than before: its rows were mapped anew: 3 new, 1 ended" in told
    assert "1 decision of a person speaks of records that ended, such as different: crm/3 and crm/4" in told
    assert [one.waits for one in company.c360.decisions()] == [True]

    company.change(people("c") + people("more") + lines())
    company.c360.load()
    assert [one.waits for one in company.c360.decisions()] == [False]


def test_only_what_changed_is_resolved_anew(company: Company):
    company.change(people("c") + people("more") + lines(columns='name = "product", amount = "price"'))
    ledger = company.c360.ledger
    matches = ledger.matches_of()

    told = company.c360.remap()

    assert told.changed == 3  # the purchases: a ticket has no amount
    assert ledger.matches_of() == matches
    assert not ledger._driver.execute("SELECT 1 FROM audit WHERE action = 'resolve anew'").fetchall()


# --- ledgers of before ---------------------------------------------------------------------------------


def older(company: Company) -> None:
    make_older(company.c360.ledger, 8)


def test_an_older_ledger_is_remapped_where_names_tell_whose_rows_they_are(tmp_path: Path):
    alone = people("c").replace('source = "crm"\n', "")
    company = Company(tmp_path / "company", alone, PEOPLE)
    company.gone()
    older(company)
    company.change(alone.replace('given = "a"', 'given = "b"'))

    assert not company.c360.remap().notices
    assert company.c360.customer("c/1").name == "Silva Silva"
    company.c360.close()


def test_where_they_do_not_what_is_there_stays_until_its_files_were_read_once_more(company: Company):
    older(company)
    company.change(people("c", columns="swapped") + people("more") + lines())

    told = company.c360.remap()
    assert "threesixty load c`" in " ".join(told.notices)
    assert company.c360.customer("crm/3").name == "Cy Dahl"

    company.c360.load()
    assert company.c360.customer("crm/3").name == "Dahl Cy"
    company.gone()
    company.change(people("c") + people("more") + lines())
    assert not company.c360.remap("c").notices
    assert company.c360.customer("crm/3").name == "Cy Dahl"


def test_a_source_that_the_project_has_no_more_is_left_as_it_is(company: Company):
    company.change(people("c", columns="swapped") + lines())
    company.c360.remap()

    assert company.c360.customer("crm/4").name == "Di Ek"
    with pytest.raises(NotFound):
        company.c360.remap("more")


def test_what_a_contact_point_is_for_is_written_and_nobody_compared_or_drawn(tmp_path: Path):
    company = Company(tmp_path / "company", people("c"), PEOPLE)
    ledger = company.c360.ledger
    seq = ledger.reached("resolved_seq")
    company.change(people("c").replace('email = "mail"', 'email = { work = "mail" }'))

    told = company.c360.remap()

    assert [(one.what, one.count, one.after) for one in told.changes] == [
        ("identifier email", 3, "ada@x.pt (work)")
    ]
    assert {held.use for held in company.c360.ledger.carried()} == {"work"}
    assert company.c360.ledger.reached("resolved_seq") == seq
    company.c360.close()


DELETED_THEN_LATE = """id,op,at,a,mail
1,I,1,Ada,ada@x.pt
2,I,1,Bo,bo@x.se
2,D,9,,
2,U,5,Bob,bo@y.se
"""


def changing(given: str) -> str:
    return (
        '[sources.c]\npath = "c.csv"\ndelivery = "changes"\ndeleted = { column = "op", values = ["D"] }\n'
        'kind = "person"\nkey = "id"\nversion = "at"\n'
        f'columns = {{ {given} = "a", email = "mail" }}\n'
    )


def test_a_late_row_older_than_the_deletion_brings_nobody_back(tmp_path: Path):
    company = Company(tmp_path / "company", changing("given"), DELETED_THEN_LATE)
    company.gone()
    company.change(changing("family"))

    told = company.c360.remap()

    assert (told.new, told.ended, told.changed) == (0, 0, 1)
    assert company.c360.ledger.counts().parties == 1
    company.c360.close()


# --- names that another mapping gave before -------------------------------------------------------------

REUSED = """id,op,at,a,mail,nr
7,I,6,Ada,ada@x.pt,1
8,D,9,Eve,eve@x.pt,2
"""
REUSING = """id,op,at,a,mail,nr
9,I,3,Bo,bo@x.se,7
10,I,3,Cy,cy@x.se,8
"""


def test_what_another_mapping_called_so_does_not_hold_against_rows_that_come_later(tmp_path: Path):
    by_number = changing("given").replace('key = "id"', 'key = "nr"')
    company = Company(tmp_path / "company", changing("given"), REUSED)
    company.change(by_number)
    company.c360.remap()
    assert company.c360.history("c/7").records[0].versions[-1].what == "ended"

    company.deliver(c=REUSING)
    company.c360.load()

    assert (company.c360.customer("c/7").name, company.c360.customer("c/8").name) == ("Bo", "Cy")
    assert not company.c360.remap().changes
    company.c360.close()


def test_a_deletion_that_a_mapping_calls_otherwise_gives_the_name_to_who_else_speaks_of_it(tmp_path: Path):
    def both(key: str) -> str:
        one = changing("given").replace('kind = "person"', 'kind = "person"\nsource = "crm"')
        more = one.replace("sources.c]", "sources.more]").replace("c.csv", "more.csv")
        return one.replace('key = "id"', f'key = "{key}"') + more

    company = Company(
        tmp_path / "company", both("id"), REUSED, more="id,op,at,a,mail,nr\n8,I,3,Eva,e@x.pt,\n"
    )
    with pytest.raises(NotFound):
        company.c360.customer("crm/8")

    company.change(both("nr"))
    company.c360.remap("c")

    assert company.c360.customer("crm/8").name == "Eva"
    company.c360.close()
