"""Groups looked at from inside: what their Records contradict each other in, where one Match holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from threesixty.identity.parties import Bools, Ints, Parties
from threesixty.identity.score import compare_rows
from threesixty.identity.weights import SORTS, sorts

_PERSONS = {
    "given": ("different", "relative", "housemate", "lookalike", "another", "twin"),
    "birth_date": ("two_parts", "different", "generation", "apart"), "suffix": ("different",),
    "gender": ("different",), "account": ("different",), "loyalty": ("different",), "tax_id": ("different",),
    "other": ("another",),
}  # fmt: skip
_ORGANISATIONS = {
    "name": ("different",), "lei": ("different",), "duns": ("different",), "company_number": ("different",),
    "tax_id": ("different",), "other": ("another",),
}  # fmt: skip
_CONTRADICTIONS: tuple[Mapping[str, Sequence[str]], ...] = (_PERSONS, _ORGANISATIONS)


def pairs_inside(groups: Sequence[Sequence[int]], most: int) -> tuple[Ints, Ints, Ints]:
    """Pairs of places within each group (at most so many places of it), and the number of the group."""
    one, other, of = [], [], []
    for number, group in enumerate(groups):
        rows = np.asarray(group[:most], np.int64)
        left, right = np.triu_indices(len(rows), 1)
        one.append(rows[left])
        other.append(rows[right])
        of.append(np.full(len(left), number, np.int64))
    empty = [np.empty(0, np.int64)]
    return np.concatenate(one or empty), np.concatenate(other or empty), np.concatenate(of or empty)


def contradictions(parties: Parties, a: Ints, b: Ints, exclusive: Collection[str]) -> dict[str, Bools]:
    """By field, which pairs of rows contradict each other in it: see `compare_rows`."""
    levels = compare_rows(parties, a, b, np.empty(0, np.int64), exclusive)
    sort_of, found = sorts(levels), dict[str, Bools]()
    for sort, (fields, contradicting) in enumerate(zip(SORTS, _CONTRADICTIONS, strict=True)):
        for field, named in contradicting.items():
            wrong = [fields[field].index(name) for name in named]
            here = (sort_of == sort) & np.isin(levels[:, list(fields).index(field)], wrong)
            found[field] = found.get(field, False) | here
    return found


def two_sides(pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[set[int], set[int]]]:
    """The two sides of each part that hangs together by pairs, which all lead from one side to the other."""
    near: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    seen: set[int] = set()
    for start in near:
        sides: tuple[set[int], set[int]] = (set(), set())
        todo = [(start, 0)] if start not in seen else []
        while todo:
            at, side = todo.pop()
            if at not in seen:
                seen.add(at)
                sides[side].add(at)
                todo += [(other, 1 - side) for other in near[at]]
        if sides[0]:
            yield sides


def bridges(edges: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The edges of a graph without which it falls apart (Tarjan), each as it was given."""
    near: dict[int, list[tuple[int, tuple[int, int]]]] = defaultdict(list)
    for edge in edges:
        near[edge[0]].append((edge[1], edge))
        near[edge[1]].append((edge[0], edge))
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    found: set[tuple[int, int]] = set()
    for start, around in near.items():
        if start in order:
            continue
        order[start] = low[start] = len(order)
        stack = [(start, (-1, -1), iter(around))]
        while stack:
            at, by, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                if stack:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[at])
                    if low[at] > order[above]:
                        found.add(by)
            elif step[1] == by:
                continue
            elif step[0] in order:
                low[at] = min(low[at], order[step[0]])
            else:
                order[step[0]] = low[step[0]] = len(order)
                stack.append((step[0], step[1], iter(near[step[0]])))
    return found
