"""Who is who among invented customers of many countries, whom no weights were learned from.

Names, streets and towns are those of Faker's locales; how often who says what, and with which mistakes, is
like c10k: six sources, households, shared and recycled contacts, junk. Those of some countries come with
other habits and in other numbers, too.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from faker import Faker

from benchmarks import table
from benchmarks.lacking import mistyped
from benchmarks.table import Row
from threesixty.identity.names import fold

TITLE = "Identity: customers of other countries"
LOCALES = (
    "en_US", "en_GB", "en_IN", "en_NG", "de_DE", "fr_FR", "es_ES", "es_MX", "pt_BR", "pt_PT", "it_IT",
    "nl_NL", "pl_PL", "sv_SE", "da_DK", "fi_FI", "cs_CZ", "hu_HU", "ro_RO", "tr_TR", "hr_HR", "sl_SI",
    "lt_LT", "et_EE", "az_AZ", "id_ID", "vi_VN", "zu_ZA",
)  # fmt: skip
RECORDS, SEED = 20_000, 3
PRECISE = 0.985
TOOLS = {"Splink 5": "splink5", "stitching": "stitching"}

SAYS = ("given", "family", "email", "phone", "birth_date", "street", "device", "loyalty")
SOURCES = {
    "app": (0.12, (0.70, 0.49, 0.81, 0.50, 0.31, 0, 1, 0.29)),
    "ecom_order": (0.28, (0.99, 0.99, 0.97, 0.80, 0, 0.99, 0.80, 0.25)),
    "store_loyalty": (0.20, (0.99, 0.99, 0.55, 0.80, 0.59, 0.60, 0.15, 0.90)),
    "web_account": (0.22, (0.97, 0.95, 1, 0.45, 0.35, 0.20, 0.90, 0.05)),
    "newsletter": (0.08, (0.50, 0.10, 1, 0, 0, 0, 0.70, 0)),
    "support_call": (0.10, (0.90, 0.69, 0.29, 0.95, 0.10, 0.09, 0, 0.15)),
}
"""What share of all Records each has, and how often they say what."""


@dataclass(frozen=True)
class Habits:
    """How customers are: how often each says something once more, and how much more often than in c10k they
    say something, make mistakes, and share what a household shares."""

    again: float = 0.69
    saying: float = 1
    unsaid: tuple[str, ...] = ()
    mistakes: float = 1
    sharing: float = 1


AS_IN_C10K = Habits()
OTHERS = {
    "say 6 of 10 things": Habits(saying=0.6),
    "have no phone or device": Habits(unsaid=("phone", "device")),
    "make three times the mistakes": Habits(mistakes=3),
    "share four times as much": Habits(sharing=4),
    "seldom come twice": Habits(again=0.3),
    "come often": Habits(again=0.88),
}
OF = ("en_US", "pl_PL")
SIZES = (3_000, 10_000, 60_000)
OF_SIZES = ("de_DE", "pt_BR", "hu_HU")
COLUMNS = ("key", "given", "middle", "family", "email", "phone", "birth_date", "street", "city", "region",
           "postcode", "device", "loyalty", "person")  # fmt: skip
PROVIDERS = ("gmail.com",) * 5 + ("yahoo.com", "hotmail.com") * 2 + ("outlook.com", "icloud.com", "aol.com")
JUNK = {
    "email": ("test@test.com", "noemail@noemail.com", "na@na.com", "customer@store.example"),
    "phone": ("000000000", "555555555", "123456789"),
    "birth_date": ("1970-01-01", "1900-01-01", "2000-01-01"),
}
Place = tuple[str, str, str | None, str]


def run(work: Path) -> list[Row]:
    """Every country through every tool, with the shipped weights."""
    work = work / "worlds"
    work.mkdir(exist_ok=True)
    worlds = {locale: (locale, RECORDS, AS_IN_C10K) for locale in LOCALES}
    worlds |= {f"{of}, who {what}": (of, RECORDS, habits) for of in OF for what, habits in OTHERS.items()}
    worlds |= {f"{of}, {size:,} records": (of, size, AS_IN_C10K) for of in OF_SIZES for size in SIZES}
    rows = []
    for name, (locale, size, habits) in worlds.items():
        records, truth = prepared(locale, work, size, habits=habits)
        ours = scored("ours", records, truth)
        others = {tool: scored(module, records, truth) for tool, module in TOOLS.items()}
        note = "; ".join(
            [f"R {ours['recall']:.4f}, largest {ours['largest']} (truth {ours['largest_true']})"]
            + [f"{tool} {said['f1']:.4f}, P {said['precision']:.4f}" for tool, said in others.items()]
        )
        precise = ours["precision"] >= PRECISE
        rows.append(
            Row(name, f"{ours['f1']:.4f}, P {ours['precision']:.4f}", f"P ≥ {PRECISE}", precise, note)
        )
    return rows


def scored(module: str, records: Path, truth: Path) -> dict[str, Any]:
    """What a tool found, held against the truth."""
    out = records.with_suffix(".clusters.parquet")
    command = [sys.executable, "-m", f"benchmarks.identity.{module}", str(records), str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return table.child("benchmarks.identity.measure", out, truth).said


def prepared(
    locale: str, work: Path, records: int = RECORDS, seed: int = SEED, habits: Habits = AS_IN_C10K
) -> tuple[Path, Path]:
    """The records of a country, their keys random and in the order of the keys; and whose each is."""
    dice = random.Random(seed)
    rows = [
        {**row, "key": f"{dice.getrandbits(63):016x}"} for row in World(locale, seed, habits).records(records)
    ]
    rows.sort(key=lambda row: row["key"])
    told = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in COLUMNS})
    paths = work / f"{locale}.parquet", work / f"{locale}.truth.parquet"
    pq.write_table(told.drop_columns("person"), paths[0])
    pq.write_table(told.select(["key", "person"]), paths[1])
    return paths


@dataclass
class Person:
    """Somebody, with all that he or she may say of it."""

    given: str
    middle: str | None
    surnames: list[str]
    born: date
    homes: list[Place]
    emails: list[str]
    phones: list[str]
    devices: list[str]
    card: str


class World:
    """Customers of a country, with their habits."""

    def __init__(self, locale: str, seed: int, habits: Habits) -> None:
        self.habits = habits
        self.dice = random.Random(seed)
        self.faker = Faker(locale)
        self.faker.seed_instance(seed)
        self.towns = [(self.faker.city(), self._region(), self.faker.postcode()) for _ in range(2_000)]
        self.likely = [1 / (place + 8) for place in range(len(self.towns))]
        self.towers: list[Place] = []
        self.kiosks = [self._device() for _ in range(2)]
        self.emails: set[str] = set()
        self.phones: list[str] = []

    def records(self, wanted: int) -> list[dict[str, str]]:
        """So many records, and the rest of those of the last household."""
        rows: list[dict[str, str]] = []
        people, shares = 0, [share for share, _ in SOURCES.values()]
        while len(rows) < wanted:
            for person in self._household():
                people, times = people + 1, 1
                while times < 25 and self._often(self.habits.again):
                    times += 1
                for source in self.dice.choices(list(SOURCES), shares, k=times):
                    said = self._said(person, source)
                    if len(said) > 1:
                        rows.append({**said, "person": str(people)})
        return rows

    # --- who there is --------------------------------------------------------------------------------

    def _household(self) -> Iterator[Person]:
        dice, family, home = self.dice, self.faker.last_name(), self._home()
        size = dice.choices([1, 2, 3, 4, 5], [37, 40, 13, 8.5, 1.8])[0]
        line = [self._phone()] if self._shares(0.15) else []
        tablet = [self._device()] if self._shares(0.12) else []
        box = f"{plain(family)}family{dice.randint(1, 999)}@{dice.choice(PROVIDERS)}"
        card = f"L{dice.randrange(10**9):09}" if self._shares(0.04) else ""
        year, first = dice.randint(1940, 1995), ""
        for place in range(size):
            male = self._often(0.5)
            given = self._first_name(male)
            if place > 1 and self._shares(0.02):
                given = first  # as father, so son
            first = first or given
            born_in = min(2012, year + dice.randint(-4, 4) + (dice.randint(20, 38) if place > 1 else 0))
            surname = family if self._often(0.6 if place == 1 else 0.8) else self.faker.last_name()
            middle = self._first_name(self._often(0.5)) if self._often(0.25) else None
            yield Person(
                given, middle[0] if middle and self._often(0.5) else middle,
                [surname, *([self.faker.last_name()] if not male and self._often(0.03) else [])],
                date(born_in, 1, 1) + timedelta(dice.randrange(365)),
                [home, *([self._home()] if self._often(0.13) else [])],
                [self._email(given, surname, born_in) for _ in range(self._few(68, 25, 7))]
                + ([box] if self._shares(0.08) else []),
                [self._phone() for _ in range(self._few(85, 15))] + (line if self._often(0.7) else []),
                [self._device() for _ in range(self._few(60, 32, 8))] + tablet,
                card or f"L{dice.randrange(10**9):09}",
            )  # fmt: skip

    def _first_name(self, male: bool) -> str:
        return str(self.faker.first_name_male() if male else self.faker.first_name_female())

    def _home(self) -> Place:
        if self.towers and self._often(0.04):
            street, *town = self.dice.choice(self.towers)
            return f"{street} {self.dice.randint(1, 60)}{self.dice.choice('abcd')}", *town
        home = self.faker.street_address().replace("\n", " "), *self.dice.choices(self.towns, self.likely)[0]
        if self._often(0.01):
            self.towers.append(home)
        return home

    def _region(self) -> str | None:
        for name in ("state_abbr", "administrative_unit", "state"):
            if hasattr(self.faker, name):
                return str(getattr(self.faker, name)())
        return None

    def _phone(self) -> str:
        """A number; one of a hundred had another owner before."""
        if self.phones and self._often(0.012):
            return self.dice.choice(self.phones)
        self.phones.append(f"{self.dice.randrange(10, 99)}{self.dice.randrange(10**7):07}")
        return self.phones[-1]

    def _device(self) -> str:
        return f"{self.dice.getrandbits(48):012x}"

    def _email(self, given: str, family: str, year: int) -> str:
        """An address that nobody has yet."""
        dice, one, other = self.dice, plain(given) or "x", plain(family) or "y"
        ends = (str(year)[2:], str(year), str(dice.randint(1, 99)), str(dice.randint(1, 9_999)), "")
        forms = (f"{one}.{other}", f"{one}_{other}", f"{one}{other}", f"{one[0]}{other}", f"{one}{other[0]}",
                 f"{other}.{one}", one, f"cool{one}")  # fmt: skip
        own = f"{plain(self.faker.last_name())}{dice.choice(('inc', 'tech', 'group'))}.com"
        box, domain = dice.choice(forms) + dice.choice(ends), dice.choice(PROVIDERS)
        domain = domain if self._often(0.92) else own
        while f"{box}@{domain}" in self.emails:
            box += str(dice.randint(1, 9_999))
        self.emails.add(f"{box}@{domain}")
        return f"{box}@{domain}"

    # --- what they say -------------------------------------------------------------------------------

    def _said(self, person: Person, source: str) -> dict[str, str]:
        dice, (_, often) = self.dice, SOURCES[source]
        street, city, region, postcode = dice.choice(person.homes)
        fully = self._often(1 - 0.025 * self.habits.mistakes)
        whole = {
            "given": self._name(person.given) if fully else person.given[0],
            "family": self._name(dice.choice(person.surnames)), "email": dice.choice(person.emails),
            "phone": dice.choice(person.phones), "birth_date": self._birth(person.born),
            "street": mistyped(street, dice) if self._errs(0.05) else street,
            "device": dice.choice(person.devices if self._often(0.996) else self.kiosks),
            "loyalty": person.card,
        }  # fmt: skip
        said = {name: whole[name] for name, share in zip(SAYS, often, strict=True) if self._says(name, share)}
        for name, junk in JUNK.items():
            if name in said and self._often(0.008):
                said[name] = dice.choice(junk)
        if "email" in said and self._errs(0.02):
            box, _, domain = said["email"].partition("@")
            said["email"] = f"{mistyped(box, dice)}@{domain}"
        if "phone" in said and self._errs(0.02):
            place = dice.randrange(9)
            said["phone"] = said["phone"][:place] + str(dice.randrange(10)) + said["phone"][place + 1 :]
        if "street" in said:
            said |= {"city": city, "postcode": mistyped(postcode, dice) if self._errs(0.03) else postcode}
            said |= {"region": region} if region else {}
        if "given" in said and person.middle and self._often(0.5):
            said["middle"] = person.middle
        if {"given", "family"} <= said.keys() and self._errs(0.008):
            said["given"], said["family"] = said["family"], said["given"]
        return said

    def _name(self, name: str) -> str:
        name = mistyped(name, self.dice) if self._errs(0.045) else name
        return self.dice.choices((name, name.upper(), name.lower()), (86, 7, 7))[0]

    def _birth(self, born: date) -> str:
        slip = born.replace(day=self.dice.randint(1, 28))
        turned = born.replace(month=born.day, day=born.month) if born.day < 13 else born
        more = self.habits.mistakes
        return str(self.dice.choices((born, slip, turned), (100 - 3 * more, 2 * more, more))[0])

    def _often(self, share: float) -> bool:
        return self.dice.random() < share

    def _says(self, name: str, share: float) -> bool:
        return name not in self.habits.unsaid and self._often(share * self.habits.saying)

    def _errs(self, share: float) -> bool:
        return self._often(share * self.habits.mistakes)

    def _shares(self, share: float) -> bool:
        return self._often(share * self.habits.sharing)

    def _few(self, *shares: float) -> int:
        return self.dice.choices(range(1, len(shares) + 1), shares)[0]


def plain(name: str) -> str:
    """A name as part of an email address."""
    return re.sub(r"[^a-z]", "", fold(name))
