"""The façade: one object with a verb for everything a user does. Each verb is short and decides nothing."""

from __future__ import annotations

from pathlib import Path

from threesixty import project as projects
from threesixty.customer360.asking import Asking
from threesixty.customer360.deciding import Deciding
from threesixty.customer360.following import Following
from threesixty.customer360.keeping import Keeping
from threesixty.customer360.loading import Loading
from threesixty.customer360.training import Training
from threesixty.customer360.trusting import Trusting


class Customer360(Loading, Asking, Deciding, Training, Trusting, Following, Keeping):
    """A project's ledger, graph and questions, under the words the command line uses too."""


def open(path: str | Path = "threesixty.toml", *, home: str | Path | None = None) -> Customer360:  # noqa: A001
    """The Customer 360 of a project file; `home` keeps its data elsewhere than beside the file.

    Raises ProjectError with every mistake in the file, LedgerTooNew.
    """
    return Customer360(projects.load(Path(path), home=Path(home) if home else None))
