"""Why, and why not: evidence told in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from threesixty.identity import organisations
from threesixty.identity.firewall import MANY
from threesixty.identity.levels import TYPED as PERSONAL
from threesixty.identity.parties import Ints, Parties
from threesixty.identity.score import compare_rows
from threesixty.identity.weights import SORTS, Band, Weights, sorts
from threesixty.record import Reason

TYPED = PERSONAL | organisations.TYPED
_CALLED = {
    "given": "first name", "family": "surname", "middle": "middle name", "suffix": "name suffix",
    "birth_date": "birth date", "tax_id": "tax id", "loyalty": "loyalty id", "other": "identifier",
    "name": "company name", "legal_form": "legal form", "trade_name": "trade name", "lei": "LEI",
    "duns": "D-U-N-S number", "company_number": "company number", "domain": "web domain",
}  # fmt: skip
# What a level says without the values, and with them ({x} and {y}), where that says more.
_SAYS = {
    "same": ("same {field}", ""),
    "rare": ("same rare {field}", "same {field} {x}"),
    "known": ("same {field}", "same {field} {x}"),
    "common": ("same common {field}", "same common {field} {x}"),
    "different": ("different {field}", "{fields} {x} and {y} differ"),
    "generic": ("{field} shared by too many to count", ""),
    "short_form": ("{fields} are forms of one name", "{fields} {x} and {y} are the same name"),
    "alike": ("nearly the same {field}", "{fields} {x} and {y} are nearly the same"),
    "initial": ("matching initial of the {field}", "{fields} {x} and {y} have the same initial"),
    "swapped": ("{field} with parts swapped", "{fields} {x} and {y} have their parts swapped"),
    "near": ("{fields} somewhat alike", "{fields} {x} and {y} are somewhat alike"),
    "lookalike": ("two {fields} that look alike", "{x} and {y} are two {fields}, though they look alike"),
    "another": ("two {fields}", "{x} and {y} are two {fields}"),
    "twin": (
        "two {fields} beside one birth, or two of what a family shares",
        "{x} and {y} are two {fields}, beside one birth or two of what a family shares",
    ),
    "namesake": ("a common name and nothing else", "many have names like these"),
    "generation": ("{fields} a generation apart", "{fields} {x} and {y} are a generation apart"),
    "apart": ("{fields} of two people", "{fields} {x} and {y} are those of two people"),
    "part": ("{fields} share a part", "{fields} {x} and {y} share a part"),
    "one_part": ("{field} with one part mistyped", "{fields} {x} and {y} differ in one part"),
    "partial": ("{fields} agree as far as known", ""),
    "month": ("same {field}, as far as the month", ""),
    "two_parts": ("{fields} differ in two parts", "{fields} {x} and {y} differ in two parts"),
    "placeholder": ("{field} is a placeholder", ""),
    "mailbox": ("same mailbox, written otherwise", "{x} and {y} are the same mailbox"),
    "name_box": (
        "same mailbox of a common name",
        "{x} and {y} are the same mailbox, of little more than a name",
    ),
    "family_box": ("same mailbox of a family or an office", "{x} is the mailbox of a family or an office"),
    "other_box": ("same mailbox, named for only one of them", "{x} is named for only one of them"),
    "other_name": ("a mailbox named for somebody else", ""),
    "own_name": ("a mailbox named for the other", ""),
    "beside": ("same {field}, beside two mailboxes or phones and no name to compare", ""),
    "housemate": (
        "different {field} beside two things a family shares",
        "{fields} {x} and {y} differ, beside two things a family shares",
    ),
    "household": ("the {field} of a household, and no first name", ""),
    "relative": (
        "different {field} beside what a family shares",
        "{fields} {x} and {y} differ, beside what a family shares",
    ),
    "street": ("same street, in another town or with nobody named", ""),
    "block": ("same postcode of a few houses", ""),
    "postcode": ("same postcode", ""),
    "city": ("same town", ""),
    "moved_near": ("other street in the same town", ""),
    "elsewhere": ("another town", ""),
    "wider": ("one {field} within the other", "one of the {fields} {x} and {y} within the other"),
    "shared": ("{fields} share some words", "{fields} {x} and {y} share some words"),
}
_EXACTLY = {
    ("given", "swapped"): "first name and surname swapped",
    ("family", "swapped"): "surname and first name swapped",
    ("birth_date", "swapped"): "birth date with day and month swapped",
    ("address", "different"): "another address",
    ("other", "another"): "two identifiers of a sort of which one customer has one",
    ("sort", "different"): "a person and an organisation",
    ("sort", "both"): "both are organisations",
    ("trade_name", "same"): "one trades under the name of the other",
    ("tax_id", "elsewhere"): "tax ids of different sorts",
    ("company_number", "elsewhere"): "company numbers of different registers",
}
_MAILBOXES = frozenset({"mailbox", "name_box", "family_box", "other_box"})
_SHOWN = {"address": ("street", "postcode", "city"), "trade_name": ("name", "trade_name")}
_REFUSED = {
    "different": "a decision says they are different",
    "bridge": "two groups hang together by one thread only, so it waits for a look",
    "evidence": "taken together, the two groups do not fit",
    "large": "together they would be one customer of very many records, so it waits for a look",
}
_QUOTED = 120
_PLURAL = {"tax_id": "tax ids", "family": "surnames", "address": "addresses", "loyalty": "loyalty cards",
           "suffix": "name suffixes"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """One field of two Records: both values as text, what that says, and bits for (+) or against (-)."""

    field: str
    a: str
    b: str
    verdict: str
    bits: float


def compare(
    parties: Parties, a: int, b: int, silent_keys: Ints, weights: Weights, band: Band
) -> list[Evidence]:
    """Every field that says something about two Record numbers, strongest first."""
    one, other = (int(row) for row in parties.rows(np.array([a, b])))
    compared = compare_rows(
        parties, np.array([one]), np.array([other]), silent_keys, weights.exclusive_others
    )
    sort, levels = int(sorts(compared)[0]), compared[0].tolist()
    table = weights.table(band)[sort]
    found = []
    for place, ((field, names), level) in enumerate(zip(SORTS[sort].items(), levels, strict=True)):
        if level and (names[level] != "both" or table[place, level]):
            x, y = _shown(parties, field, one, other)
            said = _say(field, names[level], x, y)
            found.append(Evidence(field, x, y, said, round(float(table[place, level]), 2)))
    return sorted(found, key=lambda evidence: -abs(evidence.bits))


def sentence(evidence: Sequence[Evidence]) -> str:
    """What speaks for, then what speaks against, in one sentence of plain words."""
    return _sentence([(each.verdict, each.bits) for each in evidence])


def words(reasons: Iterable[Reason]) -> str:
    """The same from reasons alone, without anything personal."""
    return _sentence([(_say(reason.field, reason.code), reason.bits) for reason in reasons])


def quoted(text: str) -> str:
    """A text of a source as a sentence quotes it: of what is longer than any name, the beginning."""
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rstrip() + "…"


def refusal(reason: str) -> str:
    """Why a Match did not merge, from the reason of a Parked one."""
    if reason in _REFUSED:
        return _REFUSED[reason]
    if reason.startswith(MANY):
        kind = reason.removeprefix(f"{MANY} ")
        what = _PLURAL.get(kind, _CALLED.get(kind, kind).removesuffix("s") + "s")
        return f"together they would be one customer with too many {what}, so it waits for a look"
    return f"their groups disagree on the {_CALLED.get(reason, reason)}"


def _sentence(said: Sequence[tuple[str, float]]) -> str:
    pro = ", ".join(text for text, bits in said if bits > 0)
    contra = ", ".join(text for text, bits in said if bits < 0)
    if pro and contra:
        return f"{pro}; but {contra}"
    return pro or contra or "nothing in common"


def _say(field: str, level: str, x: str = "", y: str = "") -> str:
    exactly = _EXACTLY.get((field, level))
    plain, full = _SAYS[level]
    shown = level in _MAILBOXES or field not in TYPED | {"address", "other"}
    personal = full if x and y and shown else ""
    called = _CALLED.get(field, field)
    fields = _PLURAL.get(field, f"{called}s")
    return exactly or (personal or plain).format(field=called, fields=fields, x=quoted(x), y=quoted(y))


def _shown(parties: Parties, field: str, one: int, other: int) -> tuple[str, str]:
    if field in TYPED or field == "other":
        return _identifiers(parties, field, one, other)
    if field == "sort":
        x, y = ("an organisation" if parties.organisation[row] else "a person" for row in (one, other))
        return x, y
    if field == "legal_form":
        forms = organisations.form_column(parties)
        x, y = (forms.words[forms.codes[row]] for row in (one, other))
        return x, y
    columns = _SHOWN.get(field, (field,))
    x, y = (_text(parties, columns, row) for row in (one, other))
    return x, y


def _text(parties: Parties, columns: Iterable[str], row: int) -> str:
    said = (parties.said(name, row) for name in columns)
    return ", ".join(text for text in said if text)


def _identifiers(parties: Parties, field: str, one: int, other: int) -> tuple[str, str]:
    """The identifiers of both, those they share first."""
    sides: tuple[list[str], list[str]] = ([], [])
    for kind, held in parties.identifiers.items():
        if kind == field or (field == "other" and kind not in TYPED | {"address"}):
            for side, row in zip(sides, (one, other), strict=True):
                side += [held.words[code] for code in held.codes[held.start[row] : held.start[row + 1]]]
    shared = set(sides[0]) & set(sides[1])
    x, y = (", ".join(sorted(side, key=lambda value: (value not in shared, value))) for side in sides)
    return x, y
