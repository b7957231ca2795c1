"""What is known about organisations' names and domains, and who is who among them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity import firm_names

FORMS = [
    [part.strip() for part in line.split("|")]
    for line in Path(__file__).with_name("cases").joinpath("legal_forms.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("name", "core", "form"), FORMS)
def test_a_name_is_parted_from_its_legal_form(name, core, form):
    folded = firm_names.fold(name)

    assert (firm_names.core(folded), firm_names.form(folded)) == (core, form)


@given(st.text())
def test_any_name_can_be_folded_and_parted(name):
    folded = firm_names.fold(name)

    assert firm_names.core(folded) or not folded
    assert firm_names.fold(firm_names.core(folded)) is not None


@pytest.mark.parametrize(
    ("address", "domain"),
    [("https://www.Hall.pt/shop?x=1", "hall.pt"), ("hall.pt", "hall.pt"), ("//hall.pt:8080", "hall.pt"),
     ("facebook.com/hall", ""), ("no site", ""), ("http://[broken", ""), ("hall.wordpress.com", "")],
)  # fmt: skip
def test_a_web_address_names_a_domain_unless_many_have_a_page_there(address, domain):
    assert firm_names.domain_of_site(address) == domain


@pytest.mark.parametrize(
    ("email", "domain"),
    [("info@hall.pt", "hall.pt"), ("hall@gmail.com", ""), ("hall@yahoo.co.uk", ""), ("hall@gmx.net", "")],
)
def test_a_mailbox_names_a_domain_unless_anybody_may_have_one_there(email, domain):
    assert firm_names.domain_of_email(email) == domain


def firm(name, **rest):
    return {"organisation": "yes", "name": name, **rest}


def test_organisations_are_found_by_domain_number_and_mistyped_name(world):
    here = world(
        {
            "site": firm("Quorex", website="https://quorex.example"),
            "mail": firm("Quorex Ltd", email="sales@quorex.example"),
            "typo": firm("Qourex Steelworks", postcode="1111", company_number="gb:77"),
            "right": firm("Quorex Steelworks", postcode="1111"),
            "number": firm("Quorex Steelworks plc", company_number="gb:77"),
        }
    )

    assert here.groups() == {frozenset({"site", "mail"}), frozenset({"typo", "right", "number"})}


def test_sisters_in_one_house_stay_apart_by_their_registrations(world):
    house = {"street": "Quay 9", "postcode": "1111", "website": "hall.example", "phone": "+441"}
    here = world(
        {
            "a": firm("Hall Steelworks GmbH", tax_id="de111111111", **house),
            "b": firm("Hall Steelworks Verwaltungs GmbH", tax_id="de222222222", **house),
            "c": firm("Hall Steelworks GmbH", **house),
        }
    )

    assert here.groups() == {frozenset({"a", "c"}), frozenset({"b"})}


def test_a_group_asks_for_name_form_and_numbers_of_the_whole(world):
    """Whoever lacks the number that tells two apart does not join them."""
    here = world(
        {
            "a": firm("Zeta Works GmbH", lei="l1", email="info@zeta.example"),
            "b": firm("Zeta Works", email="info@zeta.example", phone="+441"),
            "c": firm("Zeta Works AG", lei="l2", phone="+441"),
        }
    )

    assert all(not {"a", "c"} <= group for group in here.groups())


def test_a_person_and_an_organisation_are_never_one(world):
    alike = {"email": "ada@silva.example", "tax_id": "pt1", "phone": "+3511"}
    here = world({"person": {"given": "Ada", "family": "Silva", **alike}, "firm": firm("Ada Silva", **alike)})

    assert here.groups() == {frozenset({"person"}), frozenset({"firm"})}
