"""Steps from customer to customer: through an identifier both use, or a household both belong to.

OpenCypher has no bound that is a parameter and no shortest path that every engine knows, so the steps
are taken one customer at a time. What is held by many is a hub: it is named, and not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from threesixty.questions.question import Ask
from threesixty.record import Scalar

HOLDERS = 50
"""An identifier with more holders than this is a hub."""
FOLLOWED = 50
"""So many customers of one distance are followed further."""
_ROWS = 500

NEIGHBOURS = """MATCH (a:Customer {id: $customer})-[:USES]->(x:Identifier)
WHERE x.holders <= $most
MATCH (b:Customer)-[:USES]->(x)
WHERE b.id <> $customer
RETURN a.id AS near, a.name AS near_name, x.id AS via, x.type AS type, x.value AS what,
       b.id AS far, b.name AS far_name
ORDER BY via, far LIMIT 501
UNION ALL
MATCH (a:Customer {id: $customer})-[:MEMBER_OF]->(x:Household)
MATCH (b:Customer)-[:MEMBER_OF]->(x)
WHERE b.id <> $customer
RETURN a.id AS near, a.name AS near_name, x.id AS via, '' AS type, x.name AS what,
       b.id AS far, b.name AS far_name
ORDER BY via, far LIMIT 501
UNION ALL
MATCH (a:Customer {id: $customer})-[:USES]->(x:Identifier)
WHERE x.holders > $most
RETURN a.id AS near, a.name AS near_name, x.id AS via, x.type AS type, x.value AS what,
       '' AS far, '' AS far_name
ORDER BY via LIMIT 501"""


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """One step: two customers, and what both of them have."""

    near: str
    via: str
    far: str
    what: str
    near_name: str
    far_name: str

    @property
    def sentence(self) -> str:
        verb = "belong to" if self.via.startswith("household:") else "use"
        return f"both {verb} {self.what}"

    def reversed(self) -> Hop:
        return Hop(self.far, self.via, self.near, self.what, self.far_name, self.near_name)


class Reach:
    """The customers around one of them, distance by distance, with the first hop that led to each."""

    def __init__(self, ask: Ask, customer: str) -> None:
        self._ask = ask
        self.customer = customer
        self.distance = {customer: 0}
        self.hops: dict[str, Hop] = {}
        self.hubs: dict[str, str] = {}
        self.cut = False
        self.depth = 0

    def grow(self) -> None:
        """Take one step further from every customer of the greatest distance so far."""
        edge = sorted(c for c, distance in self.distance.items() if distance == self.depth)
        self.depth += 1
        self.cut = self.cut or len(edge) > FOLLOWED
        for customer in edge[:FOLLOWED]:
            self._step(customer)

    def _step(self, customer: str) -> None:
        rows = self._ask(NEIGHBOURS, {"customer": customer, "most": HOLDERS})
        self.hubs.update((str(row["via"]), _what(row)) for row in rows if not row["far"])
        found = sorted(_hop(row) for row in rows if row["far"])
        self.cut = self.cut or len(found) > _ROWS
        for hop in found:
            if hop.far not in self.distance:
                self.distance[hop.far] = self.depth
                self.hops[hop.far] = hop

    def trail(self, customer: str) -> list[Hop]:
        """The hops that lead from the middle to a customer that was reached."""
        hops: list[Hop] = []
        while customer != self.customer:
            hops.append(self.hops[customer])
            customer = hops[-1].near
        return hops[::-1]


def _hop(row: Mapping[str, Scalar]) -> Hop:
    near, via, far, near_name, far_name = (
        str(row[name] or "") for name in ("near", "via", "far", "near_name", "far_name")
    )
    return Hop(near, via, far, _what(row), near_name, far_name)


def _what(row: Mapping[str, Scalar]) -> str:
    if not row["type"]:
        return f"the {row['what']}"
    return f"{row['type']} {row['what']}" if row["what"] else f"the same {row['type']}"


def note(reaches: Iterable[Reach]) -> str:
    """What was left out, in words; empty when nothing was."""
    reaches = list(reaches)
    hubs = sorted({what for reach in reaches for what in reach.hubs.values()})
    held = f"held by more than {HOLDERS} customers, so not followed: {', '.join(hubs[:5])}"
    more = f" and {len(hubs) - 5} more" if len(hubs) > 5 else ""
    cut = "not all customers were followed: there are too many" if any(r.cut for r in reaches) else ""
    return "; ".join(filter(None, (held + more if hubs else "", cut)))
