"""Why, and why not: what is said to keep two apart is what keeps them apart."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import Town, person

MAIL = {"email": "maria.silva@example.org"}
MARIA = person("1", "Maria", "Silva", **MAIL, born="1988-04-12", card="L1")
LATER = person("2", "Maria", "Silva", **MAIL)
OTHER = person("3", "Maria", "", **MAIL, born="1988-07-25", card="L2")


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path / "town", graph="none")
    yield made
    made.c360.close()


def test_why_not_names_what_the_groups_disagree_on(town):
    """The second matches the third; the first, whom it is with, does not."""
    town.put("crm", MARIA, LATER, OTHER)
    assert {"crm/1", "crm/2"} in town.clusters()

    told = town.c360.why_not("crm/2", "crm/3")

    assert told.bits >= told.threshold
    assert told.refused == "their groups disagree on the loyalty id"


def test_a_decision_about_others_of_theirs_comes_before_weak_evidence(town):
    """More evidence would not help: the two customers were said to be two."""
    town.put("crm", MARIA, person("5", "Rui", "Nunes"))
    town.c360.different("crm/1", "crm/5", by="ines")
    town.put("crm", LATER)

    assert town.c360.why_not("crm/2", "crm/5").refused == "ines said crm/1 and crm/5 are different"


def test_who_was_never_compared_would_not_be_one_for_a_few_bits_more(town):
    """As `test` says of people in words: more of what they share already would bring nobody together."""
    town.put("crm", person("1", "Rui", "Nunes", city="Lisboa"), person("2", "Eva", "Prates", city="Lisboa"))

    assert "never compared" in town.c360.why_not("crm/1", "crm/2").refused


def test_weak_evidence_is_said_to_be_weak(town):
    town.put("crm", MARIA, person("2", "Maria", "", born="1988-04-12", card="L2"))

    assert town.c360.why_not("crm/1", "crm/2").refused.startswith("the evidence is too weak: ")


def test_matches_that_add_up_are_said_to_hold_two_together(town):
    """None of four matches is enough; all of them are."""
    phone = {"phone": "+351912345678"}
    town.put("crm", *({**MARIA, **phone, "id": key, "city": "Lisboa"} for key in "1234"))
    town.put("crm", person("9", "Maria", **phone, born="1988-07-25", city="Porto"))
    c360, [customer] = town.c360, town.clusters()

    links = [*(c360.why(f"crm/{key}", "crm/9") for key in "1234"), c360.why("crm/9").links[-1]]
    weak = [(link.path or (link,))[-1] for link in links]

    assert len(customer) == 5
    assert all(one.same and one.bits < one.threshold for one in weak)
    assert {one.held for one in weak} == {"several matches, each too weak by itself, add up"}
    assert all("add up." in one.sentence for one in weak)


def test_the_best_evidence_of_two_large_customers_is_the_best_of_all_their_pairs(town):
    """Of fifty records each only the last two are alike, and were said to be two."""
    mine = [person(f"m{n}", "Maria", "Silva", **MAIL, born="1988-04-12") for n in range(50)]
    theirs = [person(f"r{n}", "Rui", "Nunes", email="rui@example.org", born="1960-01-11") for n in range(50)]
    shared = {"phone": "+351912345678", "card": "L1"}
    mine[-1], theirs[-1] = {**mine[-1], **shared}, {**theirs[-1], **shared}
    town.put("crm", *mine, *theirs)
    town.c360.different("crm/m0", "crm/r0", by="ines")

    ids = town.ids()
    told = town.c360.why_not(ids["crm/m0"], ids["crm/r0"])

    assert (told.a.record, told.b.record) == ("crm/m49", "crm/r49")
