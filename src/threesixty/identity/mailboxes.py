"""Whose a mailbox is: one person's, a namesake's, a family's or that of somebody it is named for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import JaroWinkler

from threesixty.identity import names
from threesixty.identity.levels import FIELDS, LEVEL, LEVELS, TYPED, Levels
from threesixty.identity.parties import Column, Holdings, Ints, Parties

_SPARE = 6
_LETTERS = re.compile(r"[a-z]+")
_ONE_DIGIT = re.compile(r"(?<!\d)\d$")
# Whoever works there reads it.
_OFFICE = re.compile(
    r"(?:info|office|contact|kontakt|contacto|contato|contatti|mail|email|post|hello|hallo|biuro|iroda|ufficio|firma"
    r"|sekretariat|segreteria|secretariat|secretaria|recepcja|reception|recepcion|empfang|rezeption"
    r"|sales|vertrieb|verkauf|ventas|vendas|vendite|commercial|comercial|orders|bestellung|einkauf|compras|acquisti"
    r"|accounts|accounting|billing|invoices?|rechnung|buchhaltung|facturacion|financeiro|administra\w*|admin|verwaltung"
    r"|service|support|kundenservice|praxis|kanzlei|zentrale|booking|reservas|reservations)[\d._-]*(?:\+[^@]*)?@"
)
# 'The Smiths' have a mailbox together, as Novákovi and Nowakowie have; 'the James' is one person.
_FAMILY = re.compile(
    r"(?:[^@]*(?:famil(?:y|ie|ia|le|j)|famiglia|rodzina|rodina)|[a-z]{3,}(?:ovi|owie)\d*@"
    r"|the[._-]?([a-z]{2,}s)[\d._-]*(?:\+[^@]*)?@)"
)
_AGREE = {
    field: np.array([0 < level < LEVEL[field]["near"] for level in range(len(LEVELS[field]))])
    for field in ("given", "family")
}
_TELLING = [
    place for place, field in enumerate(FIELDS) if field in TYPED | {"birth_date", "address"} - {"email"}
]


def weigh(parties: Parties, a: Ints, b: Ints, found: Levels) -> None:
    """Change the levels of emails where a mailbox tells more, or less, than that it is the same or another.

    Asks for the levels of all other identifiers, of names, birth dates and addresses.
    """
    if "email" in parties.identifiers:
        emails = found[:, FIELDS.index("email")]
        _weaken_name_boxes(parties, a, b, found)
        _weaken_family_boxes(parties, a, b, emails)
        _weigh_boxes_of_others(parties, a, b, found)


def named_by(email: str, families: AbstractSet[str]) -> frozenset[str]:
    """The first names that an email seems to be named for: jessica of 'harper.jessica2@' and 'coolalan@'.

    What stands beside a surname of `families` is one, as is 'r' of 'rharper@'; else a word that is a known
    first name, or begins or ends with one of four letters or more.
    """
    words = _LETTERS.findall(email.partition("@")[0].partition("+")[0])
    beside = {part for word in words for family in families for part in _beside(word, family)}
    if not families.isdisjoint(words):
        beside.update(word for word in words if word not in families)
    if beside:
        return frozenset(word for word in beside if len(word) != 2)
    return frozenset(part for word in words if word not in families for part in _known_in(word))


def _beside(word: str, family: str) -> list[str]:
    """What is left of a word that begins or ends with a surname."""
    if len(family) < 3 or word == family:
        return []
    if word.endswith(family):
        return [word.removesuffix(family)]
    return [word.removeprefix(family)] if word.startswith(family) else []


def _known_in(word: str) -> list[str]:
    known = names.known("given")
    if word in known or word in names.known("family"):
        return [word] if word in known else []
    sizes = range(len(word) - 1, 3, -1)
    return [part for size in sizes for part in (word[:size], word[-size:]) if part in known][:1]


@lru_cache(1 << 18)
def may_be(given: str, named: frozenset[str]) -> bool:
    """Whether a folded first name may be one of these: as it is, short for it, misspelt or an initial."""
    own = names.forms(given)
    return any(
        (name[0] == given[0] if min(len(given), len(name)) == 1 else not own.isdisjoint(names.forms(name)))
        or JaroWinkler.similarity(*sorted((name, given))) >= 0.85
        or (len(given) > 2 and given in name)
        for name in named
    )


def is_family_box(email: str) -> bool:
    """Whether an email says that many read it: 'smith.family@', 'thesmiths2@', and an office's 'info@'."""
    if _OFFICE.match(email):
        return True
    found = _FAMILY.match(email)
    return found is not None and names.commonness("given", found[1] or "") == 0


def is_name_box(mailbox: str, own: Iterable[str]) -> bool:
    """Whether a mailbox is names and a few letters more, 'dennis', 'thediana', 'squinn', and no number.

    `own` are the folded names of who has it; others are names that many bear.
    """
    if not mailbox.isalpha():
        return False
    rest = mailbox
    for name in sorted(own, key=len, reverse=True):
        rest = rest.replace(name, "", 1) if len(name) > 2 else rest
    size = len(rest)
    return size <= _SPARE or any(
        rest[:length] in known or rest[-length:] in known
        for known in (names.known("given"), names.known("family"))
        for length in range(max(3, size - _SPARE), size + 1)
    )


def _weaken_name_boxes(parties: Parties, a: Ints, b: Ints, found: Levels) -> None:
    """A mailbox made of names is had by a namesake at every provider: it says little beyond the names."""
    level, held = LEVEL["email"], parties.identifiers["email"]
    emails = found[:, FIELDS.index("email")]
    pairs = np.flatnonzero(emails == level["mailbox"])
    rows = a[pairs].tolist(), b[pairs].tolist()
    boxes = {row: {names.mailbox(held.words[code]) for code in held.of(row)} for row in {*rows[0], *rows[1]}}
    agree = [(_AGREE[field][found[pairs, FIELDS.index(field)]]).tolist() for field in _AGREE]
    for pair, x, y, *both in zip(pairs.tolist(), *rows, *agree, strict=True):
        shared = {_bare(box) for box in boxes[x] & boxes[y]}
        own = [_parts(parties.column(field), x, y) for field in _AGREE]
        if all(is_name_box(box, own[0] | own[1]) for box in shared) or _half_named(shared, own, both):
            emails[pair] = level["name_box"]


def _bare(mailbox: str) -> str:
    """A mailbox without marks and one digit at its end: many are the first 'joana.silva1' of a provider."""
    return _ONE_DIGIT.sub("", mailbox.replace("_", "").replace("-", ""))


def _half_named(boxes: Iterable[str], own: Sequence[AbstractSet[str]], agree: Sequence[bool]) -> bool:
    """Whether two agree in first name or surname only, and each mailbox is named for that and not the other.

    There is many a 'michelle67' besides hers.
    """
    if agree[0] == agree[1]:
        return False
    same, open_ = own if agree[0] else reversed(own)
    return all(_stands(same, box) and not _stands(open_, box) for box in boxes)


def _stands(parts: Iterable[str], box: str) -> bool:
    return any(len(part) > 2 and part in box for part in parts)


def _weaken_family_boxes(parties: Parties, a: Ints, b: Ints, emails: Levels) -> None:
    """A mailbox that says it is a family's is had by all of them."""
    level, held = LEVEL["email"], parties.identifiers["email"]
    pairs = np.flatnonzero((emails == level["same"]) | (emails == level["mailbox"]))
    rows = {row: held.of(row) for row in {*a[pairs].tolist(), *b[pairs].tolist()}}
    # Many rows hold one email, of which there is one thing to say.
    theirs = {code for code in set().union(*rows.values()) if is_family_box(held.words[code])}
    only = np.array([row for row, codes in rows.items() if theirs.issuperset(codes)], np.int64)
    if len(only):
        emails[pairs[np.isin(a[pairs], only) | np.isin(b[pairs], only)]] = level["family_box"]


def _weigh_boxes_of_others(parties: Parties, a: Ints, b: Ints, found: Levels) -> None:
    """A mailbox with a first name in it is that person's, also where a Record says no first name.

    Who shares it under another name uses somebody else's; whose is named otherwise is somebody else.
    """
    level, emails = LEVEL["email"], found[:, FIELDS.index("email")]
    shared = (emails == level["same"]) | (emails == level["mailbox"])
    unequal = (emails == level["missing"]) | (emails == level["different"])
    unsure = (found[:, 0] == LEVEL["given"]["missing"]) | (found[:, 0] >= LEVEL["given"]["near"])
    # Where nothing else is shared there is no need to ask.
    close = (found[:, _TELLING] == 1).any(axis=1)
    wanted = np.flatnonzero(unsure & (shared | (unequal & close)))
    one, other = a[wanted], b[wanted]
    named = _named_in(parties, np.concatenate((one, other)), np.concatenate((other, one)))
    asked = zip(
        wanted.tolist(), shared[wanted].tolist(), _first_names(parties, one), _first_names(parties, other),
        named[: len(one)], named[len(one) :], strict=True,
    )  # fmt: skip
    for pair, same, x, y, in_x, in_y in asked:
        if same:
            if _is_of_another(x, y, in_x | in_y):
                emails[pair] = level["other_box"]
        elif in_x or in_y:
            fits = {_fits(x, in_x, y, in_y), _fits(y, in_y, x, in_x)} - {None}
            if False in fits:
                emails[pair] = level["other_name"]
            elif fits and not (x and y):
                emails[pair] = level["own_name"]


def _first_names(parties: Parties, rows: Ints) -> list[str]:
    column = parties.column("given")
    given = [*column.words, ""]
    return [given[code] for code in column.codes[rows].tolist()]


def _named_in(parties: Parties, rows: Ints, others: Ints) -> list[frozenset[str]]:
    """First names in the mailboxes of each row, which has the surname of another one or its own."""
    held, family = parties.identifiers["email"], parties.column("family")
    # Code -1, no name, is the last one: what stands in no mailbox.
    surnames = [*(word.replace(" ", "") for word in family.words), "@"]
    nobody = frozenset[str]()
    found = [nobody] * len(rows)
    places = np.flatnonzero(held.count[rows])
    rows, others = rows[places], others[places]
    # What is held: one email, as most rows hold, or all those of a row.
    holds = np.where(held.count[rows] == 1, held.codes[held.start[rows]], ~rows)
    boxes: dict[int, str] = {}
    known: dict[tuple[int, int, int], frozenset[str]] = {}
    asked = (places, holds, family.codes[rows], family.codes[others])
    for place, holding, own, theirs in zip(*(column.tolist() for column in asked), strict=True):
        box = boxes.get(holding)
        if box is None:
            emails = _emails(held, holding)
            box = boxes[holding] = " ".join([email.partition("@")[0] for email in emails])
        # A surname that does not stand there changes nothing.
        key = holding, own if surnames[own] in box else -1, theirs if surnames[theirs] in box else -1
        said = known.get(key)
        if said is None:
            families = {surnames[code] for code in key[1:] if code >= 0}
            said = known[key] = nobody.union(*(named_by(email, families) for email in _emails(held, holding)))
        found[place] = said
    return found


def _emails(held: Holdings, holding: int) -> list[str]:
    """The email of a code, or those of a row, which is given as ~row."""
    return [held.words[code] for code in ([holding] if holding >= 0 else held.of(~holding))]


def _is_of_another(one: str, other: str, named: frozenset[str]) -> bool:
    """Whether a mailbox that two share is named for one of them only, or for neither of one name."""
    if not named:
        return False
    fits = {may_be(name, named) if name else None for name in (one, other)}
    return False in fits and len(fits) == 2


def _fits(own: str, named: frozenset[str], other: str, others: frozenset[str]) -> bool | None:
    """Whether somebody's own mailbox is named for somebody that another may be.

    Where the other says no first name, its mailboxes may.
    """
    if not named or (own and not may_be(own, named)):
        return None
    theirs = (other,) if other else others
    return any(may_be(name, named) for name in theirs) if theirs else None


def _parts(column: Column, *rows: int) -> set[str]:
    """The words of the names that rows say."""
    return {
        part for row in rows if (code := int(column.codes[row])) >= 0 for part in column.words[code].split()
    }
