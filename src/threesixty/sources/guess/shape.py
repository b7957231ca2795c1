"""What one file seems to hold: its kind, the key that tells its rows apart, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from threesixty.sources.guess.looks import Column, is_date
from threesixty.sources.guess.samples import Sample
from threesixty.sources.guess.words import endings, is_called, kinds_of, vocabulary, words

_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "person": {"given": 3, "family": 3, "full_name": 1, "birth_date": 3, "email": 2, "phone": 2, "street": 2,
               "postcode": 1, "gender": 1, "loyalty": 1, "device": 1},
    "organisation": {"name": 1, "legal_form": 3, "website": 1, "industry": 1, "trade_name": 1,
                     "company_number": 2, "lei": 3},
    "purchase": {"at": 1, "amount": 1, "status": 0.5, "currency": 0.5},
    "ticket": {"closed_at": 2, "priority": 2, "topic": 1, "name": 1, "status": 0.5, "at": 0.5},
    "product": {"sku": 2, "brand": 2, "amount": 1, "name": 1},
    "category": {"name": 0.5},
    "store": {"name": 0.5, "city": 0.5},
}  # fmt: skip
_ENOUGH = 4.0
_NAMING = frozenset({"given", "family", "full_name", "email", "phone"})
_NEEDS = {
    "email": ("email",), "phone": ("phone", "number"), "birth_date": ("date",), "at": ("date",),
    "closed_at": ("date",), "amount": ("number",), "quantity": ("number",),
}  # fmt: skip
_SEVERAL = ("email", "phone", "street")
PARTIES = ("person", "organisation")
_TELLING = ("email", "phone")


@dataclass
class Shape:
    """One file, as far as it was understood; `notes` say why, by the name of what was guessed."""

    sample: Sample
    kind: str
    why: str
    key: tuple[str, ...] = ()
    space: str = ""
    roles: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    kind_column: str = ""
    source_column: str = ""
    same_as: str = ""
    version: str = ""
    node: str = ""
    parties: dict[str, Pointer] = field(default_factory=dict)
    links: dict[str, Pointer] = field(default_factory=dict)
    line: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def mapped(self) -> set[str]:
        """Every column that something was made of."""
        pointers = [*self.parties.values(), *self.links.values()]
        return {
            *self.key, self.kind_column, self.source_column, self.version, self.node,
            *(self.line.values() if "includes" in self.links else ()),
            *(name for names in self.roles.values() for name in names),
            *(pointer.column for pointer in pointers),
            *(name for pointer in pointers for name in pointer.bag.values()),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pointer:
    """A column that holds the key of another file's rows, or a bag of columns that say who is meant."""

    column: str = ""
    to: str = ""
    space: str = ""
    bag: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


def shape(sample: Sample) -> Shape:
    """A file understood by itself; what it says about other files comes later."""
    kind, why = _kind(sample)
    found = Shape(sample, kind, why)
    if kind:
        found.key, found.notes["key"] = _key(sample, kind)
        # What companies have of their own is told later.
        _assign(found, "person" if kind in PARTIES else kind)
    if kind in PARTIES:
        _assign_people(found)
    if kind == "purchase":
        found.line = _line(sample)
        found.roles = {"name": [found.key[0]], **found.roles}
    return found


# --- kind ----------------------------------------------------------------------------------------


def _kind(sample: Sample) -> tuple[str, str]:
    scores: dict[str, float] = dict.fromkeys(_WEIGHTS, 0.0)
    for kind, weights in _WEIGHTS.items():
        roles = {role for role, _, _ in called(sample.columns, kind)}
        scores[kind] = sum(weights.get(role, 0) for role in roles)
        if kind == "person" and not roles & _NAMING:
            scores[kind] = 0
    named = kinds_of(sample.name)
    for place, kind in enumerate(reversed(named)):
        scores[_whole(kind)] += 4 if place == 0 else 1
    stem = kinds_of(_stem(sample.columns[0].name))[-1:]
    for kind in stem:
        scores[_whole(kind)] += 3
    kind, score = max(scores.items(), key=lambda each: each[1])
    if score < _ENOUGH:
        return "", ""
    return kind, "by the names of its columns" + (" and its own name" if kind in map(_whole, named) else "")


def _whole(kind: str) -> str:
    return "purchase" if kind == "line" else kind


def _stem(name: str) -> str:
    """The word before `id`, `key`, `number` …; nothing when the name is no key's."""
    parts = words(name).split()
    if parts and parts[-1] in vocabulary()["key"]["key"]:
        return parts[-2] if len(parts) > 1 else ""
    return parts[0] if len(parts) == 1 else ""


# --- key -----------------------------------------------------------------------------------------


def _key(sample: Sample, kind: str) -> tuple[tuple[str, ...], str]:
    unique = [column for column in sample.columns if column.unique and not _is_content(column, kind)]
    if unique:
        best = min(unique, key=lambda column: (-_keyness(column, kind), sample.columns.index(column)))
        twice = len(best.filled) - len(best.distinct)
        gaps = len(best.texts) - len(best.filled)
        note = "every row has its own" if not twice + gaps else f"{twice} repeat and {gaps} are empty"
        return (best.name,), f"{note}, of {sample.rows:,} rows"
    parts = [column for column in sample.columns if _could_be_part(column, kind)][:8]
    parts.sort(key=lambda column: -_keyness(column, kind))
    for size in (2, 3):
        for pair in combinations(parts, size):
            if _tells_apart(pair):
                return tuple(c.name for c in pair), "only together do they tell the rows apart"
    email = next((c for c in sample.columns if c.unique and c.look == "email"), None)
    if email:
        return (email.name,), "nothing else tells the rows apart: better a number that never changes"
    everything = tuple(column.name for column in sample.columns if column.filled)
    return everything, "no column tells the rows apart, so the whole row does: please name the key"


def _is_content(column: Column, kind: str) -> bool:
    if column.look in ("email", "date", "yes or no"):
        return True
    of_people = kind in PARTIES and any(
        is_called(column.name, "person", role) for role in ("full_name", "phone", "street", "given", "family")
    )
    return of_people or any(is_called(column.name, kind, role) for role in ("name", "amount") if role in
                            vocabulary()[kind])  # fmt: skip


def _could_be_part(column: Column, kind: str) -> bool:
    full = len(column.filled) >= 0.97 * len(column.texts)
    return full and not _is_content(column, kind) and len(column.distinct) > 1


def _keyness(column: Column, kind: str) -> int:
    parts = words(column.name).split()
    whose = _whole((kinds_of(column.name) or [kind])[-1])
    named = bool(parts) and parts[-1] in vocabulary()["key"]["key"] and whose == kind
    own = bool(kinds_of(column.name)) and whose == kind
    return 2 * named + 2 * own + (column.look in ("number", "text"))


def _tells_apart(columns: Sequence[Column]) -> bool:
    rows = [row for row in zip(*(c.texts for c in columns), strict=True) if all(row)]
    return bool(rows) and len(set(rows)) >= 0.999 * len(rows)


# --- roles ---------------------------------------------------------------------------------------


def called(columns: Iterable[Column], section: str) -> list[tuple[str, str, int]]:
    """Role, column and rank for every column whose name is one of a role's names; surest first."""
    found = []
    for column in columns:
        for dropped, ending in enumerate(endings(words(column.name))):
            front = words(column.name).split()[:dropped]
            if not all(
                word in vocabulary()["type"]["plain"] or _whole((kinds_of(word) or [""])[0]) == section
                for word in front
            ):
                break
            found += [
                (role, column.name, names[ending] + 100 * dropped)
                for role, names in vocabulary()[section].items()
                if ending in names
            ]
    return sorted(found, key=lambda each: each[2])


def fits(column: Column, role: str) -> bool:
    """Whether a column's values look like what the role needs."""
    if role == "phone":
        return column.phones >= 0.4
    if role in ("at", "closed_at", "birth_date"):
        return sum(map(is_date, column.some)) >= 0.4 * len(column.some) > 0
    return role not in _NEEDS or column.look in _NEEDS[role]


def _assign(found: Shape, kind: str) -> None:
    taken: set[str] = set()
    for role, name, _ in called(found.sample.columns, kind):
        column = found.sample.column(name)
        if name in taken or (role in found.roles and role not in _SEVERAL) or not column.filled:
            continue
        if not fits(column, role):
            found.notes[name] = f"called like {role}, but its values are {column.look}"
            continue
        found.roles.setdefault(role, []).append(name)
        taken.add(name)
    if "at" in vocabulary()[kind] and "at" not in found.roles and kind != "person":
        dates = [c.name for c in found.sample.columns if c.look == "date" and c.name not in taken]
        if dates:
            found.roles["at"] = dates[:1]
            found.notes["at"] = "the first column with dates"
    found.roles = {role: found.roles[role] for role in vocabulary()[kind] if role in found.roles}


def _line(sample: Sample) -> dict[str, str]:
    """What an order line says about its product: quantity and amount."""
    found: dict[str, str] = {}
    for role, name, _ in called(sample.columns, "line"):
        if fits(sample.column(name), role):
            found.setdefault(role, name)
    return {role: found[role] for role in vocabulary()["line"] if role in found}


def _assign_people(found: Shape) -> None:
    roles = found.roles
    if "full_name" in roles and ("given" in roles) != ("family" in roles):
        missing = "family" if "given" in roles else "given"
        roles[missing] = roles.pop("full_name")  # `nome` beside `apelido`, `nom` beside `prénom`
    elif "full_name" in roles and "given" in roles:
        found.notes[roles.pop("full_name")[0]] = "the name is there in parts already"
    for column in found.sample.columns:
        free = column.name not in found.mapped and not is_called(column.name, "key", "key")
        if free and column.look in _TELLING and fits(column, column.look):
            roles.setdefault(column.look, []).append(column.name)
            found.notes[column.look] = "by its values"
    for column in found.sample.columns:
        _tell_apart(found, column)
    order = [column.name for column in found.sample.columns]
    for role in _SEVERAL:
        roles.get(role, []).sort(key=order.index)
    at = roles.get("at")
    if at and is_called(at[0], "type", "version"):
        found.version = at[0]


def _tell_apart(found: Shape, column: Column) -> None:
    """A column that says person or organisation, or which source a row came from."""
    people, firms = vocabulary()["type"]["person"], vocabulary()["type"]["organisation"]
    values = {text: text.casefold() for text in column.distinct} if len(column.distinct) <= 5 else {}
    told = values and all(value in people or value in firms for value in values.values())
    if is_called(column.name, "type", "type") and told and any(value in firms for value in values.values()):
        found.kind_column = column.name
        found.kinds = {t: "person" if v in people else "organisation" for t, v in sorted(values.items())}
        company = found.roles.pop("company", None)
        if company:
            found.roles["name"] = company
    elif is_called(column.name, "type", "source") and 2 <= len(column.distinct) <= 50:
        found.source_column = column.name
