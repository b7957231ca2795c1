"""What is current: mapped values, identifiers, links and search words of every live Record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, text

from threesixty.ledger import tables
from threesixty.ledger.names import ID, Key
from threesixty.ledger.sqlite import listed
from threesixty.ledger.tallies import Tallies, Tally
from threesixty.ledger.words import words_of
from threesixty.record import Link, Name, Record

_mapped, _identifier, _carries = tables.mapped.c, tables.identifier.c, tables.carries.c
_link, _word, _superseded = tables.link.c, tables.word.c, tables.superseded.c
_listed = listed("numbers")

BY_CUSTOMER_ID = ("customer", ID)
"""Source and kind of a Name that is the id of a Customer."""

# In the order of the texts, which is the index's where they are sorted: neighbours share a page.
_IDENTIFIERS = text(
    "SELECT known.value, known.no FROM json_each(:texts) AS wanted"
    " CROSS JOIN identifier AS known ON known.type = :type AND known.value = wanted.value"
).columns(_identifier.value, _identifier.no)
_BEFORE = select(
    _mapped.no, _mapped.sort, _mapped.kind, _mapped.source, _mapped.node, _mapped["values"]
).where(_mapped.no.in_(_listed))
_LINKED = select(_link.record, _link.role, _link.to_no).where(_link.record.in_(_listed))
_CARRIED = select(_carries.record, _carries.identifier).where(_carries.record.in_(_listed))
_DROP = [
    delete(table).where(column.in_(_listed))
    for table, column in (
        (tables.mapped, _mapped.no), (tables.link, _link.record), (tables.carries, _carries.record),
    )
]  # fmt: skip
_DROP_WORD = delete(tables.word).where(_word.word == bindparam("said"), _word.record == bindparam("of"))
_DROP_ORPHANS = delete(tables.identifier).where(
    _identifier.no.in_(_listed),
    ~select(_carries.record).where(_carries.identifier == _identifier.no).exists(),
)
_PAST_IDENTIFIERS = select(_superseded.identifiers).where(_superseded.seq <= bindparam("upto"))
_PRUNE_SUPERSEDED = delete(tables.superseded).where(_superseded.seq <= bindparam("upto"))
_PRUNE_CHANGED = delete(tables.changed).where(tables.changed.c.seq <= bindparam("upto"))


ALL = "all"
"""The source in the names of things whose keys all sources share."""


class Plain(NamedTuple):
    """What is kept of a Record wherever it stands: a digest of its raw row, its values as text, the words
    that it is found by, with a blank between two, and its identifiers as (type, value, use)."""

    digest: int
    values: str
    words: str
    held: tuple[tuple[str, str, str], ...]


def plain(record: Record) -> Plain:
    """What a ledger keeps of a Record; it depends on nothing else, so any process can work it out."""
    words = " ".join(sorted(words_of(record.values))) if record.sort == "party" else ""
    return Plain(digest(record.raw), compact(dict(record.values)), words, identifiers_of(record))


def identifiers_of(record: Record) -> tuple[tuple[str, str, str], ...]:
    """The identifiers of a Record as (type, value, use)."""
    # Of a list, which a tuple is made of in half the time of a generator.
    return tuple([(one.type, one.value, one.use) for one in record.identifiers])


class Said(NamedTuple):
    """A Record that becomes current: its number, the digest of its raw row, its seq, what is kept of it."""

    no: int
    record: Record
    digest: int
    seq: int
    plain: Plain


class Current(Tallies):
    """Writes the tables that follow from the mapping, in the transaction that appends."""

    def prune(self, upto: int) -> None:
        """Forget what was changed and superseded up to a seq that every projection has applied."""
        with self.writing():
            texts = self._rows(_PAST_IDENTIFIERS, upto=upto)
            self._drop_orphans({no for (text,) in texts for no in json.loads(text)})
            self._do(_PRUNE_SUPERSEDED, upto=upto)
            self._do(_PRUNE_CHANGED, upto=upto)

    # --- setting -------------------------------------------------------------------------------------

    def _set(self, said: Sequence[Said], known: Mapping[Key, int]) -> None:
        """Make Records current; `known` has the numbers of names that were looked up already."""
        numbers = self._spoken_of(said, known)
        self._insert(tables.mapped, (self._mapped_row(one, numbers) for one in said))
        ends = [(one, self._ends(one.record, numbers)) for one in said if one.record.links]
        self._insert(tables.link, (
            (one.no, link.role, to, _values(link), int(one.record.sort == "event"))
            for one, linked in ends
            for link, to in linked
        ))  # fmt: skip
        self._count_links(ends)
        self._set_identifiers(said)
        self._set_words(said)

    def _ends(self, record: Record, numbers: Mapping[Key, int]) -> list[tuple[Link, int]]:
        """The Links of a Record that lead somewhere, with the numbers of where."""
        return [(link, to) for link in record.links if (to := numbers.get(self._meant(link.to)))]

    def _link_rows(self, said: Said, numbers: Mapping[Key, int]) -> list[tuple[str, int, str]]:
        return [(link.role, to, _values(link)) for link, to in self._ends(said.record, numbers)]

    def _count_links(self, ends: Iterable[tuple[Said, list[tuple[Link, int]]]]) -> None:
        """Count whom some Records name, and add what the events among them say to tallies."""
        if not self._indexed():
            return
        found: dict[tuple[int, str, str, int], Tally] = {}
        mentions: defaultdict[tuple[int, str], int] = defaultdict(int)
        for (_, record, *_), linked in ends:
            kind = record.name.kind
            parties = [to for link, to in linked if self._is_party(link.to)]
            for party in set(parties):
                mentions[party, kind] += 1
            if record.sort != "event":
                continue
            targets = [(link.role, to) for link, to in linked if not self._is_party(link.to)]
            for party in parties:
                for role, target in targets or [("", 0)]:
                    key = (party, kind, role, target)
                    found[key] = _one_more(found.get(key), Tally(*key, 1, record.at, record.at))
        self._add_tallies(found.values())
        self._add_mentions(mentions)

    def _is_party(self, name: Name) -> bool:
        return name.kind in self.party_kinds or (name.source, name.kind) == BY_CUSTOMER_ID

    def _set_words(self, said: Sequence[Said]) -> None:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for one in said:
            for word in one.plain.words.split():
                found[word].append(one.no)
        # In the order of the table, neighbours share a page.
        self._insert(tables.word, ((word, no) for word in sorted(found) for no in found[word]))

    def _mapped_row(self, said: Said, numbers: Mapping[Key, int]) -> tuple[Any, ...]:
        no, record, digested, seq, kept = said
        node = numbers.get(self._node(record), 0) if record.sort == "thing" else 0
        return (
            no, record.sort, record.name.kind, record.name.source, record.at, node, record.version, digested,
            kept.values, ",".join(record.unreadable), seq,
        )  # fmt: skip

    # --- things and links ----------------------------------------------------------------------------

    def _meant(self, name: Name) -> Key:
        """The name a thing goes by: one for all sources where their keys mean the same."""
        return (ALL if name.kind in self.shared_kinds else name.source, name.kind, name.key)

    def _node(self, record: Record) -> Key:
        """The thing a Record speaks of: by its own name, or one that several rows share."""
        name = record.name
        return self._meant(Name(name.source, name.kind, record.node) if record.node else name)

    def _spoken_of(self, said: Sequence[Said], known: Mapping[Key, int]) -> dict[Key, int]:
        """Numbers of the things Records speak of and the ends of their links; forgotten ones have none."""
        wanted = dict.fromkeys(self._node(one.record) for one in said if one.record.sort == "thing")
        wanted.update((self._meant(link.to), None) for one in said for link in one.record.links)
        numbers = {key: known[key] for key in wanted if known.get(key)}
        numbers.update(self._numbers(key for key in wanted if key not in numbers))
        fresh = [key for key in wanted if key not in numbers]
        if fresh:
            erased = self._erased(fresh)
            fresh = [key for key in fresh if key not in erased]
            first = self._introduce(fresh)
            numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
        return numbers

    # --- identifiers ---------------------------------------------------------------------------------

    def _set_identifiers(self, said: Sequence[Said]) -> None:
        held: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for one in said:
            for of, value, _ in one.plain.held:
                held[of][value] = 0
        for kind, numbers in held.items():
            self._identify(kind, numbers)
        self._insert(tables.carries, (
            (one.no, number, use)
            for one in said
            for number, use in {held[of][value]: use for of, value, use in one.plain.held}.items()
        ))  # fmt: skip

    def _identify(self, kind: str, numbers: dict[str, int]) -> None:
        """Fill in the number of each value of one identifier type, new ones for new values."""
        texts = sorted(numbers)
        numbers.update(self._rows(_IDENTIFIERS, type=kind, texts=texts))
        fresh = [value for value in texts if not numbers[value]]
        if fresh:
            first = self._take("identifier", len(fresh)) + 1
            numbers.update(zip(fresh, range(first, first + len(fresh)), strict=True))
            self._insert(tables.identifier, ((numbers[value], kind, value) for value in fresh))

    # --- dropping ------------------------------------------------------------------------------------

    def _drop(self, numbers: Sequence[int], seq: int) -> None:
        """Take Records out of what is current, and remember what they drew until it is redrawn."""
        if not numbers:
            return
        before = self._rows(_BEFORE, numbers=numbers)
        self._supersede(before, seq)
        self._many(_DROP_WORD, (
            (word, no) for no, sort, *_, values in before if sort == "party"
            for word in sorted(words_of(json.loads(values)))
        ))  # fmt: skip
        self._drop_mentions(numbers)
        about = self._events_about([row[0] for row in before if row[1] == "event"])
        for statement in _DROP:
            self._do(statement, numbers=numbers)
        self._recount(about)

    def _supersede(self, before: Sequence[tuple[Any, ...]], seq: int) -> None:
        numbers = [row[0] for row in before]
        links: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for record, role, to in self._rows(_LINKED, numbers=numbers):
            links[record].append((role, to))
        carried: defaultdict[int, list[int]] = defaultdict(list)
        for record, identifier in self._rows(_CARRIED, numbers=numbers):
            carried[record].append(identifier)
        self._insert(tables.superseded, (
            (seq, no, sort, kind, source, node, compact(links[no]), compact(carried[no]))
            for no, sort, kind, source, node, _ in before
        ))  # fmt: skip

    def _drop_orphans(self, identifiers: Iterable[int]) -> int:
        return self._do(_DROP_ORPHANS, numbers=list(identifiers))


def _one_more(tally: Tally | None, event: Tally) -> Tally:
    if tally is None:
        return event
    ats = [at for at in (tally.first, tally.last, event.first) if at is not None]
    first, last = (min(ats), max(ats)) if ats else (None, None)
    return event._replace(events=tally.events + 1, first=first, last=last)


def _values(link: Link) -> str:
    return compact(dict(link.values)) if link.values else ""


def digest(raw: str) -> int:
    """A signed 64-bit hash of a raw row."""
    return int.from_bytes(blake2b(raw.encode(), digest_size=8).digest(), "little", signed=True)


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact(values: object) -> str:
    """JSON without spaces, every language in its own letters."""
    text = _encode(values)
    return text if text.isascii() else storable(text)


def storable(text: str) -> str:
    """A text without what is no character: NUL and halves of surrogate pairs, which no database keeps."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
