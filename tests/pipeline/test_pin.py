"""What people pin wins over every source: through merges, splits, rebuilds and deletions, until undone."""

from __future__ import annotations

import pytest
from tests.ledger.older import make_older
from tests.pipeline.conftest import ADA, Town, person

from threesixty.errors import DecisionRefused

STRANGER = person("3", "Zoe", "Brandão", email="zoe@example.org", at="2024-01-01", version="1")


@pytest.fixture
def ada(town: Town) -> Town:
    """Ada of two sources, and somebody else."""
    town.put("crm", ADA[0], STRANGER)
    town.put("shop", ADA[1])
    return town


def email(town: Town, key: str = "crm/1") -> object:
    assert town.same_card(key)
    return town.c360.customer(key).value("email")


def test_a_pin_wins_in_graph_and_ledger_and_says_who_and_why(ada: Town):
    decided = ada.c360.pin("shop/17", "email", " ADA@Example.com ", why="she rang", by="eva")

    assert email(ada) == "ada@example.com"
    assert "email is ada@example.com, it was ada.silva@example.org" in decided.sentence
    golden = next(g for g in ada.c360.customer("crm/1").golden if g.property == "email")
    assert (golden.source, golden.rule) == ("pinned", "pinned")
    assert [lost.value for lost in golden.losing] == ["ada.silva@example.org"]
    [told] = ada.c360.why_value("crm/1", "email").chosen
    assert (told.rule, told.because) == ("pinned", "pinned by eva: she rang")


def test_undo_brings_back_what_the_sources_say_and_an_older_pin_before_that(ada: Town):
    ada.c360.pin("crm/1", "email", "first@example.org")
    ada.c360.pin("crm/1", "email", "second@example.org")
    assert email(ada) == "second@example.org"

    assert "email is first@example.org" in ada.c360.undo().sentence
    assert email(ada) == "first@example.org"
    ada.c360.undo()

    assert email(ada) == "ada.silva@example.org"
    with pytest.raises(DecisionRefused, match="nothing to undo"):
        ada.c360.undo()


def test_a_dry_run_says_it_and_writes_nothing(ada: Town):
    before = ada.c360.ledger.counts().seq

    assert (
        "it was ada.silva@example.org"
        in ada.c360.pin("crm/1", "email", "x@example.org", dry_run=True).sentence
    )
    assert (email(ada), ada.c360.ledger.counts().seq) == ("ada.silva@example.org", before)


def test_a_pin_goes_where_its_record_goes(ada: Town):
    ada.c360.pin("shop/17", "email", "ada@example.com")
    ada.c360.merge("crm/1", "crm/3")
    assert email(ada, "crm/3") == "ada@example.com"

    ada.c360.undo()
    ada.c360.split("crm/1", "shop/17")

    assert email(ada, "shop/17") == "ada@example.com"
    assert email(ada, "crm/1") == "ada.silva@example.org"
    assert email(ada, "crm/3") == "zoe@example.org"


def test_a_pin_on_a_customer_stays_with_its_id(ada: Town):
    key = ada.c360.customer("shop/17").id
    ada.c360.pin(key, "phone", "912 000 000")
    ada.c360.split("crm/1", "shop/17")

    assert ada.c360.customer(key).value("phone") == "+351912000000"
    assert ada.c360.customer("shop/17").value("phone") is None


def test_a_pin_outlives_the_record_it_was_said_of(ada: Town):
    ada.c360.pin("crm/1", "email", "ada@example.com")
    ada.delete("crm", "1")
    assert email(ada, "shop/17") == "ada@example.com"

    ada.c360.undo()

    assert email(ada, "shop/17") == "ada.silva@example.org"


def test_a_rebuild_keeps_pins(ada: Town):
    ada.c360.pin("crm/1", "email", "ada@example.com")
    before = ada.export()
    ada.c360.rebuild()

    assert (ada.export(), email(ada)) == (before, "ada@example.com")
    assert ada.rebuilt() == before


def test_a_name_is_pinned_whole_and_shown_everywhere(ada: Town):
    ada.c360.pin("crm/1", "name", "Ada Lovelace")

    card = ada.c360.customer("crm/1")
    assert (card.name, card.value("given"), card.value("family")) == ("Ada Lovelace", "Ada", "Lovelace")
    assert ada.same_card("crm/1")


def test_an_address_is_pinned_whole(ada: Town):
    ada.c360.pin("crm/1", "address", "Rua Nova 4, 1200-001 Lisboa")

    card = ada.c360.customer("crm/1")
    assert [card.value(part) for part in ("street", "postcode", "city")] == [
        "Rua Nova 4",
        "1200-001",
        "Lisboa",
    ]


def test_that_there_is_no_value_can_be_pinned(ada: Town):
    assert "phone is empty, it was +351912345678" in ada.c360.pin("crm/1", "phone", "").sentence
    assert ada.c360.customer("crm/1").value("phone") is None
    assert ada.same_card("crm/1")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("emial", "a@b.example", "a person has no property 'emial'"),
     ("email", "no mail", "cannot be read as email"),
     ("birth_date", "1997-02-29", "cannot be read as birth date"), ("email_verified", "yes", "no property")],
)  # fmt: skip
def test_what_cannot_be_pinned_is_refused_in_words(ada: Town, name, value, said):
    with pytest.raises(DecisionRefused, match=said) as refused:
        ada.c360.pin("crm/1", name, value)
    assert refused.value.hint


def test_pins_are_listed_with_merges_and_splits(ada: Town):
    ada.c360.merge("crm/1", "crm/3")
    ada.c360.pin("crm/1", "name", "Ada Lovelace", by="eva", why="married")

    newest, merge = ada.c360.decisions()
    assert (set(newest.what.split(",")) >= {"given", "family"}, newest.by, newest.why) == (
        True,
        "eva",
        "married",
    )
    assert (merge.what, merge.withdrawn) == ("same", False)


def test_forgetting_takes_pins_along_and_no_byte_of_them_is_left(ada: Town):
    ada.c360.pin("crm/1", "email", "canary@example.com", why="canary of the reason")
    ada.delete("crm", "1")
    ada.c360.forget("shop/17")

    ada.c360.close()
    files = [path for path in ada.c360.project.home.rglob("*") if path.is_file()]
    for canary in (b"canary", b"ada.silva@example.org", b"Rua Augusta"):
        assert not [path.name for path in files if canary in path.read_bytes()]
    assert not ada.reopen().ledger.pinned_any()
    assert not list(ada.c360.ledger.broken_seals())


def test_a_ledger_of_yesterday_opens_and_can_be_pinned(ada: Town):
    make_older(ada.c360.ledger, 4)
    ada.reopen().pin("crm/1", "email", "ada@example.com")

    assert email(ada) == "ada@example.com"


def test_a_value_pinned_as_empty_says_who_did_so_and_what_it_hides(ada: Town):
    ada.c360.pin("crm/1", "email", "", why="she has none", by="eva")

    [told] = ada.c360.why_value("crm/1", "email").chosen

    assert (told.value, told.rule, told.because) == (None, "pinned", "pinned as empty by eva: she has none")
    assert [lost.value for lost in told.beaten] == ["ada.silva@example.org"]


def test_decisions_list_what_was_pinned_and_status_counts_it(ada: Town):
    assert ada.c360.status().pins == 0
    ada.c360.pin("crm/1", "email", "first@example.org")
    ada.c360.pin("crm/1", "email", "")
    ada.c360.pin("crm/3", "phone", "+351912345670")

    phone, empty, email_ = ada.c360.decisions()

    assert [phone.values, empty.values] == [{"phone": "+351912345670"}, {"email": None}]
    assert email_.values == {"email": "first@example.org"}
    assert ada.c360.status().pins == 2
    ada.c360.undo()
    assert ada.c360.status().pins == 1


def test_how_dates_are_written_is_said_of_dates_only(ada: Town):
    def hint(name: str, text: str) -> str:
        with pytest.raises(DecisionRefused) as refused:
            ada.c360.pin("crm/1", name, text)
        return refused.value.hint

    assert "1988-04-12" in hint("birth_date", "in spring")
    assert hint("email", "none") == "an empty text says that there is no value"
