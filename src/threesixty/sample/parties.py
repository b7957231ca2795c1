"""What the CRM, the web shop and the loyalty programme each know of the people, dirt and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from threesixty.sample import dirt
from threesixty.sample.clock import DAYS, YEARS, day, moment
from threesixty.sample.dice import Dice
from threesixty.sample.people import Address, Person, Town

CRM = (
    "id", "type", "title", "first_name", "last_name", "company", "birth_date", "email", "mobile", "phone",
    "street", "postcode", "city", "country", "loyalty_card", "newsletter", "newsletter_at", "ads", "ads_at",
    "updated_at", "op",
)  # fmt: skip
SHOP = (
    "account", "name", "email", "phone", "device_id", "street", "postcode", "city", "country",
    "registered_at", "brand",
)  # fmt: skip
LOYALTY = (
    "socio", "cartao", "nome", "apelido", "data_nascimento", "telemovel", "email", "codigo_postal",
    "localidade", "adesao", "indicado_por",
)  # fmt: skip
BRANDS = ("Farol", "Maré")

IN_CRM, CRM_TWICE, IN_SHOP, SHOP_TWICE, IN_LOYALTY, LOYALTY_TWICE = 0.9, 0.15, 0.8, 0.09, 0.7, 0.03
KIOSK = 0.1
GONE, RECOMMENDED, ONLY_MARE = 0.015, 0.12, 0.12

Row = tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """Rows of one source, each with the id of the person it is about."""

    rows: list[Row] = field(default_factory=list)
    about: list[Person] = field(default_factory=list)

    def add(self, row: Row, person: Person) -> None:
        self.rows.append(row)
        self.about.append(person)


@dataclass(slots=True)
class Crm(Sheet):
    """The CRM as it stands, and what it delivered at the end of each year: new, changed and deleted rows."""

    deliveries: tuple[list[Row], ...] = ([], [], [])


def visits(dice: Dice, people: Sequence[Person], chance: float, twice: float) -> list[tuple[Person, bool]]:
    """Who has a record, in no order; True marks the second, older record of a person."""
    found = []
    for person in people:
        if dice.chance(chance):
            found.append((person, False))
            if dice.chance(twice):
                found.append((person, True))
    return dice.shuffled(found)


def crm(dice: Dice, people: Sequence[Person], numbers: Iterator[int]) -> Crm:
    """Each row as it is told first, when something in it changed, and when it was deleted."""
    sheet = Crm(deliveries=tuple([] for _ in YEARS))
    for person, old in visits(dice, people, IN_CRM, CRM_TWICE):
        created = dice.between(min(person.joined, DAYS - 400), DAYS - 400 if old else DAYS - 1)
        told = _company if person.company else _crm_person
        row = told(dice, f"C-{next(numbers)}", person, created, old=old)
        versions = [(created, row)]
        if person.has_changed and not old and created < person.changed < DAYS:
            later = _restamped(row, moment(dice, person.changed))
            versions = [(created, _as_before(dice, row, person)), (person.changed, later)]
        told_by = next(until for _, until in YEARS if created <= until)
        if not old and not person.company and dice.chance(GONE) and told_by < DAYS - 1:
            on = dice.between(told_by + 1, DAYS - 1)
            versions = [(created, row), (on, (*_restamped(row, moment(dice, on))[:-1], "D"))]
        else:
            sheet.add(versions[-1][1], person)
        _deliver(sheet.deliveries, versions)
    return sheet


def _deliver(deliveries: Sequence[list[Row]], versions: Sequence[tuple[int, Row]]) -> None:
    """Each version into the first delivery after its day; of several the last."""
    since = -(10**6)
    for rows, (_, until) in zip(deliveries, YEARS, strict=True):
        told = [row for on, row in versions if since < on <= until]
        rows.extend(told[-1:])
        since = until


def _restamped(row: Row, at: str) -> Row:
    return (*row[:-2], at, row[-1])


def _as_before(dice: Dice, row: Row, person: Person) -> Row:
    """A row of the CRM from before its person moved, married, or changed phone or mailbox."""
    told = dict(zip(CRM, row, strict=True))
    if person.former_family and not person.company:
        told["last_name"] = person.former_family
    if person.former_address:
        told["street"], told["postcode"], told["city"] = _written(dice, person, person.former_address)
    if person.former_mobile and told["mobile"]:
        told["mobile"] = dirt.phone(dice, person.former_mobile, person.household.country.calling)
    if person.former_email and told["email"] == person.email:
        told["email"] = person.former_email
    return tuple(told.values())


def _crm_person(dice: Dice, key: str, person: Person, created: int, *, old: bool) -> Row:
    home = person.household
    given, family = _known_as(dice, person, old=old)
    address = _address(dice, person, old=old)
    title = home.country.titles[person.gender == "m"] if dice.chance(0.6) else ""
    card = (home.card or person.card) if dice.chance(0.35) else ""
    return (
        key, "P", title, given, family, "",
        dirt.birth_date(dice, person.born) if dice.chance(0.75) else _no_birth_date(dice),
        _email(dice, person, 0.85, old=old), _mobile(dice, person, 0.75, old=old),
        dirt.phone(dice, home.landline, home.country.calling),
        *address, home.country.code, card, *_consents(dice, created), moment(dice, created), "U",
    )  # fmt: skip


def _company(dice: Dice, key: str, person: Person, created: int, *, old: bool) -> Row:
    home = person.household
    name = dirt.case(dice, person.company)[0]
    return (
        key, "O", "", "", "", name.rpartition(" ")[0] if old else name, "",
        _email(dice, person, 0.95, old=old),
        _mobile(dice, person, 0.6, old=old), dirt.phone(dice, home.landline, home.country.calling),
        *_address(dice, person, old=old), home.country.code, "", "", "", "", "", moment(dice, created),
        "U",
    )  # fmt: skip


def shop(dice: Dice, people: Sequence[Person], numbers: Iterator[int]) -> Sheet:
    """Web accounts of both brands; some opened on the shop's kiosk, some on the tablet of the household."""
    sheet = Sheet()
    private = [person for person in people if not person.company]
    for person, second in visits(dice, private, IN_SHOP, SHOP_TWICE):
        old = second or dice.chance(0.2)
        given, family = _known_as(dice, person, old=old)
        mobile = _mobile(dice, person, 0.6, old=old)
        street, postcode, city = _address(dice, person, old=old) if dice.chance(0.7) else ("", "", "")
        row = (
            f"S-{next(numbers)}", f"{given} {family}".strip(), _email(dice, person, 0.99, old=second), mobile,
            _device(dice, person), street, postcode, city, person.household.country.code,
            moment(dice, max(person.joined, -600)), BRANDS[second or dice.chance(ONLY_MARE)],
        )  # fmt: skip
        sheet.add(row, person)
    return sheet


def loyalty(dice: Dice, people: Sequence[Person], town: Town, numbers: Iterator[int]) -> Sheet:
    """Cards; a family card is held by several people, a lost card leaves two with one person."""
    sheet = Sheet()
    private = [person for person in people if not person.company]
    for person, lost in visits(dice, private, IN_LOYALTY, LOYALTY_TWICE):
        home = person.household
        person.card = person.card or home.card or town.new_card()
        given, family = _known_as(dice, person, old=lost)
        _, postcode, city = _address(dice, person, old=lost)
        row = (
            str(next(numbers)), town.new_card() if lost else person.card, given, family,
            dirt.birth_date(dice, person.born, ".") if dice.chance(0.6) else "",
            _mobile(dice, person, 0.7, old=lost), _email(dice, person, 0.6, old=lost), postcode, city,
            day(max(person.joined, -600), "."), _recommender(dice, sheet, person),
        )  # fmt: skip
        sheet.add(row, person)
    return sheet


def _recommender(dice: Dice, sheet: Sheet, person: Person) -> str:
    """The number of a member who recommended this one; a few members recommend many."""
    if not sheet.rows or not dice.chance(RECOMMENDED):
        return ""
    at = int(len(sheet.rows) * dice.roll() ** 3)
    return "" if sheet.about[at] is person else sheet.rows[at][0]


def _known_as(dice: Dice, person: Person, *, old: bool) -> tuple[str, str]:
    family = person.former_family if old and person.former_family else person.family
    given, family = dirt.name(dice, person.given, family)
    if person.suffix and dice.chance(0.6):
        family = f"{family} {person.suffix}"
    return given, family


def _address(dice: Dice, person: Person, *, old: bool) -> Address:
    former = person.former_address if old else None
    return _written(dice, person, former or person.household.address)


def _written(dice: Dice, person: Person, address: Address) -> Address:
    """An address as somebody typed it."""
    street, city = dirt.street(dice, address.street, person.household.country.short_streets), address.city
    if dice.chance(dirt.ACCENTS_LOST):
        street, city = dirt.without_accents(street), dirt.without_accents(city)
    return Address(street, address.postcode, city)


def _email(dice: Dice, person: Person, filled: float, *, old: bool) -> str:
    if not dice.chance(filled):
        return ""
    shared = person.household.email
    own = (old and person.former_email) or person.email
    return dirt.email(dice, shared if shared and dice.chance(0.4) else own)


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
    return newsletter, day(at), ads, day(min(latest, at + dice.between(0, 30)))
