"""Ids that other systems gave out: as aliases in the graph, as public ids, and those that do not hold.

A master id belongs to the Customer of the earliest live Record that bears it, so that as a public id it
never answers for two; as an alias it leads to every Customer that has it. One that is spelled like an id we
gave out is an alias only: ours answer for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from threesixty.graph import delta
from threesixty.graph.delta import Elements
from threesixty.ledger import Ledger, MasterId, Superseded
from threesixty.pipeline.view import Person, View
from threesixty.schema import MASTER, EdgeKind

_NAMED = 5
_NOW = EdgeKind("Alias", "NOW", "Customer")


def nodes(view: View, numbers: Sequence[int]) -> Elements:
    """An Alias for each master id that live Records bear, leading to their Customers."""
    borne = view.ledger.borne(sorted(numbers))
    now = view.ledger.membership(sorted({record for records in borne.values() for record in records}))
    ends = sorted(set(now.values()))
    ids = dict(zip(ends, map(delta.customer_id, view.ledger.ids(ends)), strict=True))
    names = dict(zip(borne, view.ledger.names(list(borne)), strict=True))
    node = {no: delta.master_id(view.secret, name.source, name.key) for no, name in names.items()}
    leads = {(node[no], ids[now[record]]): None for no, records in borne.items() for record in records
             if record in now}  # fmt: skip
    return Elements({"Alias": [(node[no], name.key) for no, name in names.items()]}, {_NOW: list(leads)})


def node_ids(view: View, numbers: Sequence[int]) -> list[str]:
    """The ids of their nodes, whether they are there or not."""
    names = view.ledger.names(sorted(numbers))
    return [delta.master_id(view.secret, name.source, name.key) for name in names]


def public_ids(view: View, found: Iterable[Person]) -> dict[int, str]:
    """The public ids of Customers by anchor, of those that have one beside their own."""
    return public_ids_of(view, {one.anchor: [row.number for row in one.members] for one in found})


def public_ids_of(view: View, members: Mapping[int, Sequence[int]]) -> dict[int, str]:
    """The same, given the numbers of all their Records: the master id of the earliest that owns one."""
    owner = {record: anchor for anchor, records in members.items() for record in records}
    source = view.project.public_ids
    if not source:
        return {}
    ledger = view.ledger
    borne = ledger.borne(ledger.masters_of(sorted(owner)))
    names = dict(zip(borne, ledger.names(list(borne)), strict=True))
    ours = ledger.ours([name.key for name in names.values()])
    found: dict[int, tuple[int, str]] = {}
    for master, records in borne.items():
        name, first = names[master], records[0]
        if name.source == source and first in owner and name.key not in ours:
            anchor = owner[first]
            found[anchor] = min(found.get(anchor, (first, name.key)), (first, name.key))
    return {anchor: key for anchor, (_, key) in found.items()}


def owned(view: View, source: str, master: str) -> list[int]:
    """The live Records that a master id means: of the source whose ids are public, the earliest only."""
    found = sorted(view.ledger.called(source, master))
    return found[:1] if source == view.project.public_ids else found


def concerned(
    ledger: Ledger, moved: Sequence[int], changed: Sequence[int], former: Iterable[Superseded]
) -> tuple[set[int], set[int]]:
    """Master ids and Customers that may have others, now that some Records moved or changed."""
    borne = {to for row in former for role, to in row.links if role == MASTER}
    borne |= set(ledger.masters_of(sorted({*moved, *changed})))
    # Those of a filler are very many, and none of them has it for an id.
    bearers = ledger.bearers(sorted(borne - ledger.fillers()))
    return borne, set(ledger.membership(bearers).values())


def told(ledger: Ledger) -> tuple[str, ...]:
    """Ids that are none, and so hold nobody together, and those whose Records stand apart all the same."""
    torn, fillers = ledger.torn(), ledger.fillers()
    return (
        *_each((one for no, one in torn if no in fillers), _filler),
        *_each((one for no, one in torn if no not in fillers), _apart),
    )


def _each(found: Iterable[MasterId], say: Callable[[MasterId], str]) -> list[str]:
    ordered = sorted(found, key=lambda one: (-one.records, one))
    more = len(ordered) - _NAMED
    last = [f"and {more:,} more master ids like the last one"] if more > 0 else []
    return [*map(say, ordered[:_NAMED]), *last]


def _filler(one: MasterId) -> str:
    return f"{_on(one)}: it is a filler, and holds nobody together"


def _apart(one: MasterId) -> str:
    return f"{_on(one)}: a person's decision keeps them apart, or they are of different kinds"


def _on(one: MasterId) -> str:
    many = f"{one.records:,} records of {one.customers:,} customers"
    return f"master id {one.key} of {one.source} is on {many}"
