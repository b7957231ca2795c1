"""Units of quantities: of which sort each is, and how much of that sort's own unit it is."""

from __future__ import annotations

from collections.abc import Mapping

SORTS: Mapping[str, Mapping[str, float]] = {
    "mass": {"kg": 1, "g": 1e-3, "mg": 1e-6, "t": 1e3, "lb": 0.45359237, "oz": 0.028349523125,
             "st": 6.35029318},
    "volume": {"l": 1, "dl": 0.1, "cl": 1e-2, "ml": 1e-3, "m3": 1e3, "gal": 3.785411784, "qt": 0.946352946,
               "pt": 0.473176473, "cup": 0.2365882365, "fl oz": 0.0295735295625},
    "length": {"m": 1, "km": 1e3, "cm": 1e-2, "mm": 1e-3, "mi": 1609.344, "yd": 0.9144, "ft": 0.3048,
               "in": 0.0254},
    "area": {"m2": 1, "km2": 1e6, "ha": 1e4, "cm2": 1e-4, "ac": 4046.8564224, "ft2": 0.09290304},
    "time": {"s": 1, "ms": 1e-3, "min": 60, "h": 3_600, "d": 86_400},
}  # fmt: skip
SORT: Mapping[str, str] = {unit: sort for sort, units in SORTS.items() for unit in units}
"""The sort of every unit."""

_WORDS = {
    "kg": "kilo kilos kilogram kilograms kilogramme kilogrammes kgs", "g": "gram grams gramme grammes gr gm",
    "mg": "milligram milligrams", "t": "tonne tonnes ton", "lb": "lbs pound pounds", "oz": "ounce ounces",
    "st": "stone stones", "l": "litre litres liter liters lt ltr", "dl": "decilitre deciliter",
    "cl": "centilitre centiliter", "ml": "millilitre millilitres milliliter milliliters cc cm3",
    "m3": "cbm", "gal": "gallon gallons", "qt": "quart quarts", "pt": "pint pints", "cup": "cups",
    "fl oz": "floz", "m": "metre metres meter meters", "km": "kilometre kilometres kilometer kilometers",
    "cm": "centimetre centimetres centimeter centimeters",
    "mm": "millimetre millimetres millimeter millimeters", "mi": "mile miles", "yd": "yard yards yds",
    "ft": "foot feet '", "in": 'inch inches "', "m2": "sqm qm", "km2": "sqkm", "ha": "hectare hectares",
    "ac": "acre acres", "ft2": "sqft", "s": "sec secs second seconds", "ms": "millisecond milliseconds",
    "min": "mins minute minutes", "h": "hr hrs hour hours", "d": "day days",
}  # fmt: skip
_SPELT = {word: unit for unit, words in _WORDS.items() for word in [unit, *words.split()]}


def unit(text: str) -> str | None:
    """A unit by one of its spellings, or None."""
    bare = text.replace(".", "").strip().translate(_PLAIN)
    return _SPELT.get(bare) or _SPELT.get(bare.casefold()) or _SPELT.get(bare.casefold().replace(" ", ""))


_PLAIN = str.maketrans({"²": "2", "³": "3", "′": "'", "″": '"', "’": "'", "”": '"'})  # noqa: RUF001


def factor(one: str, other: str) -> float:
    """How many of another unit of the same sort one unit is; ValueError where the sorts differ."""
    if SORT[one] != SORT[other]:
        raise ValueError(f"{one} is no unit of {SORT[other]}")
    return SORTS[SORT[one]][one] / SORTS[SORT[other]][other]
