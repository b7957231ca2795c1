"""Every contact point of a Customer, with what its sources say about it; none is lost to a better one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from threesixty.card import Card, HeldAddress, HeldIdentifier
from threesixty.graph import delta
from threesixty.ledger import Carried
from threesixty.pipeline.mapped import Mapped
from threesixty.pipeline.view import Person, View, span
from threesixty.schema import ADDRESS_GROUP, VERIFIED


def identifiers(view: View, card: Card, person: Person) -> tuple[HeldIdentifier, ...]:
    """The identifiers of a card whole, with what they are for and whether a source checked them."""
    rows = {row.number: row for row in person.members}
    found = {
        delta.identifier_id(view.secret, *key): (key[1], held) for key, held in _by_value(view, rows).items()
    }
    return tuple(_told(one, *found[one.id], rows) if one.id in found else one for one in card.identifiers)


def _told(
    one: HeldIdentifier, value: str, held: Iterable[Carried], rows: Mapping[int, Mapped]
) -> HeldIdentifier:
    checked = any(
        rows[c.record].values.get(c.type + VERIFIED) and rows[c.record].values.get(c.type) == value
        for c in held
    )
    return replace(one, value=value, uses=_uses(held), verified=checked)


def addresses(view: View, person: Person) -> tuple[HeldAddress, ...]:
    """Every address that a source gave, the one seen last first."""
    rows = {row.number: row for row in person.members}
    found = [
        _address(held, [rows[c.record] for c in held])
        for (kind, _), held in _by_value(view, rows).items()
        if kind == "address"
    ]
    return tuple(sorted(found, key=lambda one: (-(one.last or 0), one.street, one.postcode)))


def _address(held: list[Carried], rows: list[Mapped]) -> HeldAddress:
    newest = max(rows, key=lambda row: (row.at or 0, row.tie))
    street, city, postcode, region, country = (str(newest.values.get(part) or "") for part in ADDRESS_GROUP)
    first, last = span(row.at for row in rows)
    checked = any(row.values.get("address" + VERIFIED) for row in rows)
    sources = tuple(sorted({row.source for row in rows}))
    return HeldAddress(
        street, city, postcode, region, country, first, last, _uses(held), checked, sources
    )  # fmt: skip


def _by_value(view: View, rows: Mapping[int, Mapped]) -> dict[tuple[str, str], list[Carried]]:
    found: dict[tuple[str, str], list[Carried]] = defaultdict(list)
    for carried in view.ledger.carried(sorted(rows)):
        found[carried.type, carried.value].append(carried)
    return found


def _uses(held: Iterable[Carried]) -> tuple[str, ...]:
    return tuple(sorted({carried.use for carried in held} - {""}))
