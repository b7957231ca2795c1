"""A remap after one column got another role, beside a full load; and that both end in the same.

`python -m benchmarks.remap load|remap FILE PROJECT HOME` does one of them in this process and prints its
figures; `same HOME HOME PROJECT` compares two.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import threesixty
from benchmarks import scale, table
from benchmarks.table import Row
from threesixty.report import Progress

TITLE = "Remap: one column, another role"
BAR = 0.40
# What a column was read as, and what it is read as then.
CHANGES = {
    "phone": 'phone = { mobile = "phone" }',  # of nearly two thirds; nobody is compared or drawn otherwise
    "middle": 'prefix = "middle"',  # of an eighth; a value that is compared becomes one that is not
    "loyalty": 'account = "loyalty_id"',  # of a third; identifiers of another type
}


def run(work: Path, size: str = "c1m") -> list[Row]:
    """Load a set, change a role, remap; then load it anew with the new mapping, and compare."""
    path = table.data("customers", f"{size}.parquet")
    folder = work / f"remap-{size}"
    shutil.rmtree(folder, ignore_errors=True)
    changes = list(CHANGES)[:1] if size == "c1m" else list(CHANGES)
    project = _project(folder / "before", "", "")
    full = table.child("benchmarks.remap", "load", path, project, folder / "home", CUSTOMERS=str(path))
    seconds = full.said["seconds"]
    rows = [Row(f"full load of {size}", f"{seconds:.0f} s, {full.gib:.1f} GiB", note=_steps(full.said))]
    for old in changes:
        project = _project(folder / old, old, CHANGES[old])
        home = folder / f"home-{old}"
        shutil.copytree(folder / "home", home)
        one = table.child("benchmarks.remap", "remap", path, project, home, CUSTOMERS=str(path))
        share = one.said["seconds"] / seconds
        what = f"`{CHANGES[old]}`: {one.said['changed']:,} records changed"
        note = f"{share:.0%} of the load; {_steps(one.said)}"
        first = old == changes[0]
        bar, met = ("≤ 40 % of the load", share <= BAR) if first else ("", None)
        rows.append(Row(what, f"{one.said['seconds']:.0f} s, {one.gib:.1f} GiB", bar, met, note))
        if first:
            rows.append(_equal(path, project, home, folder / "fresh"))
        shutil.rmtree(home)
    shutil.rmtree(folder)
    return rows


def _equal(path: Path, project: Path, home: Path, fresh: Path) -> Row:
    table.child("benchmarks.remap", "load", path, project, fresh, CUSTOMERS=str(path))
    differ = table.child("benchmarks.remap", "same", project, home, fresh, CUSTOMERS=str(path)).said
    told = "equal" if not differ else f"differs in {', '.join(sorted(differ))}"
    return Row("ledger and graph beside a fresh load", told, "equal", not differ)


def _project(folder: Path, old: str, new: str) -> Path:
    """The project of the example with one role changed."""
    folder.mkdir(parents=True)
    text = (scale.PROJECT / "threesixty.toml").read_text("utf-8")
    lines = [new if old and line.startswith(f"{old} =") else line for line in text.splitlines()]
    (folder / "threesixty.toml").write_text("\n".join(lines), "utf-8")
    return folder


def _steps(said: dict[str, dict[str, float]]) -> str:
    return ", ".join(f"{step} {seconds:.1f}" for step, seconds in said["steps"].items())


# --- in a process of its own -----------------------------------------------------------------------------


def timed(what: str, project: str, home: str) -> dict[str, object]:
    """Load or remap; seconds of all and of each step."""
    start = time.perf_counter()
    marks: list[tuple[str, float]] = [("begin", start)]

    def note(progress: Progress) -> None:
        step = progress.task.partition(" ")[0]
        if marks[-1][0] != step:
            marks.append((step, time.perf_counter()))

    with threesixty.open(project, home=home) as c360:
        changed = _done(c360, what, note)
    end = time.perf_counter()
    ends = [at for _, at in marks[1:]] + [end]
    steps: dict[str, float] = {}
    for (step, at), until in zip(marks, ends, strict=True):
        steps[step] = steps.get(step, 0.0) + until - at
    return {"seconds": end - start, "changed": changed, "steps": steps}


def _done(c360: threesixty.Customer360, what: str, note: Callable[[Progress], None]) -> int:
    if what == "remap":
        return c360.remap(progress=note).changed
    return c360.load(progress=note).records


def same(project: str, one: str, other: str) -> list[str]:
    """The tables in which two homes differ."""
    left, right = sums(project, one), sums(project, other)
    return [name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name)]


def sums(project: str, home: str) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and the sum of their digests: of millions of rows, in any order."""
    found: dict[str, tuple[int, int]] = {}
    with threesixty.open(project, home=home) as c360:
        for name, row in _rows(c360):
            count, total = found.get(name, (0, 0))
            digest = int.from_bytes(blake2b(repr(row).encode(), digest_size=16).digest(), "big")
            found[name] = (count + 1, (total + digest) % (1 << 128))
    return found


def _rows(c360: threesixty.Customer360) -> Iterator[tuple[str, object]]:
    from tests import two_ledgers  # noqa: PLC0415 — the tests need not be there for the other benchmarks

    names = two_ledgers.shared_names(c360)
    for what, rows in c360.graph().export():
        if "Alias" not in str(what) and str(what) != "Threesixty":
            for row in rows:
                yield f"graph {what}", tuple(two_ledgers.rename(value, names) for value in row)
    named = c360.ledger.all_names()
    for row in c360.ledger.mapped():
        values = two_ledgers.sorted_json(row.values)
        yield "records", (str(named[row.no]), row.at, row.version, values, row.unreadable)
    for held in c360.ledger.carried():
        yield "carried", (str(named[held.record]), held.type, held.value, held.use)
    for match in c360.ledger.matches_of():
        yield "matches", (*sorted((str(named[match.a]), str(named[match.b]))), round(match.bits, 6))


def main() -> None:
    """One of the three, as JSON."""
    if sys.argv[1] == "same":
        print(json.dumps(same(*sys.argv[2:5])))
        return
    what, path, project, home = sys.argv[1:5]
    os.environ["CUSTOMERS"] = path
    print(json.dumps(timed(what, project, home)))


if __name__ == "__main__":
    main()
