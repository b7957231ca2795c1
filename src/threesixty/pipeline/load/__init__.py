"""Sources into the ledger; then who is who."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from time import perf_counter

from threesixty.errors import NotFound, SourceError
from threesixty.identity.weights import Weights
from threesixty.ledger import REDRAW, Ledger
from threesixty.pipeline import explain, masters, unnamed
from threesixty.pipeline.feed import LOADED, Because
from threesixty.pipeline.generics import crowds, generics
from threesixty.pipeline.load import contract
from threesixty.pipeline.load.account import Counted, Unreadable
from threesixty.pipeline.load.intake import Accept, Load, take_in
from threesixty.pipeline.remap.customers import told_waiting
from threesixty.pipeline.remap.differences import Differences
from threesixty.pipeline.remap.mappings import claim_older_rows, remaps
from threesixty.pipeline.resolve import Resolution, resolve
from threesixty.pipeline.view import View, people
from threesixty.project import Project, Source
from threesixty.report import Loaded, SourceLoad, Stopped, Tell, Worth


def chosen(project: Project, names: Iterable[str]) -> list[Source]:
    """The sources of those names, or all; NotFound names the nearest known one."""
    known = {source.name: source for source in project.sources}
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            raise NotFound("source", name, known)
    return [known[name] for name in wanted]


def load_sources(
    ledger: Ledger,
    project: Project,
    weights: Weights,
    names: Iterable[str],
    tell: Tell,
    *,
    only: Collection[str] | None = None,
    accept: Accept = Accept(),  # noqa: B008 — it is frozen
    dry_run: bool = False,
) -> tuple[Loaded, list[SourceError]]:
    """Load sources (all when none is named) and resolve. A dry run does the same and takes it all back.

    A source that cannot be loaded stops no other: its error is given back. With `only`, deliveries whose
    place is not among these wait.
    """
    start = perf_counter()
    wanted = chosen(project, names)
    claim_older_rows(ledger, project)
    told_before = ledger.last_change()
    with ledger.rehearsing() if dry_run else nullcontext():
        if not ledger.seq():
            ledger.index_later()
        anew = {
            source.name: Differences(project.schema, ledger.names)
            for source in wanted
            if remaps(ledger, project, source)
        }
        before = ledger.membership(None) if anew else {}
        load = Load(ledger, project, tell, accept, only, anew)
        said, stopped = _each(load, wanted)
        resolution = resolve(ledger, weights, tell, because=Because("remap") if anew else LOADED)
        notices = (*_mapped_anew(ledger, anew, before), *resolution.notices)
        loaded = _told(
            View.of(ledger, project, weights), replace(resolution, notices=notices), said, load.unreadable
        )
        loaded = replace(loaded, splits=ledger.split_since(told_before))
    told = tuple(Stopped(name, error.message, error.hint) for name, error in stopped)
    loaded = replace(loaded, seconds=perf_counter() - start, dry_run=dry_run, stopped=told)
    return loaded, [error for _, error in stopped]


def _mapped_anew(ledger: Ledger, anew: Mapping[str, Differences], before: Mapping[int, int]) -> list[str]:
    """What there is to say of sources whose rows were mapped anew; `before` are the memberships of before."""
    if not anew:
        return []
    told = [
        f"the mapping of {name} is another than before: its rows were mapped anew: {came.words()}"
        for name, came in anew.items()
    ]
    return [*told, *told_waiting(ledger, before)]


def _each(load: Load, wanted: Sequence[Source]) -> tuple[list[SourceLoad], list[tuple[str, SourceError]]]:
    """Take in one source after the other: what came of each, and the errors of those that stopped."""
    ledger = load.ledger
    said, stopped = [], []
    for source in wanted:
        counted = Counted(SourceLoad(source.name, 0, 0, 0, 0, 0, 0, 0, 0))
        try:
            take_in(load, source, counted)
        except SourceError as error:
            stopped.append((source.name, error))
            ledger.refuse(source.name, error.message, error.hint)
            # What could be read stays.
            if counted.load.account.rows:
                said.append(counted.stopped())
            continue
        late = contract.late(ledger, source)
        said.append(replace(counted.load, told=(*counted.load.told, late)) if late else counted.load)
    return said, stopped


def one_of(stopped: Sequence[SourceError], loaded: Loaded) -> SourceError:
    """One error for all sources that were not loaded, with what the others brought."""
    error = stopped[0]
    if len(stopped) > 1:
        lines = [f"  {one}" for one in stopped]
        error = SourceError("\n".join([f"{len(stopped)} sources were not loaded", *lines]))
    error.loaded = loaded
    return error


def _told(view: View, resolution: Resolution, said: Sequence[SourceLoad], unreadable: Unreadable) -> Loaded:
    records, customers, parked = view.ledger.people()
    return Loaded(
        sources=tuple(said),
        records=records,
        customers=customers,
        merges=resolution.merges,
        parked=parked,
        unreadable=unreadable.told(),
        worth_a_look=worth_a_look(view, resolution),
        notices=(
            *resolution.notices, *crowds(generics(view.ledger), view.weights), *masters.told(view.ledger),
            *unnamed.told(view.ledger, view.project),
        ),
        seconds=0.0,
    )  # fmt: skip


def worth_a_look(view: View, resolution: Resolution) -> tuple[Worth, ...]:
    """The merges that rest on the least, the weakest first."""
    owner = view.ledger.membership([record for _, record in resolution.weakest])
    customers = {person.anchor: person for person in people(view, set(owner.values()))}
    found = []
    for bits, record in resolution.weakest:
        if record in owner:
            person = customers[owner[record]]
            keys = sorted(f"{row.source}/{row.key}" for row in person.members)
            found.append(
                Worth(person.id, person.name, tuple(keys), round(bits, 1), explain.weakest(view, record))
            )
    return tuple(found)


def tidy(ledger: Ledger) -> None:
    """Forget what changed before the graph was last drawn; a graph older than that is filled anew."""
    with ledger.writing():
        resolved = ledger.reached("resolved_seq")
        ledger.set_state(REDRAW, resolved)
        ledger.set_state("drawn", value=True)
        ledger.prune(resolved)
