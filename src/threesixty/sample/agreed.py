"""What people agreed to in the shop's preference centre: purpose by channel, for a brand, and which text."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty.sample.clock import DAYS, iso, moment
from threesixty.sample.dice import Dice
from threesixty.sample.parties import SHOP, Row, Sheet

PREFERENCES = ("account", "brand", "purpose", "channel", "answer", "answered_at", "text")

ANSWERED, CHANGED_MIND = 0.55, 0.12
_BRAND, _REGISTERED = SHOP.index("brand"), SHOP.index("registered_at")
_ASKED = (
    ("newsletter", "email", 0.6), ("newsletter", "sms", 0.25), ("profiling", "web", 0.45),
    ("partners", "email", 0.1),
)  # fmt: skip
# Lawyers rewrote the text twice; who agreed has seen the one of the day.
TEXTS = (("2023-01", -(10**6)), ("2024-03", 160), ("2025-11", 770))


def preferences(dice: Dice, shop: Sheet) -> list[Row]:
    """A row for every answer; who changed their mind has two."""
    return [row for account in shop.rows if dice.chance(ANSWERED) for row in _answers(dice, account)]


def _answers(dice: Dice, account: Row) -> Iterator[Row]:
    for purpose, channel, yes in _ASKED:
        if not dice.chance(0.6):
            continue
        answer, on = dice.chance(yes), dice.between(0, DAYS - 1)
        if iso(on) < account[_REGISTERED][:10]:
            continue
        yield _row(dice, account, purpose, channel, answer, on)
        if dice.chance(CHANGED_MIND) and on < DAYS - 40:
            yield _row(dice, account, purpose, channel, not answer, dice.between(on + 1, DAYS - 1))


def _row(dice: Dice, account: Row, purpose: str, channel: str, answer: bool, on: int) -> Row:
    text = next(version for version, since in reversed(TEXTS) if on >= since)
    said = ("no", "yes")[answer]
    return (account[0], account[_BRAND], purpose, channel, said, moment(dice, on), text)
