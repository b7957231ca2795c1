"""`python -m benchmarks [NAME …]`: runs benchmarks, all of them by default, and writes benchmarks/results/.

THREESIXTY_DATA names the folder that holds customers/c10k.parquet, c100k.parquet and c1m.parquet, with
`.truth.parquet` beside c100k. Homes are kept in --work: one_record uses the million of scale.
"""

from __future__ import annotations

import argparse
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks import table

NAMES = (
    "scale", "volume", "identity", "sample_company", "households", "organisations", "one_record", "questions",
    "neptune", "remap", "restore", "lacking", "worlds",
)  # fmt: skip


def main() -> None:
    """Run the named benchmarks one after another."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "threesixty-bench")
    parser.add_argument("--set", choices=["c10k", "c100k", "c1m"], help="of remap: another set than c1m")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    for name in given.names or NAMES:
        benchmark = import_module(f"benchmarks.{name}")
        smaller = {"size": given.set} if given.set and name == "remap" else {}
        table.write(name, benchmark.TITLE, benchmark.run(given.work, **smaller))


if __name__ == "__main__":
    main()
