"""What a project keeps, opened when first needed: its ledger, and its graph, brought up to date."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import TracebackType
from typing import Self

from threesixty.errors import GraphError, LedgerHeld
from threesixty.graph import Graph, files
from threesixty.graph.connect import embedded_path
from threesixty.identity.weights import Weights
from threesixty.ledger import Ledger
from threesixty.pipeline import epochs, opening
from threesixty.pipeline.draw import draw, outdated, rebuild
from threesixty.pipeline.view import View
from threesixty.project import Project
from threesixty.report import Progress, Tell

GONE = "the graph was gone and was made anew from the ledger"


def whoever(by: str) -> str:
    """Who decides: whoever is named, else who runs this."""
    return by or getpass.getuser()


def silent(_: Progress) -> None:
    """Tell nobody how far long work is."""


class Opened:
    """Ledger and graph."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._graph: Graph | None = None
        self._graph_away = ""
        self._untold: list[str] = []
        self._held: LedgerHeld | None = None
        self._weights: tuple[tuple[int, int], Weights] | None = None

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

    @contextmanager
    def _reading(self) -> Iterator[Ledger]:
        """The ledger for reading; one that is not open yet is held for no longer than this, nor locked."""
        if "ledger" in self.__dict__:
            yield self.ledger
            return
        with opening.ledger_at(self.project, self.project.home / opening.LEDGER, write=False) as ledger:
            yield ledger

    @property
    def writable(self) -> Ledger:
        """The ledger for what writes to it; raises LedgerHeld, which names the process that has it."""
        ledger = self.ledger
        if self._held:
            raise self._held
        return ledger

    @property
    def weights(self) -> Weights:
        """What scoring learned: the weights of the epoch in force, with the project's own threshold.

        Raises WeightsError where those say nothing of a level that this version compares.
        """
        epoch = self.ledger.epoch_in_force()
        if self._weights is None or self._weights[0] != epoch:
            self._weights = epoch, epochs.in_force(self.ledger, self.project)
        return self._weights[1]

    @property
    def view(self) -> View:
        """The ledger as identity and the graph see it."""
        return View.of(self.ledger, self.project, self.weights)

    @property
    def _deciding(self) -> View:
        return View.of(self.writable, self.project, self.weights)

    def graph(self, progress: Tell = silent) -> Graph:
        """The graph of this project, opened when first needed, rebuilt when it cannot be trusted.

        Raises GraphHeld, GraphUnavailable.
        """
        if self._graph is None:
            graph = self._undrawn()
            if graph.applied() < 0 and self.ledger.state("drawn") and not self._untold:
                self._untold.append(GONE)
            applied, view = graph.applied(), self.view
            if self.project.graph == "embedded" and applied >= 0 and outdated(view, applied):
                graph = self._empty()
            draw(view, graph, progress)
        return self._undrawn()

    def _empty(self) -> Graph:
        """A new embedded file, since the old one keeps what was deleted in it."""
        self._let_go_of_graph()
        files.remove(embedded_path(self.project.home))
        return self._undrawn()

    def _undrawn(self) -> Graph:
        """The graph as it is, whatever the ledger says by now."""
        if self._graph is None:
            self._graph, told = opening.graph(self.project)
            self._untold += [told] if told else []
        return self._graph

    def _fresh_graph(self, progress: Tell = silent) -> None:
        """The graph filled from the beginning: a new embedded file, while other graphs are emptied."""
        if self.project.graph == "embedded":
            draw(self.view, self._empty(), progress)
        elif self.project.graph != "none":
            rebuild(self.view, self.graph(progress), progress)

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
