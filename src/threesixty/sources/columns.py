"""What the columns of a delivery look like, and what changed in them since the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain, islice
from typing import Any

from threesixty.errors import SourceError, nearest, together
from threesixty.project import Choice, Project, RecordMapping, Source
from threesixty.schema import Kind
from threesixty.sources.delivery import Delivery
from threesixty.sources.distinct import ABSENT, used_columns
from threesixty.sources.guess.looks import look_of
from threesixty.sources.plan import columns_of
from threesixty.sources.roles import Reader, habits, reader
from threesixty.sources.rows import Rows

# A column is judged by its first so many different values; with fewer than the least of them not at all.
_LOOKED_AT = 2_000
_LEAST = 20
# It was what its values looked like when more than half of them did; it no longer is when fewer than half
# as many do.
_MOST = 0.5
_UNLIKELY = 0.001


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the share of rows that have it, its different values (as far as they were looked at), and
    the share of them that can be read as something. `role` is what its mapping reads it as, where it does."""

    filled: float
    values: int
    role: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What most of its values are, '' where nothing is clear or they are too few."""
        what = max(self.shares, key=lambda name: self.shares[name], default="")
        return what if self.values >= _LEAST and self.shares.get(what, 0.0) > _MOST else ""


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a delivery, by name; `lost` are mapped ones that it may lack. `ragged`: rows of its
    format leave out what is empty; then `lacked` has how many rows of one file have nothing in a column."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    lost: Sequence[str] = ()
    rows: int = 0
    ragged: bool = False
    lacked: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """The shape as JSON holds it."""
        return {"columns": {name: asdict(one) for name, one in self.columns.items()}, "lost": list(self.lost)}


def remembered(plain: Mapping[str, Any]) -> Shape:
    """A Shape out of what `plain` made of it."""
    columns = {name: Column(**one) for name, one in plain.get("columns", {}).items()}
    return Shape(columns, tuple(plain.get("lost", ())))


@dataclass(frozen=True, slots=True)
class Drift:
    """How one column changed. `mapped`: Records are made of it; `key`: it is part of their keys."""

    column: str
    what: str  # new, lost or retyped
    words: str
    mapped: bool = False
    key: bool = False


# --- looking -----------------------------------------------------------------------------------------


def shape(project: Project, source: Source, fresh: Iterable[tuple[Delivery, str]]) -> Shape:
    """What the columns look like in deliveries, each read from a position on: by its first rows.

    One that cannot be read, or has no key, is left out, since reading it will say so. SourceError where there
    is none that can be, or of a snapshot, which is taken whole.
    """
    heads, errors = list[list[Rows]](), list[SourceError]()
    for delivery, position in fresh:
        try:
            heads.append(_head(project, source, delivery, position))
        except SourceError as error:
            errors.append(error)
    if errors and (not heads or source.delivery == "snapshot"):
        raise together(source.name, errors)
    readers, keys = _readers(project, source), _keys(source)
    named = [head for head in heads if any(not keys.isdisjoint(rows.columns) for rows in head)]
    total, ragged, columns = 0, False, dict[str, list[str | None]]()
    for rows in chain.from_iterable(named or heads):
        total, ragged = total + len(rows), ragged or rows.ragged
        for name, texts in rows.columns.items():
            columns.setdefault(name, []).extend(texts)
    return Shape(
        {name: _column(texts, total, readers.get(name)) for name, texts in columns.items()},
        rows=total,
        ragged=ragged,
        lacked=_lacked(named or heads, columns),
    )


def _lacked(heads: Sequence[Sequence[Rows]], columns: Iterable[str]) -> dict[str, int]:
    """The most rows of one file that lack a column altogether, which others of the delivery have."""
    found = dict[str, int]()
    for head in heads:
        has, rows = {name for each in head for name in each.columns}, sum(map(len, head))
        if rows >= _LEAST and all(each.ragged for each in head):
            found |= {name: max(rows, found.get(name, 0)) for name in columns if name not in has}
    return found


def _head(project: Project, source: Source, delivery: Delivery, position: str) -> list[Rows]:
    with delivery.at_hand(project.home, whole=False) as near:
        return list(islice(near.rows(source, position), 1))


def _column(texts: Sequence[str | None], rows: int, read: tuple[str, Reader, str] | None) -> Column:
    filled = [text for each in texts if each and (text := each.strip()).casefold() not in ABSENT]
    some = list(dict.fromkeys(filled))[:_LOOKED_AT]
    role = read[0] if read else ""
    counts = Counter(_read(text, read) if read else _look(text) for text in some)
    shares = {what: round(count / len(some), 4) for what, count in counts.items() if what}
    return Column(round(len(filled) / rows, 4) if rows else 0.0, len(some), role, shares)


def _read(text: str, read: tuple[str, Reader, str]) -> str:
    role, reader_, country = read
    return "" if reader_(text, country).unreadable else role


def _look(text: str) -> str:
    look = look_of(text)
    return "number" if look == "phone" else look


def _readers(project: Project, source: Source) -> dict[str, tuple[str, Reader, str]]:
    """For each column whose role can be unreadable: the role, how it is read, and by which country."""
    home = habits(project, source)
    found: dict[str, tuple[str, Reader, str]] = {}
    for mapping in source.records:
        for kind in _kinds(project, mapping):
            for name, parts in mapping.columns.items():
                role = name.partition(":")[0]  # `phone:mobile` is a phone
                if _typed(project, kind, role):
                    read = reader(role, kind, project.schema.identifiers, home)
                    for column in used_columns(parts):
                        found.setdefault(column, (role, read, home.country))
    return found


def _kinds(project: Project, mapping: RecordMapping) -> list[Kind]:
    names = mapping.kind.values.values() if isinstance(mapping.kind, Choice) else [mapping.kind]
    return [project.schema.kinds[name] for name in names if name in project.schema.kinds]


def _typed(project: Project, kind: Kind, role: str) -> bool:
    prop = kind.property(role)
    if kind.sort == "party" and role in project.schema.identifiers:
        return role in ("email", "phone")
    return role == "at" or (prop is not None and prop.type != "text")


# --- comparing ---------------------------------------------------------------------------------------


def drifts(source: Source, before: Shape, now: Shape) -> list[Drift]:
    """What is new, lost and retyped in a delivery, by name; nothing where there was none before."""
    if not before.columns or not now.rows:
        return []
    mapped, keys = set(columns_of(source)), _keys(source)
    new = sorted(now.columns.keys() - before.columns.keys())
    gone = before.columns.keys() - now.columns.keys()
    # What one file lacks is asked of those columns only of which values would be lost.
    gone |= before.columns.keys() & now.lacked.keys() & mapped
    lost = [name for name in sorted(gone) if _lost(name, before, now)]
    return [
        *(Drift(name, "new", f"column {name!r} is new", name in mapped) for name in new),
        *(
            Drift(name, "lost", f"column {name!r} is gone{_renamed(name, new)}", name in mapped, name in keys)
            for name in lost
        ),
        *_retyped(before, now, mapped),
    ]


def kept(before: Shape, now: Shape, drift: Sequence[Drift], lacking: Sequence[str]) -> Shape:
    """What to remember: the columns as they are now, and as they were where too little of them came."""
    lost = {one.column for one in drift if one.what == "lost"}
    columns = {name: one for name, one in before.columns.items() if name not in lost}
    for name, one in now.columns.items():
        if one.values >= _LEAST or name not in columns:
            columns[name] = one
    return Shape(columns, tuple(name for name in lacking if name not in now.columns))


def _lost(name: str, before: Shape, now: Shape) -> bool:
    """A column that rows may leave out is lost where chance would hardly have them all do so."""
    if not now.ragged:
        return True
    rows = now.lacked[name] if name in now.columns else now.rows
    absent: float = (1 - before.columns[name].filled) ** rows
    return absent < _UNLIKELY


def _renamed(name: str, new: Sequence[str]) -> str:
    near = nearest(name, new)
    return f" (is it {near!r} now?)" if near else ""


def _retyped(before: Shape, now: Shape, mapped: set[str]) -> Iterator[Drift]:
    for name in sorted(before.columns.keys() & now.columns.keys()):
        was, is_ = before.columns[name], now.columns[name]
        if not was.what or is_.values < _LEAST or was.role != is_.role:
            continue
        share, left = was.shares[was.what], is_.shares.get(was.what, 0.0)
        if left < share / 2:
            verb = "could be read as" if was.role else "looked like"
            said = f"{_percent(share)} of the values of column {name!r} {verb} {_noun(was.what)}"
            yield Drift(name, "retyped", f"{said}, now {_percent(left)}", name in mapped)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _noun(what: str) -> str:
    nouns = {"at": "times", "text": "text"}
    return nouns.get(what, what.replace("_", " ") + "s")


def _keys(source: Source) -> set[str]:
    return {name for mapping in source.records for name in used_columns(mapping.key)}
