"""What the log holds, mapped anew: no file is read, and only what comes out otherwise is written."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from time import perf_counter

from threesixty import normalise, sources
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.ledger.names import Key
from threesixty.ledger.remapping import Difference
from threesixty.pipeline.mapped import row_of
from threesixty.pipeline.resolve import resolve
from threesixty.project import Choice, Project, RecordMapping, Source
from threesixty.record import Record
from threesixty.report import Progress
from threesixty.report.remapped import Regrouped, Remade, Remapped

_EXAMPLES = 10

Tell = Callable[[Progress], None]


# --- which mapping made what is there ---------------------------------------------------------------


def remaps(ledger: Ledger, project: Project, source: Source) -> bool:
    """Whether a source was loaded under another mapping than it has now."""
    return ledger.state(_key(source), mapping(project, source)) != mapping(project, source)


def mapping(project: Project, source: Source) -> str:
    """A digest of everything that makes Records of a source's rows."""
    told = replace(source, paths=(), database=None, trust=0)
    said = repr((told, project.schema, project.country, project.currency))
    # The first normalisers had no number: what was loaded by them need not be looked at for its sake.
    said += f" normalisers {normalise.VERSION}" if normalise.VERSION > 1 else ""
    return blake2b(said.encode(), digest_size=12).hexdigest()


def remember(ledger: Ledger, project: Project, source: Source, since: int | None = None) -> None:
    """Note under which mapping the Records of a source stand, and which of them keep whole rows (from a
    seq on, where that changed)."""
    whole = _whole(ledger, source)
    after = whole.after if since is None else since
    now = {"names": sorted(source.names), "kinds": _kinds(source.records[0]), "after": after}
    ledger.set_state(f"rows {source.name}", json.dumps(now))
    ledger.set_state(_key(source), mapping(project, source))


def from_log(project: Project, source: Source) -> bool:
    """Whether rows in the log can be told to be this source's: its names are known, and its alone."""
    others = [other for other in project.sources if other.name != source.name]
    chosen = [choice for one in source.records for choice in (one.source, one.kind)]
    open_ended = any(isinstance(choice, Choice) and not choice.values for choice in chosen)
    return not open_ended and not any(source.names & other.names for other in others)


def _key(source: Source) -> str:
    return f"mapping {source.name}"


@dataclass(frozen=True, slots=True)
class _Whole:
    """Under which names and kinds whole rows of a source stand, and after which seq."""

    names: Sequence[str]
    kinds: Sequence[str]
    after: int


def _whole(ledger: Ledger, source: Source) -> _Whole:
    found = ledger.state(f"rows {source.name}")
    if isinstance(found, str):
        return _Whole(**json.loads(found))
    return _Whole(sorted(source.names), _kinds(source.records[0]), 0)


def _kinds(mapping: RecordMapping) -> list[str]:
    kind = mapping.kind
    return [kind] if isinstance(kind, str) else sorted(set(kind.values.values()))


# --- mapping anew -----------------------------------------------------------------------------------


@dataclass
class Differences:
    """What comes out otherwise, counted, with one example of each."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    ended: int = 0
    rejected: int = 0
    mended: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def add(self, differ: Iterable[Difference]) -> None:
        for record, before, held in differ:
            self.changed += 1
            name, after = record.name, {} if record.deleted else record.values
            for prop in sorted(before.keys() | after.keys()):
                if before.get(prop) != after.get(prop):
                    self._count(f"{name.kind}.{prop}", str(name), before.get(prop), after.get(prop))
            carried = {(one.type, one.value) for one in record.identifiers}
            for kind in sorted({kind for kind, _ in carried ^ held}):
                was, is_ = (", ".join(sorted(v for k, v in side if k == kind)) for side in (held, carried))
                self._count(f"identifier {kind}", str(name), was, is_)

    def _count(self, what: str, key: str, before: object, after: object) -> None:
        self.counts[what] += 1
        was, is_ = ("" if value is None else str(value) for value in (before, after))
        self.examples.setdefault(what, (key, was, is_))

    def told(self) -> tuple[Remade, ...]:
        return tuple(Remade(what, count, *self.examples[what]) for what, count in self.counts.most_common())


def remap_sources(
    ledger: Ledger,
    project: Project,
    weights: Weights,
    wanted: Sequence[Source],
    tell: Tell,
    *,
    dry_run: bool = False,
) -> Remapped:
    """Map the rows of these sources anew, and resolve. A dry run does it all and takes it all back."""
    start, differences = perf_counter(), Differences()
    notices = tuple(
        f"{source.name} shares its names with another source, or takes them from a column: "
        "`load` reads its files anew"
        for source in wanted
        if remaps(ledger, project, source) and not from_log(project, source)
    )
    # Everything or nothing: a process that dies inside leaves what was before.
    with ledger.rehearsing() if dry_run else ledger.writing():
        before = ledger.membership(None)
        customers = len(set(before.values()))
        for source in wanted:
            if from_log(project, source):
                again(ledger, project, source, differences, tell)
        touched = differences.new or differences.changed or differences.ended
        resolution = resolve(ledger, weights, tell, anew=bool(touched))
        merged, split, moved = _moved(ledger, before)
        return Remapped(
            sources=tuple(source.name for source in wanted),
            rows=differences.rows,
            new=differences.new,
            changed=differences.changed,
            ended=differences.ended,
            rejected=differences.rejected,
            mended=differences.mended,
            changes=differences.told(),
            customers_before=customers,
            customers=ledger.counts().customers,
            merged=merged,
            split=split,
            moved=moved,
            lost_decisions=_lost(ledger, before),
            notices=notices + resolution.notices,
            seconds=perf_counter() - start,
            dry_run=dry_run,
        )


def again(ledger: Ledger, project: Project, source: Source, differences: Differences, tell: Tell) -> None:
    """Map the rows of one source anew. Names that no row gives any more end."""
    whole, since = _whole(ledger, source), ledger.seq()
    anew = set(_kinds(source.records[0])) if list(whole.kinds) != _kinds(source.records[0]) else set()
    unsettled: dict[Key, Record] = {}
    with ledger.writing():
        ledger.begin_snapshot()
        total, done = ledger.live(whole.names), 0
        for batch, mended in _batches(ledger, project, source, whole):
            new, differ = ledger.rederive(batch.records, since, unsettled, anew)
            differences.new += new
            differences.add(differ)
            differences.rejected += ledger.append([], rejects=batch.rejects).rejected
            for number in mended:
                ledger.drop_reject(number)
            differences.mended += len(mended)
            done += batch.rows
            tell(Progress(f"remap {source.name}", done, max(done, total)))
        differences.rows += done
        differences.add(ledger.settle_rows(unsettled, anew))
        differences.ended += ledger.delete_absent({*whole.names, *source.names})
        remember(ledger, project, source, since if anew else None)
        if differences.new or differences.changed or differences.ended:
            ledger.set_state("remapped", value=True)


def _batches(
    ledger: Ledger, project: Project, source: Source, whole: _Whole
) -> Iterator[tuple[sources.Batch, list[int]]]:
    """Batches of Records out of the log; then of rejected rows that are good by now, with their numbers."""
    for raws in ledger.said_rows(whole.names, whole.kinds, whole.after):
        batch = sources.from_rows(project, source, [json.loads(raw) for raw in raws])
        yield replace(batch, rejects=[replace(bad, line=0) for bad in batch.rejects]), []
    for held in ledger.rejects(source.name):
        row = row_of(held.reject.row)
        if row and not (batch := sources.from_rows(project, source, [row])).rejects:
            yield batch, [held.number]


# --- what became of customers -----------------------------------------------------------------------


def _moved(ledger: Ledger, before: Mapping[int, int]) -> tuple[int, int, tuple[Regrouped, ...]]:
    """How many customers of now were several, how many of before are several now, and some of both."""
    into, out_of = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    after = ledger.membership(None)
    for record, old in before.items():
        if record in after:
            into[after[record]].add(old)
            out_of[old].add(after[record])
    merges = [(sorted(old), [new]) for new, old in into.items() if len(old) > 1]
    splits = [([old], sorted(new)) for old, new in out_of.items() if len(new) > 1]
    moved = [
        Regrouped(tuple(ledger.ids(old)), tuple(ledger.ids(new)))
        for old, new in sorted(merges)[:_EXAMPLES] + sorted(splits)[:_EXAMPLES]
    ]
    return len(merges), len(splits), tuple(moved)


def _lost(ledger: Ledger, before: Mapping[int, int]) -> int:
    """How many people's Decisions speak of a Record that ended: they wait until its name is back."""
    gone = before.keys() - ledger.membership(None).keys()
    return sum(1 for said in ledger.decisions() if said.a in gone or said.b in gone)
