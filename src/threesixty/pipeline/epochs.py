"""Epochs: other weights, held beside those that count, compared by name, and then switched to or dropped.

Nothing is stored of what another epoch would make of the Records: it is computed when somebody asks, so it is
never older than the ledger, and a switch gives just what was shown.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from threesixty.errors import DecisionRefused, NotFound, WeightsError, nearest
from threesixty.identity.cluster import cluster
from threesixty.identity.parties import Bools, Ints
from threesixty.identity.score import score
from threesixty.identity.sound import Unsound, unknown
from threesixty.identity.weights import IDENTIFYING, SORTS, Band, Weights
from threesixty.identity.whole import matches, proposed
from threesixty.ledger import Ledger
from threesixty.pipeline.columns import parties
from threesixty.pipeline.decisions import labels
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View, people_of
from threesixty.project import Project
from threesixty.report import Progress, Tell
from threesixty.report.epochs import (
    Difference,
    Epoch,
    EpochShown,
    Group,
    Judged,
    Level,
    Regrouping,
    Switched,
)  # fmt: skip

_EXAMPLES = 5  # regroupings of each sort that are told by name
_SORTS = ("merge", "split", "regroup")


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
    band = _band(view, weights)
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


# --- what they would change ------------------------------------------------------------------------------


def compared(
    view: View, weights: Weights, number: int, tell: Tell, examples: int | None = _EXAMPLES
) -> Difference:
    """What some weights would make of the ledger; so many regroupings of each sort, or all, by name."""
    started, ledger = time.monotonic(), view.ledger
    before = ledger.membership(None)
    after = _beside(ledger, weights, tell)
    found = _regrouped(before, after)
    sorts: dict[str, list[_Component]] = defaultdict(list)
    for component in found:
        sorts[_what(component)].append(component)
    touched = {anchor for old, _ in found for anchor in old}
    customers = set(before.values())
    return Difference(
        number, ledger.epoch_in_force()[0], len(customers), len(set(after.values())),
        len(customers - touched), len(sorts["merge"]), len(sorts["split"]), len(sorts["regroup"]),
        _examples(view, sorts, examples), _judged(view, weights), round(time.monotonic() - started, 1),
    )  # fmt: skip


def _beside(ledger: Ledger, weights: Weights, tell: Tell) -> dict[int, int]:
    """The Customer that each Record would be of."""
    everyone = parties(ledger.parties(None))
    band = weights.band(len(everyone))
    tell(Progress("compare beside", 0, len(everyone)))
    found = proposed(everyone, weights)
    kept = matches(everyone, found.a, found.b, found.silent, weights, band)
    del found
    clustering = cluster(everyone, kept, ledger.decisions(), weights, band)
    tell(Progress("compare beside", len(everyone), len(everyone)))
    return dict(zip(everyone.numbers.tolist(), clustering.anchors.tolist(), strict=True))


_Members = dict[int, list[int]]
_Component = tuple[_Members, _Members]


def _regrouped(before: Mapping[int, int], after: Mapping[int, int]) -> list[_Component]:
    """Customers before and after, with their Records, where these are not the same; largest first."""
    moved = [record for record in after if before.get(record) != after[record]]
    head: dict[int, int] = {}
    for record in moved:
        ends = [end for end in (before.get(record), after[record]) if end is not None]
        roots = sorted({_root(head, end) for end in ends})
        head.update(dict.fromkeys(roots, roots[0]))
    olds, news = (_members(groups, head) for groups in (before, after))
    found: dict[int, _Component] = defaultdict(lambda: ({}, {}))
    for place, groups in enumerate((olds, news)):
        for anchor, records in groups.items():
            found[_root(head, anchor)][place][anchor] = records
    return [found[r] for r in sorted(found, key=lambda r: (-sum(map(len, found[r][1].values())), r))]


def _root(head: dict[int, int], anchor: int) -> int:
    head.setdefault(anchor, anchor)
    while head[anchor] != anchor:
        head[anchor] = anchor = head[head[anchor]]
    return anchor


def _members(groups: Mapping[int, int], wanted: Iterable[int]) -> _Members:
    wanted, found = set(wanted), defaultdict(list)
    for record, anchor in groups.items():
        if anchor in wanted:
            found[anchor].append(record)
    return dict(found)


def _what(component: _Component) -> str:
    old, new = map(len, component)
    return "merge" if new == 1 else "split" if old == 1 else "regroup"


def _examples(
    view: View, sorts: Mapping[str, Sequence[_Component]], most: int | None
) -> tuple[Regrouping, ...]:
    return tuple(
        Regrouping(sort, _groups(view, old), _groups(view, new))  # type: ignore[arg-type]
        for sort in _SORTS
        for old, new in sorts.get(sort, ())[:most]
    )


def _groups(view: View, members: _Members) -> tuple[Group, ...]:
    return tuple(
        Group(person.id, person.name, tuple(map(str, view.ledger.names(sorted(members[person.anchor])))))
        for person in people_of(view, dict(sorted(members.items())))
    )


def _judged(view: View, weights: Weights) -> Judged:
    """How well the evidence alone agrees with what people decided."""
    ledger = view.ledger
    a, b, same = decided(ledger)
    if not len(a):
        return Judged(0, 0, 0)
    people = parties(ledger.parties(np.unique(np.concatenate((a, b))).tolist()))
    silent = ledger.silent()
    agree = [
        int(((score(people, a, b, silent, w, band).bits >= w.threshold) == same).sum())
        for w, band in ((view.weights, view.band), (weights, _band(view, weights)))
    ]
    return Judged(len(a), *agree)


def decided(ledger: Ledger) -> tuple[Ints, Ints, Bools]:
    """Pairs of live Records that people said are the same, or are not, where that holds."""
    said = sorted(labels(ledger), key=lambda one: (one.a, one.b))
    a, b = (np.array([getattr(one, end) for one in said], np.int64) for end in ("a", "b"))
    return a, b, np.array([one.verdict == "same" for one in said], bool)


def _band(view: View, weights: Weights) -> Band:
    return weights.band(view.ledger.reached("members"))
