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

    assert town.c360.why_not("crm/1", "crm/2").refused == "the evidence is too weak"
