"""What costs more than it needs to, on Neptune or on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from threesixty.neptune.lint.functions import AGGREGATES
from threesixty.neptune.lint.rule import DIRECTED, EXPLAIN, PLANS, Found, Rule, each, practice
from threesixty.neptune.lint.text import WRITES, Text, below, child, function_name, is_call, trees, word
from threesixty.neptune.opencypher import Node

MANY_HOPS = 4
_KEYS = ("id", "~id")
_GIVEN = frozenset({"integer", "float", "string", "parameter"})
_WORKED_OUT = frozenset({"add", "subtract", "multiply", "divide", "concatenate"})


# --- hops --------------------------------------------------------------------------------------------


def _untyped(text: Text) -> Iterator[Found]:
    for hop in text.hops:
        if not child(hop.edge, "labels"):
            yield hop.arrow, text.source(hop.arrow)


def _most(hops: Node) -> int | None:
    """The upper bound of *1..3; None where there is none, or it is no number."""
    said = trees(hops)
    last = said[-1] if said else None
    return _number(str(last.children[0])) if last is not None and last.data == "integer" else None


def _number(said: str) -> int:
    return int(said, 0) if said[:2].lower() in ("0x", "0o") else int(said[:18])


def _unbounded(text: Text) -> Iterator[Found]:
    for node in text.each("hops"):
        if _most(node) is None and not child(node, "parameter"):
            yield node, text.source(node)


def _many(text: Text) -> Iterator[Found]:
    for node in text.each("hops"):
        if (_most(node) or 0) > MANY_HOPS:
            yield node, text.source(node)


def _several_patterns(text: Text) -> Iterator[Found]:
    for node in text.each("patterns"):
        if len(trees(node)) > 1 and text.parent(node).data in ("match", "optional_match"):
            yield trees(node)[1]


def _scans(text: Text) -> Iterator[Found]:
    seen: set[tuple[int, str]] = set()
    for pattern in text.each("pattern"):
        nodes = [one for one in trees(pattern) if one.data == "node"]
        names = {(id(text.part(pattern)), word(one)) for node in nodes if (one := child(node, "variable"))}
        alone = len(nodes) == 1 and not child(nodes[0], "labels", "map") and not names & seen
        clause = text.within(pattern, "match", "part", "inner", "merge", "create")
        if alone and clause and clause.data == "match":
            yield nodes[0], text.source(nodes[0])
        seen |= names


# --- plans -------------------------------------------------------------------------------------------


def _list_parameters(text: Text) -> Iterator[Found]:
    if text.writes:
        return
    for node in text.each("unwind", "in", "property"):
        given = trees(node)[1] if node.data == "in" else trees(node)[0]
        if given.data == "parameter":
            yield given, text.source(given)


def _ids(text: Text) -> Iterator[Node]:
    """What an id is compared with, in a pattern or in a WHERE."""
    for node in text.each("entry"):
        key, value = trees(node)
        if word(key) in _KEYS and text.parent(text.parent(node)).data == "node":
            yield value
    for node in text.each("compare"):
        sides = [one for one in trees(node) if one.data != "comparison"]
        if any(_is_id(one) for one in sides) and str(trees(node)[1].children[0]) == "=":
            yield from (one for one in sides if not _is_id(one))


def _is_id(node: Node) -> bool:
    return is_call(node, "id") or (node.data == "property" and word(trees(node)[-1]) in _KEYS)


def _computed_ids(text: Text) -> Iterator[Found]:
    for value in _ids(text):
        if value.data in _WORKED_OUT or value.data == "function":
            yield value, text.source(value)


def _literal_ids(text: Text) -> Iterator[Found]:
    for value in _ids(text):
        if value.data == "string" and len(text.source(value)) > len("''"):
            yield value, text.source(value)


def _static(text: Text) -> Iterator[Found]:
    for node in text.each(*_WORKED_OUT):
        sides = trees(node)
        if all(one.data in _GIVEN for one in sides) and any(one.data == "parameter" for one in sides):
            yield node, text.source(node)


def _idle_with(text: Text) -> Iterator[Found]:
    for part in text.each("part"):
        for before, node in pairwise(trees(part)):
            passes = all(one.data == "column" and trees(one)[0].data == "variable" for one in trees(node))
            if node.data == "with" and passes and before.data not in WRITES:
                yield node, text.source(node)


def _unused_paths(text: Text) -> Iterator[Found]:
    said = Counter(word(one) for one in text.each("variable"))
    for pattern in text.each("pattern"):
        path = child(pattern, "variable")
        if path and said[word(path)] == 1:
            yield path, word(path)


def _collected_once(text: Text) -> Iterator[Found]:
    for node in text.each("function"):
        if is_call(node, "collect") and child(node, "distinct"):
            yield node, text.source(node)


def _filtered_late(text: Text) -> Iterator[Found]:
    for node in text.each("with"):
        where = child(node, "where")
        columns = [trees(one)[0] for one in trees(node) if one.data == "column"]
        folded = any(function_name(one).lower() in AGGREGATES for value in columns for one in below(value)
                     if one.data == "function")  # fmt: skip
        if where and folded:
            kept = {word(one) for one in columns if one.data == "variable"}
            used = {word(one) for one in below(where) if one.data == "variable"}
            if used and used <= kept:
                yield where, text.source(where)


RULES = (
    Rule(
        "untyped-hop", "slow",
        "Neptune has no index for edges of any type: {}", "-[:USES]->: a type on every hop",
        "MATCH (c:Customer {id: $customer})-->(i:Identifier) RETURN i.value AS value",
        practice(6), _untyped,
    ),
    Rule(
        "undirected-hop", "slow", "edges both ways make poor plans: {}", "-[:USES]-> or <-[:USES]-",
        "MATCH (c:Customer {id: $customer})-[:USES]-(i:Identifier) RETURN i.value AS value",
        DIRECTED, each("both"),
    ),
    Rule(
        "unbounded-hops", "slow", "nothing ends this: {}", "*1..3",
        "MATCH (a:Category {id: $id})-[:WITHIN*]->(b:Category) RETURN b.name AS name",
        practice(4), _unbounded,
    ),
    Rule(
        "many-hops", "slow", f"more than {MANY_HOPS} hops reach much of the graph: {{}}",
        "fewer, or one step at a time as the Question `connections` does",
        "MATCH (a:Category {id: $id})-[:WITHIN*1..9]->(b:Category) RETURN b.name AS name",
        practice(4), _many,
    ),
    Rule(
        "several-patterns", "slow", "patterns side by side may be joined as every row with every row",
        "a MATCH for each",
        "MATCH (c:Customer {id: $customer}), (t:Threesixty) RETURN c.name AS name, t.seq AS seq",
        EXPLAIN, _several_patterns,
    ),
    Rule(
        "whole-graph", "slow", "this reads every node there is: {}", "a label, and best an id",
        "MATCH (n) WHERE n.name = $name RETURN n.id AS id",
        practice(8), _scans,
    ),
    Rule(
        "list-parameter", "slow",
        "a plan is not kept for the next time when a parameter is a list or a map: {}",
        "one simple value, where it is asked often",
        "MATCH (c:Customer) WHERE c.id IN $customers RETURN c.name AS name",
        PLANS, _list_parameters,
    ),
    Rule(
        "computed-id", "slow", "an id that is worked out is not looked up: all nodes are read: {}",
        "a parameter that holds the whole id",
        "MATCH (c:Customer {id: 'customer:' + $key}) RETURN c.name AS name",
        practice(16), _computed_ids,
    ),
    Rule(
        "literal-id", "slow",
        "every id in the text is another text, with a plan of its own: {}", "{id: $customer}",
        "MATCH (c:Customer {id: 'customer:4xq2mzr7kw3hd5ta'}) RETURN c.name AS name",
        practice(2), _literal_ids,
    ),
    Rule(
        "static-computation", "slow",
        "this is worked out again for every row: {}", "a parameter that holds the result",
        "MATCH (c:Customer) WHERE c.records > $least + 1 RETURN c.id AS id",
        practice(13), _static,
    ),
    Rule(
        "idle-with", "slow",
        "a WITH that only passes on parts the plan in two: {}", "nothing: the next MATCH knows them",
        "MATCH (c:Customer {id: $customer}) WITH c MATCH (c)-[:MADE]->(p:Purchase) RETURN p.id AS id",
        practice(7), _idle_with,
    ),
    Rule(
        "late-filter", "slow", "what is grouped could be left out before: {}", "WHERE before the WITH",
        "MATCH (c:Customer)-[:MADE]->(p:Purchase) WITH c, count(p) AS made WHERE c.city = $city\n"
        "RETURN c.id AS id, made",
        practice(8), _filtered_late,
    ),
    Rule(
        "unused-path", "slow", "a path is kept that nobody asks for: {}", "the pattern without a name",
        "MATCH p = (c:Customer {id: $customer})-[:MADE]->(o:Purchase) RETURN o.id AS id",
        practice(10), _unused_paths,
    ),
    Rule(
        "collect-distinct", "slow", "distinct values are cheaper before they are collected: {}",
        "WITH DISTINCT, then collect()",
        "MATCH (c:Customer)-[:BOUGHT]->(p:Product) RETURN size(collect(DISTINCT p.brand)) AS brands",
        practice(11), _collected_once,
    ),
)  # fmt: skip
