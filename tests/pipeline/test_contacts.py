"""Every contact point is kept, with what it is for, whether it was checked, and when it was seen."""

from __future__ import annotations

import pytest

import threesixty
from threesixty.errors import ProjectError

PROJECT = """
[project]
country = "PT"

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
[sources.crm.columns]
given = "given"
family = "family"
email = "email"
email_verified = "checked"
street = "street"
city = "city"
address_type = { constant = "Home" }
address_verified = "visited"
at = "at"
phone = { mobile = "mobile", work = ["desk", "switchboard"] }

[sources.shop]
path = "shop.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "email", phone = "phone", phone_type = "sort", street = "street", city = "city", at = "at" }
"""  # noqa: E501
CRM = {"id": "1", "given": "Ada", "family": "Silva", "email": "ada@example.org", "checked": "yes",
       "street": "Rua Augusta 1", "city": "Lisboa", "visited": "2023-02-03", "mobile": "912345678",
       "desk": "211234567", "at": "2023-01-01"}  # fmt: skip
SHOP = {"id": "17", "given": "Ada", "family": "Silva", "email": "ada@example.org", "phone": "912345678",
        "sort": "Private", "street": "Rua do Sol 9", "city": "Porto", "at": "2024-01-01"}  # fmt: skip


@pytest.fixture
def company(tmp_path):
    (tmp_path / "threesixty.toml").write_text(PROJECT, "utf-8")
    with threesixty.open(tmp_path) as c360:
        c360.put("crm", [CRM])
        c360.put("shop", [SHOP])
        yield c360


def day(at):
    return None if at is None else at // 86_400_000


def test_each_number_says_what_it_is_for_and_each_address_who_lives_there_since_when(company):
    card = company.customer("crm/1")
    held = {one.value: (one.uses, one.verified) for one in card.identifiers}

    assert held == {
        "ada@example.org": ((), True),
        "+351912345678": (("mobile", "private"), False),
        "+351211234567": (("work",), False),
    }
    assert [(one.street, one.uses, one.verified, one.sources) for one in card.addresses] == [
        ("Rua do Sol 9", (), False, ("shop",)),
        ("Rua Augusta 1", ("home",), True, ("crm",)),
    ]
    assert [day(one.first) for one in card.addresses] == [19723, 19358]
    assert company.customer("crm/1", from_ledger=True).identifiers == card.identifiers


def test_the_first_column_still_gives_the_value(company):
    assert company.customer("crm/1").value("phone") == "+351912345678"


def test_loading_again_changes_nothing(company):
    before = company.ledger.counts().seq
    company.put("crm", [CRM])

    assert company.ledger.counts().seq == before


def test_a_split_gives_each_its_own_contact_points_back(company):
    company.split("crm/1", "shop/17")

    assert [one.uses for one in company.customer("shop/17").identifiers if one.type == "phone"] == [
        ("private",)
    ]
    assert [one.street for one in company.customer("crm/1").addresses] == ["Rua Augusta 1"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('given = { mobile = "x" }', "this must be a column's name"),
        ("phone = { mobile = 3 }", "must be a column's name"),
    ],
)
def test_only_identifiers_have_a_use(tmp_path, line, said):
    text = f'[sources.crm]\npath = "a.csv"\nkind = "person"\nkey = "id"\n[sources.crm.columns]\n{line}\n'
    (tmp_path / "threesixty.toml").write_text(text, "utf-8")

    with pytest.raises(ProjectError, match=said):
        threesixty.open(tmp_path)
