"""Rows of one plan, put together: readings become values, references Links, bags of identifiers Records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from hashlib import blake2b
from itertools import repeat

from threesixty import normalise
from threesixty.record import Identifier, Link, Name, Record, Scalar
from threesixty.schema import TYPED
from threesixty.sources.distinct import REMEMBERED, Field, as_json, joined, keys
from threesixty.sources.plan import Plan, Pointer
from threesixty.sources.roles import ADDRESS, NOTHING, Reading
from threesixty.sources.rows import Bad, Rows
from threesixty.sources.whose import Readings, of_others

EXAMPLES = 5
_NONE: tuple[Reading, ...] = ()
_NOBODYS: frozenset[Identifier] = frozenset()
Parties = dict[str, list[list[Readings]]]
"""By kind and row, what was said of each party so far."""


@dataclass(slots=True)
class Mapped:
    """The Records of some rows, the rows that could be none, and the values that could not be read.

    `row_numbers` has the row of each Record, counted from 1; that of a bag, which several may hold, is
    negative.
    """

    records: list[Record] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    rejected: list[Bad] = field(default_factory=list)
    unreadable: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str]] = field(default_factory=list)

    def unread(self, readings: Iterable[Reading]) -> tuple[str, ...]:
        """Counts the values that could not be read, keeps some as examples, and names their properties."""
        names = []
        for reading in readings:
            names.append(reading.unreadable)
            self.unreadable[reading.unreadable] += 1
            if self.unreadable[reading.unreadable] <= EXAMPLES:
                self.examples.append((reading.unreadable, reading.text))
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one plan. `keys` is None for a row that gives no Record here; `gone` for deleted ones.
    `numbers` counts the rows of the whole, from 1."""

    plan: Plan
    rows: Rows
    sources: Sequence[str]
    keys: Sequence[str | None]
    raws: Sequence[str]
    gone: Sequence[bool]
    numbers: Sequence[int]


def records(part: Slice, found: Mapped) -> Iterator[Record]:
    """The Records of these rows, and after them the party Records of the bags that they hold."""
    plan, rows = part.plan, part.rows
    places = _countries(plan, rows)
    said = list(_by_row(plan.fields, rows, places))
    versions = list(plan.version.readings(rows, places)) if plan.version else repeat(NOTHING)
    nodes = keys(rows, plan.node) if plan.node else repeat(None)
    bags: dict[str, tuple[int, Record]] = {}
    is_party = plan.kind.sort == "party"
    parties: Parties = {plan.kind.name: [[readings] for readings in said]} if is_party else {}
    columns = [list(_links(pointer, part, places, said, parties, found, bags)) for pointer in plan.pointers]
    links = zip(*columns, strict=True) if columns else repeat(())
    for number, source, key, node, raw, gone, version, readings, linked in zip(
        part.numbers,
        part.sources,
        part.keys,
        nodes,
        part.raws,
        part.gone,
        versions,
        said,
        links,
        strict=False,
    ):
        if key is None:
            continue
        found.row_numbers.append(number)
        name = Name(source, plan.kind.name, key)
        if version.unreadable:
            found.unread([version])
        if gone:
            version_ = version.text or _said_at(plan, readings)
            yield Record(name, plan.kind.sort, raw, {}, version=version_, deleted=True)
            continue
        made = tuple([link for link in linked if link is not None])
        yield _record(plan, name, raw, node or key, version.text, readings, made, found)
    for number, record in bags.values():
        found.row_numbers.append(-number)
        yield record


def _said_at(plan: Plan, readings: Iterable[Reading]) -> str:
    """When a party's source said that it is gone: a late row from before does not bring it back."""
    if plan.kind.sort != "party":
        return ""
    at = next((one.value for one in readings if one.property == "at"), None)
    return "" if at is None else str(at)


def _countries(plan: Plan, rows: Rows) -> list[str]:
    """The country that each row names, else that of the source."""
    if not plan.country:
        return [plan.home.country] * len(rows)
    return [_known_country(text) or plan.home.country for text in joined(rows, plan.country, " ")]


@lru_cache(10_000)
def _known_country(text: str | None) -> str | None:
    return normalise.known_country(text) if text else None


def _by_row(fields: Sequence[Field], rows: Rows, places: Sequence[str]) -> Iterable[tuple[Reading, ...]]:
    columns = [list(each.readings(rows, places)) for each in fields]
    if not columns:
        return repeat(_NONE, len(rows))
    of_lists = [column for each, column in zip(fields, columns, strict=True) if each.lists]
    if any(one.others for column in of_lists for one in column):
        return map(_spread, zip(*columns, strict=True))
    return zip(*columns, strict=True)


def _spread(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Each text of a list as a Reading of its own; the first stands last, so that its value counts."""
    return tuple(each for one in readings for each in (*reversed(one.others), one))


def _record(
    plan: Plan, name: Name, raw: str, node: str, version: str, readings: Iterable[Reading],
    links: tuple[Link, ...], found: Mapped,
) -> Record:  # fmt: skip
    values, identifiers, unreadable = fold(readings, partial(_currency, plan, readings))
    at = values.get("at")
    if at is not None and not plan.keeps_at:
        del values["at"]
    party = plan.kind.sort == "party"
    if party:
        identifiers = _with_uses(values, _with_address(values, identifiers))
    elif plan.currency and "currency" not in values and (unreadable or _has_money(plan, values)):
        currency = _currency(plan, readings)
        if currency == normalise.NO_CURRENCY or _has_money(plan, values):
            values["currency"] = currency
    return Record(
        name,
        plan.kind.sort,
        raw,
        values,
        identifiers=identifiers,
        links=links,
        node="" if party else node,
        at=at if isinstance(at, int) else None,
        # A party's time is when its source said this; a thing's is when it happened, and orders nothing.
        version=version or (str(at) if party and at is not None else ""),
        unreadable=found.unread(unreadable) if unreadable else (),
    )


def _currency(plan: Plan, readings: Iterable[Reading]) -> str:
    """What the amounts of a row are in: what it says, else the project's currency.

    One that cannot be read is not the project's: such amounts are in no known currency.
    """
    if not plan.currency:
        return plan.home.currency
    said, implied, usual = "", "", plan.currency
    for reading in readings:
        if reading.property == "currency":
            said = str(reading.value)
        elif reading.unreadable == "currency":
            usual = normalise.NO_CURRENCY
        elif reading.implied and not implied:
            implied = str(reading.implied.get("currency", ""))
    return said or implied or usual


def fold(
    readings: Iterable[Reading], currency: Callable[[], str] | None = None, *, role: str = ""
) -> tuple[dict[str, Scalar], tuple[Identifier, ...], list[Reading]]:
    """The readings of a row as values, identifiers, and those that could not be read.

    An amount that names another currency than its row is not read: one of the two is wrong. Those of a link
    are named with its `role`.
    """
    values: dict[str, Scalar] = {}
    identifiers: list[Identifier] = []
    implied: list[Mapping[str, Scalar]] = []
    unreadable = []
    for reading in readings:
        if reading is NOTHING:
            continue
        if (
            reading.text
            and reading.property
            and currency
            and not normalise.may_be_in(reading.text, currency())
        ):
            unreadable.append(Reading(unreadable=role + reading.property, text=reading.text[:200]))
            continue
        if reading.property:
            values[reading.property] = reading.value
        if reading.identifier is not None:
            identifiers.append(reading.identifier)
        if reading.implied:
            implied.append(reading.implied)
        if reading.unreadable:
            unreadable.append(reading)
    for pieces in implied:
        values = {**pieces, **values}
    if len({held.type for held in identifiers}) < len(identifiers):
        # The first of several columns stands last: it says what a number in two of them is for.
        identifiers = list({held: held for held in identifiers}.values())
    return values, tuple(identifiers), unreadable


def _with_address(
    values: Mapping[str, Scalar], identifiers: tuple[Identifier, ...]
) -> tuple[Identifier, ...]:
    street = values.get("street")
    if not street:
        return identifiers
    key = _address(str(street), str(values.get("postcode") or ""), str(values.get("city") or ""))
    return (*identifiers, key) if key else identifiers


def _with_uses(values: Mapping[str, Scalar], identifiers: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    """The identifiers with what a column of the row says they are for, where none of their own does."""
    if TYPED.keys().isdisjoint(values):
        return identifiers
    said = {of: str(values[role]).strip().casefold() for role, of in TYPED.items() if values.get(role)}
    return tuple(
        held if held.use or held.type not in said else replace(held, use=said[held.type])
        for held in identifiers
    )


@lru_cache(REMEMBERED)
def _address(street: str, postcode: str, city: str) -> Identifier | None:
    key = normalise.address_key(street, postcode, city)
    return Identifier(ADDRESS, key) if key else None


def _has_money(plan: Plan, values: Mapping[str, Scalar]) -> bool:
    return any(prop.type == "money" and prop.name in values for prop in plan.kind.properties)


# --- references ------------------------------------------------------------------------------------


def _links(
    pointer: Pointer,
    part: Slice,
    places: Sequence[str],
    spoken: Sequence[Readings],
    parties: Parties,
    found: Mapped,
    bags: dict[str, tuple[int, Record]],
) -> Iterator[Link | None]:
    """One Link for each row, None where it names nobody; new bags of identifiers are put into `bags`, and
    what each row says of a party behind what it said of others of its kind."""
    names: Iterable[Name | None] = _key_names(pointer, part)
    if pointer.bag:
        names = _bag_names(pointer, part, names, places, parties, found, bags)
    values, role = _by_row(pointer.values, part.rows, places), f"{pointer.role}."
    for name, key, row, readings in zip(names, part.keys, spoken, values, strict=True):
        if name is None or key is None:
            yield None
            continue
        said, _, unreadable = fold(readings, partial(_currency, part.plan, row), role=role)
        if unreadable:
            found.unread(unreadable)
        yield Link(pointer.role, name, said)


def _key_names(pointer: Pointer, part: Slice) -> Iterator[Name | None]:
    if not pointer.key:
        yield from repeat(None, len(part.keys))
        return
    source, kind = pointer.source, "id" if pointer.kind.name == "customer" else pointer.kind.name
    for own, key in zip(part.sources, keys(part.rows, pointer.key), strict=True):
        yield None if key is None else Name(source or own, kind, key)


def _bag_names(
    pointer: Pointer, part: Slice, known: Iterable[Name | None], places: Sequence[str], parties: Parties,
    found: Mapped, bags: dict[str, tuple[int, Record]],
) -> Iterator[Name | None]:  # fmt: skip
    """Names of bags, for rows that name nobody by key: an account's number needs no bag beside it."""
    texts = as_json(part.rows, pointer.bag_columns)
    said = _by_row(pointer.bag, part.rows, places)
    named = parties.setdefault(pointer.kind.name, [[] for _ in part.keys])
    for number, own, key, gone, bag, readings, by_key, before in zip(
        part.numbers, part.sources, part.keys, part.gone, texts, said, known, named, strict=True
    ):
        not_own = of_others(readings, before) if before else _NOBODYS
        before.append(readings)
        if key is None or gone or by_key:
            yield by_key
            continue
        # Named by what was written, not by what was read: a better reading must not give it a new name.
        # Beside another party the same bag may be without a contact point, and is then another Record.
        without = "".join(sorted(f" without {held.type}" for held in not_own)) if not_own else ""
        name = Name(own, pointer.kind.name, "bag:" + _digest(bag + without))
        if str(name) not in bags:
            kept = [one for one in readings if one.identifier not in not_own] if not_own else readings
            values, identifiers, unreadable = fold(kept)
            # An address alone makes no bag, but one whose contact points are another's is still known by it.
            if identifiers or not_own:
                identifiers = _with_uses(values, _with_address(values, identifiers))
            if not identifiers:
                found.unread(unreadable)
                yield None
                continue
            bags[str(name)] = number, Record(
                name, pointer.kind.sort, bag, values,
                identifiers=identifiers, unreadable=found.unread(unreadable),
            )  # fmt: skip
        yield name


def _digest(bag: str) -> str:
    return blake2b(bag.encode(), digest_size=10).hexdigest()
