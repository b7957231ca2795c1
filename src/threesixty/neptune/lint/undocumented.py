"""What neither openCypher 9 nor AWS speaks of: it may work today, and nobody promises that it will."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from threesixty.neptune.lint.functions import COMPLIANCE, EXTENSIONS
from threesixty.neptune.lint.rule import EXPLAIN, REWRITES, Finds, Found, Rule, each, having
from threesixty.neptune.lint.text import READS, WRITES, Text, child, trees
from threesixty.neptune.opencypher import Node


def _inner(*words: str) -> Finds:
    def finds(text: Text) -> Iterator[Found]:
        for node in text.each("inner"):
            if str(node.children[0]).lower() in words:
                yield node, str(node.children[0]).upper()

    return finds


def _comparison(sign: str) -> Finds:
    def finds(text: Text) -> Iterator[Found]:
        for node in text.each("comparison"):
            if str(node.children[0]) == sign:
                yield node

    return finds


def _label_expressions(text: Text) -> Iterator[Found]:
    for node in text.each("all_labels", "not_label", "any_label", "either"):
        above = text.parent(node)
        if above.data in ("not_label", "all_labels", "either"):
            continue
        on_edge = text.within(node, "edge", "node", "has_labels")
        if node.data != "either" or not on_edge or on_edge.data != "edge" or not _plain(node):
            yield node, text.source(node)


def _plain(node: Node) -> bool:
    return all(one.data == "label" for one in trees(node))


def _inline_where(text: Text) -> Iterator[Found]:
    for node in text.each("where"):
        if text.parent(node).data in ("node", "edge", "grouped"):
            yield node, text.source(node)


def _out_of_order(text: Text) -> Iterator[Found]:
    for part in text.each("part"):
        clauses = [one for one in trees(part) if one.data not in ("hint", "foreign_hint")]
        for before, clause in pairwise(clauses):
            after_write = before.data in WRITES and clause.data in READS
            if after_write or before.data == "return":
                yield clause, _spoken(before, clause)


def _spoken(before: Node, clause: Node) -> str:
    first, second = (str(one.data).replace("_", " ").upper() for one in (before, clause))
    return f"{second} after {first}"


def _quantified(text: Text) -> Iterator[Found]:
    for node in text.each("times", "grouped"):
        if node.data == "grouped" and child(node, "times"):
            continue
        yield node, text.source(node)


RULES = (
    Rule(
        "exists-subquery", "undocumented", "EXISTS {{ … }} is not documented for Neptune",
        "OPTIONAL MATCH and count(), or the pattern itself: WHERE (c)-[:MADE]->()",
        "MATCH (c:Customer) WHERE EXISTS { (c)-[:MADE]->(:Purchase) } RETURN c.id AS id",
        COMPLIANCE, _inner("exists"),
    ),
    Rule(
        "count-subquery", "undocumented", "{} {{ … }} is not part of openCypher 9",
        "OPTIONAL MATCH, then count() or collect()",
        "MATCH (c:Customer) WHERE COUNT { (c)-[:MADE]->(:Purchase) } > 3 RETURN c.id AS id",
        COMPLIANCE, _inner("count", "collect"),
    ),
    Rule(
        "map-projection", "undocumented", "map projection is not documented for Neptune: {}",
        "columns by name, or properties(n)",
        "MATCH (c:Customer {id: $customer}) RETURN c {.name, .city} AS customer",
        COMPLIANCE, each("projected"),
    ),
    Rule(
        "label-expression", "undocumented",
        "labels put together by |, &, ! or % are not part of openCypher 9: {}",
        "one label, or WHERE c:Customer OR c:Alias",
        "MATCH (c:Customer|Alias) RETURN c.id AS id",
        COMPLIANCE, _label_expressions,
    ),
    Rule(
        "computed-label", "undocumented", "a label or edge type cannot be a parameter: {}",
        "a text for each label",
        "MATCH (c:$label {id: $id}) RETURN c.id AS id",
        COMPLIANCE, each("computed_label"),
    ),
    Rule(
        "inline-where", "undocumented", "WHERE inside a pattern is not part of openCypher 9: {}",
        "WHERE after the MATCH",
        "MATCH (c:Customer WHERE c.records > 1) RETURN c.id AS id",
        COMPLIANCE, _inline_where,
    ),
    Rule(
        "quantified-path", "undocumented", "quantified path patterns are not part of openCypher 9: {}",
        "-[:WITHIN*1..3]->",
        "MATCH (a:Category {id: $id})-[:WITHIN]->{1,3}(b:Category) RETURN b.id AS id",
        COMPLIANCE, _quantified,
    ),
    Rule(
        "regular-expression", "undocumented", "the operator =~ is not documented for Neptune",
        "STARTS WITH, CONTAINS, ENDS WITH",
        "MATCH (c:Customer) WHERE c.name =~ 'A.*' RETURN c.id AS id",
        COMPLIANCE, _comparison("=~"),
    ),
    Rule(
        "not-equal", "undocumented", "!= is not part of openCypher", "<>",
        "MATCH (c:Customer) WHERE c.kind != 'person' RETURN c.id AS id",
        COMPLIANCE, _comparison("!="),
    ),
    Rule(
        "concatenate", "undocumented", "|| is not part of openCypher 9: {}", "+",
        "MATCH (c:Customer {id: $customer}) RETURN c.given || c.family AS name",
        COMPLIANCE, each("concatenate"),
    ),
    Rule(
        "use-graph", "undocumented", "a Neptune cluster has one graph, so there is nothing to USE",
        "the address of another cluster",
        "USE other MATCH (c:Customer) RETURN count(c) AS customers",
        COMPLIANCE, each("use"),
    ),
    Rule(
        "explain-prefix", "undocumented",
        "Neptune explains a query that is asked for with explain=…, not with a word before it",
        "nothing, and the parameter `explain` of the request",
        "EXPLAIN MATCH (c:Customer) RETURN count(c) AS customers",
        EXPLAIN, each("explain"),
    ),
    Rule(
        "create-unique", "undocumented", "CREATE UNIQUE is not part of openCypher 9", "MERGE",
        "MATCH (a:Alias {id: $a}) MATCH (c:Customer {id: $c}) CREATE UNIQUE (a)-[:NOW]->(c)",
        COMPLIANCE, each("create_unique"),
    ),
    Rule(
        "call-transactions", "undocumented", "CALL {{ … }} IN TRANSACTIONS is not documented for Neptune",
        "one request for each batch: each is a transaction",
        "CALL { MATCH (a:Alias) RETURN a.id AS id } IN TRANSACTIONS RETURN id",
        EXTENSIONS, having("subquery", "transactions"),
    ),
    Rule(
        "clause-order", "undocumented",
        "openCypher 9 wants WITH before a clause that reads what was written: {}",
        "WITH between them; RETURN comes last",
        "MERGE (a:Alias {id: $id}) MATCH (c:Customer {id: $c}) MERGE (a)-[:NOW]->(c)",
        REWRITES, _out_of_order,
    ),
)  # fmt: skip
