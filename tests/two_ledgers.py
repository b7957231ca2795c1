"""Two ledgers that heard the same in another way are equal: what follows from them, and their graphs.

Two ledgers digest under different keys and give out different ids, so everything is compared under
other names: Records by their source and key, Customers and Households by their members, edges by
their ends. Alias nodes are history, the Threesixty node is bookkeeping: both stay out.
"""

from __future__ import annotations

import json
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


def differing(one, other):
    """What only one of two graphs (or derived states) has, by table: at most three rows of each side."""
    found = {}
    for what in one.keys() | other.keys():
        left, right = one[what] - other[what], other[what] - one[what]
        if left or right:
            found[what] = (list(left)[:3], list(right)[:3])
    return found


def graph_of(c360):
    """Rows of the graph by table, under names that two ledgers share."""
    names = shared_names(c360)
    tables = defaultdict(Counter)
    for what, rows in c360.graph().export():
        if not ({what} | ({what.source, what.target} if isinstance(what, EdgeKind) else set())) & HISTORY:
            tables[str(what)].update(tuple(rename(value, names) for value in row) for row in rows)
    return tables


def derived_of(c360):
    """Rows that follow from the ledger's log, by table, under names that two ledgers share."""
    ledger = c360.ledger
    name = dict(ledger.all_names())
    members = ledger.members(ledger.customers())
    together = {anchor: _members(ledger, records) for anchor, records in members.items()}
    mapped = ledger.mapped()
    nodes = _named(ledger, {row.node for row in mapped if row.node})
    links = ledger.links_from()
    ends = _named(ledger, {link.to for link in links})
    return defaultdict(Counter, {
        "record": Counter(
            (str(name[row.no]), row.kind, row.sort, row.at, nodes.get(row.node, ""), row.version,
             sorted_json(row.values), row.unreadable)
            for row in mapped
        ),
        "carries": Counter((str(name[c.record]), c.type, c.value) for c in ledger.carried()),
        "link": Counter((str(name[n.record]), n.role, ends[n.to], sorted_json(n.values)) for n in links),
        "match": Counter(
            (*sorted((str(name[m.a]), str(name[m.b]))), round(m.bits, 6)) for m in ledger.matches_of()
        ),
        "customer": Counter(together.values()),
        "household": _households(ledger, together),
        "parked": Counter(
            (*sorted((str(name[p.a]), str(name[p.b]))), round(p.bits, 6), p.reason) for p in ledger.parked()
        ),
    })  # fmt: skip


def _members(ledger, records):
    return " ".join(sorted(map(str, ledger.names(records))))


def _named(ledger, numbers):
    ordered = sorted(numbers)
    return dict(zip(ordered, map(str, ledger.names(ordered)), strict=True))


def _households(ledger, together):
    homes = defaultdict(list)
    for home in ledger.households():
        homes[home.household].append((together[home.customer], *map(str, home[2:])))
    return Counter(str(sorted(residents)) for residents in homes.values())


def sorted_json(text):
    return json.dumps(json.loads(text), sort_keys=True) if text else ""


def rename(value, names):
    return round(value, 6) if isinstance(value, float) else names.get(value, value)


def shared_names(c360):
    """From the ids of this ledger to names any ledger would use."""
    ledger = c360.ledger
    key = ledger.secret
    members = ledger.members(ledger.customers())
    together = {anchor: _members(ledger, records) for anchor, records in members.items()}
    names = {customer_id(public): f"customer {together[anchor]}"
             for anchor, public in zip(members, ledger.ids(list(members)), strict=True)}  # fmt: skip
    homes = defaultdict(list)
    for home in ledger.households(list(members)):
        homes[home.household].append(together[home.customer])
    for public, residents in zip(ledger.ids(list(homes)), homes.values(), strict=True):
        names[household_id(public)] = f"household {sorted(residents)}"
    for identifier in ledger.identifiers(ledger.every_identifier()).values():
        for node in (
            identifier_id(key, identifier.type, identifier.value),
            address_id(key, identifier.value),
        ):
            names[node] = f"{identifier}"
    for name in ledger.all_names().values():
        names[record_id(key, name.source, name.kind, name.key)] = f"record {name}"
    for name in ledger.names(ledger.every_node()):
        names[thing_id(key, name.kind, name.source, name.key)] = f"thing {name}"
    return names
