"""The same deliveries, late, repeated, shuffled, with deletions and other columns, end in the same state.

A history is drawn up first: what each source says about each key, version by version. It is delivered in
good order to one ledger, and as a mess to another, in any order that the versions allow: where a source
gives none (`till`) the rows of a key come in their order, and full deliveries (`club`) one after another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.two_ledgers import derived_of, differing, graph_of

import threesixty
from threesixty.customer360 import Customer360

PROJECT = """
[project]
country = "PT"

[stores]
graph = "{graph}"

[sources.crm]                                 # versions of its own
path = "crm.jsonl"
kind = "person"
key = "id"
version = "version"
date_order = "ymd"
delivery = "changes"
deleted = {{ column = "op", values = ["D"] }}
on_change = "accept"
[sources.crm.columns]
given = "given"
family = "family"
birth_date = "born"
email = "mail"
phone = "phone"
street = "street"
city = "city"

[sources.shop]                                # told apart by when it said so
path = "shop.jsonl"
kind = "person"
key = "id"
date_order = "ymd"
columns = {{ given = "given", family = "family", email = "mail", phone = "phone", at = "at" }}
delivery = "changes"
deleted = "gone"
on_change = "accept"

[sources.orders]                              # things, and guests known by a bag of identifiers
path = "orders.jsonl"
kind = "purchase"
key = "id"
version = "version"
date_order = "ymd"
columns = {{ at = "at", amount = "amount", status = "status" }}
delivery = "changes"
deleted = {{ column = "op", values = ["D"] }}
on_change = "accept"
[sources.orders.parties.buyer]
source = "shop"
kind = "person"
key = "buyer"
identifiers = {{ email = "guest", full_name = "name" }}

[sources.till]                                # no versions: arrival decides
path = "till.jsonl"
kind = "person"
key = "id"
columns = {{ given = "given", family = "family", phone = "phone" }}
on_change = "accept"

[sources.club]                                # everything there is, each time
path = "club.jsonl"
kind = "person"
key = "id"
columns = {{ given = "given", family = "family", email = "mail" }}
delivery = "snapshot"
on_change = "accept"
"""

Row = dict[str, str]
Delivery = tuple[str, list[Row]]
GIVEN = ["Ada", "Bo", "Clara", "Dinis"]
FAMILY = ["Silva", "Berg", "Costa"]


@dataclass
class World:
    """What was said: rows by source, in the order in which they were meant."""

    random: Random
    keys: int
    versions: int
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for source in ("crm", "shop", "orders", "till"):
            said = [self.row(source, key, n) for n in range(self.versions) for key in range(self.keys)]
            self.rows[source] = said
        self.full = [
            [self.row("club", key, n) for key in range(self.keys) if self.random.random() < 0.8]
            for n in range(3)
        ]

    def row(self, source: str, key: int, version: int) -> Row:
        pick = self.random.choice
        row = {"id": str(key), "given": pick(GIVEN), "family": pick(FAMILY), "mail": f"p{key % 4}@x.pt"}
        row |= {"phone": f"91234567{pick('0123')}"} if pick([0, 1]) else {}
        if source == "crm":
            row |= {
                "version": str(version),
                "born": f"19{80 + key % 3}-01-02",
                "street": f"Rua {key % 3}",
                "city": "Faro",
            }
            row |= {"vat": f"V{key}"} if version > 1 else {}  # a column that came
            if version > 2:
                del row["mail"]  # and one that went
            row |= {"op": "D"} if self.random.random() < 0.2 else {}
        if source == "shop":
            row |= {"at": f"2026-01-{version + 1:02}"}
            row |= {"gone": "yes"} if self.random.random() < 0.2 else {}
        if source == "orders":
            row = {"id": str(key), "version": str(version), "at": f"2026-02-{key % 28 + 1:02}"}
            row |= {"amount": f"{version + 1},50", "status": pick(["open", "paid"])}
            row |= (
                {"buyer": str(pick(range(self.keys)))}
                if pick([0, 1])
                else {"guest": f"p{key % 4}@x.pt", "name": pick(GIVEN)}
            )
            row |= {"op": "D"} if self.random.random() < 0.1 else {}
        return row

    def tidy(self) -> list[Delivery]:
        """Everything once, in order."""
        return [*self.rows.items(), *(("club", rows) for rows in self.full)]

    def messy(self, many: int) -> list[Delivery]:
        """So many deliveries: rows late and shuffled, a third of them more than once."""
        deliveries: list[Delivery] = [("club", rows) for rows in self.full]
        for source in ("crm", "shop", "orders"):
            rows = [*self.rows[source], *self.random.sample(self.rows[source], len(self.rows[source]) // 3)]
            self.random.shuffle(rows)
            deliveries += [(source, rows[at::5]) for at in range(5)]
        till, parts = self.rows["till"], many - len(deliveries)
        cuts = [0, *sorted(self.random.sample(range(len(till)), parts - 1)), len(till)]
        deliveries += [("till", till[a:b]) for a, b in pairwise(cuts)]
        return deliveries

    def any_order(self, deliveries: list[Delivery]) -> list[Delivery]:
        """The deliveries in an order that keeps those of `till` and `club` one after another."""
        kept = {name: [d for d in deliveries if d[0] == name] for name in ("till", "club")}
        mixed = list(deliveries)
        self.random.shuffle(mixed)
        return [kept[d[0]].pop(0) if d[0] in kept else d for d in mixed]


def loaded(folder: Path, deliveries: list[Delivery]) -> Customer360:
    """A project that got these deliveries one by one; the graph is drawn at the end."""
    folder.mkdir(parents=True)
    for graph in ("none", "embedded"):
        (folder / f"{graph}.toml").write_text(PROJECT.format(graph=graph))
    with threesixty.open(folder / "none.toml", home=folder / "home") as c360:
        for source, rows in deliveries:
            (folder / f"{source}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
            [load] = c360.load(source, accept_shrink=True).sources
            assert load.account.lost == 0
            # The very same file twice in a row is not read.
            assert load.account.rows == len(rows) or load.skipped_files
    return threesixty.open(folder / "embedded.toml", home=folder / "home")


def check(folder: Path, seed: int, keys: int, versions: int, deliveries: int) -> None:
    world = World(Random(seed), keys, versions)
    mess = world.messy(deliveries)
    repeated = [delivery for delivery in mess if delivery[0] not in ("till", "club")]
    twice = [*world.any_order(mess), *world.any_order(repeated)]
    with loaded(folder / "tidy", world.tidy()) as tidy, loaded(folder / "messy", twice) as messy:
        assert derived_of(tidy)["customer"]
        assert differing(derived_of(tidy), derived_of(messy)) == {}
        assert differing(graph_of(tidy), graph_of(messy)) == {}


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 2**32))
def test_twenty_messy_deliveries_end_in_the_state_of_tidy_ones(tmp_path_factory, seed: int):
    check(tmp_path_factory.mktemp("mess"), seed, keys=5, versions=3, deliveries=20)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(5, 40), st.integers(2, 9))
def test_whatever_the_mess(tmp_path_factory, seed: int, keys: int, versions: int):
    check(tmp_path_factory.mktemp("mess"), seed, keys, versions, deliveries=24)
