"""Records whose customer is known: slips made in a copy of a real one, and others of the same household."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

Values = Mapping[str, str]
Held = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What one Record says: values by property, and one identifier of each type."""

    values: Values
    held: Held

    def without(self, *names: str) -> Said:
        """The same without these values and identifiers."""
        return Said(
            {name: text for name, text in self.values.items() if name not in names},
            {kind: text for kind, text in self.held.items() if kind not in names},
        )


Make = Callable[[Said, Random], Said | None]
_ADDRESS = ("street", "postcode", "city", "region", "address")


def typo(text: str, dice: Random) -> str:
    """One letter left out, doubled, or swapped with the next."""
    if len(text) < 4:
        return text
    at = dice.randrange(1, len(text) - 1)
    head, letter, tail = text[:at], text[at], text[at + 1 :]
    return dice.choice((head + tail, head + letter * 2 + tail, head + tail[0] + letter + tail[1:]))


def _as_it_is(said: Said, _: Random) -> Said:
    return said


def _mistyped(said: Said, dice: Random) -> Said | None:
    family = said.values.get("family", "")
    slip = typo(family, dice)
    return None if slip == family else Said({**said.values, "family": slip}, said.held)


def _initial(said: Said, _: Random) -> Said | None:
    given = said.values.get("given", "")
    return Said({**said.values, "given": given[0]}, said.held) if len(given) > 1 else None


def _new_email(said: Said, dice: Random) -> Said | None:
    if "email" not in said.held:
        return None
    return Said(said.values, {**said.held, "email": _another("email", said.held["email"], dice)})


def _moved(said: Said, _: Random) -> Said | None:
    return said.without(*_ADDRESS, "phone") if "street" in said.values or "phone" in said.held else None


def _date_slip(said: Said, dice: Random) -> Said | None:
    parts = said.values.get("birth_date", "").split("-")
    if len(parts) != 3:
        return None
    year, month, day = parts
    if int(day) <= 12 and day != month and dice.random() < 0.5:
        month, day = day, month
    else:
        day = f"{int(day) % 28 + 1:02}"
    return Said({**said.values, "birth_date": f"{year}-{month}-{day}"}, said.held)


COPIES: Mapping[str, Make] = {
    "as it is": _as_it_is,
    "surname mistyped": _mistyped,
    "first name an initial": _initial,
    "another email": _new_email,
    "moved, another phone": _moved,
    "birth date mistyped": _date_slip,
}
"""Slips in a copy of a Record, which is still the same person; None where there is nothing to slip in."""


def housemate(said: Said, given: str, dice: Random) -> Said | None:
    """Somebody else of the household: its surname and address, half of the time its phone or its email."""
    values = {name: text for name, text in said.values.items() if name in ("family", "country", *_ADDRESS)}
    if not given or given == said.values.get("given") or "family" not in values or len(values) < 2:
        return None
    values["given"] = given
    if born := said.values.get("birth_date"):
        year = int(born[:4]) + dice.choice((-1, 1)) * dice.randrange(2, 31)
        values["birth_date"] = f"{year}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    held = {kind: text for kind, text in said.held.items() if kind == "address"}
    contacts = [kind for kind in ("email", "phone") if kind in said.held]
    shared = dice.choice(contacts) if contacts and dice.random() < 0.5 else ""
    for kind in contacts:
        if kind == shared:
            held[kind] = said.held[kind]
        elif dice.random() < 0.7:
            held[kind] = _another(kind, said.held[kind], dice)
    return Said(values, held)


def _another(kind: str, text: str, dice: Random) -> str:
    """An email that nobody has, a phone of the same sort."""
    number = f"{dice.randrange(10**5):05}"
    return f"canary{number}@canary.invalid" if kind == "email" else f"{text[:-5]}{number}"
