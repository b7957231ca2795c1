"""The façade: one object with a verb for everything a user does. Each verb is short and decides nothing."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from threesixty import project as projects
from threesixty import questions, sources
from threesixty.errors import GraphError, LedgerHeld
from threesixty.graph import Graph, files
from threesixty.graph.connect import embedded_path
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.pipeline import card as cards
from threesixty.pipeline import decide, explain, export, forget, fuller, load, lookup, opening, status
from threesixty.pipeline.batches import uncollected
from threesixty.pipeline.draw import draw, rebuild
from threesixty.pipeline.rebuild_into import rebuild_into
from threesixty.pipeline.reconcile import reconcile
from threesixty.pipeline.resolve import Resolution, resolve
from threesixty.pipeline.view import View
from threesixty.project import Project
from threesixty.questions import Question
from threesixty.questions.shape import card as shaped
from threesixty.questions.shape import older
from threesixty.questions.shape import timeline as entries
from threesixty.record import Card, Scalar, TimelineEntry
from threesixty.report import (
    Action,
    Answer,
    Decided,
    ForgetReport,
    Found,
    HeldReject,
    Loaded,
    Progress,
    Rebuilt,
    Reconciled,
    Status,
    Why,
    WhyCustomer,
)

Tell = Callable[[Progress], None]


def _silent(_: Progress) -> None:
    pass


def open(path: str | Path = "threesixty.toml", *, home: str | Path | None = None) -> Customer360:  # noqa: A001
    """The Customer 360 of a project file; `home` keeps its data elsewhere than beside the file.

    Raises ProjectError with every mistake in the file, LedgerTooNew.
    """
    return Customer360(projects.load(Path(path), home=Path(home) if home else None))


class Customer360:
    """A project's ledger, graph and questions, under the words the command line uses too."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._graph: Graph | None = None
        self._graph_away = ""
        self._untold: list[str] = []
        self._held: LedgerHeld | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of graph and ledger. Closing twice is no error."""
        self._let_go_of_graph()
        if "ledger" in self.__dict__:
            self.ledger.close()
            del self.__dict__["ledger"]

    def _let_go_of_graph(self) -> None:
        if self._graph is not None:
            self._graph.close()
            self._graph = None

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, for reading only while another process writes to it."""
        ledger, self._held = opening.ledger(self.project)
        return ledger

    @property
    def writable(self) -> Ledger:
        """The ledger for what writes to it; raises LedgerHeld, which names the process that has it."""
        ledger = self.ledger
        if self._held:
            raise self._held
        return ledger

    @cached_property
    def weights(self) -> Weights:
        """What scoring learned, with the project's own threshold where it gives one."""
        weights = Weights.load(None)
        return replace(weights, probability=float(self.project.rules.get("threshold", weights.probability)))

    @property
    def view(self) -> View:
        """The ledger as identity and the graph see it."""
        return View.of(self.ledger, self.project, self.weights)

    @property
    def _deciding(self) -> View:
        return View.of(self.writable, self.project, self.weights)

    # --- records in --------------------------------------------------------------------------------

    def load(
        self, *names: str, dry_run: bool = False, accept_shrink: bool = False, progress: Tell = _silent
    ) -> Loaded:
        """Load sources (all when none is named), resolve, draw; what changed, in figures and words.

        Loading the same files again changes nothing. A dry run does it all and takes it all back.
        Raises SourceError, SnapshotShrank, NotFound, LedgerHeld, OutOfSpace.
        """
        with uncollected():
            how = {"accept_shrink": accept_shrink, "dry_run": dry_run}
            loaded = load.load_sources(self.writable, self.project, self.weights, names, progress, **how)
            if dry_run:
                return loaded
            notices = self._drawn(progress)
            if not notices:
                load.tidy(self.ledger)
        return replace(loaded, notices=loaded.notices + notices)

    def put(self, source: str, rows: Sequence[Mapping[str, str]]) -> Resolution:
        """Rows given by a program instead of a file, through the mapping of a source; resolved and drawn.

        Raises SourceError when a row is rejected: a program can mend what a file cannot.
        """
        with self.writable.writing():
            load.put(self.ledger, self.project, source, rows)
            resolution = resolve(self.ledger, self.weights)
        self._drawn(_silent)
        return resolution

    def refresh(self, *, progress: Tell = _silent) -> Resolution:
        """Resolve and draw whatever the ledger holds that has not been yet."""
        resolution = resolve(self.writable, self.weights, progress)
        self._drawn(progress)
        return resolution

    def check(self, preview: int = 3) -> dict[str, sources.Batch]:
        """The first rows of every source as they would be loaded; raises SourceError."""
        return {
            source.name: sources.preview(self.project, source, preview) for source in self.project.sources
        }

    def _drawn(self, progress: Tell) -> tuple[str, ...]:
        """Bring the graph up to date; why not, in words, when it is away."""
        if self.project.graph == "none":
            return ()
        try:
            draw(self.view, self.graph(progress), progress)
        except GraphError as away:
            return (f"the graph is behind: {away.message}",)
        return self.news()

    def news(self) -> tuple[str, ...]:
        """What had to be mended by itself since this was last asked, in words."""
        told, self._untold = tuple(self._untold), []
        return told

    # --- the view ----------------------------------------------------------------------------------

    def customer(self, key: str, *, from_ledger: bool = False) -> Card:
        """The 360° view of the one customer a key means: an id, old or new, an identifier, a source key.

        Asked of the graph; folded from the ledger when the graph is away. Raises NotFound,
        SeveralMatches, Forgotten.
        """
        view = self.view
        anchor = lookup.customer(view, key, self.project.country)
        card = None if from_ledger else self._card_from_graph(view, anchor)
        away = self._graph_away if card is None and not from_ledger else ""
        if card is None:
            card = shaped(cards.rows(view, anchor))
            assert card is not None  # noqa: S101 — the customer is there
            card = replace(card, origin="ledger")
        return fuller.filled(view, card, anchor, away)

    def _card_from_graph(self, view: View, anchor: int) -> Card | None:
        [public] = view.ledger.ids([anchor])
        try:
            draw(view, self.graph())
            answer = questions.ask(self.graph().ask, self.questions()["customer_360"], {"customer": public})
        except GraphError as error:
            self._graph_away = error.message
            return None
        return shaped(answer.dicts()) if answer.rows else None

    def timeline(self, key: str, before: TimelineEntry | None = None) -> tuple[TimelineEntry, ...]:
        """The next entries of a customer's timeline that are older than one already seen."""
        view = self.view
        [public] = view.ledger.ids([lookup.customer(view, key, self.project.country)])
        asked = {"customer": public} if before is None else {"customer": public, **older(before)}
        return entries(self.ask("timeline", **asked).dicts())

    def find(self, text: str, *, limit: int = 20) -> tuple[Found, ...]:
        """Customers whose names, places or identifiers hold the words of a text."""
        return lookup.find(self.view, text, self.project.country, limit)

    def ask(self, question: str, **parameters: Scalar) -> Answer:
        """The rows of a Question. Raises NotFound, QuestionError, and GraphError where the graph is away."""
        asked = questions.find(question)
        graph, view = self.graph(), self.view
        as_of = view.ledger.reached("resolved_seq")
        draw(view, graph)
        given = {name: self._node(value, asked, name) for name, value in parameters.items()}
        return replace(questions.ask(graph.ask, asked, given), as_of=as_of)

    def _node(self, value: Scalar, question: Question, name: str) -> Scalar:
        """A customer may be named in a question by whatever names it elsewhere."""
        kinds = {parameter.name: parameter.type for parameter in question.parameters}
        if kinds.get(name) != "customer" or not isinstance(value, str):
            return value
        return self.view.ledger.ids([lookup.customer(self.view, value, self.project.country)])[0]

    def questions(self) -> Mapping[str, Question]:
        """Every Question by name."""
        return questions.catalogue()

    # --- who is who --------------------------------------------------------------------------------

    def why(self, a: str, b: str | None = None) -> Why | WhyCustomer:
        """Why two Records or customers are one (or are not), or how one customer hangs together."""
        view, country = self.view, self.project.country
        if b is None:
            return explain.whole(view, lookup.customer(view, a, country))
        return explain.between(view, lookup.records(view, a, country), lookup.records(view, b, country))

    def why_not(self, a: str, b: str) -> Why:
        """Why two customers are two: their best evidence, and what stood in the way."""
        told = self.why(a, b)
        assert isinstance(told, Why)  # noqa: S101 — with two keys it always is
        return told

    def merge(self, a: str, b: str, *, why: str = "", by: str = "", dry_run: bool = False) -> Decided:
        """Hold two customers together for ever, or until undone. Raises DecisionRefused."""
        view, country = self._deciding, self.project.country
        one, other = lookup.customer(view, a, country), lookup.customer(view, b, country)
        decided = decide.merge(view, one, other, by=by or getpass.getuser(), why=why, dry_run=dry_run)
        return self._then_drawn(decided)

    def split(
        self, customer: str, *records: str, why: str = "", by: str = "", dry_run: bool = False
    ) -> Decided:
        """Part Records from a customer for ever, or until undone. Raises DecisionRefused."""
        view, country = self._deciding, self.project.country
        anchor = lookup.customer(view, customer, country)
        leaving = [lookup.record(view, record, country) for record in records]
        decided = decide.split(view, anchor, leaving, by=by or getpass.getuser(), why=why, dry_run=dry_run)
        return self._then_drawn(decided)

    def undo(self, action: int | None = None, *, by: str = "", dry_run: bool = False) -> Decided:
        """Withdraw a merge or split, the last one unless another is named. Raises DecisionRefused."""
        return self._then_drawn(
            decide.undo(self._deciding, action, by=by or getpass.getuser(), dry_run=dry_run)
        )

    def _then_drawn(self, decided: Decided) -> Decided:
        if not decided.dry_run:
            self._drawn(_silent)
        return decided

    def actions(self, limit: int = 20) -> tuple[Action, ...]:
        """The last merges and splits, newest first."""
        return tuple(self.ledger.actions(limit))

    # --- forgetting --------------------------------------------------------------------------------

    def forget(self, key: str, *, by: str = "", dry_run: bool = False) -> ForgetReport:
        """Delete everything a customer's Records say, for good, in ledger and graph."""
        view, by = self._deciding, by or getpass.getuser()
        anchor = lookup.customer(view, key, self.project.country)
        if not dry_run and self.project.graph not in ("embedded", "none"):
            report, away = forget.forget_everywhere(view, self.graph, anchor, by=by)
            self._untold += [f"the graph still shows the person: {away}"] if away else []
            return report
        report = forget.forget(view, anchor, by=by, dry_run=dry_run)
        if not dry_run:
            self._fresh_graph()
        return report

    # --- rejects -----------------------------------------------------------------------------------

    def rejects(self, source: str | None = None) -> tuple[HeldReject, ...]:
        """Rows that could not become Records, with the reason."""
        return tuple(self.ledger.rejects(source or ""))

    def replay(self, number: int, row: Mapping[str, str] | None = None) -> Resolution:
        """Try a rejected row again, mended where `row` is given; it leaves the rejects when it is good.

        Raises SourceError when it still is no Record.
        """
        load.replay(self.writable, self.project, number, row)
        return self.refresh()

    def drop_reject(self, number: int) -> None:
        """Forget a rejected row."""
        self.writable.drop_reject(number)

    # --- upkeep ------------------------------------------------------------------------------------

    def export(self, what: str, out: Path, form: str = "") -> int:
        """Write `clusters`, `customers` or `graph` as CSV or Parquet; how many rows.

        `form` names a format of the graph's that another engine loads.
        """
        if what == "graph":
            draw(self.view, self.graph())
            return export.graph(self.graph(), self.project.schema, out, form)
        return export.table(self.view, what, out)

    def rebuild(self, *, progress: Tell = _silent) -> Status:
        """Compute everything derived anew from the log, and fill a new graph."""
        with uncollected():
            resolve(self.writable, self.weights, progress, anew=True)
            self._fresh_graph(progress)
        return self.status()

    def rebuild_into(
        self, address: str, *, emptied: bool = False, switch: bool = False, progress: Tell = _silent
    ) -> Rebuilt:
        """Fill another graph from what is derived, and compare the two; the project's own stays.

        `emptied` lets what is in it go; with `switch` the project file names it, if the two are equal.
        """
        with uncollected():
            resolve(self.writable, self.weights, progress)
            return rebuild_into(self._deciding, address, progress, emptied=emptied, switch=switch)

    def reconcile(self, *, dry_run: bool = False, progress: Tell = _silent) -> Reconciled:
        """Find where the graph does not say what the ledger does, and write only that."""
        with uncollected():
            return reconcile(self._deciding, self._undrawn(), progress, dry_run=dry_run)

    def _fresh_graph(self, progress: Tell = _silent) -> None:
        """A new embedded file, since the old one keeps what was deleted in it; other graphs are emptied."""
        if self.project.graph == "embedded":
            self._let_go_of_graph()
            files.remove(embedded_path(self.project.home))
            told = list(self._untold)
            self.graph(progress)
            self._untold = told  # that it was gone is no news here
        elif self.project.graph != "none":
            rebuild(self.view, self.graph(progress), progress)

    def backup(self, path: Path) -> int:
        """A copy of the ledger, taken while it is in use, and its size in bytes; the graph needs none."""
        return self.ledger.backup(path)

    def restore(self, path: Path) -> Status:
        """Put a backup in the ledger's place; the ledger that was there is kept aside."""
        home = self.project.home
        self.close()
        Ledger.restore(path, home / "ledger.db")
        self._fresh_graph()
        return self.status()

    def reset(self) -> None:
        """Delete the project's ledger and graph. The source files stay."""
        self.close()
        status.remove(self.project.home)

    def status(self) -> Status:
        """The state of ledger and graph."""
        applied, name = -1, f"away: {self._graph_away}"
        try:
            graph = self.graph()
            applied, name = graph.applied(), graph.name
        except GraphError as error:
            name = f"away: {error.message}"
        return status.status(self.view, self.project, name, applied)

    # --- the graph ---------------------------------------------------------------------------------

    def graph(self, progress: Tell = _silent) -> Graph:
        """The graph of this project, opened when first needed, rebuilt when it cannot be trusted.

        Raises GraphHeld, GraphUnavailable.
        """
        if self._graph is None:
            graph = self._undrawn()
            if graph.applied() < 0 and self.ledger.state("drawn") and not self._untold:
                self._untold.append("the graph was gone and was made anew from the ledger")
            draw(self.view, graph, progress)
        return self._undrawn()

    def _undrawn(self) -> Graph:
        """The graph as it is, whatever the ledger says by now."""
        if self._graph is None:
            self._graph, told = opening.graph(self.project)
            self._untold += [told] if told else []
        return self._graph
