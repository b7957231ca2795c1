"""Steps from customer to customer: through an identifier both use, or a household both belong to.

OpenCypher has no bound that is a parameter and no shortest path that every engine knows, so there is
one text for each distance. What is held by many is a hub: it is named, and not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from threesixty.questions.question import Ask
from threesixty.record import Scalar

HOLDERS = 50
"""An identifier with more holders than this is a hub. The texts below repeat the number."""
FOLLOWED = 100
"""So many customers of one distance are followed further; so does this one."""
SHOWN = 2000

_START = """MATCH (a:Customer {id: $customer})
"""
_STEP = """MATCH (a)-[:USES|MEMBER_OF]->(x)<-[:USES|MEMBER_OF]-(b:Customer)
WHERE coalesce(x.holders, 0) <= 50 AND b.id <> $customer
WITH DISTINCT b AS a ORDER BY a.id LIMIT 100
"""
_LAST = """MATCH (a)-[:USES|MEMBER_OF]->(x)<-[:USES|MEMBER_OF]-(b:Customer)
WHERE coalesce(x.holders, 0) <= 50 AND b.id <> $customer AND b.id <> a.id
RETURN a.id AS near, a.name AS near_name, x.id AS via, x.type AS type, x.value AS value, x.name AS name,
       b.id AS far, b.name AS far_name
ORDER BY near, via, far LIMIT 2001
"""
_HUBS = """MATCH (a)-[:USES]->(x:Identifier)
WHERE x.holders > 50
RETURN a.id AS near, a.name AS near_name, x.id AS via, x.type AS type, x.value AS value, x.name AS name,
       '' AS far, '' AS far_name
ORDER BY near, via LIMIT 101
"""


def _text(distance: int) -> str:
    reach = _START + _STEP * (distance - 1)
    return f"{reach}{_LAST}UNION ALL\n{reach}{_HUBS}"


TEXTS = tuple(_text(distance) for distance in (1, 2, 3))


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
        """Ask for the next distance."""
        edge = sum(distance == self.depth for distance in self.distance.values())
        self.depth += 1
        rows = self._ask(TEXTS[self.depth - 1], {"customer": self.customer})
        self.hubs.update((str(row["via"]), _what(row)) for row in rows if not row["far"])
        found = sorted(_hop(row) for row in rows if row["far"])
        self.cut = self.cut or len(found) > SHOWN or (self.depth > 1 and edge >= FOLLOWED)
        for hop in found:
            if hop.near in self.distance and hop.far not in self.distance:
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
        return f"the {row['name']}"
    return f"{row['type']} {row['value']}" if row["value"] else f"the same {row['type']}"


def note(reaches: Iterable[Reach]) -> str:
    """What was left out, in words; empty when nothing was."""
    reaches = list(reaches)
    hubs = sorted({what for reach in reaches for what in reach.hubs.values()})
    held = f"held by more than {HOLDERS} customers, so not followed: {', '.join(hubs[:5])}"
    more = f" and {len(hubs) - 5} more" if len(hubs) > 5 else ""
    cut = "not all customers were followed: there are too many" if any(r.cut for r in reaches) else ""
    return "; ".join(filter(None, (held + more if hubs else "", cut)))
