"""What became of an id since it was given out, and whose it was at any time: read from the feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from threesixty.errors import Forgotten, NotFound
from threesixty.ledger import ChangeRow, Ledger
from threesixty.pipeline import feed, lookup
from threesixty.pipeline.backing import entry, moment
from threesixty.pipeline.view import View, people
from threesixty.report.lineage import Lineage, Stage


def lineage(view: View, key: str) -> Lineage:
    """The life of the id a key means: a customer's, a former one's, a Record's; also of who was forgotten.

    Raises NotFound, SeveralMatches.
    """
    ledger = view.ledger
    number = _of_id(view, key)
    if number is None:
        gone = lookup.gone(view, key)
        number = gone[0] if gone else lookup.customer(view, key)
    stages = tuple(_stages(ledger, _life(ledger, number)))
    [public] = ledger.ids([number])
    if ledger.is_forgotten(number):
        return Lineage(public, "", "", stages, forgotten=True)
    anchor = ledger.answers([number]).get(number)
    if anchor is None:
        return Lineage(public, "", "", stages)
    [person] = people(view, [anchor])
    return Lineage(public, person.id, person.name, stages)


def _life(ledger: Ledger, number: int) -> list[ChangeRow]:
    """What became of a Customer, and of its Record while that was another's; or, never one, of the Record."""
    own, moving = ledger.changes_of([number]), ledger.changes_moving(number)
    if not own:
        return moving
    since = own[0].no
    elsewhere = [row for row in moving if row.no > since and _among_others(row, number)]
    return sorted([*own, *elsewhere], key=lambda row: row.no)


def _among_others(row: ChangeRow, number: int) -> bool:
    """Whether a Record came from one other Customer to another, or went from one."""
    return any(move.record == number and number not in (move.was, row.customer) for move in row.moved)


def resolve(view: View, key: str, as_of: str) -> str:
    """The id of the customer that answered for a key as of an entry of the log, a date or an instant.

    As it was told at the time: nothing is worked out anew. Raises NotFound, SeveralMatches, Forgotten.
    """
    ledger = view.ledger
    number = _of_id(view, key)
    if number is None:
        gone = lookup.gone(view, key)
        number = gone[0] if gone else lookup.record(view, key)
    if ledger.is_forgotten(number):
        raise Forgotten(f"the person behind {key} was forgotten; nothing about them is kept")
    upto, known = _told_by(ledger, as_of), number
    while known and (told := ledger.told_by(known, upto)):
        if told.now:
            [public] = ledger.ids([told.now])
            return public
        known = told.heir
    raise NotFound(f"customer as of {as_of}", key, hint=f"`threesixty lineage {key}` says since when")


def _told_by(ledger: Ledger, as_of: str) -> int:
    """The last entry of the feed as of an entry of the log, or a moment: also one that a restore undid."""
    instant = moment(as_of)
    if instant is None:
        return ledger.last_change(entry=entry(ledger, as_of))
    return ledger.last_change(ms=instant)


def _of_id(view: View, key: str) -> int | None:
    """The number behind an id ever given out; None where the key is none."""
    return view.ledger.number_of(key.removeprefix("customer:"))


def _stages(ledger: Ledger, rows: Sequence[ChangeRow]) -> Iterator[Stage]:
    said = {action: ledger.decisions_of(action) for action in {row.action for row in rows if row.action}}
    for change in feed.told(ledger, rows, keys=True):
        decided = said[change.action] if change.cause == "decision" else []
        yield Stage(
            change.change, change.entry, change.at, change.what, change.customer,
            records=tuple((change.keys or {}).values()), came=len(change.records), gone=len(change.gone),
            out_of=change.out_of, into=change.into, cause=change.cause, action=change.action,
            by=decided[0].by if decided else "", why=decided[0].why if decided else "",
        )  # fmt: skip
