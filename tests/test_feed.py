"""The follower that we give away keeps what every downstream system has to keep."""

import pytest

from threesixty.conformance.downstream import *  # noqa: F403
from threesixty.errors import OtherFeed
from threesixty.feed import Change, Follower


class Table:
    """A Follower that takes JSON objects."""

    def __init__(self):
        self.follower = Follower()

    def apply(self, entry):
        self.follower.apply(Change.of(entry))

    def customer_of(self, known):
        return self.follower.customer_of(known)

    def customers(self):
        return self.follower.customers


class Forgetful(Table):
    """One that lost its position and takes everything in once more: what it holds comes out the same."""

    def apply(self, entry):
        self.follower.position = 0
        super().apply(entry)


@pytest.fixture(params=[Table, Forgetful])
def downstream(request):
    return request.param()


def test_a_change_survives_being_written_and_read():
    change = Change("f", 3, 9, 5, "merged", "a", ("r", "s"), ("b",), {"x": "y"}, ("c", "d"), "decision", 7)

    assert Change.of({**change.told(), "new": "in a later version"}) == change


def test_entries_of_another_feed_are_refused():
    follower = Follower()
    follower.apply(Change("f", 1, 1, 1, "formed", "a", ("a",)))

    with pytest.raises(OtherFeed, match="empty the table"):
        follower.apply(Change("g", 2, 1, 1, "formed", "b", ("b",)))
    assert follower.customers == {"a": {"a"}}
