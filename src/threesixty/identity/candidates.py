"""Which pairs of Records are worth a look: those that share a key not too many others share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from threesixty.identity import firm_names, names
from threesixty.identity.blocking_keys import (
    either_way,
    is_family,
    is_given,
    is_identifier,
    is_names_alone,
    is_word,
    mix,
    names_alone,
    unmarked,
    word_keys,
)
from threesixty.identity.levels import date_parts
from threesixty.identity.parties import (
    Bools,
    Codes,
    Holdings,
    Ints,
    Parties,
    hashes_of,
)
from threesixty.identity.weights import Weights


@dataclass(frozen=True)
class Postings:
    """The keys of Records: `rows` are places in the Parties, `names` a hash of the family name or 0.

    Of a name by itself, `names` is a hash of the whole name, or 0 where a part is missing.
    """

    keys: Ints
    rows: Codes
    names: Ints


SORTS = ("identifiers", "names", "places")
DOORS = "doors"
"""A sort of keys that is only learned by: who shares no more than a door is hardly ever one person."""


def postings(parties: Parties, sorts: Collection[str] = SORTS) -> Postings:
    """Every key of every Record, each once: of identifiers (odd numbers) and of values (even numbers).

    Only some `sorts` of keys where asked for.
    """
    keys, rows = _held_keys(parties) if "identifiers" in sorts else _no_keys()
    for sort, made in (("names", _names), ("names", _counted), ("places", _places), (DOORS, _doors)):
        for mixed, known in made(parties) if sort in sorts else ():
            if len(known):
                keys.append(mixed)
                rows.append(known.astype(np.int32))
    key, row = np.concatenate(keys), np.concatenate(rows)
    order = np.argsort(key, kind="stable")
    key, row = key[order], row[order]
    first = _changes(key) | _changes(row)
    key, row = key[first], row[first]
    names_of = np.where(is_word(key), _whole_names(parties)[row], _person_names(parties)[row])
    return Postings(key, row, names_of)


def silent(keys: Ints, names: Ints, weights: Weights) -> Ints:
    """The keys that propose nothing, ascending, given the complete holders of each key.

    An identifier held under too many distinct names is generic, a first name beside too many surnames is
    known, a surname beside too many first names is common. Any other key is silent from so many holders on;
    a key of names alone from fewer, since the Records of one person share other keys as well.
    """
    order = np.argsort(keys, kind="stable")
    keys, names = keys[order], names[order]
    if not len(keys):
        return keys
    start = np.flatnonzero(_changes(keys))
    holders = np.diff(np.append(start, len(keys)))
    first = keys[start]
    most = np.select(
        [is_identifier(first), is_given(first), is_family(first)],
        [weights.generic_names, weights.known_names, weights.common_names],
        -1,
    )
    named = most >= 0
    cases = [weights.identifier_holders, weights.name_holders]
    quiet = holders > np.select([named, is_names_alone(first)], cases, weights.key_holders)
    asked = named & (holders > most)  # so many names take as many holders
    theirs = np.repeat(asked, holders)
    quiet[asked] |= _names_each(keys[theirs], names[theirs]) > most[asked]
    return first[quiet]


def _names_each(keys: Ints, names: Ints) -> Ints:
    """How many distinct names each key is held under, by ascending key."""
    order = np.lexsort((names, keys))
    keys, names = keys[order], names[order]
    begins = _changes(keys)
    fresh = (begins | _changes(names)) & (names != 0)
    found: Ints = np.add.reduceat(fresh.astype(np.int64), np.flatnonzero(begins)) if len(keys) else keys
    return found


def _changes(sorted_: Ints | Codes) -> Bools:
    """True wherever a sorted array begins another value."""
    found = np.ones(len(sorted_), bool)
    found[1:] = sorted_[1:] != sorted_[:-1]
    return found


def pairs(keys: Ints, records: Ints, touching: Ints | None = None) -> tuple[Ints, Ints]:
    """The distinct pairs of Records that share a key, a < b; `touching` keeps those with such a Record."""
    order = np.argsort(keys, kind="stable")
    keys, records = keys[order], records[order]
    ends = np.append(np.flatnonzero(np.diff(keys)) + 1, len(keys))
    later = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(len(keys)) - 1
    left = np.repeat(np.arange(len(keys)), later)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later)
    one, other = records[left], records[right]
    if touching is not None:
        wanted = np.isin(one, touching) | np.isin(other, touching)
        one, other = one[wanted], other[wanted]
    return distinct_pairs(np.minimum(one, other), np.maximum(one, other))


def distinct_pairs(a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """Each pair of Records once, ascending; nobody is a pair with itself."""
    base = int(b.max(initial=0)) + 1
    both = np.sort((a * base + b)[a != b])
    both = both[np.diff(both, prepend=-1) != 0]
    return both // base, both % base


def _person_names(parties: Parties) -> Ints:
    sounds = parties.derived("family", names.sound)
    firms = parties.derived("name", firm_names.core)
    family = sounds.spread(sounds.hashes)
    return np.where(family != 0, family, firms.spread(firms.hashes))


def _whole_names(parties: Parties) -> Ints:
    """How first name and surname sound, in one number; 0 where one is missing."""
    found = np.zeros(len(parties), np.int64)
    mixed, known = mix(26, parties.derived("given", names.sound), parties.derived("family", names.sound))
    found[known] = mixed
    return found


def _no_keys() -> tuple[list[Ints], list[Codes]]:
    return [np.empty(0, np.int64)], [np.empty(0, np.int32)]


def _held_keys(parties: Parties) -> tuple[list[Ints], list[Codes]]:
    """Identifiers, and the mailboxes of emails."""
    keys, rows = _no_keys()
    for held in parties.identifiers.values():
        keys.append(held.keys[held.codes])
        rows.append(np.repeat(np.arange(len(parties), dtype=np.int32), held.count))
    if "email" in parties.identifiers:
        _add_mailboxes(parties.identifiers["email"], keys, rows)
    return keys, rows


def _add_mailboxes(emails: Holdings, keys: list[Ints], rows: list[Codes]) -> None:
    """A key for the mailbox at whatever domain, long enough to be somebody's own."""
    boxes = [names.mailbox(email) for email in emails.words]
    long = np.array([len(box) > 5 for box in boxes], bool)
    of_word = unmarked(hashes_of(f"mailbox\x1f{box}" for box in boxes))
    wanted = long[emails.codes]
    row = np.repeat(np.arange(len(emails.count), dtype=np.int32), emails.count)
    keys.append(of_word[emails.codes[wanted]])
    rows.append(row[wanted])


def _initial(word: str) -> str:
    return word[:1]


def _year(date: str) -> str:
    return date_parts(date)[0]


def _named(folded: str) -> str:
    """One word for all organisations and none for persons, so that persons have no such key."""
    return "named" if folded else ""


def _first(folded: str) -> str:
    """How the first word of an organisation's name sounds."""
    return names.sound(firm_names.core(folded).split(" ", 1)[0])


def _last(folded: str) -> str:
    """How the last word of it sounds: 'Exports Singapore' may be 'Singapore exports'."""
    return names.sound(firm_names.core(folded).rsplit(" ", 1)[-1])


def _formal(given: str) -> str:
    """The formal name for a short form; of several the commonest, where most of its spellings meet."""
    return min(names.forms(given), key=lambda form: (-names.commonness("given", form), -len(form), form))


def _formal_initial(given: str) -> str:
    return _formal(given)[:1]


def _number_and_name(street: str) -> str:
    number = names.house_number(street)
    rest = [word for word in street.split() if not word[0].isdigit() and len(word) > 2]
    return f"{number} {names.sound(rest[0])}" if number and rest else ""


def _names(parties: Parties) -> list[tuple[Ints, Ints]]:
    """Keys that combine what a party is called, with the rows that have all parts of each."""
    given, family = parties.column("given"), parties.derived("family", names.sound)
    formal, initial = parties.derived("given", _formal), parties.derived("given", _initial)
    formal_initial = parties.derived("given", _formal_initial)
    born, year = parties.column("birth_date"), parties.derived("birth_date", _year)
    postcode, city = parties.column("postcode"), parties.column("city")
    surname = parties.column("family")
    firm, firm_sounds = parties.derived("name", firm_names.core), parties.derived("name", firm_names.sounds)
    firm_first, firm_last = parties.derived("name", _first), parties.derived("name", _last)
    return [
        mix(1, born, family),
        mix(1, born, parties.derived("given", names.sound)),  # first name and surname swapped
        mix(2, born, formal_initial),
        names_alone(mix(3, family, formal)),
        mix(4, family, initial, year),
        mix(5, family, initial, postcode),
        mix(6, family, initial, city),
        mix(7, formal, postcode),
        names_alone(either_way(12, given, surname)),
        mix(13, firm),
        mix(14, firm_first, postcode),
        mix(15, firm_first, city),
        mix(19, firm_sounds),
        mix(20, firm_last, postcode),
        mix(21, parties.derived("trade_name", firm_names.core)),
    ]


def _places(parties: Parties) -> list[tuple[Ints, Ints]]:
    """Keys that combine where a party is with something else, with the rows that have all parts of each."""
    family, formal = parties.derived("family", names.sound), parties.derived("given", _formal)
    born, year = parties.column("birth_date"), parties.derived("birth_date", _year)
    postcode, city = parties.column("postcode"), parties.column("city")
    street, named = parties.derived("street", _number_and_name), parties.derived("name", _named)
    initial = parties.derived("given", _initial)
    return [
        mix(8, street, postcode, initial),  # the door alone would propose whole families
        mix(9, street, formal),
        mix(10, street, family),
        mix(11, born, postcode),
        mix(16, born, city),
        mix(17, family, postcode),
        mix(18, year, postcode),
        mix(22, named, parties.derived("street", names.house_number), postcode),
        mix(23, named, postcode),
    ]


def counted(parties: Parties) -> Ints:
    """The keys of single first names and surnames, each once for every Record that says it."""
    return np.concatenate([keys for keys, _ in _counted(parties)])


def _counted(parties: Parties) -> list[tuple[Ints, Ints]]:
    """Keys of single first names and surnames: how many others a name stands beside tells how common it is.

    Initials are not counted, nor are names that a list already calls as common as counting could make them.
    """
    found = []
    for field, most in (("given", names.KNOWN), ("family", names.COMMON)):
        column = parties.column(field)
        rare = [len(word) > 1 and names.commonness(field, word) < most for word in column.words]
        known = np.flatnonzero(np.array([*rare, False])[column.codes])
        found.append((word_keys(field, column)[column.codes[known]], known))
    return found


def _doors(parties: Parties) -> list[tuple[Ints, Ints]]:
    """The key of street and postcode alone, whoever lives there."""
    return [mix(8, parties.derived("street", _number_and_name), parties.column("postcode"))]
