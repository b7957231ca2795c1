"""A card filled in with what only the ledger has: losing values, consents, source keys, whole identifiers."""

from __future__ import annotations

from dataclasses import replace

from threesixty.graph import delta
from threesixty.pipeline import picture
from threesixty.pipeline.mapped import mapped
from threesixty.pipeline.view import Person, View, people
from threesixty.record import Card, Consent, GoldenValue, HeldIdentifier, LosingValue, SourceRecord


def filled(view: View, card: Card, anchor: int, away: str) -> Card:
    """The card with everything the ledger adds; `away` says why the graph did not answer, '' when it did."""
    [person] = people(view, [anchor])
    return replace(
        card,
        golden=_golden(view, person),
        identifiers=_identifiers(view, card, person),
        records=_records(view, card, person),
        consents=_consents(view, person),
        missing=(f"the graph is away ({away}): folded from the ledger",) if away else (),
    )


def _golden(view: View, person: Person) -> tuple[GoldenValue, ...]:
    sources = {row.number: row for row in person.members}
    types = {p.name: p.type for p in view.schema.kinds[person.kind].properties}
    order = list(types)
    return tuple(
        GoldenValue(
            name,
            won.value,
            sources[won.record].source if won.record in sources else won.rule,
            tuple(
                LosingValue(lost.value, sources[lost.record].source, sources[lost.record].at, lost.rule)
                for lost in won.losing
            ),
            types.get(name, "text"),
            won.rule,
        )
        for name, won in sorted(person.won.items(), key=lambda item: _place(order, item[0]))
        if won.value is not None
    )


def _place(order: list[str], name: str) -> tuple[int, str]:
    return (order.index(name) if name in order else len(order), name)


def _identifiers(view: View, card: Card, person: Person) -> tuple[HeldIdentifier, ...]:
    members = [row.number for row in person.members]
    numbers = sorted({carried.identifier for carried in view.ledger.carried(members)})
    whole = {
        delta.identifier_id(view.secret, identifier): identifier.value
        for identifier in view.ledger.identifiers(numbers).values()
    }
    return tuple(replace(held, value=whole.get(held.id, held.value)) for held in card.identifiers)


def _records(view: View, card: Card, person: Person) -> tuple[SourceRecord, ...]:
    keys = {picture.record_node(view, row): row.key for row in person.members}
    return tuple(replace(record, key=keys.get(record.id, "")) for record in card.records)


def _consents(view: View, person: Person) -> tuple[Consent, ...]:
    """The newest word of every source on every purpose and channel, newest first."""
    links = view.ledger.links_to([row.number for row in person.members])
    speakers = mapped(view.ledger, sorted({link.record for link in links}))
    newest: dict[tuple[str, str, str], Consent] = {}
    for row in sorted((r for r in speakers if r.kind == "consent"), key=lambda r: (r.at or 0, r.tie)):
        said = {name: str(row.values.get(name) or "") for name in ("purpose", "channel", "status")}
        consent = Consent(said["purpose"], said["channel"], said["status"], row.source, row.at)
        newest[consent.purpose, consent.channel, consent.source] = consent
    return tuple(sorted(newest.values(), key=lambda c: (c.purpose, c.channel, c.source)))
