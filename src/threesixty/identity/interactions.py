"""What the levels of several fields say together: levels of their own, where adding field by field misleads.

In statistics these are interactions. A family shares a surname and a mailbox, and its first names differ;
namesakes share two common names, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from threesixty.identity.levels import FIELDS, LEVEL, LEVELS, Levels
from threesixty.identity.parties import Bools, Codes, Ints, Parties


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


def mark(
    found: Levels, parties: Parties, a: Ints, b: Ints, same: Mapping[str, Levels], listed: Levels
) -> None:
    """Put such levels in place of those of the single fields.

    `same` says of each word of first names and surnames at which level two equal ones agree; `listed` says
    it of surnames where names are not counted.
    """
    _mark_relatives(found)
    _mark_births(found)
    _mark_namesakes(found, parties, a, b, same)
    _mark_counted(found, parties.column("family").codes[a], listed)
    _mark_households(found)
    _mark_shared_devices(found)


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
    around = _handed_around(found)
    home = _ONE_ADDRESS[address] & (shares | around)
    home |= (address == LEVEL["address"]["block"]) & around
    housemates = relatives & (home | (shares & (email == LEVEL["email"]["family_box"])))
    found[housemates, 0] = LEVEL["given"]["housemate"]
    found[twins, 0] = LEVEL["given"]["twin"]


def _relatives(found: Levels) -> Bools:
    given, namesakes = found[:, FIELDS.index("given")], _one_surname(found)
    # No two of a family have one tax id.
    others = found[:, FIELDS.index("tax_id")] != LEVEL["tax_id"]["same"]
    email, born = found[:, FIELDS.index("email")], found[:, FIELDS.index("birth_date")]
    alone = _sharing(found) == 0
    # A postcode of a few houses is a home to two people whose names are known, if nothing says they are one.
    block = alone & (found[:, FIELDS.index("address")] == LEVEL["address"]["block"]) & ~_ONE_BIRTH[born]
    around = block | (alone & _handed_around(found))
    family_box = alone & (email == LEVEL["email"]["family_box"])
    home = at_home(found) | family_box | (block & _NOT_OWN[email])
    homes = (home & _UNLIKE[given]) | (around & _TWO[given])
    # Who shares two of them is mostly one person, but not under two names, nor with two births.
    two = _TWO[given] | (namesakes & _UNLIKE[given] & _BORN_APART[born])
    relatives: Bools = ((homes & namesakes) | (two & tied(found))) & others
    return relatives


def _one_surname(found: Levels) -> Bools:
    family = found[:, FIELDS.index("family")]
    one: Bools = (family > 0) & (family <= LEVEL["family"]["alike"])
    return one


def _handed_around(found: Levels) -> Bools:
    """Pairs with one card, or a mailbox that is not their own: both are handed around the house."""
    card = found[:, FIELDS.index("loyalty")] == LEVEL["loyalty"]["same"]
    around: Bools = card | _NOT_OWN[found[:, FIELDS.index("email")]]
    return around


def _mark_births(found: Levels) -> None:
    """A level of its own for two births of two people: with two tax ids, or of father and son in one place.

    Each alone may be a mistake.
    """
    born, tax_id = (found[:, FIELDS.index(field)] for field in ("birth_date", "tax_id"))
    namesakes = _one_surname(found) & _LIKE[found[:, 0]]
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


def _mark_counted(found: Levels, names: Codes, listed: Levels) -> None:
    """A surname that is common by count only is what lists say of it where more agrees, or the town.

    How many bear it matters to namesakes: who shares a phone besides is no more likely to be one of them.
    """
    family, address = (found[:, FIELDS.index(field)] for field in ("family", "address"))
    common = np.flatnonzero(family == LEVEL["family"]["common"])
    counted = common[listed[names[common]] != LEVEL["family"]["common"]]
    alone = _sharing_nothing_else(found, counted[~_ONE_TOWN[address[counted]]])
    more = np.setdiff1d(counted, alone)
    family[more] = listed[names[more]]


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
