"""What Neptune understands, and another engine does not, or otherwise: keep it out of shared texts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from threesixty.neptune.lint.against_schema import columns_of
from threesixty.neptune.lint.functions import COMPLIANCE, EXTENSIONS, NOT_EMBEDDED, ONLY_NEPTUNE
from threesixty.neptune.lint.refused import is_list
from threesixty.neptune.lint.rule import (
    ANSWERS,
    HINTS,
    MODEL,
    ORDER,
    READ_S3,
    REWRITES,
    Found,
    Rule,
    calls,
    each,
)
from threesixty.neptune.lint.text import Hop, Text, child, function_name, is_call, trees, word
from threesixty.neptune.opencypher import Node

_INNER = ("inner", "subquery")
_LITERALS = {"integer": "integer", "float": "number", "string": "text", "true": "boolean", "false": "boolean"}
_COLUMNS = {"date": "text", "instant": "integer", "money": "integer"}


def _neptune_ids(text: Text) -> Iterator[Found]:
    for node in text.each("key"):
        if word(node) == "~id":
            yield node, "`~id`"
    yield from calls("id")(text)


def _neptune_functions(text: Text) -> Iterator[Found]:
    for node in text.each("function"):
        if function_name(node).lower() in ONLY_NEPTUNE:
            yield node, f"{function_name(node)}()"


def _reads_from_s3(text: Text) -> Iterator[Found]:
    for node in text.each("procedure"):
        if word(node).lower().startswith("neptune.read"):
            yield node


def _several_labels(text: Text) -> Iterator[Found]:
    for node in text.each("labels"):
        if len(trees(node)) > 1:
            yield node, text.source(node)


# --- columns -----------------------------------------------------------------------------------------


def _columns(text: Text) -> Iterator[tuple[Node, Node]]:
    """Every column that is answered with, and its expression."""
    for clause in text.each("return"):
        for column in trees(clause) if not text.within(clause, *_INNER) else ():
            if column.data == "column":
                yield column, trees(column)[0]


def _whole_nodes(text: Text) -> Iterator[Found]:
    for column, value in _columns(text):
        whole = value.data == "variable" and text.sort(value) in ("node", "edge", "path")
        if whole or is_call(value, "properties"):
            yield column, text.source(value)
    for clause in text.each("return"):
        if star := child(clause, "star"):
            yield star, "*"


def _composed(text: Text) -> Iterator[Found]:
    for column, value in _columns(text):
        if is_list(value) or value.data == "map":
            yield column, text.source(value)


def _unnamed(text: Text) -> Iterator[Found]:
    for column, value in _columns(text):
        if len(trees(column)) == 1 and value.data != "variable":
            yield column, text.source(value)


def _nulls(text: Text) -> Iterator[Found]:
    for node in text.each("column"):
        if trees(node)[0].data == "null":
            yield node, text.source(node)


def _types(text: Text, part: Node) -> dict[str, str]:
    """The type of each column of a part that can be told."""
    last = trees(part)[-1]
    columns = [one for one in trees(last) if one.data == "column" and len(trees(one)) == 2]
    typed = {word(trees(one)[1]): _type(text, trees(one)[0]) for one in columns}
    return {name: type_ for name, type_ in typed.items() if type_}


def _type(text: Text, value: Node) -> str:
    if value.data == "negative":
        value = trees(value)[0]
    if value.data == "property" and trees(value)[0].data == "variable":
        columns = columns_of(text, trees(value)[0]) or {}
        type_ = columns.get(word(trees(value)[1]), "")
        return _COLUMNS.get(type_, type_)
    return "integer" if is_call(value, "count", "size") else _LITERALS.get(str(value.data), "")


def _mixed_unions(text: Text) -> Iterator[Found]:
    for query in text.each("query"):
        first: dict[str, str] = {}
        for part in trees(query):
            for name, type_ in _types(text, part).items() if part.data == "part" else ():
                if first.setdefault(name, type_) != type_:
                    yield trees(part)[-1], f"{name} is {first[name]} in one part and {type_} in another"


# --- order -------------------------------------------------------------------------------------------


def _limited(text: Text) -> Iterator[Found]:
    for node in text.each("limit"):
        if not child(text.parent(node), "order"):
            yield node


def _limit_parameters(text: Text) -> Iterator[Found]:
    for node in text.each("skip", "limit"):
        if trees(node)[0].data == "parameter":
            yield trees(node)[0], text.source(node)


# --- walk or trail -----------------------------------------------------------------------------------


def _there_and_back(text: Text) -> Iterator[Found]:
    for first, second in pairwise(text.hops):
        if first.right is second.left and _may_be_one(first, second) and not _told_apart(text, first, second):
            yield second.arrow, " or ".join(first.types) or "any type"


def _may_be_one(first: Hop, second: Hop) -> bool:
    """Whether two hops in a row could go along one edge, there and back."""
    mirrored = first.arrow.data != second.arrow.data or first.arrow.data == "both"
    alike = not first.types or not second.types or set(first.types) & set(second.types)
    return bool(mirrored and alike)


def _told_apart(text: Text, first: Hop, second: Hop) -> bool:
    """Whether the text compares the two ends."""
    ends = [child(node, "variable") for node in (first.left, second.right)]
    if None in ends:
        return False
    names = {word(one) for one in ends if one}
    for node in text.each("compare"):
        sides = [one for one in trees(node) if one.data != "comparison"]
        bases = [trees(one)[0] if one.data in ("property", "function") else one for one in sides]
        # One end may be told from the other by the parameter that found it: b.id <> $customer.
        told = {word(one) for one in bases if one.data == "variable"}
        if told & names and (told >= names or any(one.data == "parameter" for one in sides)):
            return True
    return False


def _null_comparisons(text: Text) -> Iterator[Found]:
    for node in text.each("compare"):
        if child(node, "null"):
            yield node, text.source(node)


RULES = (
    Rule(
        "neptune-id", "portable", "{} is Neptune's own",
        "{id: $id} and n.id, which Threesixty keeps equal to `~id`",
        "MATCH (c:Customer {`~id`: $customer}) RETURN c.name AS name",
        EXTENSIONS, _neptune_ids,
    ),
    Rule(
        "neptune-function", "portable", "{} is there on Neptune only", "a function of openCypher 9",
        "MATCH (c:Customer {id: $customer}) RETURN join([c.given, c.family], ' ') AS name",
        EXTENSIONS, _neptune_functions,
    ),
    Rule(
        "embedded-function", "portable", "the embedded graph has no function {}",
        "the value itself, worked out by the program that asks",
        "MATCH (c:Customer {id: $customer}) RETURN head(split(c.name, ' ')) AS first",
        COMPLIANCE, calls(*NOT_EMBEDDED),
    ),
    Rule(
        "neptune-read", "portable", "neptune.read() is there on Neptune only", "the loader",
        "CALL neptune.read({source: $file, format: 'csv'}) YIELD row RETURN count(row) AS rows_",
        READ_S3, _reads_from_s3,
    ),
    Rule(
        "neptune-hint", "portable", "a hint is understood by Neptune only: {}",
        "the budget of the Question",
        "USING QUERY:TIMEOUTMILLISECONDS 100 MATCH (c:Customer) RETURN count(c) AS customers",
        HINTS, each("hint"),
    ),
    Rule(
        "list-comprehension", "portable", "ladybug has no list comprehension: {}",
        "rows, put together by the program that asks",
        "MATCH (c:Customer) RETURN size([x IN [c.given, c.family] WHERE x = $name]) AS many",
        COMPLIANCE, each("each"),
    ),
    Rule(
        "pattern-comprehension", "portable", "ladybug has no pattern comprehension: {}",
        "OPTIONAL MATCH, then count() or rows",
        "MATCH (c:Customer) RETURN size([(c)-[:MADE]->(p:Purchase) | p.id]) AS made",
        COMPLIANCE, each("each_pattern"),
    ),
    Rule(
        "reduce", "portable",
        "reduce() is there from Neptune 1.4.6.0, and not on ladybug", "UNWIND and sum()",
        "WITH [1, 2] AS list RETURN reduce(sum = 0, x IN list | sum + x) AS sum",
        EXTENSIONS, each("reduce"),
    ),
    Rule(
        "list-index", "portable", "lists begin at 0 on Neptune and at 1 on ladybug: {}",
        "rows in an order, and LIMIT",
        "WITH ['a', 'b'] AS list RETURN list[0] AS first",
        COMPLIANCE, each("index", "slice"),
    ),
    Rule(
        "call-subquery", "portable", "ladybug has no CALL {{ … }}", "OPTIONAL MATCH and WITH",
        "MATCH (c:Customer {id: $customer})\n"
        "CALL { WITH c MATCH (c)-[:MADE]->(p:Purchase) RETURN count(p) AS made }\nRETURN made",
        EXTENSIONS, each("subquery"),
    ),
    Rule(
        "exists", "portable", "exists() is not the same everywhere: {}",
        "IS NOT NULL for a property; the pattern itself for a pattern",
        "MATCH (c:Customer) WHERE exists(c.city) RETURN c.id AS id",
        COMPLIANCE, calls("exists"),
    ),
    Rule(
        "labels", "portable", "labels are a list on Neptune and a text on ladybug: {}",
        "a column that says it: 'person' AS kind, or c.kind",
        "MATCH (c:Customer {id: $customer}) RETURN head(labels(c)) AS label",
        MODEL, calls("labels"),
    ),
    Rule(
        "several-labels", "portable",
        "every node has one label; ladybug reads several as one or the other: {}",
        "one label, and a property for the rest",
        "MATCH (c:Customer:Person {id: $customer}) RETURN c.name AS name",
        MODEL, _several_labels,
    ),
    Rule(
        "whole-node", "portable", "each engine wraps nodes, edges and paths its own way: {}",
        "the properties that are wanted, each AS a column",
        "MATCH (c:Customer {id: $customer}) RETURN c",
        ANSWERS, _whole_nodes,
    ),
    Rule(
        "composed-column", "portable",
        "columns hold one simple value; lists and maps differ between engines: {}",
        "a row for each",
        "MATCH (c:Customer)-[:USES]->(i:Identifier) RETURN c.id AS id, collect(i.value) AS values",
        ANSWERS, _composed,
    ),
    Rule(
        "missing-alias", "portable", "without a name the column is called what stands in the text: {}",
        "AS and a name",
        "MATCH (c:Customer) RETURN count(c)",
        ANSWERS, _unnamed,
    ),
    Rule(
        "null-column", "portable", "NULL has no type, which the embedded graph wants in every column: {}",
        "a null of the right type: CASE WHEN c.id = '' THEN c.since END AS since",
        "MATCH (c:Customer {id: $customer}) RETURN NULL AS since",
        ANSWERS, _nulls,
    ),
    Rule(
        "mixed-union", "portable", "a column of a UNION has one type, but {}",
        "0.0 beside numbers, 0 beside whole ones, '' beside text",
        "MATCH (c:Customer) RETURN 1 AS value UNION ALL MATCH (p:Product) RETURN 1.5 AS value",
        ANSWERS, _mixed_unions,
    ),
    Rule(
        "limit-without-order", "portable", "without an order, which rows come is chance",
        "ORDER BY that leaves no ties",
        "MATCH (c:Customer) RETURN c.id AS id LIMIT 10",
        ORDER, _limited,
    ),
    Rule(
        "limit-parameter", "portable", "AWS says that SKIP and LIMIT take static values: {}",
        "a number; for pages, what comes after the last row seen",
        "MATCH (c:Customer) RETURN c.id AS id ORDER BY id LIMIT $many",
        COMPLIANCE, _limit_parameters,
    ),
    Rule(
        "there-and-back", "portable",
        "in one MATCH Neptune uses an edge once, ladybug may come back along it: {}",
        "two MATCH clauses, and WHERE b.id <> $customer",
        "MATCH (a:Customer {id: $customer})-[:USES]->(i:Identifier)<-[:USES]-(b:Customer) RETURN b.id AS id",
        COMPLIANCE, _there_and_back,
    ),
    Rule(
        "null-comparison", "portable", "a comparison with NULL is never true: {}", "IS NULL, IS NOT NULL",
        "MATCH (c:Customer) WHERE c.city = NULL RETURN c.id AS id",
        REWRITES, _null_comparisons,
    ),
)  # fmt: skip
