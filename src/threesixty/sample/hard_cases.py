"""Cases that matchers get wrong: invented people who must be one customer, and others who must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from threesixty.sample import dirt
from threesixty.sample.dice import Dice
from threesixty.sample.names import NICKNAMES, TWINS
from threesixty.sample.people import Address, Household, Person, Town
from threesixty.sample.places import COUNTRIES, Country

Row = dict[str, str]


class HardCase(NamedTuple):
    """Two people as rows in the words of a mapping, whether they are one, and what makes it hard."""

    same: bool
    a: Row
    b: Row
    why: str


def hard_cases(country: str = "", *, each: int = 2, seed: int = 360) -> Iterator[HardCase]:
    """So many cases of each sort, of people of one country where the sample knows it, else of several."""
    dice = Dice(seed)
    own = [one for one in COUNTRIES if one.code == country] or list(dict.fromkeys(COUNTRIES))
    maker = _Maker(dice)
    for make in _SORTS:
        for _ in range(each):
            same, why, a, b = make(maker, dice.pick(own))
            yield HardCase(same, a, b, why)


Made = tuple[bool, str, Row, Row]


class _Maker(Town):
    """People out of the sample's town, one household at a time."""

    def home(self, country: Country) -> Household:
        return self._household(country)

    def person(self, home: Household, family: str = "", gender: str = "", born: int = 0) -> Person:
        """Somebody new in a household, of a family name and a year of birth where they are given."""
        years = (born, born) if born else (1950, 1998)
        return self._adult(home, family or self._surname(home.country), gender, years)

    def row(self, person: Person, *without: str, **other: str) -> Row:
        """All that could be said of somebody, without some of it, and with some of it otherwise."""
        home = person.household
        said = {
            "given": person.given, "family": person.family, "suffix": person.suffix,
            "birth_date": person.born, "email": person.email, "phone": _number(home.country, person.mobile),
            **_placed(home.address), "country": home.country.code,
        }  # fmt: skip
        return {role: text for role, text in (said | other).items() if text and role not in without}

    def address(self, country: Country) -> Row:
        return _placed(self._address(country))

    def surname(self, country: Country) -> str:
        return self._surname(country)

    def mailbox(self, local: str) -> str:
        return self._mailbox(local)


def _number(country: Country, number: str) -> str:
    return f"+{country.calling}{number}" if number else ""


def _placed(address: Address) -> Row:
    return {"street": address.street, "postcode": address.postcode, "city": address.city}


_PLACE = ("street", "postcode", "city")
_WOMEN = {
    "PT": ("Rita", "Leonor"), "DE": ("Sabine", "Katharina"),
    "GB": ("Lucy", "Charlotte"), "US": ("Grace", "Rachel"),
}  # fmt: skip


# --- one person ---------------------------------------------------------------------------------------


def _typo(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    slip = dirt.typo(make.dice, person.family)
    return (
        True, "typo: the surname is mistyped, the phone is the same",
        make.row(person, "email"), make.row(person, "email", "birth_date", *_PLACE, family=slip),
    )  # fmt: skip


def _nickname(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    person.given = make.dice.pick(_with_short_form(country))
    email = make.mailbox(f"{dirt.letters(person.given)}.{dirt.letters(person.family)}")
    return (
        True, "nickname: the shop knows the short name, the email is the same",
        make.row(person, "phone", email=email),
        make.row(person, "birth_date", "phone", *_PLACE, email=email, given=NICKNAMES[person.given][0]),
    )  # fmt: skip


def _with_short_form(country: Country) -> list[str]:
    return [name for name in dict.fromkeys((*country.women, *country.men)) if name in NICKNAMES]


def _married(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country), gender="f")
    return (
        True, "married name: another surname and email, the same birth date and phone",
        make.row(person),
        make.row(person, "email", *_PLACE, family=make.surname(country)),
    )  # fmt: skip


def _moved(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    return (
        True, "moved: another address and phone, the same birth date",
        make.row(person, "email"),
        make.row(person, "email", "phone", **make.address(country)),
    )  # fmt: skip


def _new_email(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    return (
        True, "new email: nothing but name and address in common",
        make.row(person, "phone"),
        make.row(person, "phone", "birth_date", email=make.mailbox(f"{dirt.letters(person.given)}77")),
    )  # fmt: skip


def _day_and_month(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    year, month = person.born[:4], f"{make.dice.between(1, 10):02}"
    born, swapped = f"{year}-{month}-11", f"{year}-11-{month}"
    return (
        True, "day and month of the birth date swapped, the same postcode",
        make.row(person, "phone", birth_date=born),
        make.row(person, "phone", "email", "street", birth_date=swapped),
    )  # fmt: skip


def _swapped(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    return (
        True, "first name and surname swapped, the same email",
        make.row(person, "phone"),
        make.row(person, "phone", "birth_date", *_PLACE, given=person.family, family=person.given),
    )  # fmt: skip


def _plain(make: _Maker, country: Country) -> Made:
    person = make.person(make.home(country))
    given, family = (dirt.without_accents(name).upper() for name in (person.given, person.family))
    return (
        True, "capitals without accents, the same phone",
        make.row(person, "email"),
        make.row(person, "email", "birth_date", *_PLACE, given=given, family=family),
    )  # fmt: skip


# --- two people ---------------------------------------------------------------------------------------


def _twins(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    one, two = make.person(home, born=1991), make.person(home, born=1991)
    one.given, two.given = make.dice.pick(TWINS[country.code])
    landline = _number(country, home.landline or one.mobile)
    return (
        False, "twins with first names alike: one birth date, surname, address and phone",
        make.row(one, "email", phone=landline),
        make.row(two, "email", family=one.family, birth_date=one.born, phone=landline),
    )  # fmt: skip


def _sisters(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    one, two = make.person(home, gender="f", born=1991), make.person(home, gender="f", born=1991)
    one.given, two.given = _WOMEN[country.code]
    return (
        False, "twins: one birth date, surname and address, emails of their own",
        make.row(one, "phone"), make.row(two, "phone", family=one.family, birth_date=one.born),
    )  # fmt: skip


def _junior(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    father = make.person(home, gender="m", born=1956)
    son = make.person(home, father.family, "m", 1984)
    return (
        False, "Jr and Sr: one name, address and phone",
        make.row(father, "email", suffix="Sr"),
        make.row(son, "email", given=father.given, suffix="Jr", phone=_number(country, father.mobile)),
    )  # fmt: skip


def _father_and_son(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    father = make.person(home, gender="m", born=1956)
    son = make.person(home, father.family, "m", 1984)
    return (
        False, "father and son of one name at one address, birth dates and emails of their own",
        make.row(father, "phone"), make.row(son, "phone", given=father.given),
    )  # fmt: skip


def _family_mailbox(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    one = make.person(home, born=1968)
    two = make.person(home, one.family, born=1997)
    return (
        False, "family mailbox: parent and child share email, surname and address",
        make.row(one, "phone", "birth_date"), make.row(two, "phone", "birth_date", email=one.email),
    )  # fmt: skip


def _couple(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    one = make.person(home, gender="m", born=1975)
    two = make.person(home, one.family, "f", 1977)
    landline = _number(country, home.landline or one.mobile)
    return (
        False, "couple: one landline, surname and address",
        make.row(one, "email", phone=landline), make.row(two, "email", phone=landline),
    )  # fmt: skip


def _tablet(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    one, two = make.person(home), make.person(home)
    return (
        False, "shared tablet: one device and address, two people",
        make.row(one, "birth_date", device=one.device),
        make.row(two, "birth_date", family=one.family, device=one.device),
    )  # fmt: skip


def _recycled(make: _Maker, country: Country) -> Made:
    one, two = make.person(make.home(country)), make.person(make.home(country))
    return (
        False, "recycled phone: the number of somebody who gave it up",
        make.row(one), make.row(two, phone=_number(country, one.mobile)),
    )  # fmt: skip


def _flat(make: _Maker, country: Country) -> Made:
    home = make.home(country)
    one, two = make.person(home), make.person(home)
    return (
        False, "flat-sharers: one address, and no other tie",
        make.row(one, "phone"), make.row(two, "phone"),
    )  # fmt: skip


def _namesakes(make: _Maker, country: Country) -> Made:
    one, two = make.person(make.home(country)), make.person(make.home(country))
    given, family = make.dice.pick(country.women[:60]), make.dice.pick(country.families[:60])
    return (
        False, "namesakes: one common name, nothing else",
        make.row(one, "phone", given=given, family=family),
        make.row(two, "phone", given=given, family=family),
    )  # fmt: skip


_SORTS: tuple[Callable[[_Maker, Country], Made], ...] = (
    _typo, _nickname, _married, _moved, _new_email, _day_and_month, _swapped, _plain,
    _twins, _sisters, _junior, _father_and_son, _family_mailbox, _couple,
    _tablet, _recycled, _flat, _namesakes,
)  # fmt: skip
