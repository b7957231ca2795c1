"""Tallies are what counting all events anew would give, whatever came, changed and went."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.older import make_older

from threesixty.ledger import Ledger, Tally
from threesixty.record import Identifier, Link, Name, Record

EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),  # key
        st.sampled_from(["1", "2", ""]),  # visitor
        st.sampled_from(["tent", "lamp", ""]),  # product
        st.one_of(st.none(), st.integers(0, 9)),  # at
        st.booleans(),  # deleted
    ),
    max_size=12,
)


def view(key, visitor="1", product="tent", at=None, *, deleted=False, version=""):
    links = []
    if visitor:
        links.append(Link("visitor", Name("crm", "person", visitor)))
    if product:
        links.append(Link("of_product", Name("shop", "product", product)))
    raw = json.dumps([key, visitor, product, at, deleted, version])
    name = Name("app", "view", key)
    return Record(name, "event", raw, {}, links=tuple(links), at=at, version=version, deleted=deleted)


def numbered(ledger):
    """Tallies with the names of what they speak of."""
    [ada] = ledger.numbers([Name("crm", "person", "1")])
    found = ledger.tallies([ada])
    ends = [tally.target for tally in found if tally.target]
    names = dict(zip(ends, ledger.names(ends), strict=True))
    return {(t.role, names[t.target].key if t.target else ""): (t.events, t.first, t.last) for t in found}


def test_events_are_counted_by_what_they_speak_of(ledger, person):
    ledger.append([person("1"), view("a", at=5), view("b", at=3), view("c", product="lamp", at=4)])
    ledger.append([view("d", at=9), view("e"), view("f", product="")])

    assert numbered(ledger) == {
        ("of_product", "tent"): (4, 3, 9), ("of_product", "lamp"): (1, 4, 4), ("", ""): (1, None, None),
    }  # fmt: skip


def test_an_event_that_goes_is_counted_no_more(ledger, person):
    ledger.append([person("1"), view("a", at=5), view("b", at=3)])
    ledger.append([view("b", deleted=True, version="2"), view("a", product="lamp", at=6, version="2")])

    assert numbered(ledger) == {("of_product", "lamp"): (1, 6, 6)}


def test_forgetting_somebody_leaves_no_tally(ledger, person):
    ledger.append([person("1"), view("a"), view("b", visitor="2")])
    [ada, *_] = numbers = ledger.numbers([Name("crm", "person", "1"), Name("app", "view", "a")])

    ledger.forget(numbers, by="ada")

    assert ledger.tallies([ada]) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(EVENTS, max_size=4))
def test_tallies_are_what_counting_anew_gives(batches, tmp_path_factory):
    with Ledger.open(tmp_path_factory.mktemp("tally") / "l.db") as ledger:
        people = [
            Record(Name("crm", "person", key), "party", key, {}, (Identifier("email", f"{key}@x.org"),))
            for key in "12"
        ]
        ledger.append(people)
        version = 0
        for batch in batches:
            said = []
            for key, visitor, product, at, deleted in batch:
                version += 1
                said.append(view(key, visitor, product, at, deleted=deleted, version=str(version)))
            ledger.append(said)
        everyone = list(range(1, ledger._count("no") + 1))
        kept = sorted(ledger.tallies(everyone)), sorted(ledger.mentions(everyone, {"view"}))

        ledger.count_events()
        ledger.count_mentions()

        assert (sorted(ledger.tallies(everyone)), sorted(ledger.mentions(everyone, {"view"}))) == kept


def test_a_first_load_that_broke_off_is_counted_when_it_is_over(tmp_path, person):
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.index_later()
        ledger.append([person("1"), view("a", at=5), view("b", at=3, version="1")])
        [ada] = ledger.numbers([Name("crm", "person", "1")])
        assert ledger.tallies([ada]) == []
    with Ledger.open(tmp_path / "l.db") as ledger:
        ledger.append([view("b", at=4, version="2"), view("c", product="lamp"), view("a", deleted=True)])

        ledger.index()

        assert numbered(ledger) == {
            ("of_product", "tent"): (1, 4, 4),
            ("of_product", "lamp"): (1, None, None),
        }
        assert ledger.mentions([ada], ["view"]) == [(ada, "view", 2)]
        ledger.append([view("d", at=9)])
        assert numbered(ledger)["of_product", "tent"] == (2, 4, 9)
        assert ledger.mentions([ada], ["view"]) == [(ada, "view", 3)]


def test_what_names_a_customer_by_id_is_counted_again_when_some_of_it_goes(ledger):
    def seen(key, version="1", **more):
        link = Link("visitor", Name("customer", "id", "c1"))
        return replace(view(key, visitor="", version=version, **more), links=(link,))

    ledger.append([seen("a", at=1), seen("b", at=2)])
    [named] = ledger.numbers([Name("customer", "id", "c1")])

    ledger.append([seen("b", version="2", deleted=True)])

    assert ledger.tallies([named]) == [Tally(named, "view", "", 0, 1, 1, 1)]
    assert ledger.mentions([named], ["view"]) == [(named, "view", 1)]


def test_the_heaviest_come_first(ledger, person):
    ledger.append([person("1"), person("2")])
    ledger.append([view(str(i), visitor="2") for i in range(5)] + [view("x"), view("y", product="")])
    ada, bob = ledger.numbers([Name("crm", "person", "1"), Name("crm", "person", "2")])
    ledger.replace_membership([(ada, ada), (bob, bob)])

    assert ledger.heaviest(10) == [(bob, 5), (ada, 2)]
    assert ledger.heaviest(1) == [(bob, 5)]
    ledger.replace_membership([(ada, ada), (bob, ada)])
    assert ledger.heaviest(10) == [(ada, 7)]


def test_things_and_events_mention_each_party_once(ledger, person):
    twice = (Link("buyer", Name("crm", "person", "1")), Link("recipient", Name("crm", "person", "1")))
    tent = Link("includes", Name("shop", "product", "tent"))
    ledger.append([person("1"), view("a"), view("b")])
    ledger.append([Record(Name("shop", "purchase", "p"), "thing", "{}", {}, links=(*twice, tent))])
    [ada] = ledger.numbers([Name("crm", "person", "1")])

    assert sorted(ledger.mentions([ada], ["view", "purchase"])) == [(ada, "purchase", 1), (ada, "view", 2)]
    assert ledger.mentions([ada], ["ticket"]) == []


def test_an_older_ledger_counts_mentions_when_it_is_opened(tmp_path, person):
    path = tmp_path / "l.db"
    with Ledger.open(path) as ledger:
        ledger.append([person("1"), view("a"), view("b", product="")])
        make_older(ledger, 9)

    with Ledger.open(path) as ledger:
        assert ledger.mentions([1], ["view"]) == [(1, "view", 2)]


def test_an_older_ledger_counts_its_events_when_it_is_opened(tmp_path, person):
    path = tmp_path / "l.db"
    with Ledger.open(path) as ledger:
        ledger.append([person("1"), view("a", at=5), view("b", at=3, product="")])
        before = ledger.tallies([1])
        make_older(ledger, 3)

    with Ledger.open(path) as ledger:
        assert before
        assert sorted(ledger.tallies([1])) == sorted(before)
        assert ledger.links_of_things_to([1]) == []
