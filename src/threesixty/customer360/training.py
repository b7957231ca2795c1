"""Weights and epochs."""

from __future__ import annotations

import json
from pathlib import Path

from threesixty.customer360.opened import Opened, silent, whoever
from threesixty.errors import NotFound, WeightsError
from threesixty.identity.weights import Weights
from threesixty.pipeline import epochs
from threesixty.pipeline.batches import uncollected
from threesixty.pipeline.epochs import train
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.report import Tell
from threesixty.report.epochs import Epoch, EpochShown, Switched


class Training(Opened):
    """What scoring learned, and what it would make of the customers."""

    def train(
        self,
        *,
        fill: bool = False,
        spark: str = "",
        model: Path | None = None,
        why: str = "",
        by: str = "",
        dry_run: bool = False,
        progress: Tell = silent,
    ) -> EpochShown:
        """Learn weights with Splink from the pairs of the ledger, people's merges and splits among them.

        They are kept as an open epoch, unless it is a dry run, and shown with what they would change. `fill`
        takes the shipped weights where too few pairs show a level; `spark` is a master's address; `model` a
        file for Splink's own model. Raises WeightsError, which names such levels.
        """
        with uncollected():
            resolve(self.writable, self._beside.weights, progress)
            learned = train.train(self._beside, progress, fill=fill, spark=spark)
            if model:
                model.write_text(json.dumps(learned.model, indent=1) + "\n", "utf-8")
            if dry_run:
                return epochs.tried(self._beside, learned.text, "what was learned", progress)
            who = whoever(by)
            text, name = learned.text, "what was learned"
            number = epochs.open_(self.writable, self.project, text, name, by=who, why=why)
            self._drawn(silent)
            return epochs.shown(self._beside, number, progress)

    def epochs(self) -> tuple[Epoch, ...]:
        """Every epoch, newest first; the last one, 0, is the weights that are shipped."""
        return epochs.listed(self.ledger)

    def epoch(self, number: int | None = None, *, progress: Tell = silent) -> EpochShown:
        """An epoch with its weights, and by name what it would change; nothing is written.

        Without a number the newest that is open, else the one in force. Raises NotFound, WeightsError.
        """
        with uncollected():
            return epochs.shown(self._beside, number, progress)

    def tried_epoch(self, weights: Path, *, progress: Tell = silent) -> EpochShown:
        """A file of weights as if it were the next epoch; nothing is written.

        Raises NotFound, WeightsError.
        """
        with uncollected():
            return epochs.tried(self._beside, _text_of(weights), str(weights), progress)

    def epoch_weights(self, number: int) -> str:
        """The weights of an epoch as a file holds them. Raises NotFound."""
        return epochs.text_of(self.ledger, number)

    def open_epoch(self, weights: Path, *, why: str = "", by: str = "") -> Epoch:
        """Keep the weights of a file as a new epoch, which counts for nothing until somebody switches to it.

        Raises NotFound, WeightsError.
        """
        text, who = _text_of(weights), whoever(by)
        opened = epochs.open_(self.writable, self.project, text, str(weights), by=who, why=why)
        self._drawn(silent)
        return epochs.one(self.ledger, opened)

    def switch_epoch(
        self, number: int, *, why: str = "", by: str = "", dry_run: bool = False, progress: Tell = silent
    ) -> Switched:
        """Let an epoch count, resolve everybody by it, and draw; going back is a switch as well.

        Raises NotFound, DecisionRefused, WeightsError, LedgerHeld.
        """
        who = whoever(by)
        with uncollected():
            resolve(self.writable, self._beside.weights, progress)
            told = epochs.switch(self._beside, number, progress, by=who, why=why, dry_run=dry_run)
            notices = () if dry_run else self._drawn(progress)
        return Switched(told.epoch, told.before, told.difference, told.dry_run, notices)

    def drop_epoch(self, number: int, *, why: str = "", by: str = "", dry_run: bool = False) -> Epoch:
        """Say that nobody wants an epoch. Raises NotFound, DecisionRefused."""
        if dry_run:
            return epochs.to_drop(self.ledger, number)
        epochs.drop(self.writable, number, by=whoever(by), why=why)
        self._drawn(silent)
        return epochs.one(self.ledger, number)

    @property
    def _beside(self) -> View:
        """The view, also where the weights in force are of no use any more."""
        try:
            return self.view
        except WeightsError:
            return View.of(self.ledger, self.project, Weights.load())


def _text_of(weights: Path) -> str:
    if not weights.is_file():
        raise NotFound("file", str(weights), hint="name a file of weights")
    try:
        return weights.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(
            f"{weights} cannot be read as weights ({type(error).__name__})",
            hint="they are JSON in UTF-8; `threesixty epoch show 0 --out weights.json` writes such a file",
        ) from None
