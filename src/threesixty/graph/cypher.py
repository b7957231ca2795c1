"""The only place Cypher is put together: pure functions from the schema to text.

Labels, edge types and columns come from the schema alone; values are always parameters. Texts for
ladybug take a row's values as one list for each type (`$texts[1]`, see `values.packed`): its plan
cache keys on the types of the parameters, so a null or a small number would else make a new plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from threesixty.errors import GraphRefused
from threesixty.graph.values import STORAGE
from threesixty.schema import DEFAULT, Column, EdgeKind, Schema

WRITES = frozenset(
    {"ALTER", "ATTACH", "BEGIN", "CALL", "CHECKPOINT", "COMMIT", "COPY", "CREATE", "DELETE", "DETACH", "DROP",
     "EXPORT", "FOREACH", "IMPORT", "INSTALL", "LOAD", "MERGE", "REMOVE", "ROLLBACK", "SET", "USE"}
)  # fmt: skip
MONTH = 2_629_800_000  # milliseconds of a mean month
_SAID = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD = re.compile(r"(?<![.:$\w])[A-Za-z]+\b(?!\s*:)")


@lru_cache(maxsize=1024)
def check_reads(text: str) -> None:
    """Raises GraphRefused unless the text is one statement that only reads the graph."""
    bare = _SAID.sub(" ", text)
    if found := next((word for word in _WORD.findall(bare) if word.upper() in WRITES), ""):
        raise GraphRefused(f"a question only reads, but this one says {found}", hint="take that clause out")
    if ";" in bare.rstrip().rstrip(";"):
        raise GraphRefused(
            "a question is one statement, but this one has several", hint="ask them one by one"
        )


@lru_cache(maxsize=4096)
def quoted(name: str) -> str:
    """A label, edge type or column as Cypher writes it; raises GraphRefused where it is no plain word."""
    if not name.isidentifier():
        raise GraphRefused(f"{name!r} cannot name anything in a graph", hint="use letters, digits and _")
    return f"`{name}`"


_SHIPPED = "|".join(DEFAULT.happened)


@lru_cache(maxsize=1024)
def with_things(text: str, types: tuple[str, ...]) -> str:
    """A Question's text that follows edges of these types (`Schema.happened`) where it follows those of the
    shipped kinds to what happened to a customer."""
    return text.replace(
        _SHIPPED, "|".join(type_ if type_ in DEFAULT.happened else quoted(type_) for type_ in types)
    )


def _listed(variable: str, columns: Sequence[Column]) -> str:
    return "".join(f", {variable}.{quoted(column.name)} AS {quoted(f'{column.name}_')}" for column in columns)


# --- reading: the same on every engine -------------------------------------------------------------


def nodes_by_id(label: str, columns: Sequence[Column]) -> str:
    """Rows of the nodes `$ids`, in the order of the columns."""
    return (
        f"UNWIND $ids AS one MATCH (n:{quoted(label)} {{id: one}}) RETURN n.id AS id{_listed('n', columns)}"
    )


def edges_from_each(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """Rows of the edges that start at one of the nodes `$ids`."""
    source = f"(a:{quoted(kind.source)} {{id: one}})"
    return f"UNWIND $ids AS one MATCH {source}{_arrow(kind)} RETURN {_edge_row(columns)}"


def all_nodes(label: str, columns: Sequence[Column]) -> str:
    """Rows of every node of a label, by id."""
    return f"MATCH (n:{quoted(label)}) RETURN n.id AS id{_listed('n', columns)} ORDER BY id"


def scanned_node(label: str, columns: Sequence[Column]) -> str:
    """The row of one node, found without its key's index."""
    return f"{_scanned(label)} RETURN n.id AS id{_listed('n', columns)}"


def take_scanned_node(label: str) -> str:
    """Takes one node that has no edges, found without its key's index."""
    return f"{_scanned(label)} DELETE n"


def _scanned(label: str) -> str:
    return f"MATCH (n:{quoted(label)}) WHERE n.id STARTS WITH $id AND n.id ENDS WITH $id"


def all_edges(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """Rows of every edge of a kind, by the ids of its ends."""
    return f"MATCH (a:{quoted(kind.source)}){_arrow(kind)} RETURN {_edge_row(columns)} ORDER BY start, finish"


def count_nodes(label: str) -> str:
    return f"MATCH (n:{quoted(label)}) RETURN count(*) AS found"


def applied() -> str:
    return "MATCH (n:Threesixty) RETURN n.seq AS seq"


def _arrow(kind: EdgeKind) -> str:
    return f"-[e:{quoted(kind.type)}]->(b:{quoted(kind.target)})"


def _edge_row(columns: Sequence[Column]) -> str:
    return f"a.id AS start, b.id AS finish{_listed('e', columns)}"


# --- counting: the same on every engine ------------------------------------------------------------


def count_values(what: str | EdgeKind, columns: Sequence[Column]) -> str:
    """How many nodes of a label, or edges of a kind, there are, and how many have each of the columns."""
    counts = "".join(f", count(x.{quoted(c.name)}) AS {quoted(f'{c.name}_')}" for c in columns)
    return f"{_every(what)} RETURN count(*) AS found{counts}"


def distinct_texts(what: str | EdgeKind, column: Column) -> str:
    """How many different texts a column holds, and how many characters these have."""
    each = f"WITH DISTINCT x.{quoted(column.name)} AS value WHERE value IS NOT NULL"
    return f"{_every(what)} {each} RETURN count(*) AS texts, sum(size(value)) AS characters"


def counted_by_month(label: str) -> str:
    """How many nodes of a label are dated into each month; months count from 1970, each 30.4375 days."""
    dated = f"{_every(label)} WHERE x.at IS NOT NULL WITH x.at / {MONTH} AS month"
    return f"{dated} RETURN month AS month, count(*) AS found ORDER BY month"


def some_ids(label: str, limit: int) -> str:
    """The ids of a few nodes of a label, the same ones each time."""
    return f"{_every(label)} RETURN x.id AS id ORDER BY id LIMIT {int(limit)}"


def starts(kind: EdgeKind) -> str:
    """At how many nodes edges of a kind start."""
    return f"MATCH (x:{quoted(kind.source)}){_arrow(kind)} RETURN count(DISTINCT x.id) AS found"


def bought_lines() -> str:
    """How many products stand in the purchases that customers made: what BOUGHT adds up."""
    purchases = "MATCH (c:Customer)-[:MADE]->(p:Purchase)-[:INCLUDES]->(x:Product)"
    return f"{purchases} RETURN count(*) AS found"


def _every(what: str | EdgeKind) -> str:
    if isinstance(what, str):
        return f"MATCH (x:{quoted(what)})"
    return f"MATCH (:{quoted(what.source)})-[x:{quoted(what.type)}]->(:{quoted(what.target)})"


# --- taking: the same on every engine --------------------------------------------------------------


def take_node(label: str) -> str:
    return f"MATCH (n:{quoted(label)} {{id: $id}}) DETACH DELETE n"


def take_edge(kind: EdgeKind) -> str:
    return f"{_match_edge(kind)} DELETE e"


def _match_edge(kind: EdgeKind) -> str:
    source, target = quoted(kind.source), quoted(kind.target)
    return f"MATCH (a:{source} {{id: $start}})-[e:{quoted(kind.type)}]->(b:{target} {{id: $finish}})"


# --- ladybug: typed tables --------------------------------------------------------------------------


def create_tables(schema: Schema) -> Iterator[str]:
    """A table for each label and each edge type; one edge type may join several pairs of labels."""
    for label, columns in schema.nodes.items():
        yield f"CREATE NODE TABLE IF NOT EXISTS {quoted(label)}(id STRING PRIMARY KEY{_typed(columns)})"
    for type_, (kinds, columns) in edge_tables(schema).items():
        pairs = ", ".join(f"FROM {quoted(kind.source)} TO {quoted(kind.target)}" for kind in kinds)
        yield f"CREATE REL TABLE IF NOT EXISTS {quoted(type_)}({pairs}{_typed(columns)})"


def drop_tables(schema: Schema) -> Iterator[str]:
    """Takes every table of the schema away, edges first."""
    for table in (*edge_tables(schema), *schema.nodes):
        yield f"DROP TABLE IF EXISTS {quoted(table)}"


def edge_tables(schema: Schema) -> dict[str, tuple[list[EdgeKind], tuple[Column, ...]]]:
    """The kinds that share an edge type, and the columns any of them has."""
    tables: dict[str, tuple[list[EdgeKind], dict[str, Column]]] = {}
    for kind, columns in schema.edges.items():
        kinds, known = tables.setdefault(kind.type, ([], {}))
        kinds.append(kind)
        for column in columns:
            known.setdefault(column.name, column)
    return {type_: (kinds, tuple(known.values())) for type_, (kinds, known) in tables.items()}


def _typed(columns: Sequence[Column]) -> str:
    return "".join(f", {quoted(column.name)} {STORAGE[column.type].ladybug}" for column in columns)


# Optional, because ladybug 0.22 then goes from node to node: else it scans the nodes at the other end, or
# joins the whole table of edges.


def edges_from(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """Rows of the edges that start at the node `$id`; one without an end where none does."""
    source = f"(a:{quoted(kind.source)} {{id: $id}})"
    return f"MATCH {source} OPTIONAL MATCH (a){_arrow(kind)} RETURN {_edge_row(columns)}"


def edges_from_those(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """The same for each of the nodes `$ids`."""
    source = f"(a:{quoted(kind.source)} {{id: one}})"
    return f"UNWIND $ids AS one MATCH {source} OPTIONAL MATCH (a){_arrow(kind)} RETURN {_edge_row(columns)}"


def slots(columns: Sequence[Column], of: str = "$") -> Iterator[str]:
    """Where `values.packed` puts the value of each column, as parameters or `of` a row."""
    used: dict[str, int] = {}
    for column in columns:
        name = STORAGE[column.type].parameter
        used[name] = used.get(name, 0) + 1
        yield f"{of}{name}[{used[name]}]"


def _assigned(variable: str, columns: Sequence[Column], of: str) -> str:
    pairs = zip(columns, slots(columns, of), strict=True)
    sets = ", ".join(f"{variable}.{quoted(column.name)} = {slot}" for column, slot in pairs)
    return f" SET {sets}" if sets else ""


def _given(columns: Sequence[Column]) -> str:
    pairs = zip(columns, slots(columns, "row."), strict=True)
    return ", ".join(f"{quoted(column.name)}: {slot}" for column, slot in pairs)


def set_nodes(label: str, columns: Sequence[Column]) -> str:
    """Gives the nodes of `$rows` new values in some columns."""
    return f"UNWIND $rows AS row MATCH (n:{quoted(label)} {{id: row.id}}){_assigned('n', columns, 'row.')}"


def create_nodes(label: str, columns: Sequence[Column]) -> str:
    """Makes the nodes of `$rows`."""
    given = _given(columns)
    return f"UNWIND $rows AS row CREATE (:{quoted(label)} {{id: row.id{', ' if given else ''}{given}}})"


def replace_edges(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """Gives the edges of `$rows` new values."""
    source = f"(a:{quoted(kind.source)} {{id: row.start}})"
    each = f"UNWIND $rows AS row MATCH {source} OPTIONAL MATCH (a){_arrow(kind)}"
    return f"{each} WITH row, e, b WHERE b.id = row.finish{_assigned('e', columns, 'row.')}"


def count_edges(kind: EdgeKind) -> str:
    """How many edges of a kind there are: ladybug knows without looking at them."""
    return f"MATCH (:{quoted(kind.source)}){_arrow(kind)} RETURN count(*)"


def create_edges(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """Draws the edges of `$rows` where both ends are there."""
    return f"{_unwound_ends(kind)} CREATE (a)-[:{quoted(kind.type)} {{{_given(columns)}}}]->(b)"


# Never with `ignore_errors`: ladybug 0.22 then loses edges whose ends have ids of more than 12 bytes.


def copy_nodes(label: str) -> str:
    return f"COPY {quoted(label)} FROM $rows"


def copy_edges(kind: EdgeKind) -> str:
    return f"COPY {quoted(kind.type)} FROM $rows (from = '{kind.source}', to = '{kind.target}')"


# --- openCypher: many rows at once -----------------------------------------------------------------


def merge_nodes(label: str, columns: Sequence[Column]) -> str:
    """Puts the nodes `$rows`, each a map of `id` and the columns."""
    return f"UNWIND $rows AS row MERGE (n:{quoted(label)} {{id: row.id}}){_from_row('n', columns)}"


def merge_edges(kind: EdgeKind, columns: Sequence[Column]) -> str:
    """Puts the edges `$rows`, each a map of `start`, `finish` and the columns."""
    return f"{_unwound_ends(kind)} MERGE (a)-[e:{quoted(kind.type)}]->(b){_from_row('e', columns)}"


def known_ids(label: str) -> str:
    """Those of some ids by whose key a node is found."""
    return f"UNWIND $ids AS one MATCH (n:{quoted(label)} {{id: one}}) RETURN n.id AS id"


def take_nodes(label: str) -> str:
    return f"UNWIND $ids AS one MATCH (n:{quoted(label)} {{id: one}}) DETACH DELETE n"


def take_edges(kind: EdgeKind) -> str:
    return f"{_unwound_ends(kind)} MATCH (a)-[e:{quoted(kind.type)}]->(b) DELETE e"


def take_some(label: str, limit: int) -> str:
    """Takes at most so many nodes of a label; returns how many."""
    return f"MATCH (n:{quoted(label)}) WITH n LIMIT {int(limit)} DETACH DELETE n RETURN count(*) AS taken"


def create_index(label: str) -> Iterator[str]:
    """What makes look-ups by id fast, the best way first."""
    yield f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{quoted(label)}) REQUIRE n.id IS UNIQUE"
    yield f"CREATE INDEX IF NOT EXISTS FOR (n:{quoted(label)}) ON (n.id)"
    yield f"CREATE INDEX ON :{quoted(label)}(id)"


# --- openCypher where `~id` names nodes and edges --------------------------------------------------

_BY_ID = re.compile(r"\{\s*id\s*:\s*(\$\w+|[A-Za-z_]\w*(?:\.\w+)?)\s*\}")


@lru_cache(maxsize=1024)
def by_native_id(text: str) -> str:
    """The text with each pattern `{id: x}` as a look-up by `~id`; what stands in quotes stays as it is."""
    parts, end = [], 0
    for said in _SAID.finditer(text):
        parts += [_BY_ID.sub(_NATIVE, text[end : said.start()]), said.group()]
        end = said.end()
    return "".join([*parts, _BY_ID.sub(_NATIVE, text[end:])])


_NATIVE = r"{`~id`: \1}"


def merge_named_nodes(label: str) -> str:
    """Puts the nodes `$rows`, each a map of `id` and `properties`; a null takes a property away."""
    return f"UNWIND $rows AS row MERGE (n:{quoted(label)} {{`~id`: row.id}}) SET n += row.properties"


def merge_named_edges(kind: EdgeKind) -> str:
    """Puts the edges `$rows`, each a map of `start`, `finish`, `edge` and `properties`."""
    edge = f"(a)-[e:{quoted(kind.type)} {{`~id`: row.edge}}]->(b)"
    return f"{by_native_id(_unwound_ends(kind))} MERGE {edge} SET e += row.properties"


def named_nodes() -> str:
    """The nodes `$ids`, whatever their label."""
    return "UNWIND $ids AS one MATCH (n {`~id`: one}) RETURN n AS n"


def edges_from_named(types: Sequence[str]) -> str:
    """The edges of some types that start at the nodes `$ids`, each with the labels of its target."""
    arrow = f"-[e:{'|'.join(map(quoted, types))}]->"
    return f"UNWIND $ids AS one MATCH (a {{`~id`: one}}){arrow}(b) RETURN e AS e, labels(b) AS target"


def next_nodes(label: str, columns: Sequence[Column], limit: int) -> str:
    """The next rows of a label's nodes, by id, behind `$after`."""
    found = f"MATCH (n:{quoted(label)}) WHERE n.id > $after"
    return f"{found} RETURN n.id AS id{_listed('n', columns)} ORDER BY id LIMIT {int(limit)}"


def _unwound_ends(kind: EdgeKind) -> str:
    source, target = quoted(kind.source), quoted(kind.target)
    return f"UNWIND $rows AS row MATCH (a:{source} {{id: row.start}}) MATCH (b:{target} {{id: row.finish}})"


def _from_row(variable: str, columns: Sequence[Column]) -> str:
    sets = ", ".join(f"{variable}.{quoted(c.name)} = row.{quoted(f'{c.name}_')}" for c in columns)
    return f" SET {sets}" if sets else ""
