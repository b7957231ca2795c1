"""What people and trusted sources decided. Nothing is taken back, only withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import bindparam, desc, func, select, union, union_all

from threesixty.errors import DecisionRefused, NotFound
from threesixty.ledger import tables
from threesixty.ledger.current import compact
from threesixty.ledger.log import now
from threesixty.ledger.masters import Masters
from threesixty.ledger.sqlite import listed
from threesixty.record import Decision, Scalar
from threesixty.report.actions import Action

_decision, _withdrawal, _pin = tables.decision.c, tables.withdrawal.c, tables.pin.c
_ORDER = ("seq", "action", "verdict", "a", "b", "by", "at", "why", "person")

_withdrawn = select(_withdrawal.action)
_ALL = (
    select(*(_decision[column] for column in _ORDER))
    .where(_decision.action.not_in(_withdrawn))
    .order_by(_decision.seq)
)
_TOUCHING = _ALL.where(_decision.a.in_(listed("numbers")) | _decision.b.in_(listed("others")))
_OF_ACTION = select(*(_decision[column] for column in _ORDER)).where(
    _decision.action == bindparam("of")
).order_by(_decision.seq)  # fmt: skip
_WITHDRAWN = select(_withdrawal.seq).where(_withdrawal.action == bindparam("of"))


def _acted(of: Any, what: Any) -> Any:
    return select(
        of.action, func.min(of.at), func.min(of.by), func.min(of.why), func.count(),
        of.action.in_(_withdrawn), func.group_concat(what.distinct()),
    ).group_by(of.action)  # fmt: skip


_EVERY = union_all(_acted(_decision, _decision.verdict), _acted(_pin, _pin.property))
_ACTIONS = _EVERY.order_by(desc("action")).limit(bindparam("many"))
_ABOUT = union(
    select(_decision.action).where(_decision.a.in_(listed("numbers")) | _decision.b.in_(listed("others"))),
    select(_pin.action).where(_pin.no.in_(listed("pinned"))),
)
_stands = (_decision.action.not_in(_withdrawn), _decision.person == 1)
_LAST = select(func.max(union_all(
    select(_decision.action.label("action")).where(*_stands),
    select(_pin.action.label("action")).where(_pin.action.not_in(_withdrawn)),
).subquery().c.action))  # fmt: skip


class Decisions(Masters):
    """Merges, splits, pins and their withdrawals, by record number."""

    def decide(
        self,
        pairs: Sequence[tuple[Literal["same", "different"], int, int]],
        *,
        by: str,
        why: str = "",
        person: bool = True,
    ) -> int:
        """Write Decisions as one action; its number."""
        if not pairs:
            raise DecisionRefused("there is nothing to decide", hint="name at least two records")
        with self.writing():
            first, at = self._take("seq", len(pairs)) + 1, now()
            self._insert(tables.decision, [
                (seq, first, verdict, min(a, b), max(a, b), by, at, why, int(person))
                for seq, (verdict, a, b) in enumerate(pairs, first)
            ])  # fmt: skip
            self.note(by, "decide", decided=first, pairs=len(pairs))
            return first

    def pin(self, number: int, values: Mapping[str, Scalar], *, by: str, why: str = "") -> int:
        """Write values that win over all sources, as one action on one Record; its number."""
        with self.writing():
            first = self._take("seq", len(values)) + 1
            self._write_pins(first, number, values, by, now(), why)
            self.note(by, "pin", pinned=first, values=len(values))
            return first

    def withdraw(self, action: int, *, by: str, why: str = "") -> None:
        """Take an action back; raises NotFound for an unknown and DecisionRefused for a withdrawn one."""
        with self.writing():
            if not self._rows(_OF_ACTION, of=action) and not self.pins_of(action):
                raise NotFound("action", str(action), hint="`threesixty decisions` lists them")
            if self._rows(_WITHDRAWN, of=action):
                raise DecisionRefused(f"action {action} has been withdrawn already")
            seq = self._take("seq", 1) + 1
            self._insert(tables.withdrawal, [(seq, action, by, now(), why)])
            self.note(by, "withdraw", withdrawn=action)

    def decisions(self, numbers: Sequence[int] | None = None) -> list[Decision]:
        """Decisions that stand, all or those with an end among the numbers, oldest first.

        Those that sources imply by master ids stand for as long as their rows say so: number 0, before all.
        """
        if numbers is None:
            return [*self.implied(None), *self.decided()]
        touching = self._rows(_TOUCHING, numbers=numbers, others=numbers)
        return [*self.implied(numbers), *map(_decided, touching)]

    def decided(self) -> list[Decision]:
        """Decisions that stand and were said, oldest first: none that master ids imply."""
        return [_decided(row) for row in self._rows(_ALL)]

    def decisions_of(self, action: int) -> list[Decision]:
        """The Decisions of one action, withdrawn or not."""
        withdrawn = bool(self._rows(_WITHDRAWN, of=action))
        return [_decided(row, withdrawn=withdrawn) for row in self._rows(_OF_ACTION, of=action)]

    def _actions_about(self, records: Sequence[int]) -> list[int]:
        """Every action that speaks of one of these Records, withdrawn or not."""
        found = self._rows(_ABOUT, numbers=records, others=records, pinned=records)
        return [action for (action,) in found]

    def actions(self, limit: int = 20, *, of: Sequence[int] | None = None) -> list[Action]:
        """The latest actions first; with `of` all those, and those only, that speak of these Records."""
        rows = self._rows(_ACTIONS, many=limit if of is None else 1 << 40)
        if of is not None:
            about = set(self._actions_about(of))
            rows = [row for row in rows if row[0] in about]
        return [
            Action(action, at, by, why, count, bool(withdrawn), what)
            for action, at, by, why, count, withdrawn, what in rows
        ]

    def last_action(self) -> int | None:
        """The latest action of a person that was not withdrawn."""
        found: int | None = self._value(_LAST)
        return found

    def note(self, by: str, action: str, /, **detail: int) -> int:
        """Note who did what, numbers only, never what a record says; the seq of the note."""
        with self.writing():
            seq = self._take("seq", 1) + 1
            self._insert(tables.audit, [(seq, now(), by, action, compact(detail))])
            return seq


def _decided(row: tuple[Any, ...], *, withdrawn: bool = False) -> Decision:
    seq, action, verdict, a, b, by, at, why, person = row
    return Decision(seq, action, verdict, a, b, by, at, why, bool(person), withdrawn)
