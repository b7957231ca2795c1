"""The house has floors: imports point down only, and the rooms of one floor do not know each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "threesixty"

# Each room with everything it may import, itself aside.
GROUND = {
    "errors",
    "record",
    "card",
    "feed",
    "history",
    "schema",
    "report",
    "latin",
    "units",
    "window",
    "wording",
}
MIDDLE = {"project", "normalise", "sources", "ledger", "identity", "graph", "questions"}
MAY_IMPORT = {
    "errors": set(),
    "record": set(),
    "latin": set(),
    "units": set(),
    "window": set(),
    "wording": {"record"},
    "card": {"record"},
    "feed": {"errors"},
    "history": set(),
    "schema": {"record"},
    "report": {"card", "feed", "record"},
    "project": {"errors", "record", "schema", "units", "window"},
    "normalise": {"errors", "record", "latin", "units"},
    "sources": GROUND | {"normalise", "project"},
    "ledger": GROUND,
    "identity": {"record", "latin"},
    "graph": GROUND,
    "questions": GROUND,
    "sample": GROUND,
    "pipeline": GROUND | {"project", "normalise", "sources", "ledger", "identity", "graph", "questions"},
    "customer360": GROUND
    | {"project", "normalise", "sources", "ledger", "identity", "graph", "questions", "pipeline"},
    # The promises of Graph as a test suite, for authors of backends and for `neptune certify`; and what
    # a system has to keep that follows the feed.
    "conformance": GROUND | {"graph", "identity", "questions"},
    "neptune": GROUND
    | {"project", "ledger", "graph", "questions", "pipeline", "customer360", "sample", "conformance"},
    "cli": GROUND | {"project", "sources", "questions", "sample", "customer360", "neptune"},
}


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "threesixty":
            names = [f"threesixty.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        rooms |= {name.split(".")[1] for name in names if name.startswith("threesixty.")}
    return rooms - {"__version__"}


FILES = sorted(path for path in SOURCE.rglob("*.py") if room(path) not in {"__init__", "__main__"})


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down_only(path: Path):
    here = room(path)
    assert here in MAY_IMPORT, f"{here} has no place in the house yet"

    strangers = imported_rooms(path) - MAY_IMPORT[here] - {here}

    assert not strangers


def speaks_of_neptune(path: Path) -> bool:
    """The adapter, the doors to it, the tools around a cluster, and the command line."""
    doors = {"connect.py", "formats.py"}
    adapter = path.parent.name == "graph" and (path.name in doors or path.name.startswith("neptune"))
    return adapter or room(path) in {"neptune", "cli"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_only_the_adapter_and_the_tools_around_it_mention_neptune(path: Path):
    assert speaks_of_neptune(path) or "neptune" not in path.read_text("utf-8").casefold()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_file_is_longer_than_a_reader_s_patience(path: Path):
    assert len(path.read_text("utf-8").splitlines()) <= 420
