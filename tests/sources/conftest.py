"""What tests of databases share: a server of each sort, and an empty shop in it."""

from __future__ import annotations

import pytest
from tests.sources import servers


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL that lives as long as the tests."""
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def mysql():
    """A MariaDB that lives as long as the tests."""
    with servers.mysql() as server:
        yield server


SHOPS = ["sqlite", "postgresql", pytest.param("mysql", marks=pytest.mark.slow)]


@pytest.fixture(params=SHOPS)
def shop(request, tmp_path, monkeypatch):
    """An empty database `shop` on every kind of server; its reader's password is in the environment."""
    monkeypatch.setenv("SHOP_PASSWORD", servers.SECRET)
    if request.param == "sqlite":
        yield servers.SQLite(tmp_path)
        return
    server = request.getfixturevalue(request.param)
    yield server
    if server.name == "postgresql":
        server.do(
            "DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC"
        )
    else:
        server.do("DROP DATABASE shop", "CREATE DATABASE shop")
