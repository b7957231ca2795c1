"""The same data, loaded twice into two homes in any order of sources, gives equal graphs.

Two ledgers digest under different keys and give out different ids, so everything is compared under
other names: Records by their source and key, Customers and Households by their members, edges by
their ends. Alias nodes are history, the Threesixty node is bookkeeping: both stay out.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from threesixty.graph.delta import (
    address_id,
    customer_id,
    household_id,
    identifier_id,
    record_id,
    thing_id,
)
from threesixty.schema import EdgeKind

HISTORY = {"Alias", "Threesixty"}


def test_the_order_of_sources_does_not_matter(company, undisturbed, tmp_path):
    with company.open(undisturbed) as c360:
        names = [source.name for source in c360.project.sources]
        one = graph_of(c360)
    company.loaded(tmp_path, *reversed(names))

    with company.open(tmp_path) as c360:
        assert differing(one, graph_of(c360)) == {}


def test_loading_at_once_again_gives_an_equal_graph(company, undisturbed, tmp_path):
    company.loaded(tmp_path)

    with company.open(undisturbed) as one, company.open(tmp_path) as other:
        assert differing(graph_of(one), graph_of(other)) == {}


def differing(one, other):
    """What only one of two graphs has, by table: at most three rows of each side."""
    found = {}
    for what in one.keys() | other.keys():
        left, right = one[what] - other[what], other[what] - one[what]
        if left or right:
            found[what] = (list(left)[:3], list(right)[:3])
    return found


def graph_of(c360):
    """Rows by table, under names that two ledgers share."""
    names = shared_names(c360)
    tables = defaultdict(Counter)
    for what, rows in c360.graph().export():
        if not ({what} | ({what.source, what.target} if isinstance(what, EdgeKind) else set())) & HISTORY:
            tables[str(what)].update(tuple(rename(value, names) for value in row) for row in rows)
    return tables


def rename(value, names):
    return round(value, 6) if isinstance(value, float) else names.get(value, value)


def shared_names(c360):
    """From the ids of this ledger to names any ledger would use."""
    ledger = c360.ledger
    key = ledger.secret
    members = ledger.members(ledger.customers())
    together = {
        anchor: " ".join(sorted(map(str, ledger.names(records)))) for anchor, records in members.items()
    }
    names = {customer_id(public): f"customer {together[anchor]}"
             for anchor, public in zip(members, ledger.ids(list(members)), strict=True)}  # fmt: skip
    homes = defaultdict(list)
    for home in ledger.households(list(members)):
        homes[home.household].append(together[home.customer])
    for public, residents in zip(ledger.ids(list(homes)), homes.values(), strict=True):
        names[household_id(public)] = f"household {sorted(residents)}"
    for identifier in ledger.identifiers(ledger.every_identifier()).values():
        for node in (identifier_id(key, identifier), address_id(key, identifier.value)):
            names[node] = f"{identifier}"
    for name in ledger.all_names().values():
        names[record_id(key, name)] = f"record {name}"
    for name in ledger.names(ledger.every_node()):
        names[thing_id(key, name.kind, name.source, name.key)] = f"thing {name}"
    return names
