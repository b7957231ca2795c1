"""What people look at: sessions of the web shop and the app, pages, products, and what lay in a basket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from threesixty.sample.catalogue import in_season
from threesixty.sample.clock import BUSY_DAYS, MONTH_OF_DAY, iso
from threesixty.sample.dice import Dice
from threesixty.sample.orders import Order
from threesixty.sample.parties import SHOP, Row, Sheet
from threesixty.sample.people import Person

SESSIONS = ("session", "started_at", "origin", "channel", "landing", "account", "device")
VIEWS = ("session", "nr", "at", "action", "page", "sku", "account", "device")
ORIGINS = (
    ("direct", "Typed or bookmarked"), ("search", "Search engine"), ("newsletter", "Newsletter"),
    ("social", "Social media"), ("friend", "A friend's link"), ("market", "Marketplace advertisement"),
)  # fmt: skip

TRACKED, BROWSES, PUTS_IN_BASKET, UNKNOWN_AT_FIRST = 0.7, 0.62, 0.16, 0.15
Look = tuple[str, str]
"""`view` or `basket`, and the SKU."""

_FIRST = ("search",) * 5 + ("social",) * 3 + ("direct", "friend", "friend", "market", "newsletter")
_LATER = ("direct",) * 6 + ("newsletter",) * 4 + ("search",) * 2 + ("social",)
_PAGES = ("/", "/sale", "/guides/packing-list", "/stores", "/delivery")
_TWO = tuple(f"{n:02}" for n in range(60))


@dataclass(slots=True)
class Web:
    """Rows of sessions and views; `unknown` tells who was behind sessions without an account."""

    sessions: list[Row] = field(default_factory=list)
    views: list[Row] = field(default_factory=list)
    unknown: list[tuple[str, Person]] = field(default_factory=list)


@dataclass(slots=True)
class _Visitor:
    """Somebody with an account and a device, by which the web knows them."""

    person: Person
    account: str
    device: str
    origins: Sequence[str] = _FIRST


def visits(dice: Dice, shop: Sheet, bought: Sequence[Order], numbers: Iterator[int]) -> Web:
    """Sessions that led to orders, and those that led to nothing; some before anybody logged in."""
    web = Web()
    device = SHOP.index("device_id")
    visitors = {
        row[0]: _Visitor(person, row[0], row[device])
        for row, person in zip(shop.rows, shop.about, strict=True)
    }
    for visitor in visitors.values():
        _browse(dice, web, visitor, numbers)
    for order in bought:
        if order.account in visitors and dice.chance(TRACKED):
            _order(dice, web, visitors[order.account], order, numbers)
    return web


def _browse(dice: Dice, web: Web, visitor: _Visitor, numbers: Iterator[int]) -> None:
    person = visitor.person
    since = max(person.joined, 0)
    if visitor.device == person.device and visitor.device and dice.chance(UNKNOWN_AT_FIRST):
        stranger = _Visitor(person, "", visitor.device)
        key = _session(dice, web, stranger, max(since - dice.between(0, 9), 0), numbers)
        web.unknown.append((key, person))
        visitor.origins = _LATER
    taste = dice.pick(in_season()[MONTH_OF_DAY[since]])
    for _ in range(dice.streak(BROWSES)):
        _session(dice, web, visitor, max(dice.pick(BUSY_DAYS), since), numbers, taste)


def _session(
    dice: Dice, web: Web, visitor: _Visitor, on: int, numbers: Iterator[int], taste: str = ""
) -> str:
    """A look around: a page or two, some products of the season, and again what they wish for."""
    key, hour, minute = f"V-{next(numbers)}", f"{iso(on)}T{_TWO[dice.between(8, 22)]}", dice.between(0, 40)
    season = in_season()[MONTH_OF_DAY[on]]
    looks: list[Look] = [("view", "")] if dice.chance(0.4) else []
    for _ in range(1 + dice.streak(0.5)):
        sku = taste if taste and dice.chance(0.3) else dice.pick(season)
        looks.append(("view", sku))
        if visitor.account and dice.chance(PUTS_IN_BASKET):
            looks.append(("basket", sku))
    _write(dice, web, visitor, key, hour, minute, looks)
    return key


def _order(dice: Dice, web: Web, visitor: _Visitor, order: Order, numbers: Iterator[int]) -> None:
    looks = [look for sku, _ in order.basket for look in (("view", sku), ("basket", sku))]
    _write(dice, web, visitor, f"V-{next(numbers)}", order.placed[:13], 0, looks[:30])


def _write(
    dice: Dice, web: Web, visitor: _Visitor, key: str, hour: str, minute: int, looks: Sequence[Look]
) -> None:
    account, device = visitor.account, visitor.device
    channel = "web" if dice.chance(0.7) else "app"
    page = f"/p/{looks[0][1]}" if looks[0][1] else dice.pick(_PAGES)
    started = f"{hour}:{_TWO[minute]}:00"
    web.sessions.append((key, started, dice.pick(visitor.origins), channel, page, account, device))
    visitor.origins = _LATER
    for number, (action, sku) in enumerate(looks, 1):
        at = f"{hour}:{_TWO[min(minute + number // 2, 59)]}:{_TWO[number * 17 % 60]}"
        shown = f"/p/{sku}" if sku else page
        web.views.append((key, str(number), at, action, shown, sku, account, device))
