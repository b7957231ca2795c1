"""Names and numbers: every Name ever heard of has a dense number, every party a random permanent id."""

from __future__ import annotations

from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from os import urandom
from typing import Any

from sqlalchemy import bindparam, func, select, text

from threesixty.ledger import tables
from threesixty.ledger.session import Session
from threesixty.ledger.sqlite import listed
from threesixty.record import Name
from threesixty.schema import MASTER

ID = "id"
"""The kind of a Name that is no Record's: its key is an id, of whatever Customer it is by then."""
NAMED = "named"
"""Of what kinds of parties each source named any, as far as it was asked."""
_ASKED_ONCE = frozenset({MASTER, ID})

Key = tuple[str, str, str]
"""(source, kind, key): a Name as the hot paths carry it."""

_name, _identifier, _carries = tables.name.c, tables.identifier.c, tables.carries.c

_NUMBERS = select(_name.key, _name.no).where(
    _name.source == bindparam("source"), _name.kind == bindparam("kind"), _name.key.in_(listed("keys"))
)
_NAMES = select(_name.no, _name.source, _name.kind, _name.key).where(_name.no.in_(listed("numbers")))
_IDS = select(_name.no, _name.id).where(_name.no.in_(listed("numbers")))
_ALL_IDS = select(_name.no, _name.id).where(_name.id.is_not(None)).order_by(_name.no)
_BY_ID = select(_name.no).where(_name.id == bindparam("public"))
_OURS = select(_name.id).where(_name.id.in_(listed("texts")))
_NEXT_KIND = select(func.min(_name.kind)).where(
    _name.source == bindparam("source"), _name.kind > bindparam("after")
)
_NEXT_SOURCE = select(func.min(_name.source)).where(_name.source > bindparam("after"))
_HOLDERS = (
    select(_carries.record)
    .join(tables.identifier, _identifier.no == _carries.identifier)
    .where(_identifier.type == bindparam("type"), _identifier.value == bindparam("value"))
    .order_by(_carries.record)
)
_ERASED = select(tables.erasure.c.digest).where(tables.erasure.c.digest.in_(listed("digests")))
_ANY_ERASED = select(text("1")).select_from(tables.erasure).limit(1)


class Names(Session):
    """Look-ups between Names, numbers, public ids and identifier values."""

    secret: bytes

    def numbers(self, names: Sequence[Name]) -> list[int | None]:
        """The number of each Name, None where it was never heard of."""
        found = self._numbers((n.source, n.kind, n.key) for n in names)
        return [found.get((n.source, n.kind, n.key)) for n in names]

    def names(self, numbers: Sequence[int]) -> list[Name]:
        """The Name of each number; KeyError when a number was never given."""
        rows = self._about(_NAMES, numbers)
        found = {no: Name(source, kind, key) for no, source, kind, key in rows}
        return [found[no] for no in numbers]

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """The public id of each number, '' for those that are no parties."""
        found: dict[int, str | None] = dict(self._about(_IDS, numbers))
        return [found.get(no) or "" for no in numbers]

    def all_ids(self) -> dict[int, str]:
        """The public id of every party by number."""
        return dict(self._rows(_ALL_IDS))

    def number_of(self, public: str) -> int | None:
        """The number behind a public id, also of a Record that is gone."""
        found: int | None = self._value(_BY_ID, public=public)
        return found

    def ours(self, texts: Sequence[str]) -> set[str]:
        """Which of these texts are ids that this ledger gave out."""
        return {public for (public,) in self._rows(_OURS, texts=list(texts))}

    def named(self, source: str, key: str) -> list[int]:
        """Numbers of whatever a source knows by a key, of any kind."""
        found = self._numbers((source, kind, key) for kind in self._each(_NEXT_KIND, source=source))
        return sorted(found.values())

    def identifier_records(self, type: str, value: str) -> list[int]:  # noqa: A002
        """Live Records that carry an Identifier, by its normalised value."""
        return [no for (no,) in self._rows(_HOLDERS, type=type, value=value)]

    def _sources(self) -> Iterator[str]:
        """Every source that named anything."""
        return self._each(_NEXT_SOURCE)

    def _each(self, following: Any, **of: str) -> Iterator[str]:
        """Few among very many: from one to the next by the index of names."""
        one = self._value(following, after="", **of)
        while one is not None:
            yield one
            one = self._value(following, after=one, **of)

    def _numbers(self, keys: Iterable[Key]) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for (source, kind), wanted in by_source_and_kind(keys).items():
            rows = self._rows(_NUMBERS, source=source, kind=kind, keys=wanted)
            found.update(((source, kind, key), no) for key, no in rows)
        return found

    def tombstone(self, key: Key) -> str:
        """The keyed digest by which a forgotten name is known again."""
        return blake2b("\x1f".join(key).encode(), digest_size=16, key=self.secret).hexdigest()

    def _erased(self, keys: Iterable[Key]) -> set[Key]:
        """Which of these names were forgotten."""
        if not self._rows(_ANY_ERASED):
            return set()
        digests = {self.tombstone(key): key for key in keys}
        return {digests[found] for (found,) in self._rows(_ERASED, digests=list(digests))}

    def _introduce(self, keys: Sequence[Key]) -> int:
        """Give numbers to new names, in their order; the first number."""
        for found in {key[1] for key in keys} & _ASKED_ONCE:
            self._sure.pop(found, None)
        named = self._sure.get(NAMED, {})
        if any(key[1] in self.party_kinds and key[1] not in named.get(key[0], ()) for key in keys):
            self._sure.pop(NAMED, None)
        first = self._take("no", len(keys)) + 1
        ids = iter(random_ids(sum(key[1] in self.party_kinds for key in keys)))
        self._insert(
            tables.name,
            (
                (first + i, *key, next(ids) if key[1] in self.party_kinds else None, tie(key))
                for i, key in enumerate(keys)
            ),
        )
        return first


def by_source_and_kind(keys: Iterable[Key]) -> dict[tuple[str, str], list[str]]:
    """Keys grouped by the source and kind they belong to."""
    grouped: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source, kind, key in keys:
        grouped[source, kind].append(key)
    return grouped


def tie(key: Key) -> int:
    """A signed 64-bit hash of a Name: breaks ties without asking who came first."""
    digest = blake2b("\x1f".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def random_ids(count: int) -> list[str]:
    """Random public ids: 16 lower-case base32 characters, 80 bits each."""
    letters = b32encode(urandom(10 * count)).decode("ascii").lower()
    return [letters[i : i + 16] for i in range(0, len(letters), 16)]
