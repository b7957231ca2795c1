"""How the TCK writes values, and how values that came over Bolt are written that way."""

import math
import re
from collections.abc import Mapping

import neo4j.graph
import neo4j.spatial
import neo4j.time

TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>-?(?:0x[0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?![\w.]))
    |'(?P<text>(?:[^'\\]|\\.)*)'
    |`(?P<quoted>[^`]*)`
    |(?P<word>-?\w+)
    |(?P<mark><-\[|-\[|\]->|\]-|[\[\](){}<>:,|.])
    )""",
    re.VERBOSE | re.DOTALL,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def written(text: str, *, any_order: bool = False) -> str:
    """The one way to write what a cell of the TCK says, so that equal values are equal texts."""
    return _Reader(text, any_order=any_order).whole()


def of(value: object, *, any_order: bool = False) -> str:
    """A value from the driver, written the same way."""
    match value:
        case None | bool() | int() | float() | str():
            return _scalar(value)
        case neo4j.graph.Path():
            return _path(value)
        case neo4j.graph.Entity():
            return _element(value)
        case Mapping():
            return _map({key: of(item, any_order=any_order) for key, item in value.items()})
        case list():
            return _list([of(item, any_order=any_order) for item in value], any_order=any_order)
        case _:
            return repr(_temporal(value))


def _scalar(value: float | str | bool | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return _float(value) if isinstance(value, float) else repr(value)


def _float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return repr(value + 0.0)  # minus nought is written as nought


def _element(value: neo4j.graph.Entity) -> str:
    properties = {key: of(item) for key, item in value.items()}
    return _edge(value.type, properties) if hasattr(value, "type") else _node(value.labels, properties)


def _temporal(value: object) -> str:
    """Times as the TCK writes them: no seconds or fractions that say nothing, the zone by offset and name."""
    text = value.iso_format() if hasattr(value, "iso_format") else str(value)
    text = re.sub(r"(\.\d*?)0+(?!\d)", r"\1", text).replace("+00:00", "Z")
    text = re.sub(r"\.(?!\d)", "", text)
    text = re.sub(r"(\d\d:\d\d):00(?=$|[-+Z])", r"\1", text)
    zone = getattr(getattr(value, "tzinfo", None), "zone", "")
    return f"{text}[{zone}]" if "/" in (zone or "") else text


def _list(items: list[str], *, any_order: bool) -> str:
    return f"[{', '.join(sorted(items) if any_order else items)}]"


def _map(items: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {items[key]}" for key in sorted(items)) + "}"


def _node(labels: object, properties: Mapping[str, str]) -> str:
    return f"({''.join(f':{label}' for label in sorted(labels))} {_map(properties)})"


def _edge(type_: str, properties: Mapping[str, str]) -> str:
    return f"[:{type_} {_map(properties)}]"


def _path(path: neo4j.graph.Path) -> str:
    text = of(path.nodes[0])
    for here, edge, there in zip(path.nodes, path.relationships, path.nodes[1:], strict=False):
        forth = edge.start_node.element_id == here.element_id
        text += f"-{of(edge)}->{of(there)}" if forth else f"<-{of(edge)}-{of(there)}"
    return f"<{text}>"


class _Reader:
    """Reads one cell: scalars, lists, maps, `(:Node {…})`, `[:EDGE {…}]`, `<(a)-[:T]->(b)>`."""

    def __init__(self, text: str, *, any_order: bool) -> None:
        self.tokens = list(TOKEN.finditer(text.strip()))
        self.read = sum(match.end() - match.start() for match in self.tokens)
        self.text = text.strip()
        self.any_order = any_order

    def whole(self) -> str:
        value = self.value()
        if self.tokens or self.read != len(self.text):
            message = f"not a value of the TCK: {self.text}"
            raise ValueError(message)
        return value

    def next(self, *marks: str) -> bool:
        """Takes the mark when it comes next."""
        if self.tokens and self.tokens[0]["mark"] in marks:
            del self.tokens[0]
            return True
        return False

    def need(self, *marks: str) -> None:
        if not self.next(*marks):
            message = f"{' or '.join(marks)} is missing in {self.text}"
            raise ValueError(message)

    def name(self) -> str:
        token = self.tokens.pop(0)
        return token["word"] or token["quoted"] or token["number"] or ""

    def value(self) -> str:
        if self.next("["):
            return self.list_or_edge()
        if self.next("{"):
            return _map(self.properties())
        if self.next("("):
            return self.node()
        if self.next("<"):
            return self.path()
        return self.scalar(self.tokens.pop(0))

    def scalar(self, token: re.Match) -> str:
        if token["text"] is not None:
            return repr(re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), token["text"]))
        if token["number"]:
            number = token["number"]
            return _float(float(number)) if re.search(r"[.eE]", number) else str(int(number, 0))
        if token["word"] in {"true", "false", "null", "NaN"}:
            return token["word"]
        if token["word"] in {"Inf", "Infinity", "-Inf", "-Infinity"}:
            return _float(float(token["word"]))
        message = f"what is {token[0]!r} in {self.text}?"
        raise ValueError(message)

    def list_or_edge(self) -> str:
        if self.next(":"):
            type_ = self.name()
            properties = self.properties() if self.next("{") else {}
            self.need("]")
            return _edge(type_, properties)
        items: list[str] = []
        while not self.next("]"):
            items.append(self.value())
            self.next(",")
        return _list(items, any_order=self.any_order)

    def properties(self) -> dict[str, str]:
        items: dict[str, str] = {}
        while not self.next("}"):
            key = self.name()
            self.need(":")
            items[key] = self.value()
            self.next(",")
        return items

    def node(self) -> str:
        labels = []
        while self.next(":"):
            labels.append(self.name())
        properties = self.properties() if self.next("{") else {}
        self.need(")")
        return _node(labels, properties)

    def path(self) -> str:
        self.need("(")
        text = self.node()
        while not self.next(">"):
            back = self.next("<-[")
            if not back:
                self.need("-[")
            self.need(":")
            type_ = self.name()
            properties = self.properties() if self.next("{") else {}
            self.need("]-" if back else "]->")
            self.need("(")
            edge = _edge(type_, properties)
            text += f"<-{edge}-{self.node()}" if back else f"-{edge}->{self.node()}"
        return f"<{text}>"
