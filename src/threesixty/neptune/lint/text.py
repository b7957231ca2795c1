"""A text that was read, with what rules ask of it: nodes of its tree by name, variables, hops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lark import Token, Tree

from threesixty.neptune.opencypher import Node, parse
from threesixty.schema import Schema

READS = frozenset({"match", "optional_match", "mandatory_match", "unwind", "call", "subquery", "load_csv"})
WRITES = frozenset(
    {"create", "create_unique", "merge", "set", "delete", "detach_delete", "remove", "foreach"}
)
_PATTERNS = frozenset({"pattern", "pattern_predicate", "grouped", "shortest"})
_BINDS = frozenset(
    {"unwind", "each", "each_pattern", "quantifier", "foreach", "load_csv", "column", "reduce"}
)

_SHOWN = 80  # characters


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a pattern, from left to right as it is written; `arrow` is left, right or both."""

    left: Node
    arrow: Node
    right: Node

    @property
    def edge(self) -> Node | None:
        return child(self.arrow, "edge")

    @property
    def types(self) -> tuple[str, ...]:
        """Its edge types, when they are plainly named; else none."""
        return plain_labels(self.edge) or ()


@dataclass(slots=True)
class Part:
    """What lies between two UNIONs, or in an inner query: the names in it, and what they stand for."""

    outer: Part | None
    sorts: dict[str, set[str]] = field(default_factory=dict)
    """Each variable: node, edge, path, value."""
    labels: dict[str, set[str]] = field(default_factory=dict)
    """The labels (or edge types) a variable may have."""


class Text:
    """A text with its tree, held against a schema. Raises NotOpenCypher where it cannot be read."""

    def __init__(self, text: str, schema: Schema | None = None) -> None:
        self.text = text
        self.schema = schema
        self.hops: list[Hop] = []
        self.parts: list[Part] = []
        self.used: list[Node] = []
        """Variables that something else has to stand for."""
        self.returned: set[str] = set()
        """The names of columns."""
        self._named: dict[str, list[Node]] = {}
        self._above: dict[int, tuple[Node, Part]] = {}
        self._nearest: dict[tuple[str, ...], dict[int, Node | None]] = {}
        self._walk(parse(text))
        for node in self.each("variable"):
            self._note(node)

    def _walk(self, tree: Node) -> None:
        todo = [(tree, Part(None))]
        while todo:
            node, part = todo.pop()
            self._named.setdefault(str(node.data), []).append(node)
            below = trees(node)
            if node.data == "part":
                part = Part(part)
                self.parts.append(part)
            elif node.data in _PATTERNS:
                self.hops.extend(_hops(below))
            self._above.update((id(one), (node, part)) for one in below)
            todo.extend((one, part) for one in reversed(below))

    def _note(self, variable: Node) -> None:
        """What a variable stands for, where a pattern or an AS says so."""
        above, part = self._above[id(variable)]
        sort = _sort(variable, above) or self._yielded(above)
        if not sort:
            self.used.append(variable)
            return
        if above.data == "column" and self.parent(above).data == "return":
            self.returned.add(word(variable))
            return
        named = set(plain_labels(above) or ())
        if above.data == "column" and trees(above)[0].data == "variable":
            sort = self.sort(trees(above)[0]) or sort
            named = self.labels(trees(above)[0]) or set()
        part.sorts.setdefault(word(variable), set()).add(sort)
        if named:
            part.labels[word(variable)] = part.labels.get(word(variable), named) & named

    def _yielded(self, above: Node) -> str:
        return "value" if above.data == "column" and self.parent(above).data == "yields" else ""

    # --- asking ------------------------------------------------------------------------------------

    def each(self, *names: str) -> list[Node]:
        """The nodes of these names, as they come in the text."""
        found = [node for name in names for node in self._named.get(name, ())]
        return sorted(found, key=start) if len(names) > 1 else found

    def parent(self, node: Node) -> Node:
        return self._above[id(node)][0]

    def part(self, node: Node) -> Part:
        """What a node lies in; every node but the first lies in something."""
        return self._above[id(node)][1]

    def within(self, node: Node, *names: str) -> Node | None:
        """The nearest of these that a node lies in; what was found on the way up is kept."""
        known, way = self._nearest.setdefault(names, {}), []
        found = None
        while id(node) in self._above:
            if id(node) in known:
                found = known[id(node)]
                break
            way.append(id(node))
            node = self.parent(node)
            if node.data in names:
                found = node
                break
        known.update(dict.fromkeys(way, found))
        return found

    def sort(self, variable: Node) -> str:
        """What a variable stands for: node, edge, path, value; '' when it cannot be told."""
        part = self._known_in(variable)
        sorts = part.sorts[word(variable)] if part else ()
        return next(iter(sorts)) if len(sorts) == 1 else ""

    def labels(self, variable: Node) -> set[str] | None:
        """The labels a variable may have, or None when its patterns do not say."""
        part = self._known_in(variable)
        return part.labels.get(word(variable)) if part else None

    def _known_in(self, variable: Node) -> Part | None:
        """The innermost part that says what a variable stands for."""
        part: Part | None = self.part(variable)
        while part and word(variable) not in part.sorts:
            part = part.outer
        return part

    @property
    def writes(self) -> bool:
        return bool(self.each(*WRITES))

    def source(self, node: Node) -> str:
        """What stands in the text, on one line; the beginning of what is long."""
        said = " ".join(self.text[start(node) : min(node.meta.end_pos, start(node) + 4 * _SHOWN)].split())
        return said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"


def _hops(below: list[Node]) -> Iterator[Hop]:
    for at, node in enumerate(below):
        if node.data in ("left", "right", "both"):
            yield Hop(below[at - 1], node, below[at + 1])


def _sort(variable: Node, above: Node) -> str:
    """What a variable is made to stand for by what it stands in; '' where it is only used."""
    first = trees(above)[0] is variable
    if above.data in ("node", "edge"):
        return str(above.data)
    if above.data == "pattern" or (above.data == "each_pattern" and first):
        return "path"
    if above.data in ("column", "unwind", "load_csv"):
        return "" if first else "value"
    return "value" if above.data in _BINDS and (first or above.data == "reduce") else ""


# --- nodes of the tree -----------------------------------------------------------------------------


def trees(node: Node) -> list[Node]:
    return [one for one in node.children if isinstance(one, Tree)]


def child(node: Node | None, *names: str) -> Node | None:
    """The first child of one of these names."""
    return next((one for one in trees(node) if one.data in names), None) if node else None


def word(node: Node) -> str:
    """The name a variable, key, label or function has, without its quotes."""
    return ".".join(_bare(token) for token in node.children if isinstance(token, Token))


def _bare(token: Token) -> str:
    return token[1:-1].replace("``", "`") if token.startswith("`") else str(token)


def start(node: Node) -> int:
    return int(node.meta.start_pos)


def plain_labels(node: Node | None) -> tuple[str, ...] | None:
    """The labels of a node or edge pattern of which it has one; None where it is said in another way."""
    labels = child(node, "labels")
    said = trees(labels) if labels else []
    if len(said) == 1 and said[0].data == "either":
        said = trees(said[0])
    elif len(said) > 1:
        said = said[:1]
    return tuple(map(word, said)) if said and all(one.data == "label" for one in said) else None


def function_name(node: Node) -> str:
    return word(trees(node)[0])


def is_call(node: Node, *names: str) -> bool:
    """Whether a node is a call of one of these functions, given without capitals."""
    return node.data == "function" and function_name(node).lower() in names


def arguments(node: Node) -> list[Node]:
    return [one for one in trees(node)[1:] if one.data != "distinct"]


def below(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        todo.extend(reversed(trees(one)))
