"""Decisions applied to groups: people before sources, then newest first, master ids last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from threesixty.identity.groups import Groups
from threesixty.record import Decision

Tell = Callable[[int, int], None]


def _silence(*_: object) -> None:
    pass


def decide(groups: Groups, decisions: Sequence[Decision], tell: Tell = _silence) -> list[Decision]:
    """Apply Decisions; those that contradict stronger ones are returned.

    Decisions about Records that are not here are passed over. Those of master ids have no order of their own:
    they are applied in the order of the hashes of the Records' names, never in that of arrival.
    """
    place = {int(number): row for row, number in enumerate(groups.numbers)} if decisions else {}
    here = [one for one in decisions if one.a in place and one.b in place and not one.withdrawn]
    said = [(one, place[one.a], place[one.b]) for one in here]
    made = [one for one in said if not one[0].implied]
    made.sort(key=lambda one: (not one[0].person, -one[0].seq))
    set_aside = [one for one, a, b in made if not _apply(groups, one, a, b, tell)]
    implied = [one for one in said if one[0].implied]
    for rows in _bearers(groups, ((a, b) for _, a, b in implied)):
        _gather(groups, rows, tell)
    return [*set_aside, *(one for one, a, b in implied if groups.find(a) != groups.find(b))]


def _apply(groups: Groups, said: Decision, x: int, y: int, tell: Tell) -> bool:
    """Apply a Decision about two rows; False where it contradicts those applied before."""
    a, b = groups.find(x), groups.find(y)
    same = said.verdict == "same"
    if groups.forbidden(a, b) if same and a != b else not same and a == b:
        return False
    if same:
        if a != b:
            tell(x, y)
        groups.join(a, b)
    else:
        groups.apart.setdefault(a, set()).add(y)
        groups.apart.setdefault(b, set()).add(x)
    return True


def _bearers(groups: Groups, pairs: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """The rows that bear each master id, found by following the pairs it implies."""
    leads: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        leads[a].add(b)
        leads[b].add(a)
    seen: set[int] = set()
    for first in sorted(leads, key=lambda row: int(groups.ties[row])):
        if first not in seen:
            found, todo = {first}, [first]
            while todo:
                new = leads[todo.pop()] - found
                found |= new
                todo += new
            seen |= found
            yield sorted(found, key=lambda row: int(groups.ties[row]))


def _gather(groups: Groups, rows: Sequence[int], tell: Tell) -> None:
    """Join each row to the first of those before it that no Decision keeps it apart from."""
    firsts: list[int] = []
    for row in rows:
        for first in firsts:
            a, b = groups.find(first), groups.find(row)
            if a != b and groups.forbidden(a, b):
                continue
            if a != b:
                tell(first, row)
                groups.join(a, b)
            break
        else:
            firsts.append(row)
