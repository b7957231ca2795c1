"""Column names in the words of several languages, and what they usually mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from anyascii import anyascii

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_COMPOUND = re.compile(r"([a-z]{3})(?:nummer|nr)\b")  # Kundennummer, Bestellnr
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

Ranks = Mapping[str, int]
"""Names of a role, the surer ones with the lower number."""


def words(name: str, *, numbers: bool = True) -> str:
    """A name as lower-case words, numbers apart if so wished: `CustomerKey2` is `customer key 2`."""
    plain = anyascii(_HUMP.sub(" ", name.translate(_UMLAUTS))).lower()
    apart = _COMPOUND.sub(r"\1 nummer", plain)
    return " ".join(re.findall(r"[a-z]+|\d+" if numbers else r"[a-z0-9]+", apart))


@cache
def vocabulary() -> Mapping[str, Mapping[str, Ranks]]:
    """Section -> role -> names, as words.txt has them."""
    found: dict[str, dict[str, Ranks]] = {}
    for line in (files(__package__) / "words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = section = {}
        elif line and not line.startswith("#"):
            role, _, names = line.partition(" = ")
            section[role] = {words(name): rank for rank, name in enumerate(names.split(", "))}
    return found


def is_called(name: str, section: str, role: str) -> bool:
    """Whether a column's words are a name of the role, alone or behind other words."""
    names = vocabulary()[section][role]
    return any(part in names for part in endings(words(name)))


def endings(text: str) -> list[str]:
    """A name and what is left of it when words fall off its front: `customer e mail`, `e mail`, `mail`."""
    parts = text.split()
    return [" ".join(parts[n:]) for n in range(len(parts))]


def kinds_of(name: str) -> list[str]:
    """The kinds whose words stand in a name, in the order they stand there."""
    kinds = vocabulary()["kinds"]
    return [kind for word in words(name).split() for kind in kinds if word in kinds[kind]]
