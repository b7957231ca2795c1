"""The truth of the sample company: households, and the people who live in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from threesixty.sample import dirt, names
from threesixty.sample.clock import DAYS
from threesixty.sample.dice import Dice
from threesixty.sample.places import COUNTRIES, MAIL_DOMAINS, Country

ORGANISATIONS = 0.02
SERIAL_RETURNER = 0.02
BLOCK = 5000
"""So many customers are made, written and let go of at a time: memory stays flat for any number."""

_HOUSEHOLDS = ("single",) * 7 + ("couple",) * 6 + ("family",) * 7 + ("sharers",) * 2
_SURNAME_LINKS = {"PT": (" ", " ", " ", " da ", " de "), "US": (" ",)}
_TRADES = ("Turismo", "Aventura", "Hotel", "Escola", "Clube", "Verein", "Adventures", "Logistics", "Studio")
_FAMILY_MAILBOX = {"PT": "familia.{}", "DE": "familie.{}", "GB": "the{}s", "US": "the{}s"}
_FORMS = {"PT": "Lda", "DE": "GmbH", "GB": "Ltd", "US": "Inc"}


class Address(NamedTuple):
    street: str
    postcode: str
    city: str


@dataclass(slots=True)
class Household:
    """People behind one door. `email`, `tablet` and `card` are '' unless they share one."""

    id: str
    country: Country
    address: Address
    landline: str
    email: str = ""
    tablet: str = ""
    card: str = ""
    members: list[Person] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """One customer as they really are; an organisation has `company` and no given name.

    `joined` counts days after FIRST_DAY (negative: before). Until the day `changed`, and in old records for
    ever, `former_…` held: the name before the wedding, the address before the move.
    """

    id: str
    household: Household
    given: str
    family: str
    gender: str
    born: str
    joined: int
    email: str
    mobile: str
    device: str
    card: str = ""
    suffix: str = ""
    company: str = ""
    former_family: str = ""
    former_address: Address | None = None
    former_mobile: str = ""
    former_email: str = ""
    changed: int = 0
    sends_back: bool = False

    @property
    def has_changed(self) -> bool:
        return bool(self.former_family or self.former_address or self.former_mobile or self.former_email)

    def mailbox(self, on: int) -> str:
        """Their own email address on that day."""
        return self.former_email if self.former_email and on < self.changed else self.email


class Town:
    """Makes households one after the other and keeps what must stay unique."""

    def __init__(self, dice: Dice, emails: Iterable[str] = ()) -> None:
        """`emails` are taken already."""
        self.dice = dice
        self.people: list[Person] = []
        self._emails = set(emails)
        self._blocks = 0
        self._persons = 0
        self._phones = 0
        self._households = 0
        self._cards = 0
        self._given_up: dict[str, list[str]] = {}

    def blocks(self, customers: int) -> Iterator[list[Person]]:
        """Exactly so many customers, in households, some thousands at a time."""
        while customers > 0:
            block = self._settle(min(customers, BLOCK))
            customers -= len(block)
            yield block
            self._blocks += 1
            self._emails, self._given_up = set(), {}

    def _settle(self, customers: int) -> list[Person]:
        self.people = []
        while len(self.people) < customers:
            self._move_in(customers - len(self.people))
        self._persons += len(self.people)
        return self.people

    def _move_in(self, room: int) -> None:
        dice = self.dice
        country = dice.pick(COUNTRIES)
        home = self._household(country)
        if dice.chance(ORGANISATIONS):
            self._organisation(home)
            return
        sort = dice.pick(_HOUSEHOLDS)
        if sort == "sharers":
            adults = [self._adult(home, self._family_name(country)) for _ in range(dice.between(2, 4))]
        else:
            adults = (
                [self._adult(home, self._family_name(country))] if sort == "single" else self._couple(home)
            )
        members = adults + (self._children(home, adults) if sort == "family" else [])
        home.members = members[:room]
        if len(home.members) > 1 and sort != "sharers":
            self._share(home)
        self.people += home.members

    def _household(self, country: Country) -> Household:
        self._households += 1
        landline = self._phone(country, country.landlines) if self.dice.chance(0.35) else ""
        return Household(f"H{self._households:06}", country, self._address(country), landline)

    def _address(self, country: Country) -> Address:
        dice = self.dice
        city, pattern = dice.pick(country.towns).split("|")
        street = country.street_pattern.format(street=dice.pick(country.streets), number=dice.between(1, 140))
        if country.code == "PT" and dice.chance(0.4):
            street += f", {dice.between(1, 6)}.º {dice.pick(('Dto', 'Esq', 'A', 'B'))}"
        if country.code == "US" and dice.chance(0.3):
            street += f", Apt {dice.between(1, 40)}"
        return Address(street, "".join(self._sign(sign) for sign in pattern), city)

    def _sign(self, sign: str) -> str:
        if sign == "#":
            return str(self.dice.between(0, 9))
        return self.dice.pick("ABDEFGHJLNPQRSTUWXYZ") if sign == "?" else sign

    def _phone(self, country: Country, prefixes: tuple[str, ...]) -> str:
        """A number nobody else has: a counter, spread by a multiplication."""
        self._phones += 1
        prefix = prefixes[self._phones % len(prefixes)]
        size = 10 ** (country.phone_length - len(prefix) - 1)
        return f"{prefix}{2 * size + self._phones * 7_368_787 % (8 * size)}"

    def _family_name(self, country: Country) -> str:
        links = _SURNAME_LINKS.get(country.code)
        first = self._surname(country)
        if links and self.dice.chance(0.6 if country.code == "PT" else 0.05):
            return first + self.dice.pick(links) + self._surname(country)
        return first

    def _surname(self, country: Country) -> str:
        return self.dice.pick(country.families if self.dice.chance(0.5) else country.rare_families)

    def _adult(
        self, home: Household, family: str, gender: str = "", born: tuple[int, int] = (1945, 2004)
    ) -> Person:
        dice = self.dice
        gender = gender or dice.pick("fm")
        choices = home.country.women if gender == "f" else home.country.men
        given = dice.pick(choices)
        while given in [member.given for member in home.members]:
            given = dice.pick(choices)
        on = date.fromordinal(date(dice.between(*born), 1, 1).toordinal() + dice.between(0, 364))
        return self._person(home, given, family, gender, on.isoformat())

    def _person(self, home: Household, given: str, family: str, gender: str, born: str) -> Person:
        dice, number = self.dice, self._persons + len(self.people) + len(home.members) + 1
        person = Person(
            f"P{number:06}", home, given, family, gender, born, dice.between(-900, DAYS - 30),
            self._email(given, family, born), self._mobile(home.country), f"{int(dice.roll() * 2**48):012x}",
        )  # fmt: skip
        home.members.append(person)
        self._past(person)
        return person

    def _past(self, person: Person) -> None:
        """Moves and new phones, which old records still remember."""
        dice, country = self.dice, person.household.country
        if dice.chance(0.12):
            person.former_address = self._address(country)
        if dice.chance(0.08):
            person.former_mobile = self._phone(country, country.mobiles)
            if dice.chance(0.4):
                self._given_up.setdefault(country.code, []).append(person.former_mobile)
        if dice.chance(0.05):
            person.former_email = self._email(person.given, person.family, person.born)
        person.changed = dice.between(max(person.joined, 0) + 20, DAYS)
        person.sends_back = dice.chance(SERIAL_RETURNER)

    def _mobile(self, country: Country) -> str:
        """A new number, or once in a while one that somebody else gave up."""
        given_up = self._given_up.get(country.code)
        if given_up and self.dice.chance(0.3):
            return given_up.pop(0)
        return self._phone(country, country.mobiles)

    def _email(self, given: str, family: str, born: str) -> str:
        first, last = dirt.letters(given), dirt.letters(family.rsplit(" ", 1)[-1])
        year = born[2:4]
        shapes = (f"{first}.{last}", f"{first}.{last}", f"{first}{last}{year}", f"{first[0]}{last}",
                  f"{first}{born[:4]}", f"{last}.{first}", f"{first}_{last}{year}")  # fmt: skip
        return self._mailbox(self.dice.pick(shapes))

    def _mailbox(self, local: str) -> str:
        """An address nobody else has; no other block has the hyphen and its number."""
        domain = self.dice.pick(MAIL_DOMAINS)
        if self._blocks:
            local = f"{local}-{self._blocks}"
        while f"{local}@{domain}" in self._emails:
            local += str(self.dice.between(1, 99))
        self._emails.add(f"{local}@{domain}")
        return f"{local}@{domain}"

    def _couple(self, home: Household) -> list[Person]:
        dice = self.dice
        family = self._family_name(home.country)
        one = self._adult(home, family, "m" if dice.chance(0.95) else "f", (1950, 1995))
        year = int(one.born[:4])
        maiden = self._family_name(home.country)
        two = self._adult(home, maiden, "f" if dice.chance(0.95) else "m", (year - 4, year + 6))
        if dice.chance(0.6):
            two.family = family
            two.former_family = maiden if dice.chance(0.35) else ""
        return [one, two]

    def _children(self, home: Household, parents: list[Person]) -> list[Person]:
        """Teenagers and grown-up children; now and then twins, or a son called like his father."""
        dice, father = self.dice, parents[0]
        year = min(int(parents[1].born[:4]) + 24, 2008)
        if dice.chance(0.06):
            return self._twins(home, father.family, year)
        children = [
            self._adult(home, father.family, "", (year, min(year + 10, 2011)))
            for _ in range(dice.between(1, 3))
        ]
        if dice.chance(0.12) and father.gender == "m":
            son = children[0]
            son.given, son.gender = father.given, "m"
            if home.country.code in ("GB", "US"):
                son.suffix, father.suffix = "Jr", "Sr"
            son.email = self._email(son.given, son.family, son.born)
        return children

    def _twins(self, home: Household, family: str, year: int) -> list[Person]:
        one, two = (self._adult(home, family, "", (year, year)) for _ in range(2))
        two.born = one.born
        if self.dice.chance(0.5):
            one.given, two.given = self.dice.pick(names.TWINS[home.country.code])
            one.email, two.email = (self._email(t.given, family, t.born) for t in (one, two))
        return [one, two]

    def _share(self, home: Household) -> None:
        """A family mailbox, a tablet on the sofa, one loyalty card for all."""
        dice, family = self.dice, dirt.letters(home.members[0].family.rsplit(" ", 1)[-1])
        if dice.chance(0.22):
            home.email = self._mailbox(_FAMILY_MAILBOX[home.country.code].format(family))
        if dice.chance(0.3):
            home.tablet = f"{int(dice.roll() * 2**48):012x}"
        if dice.chance(0.12):
            home.card = self.new_card()

    def new_card(self) -> str:
        """A loyalty card number never given out before."""
        self._cards += 1
        return f"36{10**9 + self._cards * 736_878_731 % (9 * 10**9)}"

    def _organisation(self, home: Household) -> None:
        dice, country = self.dice, home.country
        owner, trade = self._surname(country), dice.pick(_TRADES)
        company = f"{owner} {trade} {_FORMS[country.code]}"
        person = self._person(home, "office", f"{owner} {trade}", "", "1990-01-01")
        person.company, person.given, person.born = company, "", ""
        person.former_address, person.former_email, person.sends_back = None, "", False
        home.members = [person]
        self.people.append(person)
