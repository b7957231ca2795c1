"""Who is connected with a customer, and through what?

Customers at most `depth` steps away; a step is an identifier both use, a household both belong to, or a
relation (works for, is part of, referred; either way). Each is shown once, at its shortest distance, with
one way that leads there. Identifiers with more than 50 holders and relations that a customer has more
than 50 of are named, not followed; of one distance at most 50 customers are followed.
param customer customer  the customer's id
param depth integer = 2  how many steps, 1 to 3
column id text  the connected customer
column name text  its name
column distance integer  how many steps away
column how text  the last step in words
column via text  the identifier or household of the last step; empty for a relation
column through text  the customer the last step starts from
column through_name text  that one's name
example customer=customer:4xq2mzr7kw3hd5ta depth=2
budget rows=500 seconds=5 scan=no
"""

from __future__ import annotations

from threesixty.errors import QuestionError
from threesixty.questions import hops
from threesixty.questions.question import Ask, Rows
from threesixty.record import Scalar

TEXTS = (hops.NEIGHBOURS,)
DEEPEST = 3


def answer(ask: Ask, *, customer: str, depth: int) -> tuple[Rows, str]:
    """Rows by distance, then id, and what was left out in words."""
    if depth not in range(1, DEEPEST + 1):
        raise QuestionError(f"connections cannot go {depth} steps deep", hint="give a depth of 1, 2 or 3")
    reach = hops.Reach(ask, customer)
    while reach.depth < depth:
        reach.grow()
    found = sorted(reach.hops.values(), key=lambda hop: (reach.distance[hop.far], hop.far))
    return [_row(hop, reach.distance[hop.far]) for hop in found], hops.note([reach])


def _row(hop: hops.Hop, distance: int) -> dict[str, Scalar]:
    return {"id": hop.far, "name": hop.far_name, "distance": distance, "how": hop.sentence,
            "via": hop.via, "through": hop.near, "through_name": hop.near_name}  # fmt: skip
