"""Loader files say what the graph says, byte for byte, and keep to the rules AWS documents."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.conformance.hostile import HOSTILE, kept
from threesixty.conformance.town import Town
from threesixty.errors import GraphRefused, SourceError
from threesixty.graph import neptune_csv
from threesixty.graph.delta import edge_id
from threesixty.graph.neptune_csv_check import MOST_BYTES, RULES, check
from threesixty.schema import DEFAULT, EdgeKind

CASES = (Path(__file__).parent / "cases" / "loader_files.txt").read_text("ascii").split("\n== ")[1:]
READ = {"String": str, "Long": int, "Double": float, "Bool": lambda text: text == "true"}


def written(folder: Path, nodes, edges=(), **how) -> Path:
    neptune_csv.write(folder, DEFAULT, nodes, edges, **how)
    return folder


def cells(text: str) -> list[list[str | None]]:
    """Records of a CSV text, character by character; a blank is None, and quoted nothing is ''."""
    rows, row, cell, quoted, inside = [], [], "", False, False
    place = 0
    while place < len(text):
        char = text[place]
        if inside and text[place : place + 2] == '""':
            cell += '"'
            place += 1
        elif char == '"':
            inside, quoted = not inside, True
        elif not inside and char in ",\n":
            row.append(cell if quoted or cell else None)
            cell, quoted = "", False
            if char == "\n":
                rows.append(row)
                row = []
        else:
            cell += char
        place += 1
    assert (inside, row, cell) == (False, [], "")
    return rows


def read_back(folder: Path) -> dict[object, list[tuple]]:
    """Everything in the files of a folder, as rows of a graph."""
    labels = {label: label for label in DEFAULT.nodes}
    kinds = {f"{kind.source}-{kind.type}-{kind.target}": kind for kind in DEFAULT.edges}
    found: dict[object, list[tuple]] = {}
    for path in sorted(folder.rglob("*.csv*")):
        what = {**labels, **kinds}[path.name.rpartition("-")[0]]
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        header, *rows = cells(data.decode())
        types = [name.partition(":")[2].removesuffix("(single)") or "String" for name in header]
        for row in rows:
            values = [
                None if cell is None else READ[kind](cell) for kind, cell in zip(types, row, strict=True)
            ]
            if isinstance(what, EdgeKind):
                named, start, finish, label, *rest = values
                assert (named, label) == (edge_id(what, start, finish), what.type)
                found.setdefault(what, []).append((start, finish, *rest))
            else:
                named, label, own_id, *rest = values
                assert (named, label) == (own_id, what)
                found.setdefault(what, []).append((named, *rest))
    return found


# --- writing ---------------------------------------------------------------------------------------


def test_a_graph_comes_back_equal_from_its_files(graph, town, tmp_path):
    graph.apply(town.delta)

    rows = neptune_csv.export(graph, DEFAULT, tmp_path / "out")

    assert read_back(tmp_path / "out") == {**town.nodes, **town.edges}
    assert rows == 8


def test_hostile_texts_come_back_equal(graph, town, tmp_path):
    rows = [
        town.node("Customer", f"customer:{number:03}", name=text, profile=text)
        for number, text in enumerate(HOSTILE)
    ]
    edges = [town.edge(town.MADE, row[0], "purchase:shop:1", role=row[1]) for row in rows]
    graph.load([("Customer", rows), ("Purchase", [town.purchase])], [(town.MADE, edges)])

    neptune_csv.export(graph, DEFAULT, tmp_path / "out")

    found = read_back(tmp_path / "out")
    assert [row[1] for row in found["Customer"]] == list(map(kept, HOSTILE))
    assert [row[2] for row in found[town.MADE]] == list(map(kept, HOSTILE))


@settings(max_examples=100, deadline=None)
@given(
    st.text() | st.none(),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
    st.floats(allow_nan=False, allow_infinity=False) | st.none(),
    st.booleans() | st.none(),
)
def test_any_value_comes_back_equal(tmp_path_factory, text, whole, number, flag):
    town, folder = Town(), tmp_path_factory.mktemp("files")
    resolves = EdgeKind("Record", "RESOLVES_TO", "Customer")
    nodes = [
        ("Customer", [town.node("Customer", "customer:a", name=text, value=whole)]),
        ("Identifier", [town.node("Identifier", "identifier:a", generic=flag)]),
        ("Record", [town.node("Record", "record:a")]),
    ]
    edges = [(resolves, [town.edge(resolves, "record:a", "customer:a", bits=number)])]

    written(folder, nodes, edges)

    found = read_back(folder)
    scrubbed = (
        text if text is None else kept(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    )
    assert found["Customer"] == [town.node("Customer", "customer:a", name=scrubbed, value=whole)]
    assert found["Identifier"] == [town.node("Identifier", "identifier:a", generic=flag)]
    assert found[resolves] == [town.edge(resolves, "record:a", "customer:a", bits=number)]
    assert check(folder) == ()


def test_headers_say_single_values_and_edges_have_ids_of_their_own(town, tmp_path):
    written(tmp_path, [("Identifier", [town.phone]), ("Customer", [town.ada])], town.edges.items())

    [identifiers] = (tmp_path / "nodes").glob("Identifier-*")
    [uses] = (tmp_path / "edges").glob("Customer-USES-Identifier-*")
    assert identifiers.read_text().splitlines()[0] == (
        "~id,~label,id:String(single),name:String(single),type:String(single),value:String(single),"
        "holders:Long(single),generic:Bool(single)"
    )
    named = edge_id(town.USES, "customer:ada", "identifier:phone:1")
    assert uses.read_text().splitlines() == [
        "~id,~from,~to,~label,first:Long,last:Long",
        f'{named},"customer:ada","identifier:phone:1","USES",5,9',
    ]


def test_the_threesixty_node_has_a_folder_of_its_own(town, tmp_path):
    written(tmp_path, town.nodes.items())

    assert [path.name for path in (tmp_path / "state").iterdir()] == ["Threesixty-0001.csv"]
    assert not list((tmp_path / "nodes").glob("Threesixty*"))


def test_a_formula_stays_what_was_said(town, tmp_path):
    written(tmp_path, [("Customer", [town.node("Customer", "customer:a", name="=1+1")])])

    assert '"=1+1"' in (tmp_path / "nodes" / "Customer-0001.csv").read_text()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_left_out(town, tmp_path, number):
    resolves = EdgeKind("Record", "RESOLVES_TO", "Customer")
    nodes = [("Record", [town.node("Record", "record:a")]), ("Customer", [town.ada])]
    written(tmp_path, nodes, [(resolves, [town.edge(resolves, "record:a", "customer:ada", bits=number)])])

    assert read_back(tmp_path)[resolves] == [town.edge(resolves, "record:a", "customer:ada")]


def test_what_comes_twice_is_written_once(town, tmp_path):
    written(tmp_path, [*town.nodes.items(), *town.nodes.items()], [*town.edges.items(), *town.edges.items()])

    assert read_back(tmp_path) == {**town.nodes, **town.edges}


def test_an_edge_whose_ends_are_not_there_is_not_written(town, tmp_path):
    nodes = [("Customer", [town.ada]), ("Identifier", [town.phone])]
    written(tmp_path, nodes, town.edges.items())

    assert read_back(tmp_path)[town.USES] == town.edges[town.USES][:1]
    assert town.MADE not in read_back(tmp_path)


def test_a_table_goes_on_in_another_file_when_one_is_full(town, tmp_path):
    rows = [town.node("Customer", f"customer:{number:06}", name="x" * 50) for number in range(25_000)]
    written(tmp_path, [("Customer", rows)], file_bytes=1 << 20)

    files = sorted((tmp_path / "nodes").iterdir())
    assert len(files) > 2
    assert {path.read_text().partition("\n")[0] for path in files} == {
        neptune_csv.header(DEFAULT, "Customer")
    }
    assert max(path.stat().st_size for path in files) < 3 << 20
    assert read_back(tmp_path)["Customer"] == rows


def test_packed_files_say_the_same_and_are_the_same_each_time(town, tmp_path):
    one = written(tmp_path / "one", town.nodes.items(), town.edges.items(), compressed=True)
    two = written(tmp_path / "two", town.nodes.items(), town.edges.items(), compressed=True)

    assert read_back(one) == {**town.nodes, **town.edges}
    names = [path.relative_to(one) for path in one.rglob("*.gz")]
    assert len(names) == 6
    assert [(one / name).read_bytes() for name in names] == [(two / name).read_bytes() for name in names]
    assert check(one) == ()


def test_records_are_counted_as_the_loader_does(town, tmp_path):
    """AWS's own example: a row with an id, a label and two values is three records."""
    product = town.node("Category", "category:tents", name="Tents")  # and its id once more
    counted = neptune_csv.write(tmp_path, DEFAULT, [("Category", [product])], [])

    assert counted.rows == {"Category": 1}
    assert counted.records == {"nodes": 3, "edges": 0, "state": 0}


def test_nothing_is_written_into_a_folder_that_is_not_empty(ladybug, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")

    with pytest.raises(SourceError, match="is not empty"):
        neptune_csv.export(ladybug, DEFAULT, folder)

    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_files_that_the_loader_would_not_take_do_not_appear(ladybug, town, tmp_path, monkeypatch):
    ladybug.apply(town.delta)
    monkeypatch.setattr("threesixty.graph.neptune_csv_check.MOST_BYTES", 3)

    with pytest.raises(GraphRefused, match="at most 55 MB"):
        neptune_csv.export(ladybug, DEFAULT, tmp_path / "out")

    assert list(tmp_path.glob("out*")) == []


# --- checking --------------------------------------------------------------------------------------


def laid_out(case: str, folder: Path) -> set[str]:
    """Puts the files of a case into a folder; returns the rules that they break."""
    title, *files = case.removesuffix("\n").split("\n-- ")
    for file in files:
        name, _, text = file.partition("\n")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = text.rstrip("\n") + "\n" if text.strip() else ""
        path.write_bytes(text.encode("ascii").decode("unicode_escape").encode("latin-1"))
    return rules(title)


def rules(case: str) -> set[str]:
    return set(case.partition(":")[0].split(", ")) - {"sound"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.partition("\n")[0])
def test_a_broken_rule_is_found_and_no_other(case, tmp_path):
    broken = laid_out(case, tmp_path)

    assert {problem.rule for problem in check(tmp_path)} == broken


def test_every_rule_has_a_case_and_a_page_of_aws():
    assert set().union(*map(rules, CASES)) == set(RULES) - {"size"}
    assert all(page.startswith("https://docs.aws.amazon.com/neptune/") for _, page in RULES.values())


def test_a_value_of_more_than_55_mb_is_found(tmp_path):
    (tmp_path / "nodes.csv").write_text(
        f'~id,~label,name:String(single)\n1,P,"{"é" * (MOST_BYTES // 2 + 1)}"\n'
    )

    assert [problem.rule for problem in check(tmp_path)] == ["size"]


def test_a_problem_says_where_it_is_and_never_what_a_customer_wrote(tmp_path):
    folder = tmp_path / "nodes"
    folder.mkdir()
    (folder / "a.csv").write_text("~id,~label,born:Date(single)\n1,P,2024-01-01\n2,P,Ada's secret\n")

    [problem] = check(tmp_path)

    assert str(problem) == "nodes/a.csv, line 3: born: not of type date"
    assert problem.page.endswith("bulk-load-tutorial-format-gremlin.html")


def test_so_many_problems_are_looked_for_and_no_more(tmp_path):
    (tmp_path / "a.csv").write_text("~id,~label\n" + ",P\n" * 50)

    assert len(check(tmp_path, 7)) == 7
