"""Which Questions to put to a filled graph, so that its answers have something in them."""

from __future__ import annotations

from collections import Counter, defaultdict

from threesixty.graph import Graph
from threesixty.graph.delta import Elements, Row
from threesixty.record import Scalar
from threesixty.schema import DEFAULT, EdgeKind

Asked = tuple[str, dict[str, Scalar]]
"""The name of a Question and its parameters."""

USES = EdgeKind("Customer", "USES", "Identifier")
MADE = EdgeKind("Customer", "MADE", "Purchase")
MEMBER_OF = EdgeKind("Customer", "MEMBER_OF", "Household")
PART_OF = EdgeKind("Customer", "PART_OF", "Customer")
WORKS_FOR = EdgeKind("Customer", "WORKS_FOR", "Customer")
BOUGHT = EdgeKind("Customer", "BOUGHT", "Product")
RESPONDED = EdgeKind("Customer", "RESPONDED", "Campaign")
VIEWED = EdgeKind("Customer", "VIEWED", "Product")
RESOLVES_TO = EdgeKind("Record", "RESOLVES_TO", "Customer")
INCLUDES = EdgeKind("Purchase", "INCLUDES", "Product")


_LONG_AFTER = 4_102_444_800_000
"""The year 2100: whoever bought did so before."""


def held(graph: Graph) -> Elements:
    """Everything a graph holds."""
    nodes: dict[str, list[Row]] = {}
    edges: dict[EdgeKind, list[Row]] = {}
    for what, rows in graph.export():
        if isinstance(what, str):
            nodes.setdefault(what, []).extend(rows)
        else:
            edges.setdefault(what, []).extend(rows)
    return Elements(nodes, edges)


def asked(graph: Elements, customers: int = 4) -> list[Asked]:
    """Every Question; those about a customer for the customers with the most to say."""
    pairs = _sharing(graph)
    telling = {
        "customer_360": _most(graph, USES, 0),
        "employees": _most(graph, WORKS_FOR, 1),
        "engagement": _most(graph, VIEWED, 0),
        "household": _most(graph, MEMBER_OF, 0),
        "identifiers": _most(graph, USES, 0),
        "might_like": _most(graph, BOUGHT, 0),
        "open_tickets": _with_open_tickets(graph),
        "organisation": _most(graph, PART_OF, 0),
        "purchases": _most(graph, MADE, 0),
        "records": _most(graph, RESOLVES_TO, 1),
        "sharing": [one for one, _ in pairs],
        "timeline": _most(graph, MADE, 0),
    }
    wanted: list[Asked] = [
        ("abandoned_baskets", {}),
        ("bought_together", {}),
        ("brand_overlap", {}),
        ("campaign_results", {"days": 90}),
        ("first_touch", {}),
        ("household_value", {"at_least": 1}),
        ("hubs", {"at_least": 2}),
        ("lapsed", {"since": _LONG_AFTER, "at_least": 1}),
        ("recency_frequency_value", {}),
        ("referrers", {}),
        ("returned_products", {}),
        ("serial_returners", {"at_least": 1}),
    ]
    wanted += [("campaign_responders", {"campaign": one}) for one in ["", *_most(graph, RESPONDED, 1)[:2]]]
    wanted += [("bought_together", {"product": product}) for product in _most(graph, INCLUDES, 1)[:1]]
    wanted += [(name, {"customer": one}) for name, those in telling.items() for one in those[:customers]]
    wanted += [("connections", {"customer": one, "depth": 3}) for one, _ in pairs[:customers]]
    wanted += [("path", {"customer": one, "other": other}) for one, other in pairs[:customers]]
    return wanted


def _most(graph: Elements, kind: EdgeKind, end: int) -> list[str]:
    """The nodes at one end of the edges of a kind, those with the most of them first."""
    counts = Counter(str(row[end]) for row in graph.edges.get(kind, ()))
    return [one for one, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _sharing(graph: Elements) -> list[tuple[str, str]]:
    """Pairs of customers who use the same identifier."""
    users: dict[str, list[str]] = defaultdict(list)
    for customer, identifier, *_ in graph.edges.get(USES, ()):
        users[str(identifier)].append(str(customer))
    pairs = (sorted(those)[:2] for _, those in sorted(users.items()) if len(those) > 1)
    return list(dict.fromkeys((one, other) for one, other in pairs))


def _with_open_tickets(graph: Elements) -> list[str]:
    place = 1 + [column.name for column in DEFAULT.nodes["Customer"]].index("open_tickets")
    return [str(row[0]) for row in graph.nodes.get("Customer", ()) if row[place]]
