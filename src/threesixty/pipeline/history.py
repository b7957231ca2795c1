"""What was said about a customer over time, and what the card was at an earlier time.

Versions are read from the log as they are. A card as of then is folded: inside a transaction that is taken
back, the ledger goes back to an entry, the records touched since are resolved anew, and the card is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from threesixty.card import Card
from threesixty.errors import NotFound, SeveralMatches
from threesixty.history import FieldChange, History, RecordHistory, Version, What
from threesixty.identity.explain import quoted
from threesixty.ledger.log import supersedes
from threesixty.ledger.rows import Pending, VersionRow
from threesixty.pipeline import card as cards
from threesixty.pipeline import lookup
from threesixty.pipeline.backing import back_to, entry
from threesixty.pipeline.mapped import row_of
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View, people
from threesixty.questions.shape import card as shaped

_SHOWN = 5


# --- what was said -----------------------------------------------------------------------------------


def history(view: View, key: str) -> History:
    """Every version of every Record of the customer a key means, those that are gone included.

    Raises NotFound, SeveralMatches, Forgotten.
    """
    ledger = view.ledger
    gone = lookup.gone(view, key)
    if gone:
        return History("", "", tuple(_records(view, gone, live=set())))
    anchor = lookup.customer(view, key)
    [person] = people(view, [anchor])
    members = [row.number for row in person.members]
    once = [number for number in ledger.predecessors(members) if ledger.versions(number)]
    records = sorted({*members, *once})
    return History(person.id, person.name, tuple(_records(view, records, live=set(members))))


def _records(view: View, numbers: Sequence[int], live: set[int]) -> Iterator[RecordHistory]:
    for number, name in zip(numbers, view.ledger.names(numbers), strict=True):
        versions = tuple(_versions(view.ledger.versions(number)))
        yield RecordHistory(str(name), name.kind, number in live, versions)


def _versions(said: Sequence[VersionRow]) -> Iterator[Version]:
    standing: VersionRow | None = None
    row: Mapping[str, str] = {}
    for one in said:
        what: What = _gone(one) if one.deleted else _what(standing)
        late = standing and not (one.unsaid or standing.unsaid or supersedes(one.version, standing.version))
        if late or one.deleted:
            yield Version(one.seq, one.received, one.version, "late" if late else what)
        else:
            after = _row(one.raw)
            yield Version(one.seq, one.received, one.version, what, tuple(_changes(row, after)))
            row = after
        standing = standing if late else one


def _gone(one: VersionRow) -> What:
    if one.raw:
        return "deleted"
    return "ended" if one.unsaid and not one.source else "missing"


def _what(standing: VersionRow | None) -> What:
    if standing is None:
        return "first"
    return "back" if standing.deleted else "changed"


def _row(raw: str) -> Mapping[str, str]:
    """A row by column; empty where it was taken away because somebody else in it was forgotten."""
    return {str(name): str(text) for name, text in (row_of(raw) or {}).items() if text}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FieldChange]:
    for column in dict.fromkeys([*after, *before]):
        was, is_ = before.get(column, ""), after.get(column, "")
        if was != is_:
            yield FieldChange(column, was, is_)


# --- what was believed ------------------------------------------------------------------------------


def as_of(view: View, key: str, to: str) -> Card:
    """The card of the customer a key meant, as the ledger stood at an entry, a date or an instant.

    By today's mapping, weights and trust. Nothing stays changed. Raises NotFound, SeveralMatches, Forgotten,
    and LedgerHeld while another process writes.
    """
    ledger = view.ledger
    upto = entry(ledger, to)
    today = _today(view, key)
    card: Card | None = None
    with ledger.rehearsing():
        told = _go_back(view, upto)
        past = View.of(ledger, view.project, view.weights)
        anchor = _then(past, key, to)
        card = shaped(cards.rows(past, anchor))
        assert card is not None  # noqa: S101 — the customer is there
        told += _apart(past, anchor, today)
        given = replace(card, origin="ledger", as_of=upto, aliases=_given_by(past, card.aliases, upto))
        card = cards.filled(past, given, anchor, "")
    stood = f"as the ledger stood at entry {upto:,}, {_day(ledger.entry_at(upto))}"
    return replace(card, told=(f"{stood}, by today's mapping and rules", *told))


def _then(past: View, key: str, to: str) -> int:
    try:
        return lookup.customer(past, key)
    except NotFound as nobody:
        hint = "`threesixty customer KEY --history` says since when it is known"
        raise NotFound(f"customer as of {to}", key, hint=hint) from nobody


def _go_back(view: View, upto: int) -> list[str]:
    ledger = view.ledger
    resolve(ledger, view.weights)
    if upto >= ledger.seq():
        return []
    touched = ledger.pending(upto)
    told = back_to(ledger, view.project, upto)[1:]  # that it went back is told otherwise here
    since = ledger.pending(upto)  # also what a mapping calls otherwise since then
    parties, others = {*touched.parties, *since.parties}, {*touched.others, *since.others}
    both = Pending(sorted(parties), sorted(others), since.seq)
    resolve(ledger, view.weights, touched=both)
    return told


def _given_by(past: View, aliases: Sequence[str], upto: int) -> tuple[str, ...]:
    """The ids that were a Customer's by then; which of ours were given out is never unsaid."""
    since, ours = past.ledger.past_anchors(), past.ledger.ours(aliases)
    known = {one: since.get(past.ledger.number_of(one) or 0, upto + 1) for one in ours}
    return tuple(one for one in aliases if known.get(one, 0) <= upto)


def _today(view: View, key: str) -> list[int]:
    """The Records of the customer that a key means today; none where it means nobody any more."""
    with suppress(NotFound, SeveralMatches):
        return list(view.ledger.members([lookup.customer(view, key)]).popitem()[1])
    return []


def _apart(past: View, anchor: int, today: Sequence[int]) -> list[str]:
    """Which Records of today's customer were somebody else's then."""
    owners = sorted({owner for owner in past.ledger.membership(today).values() if owner != anchor})
    if not owners:
        return []
    others = people(past, owners[:_SHOWN])
    names = ", ".join(f"{quoted(person.name)} ({person.id})" for person in others)
    more = f" and {len(owners) - _SHOWN:,} more" if len(owners) > _SHOWN else ""
    return [f"other records of today's customer were then those of {names}{more}"]


def _day(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC"
