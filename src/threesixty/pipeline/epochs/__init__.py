"""Epochs: other weights, held beside those that count, compared by name, and then switched to or dropped.

A switch gives just what was shown before it: see `beside`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from threesixty.errors import DecisionRefused, NotFound, WeightsError, nearest
from threesixty.identity.sound import Unsound, unknown
from threesixty.identity.weights import IDENTIFYING, SORTS, Band, Weights
from threesixty.ledger import Ledger
from threesixty.pipeline.epochs.beside import band_of, compared
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.project import Project
from threesixty.report import Tell
from threesixty.report.epochs import (
    Epoch,
    EpochShown,
    Level,
    Switched,
)  # fmt: skip

# --- which there are -------------------------------------------------------------------------------------


def read(text: str, where: str) -> Weights:
    """Weights from the text of a file or an epoch; raises WeightsError."""
    try:
        return Weights.from_dict(json.loads(text))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
        missing: tuple[str, ...] = getattr(error, "levels", ())
        if missing:
            raise WeightsError(
                f"{where} says nothing of {', '.join(missing)}",
                hint="an untrained level is no evidence: `threesixty train` learns them anew, "
                "`threesixty epoch switch 0` takes the shipped weights",
                levels=missing,
            ) from None
        if isinstance(error, Unsound):
            raise WeightsError(
                f"{where} cannot be weights: {error}",
                hint="mend that line; `threesixty epoch show 0` lists what everything is worth",
            ) from None
        raise WeightsError(
            f"{where} cannot be read as weights ({type(error).__name__}: {error})",
            hint="`threesixty epoch show 0 --out weights.json` writes a file of the right form",
        ) from None


def _ensure_known(project: Project, text: str, where: str) -> None:
    """Raise WeightsError where a text cannot be weights, or names what there is not.

    Those in the ledger may be of a version that knew other names; who brings some means today's.
    """
    read(text, where)
    for what, name, known in unknown(json.loads(text), project.schema.identifiers):
        near = nearest(name, known)
        raise WeightsError(
            f"{where} cannot be weights: there is no {what} {name!r}",
            hint=f"did you mean {near!r}?" if near else f"there is {', '.join(known)}",
        )


def of(ledger: Ledger, project: Project, number: int) -> Weights:
    """The weights of an epoch, with what the project says of its own. Raises NotFound, WeightsError."""
    return _for_project(read(text_of(ledger, number), f"epoch {number}"), project)


def _for_project(weights: Weights, project: Project) -> Weights:
    """Weights with a project's threshold, and with the types it declared of which nobody has two."""
    declared = {one.name for one in project.schema.identifiers.values() if one.exclusive} - IDENTIFYING
    threshold = float(project.rules.get("threshold", weights.probability))
    return replace(weights, probability=threshold, exclusive=weights.exclusive | declared)


def text_of(ledger: Ledger, number: int) -> str:
    """The weights of an epoch as they were written."""
    text = ledger.epoch_weights(number) if number else Weights.text()
    if text is None:
        raise NotFound("epoch", str(number), hint="`threesixty epoch list` shows which there are")
    return text


def in_force(ledger: Ledger, project: Project) -> Weights:
    """The weights that count now."""
    return of(ledger, project, ledger.epoch_in_force()[0])


def listed(ledger: Ledger) -> tuple[Epoch, ...]:
    """Every epoch, newest first."""
    now = ledger.epoch_in_force()[0]
    shipped = Epoch(0, "in force" if now == 0 else "former", _learned(ledger, 0))
    found = {0: shipped}
    for row in ledger.epochs():
        if row.verb == "opened":
            found[row.no] = Epoch(row.no, "open", _learned(ledger, row.no), row.at, row.by, row.why)
        elif row.verb == "dropped":
            found[row.no] = replace(found[row.no], state="dropped")
        elif row.no:
            found[row.no] = replace(found[row.no], state="former")
    found[now] = replace(found[now], state="in force")
    return tuple(found[number] for number in sorted(found, reverse=True))


def one(ledger: Ledger, number: int | None) -> Epoch:
    """An epoch by number; without one the newest that is open, else the one in force. Raises NotFound."""
    everything = listed(ledger)
    if number is None:
        waiting = [epoch for epoch in everything if epoch.state == "open"]
        return next(iter(waiting), next(epoch for epoch in everything if epoch.state == "in force"))
    found = {epoch.number: epoch for epoch in everything}
    if number not in found:
        raise NotFound("epoch", str(number), hint="`threesixty epoch list` shows which there are")
    return found[number]


def _learned(ledger: Ledger, number: int) -> str:
    try:
        return str(json.loads(text_of(ledger, number)).get("learned", ""))
    except (ValueError, AttributeError):
        return ""


def shown(view: View, number: int | None, tell: Tell) -> EpochShown:
    """An epoch with its weights beside those that count, and what it would change where it does not count."""
    epoch = one(view.ledger, number)
    return _shown(view, epoch, text_of(view.ledger, epoch.number), tell)


def tried(view: View, text: str, where: str, tell: Tell) -> EpochShown:
    """Weights that are kept nowhere, as if they were the next epoch."""
    _ensure_known(view.project, text, where)
    number = listed(view.ledger)[0].number + 1
    return _shown(view, Epoch(number, "tried", str(json.loads(text).get("learned", ""))), text, tell)


def _shown(view: View, epoch: Epoch, text: str, tell: Tell) -> EpochShown:
    weights = _for_project(read(text, f"epoch {epoch.number}"), view.project)
    told = compared(view, weights, epoch.number, tell) if epoch.state != "in force" else None
    band = band_of(view, weights)
    return EpochShown(
        epoch, weights.threshold, band.prior_bits, levels(text, weights, band, view.weights, view.band), told
    )


def levels(said: str, weights: Weights, band: Band, former: Weights, former_band: Band) -> tuple[Level, ...]:
    """Every level of the text of some weights, beside what it is worth in other weights."""
    after, before = weights.table(band), former.table(former_band)
    read, found = json.loads(said), []
    for sort, (part, called) in enumerate((("comparisons", "{}"), ("organisations", "{} (organisation)"))):
        for comparison in read.get(part, ()):
            name = comparison["field"]
            for level in comparison["levels"]:
                cell = _cell(sort, name, level["level"])
                if cell:
                    bits, was, field = float(after[cell]), float(before[cell]), called.format(name)
                    of = level["level"], level["m"], level["u"], bits, was, level.get("pairs")
                    found.append(Level(field, *of))
    return tuple(found)


def _cell(sort: int, field: str, level: str) -> tuple[int, int, int] | None:
    """Where a level's bits stand in a table; None for one of weights of another version."""
    levels = SORTS[sort].get(field, ())
    return (sort, list(SORTS[sort]).index(field), levels.index(level)) if level in levels else None


# --- what people do with them ----------------------------------------------------------------------------


def open_(ledger: Ledger, project: Project, text: str, where: str, *, by: str, why: str = "") -> int:
    """Keep weights as a new epoch, which counts for nothing yet; its number. Raises WeightsError.

    Weights that are one already, and were not dropped, stay that one.
    """
    _ensure_known(project, text, where)
    for epoch in listed(ledger):
        if epoch.state != "dropped" and text_of(ledger, epoch.number) == text:
            return epoch.number
    with ledger.writing(), _unmoved(ledger):
        return ledger.open_epoch(text, by=by, why=why)


def to_drop(ledger: Ledger, number: int) -> Epoch:
    """An epoch that may be dropped. Raises NotFound, DecisionRefused."""
    epoch = one(ledger, number)
    if number == 0:
        raise DecisionRefused("epoch 0, the shipped weights, is always there")
    if epoch.state == "in force":
        raise DecisionRefused(
            f"epoch {number} is in force", hint="switch to another first: `threesixty epoch switch 0`"
        )
    if epoch.state == "dropped":
        raise DecisionRefused(f"epoch {number} has been dropped already")
    return epoch


def drop(ledger: Ledger, number: int, *, by: str, why: str = "") -> None:
    """Say that nobody wants an epoch. Raises NotFound, DecisionRefused."""
    to_drop(ledger, number)
    with ledger.writing(), _unmoved(ledger):
        ledger.say_of_epoch(number, "dropped", by=by, why=why)


def switch(view: View, number: int, tell: Tell, *, by: str, why: str = "", dry_run: bool = False) -> Switched:
    """Let an epoch count from now on, and resolve everybody by it. Raises NotFound, DecisionRefused."""
    ledger, before = view.ledger, view.ledger.epoch_in_force()[0]
    epoch = one(ledger, number)
    if epoch.state == "dropped":
        raise DecisionRefused(
            f"epoch {number} was dropped",
            hint=f"`epoch show {number} --out FILE` and `epoch open FILE` make a new one of its weights",
        )
    if epoch.state == "in force":
        raise DecisionRefused(f"epoch {number} is in force already")
    weights = of(ledger, view.project, number)
    told = compared(view, weights, number, tell)
    if not dry_run:
        with ledger.writing():
            ledger.say_of_epoch(number, "switched", by=by, why=why)
            resolve(ledger, weights, tell, anew=True)
    return Switched(number, before, told, dry_run)


@contextmanager
def _unmoved(ledger: Ledger) -> Iterator[None]:
    """What is said inside touches no Record: who was up to date with the log before is so afterwards."""
    resolved = ledger.reached("resolved_seq") == ledger.seq()
    yield
    if resolved:
        ledger.set_state("resolved_seq", ledger.seq())
