"""Epochs: weights that were learned or edited, kept for ever, and which of them counted when."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import bindparam, func, select

from threesixty.ledger import tables
from threesixty.ledger.log import now
from threesixty.ledger.rows import EpochRow
from threesixty.ledger.session import Session

Verb = Literal["opened", "switched", "dropped"]

_epoch = tables.epoch.c
_SAID = select(_epoch.no, _epoch.verb, _epoch.by, _epoch.at, _epoch.why).order_by(_epoch.seq)
_LAST = select(_epoch.no, _epoch.seq).where(_epoch.verb == "switched").order_by(_epoch.seq.desc()).limit(1)
_WEIGHTS = select(_epoch.weights).where(_epoch.no == bindparam("of"), _epoch.verb == "opened")
_NEWEST = select(func.max(_epoch.no))


class Epochs(Session):
    """What was said of epochs. Epoch 0, the weights that are shipped, is always there and never opened."""

    def epochs(self) -> list[EpochRow]:
        """Everything that was said of epochs, oldest first."""
        return [EpochRow(*row) for row in self._rows(_SAID)]

    def epoch_in_force(self) -> tuple[int, int]:
        """The epoch that counts, and the entry that made it so; (0, 0) before anything was switched."""
        rows = self._surely("epoch", lambda: self._rows(_LAST))
        return (int(rows[0][0]), int(rows[0][1])) if rows else (0, 0)

    def epoch_weights(self, number: int) -> str | None:
        """The weights of an epoch as they were written, None where there is no such epoch."""
        found: str | None = self._value(_WEIGHTS, of=number)
        return found

    def open_epoch(self, weights: str, *, by: str, why: str = "") -> int:
        """Keep weights as a new epoch; its number."""
        with self.writing():
            number = int(self._value(_NEWEST) or 0) + 1
            self.say_of_epoch(number, "opened", by=by, why=why, weights=weights)
            return number

    def say_of_epoch(self, number: int, verb: Verb, *, by: str, why: str = "", weights: str = "") -> None:
        """Note that an epoch counts from now on, or that nobody will want it."""
        with self.writing():
            seq = self._take("seq", 1) + 1
            self._insert(tables.epoch, [(seq, number, verb, weights, by, now(), why)])
            self._sure.pop("epoch", None)
