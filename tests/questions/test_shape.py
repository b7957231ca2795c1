"""The rows of `customer_360` become a Card; the timeline goes on where the Card's ends."""

from dataclasses import replace

import pytest

from threesixty.card import (
    GoldenValue,
    HeldIdentifier,
    Household,
    KeyFigures,
    Member,
    ProductBought,
    Sharing,
    TimelineEntry,
)
from threesixty.graph.cypher import with_things
from threesixty.graph.ladybug import Ladybug
from threesixty.questions import ask, find
from threesixty.questions.shape import LONG_AGO, card, older, timeline
from threesixty.schema import DEFAULT

DAY = 86_400_000
START = 1_704_067_200_000
EURO = 10_000


def day(number):
    return START + number * DAY


@pytest.fixture(scope="module")
def card_of(town_graph):
    def card_of_(customer):
        return card(ask(town_graph.ask, find("customer_360"), {"customer": customer}).dicts())

    return card_of_


@pytest.fixture(scope="module")
def ada(card_of):
    return card_of("ada")


def test_nobody_has_no_card(card_of):
    assert card_of("nobody") is None


def test_the_header(ada):
    assert (ada.id, ada.name, ada.kind, ada.since, ada.last_seen) == (
        "ada", "Ada Byron", "person", day(0), day(300),
    )  # fmt: skip
    assert (ada.origin, ada.as_of, ada.aliases) == ("graph", 41, ("ada2",))


def test_golden_values_name_the_source_of_the_record_that_won_them(ada):
    assert ada.golden == (
        GoldenValue("email", "ada@example.org", "shop"),
        GoldenValue("family", "Byron", "crm"),
        GoldenValue("given", "Ada", "crm"),
    )


def test_identifiers_with_generic_ones_undated(ada):
    email, office, phone = ada.identifiers

    assert email == HeldIdentifier(
        "identifier:email:ada@example.org", "email", "ada@example.org", day(0), day(100), 1, generic=False
    )
    assert (office.value, office.generic, office.first, office.holders) == ("+4930000", True, None, 250)
    assert (phone.value, phone.generic, phone.holders) == ("+4930111", False, 2)


def test_records_say_why_they_belong_and_what_they_gave(ada):
    told = [(record.source, record.bits, record.why, record.wins) for record in ada.records]

    assert told == [
        ("crm", 0.0, "", ("given", "family")),
        ("desk", 7.25, "same phone, like name", ()),
        ("shop", 12.5, "same email", ("email",)),
    ]


def test_key_figures(ada):
    assert ada.figures == KeyFigures(3, 3, 90 * EURO, "EUR", 1, day(10), day(30), 2, 1)


def test_household_sharing_and_products(ada):
    shared = ("address", "surname")
    members = (
        Member("ada", "Ada Byron", "family", day(0), None, shared),
        Member("ben", "Ben Byron", "family", day(1), None, shared),
        Member("dan", "Dan Diaz", "former", day(2), day(30), shared),
    )

    assert ada.household == Household("household:ada", "Byron household", members, "family", day(0))
    assert ada.households == (ada.household,)
    assert ada.sharing == (Sharing("ben", "Ben Byron", "phone", "+4930111"),)
    assert ada.products == (
        ProductBought("product:tea", "Tea", 3, day(10), day(30), 60 * EURO),
        ProductBought("product:cup", "Cup", 2, day(10), day(20), 30 * EURO),
    )


def test_the_timeline_shows_a_thing_once_whatever_roles_were_played_in_it(ada):
    assert [entry.id for entry in ada.timeline] == [
        "ticket:2", "ticket:1", "purchase:3", "purchase:2", "purchase:1",
    ]  # fmt: skip
    assert ada.timeline[2] == TimelineEntry(
        "purchase:3", "purchase", "Order 3", day(30), "paid", 30 * EURO, "EUR", "shop", "buyer"
    )


def test_a_customer_of_whom_little_is_known(card_of):
    finn = card_of("finn")

    assert (finn.since, finn.household, finn.products, finn.timeline, finn.aliases) == (
        None,
        None,
        (),
        (),
        (),
    )


def test_the_timeline_goes_on_where_the_card_ends(town_graph, card_of):
    seen = list(card_of("eve").timeline)
    while page := next_page(town_graph, seen[-1]):
        seen.extend(page)

    assert [entry.id for entry in seen] == [
        *(f"purchase:e{number:02}" for number in range(23, -1, -1)), "purchase:undated",
    ]  # fmt: skip


def next_page(graph, last):
    answer = ask(graph.ask, find("timeline"), {"customer": "eve", **older(last)})
    return timeline(answer.dicts())


def test_what_is_older_than_an_entry_without_a_time_has_none_either():
    assert older(TimelineEntry("t", "ticket", "", None, "", None, "", "")) == {
        "before_at": LONG_AGO, "before_id": "t",
    }  # fmt: skip


def test_no_server_minds_types_of_edges_that_nothing_has_yet(town_graph):
    if isinstance(town_graph, Ladybug):
        pytest.skip("its tables come from the schema: tests/pipeline/test_own_things.py")
    for name in ("timeline", "customer_360"):
        question = find(name)
        own = replace(question, text=with_things(question.text, (*DEFAULT.happened, "BROUGHT_IN")))

        rows = [ask(town_graph.ask, one, {"customer": "ada"}).rows for one in (question, own)]

        assert sorted(rows[0], key=repr) == sorted(rows[1], key=repr)
        assert "BROUGHT_IN" in own.text
