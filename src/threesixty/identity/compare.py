"""Comparing two persons field by field: each field's evidence is one of a few named levels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from threesixty.identity import mailboxes, names
from threesixty.identity.blocking_keys import word_keys
from threesixty.identity.levels import (
    FIELDS,
    LEVEL,
    LEVELS,
    TYPED,
    TYPOS,
    Levels,
    Verdict,
    birth_dates,
    differ,
    exclusive_ids,
    family_names,
    given_names,
    middle_names,
    rank_of,
    same_birth,
    similarity,
    streets,
)
from threesixty.identity.parties import DOMAIN, FEW, Bools, Column, Holdings, Ints, Parties


def _which(field: str, *chosen: str) -> Bools:
    """Which levels of a field are some of them."""
    return np.array([name in chosen for name in LEVELS[field]])


_TWO = _which("given", "lookalike", "another")
_UNLIKE = _which("given", "different", "lookalike", "another")
_COMMON = _which("given", "known", "common", "short_form", "initial")
_LIKE = _which("given", "rare", "known", "common", "short_form", "initial", "alike")
_BORN_APART = _which("birth_date", "two_parts", "different", "generation")
_ONE_BIRTH = _which("birth_date", "same", "swapped", "one_part", "partial", "month")
_ONE_ADDRESS = _which("address", "same", "alike")
_ONE_TOWN = _ONE_ADDRESS | _which("address", "moved_near")
_NEARBY = _ONE_TOWN | _which("address", "postcode", "block")
_NOT_OWN = _which("email", "family_box", "other_box")
_TWO_BOXES = _which("email", "different", "other_name")
_ONE_TAX_ID = _which("tax_id", "same", "alike")
# Levels that tell nobody from a namesake.
_NOTHING = {
    field: _which(
        field, "missing", "different", "generic", "name_box", "other_name", "elsewhere", "moved_near",
        "two_parts", "generation", "apart", "placeholder", "partial", "month",
    )
    for field in FIELDS if field not in {"given", "family", "suffix", "gender", "name", "sort"}
}  # fmt: skip


def persons(parties: Parties, a: Ints, b: Ints, silent_keys: Ints, exclusive: Collection[str]) -> Levels:
    """The level of every field for each pair of rows, not both organisations: shape (pairs, fields)."""
    found = np.zeros((len(a), len(FIELDS)), np.uint8)
    same = {name: _same_names(name, parties.column(name), silent_keys) for name in ("given", "family")}
    found[:, 0], found[:, 1] = _names(parties, a, b, same)
    born = parties.column("birth_date")
    found[:, 4] = texts(born, a, b, birth_dates, same_levels("birth_date", born))
    for place in (2, 3, 5):
        found[:, place] = texts(parties.column(FIELDS[place]), a, b, middle_names if place == 2 else differ)
    found[:, 6] = addresses(parties, a, b)
    for place, field in enumerate(FIELDS[7:13], start=7):
        held, levels = parties.identifiers.get(field), LEVELS[field]
        found[:, place] = held_levels(held, levels, a, b, silent_keys, TYPOS.get(field))
    mailboxes.weigh(parties, a, b, found)
    _mark_relatives(found)
    found[:, 13] = others(parties, a, b, silent_keys, TYPED, exclusive)
    _mark_births(found)
    _mark_namesakes(found, parties, a, b, same)
    _mark_households(found)
    _mark_shared_devices(found)
    found[:, 15] = parties.organisation[a] != parties.organisation[b]
    return found


def _mark_relatives(found: Levels) -> None:
    """Levels of their own for two first names with one surname and what a family shares.

    Field by field they look alike; together that is what a family is.
    """
    relatives = _relatives(found)
    email, address = found[:, FIELDS.index("email")], found[:, FIELDS.index("address")]
    one_birth = found[:, FIELDS.index("birth_date")] == 1
    twins = relatives & ((_TWO[found[:, 0]] & one_birth) | tied(found))
    found[relatives, 0] = LEVEL["given"]["relative"]
    shares = _sharing(found) > 0
    around = _NOT_OWN[email] | (found[:, FIELDS.index("loyalty")] == LEVEL["loyalty"]["same"])
    home = _ONE_ADDRESS[address] & (shares | around)
    home |= (address == LEVEL["address"]["block"]) & around
    housemates = relatives & (home | (shares & (email == LEVEL["email"]["family_box"])))
    found[housemates, 0] = LEVEL["given"]["housemate"]
    found[twins, 0] = LEVEL["given"]["twin"]


def _relatives(found: Levels) -> Bools:
    given, family = found[:, FIELDS.index("given")], found[:, FIELDS.index("family")]
    namesakes = (family > 0) & (family <= LEVEL["family"]["alike"])
    # No two of a family have one tax id.
    others = found[:, FIELDS.index("tax_id")] != LEVEL["tax_id"]["same"]
    email, born = found[:, FIELDS.index("email")], found[:, FIELDS.index("birth_date")]
    alone = _sharing(found) == 0
    # A postcode of a few houses is a home to two people whose names are known, if nothing says they are one.
    block = alone & (found[:, FIELDS.index("address")] == LEVEL["address"]["block"]) & ~_ONE_BIRTH[born]
    # A card is handed around the house, and so is a mailbox, whoever it is named for.
    card = found[:, FIELDS.index("loyalty")] == LEVEL["loyalty"]["same"]
    around = block | (alone & (card | _NOT_OWN[email]))
    family_box = alone & (email == LEVEL["email"]["family_box"])
    home = at_home(found) | family_box | (block & _NOT_OWN[email])
    homes = (home & _UNLIKE[given]) | (around & _TWO[given])
    # Who shares two of them is mostly one person, but not under two names, nor with two births.
    two = _TWO[given] | (namesakes & _UNLIKE[given] & _BORN_APART[born])
    relatives: Bools = ((homes & namesakes) | (two & tied(found))) & others
    return relatives


def _mark_births(found: Levels) -> None:
    """A level of its own for two births of two people: with two tax ids, or of father and son in one place.

    Each alone may be a mistake.
    """
    born, tax_id, family = (found[:, FIELDS.index(field)] for field in ("birth_date", "tax_id", "family"))
    namesakes = (family > 0) & (family <= LEVEL["family"]["alike"]) & _LIKE[found[:, 0]]
    heirs = namesakes & nearby(found) & (born == LEVEL["birth_date"]["generation"]) & ~_ONE_TAX_ID[tax_id]
    others = _BORN_APART[born] & (tax_id == LEVEL["tax_id"]["different"])
    born[heirs | others] = LEVEL["birth_date"]["apart"]


def _mark_namesakes(found: Levels, parties: Parties, a: Ints, b: Ints, same: Mapping[str, Levels]) -> None:
    """A level of its own for two common names and nothing else: many people are called that."""
    given, family, level = found[:, 0], found[:, 1], LEVEL["family"]
    named = (family == level["common"]) | (family == level["alike"])
    asked = np.flatnonzero((named & _COMMON[given]) | (given == LEVEL["given"]["swapped"]))
    asked = _sharing_nothing_else(found, asked)
    # With a slip, or in each other's places, they are common if those of either are.
    unequal = asked[family[asked] != level["common"]]
    if len(unequal):
        common = _common(parties, a[unequal], same) | _common(parties, b[unequal], same)
        asked = np.setdiff1d(asked, unequal[~common])
    given[asked] = LEVEL["given"]["namesake"]


def _sharing_nothing_else(found: Levels, asked: Ints, *but: str) -> Ints:
    """Those of some pairs whom nothing tells from namesakes, but what these fields say."""
    for field, said in _NOTHING.items():
        if field not in but:
            asked = asked[said[found[asked, FIELDS.index(field)]]]
    return asked


def _mark_households(found: Levels) -> None:
    """Levels of their own for a door, or a surname and a town, and nothing else, where no first name is said.

    That is what a household has in common: which of those who live there is meant, nobody said.
    """
    given, family, address = (found[:, FIELDS.index(field)] for field in ("given", "family", "address"))
    asked = np.flatnonzero((given == 0) & (family <= LEVEL["family"]["alike"]) & _ONE_TOWN[address])
    asked = _sharing_nothing_else(found, asked, "address")
    named = family[asked] > 0
    family[asked[named]] = LEVEL["family"]["household"]
    doors = asked[~named & _ONE_ADDRESS[address[asked]]]
    address[doors] = LEVEL["address"]["street"]


def _mark_shared_devices(found: Levels) -> None:
    """A level of its own for a device, where mailboxes or phones are two and no names can be compared.

    That is what a tablet in a shop looks like, or one of a family's behind their door.
    """
    fields = ("email", "phone", "device", "address")
    email, phone, device, address = (found[:, FIELDS.index(field)] for field in fields)
    apart = _TWO_BOXES[email] | (phone == LEVEL["phone"]["different"])
    asked = np.flatnonzero((device == 1) & apart & (found[:, 0] == 0) & (found[:, 1] == 0))
    asked = _sharing_nothing_else(found, asked, "device", "address")
    device[asked] = LEVEL["device"]["beside"]
    address[asked[_ONE_ADDRESS[address[asked]]]] = LEVEL["address"]["street"]


def _common(parties: Parties, rows: Ints, same: Mapping[str, Levels]) -> Bools:
    """Whether first name and surname of a row are common."""
    given, family = (same[name][parties.column(name).codes[rows]] for name in ("given", "family"))
    found: Bools = (family == LEVEL["family"]["common"]) & _COMMON[given]
    return found


def at_home(found: Levels) -> Bools:
    """Pairs that share one email, phone or device, or nothing but their address: what families share.

    Who shares two of them is mostly the same person, whatever the first names.
    """
    return _one_tie(found, _ONE_ADDRESS)


def tied(found: Levels) -> Bools:
    """Pairs that share two of email, phone and device."""
    two: Bools = _sharing(found) > 1
    return two


def nearby(found: Levels) -> Bools:
    """Pairs at home, and those that share nothing but their town or postcode: not every Record gives the
    street, and sons move out."""
    return _one_tie(found, _NEARBY)


def _one_tie(found: Levels, places: Bools) -> Bools:
    """Pairs that share one email, phone or device, or none of them and one of these places."""
    shared = _sharing(found)
    one: Bools = (shared == 1) | ((shared == 0) & places[found[:, FIELDS.index("address")]])
    return one


def _sharing(found: Levels) -> Ints:
    """How many of email, phone and device each pair shares."""
    email, phone, device = (found[:, FIELDS.index(field)] == 1 for field in ("email", "phone", "device"))
    return np.asarray(email.astype(np.int64) + phone + device)


def others(
    parties: Parties, a: Ints, b: Ints, silent_keys: Ints, typed: Collection[str], exclusive: Collection[str]
) -> Levels:
    """The strongest level among identifiers of types without a field of their own.

    Whatever is shared, two different ones of an exclusive type are two customers'.
    """
    level = LEVEL["other"]
    found, two = np.zeros(len(a), np.uint8), np.zeros(len(a), bool)
    rank = rank_of(LEVELS["other"])
    for kind, holdings in parties.identifiers.items():
        if kind not in typed and kind not in {"address", DOMAIN}:
            verdict = exclusive_ids if kind in exclusive else None
            met = held_levels(holdings, LEVELS["other"], a, b, silent_keys, verdict)
            found, two = np.where(rank[found] <= rank[met], found, met), two | (met == level["another"])
    found[two] = level["another"]
    return found


def texts(column: Column, a: Ints, b: Ints, verdict: Verdict, same: Levels | None = None) -> Levels:
    """Levels of pairs of rows; each distinct pair of unequal words is judged once.

    `same` gives the level of equal words, by word (else 1).
    """
    if not column.words:
        return np.zeros(len(a), np.uint8)
    one, other = column.codes[a], column.codes[b]
    known = (one >= 0) & (other >= 0)
    equal = known & (one == other)
    found = (
        equal.astype(np.uint8)
        if same is None
        else np.where(equal, np.append(same, 0)[one], 0).astype(np.uint8)
    )
    unequal = np.flatnonzero(known & ~equal)
    if len(unequal):
        found[unequal] = judge(column, one[unequal], other[unequal], verdict)
    return found


def judge(column: Column, one: Any, other: Any, verdict: Verdict) -> Levels:
    """What a verdict says of pairs of words, given by their codes, whichever comes first."""
    # The order of a pair goes by the words' hashes, so no verdict depends on who is asked first.
    one, other = np.asarray(one, np.int64), np.asarray(other, np.int64)
    swap = column.hashes[one] > column.hashes[other]
    low, high = np.where(swap, other, one), np.where(swap, one, other)
    if len(low) < FEW:
        return _judged(column, low, high, verdict)
    distinct, back = np.unique(low * len(column.words) + high, return_inverse=True)
    return _judged(column, *np.divmod(distinct, len(column.words)), verdict)[back]


def _judged(column: Column, first: Ints, second: Ints, verdict: Verdict) -> Levels:
    words = column.texts
    return np.asarray(verdict(words[first].tolist(), words[second].tolist()), np.uint8)


def _names(parties: Parties, a: Ints, b: Ints, same: Mapping[str, Levels]) -> tuple[Levels, Levels]:
    given, family = parties.column("given"), parties.column("family")
    given_level = texts(given, a, b, given_names, same["given"])
    family_level = texts(family, a, b, family_names, same["family"])
    apart = np.flatnonzero(
        (given_level >= LEVEL["given"]["near"]) & (family_level >= LEVEL["family"]["near"])
    )
    if len(apart):
        swapped = apart[_crossed(given, family, a[apart], b[apart])]
        given_level[swapped] = LEVEL["given"]["swapped"]
        family_level[swapped] = LEVEL["family"]["swapped"]
    # Two names that are somewhat alike, each of them, are two people's.
    unlike = (given_level == LEVEL["given"]["near"]) & (family_level == LEVEL["family"]["near"])
    given_level[unlike] = LEVEL["given"]["different"]
    middle = parties.column("middle")
    apart = np.flatnonzero(family_level >= LEVEL["family"]["near"]) if middle.words else apart[:0]
    if len(apart):
        married = apart[_kept(middle, family, a[apart], b[apart])]
        family_level[married[family_level[married] != LEVEL["family"]["swapped"]]] = LEVEL["family"]["part"]
    return given_level, family_level


def _kept(middle: Column, family: Column, a: Ints, b: Ints) -> Bools:
    """Pairs of which one's surname is the other's middle name, as who marries may keep it."""
    kept, names_now = middle.spread(middle.hashes), family.spread(family.hashes)
    found: Bools = ((kept[a] == names_now[b]) & (kept[a] != 0)) | ((kept[b] == names_now[a]) & (kept[b] != 0))
    return found


def _crossed(given: Column, family: Column, a: Ints, b: Ints) -> Bools:
    """Pairs of which each one's first name is the other's surname; one of the two may be spelt alike."""
    givens, families = given.spread(given.hashes), family.spread(family.hashes)
    one, other = givens[a] == families[b], givens[b] == families[a]
    crossed: Bools = one & other
    half = np.flatnonzero(one ^ other)
    if len(half):
        x, y = np.where(one[half], b[half], a[half]), np.where(one[half], a[half], b[half])
        words = zip(given.texts[given.codes[x]], family.texts[family.codes[y]], strict=True)
        # In alphabetical order, so that no verdict depends on who is asked first.
        low, high = zip(*map(sorted, words), strict=True)
        crossed[half] = similarity(low, high) >= 0.9
    return crossed


def _same_names(field: str, column: Column, silent_keys: Ints) -> Levels:
    """The level of two equal names, by name: of one whose key is silent, that of names many bear."""
    found = same_levels(field, column)
    here = np.isin(word_keys(field, column), silent_keys)
    return np.where(here, LEVEL[field]["known" if field == "given" else "common"], found).astype(np.uint8)


def _same_name(field: str, word: str) -> int:
    if field == "given" and len(word) == 1:
        return LEVEL[field]["initial"]
    return 1 + names.commonness(field, word)


def same_levels(field: str, column: Column) -> Levels:
    """The level of two equal words, by word: a common name says less, an initial and a placeholder date
    nothing."""
    if field in {"given", "family"}:
        found = [_same_name(field, word) for word in column.words]
    elif field == "birth_date":
        found = [LEVEL[field][same_birth(date)] for date in column.words]
    else:
        found = [1] * len(column.words)
    return np.array(found, np.uint8)


def addresses(parties: Parties, a: Ints, b: Ints, verdict: Verdict = streets) -> Levels:
    """The level of what two rows say of where they are; a verdict says what two unequal streets are."""
    street = texts(parties.column("street"), a, b, verdict)
    codes = parties.column("postcode")
    postcode = texts(codes, a, b, differ, _same_postcodes(codes))
    city, region = (texts(parties.column(name), a, b, differ) for name in ("city", "region"))
    block, same_code = postcode == 3, (postcode == 1) | (postcode == 3)
    near = same_code | ((city == 1) & (region != 2))
    far = ~near & ((postcode == 2) | (city == 2) | (region == 2))
    level = LEVEL["address"]
    cases = {
        "same": (street == 1) & near, "alike": (street == 3) & near, "street": (street == 1) | (street == 3),
        "block": block & (street != 2), "moved_near": (street == 2) & near, "different": street == 2,
        "postcode": same_code, "city": near, "elsewhere": far,
    }  # fmt: skip
    return np.select(list(cases.values()), [level[name] for name in cases], 0).astype(np.uint8)


def _same_postcodes(column: Column) -> Levels:
    """3 for codes with letters, as British, Dutch or Canadian ones: they name a few houses, not a town."""
    long = (len(word) > 4 and any(sign.isalpha() for sign in word) for word in column.words)
    return np.array([3 if block else 1 for block in long], np.uint8)


def held_levels(
    holdings: Holdings | None,
    levels: tuple[str, ...],
    a: Ints,
    b: Ints,
    silent_keys: Ints,
    verdict: Verdict | None = None,
) -> Levels:
    """The strongest level among all pairs of identifiers of one type that two rows hold.

    A verdict says what two unequal ones are; without one they are different.
    """
    found = np.zeros(len(a), np.uint8)
    if holdings is None:
        return found
    pair, one, other = _meetings(holdings, a, b)
    if not len(pair):
        return found
    equal = one == other
    met = np.where(equal, levels.index("same"), levels.index("different")).astype(np.uint8)
    shared, apart = np.flatnonzero(equal), np.flatnonzero(~equal)
    met[shared[np.isin(holdings.keys[one[shared]], silent_keys)]] = levels.index("generic")
    if verdict and len(apart):
        met[apart] = judge(holdings.column, one[apart], other[apart], verdict)
    begins = np.flatnonzero(np.diff(pair, prepend=-1))
    rank = rank_of(levels)
    best = np.minimum.reduceat(rank[met], begins)
    found[pair[begins]] = np.argsort(rank)[best]
    return found


def _meetings(holdings: Holdings, a: Ints, b: Ints) -> tuple[Ints, Any, Any]:
    """Every identifier of a against every one of b: the pair's place and the two codes."""
    wide = holdings.count[b]
    size = holdings.count[a] * wide
    pair = np.repeat(np.arange(len(a)), size)
    step = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size)
    row, column = np.divmod(step, wide[pair])
    return (
        pair,
        holdings.codes[holdings.start[a[pair]] + row],
        holdings.codes[holdings.start[b[pair]] + column],
    )
