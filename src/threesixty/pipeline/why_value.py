"""Why a value won: which rule decided, against which others, in words."""

from __future__ import annotations

from collections.abc import Mapping

from threesixty.errors import NotFound, nearest
from threesixty.identity.golden import Lost, Won
from threesixty.pipeline.mapped import Mapped
from threesixty.pipeline.view import Person, View, people
from threesixty.record import Scalar
from threesixty.report import Beaten, Chosen, WhyValue
from threesixty.schema import GROUPS

_TIE = "nothing tells them apart: a digest of the record's name decided, and always will alike"


def why_value(view: View, anchor: int, name: str = "") -> WhyValue:
    """How the golden values of a customer were chosen: one property's, those of a group, or all."""
    [person] = people(view, [anchor])
    declared = [prop.name for prop in view.schema.kinds[person.kind].properties]
    there = {*person.won, *person.pins}
    order = list(dict.fromkeys([*declared, *sorted(there)]))
    wanted = [each for each in order if each in there and each in _meant(name, order)]
    if not wanted:
        known = sorted({*there, *GROUPS})
        near = nearest(name, known)
        hint = f"did you mean {near!r}?" if near else f"there is {', '.join(known)}"
        raise NotFound("value", name or person.id, hint=hint)
    return WhyValue(person.id, person.name, tuple(_chosen(view, person, each) for each in wanted))


def _meant(name: str, order: list[str]) -> tuple[str, ...]:
    if not name:
        return tuple(order)
    return (name,) if name in order and name not in GROUPS else (name, *GROUPS.get(name, ()))


def _chosen(view: View, person: Person, name: str) -> Chosen:
    members = {row.number: row for row in person.members}
    if name not in person.won:
        return _emptied(person, name)
    won = person.won[name]
    type_ = view.schema.type_of(view.schema.kinds[person.kind], name)
    row, pin = members.get(won.record), person.pins.get(name)
    if pin:
        because = f"pinned by {pin.by}" + (f": {pin.why}" if pin.why else "")
        beaten = tuple(_beaten(view, members, name, won, lost) for lost in won.losing)
        return Chosen(
            name, won.value, type_, "", pin.at, won.rule, because, beaten
        )  # fmt: skip
    return Chosen(
        name, won.value, type_, _record(row), row.at if row else None, won.rule,
        _only(person, name, won) if not won.losing else _because(view, members, name, won, won.losing[0]),
        tuple(_beaten(view, members, name, won, lost) for lost in won.losing),
    )  # fmt: skip


def _emptied(person: Person, name: str) -> Chosen:
    """That a person pinned that there is no value, beside what the sources say."""
    pin, said = person.pins[name], dict[Scalar, Mapped]()
    for row in person.members:
        if row.values.get(name) is not None:
            said.setdefault(row.values[name], row)
    because = f"pinned as empty by {pin.by}" + (f": {pin.why}" if pin.why else "")
    beaten = tuple(
        Beaten(value, _record(row), row.at, "pinned", "a person pinned that there is none")
        for value, row in said.items()
    )
    return Chosen(name, None, "text", "", pin.at, "pinned", because, beaten)


def _record(row: Mapped | None) -> str:
    return f"{row.source}/{row.key}" if row else ""


def _only(person: Person, name: str, won: Won) -> str:
    said = sum(row.values.get(name) == won.value for row in person.members)
    return "the only record that says one" if said == 1 else f"{said} records agree"


def _beaten(view: View, members: Mapping[int, Mapped], name: str, won: Won, lost: Lost) -> Beaten:
    row = members.get(lost.record)
    because = _because(view, members, name, won, lost)
    return Beaten(lost.value, _record(row), row.at if row else None, lost.rule, because)


def _because(view: View, members: Mapping[int, Mapped], name: str, won: Won, lost: Lost) -> str:
    """In words, what put the winner before another."""
    best, other = members.get(won.record), members.get(lost.record)
    a, b = _record(best), _record(other)
    group = next((each for each, names in GROUPS.items() if name in names), "value")
    often = [sum(r.values.get(name) == value for r in members.values()) for value in (won.value, lost.value)]
    timeless = f"{a} says when, {b} does not" if other is not None and other.at is None else ""
    told = {
        "pinned": "a person pinned another",
        "whole": f"the {group} of {a} is whole, that of {b} only a part",
        "verified": f"{a} says it was checked, {b} does not",
        "trust": f"{a} is trusted more than {b}{_by_how_much(view, name, best, other)}",
        "newest": timeless or f"{a} said it later than {b}",
        "oldest": timeless or f"{a} said it earlier than {b}",
        "frequent": f"{often[0]} records say so, {often[1]} the other",
    }
    return told.get(lost.rule, _TIE)


def _by_how_much(view: View, name: str, best: Mapped | None, other: Mapped | None) -> str:
    rules = view.survivorship.of(name)
    if best is None or other is None or any(rule.by == "trust" and rule.sources for rule in rules):
        return ""
    return f" ({view.trust.get(best.source, 0)} over {view.trust.get(other.source, 0)})"
