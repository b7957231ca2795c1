"""A generator in another process gives the same values, in order, and raises the same errors."""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pipeline.conftest import Town, company, person

from threesixty.errors import ThreesixtyError
from threesixty.pipeline import put, reading, resolve
from threesixty.pipeline.columns import everyone, everyone_in
from threesixty.pipeline.draw import painting
from threesixty.pipeline.elsewhere import elsewhere, spread
from threesixty.sources import Batch, File, files


def test_values_come_in_their_order():
    assert list(elsewhere(itertools.accumulate, range(1_000))) == list(itertools.accumulate(range(1_000)))


def test_an_error_is_raised_at_its_place():
    values = elsewhere(map, int, ["1", "x"])

    assert next(values) == 1
    with pytest.raises(ValueError, match="invalid literal"):
        next(values)


def test_a_worker_that_dies_is_an_error_in_words():
    with pytest.raises(ThreesixtyError, match="ended early"):
        list(elsewhere(map, os._exit, [3]))


def test_stopping_early_leaves_no_process_behind():
    values = elsewhere(itertools.count)
    assert Counter(itertools.islice(values, 3)) == Counter([0, 1, 2])
    values.close()  # type: ignore[attr-defined]


def busy(number):
    """Says which process it is, and works on and on."""
    os.write(2, f"{os.getpid()}\n".encode())
    while True:
        pass


def test_whoever_works_for_a_process_that_was_killed_ends():
    """Also copies, and by whatever the process ended: nothing of it may go on for minutes."""
    main = (
        "from tests.pipeline.test_elsewhere import busy, elsewhere, spread\n"
        "list(elsewhere(spread, busy, [(1,), (2,)]))"
    )
    killed = subprocess.Popen([sys.executable, "-c", main], stderr=subprocess.PIPE, text=True)
    assert killed.stderr
    running = [int(killed.stderr.readline()) for _ in range(2)]
    killed.kill()

    # Who has the pipe open still is alive still.
    ended, _, _ = select.select([killed.stderr], [], [], 20)
    for one in running if not ended else ():
        os.kill(one, signal.SIGKILL)
    killed.communicate()
    assert ended


def test_work_is_spread_over_copies_and_comes_back_in_order():
    assert list(elsewhere(spread, abs, [(-1,), (2,), (-3,)])) == [1, 2, 3]


def test_an_error_in_a_copy_is_raised():
    with pytest.raises(ValueError, match="invalid literal"):
        list(elsewhere(spread, int, [("1",), ("x",)]))


def test_a_copy_that_dies_is_an_error_in_words():
    with pytest.raises(ThreesixtyError, match="ended early"):
        list(elsewhere(spread, signal.raise_signal, [(signal.SIGCONT,), (signal.SIGKILL,)]))


def test_everyone_read_by_two_processes_is_everyone(town: Town):
    company(town)
    ledger = town.c360.ledger

    [here], [apart] = [everyone(ledger)], elsewhere(_everyone_of, ledger.path)

    assert here[1] == apart[1]
    assert {name: as_list(value) for name, value in vars(here[0]).items()} == {
        name: as_list(value) for name, value in vars(apart[0]).items()
    }


def _everyone_of(path: Path):
    return iter([everyone_in(path)])


def as_list(value):
    if isinstance(value, dict):
        return {name: as_list(column) for name, column in value.items()}
    return value.tolist() if hasattr(value, "tolist") else list(value)


def test_who_is_who_worked_out_by_several_processes_is_the_same(town: Town, monkeypatch: pytest.MonkeyPatch):
    company(town)
    ledger, weights = town.c360.ledger, town.c360.weights
    before = ledger.membership(None), ledger.matches_of(), ledger.parked(), ledger.households()
    monkeypatch.setattr(resolve, "_MANY", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)

    resolve.resolve(ledger, weights, anew=True)
    assert (ledger.membership(None), ledger.matches_of(), ledger.parked(), ledger.households()) == before


def test_what_is_not_committed_is_among_everyone(town: Town, monkeypatch: pytest.MonkeyPatch):
    company(town)
    monkeypatch.setattr(resolve, "_MANY", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    ledger, before = town.c360.ledger, len(town.c360.ledger.membership(None))

    with ledger.rehearsing():
        put.put(ledger, town.c360.project, "crm", [person("new", "Eva", "Nova")])
        resolve.resolve(ledger, town.c360.weights, anew=True)
        assert len(ledger.membership(None)) == before + 1


def test_a_big_file_read_elsewhere_gives_the_same_records(town: Town, monkeypatch: pytest.MonkeyPatch):
    rows = [f'{{"id": "{n}", "given": "Ada", "email": "a{n}@x.pt", "born": "x"}}' for n in range(50)]
    path = town.folder / "crm.jsonl"
    path.write_text("\n".join([*rows, "{torn"]))
    [crm] = [source for source in town.c360.project.sources if source.name == "crm"]
    here = list(reading.batches(town.c360.project, crm, File(path), 7, ""))
    monkeypatch.setattr(files, "_BIG_BYTES", 0)

    there = list(reading.batches(town.c360.project, crm, File(path), 7, ""))
    assert there == [(bare(batch), plains) for batch, plains in here]
    assert here[-1][0].rejects
    first, kept = here[0][0].records[0], here[0][1][0]
    assert json.loads(kept.values) == first.values
    assert kept.held == tuple((one.type, one.value, one.use) for one in first.identifiers) != ()


def bare(batch: Batch) -> Batch:
    """What travels between processes: values and identifiers stand in what is kept of each Record."""
    return replace(batch, records=[replace(one, values={}, identifiers=()) for one in batch.records])


def test_a_graph_painted_by_several_processes_is_the_same(town: Town, monkeypatch: pytest.MonkeyPatch):
    company(town)
    before = town.export()
    monkeypatch.setattr(painting, "_MANY", 0)

    assert town.rebuilt() == before
