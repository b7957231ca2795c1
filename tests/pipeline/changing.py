"""A company whose project file changes, and one that had the last of its project files from the start."""

from __future__ import annotations

from pathlib import Path

from tests.two_ledgers import derived_of, differing, graph_of

import threesixty


class Company:
    """A project whose mapping changes."""

    def __init__(self, folder: Path, text: str, rows: str = "", **files: str) -> None:
        folder.mkdir(parents=True)
        self.path = folder / "threesixty.toml"
        self.path.write_text(text)
        self.deliver(**{"c": rows, **files})
        self.c360 = threesixty.open(self.path)
        self.c360.load()

    def deliver(self, **files: str) -> None:
        """Write the files of some sources, by their names."""
        for name, text in files.items():
            (self.path.parent / f"{name}.csv").write_text(text)

    def gone(self) -> None:
        """No file can be read any more."""
        for file in self.path.parent.glob("*.csv"):
            file.write_text("gone")

    def change(self, text: str) -> None:
        self.c360.close()
        self.path.write_text(text)
        self.c360 = threesixty.open(self.path)


def differences(one: Company, other: Company) -> dict[str, object]:
    return {
        **differing(derived_of(one.c360), derived_of(other.c360)),
        **differing(graph_of(one.c360), graph_of(other.c360)),
    }
