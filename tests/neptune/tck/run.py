"""Runs the openCypher TCK on a Bolt server and prints the names of the scenarios that pass.

`python tests/neptune/tck/run.py FOLDER BOLT_URL` keeps the TCK in the folder, prints one name a line,
and on standard error how much of each area passes.

What counts as passing: the rows are the expected ones, columns by name; where an error is expected, there
is one, whatever it is called; side effects are what changed between a look before and a look after. Columns
of an empty answer are not compared: the engine beneath names none, and Neptune's JSON has none either.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import neo4j
from features import Scenario, fetch, scenarios
from look import Look, net
from notation import of, written

SECONDS = 10.0
CANNOT_RUN = "there exists a procedure"  # a server cannot be given one


class Mismatch(AssertionError):
    """The server did something else than the TCK expects."""


class Run:
    """One scenario on a server whose graph is empty."""

    def __init__(self, session: neo4j.Session, tck: Path) -> None:
        self.session = session
        self.tck = tck
        self.parameters: dict[str, object] = {}
        self.columns: list[str] = []
        self.rows: list[tuple] = []
        self.error: Exception | None = None
        self.before: Look | None = None

    def scenario(self, scenario: Scenario) -> None:
        """Raises Mismatch, or whatever a server does that cannot be understood."""
        effects = any("side effects" in step["text"] for step in scenario.steps)
        for step in scenario.steps:
            self.step(step["text"], step.get("argument", {}), effects=effects)
        if self.error:
            raise Mismatch from self.error

    def step(self, text: str, argument: dict, *, effects: bool) -> None:
        rows = argument.get("dataTable", {"rows": ()})["rows"]
        table = [[cell["value"] for cell in row["cells"]] for row in rows]
        query = argument.get("docString", {}).get("content", "")
        if text in {"an empty graph", "any graph"}:
            return
        if graph := re.fullmatch(r"the (\S+) graph", text):
            path = self.tck / "graphs" / graph[1] / f"{graph[1]}.cypher"
            self.session.run(path.read_text("utf-8").rstrip(";\n ")).consume()
        elif text == "having executed:":
            self.session.run(query).consume()
        elif text == "parameters are:":
            self.parameters = {name: self.literal(value) for name, value in table}
        elif text in {"executing query:", "executing control query:"}:
            self.execute(query, effects=effects)
        elif text.startswith("the result should be"):
            self.compare(text, table)
        elif "side effects" in text:
            self.compare_effects({name: int(count) for name, count in table})
        elif " should be raised at " in text:
            if self.error is None:
                raise Mismatch
            self.error = None
        else:
            raise NotImplementedError(text)

    def literal(self, text: str) -> object:
        """A parameter's value: what the server itself makes of the literal."""
        return self.session.run(f"RETURN {text} AS value").single(strict=True)["value"]

    def execute(self, query: str, *, effects: bool) -> None:
        if self.error:
            raise Mismatch from self.error
        self.before = Look.at(self.session) if effects else None
        try:
            result = self.session.run(neo4j.Query(query, timeout=SECONDS), self.parameters)
            self.columns = list(result.keys())
            self.rows = [tuple(record.values()) for record in result]
        except neo4j.exceptions.Neo4jError as error:
            self.error = error

    def compare(self, text: str, table: list[list[str]]) -> None:
        if self.error:
            raise Mismatch from self.error
        header, *cells = table or [[]]
        if not cells:
            if self.rows:
                raise Mismatch
            return
        if sorted(header) != sorted(self.columns):
            raise Mismatch
        any_order = "ignoring element order" in text
        places = [self.columns.index(name) for name in header]
        wanted = [tuple(written(cell, any_order=any_order) for cell in row) for row in cells]
        found = [tuple(of(row[place], any_order=any_order) for place in places) for row in self.rows]
        alike = wanted == found if "in order" in text else Counter(wanted) == Counter(found)
        if not alike:
            raise Mismatch

    def compare_effects(self, wanted: dict[str, int]) -> None:
        """By the ids that the server gives or, since it may give them anew or again, without them."""
        if self.before is None:
            raise Mismatch
        after = Look.at(self.session)
        if wanted != self.before.changes(after) and net(wanted) != self.before.net_changes(after):
            raise Mismatch


def run(driver: neo4j.Driver, database: str, tck: Path) -> Iterator[tuple[Scenario, bool]]:
    for scenario in scenarios(tck):
        if any(step["text"].startswith(CANNOT_RUN) for step in scenario.steps):
            continue
        with driver.session(database=database) as session:
            session.run("MATCH (n) DETACH DELETE n").consume()
            try:
                Run(session, tck).scenario(scenario)
            except (Mismatch, neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError, ValueError):
                yield scenario, False
            else:
                yield scenario, True


def report(outcomes: Iterable[tuple[Scenario, bool]]) -> None:
    passed, total = Counter[str](), Counter[str]()
    for scenario, passes in outcomes:
        total[scenario.area] += 1
        passed[scenario.area] += passes
        if passes:
            print(scenario.name, flush=True)
    for area in sorted(total):
        print(f"{area:40} {passed[area]:5} of {total[area]:5}", file=sys.stderr)
    print(f"{'all':40} {passed.total():5} of {total.total():5}", file=sys.stderr)


def main(folder: str, url: str) -> None:
    parts = urlsplit(url)
    login = (parts.username or "", parts.password or "")
    with neo4j.GraphDatabase.driver(f"bolt://{parts.hostname}:{parts.port}", auth=login) as driver:
        report(run(driver, parts.path.strip("/"), fetch(Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
