"""Consent: the strictest word that was not taken back, for each brand, purpose and channel."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import threesixty
from threesixty.card import Statement
from threesixty.normalise import consent
from threesixty.pipeline.consents import STRICTNESS, strictest_first

CASES = (Path(__file__).parent / "cases" / "consents.txt").read_text("utf-8")


def statement(line: str) -> Statement:
    source, record, at, said = line.split()
    return Statement(consent(said), said, source, record, None if at == "-" else int(at))


def blocks() -> list[list[str]]:
    found = ([line for line in block.splitlines() if line[:1] != "#"] for block in CASES.split("\n\n"))
    return [block for block in found if block]


@pytest.mark.parametrize("block", blocks(), ids=" / ".join)
def test_the_table_of_consents(block):
    *lines, expected = block
    first = strictest_first(map(statement, lines))[0]

    assert f"> {first.status} by {first.source} of {first.record}" == expected


@pytest.mark.parametrize(
    ("word", "status"),
    [("yes", "granted"), ("Sim", "granted"), ("Opt-In", "granted"), ("1", "granted"),
     ("subscribed", "granted"),
     ("no", "refused"), ("Nein", "refused"), ("opt_out", "refused"), ("0", "refused"),
     ("Unsubscribed", "refused"),
     ("pending", "unclear"), ("?", "unclear"), ("не знаю", "unclear")],
)  # fmt: skip
def test_words_for_consent(word, status):
    assert consent(word) == status


STATEMENTS = st.lists(
    st.builds(
        Statement,
        st.sampled_from(sorted(STRICTNESS)), st.just(""), st.sampled_from(["crm", "shop"]),
        st.sampled_from(["crm/1", "crm/2", "shop/1", "shop/2"]), st.sampled_from([None, 1, 2, 3]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(said, random):
    shuffled = said[:]
    random.shuffle(shuffled)

    assert strictest_first(shuffled) == strictest_first(said)


@given(STATEMENTS, st.sampled_from(["crm/1", "crm/2", "shop/1", "shop/2"]))
def test_a_merge_permits_nothing_that_one_side_refuses(said, record):
    """Records never share a speaker, so two customers held together are just as strict as the stricter."""
    sides = [[one for one in said if one.record == record], [one for one in said if one.record != record]]
    apart = [strictest_first(side)[0].status for side in sides if side]

    assert strictest_first(said)[0].status == max(apart, key=STRICTNESS.__getitem__)


# --- from the file to the card ------------------------------------------------------------------------

PROJECT = """
[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
columns = { given = "given", family = "family", email = "email", brand = "brand" }

[sources.shop]
path = "shop.csv"
kind = "person"
key = "id"
brand = "Farol Kids"
columns = { given = "given", family = "family", email = "email" }

[sources.asked]
path = "asked.csv"
kind = "consent"
key = ["id", "purpose"]
[sources.asked.columns]
purpose = "purpose"
channel = "channel"
status = "status"
text_version = "text"
at = "at"
brand = "brand"
[sources.asked.parties]
of = { source = "crm", kind = "person", key = "id" }

[sources.signup]
path = "signup.csv"
kind = "consent"
key = "id"
columns = { purpose = "purpose", channel = "channel", status = "status", at = "at", brand = "brand" }
parties.of = { source = "shop", kind = "person", key = "who" }
"""
ADA = {"id": "1", "given": "Ada", "family": "Silva", "email": "ada@example.org", "brand": "Farol"}


@pytest.fixture
def company(tmp_path):
    (tmp_path / "threesixty.toml").write_text(PROJECT, "utf-8")
    with threesixty.open(tmp_path) as c360:
        c360.put("crm", [ADA])
        c360.put("shop", [{**ADA, "id": "17"}])
        asked = {"id": "1", "purpose": "Newsletter", "channel": "email", "at": "2024-01-01", "text": "v3"}
        c360.put("asked", [{**asked, "status": "no"}, {**asked, "purpose": "ads", "status": "yes"}])
        signup = {"who": "17", "purpose": "newsletter", "channel": "email", "status": "yes"}
        c360.put("signup", [{**signup, "id": "a", "at": "2025-01-01"},
                            {**signup, "id": "b", "at": "2025-01-01", "brand": "Farol Kids"}])  # fmt: skip
        yield c360


def told(c360, key):
    return {(c.brand, c.purpose): (c.status, c.source) for c in c360.customer(key).consents}


def test_the_card_shows_the_strictest_of_each_brand_with_the_others_beside_it(company):
    assert told(company, "crm/1") == {
        ("", "newsletter"): ("refused", "asked"),
        ("", "ads"): ("granted", "asked"),
        ("Farol Kids", "newsletter"): ("granted", "signup"),
    }
    consent_ = company.customer("crm/1").consents[1]
    assert (consent_.said, consent_.text_version, consent_.record) == ("no", "v3", "crm/1")
    assert [(one.status, one.source, one.record) for one in consent_.others] == [
        ("granted", "signup", "shop/17")
    ]
    assert company.customer("crm/1", from_ledger=True).consents == company.customer("crm/1").consents


def test_a_brand_is_the_same_however_it_is_spelt(company):
    refused = {"id": "1", "purpose": "NEWSLETTER ", "channel": "Email", "status": "no", "text": "v3"}
    company.put("asked", [{**refused, "brand": "farol  kids"}])

    assert told(company, "crm/1")["Farol Kids", "newsletter"] == ("refused", "asked")


def test_each_consent_returns_on_a_split_and_again_on_a_merge(company):
    together, golden = told(company, "crm/1"), company.customer("crm/1").golden
    company.split("crm/1", "shop/17")

    assert told(company, "crm/1") == {
        ("", "newsletter"): ("refused", "asked"),
        ("", "ads"): ("granted", "asked"),
    }
    assert told(company, "shop/17") == {
        ("", "newsletter"): ("granted", "signup"),
        ("Farol Kids", "newsletter"): ("granted", "signup"),
    }
    company.undo()
    assert (told(company, "crm/1"), company.customer("crm/1").golden) == (together, golden)


def test_a_row_or_its_source_says_the_brand_and_the_graph_shows_it(company):
    brands = {record.source: record.brand for record in company.customer("crm/1").records}

    assert brands == {"crm": "Farol", "shop": "Farol Kids"}
    assert company.customer("crm/1").value("brand") is None
    answer = company.graph().ask("MATCH (r:Record) RETURN r.source AS source, r.brand AS brand", {})
    assert {row["source"]: row["brand"] for row in answer} == brands


PEOPLE = ({"id": "1", "given": "Ada", "family": "Silva", "email": "ada@example.org"},
          {"id": "2", "given": "Zoe", "family": "Brandão", "email": "zoe@example.org"},
          {"id": "3", "given": "Igor", "family": "Novak", "email": "igor@example.org"})  # fmt: skip
ASKED = st.lists(
    st.fixed_dictionaries({
        "who": st.sampled_from("123"),
        "purpose": st.sampled_from(["newsletter", "ads"]),
        "status": st.sampled_from(["yes", "no", "pending"]),
        "at": st.sampled_from(["", "2024-01-01", "2025-01-01"]),
        "brand": st.sampled_from(["", "Farol"]),
    }),
    max_size=8,
)  # fmt: skip
PINS = st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["a@pin.example", ""])), max_size=2)


@settings(max_examples=8, deadline=None)
@given(ASKED, PINS, st.permutations("123"))
def test_merge_then_split_gives_every_consent_and_golden_value_back(asked, pins, order):
    a, b = (f"crm/{key}" for key in order[:2])
    with TemporaryDirectory() as folder:
        text = PROJECT.replace('source = "shop", kind', 'source = "crm", kind') + '[stores]\ngraph = "none"\n'
        (Path(folder) / "threesixty.toml").write_text(text, "utf-8")
        with threesixty.open(folder) as c360:
            c360.put("crm", PEOPLE)
            c360.put("signup", [{**row, "id": str(n)} for n, row in enumerate(asked)])
            for key, email in pins:
                c360.pin(f"crm/{key}", "email", email)
            before = [cards(c360, one) for one in (a, b)]
            c360.merge(a, b)
            together = c360.customer(a, from_ledger=True).consents
            c360.split(a, b)

            assert [cards(c360, one) for one in (a, b)] == before
    for one in (one for _, consents in before for one in consents):
        merged = next(c for c in together if (c.brand, c.purpose) == (one.brand, one.purpose))
        assert STRICTNESS[merged.status] >= STRICTNESS[one.status]


def cards(c360, key):
    card = c360.customer(key, from_ledger=True)
    return card.golden, card.consents
