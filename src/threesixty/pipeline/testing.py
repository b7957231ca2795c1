"""Identity tests: cases held against the ledger, or against the scorer where people are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from threesixty.errors import ThreesixtyError
from threesixty.identity import explain
from threesixty.identity.weights import Band
from threesixty.pipeline import aside, lookup
from threesixty.pipeline.aside import Compared
from threesixty.pipeline.explain import between
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.project.cases import Case, Party
from threesixty.record import Record
from threesixty.report.tested import CaseResult, CaseResults

_ALONE = 10_000
"""As among so many Records people are compared where the ledger has none yet."""


@dataclass(frozen=True, slots=True)
class _Found:
    same: bool
    told: str
    bits: float | None = None


def run(view: View, file: Path, cases: Sequence[Case], records: int = 0) -> CaseResults:
    """Hold every case against what is. People given in words are compared as among so many Records."""
    began = perf_counter()
    many = records or view.ledger.reached("members") or _ALONE
    band = view.weights.band(many)
    strangers = _strangers(view, cases)
    results = [_result(view, band, case, strangers) for case in cases]
    passed, failed, errors = (
        sum(result.outcome == outcome for result in results) for outcome in ("passed", "failed", "error")
    )
    return CaseResults(
        str(file), tuple(results), passed, failed, errors, many, band.name, view.weights.threshold,
        round(perf_counter() - began, 3),
    )  # fmt: skip


def _strangers(view: View, cases: Sequence[Case]) -> Mapping[int, Record | str]:
    """The people that cases describe in words, read as Records, by the identity of their side."""
    described = [party for case in cases for party in (case.a, case.b) if not party.key]
    found: dict[int, Record | str] = {}
    for kind in sorted({party.kind for party in described}):
        of_kind = [party for party in described if party.kind == kind]
        read = aside.read(view.project, kind, [party.row for party in of_kind])
        found.update(zip(map(id, of_kind), read, strict=True))
    return found


def _result(view: View, band: Band, case: Case, strangers: Mapping[int, Record | str]) -> CaseResult:
    said = CaseResult(case.line, case.verdict, str(case.a), str(case.b), case.why, "error", "")
    try:
        found = _found(view, band, case, strangers)
    except ThreesixtyError as error:
        return replace(said, told=error.message)
    good = found.same == (case.verdict == "same")
    return replace(said, outcome="passed" if good else "failed", told=found.told, bits=found.bits)


def _found(view: View, band: Band, case: Case, strangers: Mapping[int, Record | str]) -> _Found:
    if case.a.key and case.b.key:
        return _known(view, case.a.key, case.b.key)
    if case.a.key or case.b.key:
        known, stranger = (case.a, case.b) if case.a.key else (case.b, case.a)
        return _joined(view, known, _readable(strangers[id(stranger)]))
    one, other = (_readable(strangers[id(party)]) for party in (case.a, case.b))
    return _told(aside.compare(view.ledger, one, other, view.weights, band), view.weights.threshold)


def _readable(read: Record | str) -> Record:
    if isinstance(read, str):
        raise ThreesixtyError(read)
    return read


def _known(view: View, a: str, b: str) -> _Found:
    one, other = (lookup.customer(view, key) for key in (a, b))
    if one == other and a == b:
        return _Found(same=True, told="One customer: both sides are one name.")
    mine, theirs = (lookup.records(view, key) for key in (a, b))
    if len({*mine, *theirs}) == 1:
        return _Found(same=True, told="One customer: both sides are one record.")
    told = between(view, mine, theirs)
    return _Found(one == other, told.sentence, told.bits)


def _joined(view: View, known: Party, stranger: Record) -> _Found:
    """Whether a person given in words would join the customer: said, resolved, and taken back."""
    ledger = view.ledger
    lookup.customer(view, known.key)
    with ledger.rehearsing():
        ledger.append([stranger])
        resolve(ledger, view.weights)
        mine = lookup.records(view, known.key)
        [number] = ledger.named(stranger.name.source, stranger.name.key)
        owner = ledger.membership([number, *mine])
        told = between(view, mine, [number])
        return _Found(owner[number] in {owner[record] for record in mine}, told.sentence, told.bits)


def _told(compared: Compared, needed: float) -> _Found:
    verdict = "One customer" if compared.same else "Two customers"
    said = f"{verdict}: {explain.sentence(compared.evidence)}"
    if not compared.looked:
        why = "they share nothing by which records find each other"
    elif compared.same:
        why = ""
    elif compared.refused:
        why = explain.refusal(compared.refused)
    else:
        why = f"{compared.bits:.1f} bits, and {needed:.1f} are needed"
    return _Found(compared.same, said + (f" — {why}." if why else "."), round(compared.bits, 2))
