"""Writing: a request may be sent twice, because its answer can be lost; so it must come to the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from threesixty.neptune.lint.functions import CHANCE
from threesixty.neptune.lint.rule import EXCEPTIONS, MODEL, RETRIES, Found, Rule, each, practice
from threesixty.neptune.lint.text import WRITES, Text, below, child, function_name, trees, word
from threesixty.neptune.opencypher import Node

_COUNTS = frozenset({"add", "subtract", "multiply", "divide", "concatenate"})


def _counting(text: Text) -> Iterator[Found]:
    for node in text.each("assign"):
        what, value = trees(node)
        said = text.source(what)
        if value.data in _COUNTS and any(
            one.data == "property" and text.source(one) == said for one in below(value)
        ):
            yield node, text.source(node)


def _chances(text: Text) -> Iterator[Found]:
    for node in text.each("function"):
        now = function_name(node).lower() in CHANCE and len(trees(node)) == 1
        if now and text.within(node, *WRITES):
            yield node, text.source(node)


def _deleted_nodes(text: Text) -> Iterator[Found]:
    for node in text.each("delete"):
        for what in trees(node):
            if what.data == "variable" and text.sort(what) == "node":
                yield node, word(what)


def _label_changes(text: Text) -> Iterator[Found]:
    for node in text.each("has_labels"):
        if text.parent(node).data in ("set", "remove"):
            yield node, text.source(node)


def _set_again(text: Text) -> Iterator[Found]:
    for part in text.each("part"):
        clauses = trees(part)
        for first, second in pairwise(clauses):
            if first.data == second.data == "set" and (again := _changed(first) & _changed(second)):
                yield second, f"SET {', '.join(sorted(again))}"
    for node in text.each("remove"):
        properties = [word(trees(one)[0]) for one in trees(node) if one.data == "property"]
        if len(properties) > len(set(properties)):
            yield node, text.source(node)


def _changed(clause: Node) -> set[str]:
    """The variables whose properties a SET changes."""
    targets = [trees(item)[0] for item in trees(clause) if item.data in ("assign", "add_map")]
    bases = [trees(one)[0] if one.data == "property" else one for one in targets]
    return {word(one) for one in bases if one.data == "variable"}


def _nested_rows(text: Text) -> Iterator[Found]:
    unwound = {word(trees(node)[1]) for node in text.each("unwind") if trees(node)[0].data == "parameter"}
    for node in text.each("property"):
        base = trees(node)[0]
        if base.data != "variable" or word(base) not in unwound:
            continue
        above = text.parent(node)
        if above.data in ("add_map", "property") or (above.data == "assign" and _is_whole(above)):
            yield node, text.source(node)


def _is_whole(assign: Node) -> bool:
    return trees(assign)[0].data == "variable"


def _unkeyed(text: Text) -> Iterator[Found]:
    for merge in text.each("merge"):
        for node in trees(trees(merge)[0]):
            bound = child(node, "variable") and not child(node, "labels")
            if node.data == "node" and not bound and not child(node, "map", "parameter"):
                yield node, text.source(node)


RULES = (
    Rule(
        "create", "portable",
        "CREATE makes another one when the request is sent again", "MERGE by id, then SET",
        "CREATE (a:Alias {id: $id, name: $name})",
        RETRIES, each("create"),
    ),
    Rule(
        "counting", "portable", "sent again, this counts twice: {}", "the value itself, worked out before",
        "MATCH (c:Customer {id: $customer}) SET c.records = c.records + 1",
        RETRIES, _counting,
    ),
    Rule(
        "chance", "portable", "sent again, this writes something else: {}", "a parameter",
        "MATCH (c:Customer {id: $customer}) SET c.last_seen = timestamp()",
        RETRIES, _chances,
    ),
    Rule(
        "plain-delete", "portable", "Neptune does not delete a node that has edges: {}", "DETACH DELETE",
        "MATCH (c:Customer {id: $customer}) DELETE c",
        EXCEPTIONS, _deleted_nodes,
    ),
    Rule(
        "label-change", "portable", "a node keeps the label it has, and its last cannot be taken: {}",
        "another node",
        "MATCH (c:Customer {id: $customer}) REMOVE c:Customer",
        MODEL, _label_changes,
    ),
    Rule(
        "merge-without-key", "portable",
        "MERGE matches whichever node there is: {}", "{id: $id} in the pattern",
        "MATCH (c:Customer {id: $customer}) MERGE (a:Alias)-[:NOW]->(c)",
        practice(15), _unkeyed,
    ),
    Rule(
        "set-again", "slow", "each clause is an operation of its own: {}",
        "one SET with a map: SET c += {city: $city, region: $region}; a null removes",
        "MATCH (c:Customer {id: $customer}) SET c.city = $city SET c.region = $region",
        practice(0), _set_again,
    ),
    Rule(
        "nested-rows", "slow", "rows that hold maps make poor plans: {}", "flat rows: row.id, row.name",
        "UNWIND $rows AS row MERGE (a:Alias {id: row.id}) SET a += row.properties",
        practice(3), _nested_rows,
    ),
)  # fmt: skip
