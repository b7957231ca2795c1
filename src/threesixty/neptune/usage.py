"""What a project stores and does, counted on the project itself: what a cluster would have to hold and bear.

Everything is counted through the Graph protocol, so it is the same on the embedded engine, on a Bolt
server and on Neptune; where the graph is a cluster, its own meter and its own storage figures are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from threesixty import questions
from threesixty.customer360 import Customer360
from threesixty.errors import GraphError, GraphTimeout, ThreesixtyError
from threesixty.graph import Graph, cypher
from threesixty.neptune.change import Change, changes
from threesixty.questions import Question
from threesixty.record import Scalar
from threesixty.report import Progress, Tell
from threesixty.schema import Column, EdgeKind, Schema

SECONDS = 600.0  # of one count, which may read the whole graph of a large project
ID_CHARACTERS = 24  # of the id of an edge (graph.delta.edge_id)
SAMPLE = 20  # customers each Question is asked about
_YEAR = 12
_TEXTS = ("text", "date")

W = TypeVar("W", str, EdgeKind)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The nodes of one label, or the edges of one kind: how many, and what they say.

    `values` are properties that are there (absent ones cost nothing); `texts` the different texts among
    them, `characters` of these. The id of a node or edge is not among them.
    """

    name: str
    found: int
    values: int
    texts: int
    characters: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What one Question cost on this project, on average: requests, rows, values and bytes of JSON."""

    question: str
    times: int
    requests: float
    rows: float
    values: float
    bytes_sent: float
    bytes_received: float
    milliseconds: float
    scan: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """How many nodes of a label a month brings, by the sources' own dates: the mean of a year."""

    name: str
    dated: int
    a_month: float


@dataclass(frozen=True, slots=True)
class Bought:
    """The digest BOUGHT beside the purchases it adds up: edges, purchases, and the lines in them."""

    edges: int
    purchases: int
    lines: int
    buyers: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What a cluster itself says it stores (engine 1.5.0.0 and later).

    https://docs.aws.amazon.com/neptune/latest/userguide/storage-info.html
    """

    bytes: int
    statements: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a project stores and does.

    `parties` are the Records about people and organisations; `stored` is there where the graph is a
    cluster that tells.
    """

    project: str
    graph: str
    region: str
    customers: int
    records: int
    parties: int
    nodes: tuple[Drawn, ...]
    edges: tuple[Drawn, ...]
    id_characters: int
    asked: tuple[Asked, ...]
    changes: tuple[Change, ...]
    growth: tuple[Growth, ...]
    bought: Bought | None
    stored: Stored | None
    notices: tuple[str, ...] = ()

    @property
    def statements(self) -> int:
        """Neptune keeps a graph as statements: see `docs/explanation/what-neptune-costs.md`.

        A node is one for its label, one for its property `id`, and one for each other property; an edge
        is one, and one for each property.
        https://docs.aws.amazon.com/neptune/latest/userguide/gremlin-explain-background-statements.html
        """
        nodes = sum(2 * node.found + node.values for node in self.nodes)
        return nodes + sum(edge.found + edge.values for edge in self.edges)

    @property
    def texts(self) -> int:
        """Entries of Neptune's dictionary, which holds every id and every different text once.

        https://docs.aws.amazon.com/neptune/latest/userguide/feature-overview-storage-dictionary.html
        """
        return sum(one.found + one.texts for one in (*self.nodes, *self.edges))

    @property
    def characters(self) -> int:
        """Characters of all entries of the dictionary."""
        edge_ids = ID_CHARACTERS * sum(edge.found for edge in self.edges)
        return self.id_characters + edge_ids + sum(d.characters for d in (*self.nodes, *self.edges))


def counted(c360: Customer360, tell: Tell = lambda _: None) -> Usage:
    """Counts a project. Raises ThreesixtyError when there is nothing in it, GraphError when it is away."""
    graph, schema = c360.graph(tell), c360.project.schema
    nodes = tuple(drawn(graph, schema.nodes, tell))
    edges = tuple(drawn(graph, schema.edges, tell))
    found = {one.name: one.found for one in (*nodes, *edges)}
    if not found.get("Customer"):
        raise ThreesixtyError(
            "there is nothing in this project yet, so nothing to count",
            hint="load something first: `threesixty load`, or look at the sample company: `threesixty demo`",
        )
    ids = _ids(graph, "Customer", SAMPLE)
    made, told = changes(c360, tell)
    counts = c360.ledger.counts()
    return Usage(
        project=c360.project.name,
        graph=graph.name,
        region=_region(graph),
        customers=found["Customer"],
        records=counts.records,
        parties=counts.parties,
        nodes=nodes,
        edges=edges,
        id_characters=sum(_id_characters(graph, one) for one in nodes),
        asked=tuple(_asked(graph, ids, tell)),
        changes=made,
        growth=tuple(_growth(graph, schema, found)),
        bought=_bought(graph, schema, found),
        stored=stored(graph),
        notices=told,
    )


# --- what is stored ----------------------------------------------------------------------------------


def drawn(
    graph: Graph,
    tables: Mapping[W, Sequence[Column]],
    tell: Tell = lambda _: None,
) -> Iterable[Drawn]:
    """What every label, or every kind of edges, holds."""
    for done, (what, columns) in enumerate(tables.items(), 1):
        yield _drawn(graph, what, columns)
        tell(Progress("count", done, len(tables), "tables"))


def _drawn(graph: Graph, what: str | EdgeKind, columns: Sequence[Column]) -> Drawn:
    [counts] = _scan(graph, cypher.count_values(what, columns))
    filled = [column for column in columns if _number(counts[f"{column.name}_"])]
    texts = characters = 0
    for column in filled:
        if column.type in _TEXTS:
            [row] = _scan(graph, cypher.distinct_texts(what, column))
            texts, characters = texts + _number(row["texts"]), characters + _number(row["characters"])
    values = sum(_number(counts[f"{column.name}_"]) for column in filled)
    return Drawn(_named(what), _number(counts["found"]), values, texts, characters)


def _named(what: str | EdgeKind) -> str:
    return what if isinstance(what, str) else f"{what.source}-{what.type}-{what.target}"


def _id_characters(graph: Graph, one: Drawn) -> int:
    """Characters of the ids of a label's nodes: all of a label are about as long."""
    some = _ids(graph, one.name, SAMPLE)
    return round(sum(map(len, some)) / len(some) * one.found) if some else 0


def _ids(graph: Graph, label: str, limit: int) -> list[str]:
    return [str(row["id"]) for row in _scan(graph, cypher.some_ids(label, limit))]


def _growth(graph: Graph, schema: Schema, found: Mapping[str, int]) -> Iterable[Growth]:
    for label, columns in schema.nodes.items():
        if found[label] and Column("at", "instant") in columns:
            rows = _scan(graph, cypher.counted_by_month(label))
            months = {_number(row["month"]): _number(row["found"]) for row in rows}
            if months:
                # The newest month is not over yet.
                newest = max(months)
                year = sum(count for month, count in months.items() if newest - _YEAR <= month < newest)
                yield Growth(label, sum(months.values()), year / _YEAR)


def _bought(graph: Graph, schema: Schema, found: Mapping[str, int]) -> Bought | None:
    bought, made = EdgeKind("Customer", "BOUGHT", "Product"), EdgeKind("Customer", "MADE", "Purchase")
    if made not in schema.edges or not found[_named(bought)]:
        return None
    [row] = _scan(graph, cypher.bought_lines())
    [buyers] = _scan(graph, cypher.starts(bought))
    return Bought(found[_named(bought)], found[_named(made)], _number(row["found"]), _number(buyers["found"]))


def _scan(graph: Graph, text: str) -> list[dict[str, Scalar]]:
    return graph.ask(text, {}, seconds=SECONDS, scan=True)


def _number(value: Scalar) -> int:
    return int(value or 0)


# --- what a cluster says itself ----------------------------------------------------------------------


def stored(graph: Graph) -> Stored | None:
    """What a cluster says it stores; None where the graph is none, or its engine does not tell."""
    cluster = getattr(graph, "cluster", None)
    if cluster is None:
        return None
    with suppress(GraphError):
        told = cluster.call("get_storage_info")
        quads = told.get("quads", {}).get("PG", {}).get("SPOG", {}).get("count", 0)
        if told.get("totalStorageBytesUsed"):
            return Stored(int(told["totalStorageBytesUsed"]), int(quads))
    return None


def _region(graph: Graph) -> str:
    cluster = getattr(graph, "cluster", None)
    return str(cluster.address.region) if cluster else ""


# --- what is asked -----------------------------------------------------------------------------------


class _Metered:
    """`Graph.ask`, with a count of what goes over it: the JSON that openCypher over HTTPS would carry.

    https://docs.aws.amazon.com/neptune/latest/userguide/access-graph-opencypher-queries.html
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.requests = self.rows = self.values = self.sent = self.received = 0

    def __call__(
        self, text: str, parameters: Mapping[str, Scalar], *, seconds: float = 10.0, scan: bool = False
    ) -> list[dict[str, Scalar]]:
        meter = getattr(getattr(self._graph, "cluster", None), "meter", None)
        before = _read(meter) if meter else (0, 0, 0)
        rows = self._graph.ask(text, parameters, seconds=seconds, scan=scan)
        after = _read(meter) if meter else _sizes(text, parameters, rows)
        self.requests += after[0] - before[0]
        self.sent += after[1] - before[1]
        self.received += after[2] - before[2]
        self.rows += len(rows)
        self.values += sum(value is not None for row in rows for value in row.values())
        return rows


def _read(meter: Any) -> tuple[int, int, int]:
    return meter.requests, meter.bytes_sent, meter.bytes_received


def _sizes(text: str, parameters: Mapping[str, Any], rows: Sequence[Any]) -> tuple[int, int, int]:
    """One request, and the bytes of its body and of its answer."""
    body = {"query": text, "parameters": json.dumps(dict(parameters))}
    return 1, len(json.dumps(body)), len(json.dumps({"results": rows}, ensure_ascii=False).encode())


def _asked(graph: Graph, customers: Sequence[str], tell: Tell) -> Iterable[Asked]:
    known = list(questions.catalogue().values())
    for done, question in enumerate(known, 1):
        yield measured(graph, question, customers)
        tell(Progress("ask", done, len(known), "questions"))


def measured(graph: Graph, question: Question, customers: Sequence[str]) -> Asked:
    """What a Question costs when it is asked about each of some customers."""
    metered, given = _Metered(graph), list(_examples(question, customers))
    start = perf_counter()
    for parameters in given:
        with suppress(GraphTimeout):  # what ran out of its time was paid for as well
            questions.ask(metered, question, parameters)
    seconds, times = perf_counter() - start, len(given)
    return Asked(
        question.name,
        times,
        metered.requests / times,
        metered.rows / times,
        metered.values / times,
        metered.sent / times,
        metered.received / times,
        seconds / times * 1000,
        question.budget.scan,
    )


def _examples(question: Question, customers: Sequence[str]) -> Iterable[dict[str, Scalar]]:
    """A Question's parameters about each of some customers; once where it asks about nobody."""
    asks = [parameter.name for parameter in question.parameters if parameter.type == "customer"]
    wanted = [parameter.name for parameter in question.parameters if parameter.required]
    said = {name: question.examples[0][name] for name in wanted if name not in asks}
    for place in range(len(customers) if asks else 1):
        yield {
            **said,
            **{name: customers[(place + shift) % len(customers)] for shift, name in enumerate(asks)},
        }
