"""The rows of `customer_360` made a Card, and the parameters that ask for what is older."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from threesixty.card import (
    Card,
    Computed,
    GoldenValue,
    HeldIdentifier,
    Household,
    KeyFigures,
    Member,
    ProductBought,
    Relation,
    Sharing,
    SourceRecord,
    TimelineEntry,
)
from threesixty.record import Scalar
from threesixty.schema import COMPUTED, COUNTS

LONG_AGO = -9_007_199_254_740_991
"""Where a thing without a time stands in the timeline: behind everything. Exact in every engine."""

NOT_IN_GRAPH = ("losing values", "consents", "events")

Row = Mapping[str, Scalar]

_ASIDE = frozenset({COUNTS, *COMPUTED.values()})


def card(rows: Iterable[Row]) -> Card | None:
    """The Card that the rows of `customer_360` tell of, None when there is no such customer.

    Customer ids (own, household, sharing, aliases) stand bare; other ids are those of the nodes.
    """
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[str(row["part"])].append(row)
    if not parts["customer"]:
        return None
    head, records = parts["customer"][0], _records(parts["record"])
    profile = json.loads(_text(head["text"]) or "{}")
    return Card(
        id=bare(head["id"]),
        name=_text(head["name"]),
        kind=_text(head["kind"]),
        public_id=_text(head["source"]) or bare(head["id"]),
        since=_instant(head["at"]),
        last_seen=_instant(head["until"]),
        golden=_golden(profile, records),
        counts=profile.get(COUNTS, {}),
        identifiers=_identifiers(parts["identifier"]),
        records=records,
        figures=_figures(head, parts["figures"][0], parts["tickets"][0]),
        timeline=timeline(_entry(row) for row in parts["timeline"]),
        households=_households(parts["home"], parts["household"]),
        sharing=_sharing(parts["sharing"]),
        products=_products(parts["product"]),
        relations=_relations(parts["relation"]),
        scores=_computed(profile, "score"),
        segments=_computed(profile, "segment"),
        aliases=tuple(sorted(_text(row["name"]) for row in parts["alias"])),
        as_of=next((_count(row["count"]) for row in parts["threesixty"]), -1),
        missing=NOT_IN_GRAPH,
    )


def bare(node: Scalar) -> str:
    """A customer's id without its node's prefix."""
    return _text(node).removeprefix("customer:")


def older(last: TimelineEntry) -> dict[str, Scalar]:
    """`before_at` and `before_id` of the Question `timeline`, for what follows an entry."""
    return {"before_at": LONG_AGO if last.at is None else last.at, "before_id": last.id}


def timeline(rows: Iterable[Row]) -> tuple[TimelineEntry, ...]:
    """Entries from the rows of the Question `timeline`, newest first, those without a time last."""
    entries = (
        TimelineEntry(
            id=_text(row["id"]),
            kind=_text(row["kind"]),
            name=_text(row["name"]),
            at=_instant(row["at"]),
            status=_text(row["status"]),
            amount=_instant(row["amount"]),
            currency=_text(row["currency"]),
            source=_text(row["source"]),
            role=_text(row["role"]),
        )
        for row in rows
    )
    return tuple(sorted(entries, key=_age, reverse=True))


def _entry(row: Row) -> Row:
    """A row of the card in the columns of the Question `timeline`."""
    return {**row, "status": row["note"], "currency": row["text"]}


def _age(entry: TimelineEntry) -> tuple[int, str]:
    return (LONG_AGO if entry.at is None else entry.at, entry.id)


def _golden(profile: Mapping[str, Any], records: Iterable[SourceRecord]) -> tuple[GoldenValue, ...]:
    source = {name: record.source for record in records for name in record.wins}
    said = ((name, value) for name, value in profile.items() if name not in _ASIDE)
    return tuple(GoldenValue(name, value, source.get(name, "")) for name, value in said)


def _computed(profile: Mapping[str, Any], kind: str) -> tuple[Computed, ...]:
    return tuple(
        Computed(
            name=one.get("name", ""),
            value=one.get("value"),
            model=one.get("model", ""),
            source=one["source"],
            at=one.get("at"),
        )
        for one in profile.get(COMPUTED[kind], ())
    )


def _records(rows: Iterable[Row]) -> tuple[SourceRecord, ...]:
    return tuple(
        SourceRecord(
            id=_text(row["id"]),
            source=_text(row["source"]),
            kind=_text(row["kind"]),
            at=_instant(row["at"]),
            wins=tuple(filter(None, _text(row["text"]).split(","))),
            bits=float(row["number"] or 0.0),
            why=_text(row["note"]),
        )
        for row in sorted(rows, key=lambda row: (_text(row["source"]), _text(row["id"])))
    )


def _identifiers(rows: Iterable[Row]) -> tuple[HeldIdentifier, ...]:
    return tuple(
        HeldIdentifier(
            id=_text(row["id"]),
            type=_text(row["kind"]),
            value=_text(row["name"]),
            first=_instant(row["at"]),
            last=_instant(row["until"]),
            holders=_count(row["count"]),
            generic=row["text"] == "generic",
        )
        for row in sorted(rows, key=lambda row: (_text(row["kind"]), _text(row["name"]), _text(row["id"])))
    )


def _figures(head: Row, purchases: Row, tickets: Row) -> KeyFigures:
    return KeyFigures(
        records=_count(head["count"]),
        purchases=_count(purchases["count"]),
        value=_count(head["amount"]),
        currency=_text(head["note"]),
        other_currency=_count(purchases["amount"]),
        first_purchase=_instant(purchases["at"]),
        last_purchase=_instant(purchases["until"]),
        tickets=_count(tickets["amount"]),
        open_tickets=_count(tickets["count"]),
    )


def _households(homes: Iterable[Row], rows: Iterable[Row]) -> tuple[Household, ...]:
    members: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: _text(row["id"])):
        members[_text(row["text"])].append(row)
    found = (
        Household(
            id=_text(home["id"]),
            name=_text(home["name"]),
            members=tuple(_member(row) for row in members[_text(home["id"])]),
            kind=_text(home["kind"]),
            since=_instant(home["at"]),
            until=_instant(home["until"]),
        )
        for home in homes
    )
    return tuple(sorted(found, key=_leaving))


def _leaving(home: Household) -> tuple[bool, int, str]:
    """Homes of now first, then those left last."""
    return (home.until is not None, -(home.until or 0), home.id)


def _member(row: Row) -> Member:
    evidence = tuple(filter(None, _text(row["source"]).split(", ")))
    since, until = _instant(row["at"]), _instant(row["until"])
    return Member(bare(row["id"]), _text(row["name"]), _text(row["kind"]), since, until, evidence)


def _sharing(rows: Iterable[Row]) -> tuple[Sharing, ...]:
    ordered = sorted(rows, key=lambda row: (_text(row["kind"]), _text(row["text"]), _text(row["id"])))
    return tuple(
        Sharing(bare(row["id"]), _text(row["name"]), _text(row["kind"]), _text(row["note"]))
        for row in ordered
    )


def _relations(rows: Iterable[Row]) -> tuple[Relation, ...]:
    ordered = sorted(rows, key=lambda row: (_text(row["kind"]), _text(row["id"])))
    return tuple(
        Relation(bare(row["id"]), _text(row["name"]), _text(row["kind"]), _text(row["text"]))
        for row in ordered
    )


def _products(rows: Iterable[Row]) -> tuple[ProductBought, ...]:
    return tuple(
        ProductBought(
            id=_text(row["id"]),
            name=_text(row["name"]),
            count=_count(row["count"]),
            first=_instant(row["at"]),
            last=_instant(row["until"]),
            amount=_count(row["amount"]),
        )
        for row in sorted(rows, key=lambda row: (-_count(row["count"]), _text(row["id"])))
    )


# An engine's null is an empty text or no instant; counts are never absent.


def _text(value: Scalar) -> str:
    return "" if value is None else str(value)


def _instant(value: Scalar) -> int | None:
    return None if value is None else int(value)


def _count(value: Scalar) -> int:
    return int(value or 0)
