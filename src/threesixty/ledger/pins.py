"""Values that people pinned, by Record. They win over what the sources say until they are withdrawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from threesixty.ledger import tables
from threesixty.ledger.names import Names
from threesixty.ledger.rows import PinRow
from threesixty.ledger.sqlite import listed
from threesixty.record import Scalar

_pin = tables.pin.c
_PINS = select(*(_pin[column] for column in PinRow._fields)).order_by(_pin.seq)
_STANDING = _PINS.where(
    _pin.no.in_(listed("numbers")), _pin.action.not_in(select(tables.withdrawal.c.action))
)
_OF_ACTION = _PINS.where(_pin.action == bindparam("of"))
# The newest of a property holds, so several on one Record count once.
_HELD = select(_pin.no, _pin.property).where(
    _pin.action.not_in(select(tables.withdrawal.c.action))
).distinct()  # fmt: skip
_HOW_MANY = select(func.count()).select_from(_HELD.subquery())
_ANY = select(_pin.seq).limit(1)


class Pins(Names):
    """Pins as they stand in the log; an action may pin several properties."""

    def pins(self, numbers: Sequence[int]) -> list[PinRow]:
        """Pins that stand on these Records, oldest first: the newest of a property holds."""
        if not self._rows(_ANY):
            return []
        return [_opened(row) for row in self._rows(_STANDING, numbers=numbers)]

    def pinned_any(self) -> bool:
        """Whether anybody ever pinned anything."""
        return bool(self._rows(_ANY))

    def pins_in_force(self) -> int:
        """How many values hold because they are pinned: of how many properties of how many Records."""
        return int(self._value(_HOW_MANY))

    def pins_of(self, action: int) -> list[PinRow]:
        """The pins of one action, withdrawn or not."""
        return [_opened(row) for row in self._rows(_OF_ACTION, of=action)]

    def _write_pins(
        self, first: int, number: int, values: Mapping[str, Scalar], by: str, at: int, why: str
    ) -> None:
        self._insert(tables.pin, [
            (seq, first, number, name, json.dumps(value, ensure_ascii=False), by, at, why)
            for seq, (name, value) in enumerate(values.items(), first)
        ])  # fmt: skip


def _opened(row: tuple[Any, ...]) -> PinRow:
    pin = PinRow(*row)
    return pin._replace(value=json.loads(str(pin.value)))
