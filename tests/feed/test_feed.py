"""The follower that we give away keeps what every downstream system has to keep."""

from copy import deepcopy
from dataclasses import replace

import pytest

from threesixty.conformance.downstream import *  # noqa: F403
from threesixty.errors import FeedGap, NotFound, OtherFeed
from threesixty.feed import Change, Follower


class Table:
    """A Follower that takes JSON objects, and rows kept by id beside it."""

    def __init__(self):
        self.follower = Follower()
        self.rows = set()

    def apply(self, entry):
        change = Change.of(entry)
        if self.follower.apply(change):
            self.rows -= self.follower.erased(change)

    def customer_of(self, known):
        return self.follower.customer_of(known)

    def customers(self):
        return self.follower.customers

    def keep(self, known):
        self.rows.add(known)

    def kept(self):
        return self.rows

    def restarted(self):
        """A new one with what would have been written down."""
        again = type(self)()
        again.follower, again.rows = deepcopy(self.follower), set(self.rows)
        return again


class Forgetful(Table):
    """One that takes an entry that comes twice in twice: what it holds comes out the same."""

    def apply(self, entry):
        if Change.of(entry).mark == self.follower.seen:
            self.follower.position -= 1
        super().apply(entry)


@pytest.fixture(params=[Table, Forgetful])
def downstream(request):
    return request.param()


def test_a_change_survives_being_written_and_read():
    change = Change(
        "f",
        3,
        9,
        5,
        "merged",
        "a",
        ("r", "s"),
        ("b",),
        {"x": "", "z": "r"},
        ("c", "d"),
        "decision",
        7,
        ("x",),
    )

    assert Change.of({**change.told(), "new": "in a later version"}) == change


def test_entries_of_another_feed_are_refused():
    follower = Follower()
    follower.apply(Change("f", 1, 1, 1, "formed", "a", ("a",)))

    with pytest.raises(OtherFeed, match="follow it from 0"):
        follower.apply(Change("g", 2, 1, 1, "formed", "b", ("b",)))
    assert follower.customers == {"a": {"a"}}


ENTRIES = [
    Change("f", number, number, number, "formed", f"r{number}", (f"r{number}",)) for number in range(1, 6)
]


def given(entries):
    """Changes as a ledger gives them."""

    def changes(since):
        if since > len(entries):
            raise NotFound("entry of the feed", str(since))
        yield from entries[since:]

    return changes


def test_it_follows_to_the_end_and_then_only_what_is_new():
    follower = Follower()

    assert follower.follow(given(ENTRIES[:3])) == ENTRIES[:3]
    assert follower.follow(given(ENTRIES)) == ENTRIES[3:]
    assert follower.follow(given(ENTRIES)) == []


def test_a_missing_entry_is_told_with_where_to_read_again():
    follower = Follower()
    follower.apply(ENTRIES[0])

    with pytest.raises(FeedGap, match=r"(?s)entry 2 to 3 of the feed is missing.*comes after 1"):
        follower.apply(ENTRIES[3])
    assert follower.follow(given(ENTRIES)) == ENTRIES[1:]


OTHER_PAST = [replace(each, at=each.at + 1) for each in ENTRIES]


@pytest.mark.parametrize(
    "now",
    [ENTRIES[:4], ENTRIES[:1], [], OTHER_PAST, [*ENTRIES[:4], OTHER_PAST[4]], OTHER_PAST[:3]],
    ids=["one short", "short", "empty", "another past", "another last entry", "another past and short"],
)
def test_a_ledger_that_went_back_is_noticed_and_changes_nothing(now):
    follower = Follower()
    follower.follow(given(ENTRIES))

    with pytest.raises(OtherFeed, match="follow it from 0"):
        follower.follow(given(now))
    assert follower.position == 5
    assert len(follower.customers) == 5
