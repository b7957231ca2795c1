"""A node whose key the engine lost is found by a scan and put back, with all it says."""

from __future__ import annotations

from hashlib import blake2b

import pyarrow as pa
import pytest

from threesixty.graph import ladybug as engine
from threesixty.graph import lost_keys, values
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT

COLUMNS = DEFAULT.nodes["Identifier"]


def rows(many: int) -> list[tuple[object, ...]]:
    ids = (blake2b(str(number).encode(), digest_size=12).hexdigest() for number in range(many))
    return [(f"identifier:email:{one}", f"email {one[:4]}", "email", one[:4], 1, False) for one in ids]


@pytest.fixture
def graph(tmp_path):
    graph = Ladybug.open(tmp_path / "graph" / "graph.lbug", DEFAULT)
    yield graph
    graph.close()


def filled(graph: Ladybug, many: int, piece: int) -> list[tuple[object, ...]]:
    said = rows(many)
    graph._copy_bytes = values.arrow(1, COLUMNS, said[:1_000]).nbytes * piece // 1_000
    graph.load([("Identifier", said[at : at + 10_000]) for at in range(0, many, 10_000)], [])
    return said


def test_nothing_is_put_back_where_every_key_leads_to_its_node(graph: Ladybug):
    said = filled(graph, 100, 1_000)
    ids = pa.chunked_array([pa.array([row[0] for row in said])])

    assert lost_keys.put_back(graph._writer, "Identifier", COLUMNS, [ids]) == 0


def test_what_was_lost_is_there_again_with_all_it_says(graph: Ladybug, monkeypatch: pytest.MonkeyPatch):
    said = filled(graph, 100, 1_000)
    lost = [said[3][0], said[77][0]]
    monkeypatch.setattr(lost_keys, "_lost", lambda _connection, _label, column: column)

    assert lost_keys.put_back(graph._writer, "Identifier", COLUMNS, [lost]) == 2
    assert [row for label, some in graph.export() if label == "Identifier" for row in some] == sorted(said)
    assert sorted(graph.fetch({"Identifier": lost}).nodes["Identifier"]) == sorted([said[3], said[77]])


def test_a_table_copied_in_pieces_is_looked_through(graph: Ladybug, monkeypatch: pytest.MonkeyPatch):
    looked: list[str] = []
    monkeypatch.setattr(engine, "put_back", lambda _c, label, _columns, keys: looked.extend([label, *keys]))

    filled(graph, 25_000, 10_000)
    assert (looked[0], sum(map(len, looked[1:]))) == ("Identifier", 25_000)
    looked.clear()
    filled(graph, 25_000, 100_000)
    assert looked == []


@pytest.mark.slow
def test_two_million_nodes_in_three_copies_are_all_found_by_their_ids(graph: Ladybug):
    said = filled(graph, 2_000_000, 786_432)

    ids = pa.chunked_array([pa.array([row[0] for row in said])])
    assert list(lost_keys._lost(graph._writer, "Identifier", ids)) == []
