"""Golden values by the rules of the project, from loading to the card and the question why."""

from __future__ import annotations

from pathlib import Path

import pytest

import threesixty
from threesixty.errors import NotFound

PROJECT = """
[survivorship]
email = ["verified", "trust:shop", "newest"]
address = ["newest"]
{rules}

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
trust = 2
[sources.crm.columns]
given = "given"
family = "family"
email = "email"
email_verified = "checked"
phone = "phone"
language = "language"
city = "city"
street = "street"
at = "at"

[sources.shop]
path = "shop.csv"
kind = "person"
key = "id"
trust = 1
[sources.shop.columns]
given = "given"
family = "family"
email = "email"
phone = "phone"
language = "language"
city = "city"
street = "street"
at = "at"
"""
CRM = {"id": "1", "given": "Ada", "family": "Silva", "email": "a@crm.example", "phone": "+351912345678",
       "street": "Rua Augusta 1", "city": "Lisboa", "language": "pt", "at": "2024-01-01"}  # fmt: skip
SHOP = {**CRM, "id": "17", "email": "a@shop.example", "city": "Porto", "language": "en", "at": "2023-01-01"}


@pytest.fixture
def company(tmp_path: Path):
    opened = []

    def open_(rules: str = ""):
        (tmp_path / "threesixty.toml").write_text(PROJECT.format(rules=rules), "utf-8")
        opened.append(threesixty.open(tmp_path))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("checked", "email", "rule"),
    [("", "a@shop.example", "trust"), ("no", "a@shop.example", "trust"), ("yes", "a@crm.example", "verified"),
     ("2024-05-01", "a@crm.example", "verified"), ("perhaps", "a@shop.example", "trust")],
)  # fmt: skip
def test_the_rules_of_the_project_choose_and_the_card_says_which(company, checked, email, rule):
    c360 = company()
    c360.put("crm", [{**CRM, "checked": checked}])
    c360.put("shop", [SHOP])

    for from_ledger in (False, True):
        golden = {one.property: one for one in c360.customer("crm/1", from_ledger=from_ledger).golden}
        assert (golden["email"].value, golden["email"].rule) == (email, rule)
        assert (golden["city"].value, golden["city"].rule) == ("Lisboa", "newest")
        assert golden["city"].losing[0].rule == "newest"
        assert "email_verified" not in golden


def test_why_value_says_in_words_what_decided(company):
    c360 = company()
    c360.put("crm", [CRM])
    c360.put("shop", [SHOP])

    told = c360.why_value("crm/1", "email")

    (email,) = told.chosen
    assert (email.value, email.record) == ("a@shop.example", "shop/17")
    assert email.because == "shop/17 is trusted more than crm/1"
    assert [(lost.value, lost.record) for lost in email.beaten] == [("a@crm.example", "crm/1")]
    assert [one.property for one in c360.why_value("crm/1", "address").chosen] == ["street", "city"]
    assert len(c360.why_value("crm/1").chosen) == 7


def test_a_property_nobody_gave_is_not_found_with_the_nearest_name(company):
    c360 = company()
    c360.put("crm", [CRM])

    with pytest.raises(NotFound) as raised:
        c360.why_value("crm/1", "emial")

    assert raised.value.hint == "did you mean 'email'?"


def test_another_rule_holds_as_soon_as_the_project_file_says_so(company):
    c360 = company()
    c360.put("crm", [CRM])
    c360.put("shop", [SHOP])
    assert c360.customer("crm/1").value("language") == "pt"
    c360.close()

    assert company('default = ["oldest"]').customer("crm/1").value("language") == "en"
