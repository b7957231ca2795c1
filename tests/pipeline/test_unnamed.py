"""Sources that the project names no more."""

from __future__ import annotations

from pathlib import Path

import pytest

import threesixty

PROJECT = """
[stores]
graph = "none"
[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
columns = { full_name = "name" }
"""
ORDERS = """
[sources.orders]
path = "orders.csv"
kind = "purchase"
key = "no"
columns = { name = "no" }
parties.buyer = { source = "crm", kind = "person", key = "who" }
parties.recipient = { identifiers = { email = "to" } }
"""
EMPTY = '[sources.orders]\npath = "none.csv"\nkind = "purchase"\nkey = "no"\ndelivery = "snapshot"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "crm.csv").write_text("id,name\n1,Ada\n")
    (tmp_path / "orders.csv").write_text("no,who,to\n7,1,b@x.pt\n8,1,\n")
    (tmp_path / "none.csv").write_text("no,who,to\n")
    load(tmp_path, PROJECT + ORDERS)
    return tmp_path


def load(shop: Path, project: str, *names: str, shrink: bool = False) -> tuple[str, ...]:
    (shop / "threesixty.toml").write_text(project)
    with threesixty.open(shop) as c360:
        return c360.load(*names, accept_shrink=shrink).notices


def test_a_project_that_names_all_its_sources_is_told_nothing(shop: Path):
    assert load(shop, PROJECT + ORDERS) == ()


def test_what_a_renamed_source_said_is_told_by_load_remap_and_status(shop: Path):
    renamed = PROJECT + ORDERS.replace("sources.orders", "sources.sales")

    [told] = load(shop, renamed)

    assert told.startswith("the project file names no source 'orders' any more; what it said stays")
    assert "(3 records)" in told
    with threesixty.open(shop) as c360:
        assert told in c360.status().notices
        assert told in c360.remap().notices


def test_an_empty_snapshot_takes_away_all_that_it_said(shop: Path):
    renamed = PROJECT + ORDERS.replace("sources.orders", "sources.sales")
    load(shop, renamed)
    load(shop, renamed + EMPTY, "orders", shrink=True)

    assert load(shop, renamed) == ()
    with threesixty.open(shop) as c360:
        parties = sorted(c360.ledger.membership(None))
        assert {name.source for name in c360.ledger.names(parties)} == {"crm", "sales"}
        assert c360.status().records == 4
