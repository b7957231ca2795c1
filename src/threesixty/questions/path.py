"""How are two customers connected?

One of the shortest ways from one customer to another, each step in words: an identifier both use, a
household both belong to, or a relation (works for, is part of, referred; either way). The search goes
from both ends, at most three steps from each. Identifiers with more than 50 holders and relations that a
customer has more than 50 of are named, not followed.
param customer customer  one customer's id
param other customer  the other customer's id
column step integer  counts from 1
column id text  where the step starts
column name text  that customer's name
column how text  the step in words
column via text  the identifier or household between the two; empty for a relation
column to text  where the step ends
column to_name text  that customer's name
example customer=customer:4xq2mzr7kw3hd5ta other=customer:c7v5n2yqkt6s3wxa
budget rows=6 seconds=5 scan=no
"""

from __future__ import annotations

from threesixty.questions import hops
from threesixty.questions.question import Ask, Rows

TEXTS = (hops.NEIGHBOURS,)
LONGEST = 6


def answer(ask: Ask, *, customer: str, other: str) -> tuple[Rows, str]:
    """One row for each step, and what was left out in words; no rows where there is no way."""
    if customer == other:
        return [], "that is one and the same customer"
    reaches = hops.Reach(ask, customer), hops.Reach(ask, other)
    for turn in range(LONGEST):
        reaches[turn % 2].grow()
        if met := reaches[0].distance.keys() & reaches[1].distance.keys():
            return _rows(*reaches, min(met)), hops.note(reaches)
    nothing = f"no way of at most {LONGEST} steps"
    return [], "; ".join(filter(None, (nothing, hops.note(reaches))))


def _rows(near: hops.Reach, far: hops.Reach, met: str) -> Rows:
    way = near.trail(met) + [hop.reversed() for hop in reversed(far.trail(met))]
    return [
        {"step": step, "id": hop.near, "name": hop.near_name, "how": hop.sentence, "via": hop.via,
         "to": hop.far, "to_name": hop.far_name}
        for step, hop in enumerate(way, 1)
    ]  # fmt: skip
