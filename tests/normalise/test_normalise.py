"""One normal form for every role; the tables beside this file are the promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty import normalise

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> list[tuple[str, ...]]:
    """Every line of a table as its cells and, last, what is expected."""
    lines = (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    halves = [line.rsplit("=>", 1) for line in lines if line and not line.startswith("#")]
    return [(*(cell.strip() for cell in said.split("|")), wanted.strip()) for said, wanted in halves]


def outcome(function, *arguments) -> str:
    try:
        found = function(*arguments)
    except ValueError:
        return "!"
    return "" if found is None else str(found)


def habits(said: str) -> normalise.Habits:
    """'mdy dmy written=2020 first_year=-900': orders of dates, and the rest by name."""
    words = [word.partition("=") for word in said.split()]
    named = {name: int(value) if name == "first_year" else value for name, mark, value in words if mark}
    return normalise.Habits(date_orders=tuple(name for name, mark, _ in words if not mark), **named)


@pytest.mark.parametrize(("said", "text", "expected"), cases("dates"))
def test_a_date_is_read_in_the_declared_order_or_only_when_it_reads_one_way(said, text, expected):
    assert outcome(normalise.date, text, habits(said)) == expected


@pytest.mark.parametrize(("said", "text", "expected"), cases("births"))
def test_nobody_is_born_in_the_future(said, text, expected):
    assert outcome(normalise.birth_date, text, habits(said)) == expected


@pytest.mark.parametrize(("said", "text", "expected"), [*cases("dates"), *cases("births")])
def test_a_date_that_was_read_is_read_again_as_it_is(said, text, expected):
    if expected not in ("", "!"):
        assert outcome(normalise.date, expected, habits("first_year=-99999")) == expected


@pytest.mark.parametrize(("country", "text", "expected"), cases("tax_ids"))
def test_a_tax_id_has_its_country_where_it_can_be_no_other_s(country, text, expected):
    assert outcome(normalise.tax_id, text, country) == expected
    assert outcome(normalise.tax_id, expected, country) == expected
    assert not expected or expected in normalise.tax_ids(text)


@pytest.mark.parametrize(("said", "zone", "text", "expected"), cases("instants"))
def test_an_instant_is_of_the_zone_of_its_source(said, zone, text, expected):
    if expected not in ("", "!"):
        expected = str(round(datetime.fromisoformat(expected).replace(tzinfo=UTC).timestamp() * 1000))

    assert outcome(normalise.instant, text, replace(habits(said), time_zone=zone)) == expected


YEARS = st.integers(-9999, 9999)
DATES = st.builds(
    lambda year, month, day, known: "-".join(
        [f"{year:05d}" if year < 0 else f"{year:04d}", f"{month:02d}", f"{day:02d}"][:known]
    ),
    YEARS, st.integers(1, 12), st.integers(1, 28), st.integers(1, 3),
)  # fmt: skip


@given(dates=st.lists(DATES))
def test_dates_sort_as_time_goes(dates):
    def whole(date):
        year, *rest = date[1:].split("-") if date[0] == "-" else date.split("-")
        return [-int(year) if date[0] == "-" else int(year), *map(int, rest)]

    assert sorted(dates, key=normalise.sortable) == sorted(dates, key=whole)


@given(date=DATES)
def test_every_iso_date_is_read_as_it_is(date):
    assert normalise.date(date, habits("first_year=-9999")) == date


@pytest.mark.parametrize(("country", "text", "expected"), cases("money"))
def test_money_is_an_integer_and_its_currency(country, text, expected):
    def money(text, country):
        found = normalise.money(text, country)
        return found and f"{found[0]} {found[1]}".strip()

    assert outcome(money, text, country) == expected


@pytest.mark.parametrize(("unit", "country", "text", "expected"), cases("quantities"))
def test_a_quantity_is_in_the_unit_that_is_declared(unit, country, text, expected):
    assert outcome(normalise.quantity, text, unit, country) == expected


@given(
    text=st.text(max_size=30) | st.text(alphabet="0123456789 .,'\"+-kgmlbozftin²", max_size=20),
    unit=st.sampled_from(["kg", "ml", "cm"]),
)
def test_any_text_is_a_quantity_or_none(text, unit):
    assert outcome(normalise.quantity, text, unit) is not None


@pytest.mark.parametrize(("country", "text", "expected"), cases("phones"))
def test_a_possible_phone_number_is_international(country, text, expected):
    assert outcome(normalise.phone, text, country) == expected


@pytest.mark.parametrize(("text", "expected"), cases("emails"))
def test_an_email_address_is_small_and_bare(text, expected):
    assert outcome(normalise.email, text) == expected


@pytest.mark.parametrize(("role", "text", "expected"), cases("names"))
def test_words_are_written_as_a_person_would(role, text, expected):
    role, _, country = role.partition(":")

    assert outcome(getattr(normalise, role), text, *filter(None, [country])) == expected


@pytest.mark.parametrize(("text", "expected"), cases("full_names"))
def test_a_name_in_one_piece_is_taken_apart(text, expected):
    found = normalise.full_name(text)

    parts = (found.get(part, "") for part in ("prefix", "given", "middle", "family", "suffix"))
    assert " / ".join(parts).split("/") == pieces(expected)


@pytest.mark.parametrize(("country", "text", "expected"), cases("full_names_of_countries"))
def test_a_name_in_one_piece_is_taken_apart_as_its_country_writes_it(country, text, expected):
    found = normalise.full_name(text, country)

    parts = (found.get(part, "") for part in ("prefix", "given", "middle", "family", "suffix"))
    assert " / ".join(parts).split("/") == pieces(expected)


@pytest.mark.parametrize(
    ("role", "text", "expected"),
    [
        (normalise.given, "Dr. Hans", {"prefix": "Dr", "given": "Hans"}),
        (normalise.given, "Frau Dr. Anna", {"prefix": "Frau Dr", "given": "Anna"}),
        (normalise.given, "Dr", {"given": "Dr"}),
        (normalise.given, "Morris II", {"given": "Morris", "suffix": "II"}),
        (normalise.family, "Müller jun.", {"family": "Müller", "suffix": "Jr"}),
        (normalise.family, "Silva Filho", {"family": "Silva", "suffix": "Filho"}),
        (normalise.family, "Das Sen", {"family": "Das Sen"}),
        (normalise.family, "Neto", {"family": "Neto"}),
    ],
)
def test_titles_and_suffixes_stand_in_whatever_column(role, text, expected):
    assert role(text) == expected


@pytest.mark.parametrize(("country", "text", "expected"), cases("postcodes"))
def test_a_postcode_is_written_as_its_country_does(country, text, expected):
    assert outcome(normalise.postcode, text, country) == expected


@pytest.mark.parametrize(("street", "postcode", "city", "expected"), cases("addresses"))
def test_two_spellings_of_one_address_are_equal(street, postcode, city, expected):
    assert outcome(normalise.address_key, street, postcode, city) == expected


@pytest.mark.parametrize(("text", "expected"), cases("full_addresses"))
def test_an_address_in_one_piece_is_taken_apart(text, expected):
    found = normalise.full_address(text, "US")

    parts = (found.get(part, "") for part in ("street", "postcode", "city", "region", "country"))
    assert " / ".join(parts).split("/") == pieces(expected)


def pieces(expected: str) -> list[str]:
    return " / ".join(piece.strip() for piece in expected.split("/")).split("/")


@pytest.mark.parametrize(
    ("text", "expected"), [("yes", "True"), ("NEIN", "False"), ("não", "False"), ("7", "!")]
)
def test_yes_and_no_are_known_in_several_languages(text, expected):
    assert outcome(normalise.boolean, text) == expected


@pytest.mark.parametrize(("text", "expected"), [("17", "17"), ("2.0", "2"), ("2.5", "!"), ("1,234", "1234")])
def test_an_integer_is_whole(text, expected):
    assert outcome(normalise.integer, text, "US") == expected


ROLES = [
    normalise.date, normalise.birth_date, normalise.instant, normalise.money, normalise.number,
    normalise.integer, normalise.boolean, normalise.phone, normalise.email, normalise.name,
    normalise.full_name, normalise.full_address, normalise.country, normalise.postcode, normalise.street,
    normalise.currency, normalise.identifier, normalise.text, normalise.family,
]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@given(text=st.text(max_size=60) | st.text(alphabet="0123456789-/.,:+ ()$€eE", max_size=25))
def test_no_text_does_more_than_be_unreadable(role, text):
    try:
        found = role(text)
    except ValueError:
        return

    assert found is None or "\x00" not in str(found)


@given(text=st.text(max_size=40))
def test_a_normal_form_is_normal_already(text):
    found = normalise.text(text)

    assert found is None or normalise.text(found) == found


@given(digits=st.from_regex(r"[2-9][0-9]{9}", fullmatch=True))
def test_the_short_way_to_a_phone_number_leads_where_the_library_does(digits):
    assert normalise.phone(digits, "US") == normalise.phone(f"+1{digits}", "US")


def test_a_number_behind_first_names_is_a_suffix():
    """The first of a name is another person than the second."""
    assert normalise.given("Morris I") == {"given": "Morris", "suffix": "I"}
    assert normalise.given("Morris II") == {"given": "Morris", "suffix": "II"}
