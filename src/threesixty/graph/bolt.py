"""Any openCypher server that speaks Bolt (ArcadeDB, Neo4j, Memgraph …), by the neo4j driver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from threesixty.errors import GraphError, GraphRefused, GraphTimeout, GraphUnavailable
from threesixty.graph import cypher, values
from threesixty.graph.delta import Delta, Elements, Row, consistent
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind, Schema

if TYPE_CHECKING:
    import neo4j

BATCH = 1_000  # rows of one statement
EXPORT_BATCH = 10_000
GRACE_SECONDS = 1.0  # for a server that keeps time itself to say so
T = TypeVar("T")


class Bolt:
    """A Graph on a server. Open it with `Bolt.open`."""

    name = "bolt"

    def __init__(self, driver: neo4j.Driver, schema: Schema, database: str | None) -> None:
        self._driver = driver
        self._schema = schema
        self._database = database
        self._asking = ThreadPoolExecutor(thread_name_prefix="ask")
        self._closed = False

    @classmethod
    def open(cls, url: str, schema: Schema, *, user: str = "", password: str = "") -> Bolt:
        """The graph at `bolt://[user:password@]host:port[/database]`; raises GraphUnavailable."""
        try:
            import neo4j  # noqa: PLC0415 - an extra
        except ImportError:
            raise GraphUnavailable(
                "a Bolt server needs the neo4j driver", hint="pip install 'threesixty[bolt]'"
            ) from None
        address, in_url, database = _parted(url)
        login = (user, password) if user else in_url
        with _explained():
            driver = neo4j.GraphDatabase.driver(address, auth=login, connection_timeout=10)
            graph = cls(driver, schema, database)
            try:
                driver.verify_connectivity()
                graph._create_indexes()
            except BaseException:
                graph.close()
                raise
        return graph

    # --- reading -----------------------------------------------------------------------------------

    def ask(
        self, text: str, parameters: Mapping[str, Scalar], *, seconds: float = 10.0, scan: bool = False
    ) -> list[dict[str, Scalar]]:
        del scan  # a server decides by itself how many cores help
        cypher.check_reads(text)
        given = {name: values.scrubbed(value) for name, value in parameters.items()}
        self._open()
        with _explained():
            asked = self._asking.submit(self._rows, text, given, seconds)
            try:
                return asked.result(seconds + GRACE_SECONDS)
            except TookTooLong:
                raise _too_long(seconds) from None

    def _rows(self, text: str, parameters: dict[str, Any], seconds: float) -> list[dict[str, Scalar]]:
        import neo4j  # noqa: PLC0415 - an extra

        query = neo4j.Query(text, timeout=seconds)
        with self._session() as session:
            return [record.data() for record in session.run(query, parameters)]

    def fetch(self, ids: Mapping[str, Sequence[str]]) -> Elements:
        nodes: dict[str, list[Row]] = {}
        edges: dict[EdgeKind, list[Row]] = {}
        with _explained(), self._session() as session:
            for label, wanted in ids.items():
                text = cypher.nodes_by_id(label, self._schema.nodes[label])
                nodes[label] = _all_rows(session, text, list(dict.fromkeys(wanted)))
            for kind, columns in self._schema.edges.items():
                starts = [str(row[0]) for row in nodes.get(kind.source, ())]
                edges[kind] = _all_rows(session, cypher.edges_from_each(kind, columns), starts)
        return Elements(_filled(nodes), _filled(edges))

    def applied(self) -> int:
        rows = self.ask(cypher.applied(), {})
        found = rows[0]["seq"] if rows else None
        return found if isinstance(found, int) else -1

    def export(self) -> Iterator[tuple[str | EdgeKind, list[Row]]]:
        for label, columns in self._schema.nodes.items():
            yield from self._batches(label, cypher.all_nodes(label, columns))
        for kind, edge_columns in self._schema.edges.items():
            yield from self._batches(kind, cypher.all_edges(kind, edge_columns))

    def _batches(self, what: str | EdgeKind, text: str) -> Iterator[tuple[str | EdgeKind, list[Row]]]:
        with _explained(), self._session() as session:
            result = session.run(text)
            while rows := [tuple(record.values()) for record in result.fetch(EXPORT_BATCH)]:
                yield what, rows

    # --- writing -----------------------------------------------------------------------------------

    def apply(self, delta: Delta) -> None:
        wanted = consistent(delta)
        with _explained(), self._session() as session:
            session.execute_write(self._put_and_take, wanted)

    def load(
        self, nodes: Iterable[tuple[str, list[Row]]], edges: Iterable[tuple[EdgeKind, list[Row]]]
    ) -> None:
        self.clear()
        # The Threesixty node says how much the graph shows: it comes last, when all of it is there.
        state: list[Row] = []
        for label, rows in nodes:
            if label == "Threesixty":
                state.extend(rows)
            else:
                self.apply(Delta(put_nodes={label: rows}))
        for kind, rows in edges:
            self.apply(Delta(put_edges={kind: rows}))
        self.apply(Delta(put_nodes={"Threesixty": state}))

    def clear(self) -> None:
        with _explained(), self._session() as session:
            for label in self._schema.nodes:
                text = cypher.take_some(label, BATCH)
                while (taken := session.run(text).single()) and taken["taken"]:
                    pass

    def copy(self, target: Path) -> tuple[int, str]:  # noqa: ARG002 - a server keeps its own backups
        return -1, ""

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._asking.shutdown(wait=False, cancel_futures=True)
            self._driver.close()

    def _put_and_take(self, transaction: neo4j.ManagedTransaction, delta: Delta) -> None:
        for label, rows in delta.put_nodes.items():
            columns = self._schema.nodes[label]
            _send(transaction, cypher.merge_nodes(label, columns), "rows", _maps(("id",), columns, rows))
        for kind, rows in delta.put_edges.items():
            edge_columns = self._schema.edges[kind]
            maps = _maps(("start", "finish"), edge_columns, rows)
            _send(transaction, cypher.merge_edges(kind, edge_columns), "rows", maps)
        for kind, ends in delta.take_edges.items():
            _send(transaction, cypher.take_edges(kind), "rows", _maps(("start", "finish"), (), ends))
        for label, ids in delta.take_nodes.items():
            _send(transaction, cypher.take_nodes(label), "ids", ids)

    def _open(self) -> None:
        if self._closed:
            raise GraphUnavailable("the graph is closed", hint="open it again")

    def _session(self) -> neo4j.Session:
        self._open()
        return self._driver.session(database=self._database)

    def _create_indexes(self) -> None:
        """Asks for what makes look-ups by id fast; a server that knows neither way has one of its own."""
        import neo4j  # noqa: PLC0415 - an extra

        for label in self._schema.nodes:
            for text in cypher.create_index(label):
                try:
                    with self._session() as session:
                        session.run(text).consume()
                    break
                except (neo4j.exceptions.ClientError, neo4j.exceptions.DatabaseError):
                    continue


def _parted(url: str) -> tuple[str, tuple[str, str] | None, str | None]:
    """The address alone, user and password, and the database that an address names."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return urlunsplit((parts.scheme, host, "", parts.query, "")), login, parts.path.strip("/") or None


def _maps(keys: tuple[str, ...], columns: Sequence[Column], rows: Iterable[Row]) -> list[dict[str, Scalar]]:
    """Rows as the maps that `cypher.merge_nodes` and `cypher.merge_edges` want."""
    names = (*keys, *(f"{column.name}_" for column in columns))
    every = (*(Column(key, "text") for key in keys), *columns)
    return [
        {name: values.fitted(column, value) for name, column, value in zip(names, every, row, strict=True)}
        for row in rows
    ]


def _send(transaction: neo4j.ManagedTransaction, text: str, name: str, items: Sequence[object]) -> None:
    for start in range(0, len(items), BATCH):
        transaction.run(text, {name: items[start : start + BATCH]}).consume()


def _all_rows(session: neo4j.Session, text: str, ids: list[str]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(ids), BATCH):
        result = session.run(text, {"ids": ids[start : start + BATCH]})
        found.extend(tuple(record.values()) for record in result)
    return found


def _filled(rows: Mapping[T, list[Row]]) -> dict[T, list[Row]]:
    return {key: found for key, found in rows.items() if found}


def _too_long(seconds: float) -> GraphTimeout:
    return GraphTimeout(
        f"the question was stopped after {seconds:g} s", hint="ask for less, or give it more time"
    )


@contextmanager
def _explained() -> Iterator[None]:
    """The driver's errors as ours."""
    import neo4j  # noqa: PLC0415 - an extra

    try:
        yield
    except neo4j.exceptions.AuthError as error:
        raise GraphUnavailable("the graph server refused user or password", hint="check them") from error
    except (neo4j.exceptions.DriverError, neo4j.exceptions.TransientError) as error:
        raise GraphUnavailable(
            f"the graph server cannot be reached: {_first_line(error)}",
            hint="is it running, and is its address right?",
        ) from error
    except neo4j.exceptions.ClientError as error:
        if "Timed" in (error.code or "") or "Terminated" in (error.code or ""):
            raise GraphTimeout(
                "the server stopped the question: it took too long", hint="ask for less"
            ) from error
        raise GraphRefused(f"the graph did not understand the statement: {_first_line(error)}") from error
    except neo4j.exceptions.Neo4jError as error:
        raise GraphError(
            f"the graph server failed: {_first_line(error)}", hint="see the server's log"
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:300]
