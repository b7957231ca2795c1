"""Deliveries of sources: when they came, how many rows they had, and what their columns looked like."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, func, or_, select, update

from threesixty.ledger import tables
from threesixty.ledger.current import compact
from threesixty.ledger.log import now
from threesixty.ledger.remembered import Remembered

_delivery, _shape = tables.delivery.c, tables.shape.c

_SHAPE = select(_shape.columns).where(_shape.source == bindparam("of"))
_UNSHAPE = delete(tables.shape).where(_shape.source == bindparam("of"))
_LAST_NO = select(func.coalesce(func.max(_delivery.no), 0))
_LATEST = select(_delivery.source, _delivery.at, _delivery.rows, _delivery.told).where(
    _delivery.no.in_(select(func.max(_delivery.no)).group_by(_delivery.source))
)
_SHAPES = select(_shape.source, _shape.columns)
_TOLD = select(_delivery.no, _delivery.told).where(_delivery.told != "[]")
_RETELL = update(tables.delivery).where(_delivery.no == bindparam("of")).values(told=bindparam("to"))


_REFUSED = "refused "
_CAME = "came "
_WARNED = "warned "
_SAID = select(tables.state.c.key).where(
    or_(tables.state.c.key.startswith(_REFUSED), tables.state.c.key.startswith(_WARNED))
)


class Refusal(NamedTuple):
    """Why what a source delivered last was not taken in, or not all of it, and what to do."""

    at: int
    message: str
    hint: str


class Delivery(NamedTuple):
    """The latest delivery of a source: when it came, its rows, and what there was to say about it."""

    source: str
    at: int
    rows: int
    told: list[str]


class Deliveries(Remembered):
    """What sources delivered, and in which shape."""

    def shape(self, source: str) -> dict[str, Any]:
        """What the columns of a source looked like at its last delivery; empty when there was none."""
        text = self._value(_SHAPE, of=source)
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def delivered(self, source: str, shape: dict[str, Any], rows: int, told: Sequence[str]) -> None:
        """Note a delivery, and remember the shape of its columns in place of the one before."""
        with self.writing():
            at = now()
            self._do(_UNSHAPE, of=source)
            self._insert(tables.shape, [(source, compact(shape), at)])
            number = int(self._value(_LAST_NO)) + 1
            self._insert(tables.delivery, [(number, source, at, rows, compact(list(told)))])

    def deliveries(self) -> dict[str, Delivery]:
        """The latest delivery of every source."""
        return {
            source: Delivery(source, at, rows, json.loads(told))
            for source, at, rows, told in self._rows(_LATEST)
        }

    def refuse(self, source: str, message: str, hint: str) -> None:
        """Note that what a source delivered was not taken in, until `accepted`."""
        self.set_state(_REFUSED + source, compact([now(), message, hint]))

    def accepted(self, source: str) -> None:
        """Note that nothing of what a source delivered is refused."""
        if self.state(_REFUSED + source) is not None:
            self.set_state(_REFUSED + source, None)

    def refusal(self, source: str) -> Refusal | None:
        """Why the last load of a source stopped; None where it did not."""
        said = self.state(_REFUSED + source)
        return Refusal(*json.loads(said)) if isinstance(said, str) else None

    def came(self, source: str) -> dict[str, bool]:
        """Places of a source from the first on that could not be read, as they came: whether it could not."""
        said = self.state(_CAME + source)
        found: dict[str, bool] = json.loads(said) if isinstance(said, str) else {}
        return found

    def set_came(self, source: str, came: Mapping[str, bool]) -> None:
        """Remember what came of a source since something of it could not be read."""
        self.set_state(_CAME + source, compact(dict(came)) if came else None)

    def warn(self, source: str, told: Sequence[str]) -> None:
        """Note what there is to say about a source until its next load; nothing where there is nothing."""
        said = compact(list(told)) if told else None
        if self.state(_WARNED + source) != said:
            self.set_state(_WARNED + source, said)

    def warned(self, source: str) -> list[str]:
        """What its last load had to say about a source, beside its deliveries."""
        said = self.state(_WARNED + source)
        found: list[str] = json.loads(said) if isinstance(said, str) else []
        return found

    def _forget_columns(self, values: Sequence[str]) -> None:
        """Drop columns whose names hold one of these values: a file without a header names a person there."""
        said = [value.casefold() for value in values if len(value) > 3]
        for source, text in self._rows(_SHAPES):
            shape = json.loads(text)
            kept = {name: one for name, one in shape["columns"].items() if not _names_any(name, said)}
            if len(kept) < len(shape["columns"]):
                self._do(_UNSHAPE, of=source)
                self._insert(tables.shape, [(source, compact({**shape, "columns": kept}), now())])
        for number, text in self._rows(_TOLD):
            told = json.loads(text)
            left = [one for one in told if not _names_any(one, said)]
            if left != told:
                self._do(_RETELL, of=number, to=compact(left))
        for (key,) in self._rows(_SAID):
            if _names_any(str(self.state(key)), said):
                self.set_state(key, None)


def _names_any(text: str, said: Sequence[str]) -> bool:
    return any(value in text.casefold() for value in said)
