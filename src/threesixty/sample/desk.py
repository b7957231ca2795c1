"""The folder the sample company is written to: every file open, rows going out as they are made."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from threesixty.sample.parties import Row


class Desk:
    """Sheets by name, begun with their heading; closed together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._writers: dict[str, Any] = {}
        self._texts: dict[str, TextIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def text(self, name: str, encoding: str = "utf-8") -> TextIO:
        """A file of text, opened once."""
        if name not in self._texts:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("w", encoding=encoding, errors="replace", newline="")
            self._texts[name] = self._open.enter_context(file)
        return self._texts[name]

    def begin(self, name: str, heading: Row, *, delimiter: str = ",", encoding: str = "utf-8") -> None:
        """A sheet with its heading."""
        self._writers[name] = csv.writer(self.text(name, encoding), delimiter=delimiter, lineterminator="\n")
        self._writers[name].writerow(heading)

    def add(self, name: str, rows: Iterable[Row]) -> None:
        """Rows to a sheet that was begun."""
        self._writers[name].writerows(rows)

    def lines(self, name: str, lines: Iterable[str]) -> None:
        """Lines to a file of text."""
        self.text(name).writelines(f"{line}\n" for line in lines)


def spoiled(rows: Sequence[Row], count: int) -> list[Row]:
    """The rows, with some put between them that lack their key, and some torn in the middle."""
    found = list(rows)
    for number in range(count if rows else 0):
        at = (number * 7919 + 11) % len(found)
        model = found[at]
        found[at:at] = [("", *model[1:]), (f"{model[0]}-torn", *model[1 : len(model) // 2])]
    return found
