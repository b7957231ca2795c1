"""The 360° view and every Question over the sample company with 100 thousand customers.

`python -m benchmarks.questions FOLDER` asks them in this process and prints milliseconds.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import threesixty
from benchmarks import table
from benchmarks.table import Row
from threesixty import questions, sample
from threesixty.customer360 import Customer360

TITLE = "Questions: sample company, 100,000 customers, embedded engine"
CUSTOMERS = 100_000
BOUNDED_MS, SCAN_MS = 20.0, 1_000.0
HEAVY_TEXT = """
MATCH (c:Customer) RETURN c.id AS id, c.purchases + c.tickets AS things, c.records AS records
ORDER BY things DESC, id LIMIT 1100
"""
EVERYONE_TEXT = "MATCH (c:Customer) RETURN c.id AS id"


def run(work: Path) -> list[Row]:
    """Make and load the company when it is not there, then ask."""
    folder = work / "company"
    if not (folder / "loaded").exists():
        loaded = table.child("benchmarks.questions", folder, "load")
        (folder / "loaded").write_text(json.dumps({"seconds": loaded.seconds, "gib": loaded.gib}))
    said = table.child("benchmarks.questions", folder).said
    load = json.loads((folder / "loaded").read_text())
    rows = [_view("customer_360, random customers", said["random"], 3, 20),
            _view("customer_360, the 1 % heaviest", said["heavy"], 20, None)]  # fmt: skip
    for name, found in said["questions"].items():
        bar = SCAN_MS if found["scan"] else BOUNDED_MS
        what = "scan" if found["scan"] else "bounded"
        p50, p99 = found["ms"]
        note = f"{what}; p99 {p99:.1f} ms; {found['rows']:.0f} rows"
        rows.append(Row(name, f"{p50:.1f} ms", f"≤ {bar:,.0f} ms", p50 <= bar, note))
    size = f"{said['customers']:,} customers"
    return [
        *rows,
        Row("the company", size, note=f"made and loaded in {load['seconds']:.0f} s, {load['gib']:.1f} GiB"),
    ]


def _view(what: str, ms: tuple[float, float], p50: float, p99: float | None) -> Row:
    bar = f"p50 ≤ {p50} ms" + (f", p99 ≤ {p99} ms" if p99 else "")
    met = ms[0] <= p50 and (p99 is None or ms[1] <= p99)
    return Row(what, f"p50 {ms[0]:.1f} ms, p99 {ms[1]:.1f} ms", bar, met)


# --- in a process of its own -----------------------------------------------------------------------------


def main() -> None:
    """Load the company, or ask everything of it."""
    folder = Path(sys.argv[1])
    if sys.argv[2:] == ["load"]:
        with threesixty.open(sample.write(folder, customers=CUSTOMERS)) as c360:
            told = c360.load()
        print(*told.notices, sep="\n", file=sys.stderr)
        print(json.dumps({"seconds": told.seconds}))
        return
    with threesixty.open(folder / "threesixty.toml") as c360:
        print(json.dumps(asked(c360)))


def asked(c360: Customer360) -> dict[str, Any]:
    """p50 and p99 milliseconds of the view and of every Question."""
    graph, chance = c360.graph(), random.Random(360)
    heavy = [str(row["id"]) for row in graph.ask(HEAVY_TEXT, {}, scan=True)]
    everyone = sorted(str(row["id"]) for row in graph.ask(EVERYONE_TEXT, {}, scan=True, seconds=60))
    some = chance.sample(everyone, 1_000)
    view = c360.questions()["customer_360"]
    found = {
        "customers": len(everyone),
        "random": table.tail([took(c360, view, {"customer": one})[0] for one in some]),
        "heavy": table.tail(
            [took(c360, view, {"customer": one})[0] for one in heavy[: len(everyone) // 100]]
        ),
        "questions": {},
    }
    [product, *_] = graph.ask("MATCH (p:Product) RETURN p.id AS id ORDER BY id LIMIT 1", {})
    for name, question in c360.questions().items():
        given = {"customer": some, "other": some[1:] + some[:1], "product": [str(product["id"])]}
        times = 5 if question.budget.scan else 200
        answers = [
            took(c360, question, {p.name: given[p.name][n] if p.name != "product" else given[p.name][0]
                                  for p in question.parameters if p.name in given})
            for n in range(times)
        ]  # fmt: skip
        ms, rows = zip(*answers, strict=True)
        found["questions"][name] = {
            "ms": table.tail(ms),
            "rows": sum(rows) / times,
            "scan": question.budget.scan,
        }
    return found


def took(c360: Customer360, question: questions.Question, given: dict[str, Any]) -> tuple[float, int]:
    """Milliseconds of one answer, and its rows."""
    start = time.perf_counter()
    answer = questions.ask(c360.graph().ask, question, given)
    return 1000 * (time.perf_counter() - start), len(answer.rows)


if __name__ == "__main__":
    main()
