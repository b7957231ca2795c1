"""What a remap did to customers and to people's Decisions, told by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from threesixty.ledger import Ledger
from threesixty.pipeline.view import View, people
from threesixty.report.remapped import Named, Regrouped, Waiting

_EXAMPLES = 10
_Groups = list[tuple[list[int], list[int]]]


def regrouped(view: View, before: Mapping[int, int]) -> tuple[int, int, tuple[Regrouped, ...]]:
    """How many customers were merged, how many were split, and examples of both by name.

    `before` is the membership before the remap; a Record that ended counts as what its row gives now. To be
    called inside the transaction: the names from before are read from what is committed.
    """
    into, out_of = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    after = view.ledger.membership(None)
    after |= view.ledger.answers(sorted(before.keys() - after.keys()))
    for record, old in before.items():
        if record in after:
            into[after[record]].add(old)
            out_of[old].add(after[record])
    merges = [(sorted(old), [new]) for new, old in into.items() if len(old) > 1]
    splits = [([old], sorted(new)) for old, new in out_of.items() if len(new) > 1]
    some = sorted(merges)[:_EXAMPLES] + sorted(splits)[:_EXAMPLES]
    return len(merges), len(splits), _named(view, some)


def _named(view: View, groups: _Groups) -> tuple[Regrouped, ...]:
    if not groups:
        return ()
    now = _names(view, {new for _, after in groups for new in after})
    with Ledger.open(view.ledger.path, write=False) as committed:
        was = _names(replace(view, ledger=committed), {old for before, _ in groups for old in before})
    return tuple(
        Regrouped(tuple(was[old] for old in before), tuple(now[new] for new in after))
        for before, after in groups
    )


def _names(view: View, anchors: set[int]) -> dict[int, Named]:
    return {person.anchor: Named(person.id, person.name) for person in people(view, anchors)}


def waiting(ledger: Ledger, before: Mapping[int, int]) -> tuple[Waiting, ...]:
    """People's Decisions about a Record that ended: without effect until a Record of that name is back."""
    gone = before.keys() - ledger.membership(None).keys()
    said = [one for one in ledger.decisions() if one.person and (one.a in gone or one.b in gone)]
    ends = sorted({end for one in said for end in (one.a, one.b)})
    names = dict(zip(ends, map(str, ledger.names(ends)), strict=True))
    return tuple(Waiting(one.verdict, names[one.a], names[one.b], one.by) for one in said)


def told_waiting(ledger: Ledger, before: Mapping[int, int]) -> list[str]:
    """The same as a notice."""
    waits = waiting(ledger, before)
    if not waits:
        return []
    one = waits[0]
    many = "1 decision of a person speaks" if len(waits) == 1 else f"{len(waits):,} decisions of people speak"
    such = f"such as {one.verdict}: {one.one} and {one.other}"
    return [f"{many} of records that ended, {such}: they count again when those are back"]
