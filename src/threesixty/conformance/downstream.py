"""What a system that follows the `changes` feed has to keep, as tests for whoever writes one.

A test file needs two lines and one fixture, an empty table of yours:

    from threesixty.conformance.downstream import *

    @pytest.fixture
    def downstream():
        return Mine(…)

It takes entries as JSON objects, just as `threesixty changes --json` writes them. It needs pytest.
"""

# ruff: noqa: S101 - tests say what holds by asserting it

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from random import Random
from typing import Any, Protocol

import pytest

from threesixty.feed import Change
from threesixty.identity import lineage

Entry = Mapping[str, Any]


class Downstream(Protocol):
    """Who is who by what it was told."""

    def apply(self, entry: Entry) -> None:
        """Take one entry of the feed in. One that was taken in already changes nothing."""

    def customer_of(self, known: str) -> str | None:
        """The customer that an id of a customer, former customer or Record answers for now, or None."""

    def customers(self) -> Mapping[str, AbstractSet[str]]:
        """The Records of every customer there is now."""

    def keep(self, known: str) -> None:
        """Keep a row of yours under an id, as it is known at the time: an order, a score."""

    def kept(self) -> AbstractSet[str]:
        """The ids under which you keep rows."""

    def restarted(self) -> Downstream:
        """As another process finds it later: with what was committed, and nothing else."""


class Company:
    """A company whose customers are formed, merge, split, go and are forgotten, and the feed of it.

    Records are numbers; a customer is known by its smallest.
    """

    def __init__(self) -> None:
        self.told: list[Entry] = []
        self.membership: dict[int, int] = {}
        self.heirs: dict[int, int] = {}

    def becomes(self, *groups: AbstractSet[int], forgotten: AbstractSet[int] = frozenset()) -> list[Entry]:
        """Let these Records be the customers there are; the entries that tell it."""
        before = self.membership
        self.membership = {record: min(group) for group in groups for record in group}
        self._leave_heirs(before, forgotten)
        changed = lineage.moved(before, self.membership)
        customers = lineage.touched(changed)
        together = {min(group): sorted(group) for group in groups if min(group) in customers}
        lost = [one for one in customers if one not in together]
        answers = {one: now for one in lost if (now := self._answer(one)) is not None}
        became = lineage.became(changed, together, answers)
        entries = [self._entry(no, one, forgotten) for no, one in enumerate(became, len(self.told) + 1)]
        self.told += entries
        return entries

    def customers(self) -> dict[str, set[str]]:
        """What a table has to hold now."""
        found: dict[str, set[str]] = {}
        for record, customer in self.membership.items():
            found.setdefault(name(customer), set()).add(name(record))
        return found

    def customer_of(self, number: int) -> str | None:
        """What an id has to answer now."""
        answer = self._answer(number)
        return None if answer is None else name(answer)

    def _answer(self, number: int) -> int | None:
        while number not in self.membership:
            if number not in self.heirs:
                return None
            number = self.heirs[number]
        return self.membership[number]

    def _leave_heirs(self, before: Mapping[int, int], forgotten: AbstractSet[int]) -> None:
        for record in self.membership.keys() - before.keys():
            self.heirs.pop(record, None)
        for record in before.keys() - self.membership.keys():
            stayed = [one for one in sorted(self.membership) if before.get(one) == before[record]]
            if stayed and record not in forgotten:
                self.heirs[record] = stayed[0]

    def _entry(self, number: int, one: lineage.Became, forgotten: AbstractSet[int]) -> Entry:
        erased = one.customer in forgotten and not one.after
        heirs = {record: self.heirs.get(record) for record in one.gone}
        return Change(
            FEED, number, number, number, "erased" if erased else one.what, name(one.customer),
            records=tuple(name(record) for record, _ in one.came),
            out_of=tuple(sorted({name(was) for _, was in one.came if was is not None})),
            gone={name(record): "" if heir is None else name(heir) for record, heir in heirs.items()},
            into=() if erased else tuple(map(name, one.into)),
            erased=tuple(name(record) for record in one.gone if record in forgotten),
        ).told()  # fmt: skip


FEED = "0123abcd"


def name(number: int) -> str:
    """The id of a Record."""
    return f"record{number:010d}"


@pytest.fixture
def company() -> Company:
    """A company without customers."""
    return Company()


def follow(downstream: Downstream, entries: Iterable[Entry]) -> None:
    """Send entries as JSON would: nothing of ours is shared."""
    for entry in entries:
        downstream.apply(json.loads(json.dumps(entry)))


def same(downstream: Downstream, company: Company) -> None:
    """Hold a table against the company, customer by customer and id by id."""
    assert {one: set(held) for one, held in downstream.customers().items()} == company.customers()
    for number in range(1, LARGEST + 1):
        assert downstream.customer_of(name(number)) == company.customer_of(number), number


def refused(downstream: Downstream, entry: Entry) -> bool:
    """Whether an entry is met with an error, whichever it is."""
    try:
        follow(downstream, [entry])
    except Exception:  # noqa: BLE001 - what a system of yours raises is its own
        return True
    return False


LARGEST = 12


def test_a_customer_is_formed_and_grows(downstream: Downstream, company: Company) -> None:
    follow(downstream, company.becomes({1}, {2, 3}))
    follow(downstream, company.becomes({1, 4}, {2, 3}))

    same(downstream, company)


def test_after_a_merge_both_ids_answer_for_one(downstream: Downstream, company: Company) -> None:
    follow(downstream, company.becomes({1, 2}, {3, 4}))
    follow(downstream, company.becomes({1, 2, 3, 4}))

    assert downstream.customer_of(name(3)) == name(1)
    same(downstream, company)


def test_after_a_split_the_part_that_left_has_its_own_id_again(
    downstream: Downstream, company: Company
) -> None:
    for groups in ([{1, 2}, {3, 4}], [{1, 2, 3, 4}], [{1, 2}, {3, 4}]):
        follow(downstream, company.becomes(*groups))

    assert downstream.customer_of(name(4)) == name(3)
    same(downstream, company)


def test_records_move_between_customers_that_stay(downstream: Downstream, company: Company) -> None:
    follow(downstream, company.becomes({1, 2, 5}, {3, 4}))
    follow(downstream, company.becomes({1, 2}, {3, 4, 5}))

    same(downstream, company)


def test_the_id_of_a_record_that_is_gone_goes_on_answering(downstream: Downstream, company: Company) -> None:
    follow(downstream, company.becomes({1, 2, 3}))
    follow(downstream, company.becomes({2, 3}))
    follow(downstream, company.becomes({3}))

    assert downstream.customer_of(name(1)) == name(3)
    same(downstream, company)


def test_a_record_that_is_back_answers_for_itself(downstream: Downstream, company: Company) -> None:
    for groups in ([{1, 2}], [{2}], [{1}, {2}], [{1}], [{1, 2}]):
        follow(downstream, company.becomes(*groups))
        same(downstream, company)


def test_of_who_was_forgotten_nothing_answers(downstream: Downstream, company: Company) -> None:
    follow(downstream, company.becomes({1, 2}, {3}))
    follow(downstream, company.becomes({3}, forgotten={1, 2}))

    assert (downstream.customer_of(name(1)), downstream.customer_of(name(2))) == (None, None)
    same(downstream, company)


def test_every_entry_may_come_twice(downstream: Downstream, company: Company) -> None:
    for groups in ([{1}, {2}], [{1, 2}], [{1}, {2, 3}], [{2, 3}]):
        for entry in company.becomes(*groups):
            follow(downstream, [entry, entry])
        same(downstream, company)


def test_rows_of_the_forgotten_are_deleted_and_those_of_others_stay(
    downstream: Downstream, company: Company
) -> None:
    follow(downstream, company.becomes({1, 2, 3}, {4}))
    for number in (1, 2, 3, 4):
        downstream.keep(name(number))
    follow(downstream, company.becomes({2, 3}, {4}))  # 1 is gone, and 2 answers for it
    assert downstream.kept() == {name(1), name(2), name(3), name(4)}

    follow(downstream, company.becomes({4}, forgotten={2, 3}))

    assert downstream.kept() == {name(4)}


def test_rows_of_who_is_only_gone_stay(downstream: Downstream, company: Company) -> None:
    follow(downstream, company.becomes({1}, {2}))
    downstream.keep(name(1))
    follow(downstream, company.becomes({2}))
    follow(downstream, company.becomes({1, 2}))

    assert downstream.kept() == {name(1)}
    same(downstream, company)


def test_it_goes_on_after_a_restart(downstream: Downstream, company: Company) -> None:
    for groups in ([{1}, {2}], [{1, 2}], [{1}, {2, 3}], [{2, 3}], [{1, 2, 3}]):
        entries = company.becomes(*groups)
        follow(downstream, entries[:1])
        downstream = downstream.restarted()
        follow(downstream, entries)
        same(downstream, company)


def test_after_entries_that_were_left_out_it_is_right_when_they_are_sent_again(
    downstream: Downstream, company: Company
) -> None:
    follow(downstream, company.becomes({1, 2}, {3}))
    left_out = company.becomes({1, 2, 3})
    later = company.becomes({1}, {2, 3, 4})
    for entry in later:
        refused(downstream, entry)  # or kept for later: both are right

    follow(downstream, [*left_out, *later])

    same(downstream, company)


def test_entries_of_another_feed_are_refused_and_change_nothing(
    downstream: Downstream, company: Company
) -> None:
    follow(downstream, company.becomes({1, 2}, {3}))
    next_one = {**company.told[-1], "feed": "another", "change": len(company.told) + 1}

    assert refused(downstream, next_one)
    same(downstream.restarted(), company)


def test_an_entry_that_says_something_else_than_the_last_one_is_refused(
    downstream: Downstream, company: Company
) -> None:
    """The ledger was put back to an older copy of its file, and went on otherwise."""
    follow(downstream, company.becomes({1, 2}, {3}))
    last = company.told[-1]

    assert not refused(downstream, last)
    assert refused(downstream, {**last, "at": last["at"] + 60_000})
    same(downstream.restarted(), company)


@pytest.mark.parametrize("seed", range(20))
def test_a_long_life_is_followed_step_by_step_and_may_be_sent_again(
    downstream: Downstream, company: Company, seed: int
) -> None:
    dice = Random(seed)  # noqa: S311 — the same lives every time
    alive: set[int] = set()
    forgotten: set[int] = set()
    for _ in range(30):
        gone = {one for one in alive if dice.random() < 0.1}
        now_forgotten = gone if dice.random() < 0.2 else set[int]()
        forgotten |= now_forgotten
        alive = (alive - gone) | set(dice.sample(range(1, LARGEST + 1), 3)) - forgotten
        places = {record: dice.randrange(4) for record in sorted(alive)}
        groups = [{r for r, at in places.items() if at == place} for place in set(places.values())]
        follow(downstream, company.becomes(*groups, forgotten=now_forgotten))
        same(downstream, company)
    follow(downstream, company.told[dice.randrange(len(company.told)) :])
    same(downstream, company)
