"""What the log holds, mapped anew: no file is read, and only what comes out otherwise is written."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from time import perf_counter

from threesixty import normalise, sources
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.ledger.remade import Difference
from threesixty.pipeline.batches import batched
from threesixty.pipeline.columns import COMPARED
from threesixty.pipeline.feed import Because
from threesixty.pipeline.lastword import last_words
from threesixty.pipeline.mapped import row_of
from threesixty.pipeline.rereading import made_of, reread
from threesixty.pipeline.resolve import resolve
from threesixty.project import Choice, Project, RecordMapping, Source
from threesixty.report import Progress
from threesixty.report.remapped import Regrouped, Remade, Remapped

_EXAMPLES = 10
_AT_ONCE = 5_000

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


def remember(ledger: Ledger, project: Project, source: Source) -> None:
    """Note under which mapping the Records of a source stand."""
    ledger.set_state(_key(source), mapping(project, source))


def _key(source: Source) -> str:
    return f"mapping {source.name}"


# --- ledgers of before, which did not note whose a row is -------------------------------------------


def claimed(ledger: Ledger, project: Project) -> None:
    """Note whose the rows are that an older Threesixty loaded, where their names tell it."""
    if not ledger.unclaimed:
        return
    for source in project.sources:
        if _told_by_names(project, source) and strange(ledger, source):
            kinds = _kinds(source.records[0])
            said = ledger.state(f"rows {source.name}")
            noted = json.loads(said) if isinstance(said, str) else {}
            ledger.claim_all(
                source.name, {*source.names, *noted.get("names", ())}, noted.get("kinds", kinds),
                noted.get("after", 0),
            )  # fmt: skip
            known(ledger, source)


def strange(ledger: Ledger, source: Source) -> bool:
    """Whether rows of a source may be in the ledger without being known as its: its files tell, once."""
    return ledger.unclaimed and not ledger.state(f"claimed {source.name}")


def known(ledger: Ledger, source: Source) -> None:
    """Note that the rows of a source are known as its as far as they ever will be."""
    ledger.set_state(f"claimed {source.name}", value=True)


def _told_by_names(project: Project, source: Source) -> bool:
    others = [other for other in project.sources if other.name != source.name]
    return not any(map(_open_ended, project.sources)) and not any(
        source.names & other.names for other in others
    )


def _open_ended(source: Source) -> bool:
    """Whether a source takes the names of its Records, or their kinds, from a column as they stand there."""
    chosen = [choice for one in source.records for choice in (one.source, one.kind)]
    return any(isinstance(choice, Choice) and not choice.values for choice in chosen)


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
    claimed(ledger, project)
    unknown = [source.name for source in wanted if strange(ledger, source)]
    # Everything or nothing: a process that dies inside leaves what was before.
    with ledger.rehearsing() if dry_run else ledger.writing():
        before = ledger.membership(None)
        customers = len(set(before.values()))
        for source in wanted:
            if source.name not in unknown:
                again(ledger, project, source, differences, tell)
        resolution = resolve(ledger, weights, tell, because=Because("remap"))
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
            notices=(*map(_unknown, unknown), *resolution.notices),
            seconds=perf_counter() - start,
            dry_run=dry_run,
        )


def _unknown(name: str) -> str:
    return (
        f"{name}: an older Threesixty loaded its rows and did not note whose they are; what is there stays. "
        f"`threesixty load {name}` reads its files once more, and every remap after it needs none"
    )


def again(
    ledger: Ledger, project: Project, source: Source, differences: Differences, tell: Tell, *,
    here: bool = False,
) -> None:  # fmt: skip
    """Map the rows of one source anew. Names that no row gives any more end."""
    total, done = ledger.how_many_said(source.name), 0
    with ledger.writing():
        ledger.begin_remap(COMPARED)
        for batch, made in reread(ledger, project, source, here=here):
            outcome = ledger.remade(source.name, made)
            differences.new += outcome.new
            differences.add(outcome.differ)
            differences.rejected += ledger.reject([replace(bad, line=0) for bad in batch.rejects])
            done += batch.rows
            tell(Progress(f"remap {source.name}", done, max(done, total)))
        differences.rows += done
        _mend(ledger, project, source, differences)
        for words in last_words(ledger, project, source):
            differ, ended = ledger.settled(words)
            differences.add(differ)
            differences.ended += len(ended)
        ledger.end_remap()
        remember(ledger, project, source)


def _mend(ledger: Ledger, project: Project, source: Source, differences: Differences) -> None:
    """Rejected rows that are good by now become Records."""
    for some in batched(ledger.rejects(source.name), _AT_ONCE):
        held = [(one.number, row) for one in some if (row := row_of(one.reject.row))]
        bad = {one.line for one in sources.from_rows(project, source, [row for _, row in held]).rejects}
        good = [each for at, each in enumerate(held, 1) if at not in bad]
        batch, before = sources.from_rows(project, source, [row for _, row in good]), ledger.seq()
        differences.new += ledger.append(batch.records, source=source.name, rows=batch.row_numbers).new
        rows = ledger.rows_said(source.name, before, ledger.seq(), latest=False)
        read = sources.rereader(project, source)([row.raw for row in rows])
        differences.add(ledger.remade(source.name, made_of(rows, read)).differ)
        for number, _ in good:
            ledger.drop_reject(number)
        differences.mended += len(good)


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
