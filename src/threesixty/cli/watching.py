"""Stay, and load whatever comes: watch."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from threesixty.cli.frame import Frame, console, note, opened, plain, project_file, tell
from threesixty.cli.progress import bars
from threesixty.cli.terminal import loads
from threesixty.cli.terminal.text import LOUD, QUIET, flow
from threesixty.errors import LedgerHeld, SourceError, ThreesixtyError
from threesixty.report import Loaded

_PANEL = "Bring records in"
_FIGURE = re.compile(r"\d[\d,.]*")


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(watch)


def watch(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(help="Names of sources; all of them by default.")
    ] = None,
    *,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 10.0,
    settle: Annotated[
        float, typer.Option(help="Seconds a file must stay as it is before it counts as finished.", min=0)
    ] = 5.0,
) -> None:
    """Stay, and load new files, objects and rows as they come, until Ctrl-C.

    A file that is still being written waits. A table is read on where it has an incremental column, and
    once where it has none.
    """
    from threesixty.sources.watching import Watch  # noqa: PLC0415

    frame: Frame = ctx.obj
    watched = Watch(_watched(frame, sources or []), settle)
    round_ = _Round(frame, watched)
    with _ended_by_ctrl_c():
        note(frame, f"Watching {', '.join(source.name for source in watched.sources)}. Ctrl-C ends it.")
        while True:
            round_.once()
            time.sleep(every)
    note(frame, "Stopped watching: what was loaded is safe, and `threesixty watch` goes on from there.")


def _watched(frame: Frame, names: list[str]) -> list[Any]:
    from threesixty import project as projects  # noqa: PLC0415
    from threesixty.errors import NotFound  # noqa: PLC0415

    known = {source.name: source for source in projects.load(project_file(frame), home=frame.home).sources}
    for name in names:
        if name not in known:
            raise NotFound("source", name, known)
    return [known[name] for name in names or known]


@contextmanager
def _ended_by_ctrl_c() -> Iterator[None]:
    """Ctrl-C, and what a service is ended by, leave the block; a batch that is being written is finished
    or taken back by the ledger."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class _Round:
    """One look at everything. The same trouble is told once, until it is another or over."""

    frame: Frame
    watched: Any
    trouble: dict[str, str] = field(default_factory=dict)
    remarked: dict[str, str] = field(default_factory=dict)

    def once(self) -> None:
        for arrival in self.watched.look():
            if isinstance(arrival, SourceError):
                self._complain("", arrival)
            else:
                self._load(arrival)

    def _load(self, arrival: Any) -> None:
        try:
            with (
                opened(self.frame) as c360,
                bars(self.frame) as progress,
            ):
                loaded = c360.load(
                    arrival.source, only=arrival.places, dry_run=self.frame.dry_run, progress=progress
                )
        except SourceError as error:
            self._complain(arrival.source, error)
            self.watched.failed(arrival)
            if isinstance(error.loaded, Loaded):
                self._report(error.loaded)
        except ThreesixtyError as error:
            # Somebody else writes, no room is left, the graph is held: it will be over, and comes again.
            self._complain(arrival.source, error)
        else:
            self.trouble.pop(arrival.source, None)
            self.watched.done(arrival)
            self._report(loaded)

    def _complain(self, source: str, error: ThreesixtyError) -> None:
        said = error.message if not isinstance(error, LedgerHeld) else "held"
        if self.trouble.get(source) != said:
            self.trouble[source] = said
            tell(error, as_json=self.frame.json)

    def _report(self, loaded: Loaded) -> None:
        """What a load brought, and what there is to say of its source: where it brought nothing, only once,
        whatever its figures are by now."""
        if not loaded.sources:  # it came to an error before any row
            return
        [source] = loaded.sources
        said = _FIGURE.sub("", " ".join(source.told))
        brought = _brought(self.frame, loaded)
        if brought or self.remarked.get(source.source, "") != said:
            for told in source.told:
                note(self.frame, f"! {source.source}: {told}")
        self.remarked[source.source] = said


def _brought(frame: Frame, loaded: Loaded) -> bool:
    """One line for what a load brought, nothing where it brought nothing; whether it did."""
    [source] = loaded.sources
    names = ("new", "changed", "deleted", "forgotten", "rejected")
    figures = [(name, getattr(source, name)) for name in names if getattr(source, name)]
    if not figures:
        return False
    if frame.json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(plain(loaded), ensure_ascii=False))
        return True
    brought = ", ".join(f"{number:,} {name}" for name, number in figures)
    screen = console()
    screen.print(flow(f"{time.strftime('%H:%M:%S')} {source.source}: {brought}", LOUD))
    screen.print(flow(f"         {loads.in_words(loaded)}", QUIET))
    for told in loaded.notices:
        note(frame, f"! {told}")
    return True
