"""What is loaded is mapped anew from the log, and equals what a fresh load would give."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pipeline.changing import Company, differences
from tests.two_ledgers import derived_of, differing

ROWS = """id,other,a,b,mail,phone,sku,product
1,x1,Ada,Silva,ada@x.pt,+351912345678,t,Tent
2,x2,Bo,Berg,bo@x.se,,l,Lamp
3,,Ana,Silva,ada@x.pt,+351912345678,t,Tent 2
,x4,Cy,Dahl,cy@x.se,,l,Lamp
2,x2,Bo,Borg,bo@x.se,,t,Tent
"""
WITH_KEYS = ROWS.replace("3,,", "3,x3,").replace("\n,x4,", "\n4,x4,")
PEOPLE = """
[[sources.crm.records]]
kind = "person"
key = "{key}"
columns = {{ {columns} }}
"""
PRODUCTS = """
[[sources.crm.records]]
kind = "product"
key = "sku"
columns = {{ {columns} }}
"""
COLUMNS = {
    "given": 'given = "a"', "family": 'family = "b"', "swapped": 'given = "b", family = "a"',
    "all": 'given = "a", family = "b", email = "mail", phone = "phone"', "mail": 'email = "mail"',
}  # fmt: skip


def project(key: str = "id", columns: str = "all", product: str = "", *, first: bool = False) -> str:
    people = PEOPLE.format(key=key, columns=COLUMNS[columns])
    things = PRODUCTS.format(columns=f'name = "{product}"') if product else ""
    both = things + people if first else people + things
    return f'[sources.crm]\npath = "c.csv"\n{both}'


MAPPINGS = st.builds(
    project,
    key=st.sampled_from(["id", "other"]),
    columns=st.sampled_from(sorted(COLUMNS)),
    product=st.sampled_from(["", "product", "sku"]),
)


PEOPLE_ALONE = st.builds(
    project, key=st.sampled_from(["id", "other"]), columns=st.sampled_from(sorted(COLUMNS))
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(MAPPINGS, min_size=2, max_size=4))
def test_any_mappings_one_after_the_other_are_the_last_one(tmp_path_factory, mappings):
    _equal_a_fresh_load(tmp_path_factory, mappings, WITH_KEYS)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PEOPLE_ALONE, min_size=2, max_size=4))
def test_so_are_they_where_rows_become_rejects_and_good_again(tmp_path_factory, mappings):
    _equal_a_fresh_load(tmp_path_factory, mappings, ROWS)


def _equal_a_fresh_load(tmp_path_factory, mappings, rows):
    folder = tmp_path_factory.mktemp("remap")
    changed = Company(folder / "changed", mappings[0], rows)
    changed.gone()
    for text in mappings[1:]:
        changed.change(text)
        changed.c360.remap()
    fresh = Company(folder / "fresh", mappings[-1], rows)
    try:
        assert not differences(changed, fresh)
    finally:
        changed.c360.close()
        fresh.c360.close()


@pytest.fixture
def company(tmp_path: Path):
    company = Company(tmp_path / "company", project(), ROWS)
    yield company
    company.c360.close()


def test_a_remap_with_nothing_changed_changes_nothing(company: Company):
    seq = company.c360.ledger.seq()

    told = company.c360.remap()

    assert (told.new, told.changed, told.ended, told.rejected, told.mended) == (0, 0, 0, 0, 0)
    assert company.c360.ledger.seq() == seq


def test_a_dry_run_tells_what_would_change_by_name_and_keeps_nothing(company: Company):
    before = derived_of(company.c360)
    company.change(project(columns="swapped"))

    told = company.c360.remap(dry_run=True)

    changes = {change.what: change for change in told.changes}
    assert changes["person.given"].count == 3
    assert (changes["person.given"].before, changes["person.given"].after) == ("Ada", "Silva")
    assert "identifier email" in changes
    assert not differing(before, derived_of(company.c360))


def test_an_id_still_answers_after_its_values_changed(company: Company):
    before = company.c360.customer("crm/2").id
    company.change(project(columns="swapped"))

    company.c360.remap()

    assert company.c360.customer(before).name == "Borg Bo"


def test_rows_become_rejects_and_good_again(company: Company):
    company.change(project(key="other"))
    told = company.c360.remap()
    assert (told.rejected, told.mended) == (1, 1)
    company.change(project())

    told = company.c360.remap()

    assert told.mended == 1
    assert company.c360.customer("crm/3").name == "Ana Silva"


def test_load_remaps_from_the_log_and_reads_no_file_twice(company: Company):
    company.change(project(columns="swapped"))
    (company.path.parent / "c.csv").touch()

    loaded = company.c360.load()

    assert loaded.sources[0].skipped_files == 1
    assert "mapping of crm" in loaded.notices[0]
    assert company.c360.customer("crm/2").name == "Borg Bo"


def test_forgotten_people_stay_forgotten(company: Company):
    company.c360.forget(company.c360.customer("crm/2").id)
    company.change(project(columns="swapped"))

    company.c360.remap()

    assert len(company.c360.ledger.all_names()) == 2
