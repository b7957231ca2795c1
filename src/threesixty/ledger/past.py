"""Going back: a ledger as it was at an entry, with everything that must not be lost by it.

What was forgotten since stays forgotten, and ids given out since stay with the names they were given to. No
number is given a second time: counters go on from where they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, delete, func, select, update

from threesixty.ledger import tables
from threesixty.ledger.current import Said, plain
from threesixty.ledger.erasure import Erasure
from threesixty.ledger.feed import Feed
from threesixty.ledger.log import ENDED, Fact, follows
from threesixty.ledger.seals import ENTRIES
from threesixty.ledger.sqlite import listed
from threesixty.record import Name, Record

_name, _version, _erasure, _gone = tables.name.c, tables.version.c, tables.erasure.c, tables.gone.c
_counter, _file, _reject = tables.counter.c, tables.file.c, tables.reject.c
_upto: BindParameter[int] = bindparam("upto")
_KEPT = (tables.erasure, tables.audit)  # of what is said after an entry, all but these can be unsaid

_SAID_BY = [
    select(func.max(table.c.seq)).where(
        (_version.at_received if table is tables.version else table.c.at) <= bindparam("ms")
    )
    for table in ENTRIES
]
_BEGAN = [
    select(func.min(_version.at_received if table is tables.version else table.c.at)) for table in ENTRIES
]
_ENTRY_AT = select(func.max(_version.at_received)).where(_version.seq <= bindparam("upto"))
_VERSIONS = (
    select(
        _version.no, _name.source, _name.kind, _name.key, _version.raw, _version.version, _version.digest,
        _version.deleted, _version.seq, _version.source, _version.row,
    )
    .join(tables.name, _name.no == _version.no)
    .where(_version.no.in_(listed("numbers")))
    .order_by(_version.seq)
)  # fmt: skip
_STOOD_ON = (
    select(_version.row)
    .join(tables.mapped, tables.mapped.c.seq == _version.seq)
    .where(_version.row.in_(listed("rows")))
)
_REMADE = (
    select(_version.source).where(_version.seq > _upto, _version.row > 0, _version.row <= _upto).distinct()
)
_COUNTERS = select(_counter.what, _counter.value)
_RAISE = update(tables.counter).where(_counter.what == bindparam("counted")).values(value=bindparam("to"))
_LATER_NAMES = select(*tables.name.columns).where(_name.no > bindparam("after"))
_ERASURES = select(*tables.erasure.columns).order_by(_erasure.seq)
_NAMED = select(_name.no, _name.source, _name.kind, _name.key).where(_name.no.in_(listed("numbers")))
_UNSAID = select(_version.no).where(_version.seq > _upto).distinct()
_UNSAY = [delete(table).where(table.c.seq > _upto) for table in ENTRIES if table not in _KEPT]
_UNMARK = delete(tables.file).where(_file.seq > _upto)
_FIRST_UNSAID = select(func.min(_version.at_received)).where(_version.seq > _upto)
_UNREJECT = delete(tables.reject).where(_reject.at >= bindparam("ms"))
_UNSEAL = [delete(table).where(table.c.seq > _upto) for table in (tables.seal, tables.gone, tables.bore)]


class Standing(NamedTuple):
    """The version of a Record that counts."""

    no: int
    name: Name
    raw: str
    version: str
    digest: int
    deleted: int
    seq: int
    source: str
    row: int

    @property
    def fact(self) -> Fact:
        return (self.version, self.digest, self.deleted)


class Past(Erasure, Feed):
    """Puts a ledger back to an entry, and takes over what came after a backup of it."""

    def said_by(self, milliseconds: int) -> int:
        """The newest entry up to an instant; 0 when there was none."""
        return max(int(self._value(newest, ms=milliseconds) or 0) for newest in _SAID_BY)

    def began(self) -> int:
        """When the first entry that is kept was said, in epoch milliseconds; 0 where there is none."""
        firsts = [self._value(first) for first in _BEGAN]
        return min((int(first) for first in firsts if first), default=0)

    def entry_at(self, seq: int) -> int:
        """When the newest version up to an entry was received, in epoch milliseconds; 0 before the first."""
        return int(self._value(_ENTRY_AT, upto=seq) or 0)

    def take_over(self, present: Past) -> list[int]:
        """Take names, ids, counters, erasures and the feed over from a later state of the same ledger.

        The numbers of Records that were forgotten there and still speak here: `forget` them.
        """
        with self.writing():
            self._take_over_feed(present)
            mine: dict[str, int] = dict(self._rows(_COUNTERS))
            self._insert(tables.name, present._rows(_LATER_NAMES, after=mine["no"]))
            self._sure.clear()
            for what, value in present._rows(_COUNTERS):
                self._do(_RAISE, counted=what, to=max(value, mine.get(what, 0)))
            self._sure.clear()
            known = {row[0] for row in self._rows(_ERASURES)}
            fresh = [row for row in present._rows(_ERASURES) if row[0] not in known]
            digests = {no: digest for _, no, _, digest, _ in fresh}
            named = self._rows(_NAMED, numbers=list(digests))
            still = {no for no, *key in named if self.tombstone((key[0], key[1], key[2])) == digests[no]}
            self._insert(tables.erasure, [row for row in fresh if row[1] not in still])
            return sorted(still)

    def remade_since(self, upto: int) -> set[str]:
        """The sources of which a remap after an entry made Records of rows that came before it."""
        return {source for (source,) in self._rows(_REMADE, upto=upto)}

    def cut(self, upto: int) -> list[int]:
        """Unsay everything after an entry, forgetting aside; which Records said something later.

        They are not current afterwards: see `standing`. A file that was read after the entry is read again.
        """
        with self.writing():
            numbers = [no for (no,) in self._rows(_UNSAID, upto=upto)]
            if numbers:
                self._do(_UNREJECT, ms=self._value(_FIRST_UNSAID, upto=upto))
            self._drop(numbers, self._count("seq"))
            for statement in (*_UNSAY, _UNMARK, *_UNSEAL):
                self._do(statement, upto=upto)
            self._sure.clear()
            return numbers

    def standing(self, numbers: Sequence[int]) -> list[Standing]:
        """The version of each Record that counts among those the log holds; deleted ones are left out."""
        found: dict[int, Standing] = {}
        for no, source, kind, key, *said in self._rows(_VERSIONS, numbers=numbers):
            one = Standing(no, Name(source, kind, key), *said)
            if no not in found or one.fact[1:] == ENDED or follows(one.version, found[no].fact):
                found[no] = one
        return [found[no] for no in sorted(found) if not found[no].deleted]

    def stood_on(self, rows: Sequence[int]) -> set[int]:
        """Which of these rows live Records stand on."""
        return {row for (row,) in self._rows(_STOOD_ON, rows=rows)}

    def stand(self, records: Sequence[tuple[Standing, Record]]) -> None:
        """Make Records current again, as they were mapped from the versions that stand."""
        with self.writing():
            self._set(
                [Said(one.no, record, one.digest, one.seq, plain(record)) for one, record in records], {}
            )
