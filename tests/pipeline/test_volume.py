"""Things and events at volume: counts by the schema, and windows beyond which things are only counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.pipeline.conftest import ADA, PROJECT, Row, Town

SCHEMA = """
[schema.kinds.view]
count = "views"

[schema.kinds.purchase]
keep = "400 days"

[sources.app]
path = "app.csv"
kind = "view"
key = "id"
date_order = "ymd"
columns = { at = "at" }
parties = { visitor = { kind = "person", source = "crm", key = "who" } }
links = { of_product = { source = "products", kind = "product", key = "sku" } }

[sources.asked]
path = "asked.csv"
kind = "consent"
key = "id"
columns = { purpose = "purpose", channel = "channel", status = "status" }
parties = { of = { kind = "person", source = "crm", key = "who" } }
"""
DAY = 86_400_000


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path / "town")
    (town.folder / "threesixty.toml").write_text(PROJECT + SCHEMA, "utf-8")
    town.reopen()
    yield town
    town.c360.close()


def view(number: int, who: str = "1", sku: str = "tent") -> Row:
    return {"id": str(number), "at": "2024-05-01", "who": who, "sku": sku}


def counted(town: Town, key: str) -> dict[str, int]:
    """What the card counts, which the ledger counts alike."""
    assert town.same_card(key)
    return dict(town.c360.customer(key).counts)


def test_events_are_counted_on_the_customer(town: Town):
    town.put("crm", ADA[0])
    town.put("app", *(view(number) for number in range(5)), view(9, who="nobody"))

    assert counted(town, "crm/1") == {"views": 5}
    [node] = [rows for label, rows in town.export() if label == "Customer"]
    assert node[0][-1] == 5


def test_counts_follow_merges_splits_and_deletions(town: Town):
    town.put("crm", ADA[0], {"id": "5", "given": "Eva", "family": "Reis", "email": "eva@example.org"})
    town.put("app", *(view(number) for number in range(3)), view(7, who="5"), view(8, who="5"))

    town.c360.merge("crm/1", "crm/5")
    assert counted(town, "crm/1") == {"views": 5}
    town.c360.undo()
    assert (counted(town, "crm/1"), counted(town, "crm/5")) == ({"views": 3}, {"views": 2})
    town.delete("app", "7", "8")
    assert counted(town, "crm/5") == {"views": 0}
    assert town.export() == town.rebuilt()


def test_a_count_that_the_project_file_asks_for_later_has_counted_all_along(town: Town):
    (town.folder / "threesixty.toml").write_text(PROJECT + SCHEMA.replace('count = "views"', ""), "utf-8")
    town.reopen()
    town.put("crm", ADA[0])
    town.put("app", view(1), view(2))
    assert counted(town, "crm/1") == {}

    (town.folder / "threesixty.toml").write_text(PROJECT + SCHEMA, "utf-8")
    town.reopen()

    assert counted(town, "crm/1") == {"views": 2}


def test_a_consent_among_many_events_is_on_the_card(town: Town):
    town.put("crm", ADA[0])
    town.put("app", *(view(number) for number in range(50)))
    assert town.c360.customer("crm/1").consents == ()

    town.put("asked", {"id": "1", "who": "1", "purpose": "ads", "channel": "email", "status": "no"})

    assert [one.status for one in town.c360.customer("crm/1").consents] == ["refused"]
    assert counted(town, "crm/1") == {"views": 50}


# --- windows ---------------------------------------------------------------------------------------------


def bought(number: str, days_ago: int, amount: str = "10") -> Row:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    return {"order": number, "line": "1", "at": at.date().isoformat(), "amount": amount, "currency": "EUR",
            "buyer": "17", "sku": "lamp", "quantity": "1"}  # fmt: skip


def test_what_is_older_than_its_window_is_counted_and_not_drawn(town: Town):
    town.put("shop", ADA[1])
    town.put("products", {"sku": "lamp", "name": "Lamp", "price": "10"})
    town.put("lines", bought("new", 30), bought("old", 500), bought("older", 900))

    card = town.c360.customer("shop/17")

    assert [entry.name for entry in card.timeline] == ["purchase new"]
    assert (card.figures.purchases, card.figures.value, card.products[0].count) == (3, 300_000, 3)
    assert town.same_card("shop/17")
    assert town.export() == town.rebuilt()


def test_things_leave_the_graph_as_days_go_by(town: Town):
    town.put("shop", ADA[1])
    town.put("lines", bought("new", 30), bought("old", 410))
    as_if_heard(town, days_ago=60)
    assert len(town.rebuilt()) > 0
    assert timeline(town) == ["purchase new", "purchase old"]

    town.put("products", {"sku": "lamp", "name": "Lamp", "price": "10"})

    assert timeline(town) == ["purchase new"]
    assert town.export() == town.rebuilt()


def as_if_heard(town: Town, days_ago: int) -> None:
    """Let all that the ledger heard so far be so many days old."""
    with town.c360.ledger.writing():
        town.c360.ledger._driver.execute(f"UPDATE version SET at_received = at_received - {days_ago * DAY}")


def timeline(town: Town) -> list[str]:
    assert town.same_card("shop/17")
    return [entry.name for entry in town.c360.customer("shop/17").timeline]
