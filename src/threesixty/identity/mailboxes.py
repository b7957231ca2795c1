"""Whose a mailbox is: one person's, a namesake's, a family's or that of somebody it is named for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import JaroWinkler

from threesixty.identity import names
from threesixty.identity.levels import FIELDS, LEVEL, TYPED, Levels
from threesixty.identity.parties import Ints, Parties

_SPARE = 6
_NO_LETTERS = re.compile(r"[^a-z]+")
# 'The Smiths' have a mailbox together; 'the James' is one person.
_FAMILY = re.compile(
    r"(?:[^@]*(?:famil(?:y|ie|ia|le|j)|famiglia|rodzina|rodina)|the[._-]?([a-z]{2,}s)[\d._-]*(?:\+[^@]*)?@)"
)
_TELLING = [
    place for place, field in enumerate(FIELDS) if field in TYPED | {"birth_date", "address"} - {"email"}
]


def weigh(parties: Parties, a: Ints, b: Ints, found: Levels) -> None:
    """Change the levels of emails where a mailbox tells more, or less, than that it is the same or another.

    Asks for the levels of all other identifiers, of names, birth dates and addresses.
    """
    if "email" in parties.identifiers:
        emails = found[:, FIELDS.index("email")]
        _weaken_name_boxes(parties, a, b, emails)
        _weaken_family_boxes(parties, a, b, emails)
        _weigh_boxes_of_others(parties, a, b, found)


def named_by(email: str, families: AbstractSet[str]) -> frozenset[str]:
    """The first names that an email seems to be named for: jessica of 'harper.jessica2@' and 'coolalan@'.

    What stands beside a surname of `families` is one, as is 'r' of 'rharper@'; else a word that is a known
    first name, or begins or ends with one of four letters or more.
    """
    words = [word for word in _NO_LETTERS.split(email.partition("@")[0].partition("+")[0]) if word]
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
    """Whether an email says that it is a family's: 'smith.family@', 'familie-meier@', 'thesmiths2@'."""
    found = _FAMILY.match(email)
    return found is not None and names.commonness("given", found[1] or "") == 0


def is_name_box(mailbox: str, own: Iterable[str] = ()) -> bool:
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


def _weaken_name_boxes(parties: Parties, a: Ints, b: Ints, emails: Levels) -> None:
    """A mailbox made of names is had by a namesake at every provider: it says little beyond the names."""
    level = LEVEL["email"]
    for pair in np.flatnonzero(emails == level["mailbox"]).tolist():
        x, y = int(a[pair]), int(b[pair])
        if all(is_name_box(box, _own(parties, x, y)) for box in _boxes(parties, x) & _boxes(parties, y)):
            emails[pair] = level["name_box"]


def _weaken_family_boxes(parties: Parties, a: Ints, b: Ints, emails: Levels) -> None:
    """A mailbox that says it is a family's is had by all of them."""
    level = LEVEL["email"]
    pairs = np.flatnonzero((emails == level["same"]) | (emails == level["mailbox"]))
    if not len(pairs):
        return
    held = parties.identifiers["email"]
    rows = np.unique((a[pairs], b[pairs]))
    only = [all(is_family_box(held.words[code]) for code in held.of(row)) for row in rows.tolist()]
    theirs = rows[np.array(only, bool)]
    emails[pairs[np.isin(a[pairs], theirs) | np.isin(b[pairs], theirs)]] = level["family_box"]


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
    mailboxes, wanted = _Mailboxes(parties), np.flatnonzero(unsure & (shared | (unequal & close)))
    asked = zip(*(each[wanted].tolist() for each in (a, b, shared, found[:, 0])), strict=True)
    for pair, (x, y, same, given) in zip(wanted.tolist(), asked, strict=True):
        if same:
            if mailboxes.of_another(x, y):
                emails[pair] = level["other_box"]
        else:
            fits = {mailboxes.fits(x, y), mailboxes.fits(y, x)} - {None}
            if False in fits:
                emails[pair] = level["other_name"]
            elif fits and given == LEVEL["given"]["missing"]:
                emails[pair] = level["own_name"]


class _Mailboxes:
    """Whom the mailboxes of rows are named for."""

    def __init__(self, parties: Parties) -> None:
        self.held = parties.identifiers["email"]
        given, self.family = parties.column("given"), parties.column("family")
        # A view gives plain numbers, and faster than an array does. Code -1, no name, is the last one.
        self.given_codes, self.family_codes = given.codes.data, self.family.codes.data
        self.givens = [*given.words, ""]
        self.surnames = [word.replace(" ", "") for word in self.family.words]
        self.boxes: dict[int, str] = {}
        self.named: dict[tuple[int, int], frozenset[str]] = {}

    def first_name(self, row: int) -> str:
        return self.givens[self.given_codes[row]]

    def names(self, row: int, other: int) -> frozenset[str]:
        """First names in the mailboxes of a row, which has the surname of another one or its own."""
        own, theirs = self.family_codes[row], self.family_codes[other]
        # Most mailboxes say nothing of the other's surname, and are read once.
        if theirs < 0 or self.surnames[theirs] not in self.box(row):
            theirs = own
        found = self.named.get((row, theirs))
        if found is None:
            surnames = {self.surnames[code] for code in (own, theirs) if code >= 0}
            boxes = (named_by(self.held.words[code], surnames) for code in self.held.of(row))
            found = self.named[row, theirs] = frozenset[str]().union(*boxes)
        return found

    def box(self, row: int) -> str:
        """What stands before the @ of each email of a row."""
        found = self.boxes.get(row)
        if found is None:
            boxes = (self.held.words[code].partition("@")[0] for code in self.held.of(row))
            found = self.boxes[row] = " ".join(boxes)
        return found

    def of_another(self, row: int, other: int) -> bool:
        """Whether the mailbox that two share is named for one of them only, or for neither of one name."""
        said = self.names(row, other) | self.names(other, row)
        if not said:
            return False
        fits = {may_be(name, said) if name else None for name in map(self.first_name, (row, other))}
        return False in fits and len(fits) == 2

    def fits(self, row: int, other: int) -> bool | None:
        """Whether a row's own mailbox is named for somebody that the other may be."""
        said, own = self.names(row, other), self.first_name(row)
        if not said or (own and not may_be(own, said)):
            return None
        name = self.first_name(other)
        theirs = (name,) if name else self.names(other, row)
        return any(may_be(name, said) for name in theirs) if theirs else None


def _boxes(parties: Parties, row: int) -> set[str]:
    held = parties.identifiers["email"]
    return {names.mailbox(held.words[code]) for code in held.of(row)}


def _own(parties: Parties, *rows: int) -> set[str]:
    found = set()
    for column in (parties.column("given"), parties.column("family")):
        known = (code for row in rows if (code := int(column.codes[row])) >= 0)
        found |= {part for code in known for part in column.words[code].split()}
    return found
