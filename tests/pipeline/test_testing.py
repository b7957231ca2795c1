"""Identity tests held against a ledger: by name, in words, and one of each."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import Town, company, person

from threesixty.errors import ProjectError


@pytest.fixture
def town(tmp_path):
    """A town without a graph: nothing here asks one."""
    town = Town(tmp_path / "town", graph="none")
    yield town
    town.c360.close()


@pytest.fixture
def outcome(town, tmp_path):
    """What becomes of one case in the small company, and what is told of it."""
    company(town)

    def held(line, **options):
        file = tmp_path / "cases.txt"
        file.write_text(line, "utf-8")
        [result] = town.c360.test(file, **options).results
        return result.outcome, result.told

    return held


def test_records_are_held_against_who_is_who(outcome):
    assert outcome("same | crm/1 | shop/17")[0] == "passed"
    assert outcome("different | crm/1 | shop/17")[0] == "failed"
    assert outcome("different | crm/1 | crm/2")[0] == "passed"
    assert outcome("same | crm/1 | email:costa@example.org")[0] == "failed"


def test_a_split_is_seen(outcome, town):
    town.c360.split("crm/2", "shop/20")

    assert outcome("different | crm/2 | shop/20")[0] == "passed"


def test_who_names_nobody_is_an_error_and_no_failure(outcome):
    found, told = outcome("same | crm/1 | crm/999")

    assert found == "error"
    assert "crm/999" in told


def test_people_in_words_are_compared_with_each_other_only(outcome, town):
    before = town.clusters()

    words = "given=Ada family=Silva email=ada.silva@example.org"
    assert outcome(f"same | {words} | {words} phone=912000111")[0] == "passed"
    assert outcome(f"different | {words} | given=Grace family=Hopper email=g@example.org")[0] == "passed"
    assert town.clusters() == before


def test_somebody_in_words_is_held_against_a_record_and_not_kept(outcome, town):
    before, entries = town.clusters(), town.c360.ledger.seq()

    words = "given=Ada family=Silva email=ada.silva@example.org birth_date=1988-04-12"
    assert outcome(f"same | crm/1 | {words}")[0] == "passed"
    assert outcome(f"same | {words} | crm/2")[0] == "failed"
    assert town.clusters() == before
    assert town.c360.ledger.seq() == entries


def test_what_cannot_be_read_is_said(outcome):
    assert outcome("same | crm/1 | given=Ada birth_date=1988-99-99") == (
        "error",
        "cannot be read: birth_date",
    )


def test_the_number_of_records_decides_how_much_a_name_is_worth(outcome):
    line = "same | given=Rui family=Faria | given=Rui family=Faria postcode=1000-001"

    assert outcome(line, records=500)[0] == "passed"
    assert outcome(line, records=2_000_000)[0] == "failed"


def test_what_the_ledger_knows_to_be_everybody_s_stays_so(town, outcome):
    line = "same | email=counter7@example.org | email=counter7@example.org device=d1"
    assert outcome(line)[0] == "passed"

    families = ("Abreu", "Brito", "Castro", "Dias", "Esteves", "Faria")
    town.put("shop", *(person(f, "Zoe", f, email="counter7@example.org") for f in families))

    assert outcome(line)[0] == "failed"


def test_a_company_without_tests_is_told_how_to_begin(town):
    with pytest.raises(ProjectError, match="no identity tests"):
        town.c360.test()


def test_one_record_is_itself_by_whatever_name(outcome, town):
    town.put("crm", person("9", "Grace", "Hopper", email="grace@example.org"))

    known = town.c360.resolve("crm/9")
    assert outcome(f"same | crm/9 | {known}") == ("passed", "One customer: both sides are one record.")
    assert outcome(f"different | crm/9 | {known}")[0] == "failed"


def test_a_file_without_a_case_passes_nothing(outcome):
    for empty in ("", "# nothing but remarks\n"):
        with pytest.raises(ProjectError, match="no case"):
            outcome(empty)
