"""What the project's schema does not know: no rows on Neptune, an error on the embedded graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from threesixty.errors import nearest
from threesixty.neptune.lint.rule import MODEL, Found, Rule
from threesixty.neptune.lint.text import Hop, Text, child, plain_labels, trees, word
from threesixty.neptune.opencypher import Node
from threesixty.schema import RESERVED, EdgeKind, Schema


def _offered(wrong: str, known: Iterable[str]) -> str:
    near = nearest(wrong, known)
    return f"{wrong}: did you mean {near}?" if near else wrong


def _labels(text: Text) -> Iterator[tuple[Node, bool]]:
    """Every label, and whether it is that of an edge."""
    for node in text.each("label"):
        above = text.within(node, "node", "edge", "has_labels")
        if above is not None:
            what = trees(above)[0]
            edge = above.data == "has_labels" and what.data == "variable" and text.sort(what) == "edge"
            yield node, edge or above.data == "edge"


def _unknown_labels(text: Text) -> Iterator[Found]:
    if text.schema:
        for node, edge in _labels(text):
            if not edge and word(node) not in text.schema.nodes:
                yield node, _offered(word(node), text.schema.nodes)


def _unknown_types(text: Text) -> Iterator[Found]:
    if text.schema:
        known = {kind.type for kind in text.schema.edges}
        for node, edge in _labels(text):
            if edge and word(node) not in known:
                yield node, _offered(word(node), known)


def _reserved(text: Text) -> Iterator[Found]:
    for node, _ in _labels(text):
        if word(node).upper() in RESERVED:
            yield node, word(node)


# --- hops --------------------------------------------------------------------------------------------


def _end(text: Text, node: Node) -> set[str] | None:
    """The labels a node of a pattern may have, as far as the text says."""
    variable = child(node, "variable")
    return set(plain_labels(node) or ()) or (text.labels(variable) if variable else None)


def _drawn(schema: Schema, hop: Hop) -> list[tuple[str, str]]:
    """The labels at both ends, left to right, of every edge in the schema that a hop may be."""
    kinds = [kind for kind in schema.edges if kind.type in hop.types]
    right = [(kind.source, kind.target) for kind in kinds if hop.arrow.data != "left"]
    return right + [(kind.target, kind.source) for kind in kinds if hop.arrow.data != "right"]


def _impossible_hops(text: Text) -> Iterator[Found]:
    schema = text.schema
    for hop in text.hops if schema else ():
        drawn = _drawn(schema, hop) if schema and not child(hop.edge, "hops") else []
        ends = _end(text, hop.left), _end(text, hop.right)
        if drawn and not any(
            (ends[0] is None or left in ends[0]) and (ends[1] is None or right in ends[1])
            for left, right in drawn
        ):
            yield hop.arrow, f"{_said(ends[0])} and {_said(ends[1])} by {' or '.join(hop.types)}"


def _said(labels: set[str] | None) -> str:
    return " or ".join(sorted(labels)) if labels else "anything"


# --- properties --------------------------------------------------------------------------------------


def columns_of(text: Text, variable: Node) -> dict[str, str] | None:
    """The properties of what a variable stands for, with their types; None where that is not known."""
    schema, sort = text.schema, text.sort(variable)
    if schema is None or sort not in ("node", "edge"):
        return None
    labels = text.labels(variable)
    if sort == "edge":
        kinds = [kind for kind in schema.edges if labels and kind.type in labels]
        return _edge_columns(schema, kinds) if labels and kinds else None
    labels = labels or _reached(text).get((id(text.part(variable)), word(variable)))
    if not labels or not labels <= schema.nodes.keys():
        return None
    return {"id": "text"} | {name: type_ for label in labels for name, type_ in schema.nodes[label]}


def _edge_columns(schema: Schema, kinds: list[EdgeKind]) -> dict[str, str]:
    return {name: type_ for kind in kinds for name, type_ in schema.edges[kind]}


@lru_cache(maxsize=8)
def _reached(text: Text) -> dict[tuple[int, str], set[str]]:
    """The labels that edges tell of their ends, by the part and the name."""
    found: dict[tuple[int, str], set[str]] = {}
    for hop in text.hops if text.schema else ():
        drawn = _drawn(text.schema, hop) if text.schema and not child(hop.edge, "hops") else []
        for side, node in enumerate((hop.left, hop.right)):
            if drawn and (named := child(node, "variable")):
                name, labels = (id(text.part(node)), word(named)), {ends[side] for ends in drawn}
                found[name] = found.get(name, labels) & labels
    return found


def _unknown_properties(text: Text) -> Iterator[Found]:
    for node in text.each("property"):
        what, key = trees(node)
        columns = columns_of(text, what) if what.data == "variable" else None
        if columns is not None and word(key) not in {*columns, "~id"}:
            yield key, _offered(word(key), columns)
    for node in text.each("node", "edge"):
        given, columns = child(node, "map"), _pattern_columns(text, node)
        for entry in trees(given) if given and columns is not None else ():
            key = trees(entry)[0]
            if columns and word(key) not in {*columns, "~id"}:
                yield key, _offered(word(key), columns)


def _pattern_columns(text: Text, node: Node) -> dict[str, str] | None:
    schema, labels = text.schema, plain_labels(node)
    if schema is None or not labels:
        variable = child(node, "variable")
        return columns_of(text, variable) if variable else None
    if node.data == "edge":
        return _edge_columns(schema, [kind for kind in schema.edges if kind.type in labels])
    known = [schema.nodes[label] for label in labels if label in schema.nodes]
    return {"id": "text"} | {name: type_ for columns in known for name, type_ in columns} if known else None


RULES = (
    Rule(
        "unknown-label", "unknown", "the schema has no label {}", "a label of the schema",
        "MATCH (c:Custmer {id: $customer}) RETURN c.id AS id",
        MODEL, _unknown_labels,
    ),
    Rule(
        "unknown-type", "unknown", "the schema has no edge type {}", "an edge type of the schema",
        "MATCH (c:Customer {id: $customer})-[:BOUGTH]->(p:Product) RETURN p.name AS name",
        MODEL, _unknown_types,
    ),
    Rule(
        "unknown-property", "unknown", "the schema has no such property: {}", "a property of the schema",
        "MATCH (c:Customer {id: $customer}) RETURN c.fist_purchase AS first",
        MODEL, _unknown_properties,
    ),
    Rule(
        "impossible-hop", "unknown",
        "no edge of the schema joins {}", "an edge of the schema, the right way round",
        "MATCH (c:Customer {id: $customer})-[:INCLUDES]->(p:Product) RETURN p.name AS name",
        MODEL, _impossible_hops,
    ),
    Rule(
        "reserved-word", "portable", "{} is a reserved word of one engine or another", "another name",
        "MATCH (o:Order {id: $id}) RETURN o.id AS id",
        MODEL, _reserved,
    ),
)  # fmt: skip
