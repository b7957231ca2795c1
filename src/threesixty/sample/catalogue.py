"""What Farol Outdoor sells: categories in two levels, products, and what goes together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

# category | subcategory | models and euros | subcategories bought along | busy months (1-9, a-c)
_SHELF = """
Camping | Tents | Estrela 2 189, Estrela 3 239, Gerês Family 5 449, Brisa Ultralight 1 329, Dune Beach Shelter 59 | Sleeping mats, Tent care, Lighting | 45678
Camping | Sleeping bags | Cirro 10 79, Cirro 0 109, Serra Down -5 259, Junior Fox 49 | Sleeping mats, Lighting | 45678c
Camping | Sleeping mats | Foam Roll 19, Airlite 69, Airlite Wide 89, Nuvem Comfort 119 | Sleeping bags | 45678
Camping | Tent care | Peg Set 12, Guy Line Kit 9, Seam Sealer 11, Groundsheet 29 | Tents | 45678
Camping | Stoves | Chama Mini Stove 45, Chama Duo Stove 99, Trail Kettle System 129 | Gas and fuel, Camp kitchen | 345678
Camping | Gas and fuel | Gas Cartridge 230 g 7, Gas Cartridge 450 g 11, Spirit Fuel 1 l 8 | Stoves | 345678
Camping | Camp kitchen | Titanium Mug 24, Cook Set 39, Spork Pair 6, Coffee Dripper 19, Cool Box 20 l 65 | Stoves, Gas and fuel | 45678
Camping | Lighting | Headlamp 300 35, Headlamp 600 Pro 79, Camp Lantern 42 | Batteries | 56789abc
Camping | Batteries | AAA Pack 6, Power Bank 10 Ah 39, Solar Panel 21 W 89 | Lighting | 5678c
Hiking | Boots | Trilho Low 119, Trilho Mid GTX 169, Alpina Pro 239, Passeio Sandal 59, Trilho Junior 69 | Socks, Shoe care | 3456789
Hiking | Socks | Merino Crew 17, Merino Liner 13, Trekking Socks 2-Pack 24 | Boots | 123456789abc
Hiking | Shoe care | Leather Wax 9, Waterproof Spray 12, Spare Laces 4 | Boots | 3456789ab
Hiking | Backpacks | Day 18 49, Day 25 69, Trek 45 149, Trek 65 189, Junior 12 39 | Rain covers, Bottles | 345678
Hiking | Rain covers | Cover S 15, Cover L 19 | Backpacks | 3459ab
Hiking | Bottles | Steel Bottle 0.5 l 22, Steel Bottle 1 l 29, Soft Flask 16, Water Filter 45 | Backpacks | 45678
Hiking | Poles | Alu Poles 49, Carbon Poles 119 | Boots, Maps | 3456789
Hiking | Maps | Rota Vicentina Map 14, Gerês Map 14, Caminho Guide 21, Alps Hut Guide 25 | Poles | 2345678
Clothing | Rain jackets | Chuva Shell 129, Chuva Pro GTX 289, Poncho 25, Kids Rain Set 59 | Base layers | 239abc
Clothing | Fleece | Lã Fleece 59, Lã Hoodie 79, Kids Fleece 35 | Base layers, Hats and gloves | 129abc
Clothing | Base layers | Merino Tee 49, Merino Longsleeve 69, Merino Leggings 65 | Fleece | 129abc
Clothing | Down jackets | Pena Light 149, Pena Expedition 349, Kids Down 89 | Hats and gloves | 19abc
Clothing | Hats and gloves | Wool Beanie 19, Sun Hat 25, Liner Gloves 15, Winter Gloves 45 | Fleece | 129abc
Climbing | Harnesses | Escalada Harness 59, Junior Harness 49 | Carabiners, Ropes | 3456789
Climbing | Ropes | Rope 60 m 139, Rope 70 m 169, Cord 6 m 12 | Harnesses, Carabiners | 3456789
Climbing | Carabiners | Screwgate 12, Quickdraw Set 79, Belay Device 29 | Harnesses | 3456789
Climbing | Climbing shoes | Falésia Beginner 79, Falésia Pro 129 | Chalk | 123456789abc
Climbing | Chalk | Chalk Bag 19, Chalk Block 4 | Climbing shoes | 123456789abc
Cycling | Bike bags | Handlebar Bag 69, Seat Pack 89, Pannier Pair 119 | Bike lights, Repair | 345678
Cycling | Bike lights | Front Light 45, Rear Light 25, Light Set 65 | Helmets | 19abc
Cycling | Helmets | City Helmet 59, Gravel Helmet 99, Kids Helmet 39 | Bike lights | 345678
Cycling | Repair | Multi Tool 29, Patch Kit 5, Mini Pump 22 | Bike bags | 345678
Water | Surf | Foam Board 7.0 249, Leash 25, Board Wax 4, Neoprene Suit 3/2 179 | Neoprene care, Dry bags | 56789
Water | Neoprene care | Wetsuit Shampoo 12, Changing Poncho 45 | Surf | 56789
Water | Paddling | Inflatable SUP 399, Paddle 79, Life Vest 69 | Dry bags | 5678
Water | Dry bags | Dry Bag 10 l 15, Dry Bag 30 l 29, Phone Pouch 12 | Paddling | 5678
Winter | Skis | Neve Touring Ski 499, Climbing Skins 129, Ski Straps 9 | Goggles, Avalanche gear | 12bc
Winter | Goggles | Neve Goggles 79, Sun Glacier Glasses 99 | Skis, Hats and gloves | 12bc
Winter | Avalanche gear | Beacon 279, Probe 49, Shovel 45 | Skis | 12c
Winter | Snowshoes | Raquete Snowshoes 149, Gaiters 39 | Poles | 12c
Travel | Duffels | Duffel 40 l 79, Duffel 90 l 119, Travel Pack 55 169 | Organisers | 567c
Travel | Organisers | Packing Cubes 29, Wash Bag 25, Money Belt 15, Travel Lock 12 | Duffels | 567c
Gifts | Gift cards | Gift Card 25 25, Gift Card 50 50, Gift Card 100 100 | Lighting | bc
Gifts | Books | Night Skies 29, Knots for Everyone 17, Wild Camping Cookbook 24 | Gift cards | abc
"""  # noqa: E501
_BRANDS = ("Farol", "Farol", "Nordwand", "Aurea", "Penha", "Kestrel")


class Product(NamedTuple):
    """`cents` is its price in euros; `along` are the SKUs people often put beside it."""

    sku: str
    name: str
    brand: str
    category: str
    cents: int
    along: tuple[str, ...]


class Category(NamedTuple):
    code: str
    name: str
    parent: str


class _Subcategory(NamedTuple):
    code: str
    name: str
    parent: str
    models: tuple[tuple[str, int], ...]
    along: tuple[str, ...]
    months: tuple[int, ...]


@cache
def _shelf() -> tuple[_Subcategory, ...]:
    rows = [[cell.strip() for cell in line.split("|")] for line in _SHELF.strip().splitlines()]
    return tuple(
        _Subcategory(
            f"{top[:3].upper()}-{at:02}", name, top[:3].upper(),
            tuple(_model(model) for model in models.split(",")),
            tuple(part.strip() for part in along.split(",")),
            tuple(int(month, 16) for month in months),
        )
        for at, (top, name, models, along, months) in enumerate(rows, 1)
    )  # fmt: skip


def _model(text: str) -> tuple[str, int]:
    name, _, euros = text.strip().rpartition(" ")
    return name, int(euros)


@cache
def categories() -> tuple[Category, ...]:
    """Departments first, then their subcategories."""
    tops = dict.fromkeys(line.split("|")[0].strip() for line in _SHELF.strip().splitlines())
    departments = tuple(Category(top[:3].upper(), top, "") for top in tops)
    return departments + tuple(Category(sub.code, sub.name, sub.parent) for sub in _shelf())


@cache
def products() -> dict[str, Product]:
    """Every product by its SKU."""
    codes = {sub.name: sub for sub in _shelf()}
    found = {}
    for sub in _shelf():
        for at, (model, euros) in enumerate(sub.models, 1):
            along = tuple(_companion(codes[name], at) for name in sub.along)
            brand = _BRANDS[(len(model) + at) % len(_BRANDS)]
            sku = f"{sub.code}-{at}"
            found[sku] = Product(sku, model, brand, sub.code, euros * 100 - (10 if euros > 9 else 5), along)
    return found


def _companion(sub: _Subcategory, at: int) -> str:
    return f"{sub.code}-{1 + (at - 1) % len(sub.models)}"


@cache
def in_season() -> tuple[tuple[str, ...], ...]:
    """For each month (0 is January) SKUs to pick from evenly: what is in season stands there often."""
    return tuple(tuple(_wanted(month)) for month in range(1, 13))


def _wanted(month: int) -> Iterator[str]:
    for sub in _shelf():
        for at in range(1, len(sub.models) + 1):
            for _ in range((6 if month in sub.months else 1) * (2 if at == 1 else 1)):
                yield f"{sub.code}-{at}"
