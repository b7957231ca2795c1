"""Opens an embedded graph and reads all of it, so that damage shows in this process and not in another.

`python -m threesixty.graph.probe PATH`, the wanted tables on standard input (name and columns, one a
line); prints what is wrong, nothing when all is well.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import ladybug

from threesixty.graph.ladybug import open_database


def trouble(path: Path, wanted: dict[str, list[str]]) -> str:
    """What is wrong with the graph, in words; '' when nothing is."""
    try:
        database = open_database(path, 256 << 20)
    except RuntimeError as error:
        return f"it cannot be opened ({_first_line(error)})"
    connection = ladybug.Connection(database, num_threads=1)
    try:
        return _tables(connection, wanted) or _contents(connection, wanted)
    except RuntimeError as error:
        return f"it cannot be read ({_first_line(error)})"


def _tables(connection: Any, wanted: dict[str, list[str]]) -> str:
    there = {row[0] for row in connection.execute("CALL show_tables() RETURN name").get_all()}
    if there != set(wanted):
        return "it was made for another schema"
    for table, columns in wanted.items():
        rows = connection.execute(f"CALL table_info('{table}') RETURN name").get_all()
        if [row[0] for row in rows] != columns:
            return "it was made for another schema"
    return ""


def _contents(connection: Any, wanted: dict[str, list[str]]) -> str:
    """Reads every column of every table; each id must lead back to its row."""
    for table, columns in wanted.items():
        is_node = columns[:1] == ["id"]
        pattern = f"(n:`{table}`)" if is_node else f"()-[n:`{table}`]->()"
        counts = ", ".join(f"count(n.`{column}`)" for column in columns)
        row = connection.execute(
            f"MATCH {pattern} RETURN count(*){', ' if counts else ''}{counts}"
        ).get_all()[0]
        if is_node and row[0] != row[1]:
            return f"{row[0] - row[1]} rows of {table} have no id"
    states = connection.execute("MATCH (n:Threesixty) RETURN n.id").get_all()
    found = [
        connection.execute("MATCH (n:Threesixty {id: $id}) RETURN n.seq", {"id": row[0]}) for row in states
    ]
    if any(len(result.get_all()) != 1 for result in found):
        return "its index does not find what its tables hold"
    return ""


def _first_line(error: RuntimeError) -> str:
    return str(error).strip().partition("\n")[0][:200]


def main() -> None:
    lines = (line.split() for line in sys.stdin.read().splitlines() if line.strip())
    found = trouble(Path(sys.argv[1]), {name: columns for name, *columns in lines})
    sys.stdout.write(found)


if __name__ == "__main__":
    main()
