"""Forgetting: what a person's records said is deleted and overwritten; only numbers and digests stay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update

from threesixty.ledger import sqlite, tables
from threesixty.ledger.current import Current, compact
from threesixty.ledger.decisions import Decisions
from threesixty.ledger.deliveries import Deliveries
from threesixty.ledger.derived import Derived
from threesixty.ledger.log import now
from threesixty.ledger.remembered import REDRAW
from threesixty.ledger.seals import Seals
from threesixty.ledger.session import explained
from threesixty.ledger.sqlite import listed
from threesixty.record import Name, Scalar
from threesixty.schema import MASTER

_name, _erasure, _reject = tables.name.c, tables.erasure.c, tables.reject.c
_carries, _identifier, _superseded = tables.carries.c, tables.identifier.c, tables.superseded.c
_listed = listed("numbers")

_NAMED = select(_name.no, _name.source, _name.kind, _name.key, _name.id).where(
    _name.no.in_(_listed), _name.no.not_in(select(_erasure.no))
)
_UNNAME = update(tables.name).where(_name.no == bindparam("of")).values(key=bindparam("mark"), tie=_name.no)
_BARE_MASTERS = select(_name.no).where(
    _name.kind == MASTER,
    ~select(tables.link.c.record).where(tables.link.c.to_no == _name.no).exists(),
    ~select(tables.bore.c.record).where(tables.bore.c.master == _name.no).exists(),
)
_CARRIED = select(_carries.identifier).where(_carries.record.in_(_listed))
_ONCE = select(_superseded.identifiers).where(_superseded.no.in_(_listed))
_VALUES = select(_identifier.value).where(_identifier.no.in_(_listed))
_REJECTS = select(_reject.no, _reject.row)
_DROP_REJECTS = delete(tables.reject).where(_reject.no.in_(_listed))
_DROP = [
    delete(table).where(column.in_(_listed))
    for table, column in (
        (tables.version, tables.version.c.no), (tables.superseded, _superseded.no),
        (tables.link, tables.link.c.to_no), (tables.pin, tables.pin.c.no),
        (tables.bore, tables.bore.c.record),
    )
]  # fmt: skip
# A reason is one text for all the pairs of an action, those of other people too.
_UNSAY = [
    update(table).where(table.c.action.in_(_listed)).values(why="")
    for table in (tables.decision, tables.withdrawal)
]
_STRIP_RAW = update(tables.version).where(tables.version.c.no.in_(_listed)).values(raw="")
_STRIP = update(tables.mapped).where(tables.mapped.c.no == bindparam("of")).values(values=bindparam("kept"))
_RAWS = (
    select(tables.version.c.seq, tables.version.c.raw, _name.key)
    .join(tables.name, _name.no == tables.version.c.no)
    .where(tables.version.c.no.in_(_listed), tables.version.c.raw != "")
)
_BLANK = update(tables.version).where(tables.version.c.seq == bindparam("of")).values(raw=bindparam("kept"))
_SAID = select(tables.version.c.seq).where(tables.version.c.no.in_(_listed))
_PINNED = select(tables.pin.c.seq).where(tables.pin.c.no.in_(_listed))
_REASONED = [
    select(table.c.seq).where(table.c.action.in_(_listed)) for table in (tables.decision, tables.withdrawal)
]
_BURIED = select(_erasure.seq).where(_erasure.digest.in_(listed("digests")))
_ADMIT = delete(tables.erasure).where(_erasure.digest.in_(listed("digests")))

_TELLING = 4  # a key of so many letters is nothing else by chance
_DIGITS = 8  # so many last digits make a phone number that of one person, however it is written


@dataclass(frozen=True, slots=True)
class Erased:
    """How much forgetting removed. `clean` is False while a reader keeps old pages alive in the log file."""

    records: int
    identifiers: int
    rejects: int
    clean: bool


class Erasure(Derived, Decisions, Current, Deliveries, Seals):
    """Forget Records, and admit forgotten names again."""

    def forget(
        self,
        numbers: Sequence[int],
        *,
        by: str,
        strip: Mapping[int, Mapping[str, Scalar]] | None = None,
        mentioning: Sequence[int] = (),
    ) -> Erased:
        """Delete all that these Records ever said, for good; their numbers and ids stay as tombstones.

        Records in `strip` belong to somebody else as well: they keep the values given, and lose their
        raw rows and their links to the forgotten. Those `mentioning` them are somebody else's: only the
        mention goes. The same raw row delivered again brings nothing back.
        Memberships, and what the Records were compared by, stay until `resolve` sees that they are gone.
        Backups and the files a source delivered are not touched. Inside a transaction the file still holds
        deleted bytes: `settle` after it.
        """
        with self.writing():
            named = self._rows(_NAMED, numbers=numbers)
            numbers = [row[0] for row in named]
            held = self._ever_carried(numbers)
            values = [v for (v,) in self._rows(_VALUES, numbers=held)]
            rejects = self._rejects_naming(values)
            self._forget_columns(values)
            self._erase(numbers, held)
            self._strip(strip or {})
            self._unmention(mentioning, {row[3] for row in named})
            self._do(_DROP_REJECTS, numbers=rejects)
            self._bury(named, by)
            # A graph that shows less still shows them: it is filled from the beginning.
            self.set_state(REDRAW, self._count("seq"))
        return Erased(len(numbers), len(held), len(rejects), clean=self._depth == 0 and self.settle())

    def admit(self, names: Iterable[Name]) -> int:
        """Let forgotten names be loaded again; how many there were."""
        digests = [self.tombstone((n.source, n.kind, n.key)) for n in names]
        with self.writing():
            self._keep_digests([seq for (seq,) in self._rows(_BURIED, digests=digests)])
            return self._do(_ADMIT, digests=digests)

    def settle(self) -> bool:
        """Write the ledger's file anew, without a trace of what was deleted; False while a reader is inside.

        Takes about a minute for a million Records, and as much free space as the ledger has.
        """
        with self._lock, explained(self.path):
            return sqlite.rewrite(self._driver)

    def _ever_carried(self, numbers: Sequence[int]) -> list[int]:
        now_carried = {no for (no,) in self._rows(_CARRIED, numbers=numbers)}
        once = {no for (text,) in self._rows(_ONCE, numbers=numbers) for no in json.loads(text)}
        return sorted(now_carried | once)

    def _erase(self, numbers: Sequence[int], held: Sequence[int]) -> None:
        actions = self._actions_about(numbers)
        reasoned = [seq for rows in _REASONED for (seq,) in self._rows(rows, numbers=actions)]
        dropped = [seq for rows in (_SAID, _PINNED) for (seq,) in self._rows(rows, numbers=numbers)]
        self._keep_digests([*dropped, *reasoned])
        self._drop(numbers, self._count("seq"))
        for drop in _DROP:
            self._do(drop, numbers=numbers)
        for unsay in _UNSAY:
            self._do(unsay, numbers=actions)
        self._forget_tallies(numbers)
        self._drop_orphans(held)

    def _strip(self, kept: Mapping[int, Mapping[str, Scalar]]) -> None:
        self._keep_digests([seq for (seq,) in self._rows(_SAID, numbers=list(kept))])
        self._do(_STRIP_RAW, numbers=list(kept))
        self._many(_STRIP, [(compact(dict(values)), no) for no, values in kept.items()])

    def _unmention(self, numbers: Sequence[int], keys: Collection[str]) -> None:
        """Blank the columns that hold a forgotten key in what these Records said, now and before."""
        rows = self._rows(_RAWS, numbers=numbers)
        blanked = [(_without(raw, keys, own), seq) for seq, raw, own in rows]
        changed = [row for row, (_, raw, _) in zip(blanked, rows, strict=True) if row[0] != raw]
        self._keep_digests([seq for _, seq in changed])
        self._many(_BLANK, changed)

    def _bury(self, named: Sequence[tuple[int, str, str, str, str | None]], by: str) -> None:
        first, at = self._take("seq", len(named)) + 1, now()
        self._insert(tables.erasure, [
            (seq, no, public, self.tombstone((source, kind, key)), at)
            for seq, (no, source, kind, key, public) in enumerate(named, first)
        ])  # fmt: skip
        bare = [no for (no,) in self._rows(_BARE_MASTERS)]
        self._many(_UNNAME, [(f"\x1f{no}", no) for no in (*bare, *(row[0] for row in named))])
        self.note(by, "forget", records=len(named))

    def _rejects_naming(self, values: Sequence[str]) -> list[int]:
        texts = [value.casefold() for value in values if len(value) > 3]
        phones = [tail for value in values if len(tail := _digits(value)[-_DIGITS:]) == _DIGITS]
        return [
            no
            for no, row in self._rows(_REJECTS)
            if any(one in row.casefold() for one in texts) or any(one in _digits(row) for one in phones)
        ]


def _without(raw: str, keys: Collection[str], own: str) -> str:
    """A raw row without the values that are one of these keys; nothing of it where one is part of a value.

    A short key such as 1 may be anything: where several columns hold it, none is taken for the mention.
    """
    row = json.loads(raw)
    found = {column: str(value).strip() for column, value in row.items() if str(value).strip() != own}
    mentions = {column for column, value in found.items() if value in keys}
    if len(mentions) > 1:
        mentions = {column for column in mentions if len(found[column]) >= _TELLING}
    rest = [value for column, value in found.items() if column not in mentions]
    if any(len(key) >= _TELLING and key in value for key in keys for value in rest):
        return ""
    kept = {column: None if column in mentions else value for column, value in row.items()}
    return json.dumps(kept, ensure_ascii=False) if mentions else raw


def _digits(value: str) -> str:
    return "".join(filter(str.isdigit, value))
