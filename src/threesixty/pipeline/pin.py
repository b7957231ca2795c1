"""People's word on values: what they pin wins over every source, until they take it back."""

from __future__ import annotations

from collections.abc import Mapping

from threesixty.errors import DecisionRefused, nearest
from threesixty.identity.explain import quoted
from threesixty.normalise import Habits
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import Person, View, people
from threesixty.record import Scalar
from threesixty.report import Decided
from threesixty.schema import GROUPS, Kind, Type
from threesixty.sources.roles import reader
from threesixty.wording import scalar

_WHOLE = {"name": "full_name", "address": "full_address"}
"""Groups, and the role by which their text is taken apart."""


def pin(view: View, number: int, name: str, text: str, *, by: str, why: str, dry_run: bool) -> Decided:
    """Pin a value to a Record (by number), in the form in which a source would write it.

    A `text` of '' pins that there is no value. A group (name, address) is taken apart and pinned whole.
    Raises DecisionRefused for a property that the kind does not have and a value that cannot be read.
    """
    ledger = view.ledger
    [kind] = {row.kind for row in ledger.mapped([number])}
    values = _values(view, view.schema.kinds[kind], name, text)
    with ledger.rehearsing() if dry_run else ledger.writing():
        before = _person(view, number)
        action = ledger.pin(number, values, by=by, why=why)
        resolve(ledger, view.weights)
        sentence = _sentence(view, values, before, _person(view, number))
    return Decided(action, sentence, (), dry_run=dry_run)


def unpin(view: View, action: int, *, by: str, dry_run: bool) -> Decided:
    """Take a pin back; what the sources say holds again, or an older pin."""
    ledger = view.ledger
    pins = ledger.pins_of(action)
    number = pins[0].no
    with ledger.rehearsing() if dry_run else ledger.writing():
        before = _person(view, number)
        ledger.withdraw(action, by=by)
        resolve(ledger, view.weights)
        values = {one.property: one.value for one in pins}
        sentence = _sentence(view, values, before, _person(view, number))
    return Decided(action, sentence, (), dry_run=dry_run)


def _person(view: View, number: int) -> Person | None:
    anchor = view.ledger.answers([number]).get(number)
    return None if anchor is None else people(view, [anchor])[0]


def _sentence(view: View, values: Mapping[str, Scalar], before: Person | None, after: Person | None) -> str:
    if before is None or after is None:
        return "The customer is gone: nothing changes."
    kind = view.schema.kinds[after.kind]
    both = {name: (_value(before, name), _value(after, name)) for name in values}
    told = [
        _told(name, view.schema.type_of(kind, name), *pair)
        for name, pair in both.items()
        if pair != (None, None)
    ]
    return f"{quoted(after.name)} ({after.id}): " + ("; ".join(told) or "nothing changes") + "."


def _told(name: str, type_: Type, before: Scalar, after: Scalar) -> str:
    word = name.replace("_", " ")
    if before == after:
        return f"{word} stays {_shown(after, type_)}"
    return f"{word} is {_shown(after, type_)}, it was {_shown(before, type_)}"


def _shown(value: Scalar, type_: Type) -> str:
    return "empty" if value is None else scalar(value, type_)


def _value(person: Person, name: str) -> Scalar:
    return person.won[name].value if name in person.won else None


# --- what may be pinned -------------------------------------------------------------------------------


def _values(view: View, kind: Kind, name: str, text: str) -> dict[str, Scalar]:
    """The properties that a text pins, each with its value as reading it from a source would give it."""
    if kind.property(name):
        return {name: _read(view, kind, name, text).get(name) if text.strip() else None}
    if name not in GROUPS:
        known = [prop.name for prop in kind.properties]
        near = nearest(name, [*known, *GROUPS])
        hint = f"did you mean {near!r}?" if near else f"there is {', '.join(known)}"
        raise DecisionRefused(f"a {kind.name} has no property {name!r}", hint=hint)
    # What a whole name does not hold (a middle name) must not come back from a source.
    read = _read(view, kind, _WHOLE[name], text) if text.strip() else {}
    return {each: read.get(each) for each in GROUPS[name] if kind.property(each)}


def _read(view: View, kind: Kind, role: str, text: str) -> Mapping[str, Scalar]:
    habits = Habits(country=view.project.country, currency=view.currency)
    reading = reader(role, kind, view.schema.identifiers, habits)(text, view.project.country)
    said = dict(reading.implied or {})
    if reading.property:
        said[reading.property] = reading.value
    if reading.unreadable or not said:
        prop = kind.property(role)
        dated = "dates are best written 1988-04-12; " if prop and prop.type in ("date", "instant") else ""
        hint = f"{dated}an empty text says that there is no value"
        raise DecisionRefused(f"{text!r} cannot be read as {role.replace('_', ' ')}", hint=hint)
    return said
