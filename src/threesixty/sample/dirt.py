"""What real life does to data: each function makes one sort of dirt out of a clean value."""

from __future__ import annotations

from threesixty.sample.dice import Dice
from threesixty.sample.names import NICKNAMES

TYPOS = 0.03
NICKNAME = 0.10
ACCENTS_LOST = 0.12
CAPS = 0.04
LOWER = 0.02
SWAPPED = 0.012
ONE_SURNAME = 0.35
DAY_MONTH_SWAPPED = 0.008
BIRTH_DATE_TYPO = 0.01
UNREADABLE_DATE = 0.004
JUNK_EMAIL = 0.006
JUNK_PHONE = 0.008

JUNK_EMAILS = ("test@test.com", "none@none.com", "noreply@example.com", "n/a")
JUNK_PHONES = ("0000000000", "999999999", "123456789", "N/A")
IMPOSSIBLE_DATES = ("31/02/1990", "00/00/0000", "30/02/1985", "12/1978/03")

_PLAIN = str.maketrans(
    "áàâãäåéèêëíìîïóòôõöúùûüçñýÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝŞşğ",
    "aaaaaaeeeeiiiiooooouuuucnyAAAAAAEEEEIIIIOOOOOUUUUCNYSsg",
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_NEIGHBOURS = dict(
    zip("abcdefghijklmnopqrstuvwxyz", "svxfrdghujklnmiopqetyicszx", strict=True),
)


def without_accents(text: str) -> str:
    return text.translate(_PLAIN).replace("ß", "ss")


def letters(text: str) -> str:
    """Text as it goes into an email address: German umlauts spelled out, the rest plain, no signs."""
    plain = without_accents(text.translate(_GERMAN)).lower()
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def typo(dice: Dice, text: str) -> str:
    """One letter left out, doubled, swapped with the next, or hit beside."""
    if len(text) < 4:
        return text
    at = dice.between(1, len(text) - 2)
    head, letter, tail = text[:at], text[at], text[at + 1 :]
    turn = dice.between(0, 3)
    if turn == 0:
        return head + tail
    if turn == 1:
        return head + letter + letter + tail
    if turn == 2:
        return head + tail[0] + letter + tail[1:]
    return head + _NEIGHBOURS.get(letter, letter) + tail


def nickname(dice: Dice, given: str) -> str:
    return dice.pick(NICKNAMES.get(given, (given,)))


def case(dice: Dice, *texts: str) -> tuple[str, ...]:
    """A row typed with caps lock on, or without any capital."""
    roll = dice.roll()
    if roll < CAPS:
        return tuple(text.upper() for text in texts)
    return tuple(text.lower() for text in texts) if roll < CAPS + LOWER else texts


def name(dice: Dice, given: str, family: str) -> tuple[str, str]:
    """Given and family name as one source happens to hold them."""
    if dice.chance(NICKNAME):
        given = nickname(dice, given)
    if " " in family and dice.chance(ONE_SURNAME):
        family = family.rsplit(" ", 1)[1]
    if dice.chance(TYPOS):
        given = typo(dice, given)
    if dice.chance(TYPOS):
        family = typo(dice, family)
    if dice.chance(ACCENTS_LOST):
        given, family = without_accents(given), without_accents(family)
    given, family = case(dice, given, family)
    return (family, given) if dice.chance(SWAPPED) else (given, family)


def birth_date(dice: Dice, born: str, separator: str = "/") -> str:
    """ISO text to day, month, year, sometimes wrong, sometimes impossible."""
    year, month, day = born.split("-")
    roll = dice.roll()
    if roll < UNREADABLE_DATE:
        return dice.pick(IMPOSSIBLE_DATES)
    if roll < UNREADABLE_DATE + DAY_MONTH_SWAPPED and int(day) <= 12:
        day, month = month, day
    elif roll < UNREADABLE_DATE + DAY_MONTH_SWAPPED + BIRTH_DATE_TYPO:
        year = year[:3] + str((int(year[3]) + 1) % 10)
    return separator.join((day, month, year))


def email(dice: Dice, address: str) -> str:
    roll = dice.roll()
    if roll < JUNK_EMAIL:
        return dice.pick(JUNK_EMAILS)
    if roll < JUNK_EMAIL + 0.01 and address:
        local, _, domain = address.partition("@")
        return f"{typo(dice, local)}@{domain}"
    return address.upper() if roll > 0.98 else address


def phone(dice: Dice, number: str, calling: str) -> str:
    """`number` (without trunk zero) as people write it: mostly with the country's code."""
    if not number or dice.chance(JUNK_PHONE):
        return dice.pick(JUNK_PHONES) if number else ""
    grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
    if calling == "351" and dice.chance(0.5):
        return grouped if dice.chance(0.5) else number
    style = dice.between(0, 3)
    if style == 0:
        return f"+{calling} {grouped}"
    if style == 1:
        return f"+{calling}{number}"
    return f"00{calling}{number}" if style == 2 else f"+{calling}-{grouped.replace(' ', '-')}"


def street(dice: Dice, text: str, short: tuple[tuple[str, str], ...]) -> str:
    """A street as written out, or abbreviated the way the country does."""
    if dice.chance(0.25):
        for long, abbreviated in short:
            text = text.replace(long, abbreviated)
    return typo(dice, text) if dice.chance(TYPOS) else text
