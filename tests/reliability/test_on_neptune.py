"""One line of the project file moves a company to Neptune; everything else stays as it was.

On the emulator: whatever a user does, the graph there ends equal to the embedded one of the same ledger.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace

import pytest

import threesixty
from threesixty.graph.ladybug import Ladybug
from threesixty.pipeline.draw import rebuild

MOST_REQUESTS = 14
"""Of one Record: how far the graph is, what is there, and one for each table that changes."""


@pytest.fixture
def moved(emulator, company, home, tmp_path):
    """A company that was embedded, opened with one line more in its project file."""
    emulator.clear()
    folder = tmp_path / "moved"
    shutil.copytree(company.project.parent, folder, ignore=shutil.ignore_patterns(".threesixty"))
    path = folder / "threesixty.toml"
    path.write_text(path.read_text("utf-8") + f'\n[stores]\ngraph = "{emulator.address}"\n', "utf-8")
    with threesixty.open(path, home=home) as c360:
        yield c360
    emulator.clear()


def everything(graph):
    found = {}
    for what, rows in graph.export():
        found.setdefault(what, []).extend(rows)
    return found


@contextmanager
def embedded(c360, folder):
    graph = Ladybug.open(folder / "embedded" / "graph.lbug", c360.project.schema)
    rebuild(c360.view, graph)
    yield graph
    graph.close()


def name(record):
    return f"{record.source}/{record.key}"


def shown(card):
    """A card without how it was made."""
    return replace(card, origin="", as_of=-1)


def test_the_card_from_the_cluster_is_the_card_from_the_ledger(moved):
    card = moved.customer("crm/C-1001")

    assert card.origin == "graph"
    assert shown(card) == shown(moved.customer("crm/C-1001", from_ledger=True))


def test_loading_again_writes_nothing(moved):
    moved.graph()
    moved.load()
    before = moved.graph().cluster.meter.requests
    moved.load()

    assert moved.graph().cluster.meter.requests - before == 1  # how far the graph is


def test_whatever_a_user_does_the_graphs_are_equal(moved, tmp_path):
    wrong = moved.customer("crm/C-1001")
    moved.split("crm/C-1001", name(wrong.records[-1]))
    moved.undo()
    moved.split("crm/C-1001", name(wrong.records[0]))
    moved.forget(moved.customer("crm/C-1001").id)
    moved.load()

    with embedded(moved, tmp_path) as peaceful:
        assert everything(moved.graph()) == everything(peaceful)


def test_forgetting_takes_the_nodes_and_leaves_the_rest_alone(moved, emulator, tmp_path):
    moved.graph()
    person = moved.customer("crm/C-1001")
    cleared = emulator.faults.add("slow", seconds=0.0, text="RETURN count(*) AS taken", times=None)
    taken = emulator.faults.add("slow", seconds=0.0, text="DETACH DELETE", times=None)
    moved.forget(person.id)
    emulator.faults.clear()

    assert taken.met
    assert not cleared.met  # the whole graph, label by label
    assert moved.graph().fetch({"Customer": [f"customer:{person.id}"]}).nodes == {}
    with embedded(moved, tmp_path) as peaceful:
        assert everything(moved.graph()) == everything(peaceful)


def test_a_person_forgotten_while_the_cluster_was_away_is_gone_when_it_is_back(moved, emulator, tmp_path):
    moved.graph()
    person = moved.customer("crm/C-1001")
    emulator.faults.add("refuse", code="AccessDeniedException", times=None)
    moved.forget(person.id)
    told = moved.news()
    emulator.faults.clear()
    moved.refresh()

    assert any("still shows the person" in line for line in told)
    assert moved.graph().fetch({"Customer": [f"customer:{person.id}"]}).nodes == {}
    with embedded(moved, tmp_path) as peaceful:
        assert everything(moved.graph()) == everything(peaceful)


def test_the_card_is_there_while_the_cluster_is_away(moved, emulator):
    moved.graph()
    emulator.faults.add("refuse", code="AccessDeniedException", times=None)
    card = moved.customer("crm/C-1001")
    emulator.faults.clear()

    assert card.origin == "ledger"


def test_requests_of_one_record_do_not_grow(moved):
    """A ratchet: lower it when a Record becomes cheaper."""
    moved.graph()
    meter = moved.graph().cluster.meter
    before = meter.requests
    moved.put(
        "crm",
        [
            {
                "id": "C-9",
                "type": "P",
                "first_name": "Eva",
                "last_name": "Lund",
                "email": "eva@example.org",
            }
        ],
    )

    assert 0 < meter.requests - before <= MOST_REQUESTS


def test_a_question_takes_two_requests(moved):
    """How far the graph is, and the question; where it has just changed, how far the reader is as well."""
    moved.ask("hubs")
    meter = moved.graph().cluster.meter
    before = meter.requests
    moved.ask("hubs")

    assert meter.requests - before == 2
