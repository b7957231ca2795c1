"""The graph's file may be lost: what is wrong with it is noticed, it is drawn anew, and that is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

GRAPH = "graph/graph.lbug"


def deleted(path):
    path.unlink()


def truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def emptied(path):
    os.truncate(path, 0)


def noise(path):
    path.write_bytes(os.urandom(path.stat().st_size))


def noise_inside(path):
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(4096))


def garbage_in_the_log(path):
    path.with_name(path.name + ".wal").write_bytes(os.urandom(100_000))


RARE = [pytest.param(one, marks=pytest.mark.slow) for one in (emptied, noise_inside)]
DAMAGE = [deleted, truncated, noise, garbage_in_the_log, *RARE]


def damaged(home, damage):
    damage(home / GRAPH)
    return home


def right(company, home):
    """Cards from graph and ledger are equal, and the graph is what a new one would be."""
    with company.open(home) as c360:
        for found in c360.find("a", limit=5):
            card, folded = c360.customer(found.id), c360.customer(found.id, from_ledger=True)
            assert card.origin != "ledger"
            assert replace(card, origin="", missing=()) == replace(folded, origin="", missing=())
        drawn = company.drawn(c360)
    return drawn == company.redrawn(home)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_load_after_damage_draws_the_graph_anew_and_says_so(company, home, damage):
    damaged(home, damage)

    with company.open(home) as c360:
        loaded = c360.load()

    assert "made anew" in " ".join(loaded.notices)
    assert right(company, home)


@pytest.mark.parametrize("damage", [noise, pytest.param(deleted, marks=pytest.mark.slow), *RARE])
def test_a_question_after_damage_is_answered_right(company, undisturbed, home, damage):
    damaged(home, damage)

    with company.open(home) as c360, company.open(undisturbed) as peace:
        assert c360.ask("hubs", at_least=2).rows
        assert [row[1:] for row in c360.ask("hubs", at_least=2).rows] == [
            row[1:] for row in peace.ask("hubs", at_least=2).rows
        ]


@pytest.mark.parametrize("words", [("ask", "hubs"), ("customer", "KEY")])
def test_whatever_command_notices_damage_says_so(company, home, words):
    [key] = a_key(company, home)
    damaged(home, truncated)

    code, _, complaint = company.run(home, *(key if word == "KEY" else word for word in words))

    assert code == 0
    assert "made anew" in complaint


# --- held by another process -----------------------------------------------------------------------------

HOLD = """
import sys, threesixty
with threesixty.open(sys.argv[1], home=sys.argv[2]) as c360:
    c360.graph()
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(company, home):
    """The process that has the graph open."""
    command = [sys.executable, "-c", HOLD, str(company.project), str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_a_second_process_still_gives_the_card_from_the_ledger(company, home, holder):
    [key] = a_key(company, home)

    code, out, _ = company.run(home, "customer", key, "--json")

    assert code == 0
    assert json.loads(out)["origin"] == "ledger"


def test_a_second_process_is_told_who_holds_the_graph(company, home, holder):
    code, _, complaint = company.run(home, "ask", "hubs")

    assert code == 5
    assert f"process {holder.pid}" in complaint


def a_key(company, home):
    code, out, complaint = company.run(home, "find", "a", "--limit", "1", "--json")
    assert code == 0, complaint
    return [found["id"] for found in json.loads(out)]
