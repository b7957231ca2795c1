"""A card filled in with what only the ledger has: losing values, consents, source keys, whole identifiers."""

from __future__ import annotations

from dataclasses import replace

from threesixty.card import Card, GoldenValue, LosingValue, SourceRecord
from threesixty.pipeline import contacts
from threesixty.pipeline.consents import consents
from threesixty.pipeline.draw import picture
from threesixty.pipeline.view import Person, View, people


def filled(view: View, card: Card, anchor: int, away: str) -> Card:
    """The card with everything the ledger adds; `away` says why the graph did not answer, '' when it did."""
    [person] = people(view, [anchor])
    return replace(
        card,
        name=person.name,
        golden=_golden(view, person),
        identifiers=contacts.identifiers(view, card, person),
        addresses=contacts.addresses(view, person),
        records=_records(view, card, person),
        consents=consents(view, person),
        missing=(f"the graph is away ({away}): folded from the ledger",) if away else (),
    )


def _golden(view: View, person: Person) -> tuple[GoldenValue, ...]:
    sources = {row.number: row for row in person.members}
    kind = view.schema.kinds[person.kind]
    order = [prop.name for prop in kind.properties]
    return tuple(
        GoldenValue(
            name,
            won.value,
            sources[won.record].source if won.record in sources else won.rule,
            tuple(
                LosingValue(lost.value, sources[lost.record].source, sources[lost.record].at, lost.rule)
                for lost in won.losing
            ),
            view.schema.type_of(kind, name),
            won.rule,
        )
        for name, won in sorted(person.won.items(), key=lambda item: _place(order, item[0]))
        if won.value is not None
    )


def _place(order: list[str], name: str) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


def _records(view: View, card: Card, person: Person) -> tuple[SourceRecord, ...]:
    rows = {picture.record_node(view, row): row for row in person.members}
    return tuple(
        replace(record, key=row.key, brand=view.brand(row)) if (row := rows.get(record.id)) else record
        for record in card.records
    )
