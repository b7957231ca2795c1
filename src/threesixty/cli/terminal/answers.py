"""The rows of a Question as a table: figures and days are never cut, ids give way before names do.

Where a table would cut most of what it says, each row is written as lines of a column and its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.page import grid
from threesixty.cli.terminal.text import ACCENT, LOUD, QUIET, WARN, count, flow, say, scalar, words
from threesixty.report import Answer

_NUMERIC = ("integer", "number", "money")
_ID = re.compile(r"[a-z_]+:\S+")
_GAP = 2
_SAYS = 12
"""A text that is cut to less than this says next to nothing."""
# How wide ids and other texts may be, step by step narrower: ids become short before the others do.
_NARROW = [
    (ids, texts)
    for ids, least in ((12, 16), (8, 10), (6, 10), (4, 10))
    for texts in range(40, least - 1, -1)
]  # fmt: skip


def answer(result: Answer, types: Mapping[str, str], zone: tzinfo = UTC, width: int = 80) -> RenderableType:
    """The rows of a Question; `types` tells how to write each column. Rows too long for the screen are
    written one value a line."""
    if not result.rows:
        return Group(flow("No rows."), *_notes(result))
    kinds = [types.get(column, "text") for column in result.columns]
    rows = [
        [scalar(value, kind, zone) for value, kind in zip(row, kinds, strict=True)] for row in result.rows
    ]
    columns = [words(column) for column in result.columns]
    widths = _widths([columns, *rows], kinds, width)
    body = _table(columns, rows, kinds, widths) if widths else _listed(columns, rows)
    return Group(body, *_notes(result))


def _widths(rows: Sequence[Sequence[str]], kinds: Sequence[str], width: int) -> list[int]:
    """How wide each column is, its head the first row; none where too much would have to be cut."""
    columns = list(zip(*rows, strict=True))
    whole = [max(map(cell_len, column)) for column in columns]
    said = [max(map(cell_len, column[1:])) for column in columns]
    texts = [place for place, kind in enumerate(kinds) if kind == "text"]
    ids = [place for place in texts if all(map(_ID.fullmatch, columns[place][1:]))]
    room = width - _GAP * (len(whole) - 1)
    if sum(whole) <= room:
        return whole
    for of_ids, of_texts in _NARROW:
        # Of figures and days only the head is cut.
        widths = [max(least, min(need, of_texts)) for least, need in zip(said, whole, strict=True)]
        for place in texts:
            widths[place] = min(whole[place], of_ids if place in ids else of_texts)
        if sum(widths) <= room:
            # What room is left goes to names first, to ids last.
            for place in sorted(range(len(whole)), key=lambda each: (each in ids, each not in texts)):
                widths[place] += min(whole[place] - widths[place], room - sum(widths))
            cut = [
                _SAYS > widths[place] < cell_len(text)
                for place in texts
                if place not in ids
                for text in columns[place][1:]
            ]
            return [] if cut and sum(cut) * 2 >= len(cut) else widths
    return []


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], kinds: Sequence[str], widths: Sequence[int]
) -> Table:
    table = Table(
        box=None,
        padding=(0, _GAP, 0, 0),
        pad_edge=False,
        header_style=f"{LOUD} {ACCENT}",
        collapse_padding=True,
    )
    for column, kind, wide in zip(columns, kinds, widths, strict=True):
        table.add_column(
            say(column), justify="right" if kind in _NUMERIC else "left", no_wrap=True, width=wide
        )
    for row in rows:
        table.add_row(*map(say, row))
    return table


def _listed(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> RenderableType:
    table = grid("fit", "wrap")
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            table.add_row(say(column, QUIET), flow(value))
        table.add_row(Text(""), Text(""))
    return table


def _notes(result: Answer) -> Iterator[RenderableType]:
    if result.truncated:
        yield flow("There is more: the question's budget cut the answer short.", WARN)
    if result.note:
        yield flow(result.note, WARN)
    rows = count(len(result.rows), "row")
    yield flow(f"{rows} in {result.milliseconds:,.1f} ms", QUIET)
