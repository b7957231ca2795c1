"""What holds for the embedded graph alone: its files, its lock, its readers, its sharp edges."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from threesixty.conformance.promises import exported
from threesixty.errors import GraphDamaged, GraphHeld, GraphUnavailable, OutOfSpace
from threesixty.graph import files
from threesixty.graph import ladybug as engine
from threesixty.graph.delta import Delta
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT, Kind, text

NAMES = "MATCH (c:Customer) RETURN c.name AS name ORDER BY name"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "graph" / "graph.lbug"


@pytest.fixture
def filled(path, town):
    """A graph with the town in it, closed in order."""
    graph = Ladybug.open(path, DEFAULT)
    graph.apply(town.delta)
    graph.close()
    return path


def child(program, *arguments, **options):
    """A Python process that runs a program, with the package at hand."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


OPEN_AND_WAIT = """
import sys, pathlib
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT
graph = Ladybug.open(pathlib.Path(sys.argv[1]), DEFAULT)
print("open", flush=True)
sys.stdin.read()
"""


def test_a_copy_in_the_place_of_another_graph_is_opened_without_a_probe(filled, town, tmp_path, monkeypatch):
    copied = tmp_path / "copied"
    with closing(Ladybug.open(filled, DEFAULT)) as graph:
        applied, tables = graph.copy(copied)
        assert applied == graph.applied() >= 0
        graph.apply(Delta({"Customer": [town.node("Customer", "customer:eve", name="Eve")]}))
        before = exported(graph)
    monkeypatch.setattr(files, "probe", None)

    files.put(tmp_path / "other.lbug", copied, tables)

    with closing(Ladybug.open(tmp_path / "other.lbug", DEFAULT)) as graph:
        found = exported(graph)
        assert found != before
        assert found == dict([*town.nodes.items(), *town.edges.items()])
    assert files.doubt(tmp_path / "other.lbug", DEFAULT) == ""


# --- one process -----------------------------------------------------------------------------------


def test_a_second_process_is_told_who_holds_the_graph(filled):
    with child(OPEN_AND_WAIT, filled, stdin=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(GraphHeld) as told:
            Ladybug.open(filled, DEFAULT)
        holder.kill()

    assert told.value.pid == holder.pid


def test_the_same_process_cannot_open_it_twice(filled):
    graph = Ladybug.open(filled, DEFAULT)
    with pytest.raises(GraphHeld) as told:
        Ladybug.open(filled, DEFAULT)
    graph.close()

    assert told.value.pid == os.getpid()


def test_a_program_that_ignores_the_lock_file_is_noticed(filled):
    stranger = (
        "import ladybug, sys; d = ladybug.Database(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    with child(stranger, filled, stdin=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(GraphUnavailable) as told:
            Ladybug.open(filled, DEFAULT)
        holder.kill()

    assert not isinstance(told.value, GraphDamaged)


# --- files that cannot be trusted ------------------------------------------------------------------


def test_what_was_closed_in_order_opens_without_a_probe(filled, town, monkeypatch):
    monkeypatch.setattr(files, "probe", lambda *_: pytest.fail("probed"))
    graph = Ladybug.open(filled, DEFAULT)

    assert graph.applied() == town.state[2]
    graph.close()


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def overwrite_with_noise(path):
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def overwrite_a_little(path):
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"noise")


def delete(path):
    path.unlink()
    files.beside(path, ".wal").write_bytes(b"left behind")


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [truncate, overwrite_with_noise, overwrite_a_little, delete, empty])
def test_harm_done_while_it_was_closed_is_noticed(filled, harm):
    harm(filled)
    with pytest.raises(GraphDamaged):
        Ladybug.open(filled, DEFAULT)


@pytest.mark.parametrize("harm", [truncate, overwrite_with_noise, delete, empty])
def test_harm_to_a_file_that_nobody_closed_is_noticed_by_the_probe(filled, harm):
    files.unmark(filled)
    harm(filled)
    with pytest.raises(GraphDamaged):
        Ladybug.open(filled, DEFAULT)


def test_the_probe_finds_a_healthy_file_healthy(filled):
    assert files.probe(filled, DEFAULT) == ""


def test_another_schema_is_noticed_with_and_without_a_probe(filled):
    other = DEFAULT.with_({"boat": Kind("boat", "thing", "Boat", text("name"))}, {})
    assert files.doubt(filled, other) == "it was made for another schema"

    files.unmark(filled)
    assert files.doubt(filled, other) == "it was made for another schema"


def test_set_aside_moves_every_engine_file_and_makes_room_for_a_new_graph(filled):
    files.beside(filled, ".wal").write_bytes(b"torn")
    folder = files.set_aside(filled)
    graph = Ladybug.open(filled, DEFAULT)

    assert sorted(file.name for file in folder.iterdir()) == ["graph.lbug", "graph.lbug.wal"]
    assert graph.applied() == -1
    graph.close()


def test_only_the_last_one_set_aside_is_kept_and_remove_leaves_nothing(filled, town):
    folder = files.set_aside(filled)
    shutil.move(folder, folder.with_name("graph.lbug.aside-earlier"))
    Ladybug.open(filled, DEFAULT).close()
    files.set_aside(filled)
    assert len(list(filled.parent.glob("*.aside-*"))) == 1

    files.remove(filled)
    assert [file.name for file in filled.parent.iterdir()] == ["graph.lbug.lock"]


# --- a process that was killed ---------------------------------------------------------------------

WRITE_FOR_EVER = """
import sys, pathlib
from threesixty.graph.delta import Delta
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT
graph = Ladybug.open(pathlib.Path(sys.argv[1]), DEFAULT)
blank = [None] * (len(DEFAULT.nodes["Customer"]) - 1)
for seq in range(1, 1_000_000):
    graph.apply(Delta({"Customer": [(f"customer:{seq:09}", "Ada", *blank)],
                       "Threesixty": [("threesixty", "", seq, seq, "")]}))
    print(seq, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(path):
    acknowledged = 0
    for milliseconds in (700, 1100):
        with child(WRITE_FOR_EVER, path) as writer:
            first = writer.stdout.readline()
            assert first, writer.stderr.read()
            time.sleep(milliseconds / 1000 - 0.6)
            writer.send_signal(signal.SIGKILL)
            acknowledged = int(writer.stdout.read().split("\n")[-2:][0] or first)
        graph = Ladybug.open(path, DEFAULT)
        assert graph.applied() in (acknowledged, acknowledged + 1)
        assert graph.ask("MATCH (c:Customer) RETURN count(*) AS n", {})[0]["n"] >= graph.applied()
        graph.clear()
        graph.close()


# --- readers and writers ---------------------------------------------------------------------------


def test_readers_go_on_while_deltas_and_checkpoints_happen(ladybug, town, monkeypatch):
    monkeypatch.setattr(engine, "CHECKPOINT_BYTES", 20_000)
    ladybug.apply(town.delta)
    stop, counts = threading.Event(), []

    def read():
        while not stop.is_set():
            counts.append(len(ladybug.ask(NAMES, {})))
            ladybug.fetch({"Customer": ["customer:ada"]})

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(150):
        ladybug.apply(Delta({"Customer": [town.node("Customer", f"customer:{number}", name="Cat")]}))
    stop.set()
    for reader in readers:
        reader.join()

    assert len(ladybug.ask(NAMES, {})) == 152
    assert len(counts) > 3
    assert set(counts) <= set(range(2, 153))


def test_the_plans_of_small_deltas_stay_few(ladybug, town):
    """The engine keeps every plan for ever, and plans differ by the types of their parameters."""
    choose = random.Random(1)
    for number in range(60):
        values = {
            name: choose.choice([None, choose.randrange(2**40)]) for name in ("since", "value", "records")
        }
        ladybug.apply(Delta({"Customer": [town.node("Customer", f"customer:{number}", **values)]}))
    plans = len(ladybug._writer._pybind_implicit_prepared_cache)

    assert plans <= 2


# --- when a write fails ----------------------------------------------------------------------------


def test_a_bad_value_harms_nothing(ladybug, town):
    with pytest.raises(ValueError, match="shorter"):
        ladybug.apply(Delta({"Customer": [town.ada, town.ben[:3]]}))
    ladybug.apply(town.delta)

    assert ladybug.ask(NAMES, {}) == [{"name": "Ada"}, {"name": "Ben"}]


def test_after_a_write_error_it_refuses_to_write_and_still_reads(ladybug, town, monkeypatch):
    ladybug.apply(town.delta)
    monkeypatch.setattr(
        "threesixty.graph.cypher.create_nodes", lambda *_: "CREATE (:Nonsense {id: $rows[1].id})"
    )
    with pytest.raises(GraphUnavailable):
        ladybug.apply(Delta({"Customer": [town.node("Customer", "customer:cat")]}))
    monkeypatch.undo()
    with pytest.raises(GraphUnavailable):
        ladybug.apply(town.delta)

    assert ladybug.ask(NAMES, {}) == [{"name": "Ada"}, {"name": "Ben"}]


FAIL_A_COPY = """
import sys, pathlib
from threesixty.errors import GraphUnavailable
from threesixty.graph import batches
from threesixty.graph.ladybug import Ladybug
from threesixty.schema import DEFAULT
batches.new_nodes = lambda batches, seen: batches  # let keys through twice
graph = Ladybug.open(pathlib.Path(sys.argv[1]), DEFAULT)
blank = [None] * (len(DEFAULT.nodes["Customer"]) - 1)
rows = [(f"customer:{n % 4000:020}", "a long enough name", *blank) for n in range(5000)]
graph._copy_bytes = 1
try:
    graph.load([("Customer", rows[:2000]), ("Customer", rows[2000:])], [])
except GraphUnavailable as error:
    print("told", flush=True)
graph.close()
"""


def test_a_copy_that_fails_ends_in_an_error_and_not_in_a_crash(path):
    with child(FAIL_A_COPY, path) as process:
        said, wrong = process.communicate(timeout=60)

    assert (said, process.returncode) == ("told\n", 0), wrong
    if not files.doubt(path, DEFAULT):
        graph = Ladybug.open(path, DEFAULT)
        assert graph.applied() == -1
        graph.close()


def test_an_aborted_load_does_not_pass_for_a_graph(ladybug, town):
    def broken():
        yield "Threesixty", [town.state]
        yield "Customer", [town.ada]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ladybug.load(broken(), [])

    assert ladybug.applied() == -1


def test_a_disk_that_is_nearly_full_is_told_before_anything_is_written(ladybug, town, monkeypatch):
    ladybug.apply(town.delta)
    monkeypatch.setattr(files, "SPARE_BYTES", 1 << 60)
    with pytest.raises(OutOfSpace):
        ladybug.apply(Delta({"Customer": [town.node("Customer", "customer:cat", name="Cat")]}))
    monkeypatch.undo()

    assert ladybug.ask(NAMES, {}) == [{"name": "Ada"}, {"name": "Ben"}]
