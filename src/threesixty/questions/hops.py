"""Steps from customer to customer: an identifier both use, a household both belong to now, or a relation.

OpenCypher has no bound that is a parameter and no shortest path that every engine knows, so the steps
are taken one customer at a time. What is held by many is a hub: it is named, and not followed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from threesixty.questions.question import Ask
from threesixty.record import Scalar

HOLDERS = 50
"""An identifier with more holders than this is a hub, and so is a customer with more of one relation."""
FOLLOWED = 50
"""So many customers of one distance are followed further."""
_ROWS = 500

# One pattern for both who belong to a household: of two, ladybug 0.22 loses an edge of a node when the filter
# drops another edge of the same node.
_SHARED = """MATCH (a:Customer {id: $customer})-[:USES]->(x:Identifier)
WHERE x.holders <= $most
MATCH (b:Customer)-[:USES]->(x)
WHERE b.id <> $customer
RETURN a.id AS near, a.name AS near_name, x.id AS via, x.type AS type, x.value AS what,
       b.id AS far, b.name AS far_name
ORDER BY via, far LIMIT 501
UNION ALL
MATCH (a:Customer {id: $customer})-[m:MEMBER_OF]->(x:Household)<-[n:MEMBER_OF]-(b:Customer)
WHERE m.until IS NULL AND n.until IS NULL AND b.id <> $customer
RETURN a.id AS near, a.name AS near_name, x.id AS via, '' AS type, x.name AS what,
       b.id AS far, b.name AS far_name
ORDER BY via, far LIMIT 501
UNION ALL
MATCH (a:Customer {id: $customer})-[:USES]->(x:Identifier)
WHERE x.holders > $most
RETURN a.id AS near, a.name AS near_name, x.id AS via, x.type AS type, x.value AS what,
       '' AS far, '' AS far_name
ORDER BY via LIMIT 501"""
_RELATION = """
UNION ALL
MATCH (a:Customer {{id: $customer}}){edge}(b:Customer)
WHERE b.id <> $customer
RETURN a.id AS near, a.name AS near_name, '' AS via, '{how}' AS type, {role} AS what,
       b.id AS far, b.name AS far_name
ORDER BY far LIMIT 51"""


class Relation(NamedTuple):
    """How one customer stands to another: as a step there and back, and what many of them are called."""

    edge: str
    role: str
    there: str
    back: str
    many: str


RELATIONS: Mapping[str, Relation] = {
    "works_for": Relation("-[e:WORKS_FOR]->", "e.role", "works for", "employs", "employers of"),
    "employee": Relation("<-[e:WORKS_FOR]-", "e.role", "employs", "works for", "employees of"),
    "part_of": Relation("-[:PART_OF]->", "''", "is part of", "includes", "owners of"),
    "part": Relation("<-[:PART_OF]-", "''", "includes", "is part of", "parts of"),
    "referred": Relation("-[:REFERRED]->", "''", "referred", "was referred by", "referrals by"),
    "referred_by": Relation("<-[:REFERRED]-", "''", "was referred by", "referred", "referrers of"),
}
NEIGHBOURS = _SHARED + "".join(
    _RELATION.format(how=how, edge=one.edge, role=one.role) for how, one in RELATIONS.items()
)


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """One step: two customers, what is between them (`via`, '' in a relation), and it in words."""

    near: str
    via: str
    far: str
    sentence: str
    back: str
    near_name: str
    far_name: str

    def reversed(self) -> Hop:
        return Hop(self.far, self.via, self.near, self.back, self.sentence, self.far_name, self.near_name)


class Reach:
    """The customers around one of them, distance by distance, with the first hop that led to each."""

    def __init__(self, ask: Ask, customer: str) -> None:
        self._ask = ask
        self.customer = customer
        self.distance = {customer: 0}
        self.hops: dict[str, Hop] = {}
        self.hubs: dict[str, str] = {}
        self.crowds: set[str] = set()
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
        often = Counter(row["type"] for row in rows if row["far"])
        crowds = {how for how in RELATIONS if often[how] > HOLDERS}
        self.crowds.update(f"{RELATIONS[how].many} {_name(rows[0], 'near')}" for how in crowds)
        self.cut = self.cut or any(number > _ROWS for number in often.values())
        for hop in sorted(_hop(row) for row in rows if row["far"] and row["type"] not in crowds):
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
    there, back = _sentences(row)
    return Hop(near, via, far, there, back, near_name, far_name)


def _sentences(row: Mapping[str, Scalar]) -> tuple[str, str]:
    """The step in words, from either end."""
    relation = RELATIONS.get(str(row["type"])) if not row["via"] else None
    if relation is None:
        both = f"both {'use' if row['type'] else 'belong to'} {_what(row)}"
        return both, both
    role = f" as {row['what']}" if row["what"] else ""
    return f"{relation.there} {_name(row, 'far')}{role}", f"{relation.back} {_name(row, 'near')}{role}"


def _name(row: Mapping[str, Scalar], end: str) -> str:
    return str(row[f"{end}_name"] or row[end])


def _what(row: Mapping[str, Scalar]) -> str:
    if not row["type"]:
        return f"the {row['what']}"
    return f"{row['type']} {row['what']}" if row["what"] else f"the same {row['type']}"


def note(reaches: Iterable[Reach]) -> str:
    """What was left out, in words; empty when nothing was."""
    reaches = list(reaches)
    hubs = {what for reach in reaches for what in reach.hubs.values()}
    crowds = {many for reach in reaches for many in reach.crowds}
    cut = "not all customers were followed: there are too many" if any(r.cut for r in reaches) else ""
    return "; ".join(
        filter(None, (_left(f"held by more than {HOLDERS} customers", hubs),
                      _left(f"more than {HOLDERS} of a sort", crowds), cut))
    )  # fmt: skip


def _left(why: str, found: set[str]) -> str:
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"{why}, so not followed: {', '.join(sorted(found)[:5])}{more}" if found else ""
