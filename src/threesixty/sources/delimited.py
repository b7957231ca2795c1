"""CSV and its relatives: streamed, every field text, every broken row on its own."""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from threesixty.errors import SourceError
from threesixty.sources.rows import (
    BATCH_BYTES,
    BATCH_ROWS,
    FIELD_LIMIT,
    Bad,
    Rows,
    bad,
    checked_header,
)
from threesixty.sources.stream import Lines

_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1e\x7f]")
DELIMITERS = ",;\t|"
_CUT = "the file ends in the middle of this row"

csv.field_size_limit(FIELD_LIMIT)


def sniff_delimiter(sample: str) -> str:
    """The delimiter that cuts the first lines into the same, largest number of fields."""
    if sample[:4].lower() == "sep=":
        return sample[4]
    lines = [line for line in sample.splitlines()[:100] if line.strip()]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines[:-1] or lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    except csv.Error:
        return 0.0, 0
    if not counts:
        return 0.0, 0
    fields, rows = counts.most_common(1)[0]
    return (rows / counts.total() if fields > 1 else 0.0), fields


def read_delimited(lines: Lines, delimiter: str, where: str) -> Iterator[Rows]:
    """Batches of rows. A row with too many or too few fields, or that cannot be read, is a Bad."""
    rows = _Rows(lines, delimiter)
    first = next(rows.parsed(), None)
    if first is not None and isinstance(first, _Row) and first.cells[0].lower().startswith("sep="):
        first = next(rows.parsed(), None)
    if first is None:
        return
    if isinstance(first, Bad):
        raise SourceError(f"{where}: the first line cannot be read: {first.reason}", hint=_HEADER_HINT)
    if _NO_TEXT.search("".join(first.cells)):
        raise SourceError(f"{where}: the first line is no text", hint=_HEADER_HINT)
    header = checked_header(first.cells, where)
    yield from _batches(rows, header)


_HEADER_HINT = "the first line must name the columns; check encoding and delimiter in the project file"


def _batches(rows: _Rows, header: list[str]) -> Iterator[Rows]:
    rows.width = len(header)
    cells: list[list[str]] = []
    numbers: list[int] = []
    broken: list[Bad] = []
    for row in rows.parsed():
        if isinstance(row, Bad):
            broken.append(row)
        else:
            cells.append(row.cells)
            numbers.append(row.line)
        if len(cells) + len(broken) >= BATCH_ROWS or rows.size >= BATCH_BYTES:
            yield Rows(_columns(header, cells), numbers, broken, rows.lines.position())
            cells, numbers, broken = [], [], []
            rows.size = 0
    yield Rows(_columns(header, cells), numbers, broken, rows.lines.position())


def _columns(header: list[str], cells: list[list[str]]) -> dict[str, list[str | None]]:
    if not cells:
        return {name: [] for name in header}
    return {name: list(column) for name, column in zip(header, zip(*cells, strict=True), strict=True)}


@dataclass(slots=True)
class _Row:
    line: int
    cells: list[str]


@dataclass(slots=True)
class _Rows:
    """Rows of fields from physical lines. Remembers the lines of the row in hand, because a row that
    goes wrong over several lines (a stray quote) gives back all but its first."""

    lines: Lines
    delimiter: str
    width: int = 0
    size: int = 0
    held: list[str] = field(default_factory=list)
    returned: deque[str] = field(default_factory=deque)
    line: int = 0

    def feed(self) -> Iterator[str]:
        while True:
            text = self.returned.popleft() if self.returned else self.lines.next()
            if not text:
                return
            self.held.append(text)
            self.size += len(text)
            yield text

    def parsed(self) -> Iterator[_Row | Bad]:
        reader = csv.reader(self.feed(), delimiter=self.delimiter)
        while True:
            self.held.clear()
            first = self.line + 1
            try:
                cells = next(reader, None)
                reason = self._complaint(cells) if cells else ""
            except csv.Error as error:
                cells, reason = [], _in_words(error)
            if cells is None:
                break
            if reason:
                reader = csv.reader(self.feed(), delimiter=self.delimiter)
                yield self._rejected(first, reason)
            else:
                self.line += len(self.held)
                if any(cells):
                    yield _Row(first, cells)
        if self.lines.torn:
            yield bad(self.line + 1, self.lines.torn, "", cut=True)

    def _complaint(self, cells: list[str]) -> str:
        whole = (len(self.held) == 1 and not self.lines.ended) or self._closed()
        if self.lines.ended and not self.held[-1].endswith(("\n", "\r")):
            return "" if whole and self._fits(cells) else _CUT
        if not whole:
            return "a quote is opened and never closed"
        return "" if self._fits(cells) else f"{len(cells)} fields where the first line names {self.width}"

    def _fits(self, cells: list[str]) -> bool:
        return not self.width or len(cells) == self.width

    def _closed(self) -> bool:
        """Whether the row is whole in the strict sense: a stray quote can make several rows look like one."""
        try:
            return len(list(csv.reader(self.held, delimiter=self.delimiter, strict=True))) == 1
        except csv.Error:
            return False

    def _rejected(self, line: int, reason: str) -> Bad:
        """Only the first line is rejected; the others may be good rows that it swallowed."""
        text, *others = self.held
        self.returned.extendleft(reversed(others))
        self.size -= sum(map(len, others))
        self.line += 1
        return bad(line, reason, text.rstrip("\r\n"), cut=reason == _CUT)


def _in_words(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a field of more than {FIELD_LIMIT:,} characters"
    return f"not readable as CSV: {error}"
