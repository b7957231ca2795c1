"""A ledger in a folder of its own, and short ways to say what a source says."""

from __future__ import annotations

import json

import pytest

from threesixty.ledger import Ledger
from threesixty.record import Identifier, Link, Name, Record


@pytest.fixture
def ledger(tmp_path):
    with Ledger.open(tmp_path / "ledger.db", shared_kinds=frozenset({"product"})) as opened:
        yield opened


@pytest.fixture
def person():
    """A person of the CRM: `person("17", given="Ada", email="ada@example.org", version="2")`."""

    def build(key, *, version="", source="crm", deleted=False, note="", **values):
        held = tuple(Identifier(kind, values[kind]) for kind in ("email", "phone") if kind in values)
        raw = json.dumps({"id": key, "note": note, **values}, ensure_ascii=False)
        name = Name(source, "person", key)
        return Record(name, "party", raw, values, held, version=version, deleted=deleted)

    return build


@pytest.fixture
def purchase():
    """An order line of the shop: who bought which product, several lines to a purchase."""

    def build(key, *, buyer="", product="", node="", deleted=False, **values):
        links = []
        if buyer:
            links.append(Link("buyer", Name("crm", "person", buyer)))
        if product:
            links.append(Link("includes", Name("shop", "product", product), {"quantity": 2}))
        raw = json.dumps({"id": key, "buyer": buyer, "product": product, **values})
        name = Name("shop", "purchase", key)
        return Record(name, "thing", raw, values, links=tuple(links), node=node, deleted=deleted)

    return build
