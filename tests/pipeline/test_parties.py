"""What holds for people holds for organisations, their people and the ids other systems gave them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.conftest import PROJECT, Row, Town
from tests.pipeline.test_invariants import some

SOURCES = """
[sources.firms]
path = "firms.csv"
kind = "organisation"
key = "id"
version = "version"
master = "golden"
columns = { name = "name", tax_id = "vat", email = "email", city = "city", postcode = "postcode" }
links = { part_of = { key = "parent" } }

[sources.contacts]
path = "contacts.csv"
kind = "person"
key = "id"
version = "version"
columns = { given = "given", family = "family", email = "email" }
parties = { referred_by = { key = "by" } }
links = { works_for = { source = "firms", key = "firm", values = { role = "title" } } }
"""
Said = tuple[str, Row]
pick = st.sampled_from
keys = pick(["", "0", "1", "2", "3"])

firms = st.fixed_dictionaries(
    {
        "name": pick(["Hall & Co Ltd", "HALL AND CO", "Hall Transport GmbH", "Zeta", "Дом Книги", ""]),
        "vat": pick(["", "PT501442600", "PT501442601"]), "email": pick(["", "info@hall.pt", "a@x.pt"]),
        "city": pick(["Porto", "Lisboa", ""]), "postcode": pick(["4000-001", ""]),
        "parent": keys, "golden": pick(["", "", "M1", "M2"]), "version": pick(["1"]),
    }
)  # fmt: skip
contacts = st.fixed_dictionaries(
    {
        "given": pick(["Ana", "Bruno"]), "family": pick(["Silva", "Zeta"]),
        "email": pick(["a@x.pt", "b@x.pt", "info@hall.pt", ""]), "firm": keys, "by": keys,
        "title": pick(["", "buyer", "owner"]), "version": pick(["1"]),
    }
)  # fmt: skip


def numbered(source: str, rows: list[Row]) -> list[Said]:
    return [(source, {"id": str(number), **row}) for number, row in enumerate(rows)]


companies = st.builds(
    lambda some_firms, people: numbered("firms", some_firms) + numbered("contacts", people),
    st.lists(firms, min_size=2, max_size=5), st.lists(contacts, min_size=1, max_size=4),
)  # fmt: skip


def town_of(folder: str, name: str, said: list[Said], graph: str = "none") -> Town:
    town = Town(Path(folder) / name)
    stores = f'\n[stores]\ngraph = "{graph}"\n'
    (town.folder / "threesixty.toml").write_text(PROJECT + SOURCES + stores, "utf-8")
    town.reopen()
    for source, row in said:
        town.put(source, row)
    return town


def relations(town: Town) -> set[tuple[frozenset[str], str, frozenset[str], str]]:
    """Everybody's relations, customers told by their Records."""
    found = set()
    clusters = {town.c360.customer(min(cluster)).id: cluster for cluster in town.clusters()}
    for cluster in clusters.values():
        for one in town.c360.customer(min(cluster)).relations:
            found.add((cluster, one.how, clusters[one.id], one.role))
    return found


@some(12)
@given(companies, st.randoms(use_true_random=False))
def test_order_does_not_matter_to_organisations_and_their_people(said: list[Said], random: Random):
    with tempfile.TemporaryDirectory() as folder:
        one = town_of(folder, "one", said)
        other = town_of(folder, "other", random.sample(said, len(said)))
        seen = [(t.clusters(), t.golden(), relations(t)) for t in (one, other)]
        one.c360.close()
        other.c360.close()

    assert seen[0] == seen[1]


@some(4)
@given(companies, st.data())
def test_a_change_equals_having_said_it_so_at_once_and_the_graph_agrees(
    said: list[Said], data: st.DataObject
):
    source, row = data.draw(pick(said))
    changed = {**row, **data.draw(firms if source == "firms" else contacts), "version": "2"}
    later = [(s, changed if (s, r["id"]) == (source, row["id"]) else r) for s, r in said]
    with tempfile.TemporaryDirectory() as folder:
        straight = town_of(folder, "straight", later)
        detour = town_of(folder, "detour", [*said, (source, changed)], "embedded")
        seen = [(t.clusters(), t.golden(), relations(t)) for t in (straight, detour)]
        alike = [detour.same_card(min(cluster)) for cluster in detour.clusters()]
        mixed = [c for c in detour.clusters() if len({key.split("/")[0] for key in c}) > 1]
        drawn = detour.export() == detour.rebuilt()
        straight.c360.close()
        detour.c360.close()

    assert seen[0] == seen[1]
    assert all(alike)
    assert not mixed
    assert drawn
