"""What the CRM, the web shop and the loyalty programme each know of the people, dirt and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from threesixty.sample import dirt
from threesixty.sample.dice import Dice
from threesixty.sample.people import DAYS, FIRST_DAY, Address, Person, Town

CRM = (
    "id", "type", "title", "first_name", "last_name", "company", "birth_date", "email", "mobile", "phone",
    "street", "postcode", "city", "country", "loyalty_card", "newsletter", "newsletter_at", "ads", "ads_at",
    "updated_at",
)  # fmt: skip
SHOP = (
    "account", "name", "email", "phone", "device_id", "street", "postcode", "city", "country",
    "registered_at",
)  # fmt: skip
LOYALTY = (
    "socio", "cartao", "nome", "apelido", "data_nascimento", "telemovel", "email", "codigo_postal",
    "localidade", "adesao",
)  # fmt: skip

IN_CRM, CRM_TWICE, IN_SHOP, SHOP_TWICE, IN_LOYALTY, LOYALTY_TWICE = 0.9, 0.15, 0.8, 0.09, 0.7, 0.03
KIOSK = 0.1

_FIRST_ORDINAL = FIRST_DAY.toordinal()
Row = tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """Rows of one source, each with the id of the person it is about."""

    rows: list[Row] = field(default_factory=list)
    about: list[Person] = field(default_factory=list)

    def add(self, row: Row, person: Person) -> None:
        self.rows.append(row)
        self.about.append(person)


def visits(dice: Dice, people: Sequence[Person], chance: float, twice: float) -> list[tuple[Person, bool]]:
    """Who has a record, in no order; True marks the second, older record of a person."""
    found = []
    for person in people:
        if dice.chance(chance):
            found.append((person, False))
            if dice.chance(twice):
                found.append((person, True))
    return dice.shuffled(found)


def crm(dice: Dice, people: Sequence[Person]) -> Sheet:
    sheet = Sheet()
    for number, (person, old) in enumerate(visits(dice, people, IN_CRM, CRM_TWICE), 2001):
        row = _company if person.company else _crm_person
        sheet.add(row(dice, f"C-{number}", person, old=old), person)
    return sheet


def _crm_person(dice: Dice, key: str, person: Person, *, old: bool) -> Row:
    home = person.household
    given, family = _known_as(dice, person, old=old)
    address = _address(dice, person, old=old)
    updated = dice.between(min(person.joined, DAYS - 400), DAYS - 400 if old else DAYS)
    title = home.country.titles[person.gender == "m"] if dice.chance(0.6) else ""
    card = (home.card or person.card) if dice.chance(0.35) else ""
    return (
        key, "P", title, given, family, "",
        dirt.birth_date(dice, person.born) if dice.chance(0.75) else _no_birth_date(dice),
        _email(dice, person, 0.85), _mobile(dice, person, 0.75, old=old),
        dirt.phone(dice, home.landline, home.country.calling),
        *address, home.country.code, card, *_consents(dice, updated), moment(dice, updated),
    )  # fmt: skip


def _company(dice: Dice, key: str, person: Person, *, old: bool) -> Row:
    home = person.household
    name = dirt.case(dice, person.company)[0]
    updated = dice.between(0, DAYS)
    return (
        key, "O", "", "", "", name.rpartition(" ")[0] if old else name, "", _email(dice, person, 0.95),
        _mobile(dice, person, 0.6, old=old), dirt.phone(dice, home.landline, home.country.calling),
        *_address(dice, person, old=old), home.country.code, "", "", "", "", "", moment(dice, updated),
    )  # fmt: skip


def shop(dice: Dice, people: Sequence[Person]) -> Sheet:
    """Web accounts; some were opened on the shop's kiosk, some on the tablet of the household."""
    sheet = Sheet()
    private = [person for person in people if not person.company]
    for number, (person, second) in enumerate(visits(dice, private, IN_SHOP, SHOP_TWICE), 50001):
        old = second or dice.chance(0.2)
        given, family = _known_as(dice, person, old=old)
        mobile = _mobile(dice, person, 0.6, old=old)
        street, postcode, city = _address(dice, person, old=old) if dice.chance(0.7) else ("", "", "")
        row = (
            f"S-{number}", f"{given} {family}".strip(), _email(dice, person, 0.99), mobile,
            _device(dice, person), street, postcode, city, person.household.country.code,
            moment(dice, max(person.joined, -600)),
        )  # fmt: skip
        sheet.add(row, person)
    return sheet


def loyalty(dice: Dice, people: Sequence[Person], town: Town) -> Sheet:
    """Cards; a family card is held by several people, a lost card leaves two with one person."""
    sheet = Sheet()
    private = [person for person in people if not person.company]
    for number, (person, lost) in enumerate(visits(dice, private, IN_LOYALTY, LOYALTY_TWICE), 700001):
        home = person.household
        person.card = person.card or home.card or town.new_card()
        given, family = _known_as(dice, person, old=lost)
        _, postcode, city = _address(dice, person, old=lost)
        row = (
            str(number), town.new_card() if lost else person.card, given, family,
            dirt.birth_date(dice, person.born, ".") if dice.chance(0.6) else "",
            _mobile(dice, person, 0.7, old=lost), _email(dice, person, 0.6), postcode, city,
            day(max(person.joined, -600), "."),
        )  # fmt: skip
        sheet.add(row, person)
    return sheet


def _known_as(dice: Dice, person: Person, *, old: bool) -> tuple[str, str]:
    family = person.former_family if old and person.former_family else person.family
    given, family = dirt.name(dice, person.given, family)
    if person.suffix and dice.chance(0.6):
        family = f"{family} {person.suffix}"
    return given, family


def _address(dice: Dice, person: Person, *, old: bool) -> Address:
    country = person.household.country
    address = person.former_address if old and person.former_address else person.household.address
    street, city = dirt.street(dice, address.street, country.short_streets), address.city
    if dice.chance(dirt.ACCENTS_LOST):
        street, city = dirt.without_accents(street), dirt.without_accents(city)
    return Address(street, address.postcode, city)


def _email(dice: Dice, person: Person, filled: float) -> str:
    if not dice.chance(filled):
        return ""
    shared = person.household.email
    return dirt.email(dice, shared if shared and dice.chance(0.4) else person.email)


def _mobile(dice: Dice, person: Person, filled: float, *, old: bool) -> str:
    if not dice.chance(filled):
        return ""
    outdated = person.former_mobile and (old or dice.chance(0.2))
    number = person.former_mobile if outdated else person.mobile
    return dirt.phone(dice, number, person.household.country.calling)


def _device(dice: Dice, person: Person) -> str:
    if dice.chance(KIOSK):
        return "kiosk-chiado-01"
    tablet = person.household.tablet
    if tablet and dice.chance(0.45):
        return tablet
    return person.device if dice.chance(0.8) else ""


def _no_birth_date(dice: Dice) -> str:
    return "01/01/1900" if dice.chance(0.04) else ""


def _consents(dice: Dice, latest: int) -> tuple[str, str, str, str]:
    newsletter, ads = "yes" if dice.chance(0.55) else "no", "yes" if dice.chance(0.3) else "no"
    at = latest - dice.between(0, 300)
    return newsletter, day(at), ads, day(at + dice.between(0, 30))


def day(number: int, separator: str = "/") -> str:
    """A day of the sample as day, month, year."""
    return date.fromordinal(_FIRST_ORDINAL + number).strftime(f"%d{separator}%m{separator}%Y")


def moment(dice: Dice, number: int) -> str:
    """Some time of that day, shop hours likelier than night, as ISO text."""
    hour = dice.between(7, 22)
    on = date.fromordinal(_FIRST_ORDINAL + number).isoformat()
    return f"{on}T{hour:02}:{dice.between(0, 59):02}:{dice.between(0, 59):02}"
