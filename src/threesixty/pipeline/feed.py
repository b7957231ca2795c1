"""The `changes` feed: written with the memberships, read by systems that keep tables by our ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from threesixty.errors import NotFound
from threesixty.feed import Change, What
from threesixty.identity import lineage
from threesixty.identity.lineage import Became
from threesixty.ledger import ChangeRow, Ledger, MovedRow, Telling


class Because(NamedTuple):
    """What made memberships change: a word, and the number of the decision where it was one."""

    cause: str
    action: int = 0


LOADED = Because("load")


def tell(
    ledger: Ledger, before: Mapping[int, int], after: Mapping[int, int], seq: int, because: Because
) -> None:
    """Add to the feed how the Customers of some Records differ from what the feed last told of them."""
    if not ledger.last_change():
        ledger.tell_first(after, seq, because.cause, because.action)
        return
    changed = lineage.moved(before, after)
    if not changed:
        return
    customers = lineage.touched(changed)
    together = ledger.members(customers)
    answers = ledger.answers([one for one in customers if one not in together])
    gone = [record for record, (_, now) in changed.items() if now is None]
    heirs, erased = ledger.successors_of(gone), ledger.forgotten_among(gone)
    told = [_telling(one, heirs, erased) for one in lineage.became(changed, together, answers)]
    ledger.tell(told, seq, because.cause, because.action)


def _telling(one: Became, heirs: Mapping[int, int], erased: Collection[int]) -> Telling:
    moves = [MovedRow(record, was or 0, one.customer, 0) for record, was in one.came]
    for record in one.gone:
        heir = 0 if record in erased else heirs.get(record, 0)
        moves.append(MovedRow(record, one.customer, 0, heir))
    if not one.after and one.customer in erased:
        return Telling("erased", one.customer, (), moves)
    return Telling(one.what, one.customer, one.into, moves)


def tell_everything(ledger: Ledger, because: Because) -> None:
    """Add to the feed how all Customers differ from what it last told."""
    with ledger.writing():
        tell(ledger, ledger.told(), ledger.membership(None), ledger.reached("resolved_seq"), because)


# --- reading it back --------------------------------------------------------------------------------

_PAGE = 1_000


def changes(ledger: Ledger, since: int, *, keys: bool = False) -> Iterator[Change]:
    """Entries after one, in their order, up to the last there is; with `keys`, what sources call Records.

    A page is read at a time. Raises NotFound where the feed does not reach so far.
    """
    last = ledger.last_change()
    if not 0 <= since <= last:
        hint = f"the feed {ledger.feed} ends with {last:,}: is this the ledger you followed? begin with 0"
        raise NotFound("entry of the feed", str(since), hint=hint)
    while rows := ledger.changes(since, _PAGE):
        yield from told(ledger, rows, keys=keys)
        since = rows[-1].no


def told(ledger: Ledger, rows: Sequence[ChangeRow], *, keys: bool = False) -> Iterator[Change]:
    """Rows of the feed with ids in place of numbers."""
    numbers = sorted({no for row in rows for no in _numbers(row)})
    ids = dict(zip(numbers, ledger.ids(numbers), strict=True))
    names = _keys(ledger, rows) if keys else {}
    erased = ledger.forgotten_among({move.record for row in rows for move in row.moved if not move.now})
    feed = ledger.feed
    for row in rows:
        came = [move.record for move in row.moved if move.now]
        yield Change(
            feed, row.no, row.seq, row.at, cast("What", row.what), ids[row.customer],
            records=tuple(ids[record] for record in came),
            out_of=tuple(ids[no] for no in sorted({move.was for move in row.moved if move.was and move.now})),
            gone={ids[move.record]: ids.get(move.heir, "") for move in row.moved if not move.now},
            into=tuple(ids[no] for no in row.into),
            cause=row.cause, action=row.action,
            erased=tuple(ids[move.record] for move in row.moved if not move.now and move.record in erased),
            keys={ids[record]: names[record] for record in came if record in names} if keys else None,
        )  # fmt: skip


def _numbers(row: ChangeRow) -> Iterator[int]:
    yield row.customer
    yield from row.into
    for move in row.moved:
        yield from (move.record, move.was, move.now, move.heir)


def _keys(ledger: Ledger, rows: Sequence[ChangeRow]) -> dict[int, str]:
    """What sources call Records, by number; the forgotten have no name."""
    numbers = sorted({move.record for row in rows for move in row.moved if move.now})
    erased = ledger.forgotten_among(numbers)
    kept = [number for number in numbers if number not in erased]
    return dict(zip(kept, map(str, ledger.names(kept)), strict=True))
