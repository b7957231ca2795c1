"""Seals: a chain of keyed digests over everything said and decided, so that a changed past is noticed.

Each durable transaction that adds entries ends in one seal: the digest of the seal before it and of every
entry since. Forgetting takes an entry's words away and leaves its digest in `gone`, so the chain holds. The
newest seal, noted somewhere else, proves later that nothing before it was changed or cut off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import BindParameter, Select, Table, bindparam, func, select

from threesixty.ledger import tables
from threesixty.ledger.session import Session
from threesixty.ledger.sqlite import listed

_SIZE = 16  # bytes of a digest
_AT_ONCE = 20_000  # entries that are looked at together
_AT_HAND = 500_000  # digests of one transaction that are kept in memory
_seal, _gone, _version, _name = tables.seal.c, tables.gone.c, tables.version.c, tables.name.c
_after: BindParameter[int] = bindparam("after")
_upto: BindParameter[int] = bindparam("upto")

# Everything of the log that is one entry a row, and a version with the name it is of.
ENTRIES = [
    table for table in tables.log.sorted_tables
    if [column.name for column in table.primary_key] == ["seq"] and table not in (tables.seal, tables.gone)
]  # fmt: skip
_ROWS: dict[Table, Select[Any]] = {table: select(*table.columns) for table in ENTRIES}
# Without `source` and `row`, which ledgers of an older schema learn afterwards.
_SAID = [column for column in _version if column.name not in ("source", "row")]
_ROWS[tables.version] = select(*_SAID, _name.source, _name.kind, _name.key).join(
    tables.name, _name.no == _version.no
)
_IN_RANGE = [
    (table.name, rows.where(table.c.seq > _after, table.c.seq <= _upto)) for table, rows in _ROWS.items()
]
_VERSIONS = dict(_IN_RANGE)["version"]
_LISTED = [(table.name, rows.where(table.c.seq.in_(listed("seqs")))) for table, rows in _ROWS.items()]
_GONE = select(_gone.seq, _gone.digest).where(_gone.seq > _after, _gone.seq <= _upto)
_KNOWN_GONE = select(_gone.seq).where(_gone.seq.in_(listed("seqs")))
_LAST = select(_seal.seq, _seal.digest).order_by(_seal.seq.desc()).limit(1)
_SEALS = select(_seal.seq, _seal.digest).order_by(_seal.seq)
_SEAL_AT = select(_seal.digest).where(_seal.seq == bindparam("at"))
_RECEIVED = select(func.min(_version.at_received)).where(_version.seq > _after, _version.seq <= _upto)

_JUST_SAID = "just said"

Entries = dict[int, bytes]
"""Digests of entries, by number."""


class Seals(Session):
    """Seals what is written, and checks what was sealed."""

    secret: bytes = b""

    def seal(self) -> tuple[int, str]:
        """The newest seal: the entry it reaches to, and its digest as 32 hex digits."""
        rows = self._rows(_LAST)
        return (int(rows[0][0]), bytes(rows[0][1]).hex()) if rows else (0, "")

    def sealed_as(self, seq: int) -> str:
        """The digest of the seal that reaches to just this entry, '' where none does."""
        found = self._value(_SEAL_AT, at=seq)
        return bytes(found).hex() if found else ""

    def broken_seals(self) -> Iterator[tuple[int, int, int | None]]:
        """Stretches of entries that are not as they were sealed: after which, up to which, received when.

        Reads the whole log once. A seal that does not hold says nothing of the next one; a
        ledger of an older Threesixty has none until something is written.
        """
        self._sure.clear()  # what the file says is asked, not what is remembered of it
        after, before = 0, b""
        seals = self._rows(_SEALS)
        for seq, digest in seals:
            if self._chained(before, after, seq, self._everything) != digest:
                yield after, seq, self._value(_RECEIVED, after=after, upto=seq)
            after, before = seq, digest
        if seals and after != self._count("seq"):
            yield after, self._count("seq"), self._value(_RECEIVED, after=after, upto=self._count("seq"))

    def _before_commit(self) -> None:
        if not self.secret:
            return  # a ledger that is being made or brought up to date
        upto = self._count("seq")
        rows = self._rows(_LAST)
        after, before = rows[0] if rows else (0, b"")
        # One seal for a whole log that was never sealed would have to be looked at in one piece.
        while after < upto:
            seq = min(upto, after + _AT_ONCE) if after == 0 else upto
            before = self._chained(before, after, seq, self._lately)
            self._insert(tables.seal, [(seq, before)])
            after = seq
        self._sure.pop(_JUST_SAID, None)

    def _just_said(self, versions: Iterable[Sequence[Any]]) -> None:
        """Note what versions say that were just written, as `_VERSIONS` would read them back."""
        said: Entries = self._sure.setdefault(_JUST_SAID, {})
        said.update(self._digests([("version", versions)]))
        if len(said) > _AT_HAND:
            said.clear()

    def _keep_digests(self, seqs: Sequence[int]) -> None:
        """Note what entries say, as digests, just before they are taken away."""
        self._sure.pop(_JUST_SAID, None)
        known = {seq for (seq,) in self._rows(_KNOWN_GONE, seqs=seqs)}
        found = self._digests((name, self._rows(rows, seqs=seqs)) for name, rows in _LISTED)
        self._insert(tables.gone, [(seq, digest) for seq, digest in found if seq not in known])

    def _chained(self, before: bytes, after: int, upto: int, entries: Callable[[int, int], Entries]) -> bytes:
        chain = blake2b(before, digest_size=_SIZE, key=self.secret)
        while after < upto:
            step = min(upto, after + _AT_ONCE)
            said = entries(after, step)
            for seq in sorted(said):
                chain.update(seq.to_bytes(8, "big") + said[seq])
            after = step
        return chain.digest()

    def _everything(self, after: int, upto: int) -> Entries:
        """The digest of each entry of a stretch."""
        stretch = {"after": after, "upto": upto}
        said = dict(self._digests((name, self._rows(rows, **stretch)) for name, rows in _IN_RANGE))
        said.update(self._rows(_GONE, **stretch))
        return said

    def _lately(self, after: int, upto: int) -> Entries:
        """The same for entries that were just written; where all are versions, nothing else is read."""
        known: Entries = self._sure.get(_JUST_SAID, {})
        said = {seq: known[seq] for seq in range(after + 1, upto + 1) if seq in known}
        if len(said) < upto - after:
            rows = self._rows(_VERSIONS, after=after, upto=upto)
            said = dict(self._digests([("version", rows)]))
        return said if len(said) == upto - after else self._everything(after, upto)

    def _digests(self, found: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> Iterator[tuple[int, bytes]]:
        for name, rows in found:
            for row in rows:
                # No text of the ledger holds NUL, so it parts the cells without doubt.
                entry = "\0".join((name, *map(str, row))).encode()
                yield row[0], blake2b(entry, digest_size=_SIZE, key=self.secret).digest()
