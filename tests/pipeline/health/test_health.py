"""The health report: every figure on a small company where it can be counted by hand; nothing is written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.conftest import Town, person

from threesixty.pipeline.health import canaries, findings
from threesixty.pipeline.health.rates import rate

NAMES = ("Abreu", "Brito", "Castro", "Dias", "Esteves", "Faria", "Gomes", "Horta")
FIRST = ("Ana", "Rui", "Eva", "Ivo", "Rita", "Hugo", "Lia", "Nuno")


def people(source, **more):
    """A person of each name, with an email, a phone and an address of their own."""
    return [
        person(f"{source}{at}", FIRST[at], name, email=f"{name}@example.org".lower(), **more,
               phone=f"+35191200{at:04}", street=f"Rua {name} {at + 1}", postcode=f"{1000 + at}-001")
        for at, name in enumerate(NAMES)
    ]  # fmt: skip


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path / "town", graph="none")
    made.put("crm", *people("c", born="1980-02-03"))
    made.put("shop", *people("s"))
    yield made
    made.c360.close()


def health(town, canaries=0):
    return town.c360.health(canaries=canaries)


def test_records_customers_and_sizes_are_counted(town):
    found = health(town)

    assert (found.records, found.customers) == (16, 8)
    assert found.sizes == (("2", 8),)
    assert {one.records for one in found.largest} == {2}


def test_a_customer_that_contradicts_itself_is_counted_with_the_field(town):
    assert health(town).conflicts.hits == 0

    town.c360.merge("crm/c0", "crm/c1")

    found = health(town)
    assert (found.conflicts.hits, found.conflicts.of) == (1, 7)
    assert [one.name for one in found.conflict_fields] == ["given"]
    assert {found.conflict_examples[0].a, found.conflict_examples[0].b} <= {
        "crm/c0", "crm/c1", "shop/s0", "shop/s1"
    }  # fmt: skip


def test_a_part_that_one_match_alone_holds_is_counted(tmp_path):
    town = Town(tmp_path / "chain", graph="none")
    mail, phone = {"email": "ada.silva@example.org"}, {"phone": "+351912345678"}
    town.put("crm", *(person(key, "Ada", "Silva", **mail, born="1988-04-12") for key in ("1", "2")))
    town.put("shop", person("8", "Ada", "Silva", **mail, **phone))
    assert health(town).single_edge.hits == 0

    town.put("shop", person("9", "Ada", **phone))

    found = health(town).single_edge
    town.c360.close()
    assert (found.hits, found.of) == (1, 1)


def test_a_generic_identifier_is_named_with_its_holders(town):
    town.put(
        "shop", *(person(f"g{at}", "Zoe", name, email="office@example.org") for at, name in enumerate(NAMES))
    )

    found = health(town)

    assert ("email", 1) in found.generics
    assert (found.top_generics[0].value, found.top_generics[0].holders) == ("office@example.org", 8)


def test_ids_that_merge_and_split_are_churn(town):
    before = health(town).churn
    town.c360.merge("crm/c0", "crm/c1")
    merged = health(town).churn
    town.c360.undo()

    after = health(town).churn
    assert (before.merged, merged.merged) == (0, 1)
    assert after.split == 1


def test_a_source_that_stops_saying_something_drifts(town):
    rows = [
        person(f"n{at}", "Ana", f"Name{at}", email=f"n{at}@example.org", at=f"20{10 + at // 60}-01-01")
        for at in range(600)
    ]
    for row in rows[540:]:
        row["email"] = ""
    town.put("shop", *rows)

    found = health(town)

    assert found.drift_since == "newest tenth"
    [email] = [shift for shift in found.drift if shift.what == "shop.email"]
    assert (email.before.share, email.after.share) == (1.0, 0.0)


def test_canaries_come_home_and_leave_nothing_behind(town):
    before, entries = town.clusters(), town.c360.ledger.seq()

    found = health(town, canaries=16)

    birds = found.canaries
    assert birds.recall.of + birds.housemates.of == birds.false_merges.of
    assert birds.recall.share > 0.5
    assert sum(one.of for one in birds.copies) == birds.recall.of
    assert (town.clusters(), town.c360.ledger.seq()) == (before, entries)
    assert health(town, canaries=16).canaries == birds


def test_a_scorer_that_joins_everybody_is_caught_by_the_canaries(tmp_path):
    made = Town(tmp_path / "careless", graph="none")
    toml = made.folder / "threesixty.toml"
    toml.write_text(toml.read_text("utf-8") + "\n[rules]\nthreshold = 0.5\n", "utf-8")
    made.reopen()
    made.put("crm", *people("c"))

    found = made.c360.health(canaries=16)
    made.c360.close()

    assert found.canaries.housemates.hits > 0
    assert any("joined it" in told for told in found.findings)


def test_an_empty_ledger_is_healthy(tmp_path):
    made = Town(tmp_path / "empty", graph="none")
    found = made.c360.health()
    made.c360.close()

    assert (found.records, found.canaries, found.findings) == (0, None, ())


@given(st.integers(0, 500), st.integers(0, 500))
def test_bounds_hold_the_share_and_stay_between_nothing_and_everything(hits, misses):
    found = rate("", hits, hits + misses)

    assert 0 <= found.low <= found.share <= found.high <= 1 or found.of == 0


def test_wilson_s_bounds_are_those_of_the_textbook():
    found = rate("", 8, 10)

    assert (round(found.low, 3), round(found.high, 3)) == (0.490, 0.943)


def test_status_and_health_count_the_same_generic_identifiers(town):
    surnames = ("Silva", "Costa", "Nunes", "Reis", "Lopes", "Braga")
    town.put("crm", *(person(name, "Ana", name, email="noreply@example.org") for name in surnames))
    # Common names propose nothing either, and are no identifiers: their keys are even.
    town.c360.ledger.replace_silent(np.array([2, 4]), np.array([2, 4]))

    assert town.c360.health(canaries=0).generics == (("email", 1),)
    assert town.c360.status().generic == 1
    assert len(town.c360.ledger.silent()) == 3


def test_records_that_share_a_value_with_too_many_are_told_of_by_load_and_health(town):
    town.deliver("crm", *(person(str(at), "Ana", "Silva", email="same@example.org") for at in range(250)))

    loaded = town.c360.load("crm")

    said = "250 records share one email: too many to tell anybody by it"
    assert any(notice.startswith(said) for notice in loaded.notices)
    assert any(found.startswith(said) for found in town.c360.health(canaries=0).findings)


def test_canaries_are_copies_where_nobody_else_can_be_invented(tmp_path):
    """All have one first name, so that there is none to give to another of the household."""
    town = Town(tmp_path / "one", graph="none")
    births = [f"{1950 + at}-02-03" for at in range(len(NAMES))]
    everyone = zip(people("c"), births, strict=True)
    town.put("crm", *({**row, "given": "Ana", "born": born} for row, born in everyone))
    found = health(town, canaries=8).canaries
    town.c360.close()

    assert (found.recall.of, found.housemates.of) == (4, 0)


def test_canaries_that_would_take_minutes_are_left_out_and_told(town, monkeypatch):
    everyone = health(town, canaries=8)
    assert everyone.canaries.left_out == 0
    assert everyone.sampled == ()

    monkeypatch.setattr(canaries, "_RECORDS", 4)

    found = health(town, canaries=8)
    assert found.canaries.left_out > 0
    assert found.canaries.false_merges.of + found.canaries.left_out == everyone.canaries.false_merges.of
    [told] = found.sampled
    assert told.startswith(f"{found.canaries.left_out} invented records were not scored")


def test_what_hangs_by_a_thread_or_waits_stands_out(town):
    found = replace(health(town), single_edge=rate("held by one match", 90, 100), parked=3)

    assert findings(found) == (
        "in 90% of customers of three records or more one match alone holds a part: `how` names it",
        "a rule keeps 3 pairs of customers apart until somebody looks: `review` ranks them",
    )
    assert findings(replace(found, single_edge=rate("held by one match", 4, 10), parked=0)) == ()
