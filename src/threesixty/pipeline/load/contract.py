"""What was agreed with a source, held against what it delivers: columns before it is read, rows after.

A delivery is what a load reads of a source for the first time. What its columns looked like is kept in the
ledger, so that the next one can be compared with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from threesixty.errors import ContractBroken
from threesixty.ledger import Ledger
from threesixty.ledger.log import now
from threesixty.project import Project, Source
from threesixty.report import Account
from threesixty.sources import Delivery, columns
from threesixty.sources.columns import Drift, Shape

# A delivery may be late by so much of the time agreed before it is called that.
_GRACE = 0.25
Fresh = tuple[Delivery, str]
"""What was not read to its end yet, and the position from which it is read."""
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class Looked:
    """A delivery before it is read: its shape as it will be remembered, mapped columns that it may lack,
    and what there is to say about it."""

    shape: Shape
    lacking: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def look(ledger: Ledger, project: Project, source: Source, fresh: Sequence[Fresh], *, accept: bool) -> Looked:
    """Hold the columns of a delivery against those of the one before; raises ContractBroken.

    `accept` takes this delivery as it is, whatever the contract says; without its key no row can be taken.
    """
    before = columns.remembered(ledger.shape(source.name))
    if not fresh:
        return Looked(before, tuple(before.lost))
    found = columns.shape(project, source, fresh)
    drift = columns.drifts(source, before, found)
    stops = [one for one in drift if _stops(source, one, accept=accept)]
    if stops:
        raise _broken(source, stops, [*stops, *(one for one in drift if one not in stops)])
    lost = [one.column for one in drift if one.what == "lost" and one.mapped]
    lacking = tuple(dict.fromkeys([*before.lost, *lost]))
    told = () if source.contract.on_change == "accept" else tuple(one.words for one in drift)
    return Looked(columns.kept(before, found, drift, lacking), lacking, told)


def _stops(source: Source, drift: Drift, *, accept: bool) -> bool:
    if drift.key:
        return True
    agreed = "accept" if accept else source.contract.on_change
    # A mapped column that is gone would empty a value of every Record: that is never taken without a word.
    return agreed == "stop" or (agreed == "warn" and drift.what == "lost" and drift.mapped)


def _broken(source: Source, stops: Sequence[Drift], drift: Sequence[Drift]) -> ContractBroken:
    what = "; ".join(one.words for one in drift)
    keys = [one.column for one in stops if one.key]
    hint = (
        f"no row has a key without {keys[0]!r}: ask for the file again, or change the key of the source"
        if keys
        else "look at the file; if it is right, change the mapping, or load again with --accept-change"
        + (" (values of columns that are gone become empty)" if any(o.what == "lost" for o in stops) else "")
    )
    return ContractBroken(
        f"source {source.name!r} is not as before: {what}; nothing of it was taken in", hint=hint
    )


def delivers(fresh: Sequence[Fresh], account: Account) -> bool:
    """Whether there was a delivery: a file not read before, or news in a table that is read each time."""
    lasting = any(delivery.lasting for delivery, _ in fresh)
    return lasting or account.taken + account.rejected > 0


def note(ledger: Ledger, source: Source, looked: Looked, rows: int, also: Sequence[str] = ()) -> list[str]:
    """Note a delivery that was taken in; what there is to say about it, in words.

    What is told `also` is noted with it: no text of a row, which a forgotten person would stay in.
    """
    told = [*looked.told, *_volume(source, rows)]
    ledger.delivered(source.name, looked.shape.plain(), rows, [*told, *also])
    return told


def _volume(source: Source, rows: int) -> list[str]:
    agreed = source.contract.rows
    if agreed is None or agreed[0] <= rows <= agreed[1]:
        return []
    few = "only " if rows < agreed[0] else ""
    came = "1 row" if rows == 1 else f"{rows:,} rows"
    return [f"{few}{came} came, {_between(agreed)} were expected"]


def _between(agreed: tuple[int, int]) -> str:
    return f"{agreed[0]:,}" if agreed[0] == agreed[1] else f"{agreed[0]:,} to {agreed[1]:,}"


def standing(ledger: Ledger, project: Project) -> dict[str, tuple[str, ...]]:
    """For each source: why its last load stopped, whether it went back behind what was read, what its last
    delivery was not like, and whether the next one is late."""
    latest = ledger.deliveries()
    found = {}
    for source in project.sources:
        last = latest.get(source.name)
        said = [*ledger.warned(source.name), *(last.told if last else ())]
        told = [f"last time, {one}" for one in said]
        found[source.name] = (*_refused(ledger, source), *told, *filter(None, [late(ledger, source)]))
    return found


def _refused(ledger: Ledger, source: Source) -> list[str]:
    """That the last load of a source stopped, why, and what to do; empty where it did not."""
    refusal = ledger.refusal(source.name)
    if refusal is None:
        return []
    hint = f" → {refusal.hint}" if refusal.hint else ""
    ago = _span((now() - refusal.at) // 1000)
    ago = ago if ago[0].isdigit() else f"{'an' if ago == 'hour' else 'a'} {ago}"
    return [f"its last load stopped, {ago} ago: {refusal.message}{hint}"]


def late(ledger: Ledger, source: Source) -> str:
    """Whether a source should have delivered by now, in words; '' when it should not."""
    every, last = source.contract.every, ledger.deliveries().get(source.name)
    if not every or last is None:
        return ""
    seconds = (now() - last.at) // 1000
    if seconds <= every * (1 + _GRACE):
        return ""
    return f"nothing new for {_span(seconds)}, a delivery was expected every {_span(every)}"


def _span(seconds: int) -> str:
    for size, unit in _UNITS:
        if seconds >= size:
            many = seconds // size
            return f"{many:,} {unit}{'' if many == 1 else 's'}" if many > 1 else unit
    return "minute"
