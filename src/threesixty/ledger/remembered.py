"""What the pipeline remembers between two runs: how far its steps have come, and by which weights."""

from __future__ import annotations

import json

from sqlalchemy import bindparam, select, text

from threesixty.ledger import tables
from threesixty.ledger.session import Session
from threesixty.record import Scalar

REDRAW = "redraw_seq"
"""A graph that shows the ledger up to less is filled from the beginning."""
_STATE = select(tables.state.c.value).where(tables.state.c.key == bindparam("of"))
_SET = text("INSERT INTO state VALUES (:of, :to) ON CONFLICT DO UPDATE SET value = excluded.value")


class Remembered(Session):
    """Values by key."""

    def state(self, key: str, default: Scalar = None) -> Scalar:
        """A remembered value of the pipeline, such as `resolved_seq`."""
        found = self._surely(("state", key), lambda: self._value(_STATE, of=key))
        value: Scalar = default if found is None else json.loads(found)
        return value

    def reached(self, key: str) -> int:
        """How far a step of the pipeline has come, as a seq; 0 when it never began."""
        value = self.state(key)
        return value if isinstance(value, int) else 0

    def set_state(self, key: str, value: Scalar) -> None:
        """Remember a value; writing what is there already writes nothing."""
        if self.state(key) != value:
            with self.writing():
                said = json.dumps(value)
                self._do(_SET, of=key, to=said)
                self._sure["state", key] = said
