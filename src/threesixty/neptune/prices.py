"""The price file: what Amazon Neptune costs, what AWS documents, what is assumed; each with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from threesixty.errors import NotFound, Problem, ProjectError

SHIPPED = "prices.toml"
LEVELS = ("low", "likely", "high")
UNITS = {
    "ncu_hour": "NCU-hour",
    "storage_gb_month": "GB-month",
    "io_million": "million I/Os",
    "backup_gb_month": "GB-month",
    "transfer_zone_gb": "GB",
    "transfer_internet_gb": "GB",
    "s3_gb_month": "GB-month",
    "alarm_month": "alarm-month",
}
_FACTS = ("index_bytes", "text_bytes", "page_kib", "log_kib", "segment_gb", "ncu_gib", "ncu_least",
          "ncu_most", "ncu_vcpu")  # fmt: skip
_ASSUMPTIONS = ("page_fill", "memory", "slowness", "peak", "idle", "pages", "misses", "warm_ups",
                "log_bytes", "backups", "transfer")  # fmt: skip

_DIVIDE = ("page_fill",)


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs, where that was read, and when."""

    amount: Decimal
    read: date
    source: str


@dataclass(frozen=True, slots=True)
class Instance:
    """A class of instances: price by the hour, processors, memory. Burstable ones cost more when busy."""

    name: str
    price: Price
    vcpu: int
    gib: float
    burstable: bool = False


@dataclass(frozen=True, slots=True)
class Assumption:
    """A factor that nobody documents: three values, what it is, and why it is what it is."""

    name: str
    low: float
    likely: float
    high: float
    what: str
    why: str

    def at(self, level: str) -> float:
        """Its value at `low`, `likely` or `high`."""
        return {"low": self.low, "likely": self.likely, "high": self.high}[level]


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of one region, with the facts and assumptions of the file they stand in."""

    region: str
    name: str
    currency: str
    each: Mapping[str, Price]
    instances: Mapping[str, Instance]
    facts: Mapping[str, float]
    assumptions: Mapping[str, Assumption]

    @property
    def oldest(self) -> date:
        """When the price was read that was not read for the longest time."""
        return min(price.read for price in (*self.each.values(), *(i.price for i in self.instances.values())))


def shipped() -> str:
    """The text of the price file that comes with Threesixty."""
    return files(__package__).joinpath(SHIPPED).read_text("utf-8")


def load(path: Path | None = None) -> Mapping[str, Prices]:
    """The prices of every region in a file, the shipped one when none is given. Raises ProjectError."""
    name = str(path or SHIPPED)
    try:
        text = path.read_text("utf-8") if path else shipped()
        told = tomllib.loads(text, parse_float=Decimal)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        hint = "`threesixty cost --save-prices FILE` writes one to start from"
        raise ProjectError(name, [Problem(f"the price file cannot be read: {error}", hint)]) from None
    return _Reader(name).regions(told)


def chosen(regions: Mapping[str, Prices], region: str) -> Prices:
    """The prices of a region. Raises NotFound."""
    if region not in regions:
        known = ", ".join(regions)
        raise NotFound("region of the price file", region, regions, hint=f"it has {known}; add yours to it")
    return regions[region]


class _Reader:
    """Reads the tables of a price file, and says of each mistake where it is."""

    def __init__(self, path: str) -> None:
        self._path = path

    def regions(self, told: Mapping[str, Any]) -> dict[str, Prices]:
        currency = str(told.get("currency", "USD"))
        facts = {name: self._number(self._table(told, "facts"), f"facts.{name}", name) for name in _FACTS}
        kept = self._table(told, "assumptions")
        assumptions = {name: self._assumption(kept, name) for name in _ASSUMPTIONS}
        found = {
            region: self._region(region, table, currency, facts, assumptions)
            for region, table in self._table(told, "regions").items()
        }
        if not found:
            raise self._wrong("regions", "names no region")
        return found

    def _region(
        self,
        region: str,
        table: Mapping[str, Any],
        currency: str,
        facts: Mapping[str, float],
        assumptions: Mapping[str, Assumption],
    ) -> Prices:
        place = f"regions.{region}"
        prices = self._table(table, "prices", place)
        for name in prices.keys() - UNITS.keys():
            raise self._wrong(f"{place}.prices.{name}", f"is no price; there are {', '.join(UNITS)}")
        each = {name: self._price(price, f"{place}.prices.{name}") for name, price in prices.items()}
        instances = {
            name: self._instance(name, price, f"{place}.instances.{name}")
            for name, price in table.get("instances", {}).items()
        }
        if not each:
            raise self._wrong(place, "has no prices")
        return Prices(region, str(table.get("name", region)), currency, each, instances, facts, assumptions)

    def _price(self, told: Any, place: str) -> Price:
        amount = self._decimal(told, place, "price")
        read = told.get("read")
        if not isinstance(read, date):
            raise self._wrong(place, "needs `read`, the day it was read, such as 2026-11-25")
        return Price(amount, read, str(told.get("source", "")))

    def _instance(self, name: str, told: Any, place: str) -> Instance:
        vcpu, gib = (self._decimal(told, place, size) for size in ("vcpu", "gib"))
        return Instance(name, self._price(told, place), int(vcpu), float(gib), bool(told.get("burstable")))

    def _assumption(self, told: Mapping[str, Any], name: str) -> Assumption:
        place, table = f"assumptions.{name}", told.get(name, {})
        low, likely, high = (float(self._decimal(table, place, level)) for level in LEVELS)
        if name in _DIVIDE and not (low and likely and high):
            raise self._wrong(place, "must be more than 0")
        return Assumption(name, low, likely, high, str(table.get("what", name)), str(table.get("why", "")))

    def _number(self, told: Mapping[str, Any], place: str, name: str) -> float:
        return float(self._decimal(told.get(name, {}), place, "value"))

    def _decimal(self, told: Any, place: str, name: str) -> Decimal:
        value = told.get(name) if isinstance(told, Mapping) else None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._wrong(place, f"needs `{name}`, a number")
        if not Decimal(value).is_finite() or value < 0:
            raise self._wrong(place, f"`{name}` must not be negative or without end")
        return Decimal(value)

    def _table(self, told: Mapping[str, Any], name: str, inside: str = "") -> Mapping[str, Any]:
        table = told.get(name, {})
        if not isinstance(table, Mapping):
            raise self._wrong(f"{inside}.{name}".lstrip("."), "must be a table")
        return table

    def _wrong(self, place: str, what: str) -> ProjectError:
        hint = "`threesixty cost --save-prices FILE` writes a right one to compare with"
        return ProjectError(self._path, [Problem(f"{place} {what}", hint)])
