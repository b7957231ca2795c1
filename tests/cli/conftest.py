from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from threesixty.card import (  # fmt: skip
    Card,
    Consent,
    GoldenValue,
    HeldIdentifier,
    Household,
    KeyFigures,
    LosingValue,
    Member,
    ProductBought,
    Sharing,
    SourceRecord,
    TimelineEntry,
)


def at(day: str) -> int:
    """A day as an instant."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def printed() -> Callable[..., str]:
    """What a terminal of some width would show, without colour unless asked for."""

    def show(drawn: RenderableType, width: int = 80, *, colour: bool = False) -> str:
        out = StringIO()
        color = {"force_terminal": True, "color_system": "truecolor"} if colour else {}
        Console(file=out, width=width, markup=False, highlight=False, emoji=False, **color).print(drawn)
        return out.getvalue()

    return show


@pytest.fixture
def ada() -> Card:
    return Card(
        id="k4x7qhm2vtz3ne5b",
        name="Ada Marie Lovelace",
        kind="person",
        since=at("2019-03-02"),
        last_seen=at("2025-11-30"),
        golden=(
            GoldenValue(
                "given", "Ada", "crm", (LosingValue("Adda", "shop", None), LosingValue("A.", "loyalty", None))
            ),
            GoldenValue("middle", "Marie", "crm"),
            GoldenValue("family", "Lovelace", "crm", (LosingValue("Byron", "helpdesk", None),)),
            GoldenValue("birth_date", "1985-12-10", "crm", (LosingValue("1985-10-12", "loyalty", None),)),
            GoldenValue(
                "email", "ada@example.org", "shop", (LosingValue("lovelaces@example.org", "crm", None),)
            ),
            GoldenValue("phone", "+351912345678", "loyalty"),
            GoldenValue(
                "street",
                "Rua da Rosa 12, 3.º Esq., Edifício das Matemáticas",
                "shop",
                (LosingValue("R. Rosa 12", "crm", None),),
            ),
            GoldenValue("postcode", "1200-384", "shop"),
            GoldenValue("city", "Lisboa", "shop", (LosingValue("LISBOA", "crm", None),)),
            GoldenValue("country", "PT", "shop"),
        ),
        identifiers=(
            HeldIdentifier(
                "identifier:email:1", "email", "ada@example.org", at("2019-03-02"), at("2025-11-30"), 1, False
            ),
            HeldIdentifier(
                "identifier:email:2",
                "email",
                "lovelaces@example.org",
                at("2020-01-14"),
                at("2024-05-03"),
                3,
                False,
            ),
            HeldIdentifier(
                "identifier:phone:1", "phone", "+351912345678", at("2021-06-01"), at("2025-09-12"), 2, False
            ),
            HeldIdentifier(
                "identifier:device:1",
                "device",
                "dev-77ab-9921-kiosk",
                at("2022-02-02"),
                at("2022-02-02"),
                418,
                True,
            ),
            HeldIdentifier("identifier:loyalty:1", "loyalty", "LC-000417", at("2021-06-01"), None, 1, False),
        ),
        records=(
            SourceRecord(
                "record:crm:person:1",
                "crm",
                "person",
                at("2024-05-03"),
                ("given", "family"),
                0.0,
                "the first record",
                "1017",
            ),
            SourceRecord(
                "record:shop:person:1",
                "shop",
                "person",
                at("2025-11-30"),
                ("email", "street"),
                21.4,
                "same email, same birth date",
                "ada-88",
            ),
            SourceRecord(
                "record:loyalty:person:1",
                "loyalty",
                "person",
                at("2021-06-01"),
                ("phone",),
                14.2,
                "same phone, name alike",
                "LC-000417",
            ),
            SourceRecord(
                "record:helpdesk:person:1",
                "helpdesk",
                "person",
                at("2023-08-19"),
                (),
                9.6,
                "same email, given name alike",
                "bag-4711",
            ),
        ),
        figures=KeyFigures(4, 12, 12_045_000, "EUR", 1, at("2019-03-02"), at("2025-11-30"), 2, 1),
        timeline=(
            TimelineEntry(
                "purchase:1",
                "purchase",
                "Trail shoe, gaiters",
                at("2025-11-30"),
                "shipped",
                1_289_000,
                "EUR",
                "shop",
            ),
            TimelineEntry(
                "ticket:1",
                "ticket",
                "Zip of the tent broke on the first night out",
                at("2025-09-12"),
                "open",
                None,
                "",
                "helpdesk",
            ),
            TimelineEntry(
                "purchase:2",
                "purchase",
                "Two-person tent “Serra da Estrela”",
                at("2025-08-30"),
                "returned",
                3_499_900,
                "EUR",
                "shop",
            ),
            TimelineEntry(
                "purchase:3", "purchase", "Order 100312", at("2024-05-03"), "", 45_000, "USD", "shop"
            ),
            TimelineEntry(
                "ticket:2", "ticket", "Where is my parcel?", at("2023-08-19"), "closed", None, "", "helpdesk"
            ),
        ),
        households=(
            Household(
                "household:1",
                "King-Noel / Lovelace household",
                (
                    Member("k4x7qhm2vtz3ne5b", "Ada Marie Lovelace", "member", at("2020-01-14")),
                    Member(
                        "p2c5rrw7ab4d6fgh",
                        "William King-Noel",
                        "family",
                        at("2020-01-14"),
                        None,
                        ("address", "phone"),
                    ),
                    Member(
                        "z3n5mmq7ck2v4xyz",
                        "Byron King-Noel",
                        "family",
                        None,
                        at("2023-02-01"),
                        ("address", "surname"),
                    ),
                ),
                "family",
                at("2020-01-14"),
            ),
        ),
        sharing=(
            Sharing("p2c5rrw7ab4d6fgh", "William King-Noel", "email", "lovelaces@example.org"),
            Sharing("q7t6ssx2de4f5abc", "Mary Somerville", "phone", "+351912345678"),
        ),
        products=(
            ProductBought(
                "product:1", "Trail shoe “Arrábida” 41", 3, at("2021-05-01"), at("2025-11-30"), 3_897_000
            ),
            ProductBought(
                "product:2", "Merino socks, pack of three", 2, at("2022-05-01"), at("2024-05-03"), 398_000
            ),
        ),
        consents=(
            Consent("newsletter", "email", "granted", "crm", at("2019-03-02")),
            Consent("ads", "", "refused", "crm", at("2024-05-03")),
        ),
        aliases=("m2n4b6v7c5x3z2a4",),
        as_of=58_112,
    )
