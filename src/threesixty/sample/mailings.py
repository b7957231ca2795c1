"""Campaigns of three years, to whom each was sent, who opened it, who followed a link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from threesixty.sample.clock import DAYS, iso
from threesixty.sample.dice import Dice
from threesixty.sample.parties import BRANDS, CRM, Row, Sheet

CAMPAIGNS = ("code", "name", "channel", "brand", "sent_at")
RESPONSES = ("campaign", "customer", "action", "at")

SENT_AT_MOST = 0.85
_THEMES = (
    "Autumn trails", "Gifts that last", "Snow is coming", "Spring tents", "Long weekends", "Out on the water",
    "Packing for August", "Back on the bike",
)  # fmt: skip
_ID, _TYPE, _EMAIL, _NEWSLETTER, _AT = (
    CRM.index(name) for name in ("id", "type", "email", "newsletter", "newsletter_at")
)


class Campaign(NamedTuple):
    code: str
    name: str
    brand: str
    day: int


def campaigns() -> list[Campaign]:
    """Eight a year; what goes out on the water is Maré's."""
    step, days = len(_THEMES), range(14, DAYS, 46)
    return [
        Campaign(f"K-{n + 1:02}", f"{_THEMES[n % step]} {iso(on)[:4]}", BRANDS[n % step in (5, 6)], on)
        for n, on in enumerate(days)
    ]


def campaign_rows() -> list[Row]:
    return [(one.code, one.name, "email", one.brand, f"{iso(one.day)}T09:00:00") for one in campaigns()]


@dataclass(slots=True)
class Mailed:
    """Rows of responses, and the days on which each person followed a link."""

    rows: list[Row] = field(default_factory=list)
    clicks: dict[str, list[int]] = field(default_factory=dict)


def mailings(dice: Dice, crm: Sheet) -> Mailed:
    """Sent to people of the CRM who agreed to the newsletter, from the day on which they did."""
    mailed = Mailed()
    each = campaigns()
    for row, person in zip(crm.rows, crm.about, strict=True):
        if row[_TYPE] != "P" or row[_NEWSLETTER] != "yes" or "@" not in row[_EMAIL]:
            continue
        since = "-".join(reversed(row[_AT].split("/")))
        keen = 0.08 + 0.5 * dice.roll()
        for campaign in each:
            if iso(campaign.day) > since and dice.chance(SENT_AT_MOST):
                clicked = _one(dice, mailed.rows, campaign, row[_ID], keen)
                if clicked >= 0:
                    mailed.clicks.setdefault(person.id, []).append(clicked)
    return mailed


def _one(dice: Dice, rows: list[Row], campaign: Campaign, customer: str, keen: float) -> int:
    """Send one mail; the day on which a link in it was followed, or -1."""
    code = campaign.code
    rows.append((code, customer, "sent", f"{iso(campaign.day)}T09:00:00"))
    if not dice.chance(keen):
        return -1
    on = min(campaign.day + dice.streak(0.4), DAYS - 1)
    hour = dice.between(10, 21)
    rows.append((code, customer, "opened", f"{iso(on)}T{hour}:{dice.between(10, 59)}:00"))
    if not dice.chance(0.18):
        return -1
    rows.append((code, customer, "clicked", f"{iso(on)}T{hour + 1}:{dice.between(10, 59)}:00"))
    return on
