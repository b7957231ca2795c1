"""Comparing two organisations: by name and legal form, registrations, domain, contact points and address.

Places in these levels are those of `PERSONAL` where a field is the same, so that both are packed alike;
the last tells which of the two was meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from threesixty.identity import compare, firm_names, names
from threesixty.identity.levels import LEVELS as PERSONAL
from threesixty.identity.levels import TYPOS, Levels, Verdict
from threesixty.identity.parties import Column, Ints, Parties

_ID = ("missing", "same", "different", "generic")
_ELSEWHERE = (*_ID, "elsewhere")
LEVELS: Mapping[str, tuple[str, ...]] = {
    "legal_form": ("missing", "same", "different"),
    "lei": _ID,
    "duns": _ID,
    "company_number": _ELSEWHERE,
    "domain": _ID,
    "trade_name": ("missing", "same"),
    "address": PERSONAL["address"],
    "email": ("missing", "same", "mailbox", "alike", "different", "generic"),
    "phone": PERSONAL["phone"],
    "device": _ID,
    "loyalty": _ID,
    "account": _ID,
    "tax_id": _ELSEWHERE,
    "other": PERSONAL["other"],
    "name": ("missing", "rare", "known", "common", "alike", "part", "wider", "shared", "different"),
    "sort": ("missing", "different", "both"),
}
FIELDS = tuple(LEVELS)
LEVEL = {field: {name: number for number, name in enumerate(levels)} for field, levels in LEVELS.items()}
BOTH = LEVEL["sort"]["both"]
REGISTERED = ("lei", "duns", "company_number", "tax_id")
TYPED = frozenset({*REGISTERED, "domain", "email", "phone", "device", "loyalty", "account"})


def organisations(
    parties: Parties, a: Ints, b: Ints, silent_keys: Ints, exclusive: Collection[str]
) -> Levels:
    """The level of every field for each pair of rows, all of them organisations: shape (pairs, fields)."""
    found = np.zeros((len(a), len(FIELDS)), np.uint8)
    core = name_column(parties)
    found[:, 0] = compare.texts(form_column(parties), a, b, legal_forms)
    found[:, 5] = _also_known(parties, a, b)
    found[:, 6] = compare.addresses(parties, a, b, streets)
    for place in (1, 2, 3, 4, *range(7, 13)):
        held, field = parties.identifiers.get(FIELDS[place]), FIELDS[place]
        found[:, place] = compare.held_levels(held, LEVELS[field], a, b, silent_keys, VERDICTS.get(field))
    found[:, 13] = compare.others(parties, a, b, silent_keys, TYPED, exclusive)
    found[:, 14] = compare.texts(core, a, b, firm_verdicts, same_names(core))
    # Who trades under another name has two, and their difference says nothing.
    apart = found[:, 14] >= LEVEL["name"]["shared"]
    found[apart & (found[:, 5] == 1), 14] = LEVEL["name"]["missing"]
    found[:, 15] = BOTH
    return found


def name_column(parties: Parties) -> Column:
    """Names without legal forms."""
    return parties.derived("name", firm_names.core)


def form_column(parties: Parties) -> Column:
    """Legal forms: that in the name, else that which stands in a column of its own."""
    return parties.derived("name", firm_names.form).or_else(parties.column("legal_form"))


def _also_known(parties: Parties, a: Ints, b: Ints) -> Levels:
    """Whether one is called what the other, or both, also trade as."""
    core, other = name_column(parties), parties.derived("trade_name", firm_names.core)
    if not other.words:
        return np.zeros(len(a), np.uint8)
    own, traded = core.spread(core.hashes), other.spread(other.hashes)
    met = (traded[a] == traded[b]) & (traded[a] != 0)
    for one, two in ((a, b), (b, a)):
        met |= (own[one] == traded[two]) & (own[one] != 0)
    found: Levels = met.astype(np.uint8)
    return found


def same_names(column: Column) -> Levels:
    """The level of two equal names, by name: a common one ('City Hotel', 'Smith') says less."""
    level, found = LEVEL["name"], []
    for word in column.words:
        own = firm_names.weight(word.split())
        found.append(level["rare" if own >= 2 else "known" if own >= 1 else "common"])
    return np.array(found, np.uint8)


def firm_verdicts(first: list[str], second: list[str]) -> list[int]:
    """The same words in another order or mistyped; one within the other; some words shared; else different.

    'Worldwide Exports' is a part of 'Universal Exports Worldwide', of which no word is its own; 'Hall
    Transport' is wider than 'Hall', and more often a sister.
    """
    return [_verdict(x, y) for x, y in zip(first, second, strict=True)]


def _verdict(x: str, y: str) -> int:
    level = LEVEL["name"]
    one, other = sorted((x.split(), y.split()), key=lambda words: (len(words), words))
    if x.replace(" ", "") == y.replace(" ", ""):
        return level["alike"]
    both = firm_names.matched(one, other)
    if len(both) == len(one) == len(other):
        return level["alike"]
    if len(both) == len(one):
        left = set(other) - set(firm_names.matched(other, one))
        return level["part" if left <= firm_names.filler() else "wider"]
    if _initials(one, other):
        return level["wider"]
    own = [word for word in one if word not in firm_names.business()]
    return level["shared" if any(word in both for word in own or one) else "different"]


def streets(first: list[str], second: list[str]) -> list[int]:
    """3 where one names a building or a floor that the other leaves out, or is spelt alike, else 2."""
    return [3 if _in_one_house(x.split(), y.split()) else 2 for x, y in zip(first, second, strict=True)]


def _in_one_house(one: list[str], other: list[str]) -> bool:
    numbers = [{word for word in words if word[0].isdigit()} for words in (one, other)]
    if any(numbers) and not numbers[0] & numbers[1]:
        return False
    few, many = sorted(
        ([w for w in words if not w[0].isdigit() and len(w) > 3] for words in (one, other)), key=len
    )
    return bool(few) and len(firm_names.matched(few, many)) * 2 > len(few)


def _initials(short: list[str], long: list[str]) -> bool:
    """'ibm' and 'international business machines'."""
    return len(short) == 1 and len(long) > 2 and short[0] == "".join(word[0] for word in long)


def legal_forms(first: list[str], second: list[str]) -> list[int]:
    """Another form, unless one of them is one that everybody translates as he likes."""
    loose, level = firm_names.loose(), LEVEL["legal_form"]
    return [
        level["missing" if x in loose or y in loose else "different"]
        for x, y in zip(first, second, strict=True)
    ]


def tax_ids(first: list[str], second: list[str]) -> list[int]:
    """Different, where both are of one sort; a company may well have one of each country."""
    level = LEVEL["tax_id"]
    alike = (_scheme(x) == _scheme(y) for x, y in zip(first, second, strict=True))
    return [level["different" if same else "elsewhere"] for same in alike]


def company_numbers(first: list[str], second: list[str]) -> list[int]:
    """Different, where both are of one country's register; a branch may be in another one too."""
    level = LEVEL["company_number"]
    return [
        level["different" if x.partition(":")[0] == y.partition(":")[0] else "elsewhere"]
        for x, y in zip(first, second, strict=True)
    ]


def _scheme(number: str) -> tuple[str, int]:
    """Whose numbers look like this: those of a country that begins them, or those of some length."""
    return (number[:2], 0) if number[:2].isalpha() else ("", len(names.digits(number)))


VERDICTS: Mapping[str, Verdict] = {
    **TYPOS, "tax_id": tax_ids, "company_number": company_numbers,
}  # fmt: skip
"""What two unequal identifiers of a type are, where that is not simply different."""
