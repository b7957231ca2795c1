"""Rows of a source become Records, column by column; rows that cannot become one are told apart here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

from threesixty import normalise
from threesixty.project import Choice, Constant, Project, RecordMapping, Source
from threesixty.sources.distinct import as_json, cells, keys
from threesixty.sources.plan import Plan, mapped_columns, plans
from threesixty.sources.records import Mapped, Slice, records
from threesixty.sources.roles import NOTHING, Reading
from threesixty.sources.rows import FIELD_LIMIT, Rows, bad

LONGEST_KEY = 1_000
_SHOWN = 100
_DELETIONS = frozenset("d del delete deleted removed true yes y 1 x".split())
_SOURCE_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)

Mapper = Callable[[Rows], Mapped]


@dataclass(slots=True)
class _Delivery:
    """Rows on their way: those that gave a Record, and why the others did not; `kinds` are those rows of
    which a column was asked what they are, with what it says where that is no kind."""

    rows: Rows
    spoken: set[int] = field(default_factory=set)
    kinds: dict[int, Reading] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)


def mapper(project: Project, source: Source) -> Mapper:
    """Rows of a source -> Records. It remembers what texts meant, so keep it for a whole file."""
    mappings = [(mapping, plans(project, source, mapping)) for mapping in source.records]

    def mapped(rows: Rows) -> Mapped:
        found = Mapped(rejected=list(rows.bad))
        rows, raws = _storable(rows, found)
        delivery = _Delivery(rows)
        for number, (mapping, by_kind) in enumerate(mappings):
            # The first Record of a row keeps all of it; others keep what they are made of, so that a
            # product named in a thousand order lines has one version and not a thousand.
            kept = raws if number == 0 else _parts(rows, mapping, raws, delivery.spoken)
            gone = _gone(rows, source.deleted if number == 0 else None)
            for part in _slices(source, mapping, by_kind, delivery, kept, gone):
                found.records += records(part, found)
        found.rejected += [
            bad(rows.lines[at], delivery.reasons[at], raws[at])
            for at in range(len(rows))
            if at not in delivery.spoken
        ]
        found.unread(said for at, said in delivery.kinds.items() if said.unreadable and at in delivery.spoken)
        return found

    return mapped


def _storable(rows: Rows, found: Mapped) -> tuple[Rows, list[str]]:
    """The rows that any store can hold, and their JSON text; the others are rejected.

    Columns stand in the order of the alphabet, so that a file with its columns moved says nothing new.
    """
    raws = rows.raws or as_json(rows, sorted(rows.columns))
    hostile = {at: why for at, raw in enumerate(raws) if (why := _hostile(rows, at, raw))}
    if not hostile:
        return rows, raws
    found.rejected += [bad(rows.lines[at], why, raws[at]) for at, why in hostile.items()]
    good = [at not in hostile for at in range(len(rows))]
    return _only(rows, good), list(compress(raws, good))


def _hostile(rows: Rows, at: int, raw: str) -> str:
    """Which column of a row no store can hold, and why; '' of nearly every row."""
    if len(raw) > FIELD_LIMIT and (name := _column(rows, at, lambda text: len(text) > FIELD_LIMIT)):
        return f"a field of more than {FIELD_LIMIT:,} characters: column {name}"
    if "\\u0000" in raw and (name := _column(rows, at, lambda text: "\0" in text)):
        return f"column {name} holds a NUL character"
    if not raw.isascii() and not _encodes(raw):
        name = _column(rows, at, lambda text: not _encodes(text))
        return f"column {name} holds bytes that are no text in this encoding"
    return ""


def _column(rows: Rows, at: int, is_so: Callable[[str], bool]) -> str:
    """The first column whose text in a row, or whose name, is so."""
    found = (name for name, column in rows.columns.items() if is_so(column[at] or "") or is_so(name))
    return next((repr(name[:_SHOWN]) for name in found), "")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parts(rows: Rows, mapping: RecordMapping, raws: Sequence[str], spoken: set[int]) -> list[str]:
    """What a mapping reads of each row; all of one that gave no Record yet."""
    parts = as_json(rows, mapped_columns(mapping))
    return [part if at in spoken else raws[at] for at, part in enumerate(parts)]


def _only(rows: Rows, wanted: Sequence[bool]) -> Rows:
    columns = {name: list(compress(column, wanted)) for name, column in rows.columns.items()}
    return Rows(columns, list(compress(rows.lines, wanted)), [], rows.position)


def _gone(rows: Rows, deleted: Choice | None) -> list[bool]:
    """Which rows say that their Record is no more."""
    if deleted is None:
        return [False] * len(rows)
    marks = {normalise.plain(text) for text in deleted.values} or _DELETIONS
    return [normalise.plain((text or "").strip()) in marks for text in cells(rows, deleted.column)]


# --- which Record a row gives ----------------------------------------------------------------------


def _slices(
    source: Source,
    mapping: RecordMapping,
    by_kind: Mapping[str, Plan | None],
    delivery: _Delivery,
    raws: Sequence[str],
    gone: Sequence[bool],
) -> Iterator[Slice]:
    """The rows of each kind, in the order in which the kinds first come."""
    rows = delivery.rows
    kinds = _chosen(rows, mapping.kind)
    sources = _chosen(rows, mapping.source or source.name)
    found = keys(rows, mapping.key)
    if isinstance(mapping.kind, Choice):
        _tell_kinds(delivery, mapping.kind, [by_kind[kind] is not None for kind in kinds])
    for at, (kind, own, key) in enumerate(zip(kinds, sources, found, strict=True)):
        if why := _complaint(mapping, by_kind[kind], own, key):
            delivery.reasons.setdefault(at, why)
            found[at] = None
        else:
            delivery.spoken.add(at)
    numbers = range(1, len(rows) + 1)
    for kind in dict.fromkeys(kinds):
        if plan := by_kind[kind]:
            yield _slice(
                Slice(plan, rows, sources, found, raws, gone, numbers), [each == kind for each in kinds]
            )


def _tell_kinds(delivery: _Delivery, choice: Choice, known: Sequence[bool]) -> None:
    """Note which rows say that they are of a kind that no mapping knows: their others may give Records."""
    for at, (text, is_known) in enumerate(zip(cells(delivery.rows, choice.column), known, strict=True)):
        if is_known:
            delivery.kinds[at] = NOTHING
        elif text and text.strip():
            delivery.kinds.setdefault(at, Reading(unreadable="kind", text=text[:_SHOWN]))


def _chosen(rows: Rows, choice: str | Choice) -> list[str]:
    """A name for each row: the same for all, or taken from a column and translated."""
    if isinstance(choice, str):
        return [choice] * len(rows)
    texts = ((text or "").strip() for text in cells(rows, choice.column))
    if not choice.values:
        return list(texts)
    table = {**{text.casefold(): name for text, name in choice.values.items()}, **choice.values}
    return [table.get(text) or table.get(text.casefold(), "") for text in texts]


def _complaint(mapping: RecordMapping, plan: Plan | None, source: str, key: str | None) -> str:
    if key is None:
        parts = [f"column {part!r}" for part in mapping.key if not isinstance(part, Constant)]
        return f"no key: {' or '.join(parts)} is empty"
    if len(key) > LONGEST_KEY:
        return f"a key of more than {LONGEST_KEY:,} characters"
    if plan is None and isinstance(mapping.kind, Choice):
        return f"column {mapping.kind.column!r} names no kind of this project"
    if isinstance(mapping.source, Choice) and not _SOURCE_NAME.fullmatch(source):
        return f"column {mapping.source.column!r} holds no name of a source (letters, digits, . _ -)"
    return ""


def _slice(whole: Slice, wanted: list[bool]) -> Slice:
    if all(wanted):
        return whole
    return Slice(
        whole.plan,
        _only(whole.rows, wanted),
        list(compress(whole.sources, wanted)),
        list(compress(whole.keys, wanted)),
        list(compress(whole.raws, wanted)),
        list(compress(whole.gone, wanted)),
        list(compress(whole.numbers, wanted)),
    )
