"""A file of companies: what it has of people is the same, but for the name."""

from __future__ import annotations

from collections.abc import Iterable

from threesixty.sources.guess.looks import Column
from threesixty.sources.guess.shape import Shape, called, fits
from threesixty.sources.guess.words import vocabulary, words

_PEOPLES = frozenset({"given", "middle", "family", "birth_date", "gender"})
_NAMES = ("company", "full_name")
_ALIKE = ("tax_id", "email", "phone", "street", "city", "postcode", "region", "country", "at")
# Forms that stand in one word with the name.
_FORMS = ("株式会社", "有限会社", "合同会社", "有限公司", "주식회사")
_MANY = 0.3


def tell(found: Shape) -> None:
    """Make a file of people one of companies, where its name, its columns or its values say so."""
    if found.kind == "person" and not found.kind_column:
        why = _why(found)
        if why:
            found.kind, found.why = "organisation", why
    if found.kind == "organisation":
        _rename(found)


def _why(found: Shape) -> str:
    if _PEOPLES & found.roles.keys():
        return ""
    if "full_name" not in found.roles and "company" in found.roles:
        return "it names companies, and no people"
    if any(role == "legal_form" for role, _, _ in called(found.sample.columns, "organisation")):
        return "it has legal forms, and no people"
    name = found.roles.get("full_name", found.roles.get("company", []))[:1]
    if name and _are_firms(found.sample.column(name[0])):
        return "many of its names end like those of companies"
    return ""


def _are_firms(column: Column) -> bool:
    return sum(map(_is_firm, column.some)) >= _MANY * len(column.some) > 0


def _is_firm(name: str) -> bool:
    """Whether a name begins or ends with a legal form: 'Hall & Co Ltd.', 'Pérez, S.L.'."""
    plain = words(name.replace(".", "")).split()
    ends = {*plain[:1], *plain[-1:]} if len(plain) > 1 else set()
    return bool(ends & vocabulary()["type"]["firms"].keys()) or any(form in name for form in _FORMS)


def _rename(found: Shape) -> None:
    was, sample = found.roles, found.sample
    names = [column for role in _NAMES for column in was.get(role, [])]
    kept = {role: was[role] for role in _ALIKE if role in was}
    free = {column.name for column in sample.columns} - {*found.key, *_all(kept.values())}
    own: dict[str, list[str]] = {}
    for role, name, _ in called(sample.columns, "organisation"):
        column = sample.column(name)
        if name in free and role not in own and column.filled and fits(column, role):
            own[role] = [name]
            free.discard(name)
    if "name" not in own and names:
        own["name"] = names[:1]
    found.roles = {**{role: own[role] for role in vocabulary()["organisation"] if role in own}, **kept}


def _all(lists: Iterable[list[str]]) -> Iterable[str]:
    return (name for names in lists for name in names)
