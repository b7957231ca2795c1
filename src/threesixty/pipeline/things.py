"""Things, put together from all the rows that speak of them, and the nodes they draw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from threesixty.graph.delta import Elements, Row
from threesixty.normalise import sortable
from threesixty.pipeline.mapped import Mapped, of_nodes, values_of
from threesixty.pipeline.mask import masked, shown
from threesixty.pipeline.view import View
from threesixty.record import Name, Scalar
from threesixty.schema import EdgeKind, Fold, Kind


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing put together from all the rows that speak of it."""

    number: int
    name: Name
    id: str
    values: Mapping[str, Scalar]
    rows: tuple[Mapped, ...]

    @property
    def source(self) -> str:
        return self.rows[0].source

    @property
    def at(self) -> int | None:
        at = self.values.get("at")
        return at if isinstance(at, int) else None


def things(view: View, numbers: Iterable[int]) -> dict[int, Thing]:
    """Things by the number of their node; those nobody says anything about any more are left out."""
    rows: dict[int, list[Mapped]] = defaultdict(list)
    for row in of_nodes(view.ledger, numbers):
        rows[row.node].append(row)
    names = dict(zip(rows, view.ledger.names(list(rows)), strict=True))
    return {
        number: Thing(number, names[number], view.node_id(names[number]),
                      fold(view.schema.kinds[names[number].kind], found), tuple(found))
        for number, found in rows.items()
    }  # fmt: skip


def fold(kind: Kind, rows: Sequence[Mapped]) -> dict[str, Scalar]:
    """Values of several rows of one thing, each property by its own rule."""
    if len(rows) == 1:
        return _alone(kind, rows[0].values)
    ordered = sorted(rows, key=lambda row: (row.at or 0, row.tie))
    folded = {
        p.name: fold_values(p.fold, [row.values.get(p.name) for row in ordered]) for p in kind.properties
    }
    return {name: value for name, value in folded.items() if value is not None}


def _alone(kind: Kind, said: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The same of a thing that one row speaks of, as of nearly all there is."""
    return {
        p.name: value if p.fold != "sum" else fold_values("sum", (value,))
        for p in kind.properties
        if (value := said.get(p.name)) is not None
    }


def fold_values(fold: Fold, values: Iterable[Scalar]) -> Scalar:
    """One value for several, in order of time; None when none was said."""
    said = [value for value in values if value is not None]
    if not said:
        return None
    if fold == "sum":
        return sum(value for value in said if isinstance(value, int | float))
    if fold == "earliest":
        return min(said, key=lambda value: (1, *sortable(value)) if isinstance(value, str) else (0, value))
    return said[-1]


@dataclass(frozen=True, slots=True)
class Target:
    role: str
    id: str
    values: Mapping[str, Scalar]


def targets(view: View, records: Iterable[int]) -> dict[int, list[Target]]:
    """The things each of some rows speaks of, by the row's number."""
    links = view.ledger.links_from(sorted(records))
    ends = sorted({link.to for link in links})
    nodes = {}
    for end, name in zip(ends, view.ledger.names(ends), strict=True):
        kind = view.schema.kinds.get(name.kind)  # none: a customer's id that is nobody's yet
        if kind and kind.sort == "thing":
            nodes[end] = view.node_id(name)
    found: dict[int, list[Target]] = defaultdict(list)
    for link in links:
        if link.to in nodes:
            found[link.record].append(Target(link.role, nodes[link.to], values_of(link.values)))
    return found


def in_window(view: View, thing: Thing) -> bool:
    """Whether a thing is drawn: it is not older than its kind is kept for."""
    return thing.at is None or thing.at >= view.shown_from.get(thing.name.kind, thing.at)


def is_open(values: Mapping[str, Scalar]) -> bool:
    """Whether a ticket still waits for somebody: no closing time and no closing status."""
    status = str(values.get("status") or "").casefold()
    return not values.get("closed_at") and status not in {"closed", "resolved", "solved", "done", "cancelled"}


def thing_nodes(view: View, numbers: Iterable[int]) -> Elements:
    """Thing nodes with the edges that start at them."""
    found = {no: thing for no, thing in things(view, numbers).items() if in_window(view, thing)}
    told = targets(view, [row.number for thing in found.values() for row in thing.rows])
    nodes: dict[str, list[Row]] = defaultdict(list)
    edges: dict[EdgeKind, list[Row]] = defaultdict(list)
    for thing in found.values():
        kind = view.schema.kinds[thing.name.kind]
        if kind.label:
            nodes[kind.label].append(_row(view, kind, thing))
            for edge, row in _edges(view, kind, thing, told):
                edges[edge].append(row)
    return Elements(dict(nodes), dict(edges))


def _row(view: View, kind: Kind, thing: Thing) -> Row:
    values = shown(kind, thing.values)
    known = {"kind": kind.name, "source": thing.source, **values}
    known["name"] = values.get("name") or f"{kind.name.replace('_', ' ')} {thing.name.key}"
    if "at" not in values:
        known["at"] = None
    if values.get("amount") is not None:
        known.setdefault("currency", view.currency)
    return (thing.id, *(known.get(column.name) for column in view.schema.nodes[kind.label]))


def _edges(
    view: View, kind: Kind, thing: Thing, told: Mapping[int, list[Target]]
) -> Iterable[tuple[EdgeKind, Row]]:
    lines: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for row in thing.rows:
        for target in told.get(row.number, ()):
            if target.role in kind.links:
                lines[target.role, target.id].append(target)
    for (role, target_id), said in lines.items():
        rule = kind.links[role]
        edge = EdgeKind(kind.label, rule.edge, view.schema.kinds[rule.kind].label)
        values = (
            masked(p.graph, fold_values(p.fold, [t.values.get(p.name) for t in said]), p.type)
            for p in rule.properties
            if p.graph != "no"
        )
        yield edge, (thing.id, target_id, *values)
