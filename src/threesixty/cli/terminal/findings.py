"""Findings of the lint: each with its line, a caret below, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from threesixty.cli.terminal.text import BAD, GOOD, LOUD, QUIET, WARN, clean, count, cut, flow

if TYPE_CHECKING:
    from threesixty.neptune.lint import Finding

_STYLES = {"error": BAD, "warning": WARN}
_BEFORE = 40  # characters of a long line that stand before the place


def findings(found: Mapping[str, tuple[str, Sequence[Finding]]], width: int) -> RenderableType:
    """What was found in each text, by its name: the text and its findings."""
    parts: list[RenderableType] = []
    for name, (text, some) in found.items():
        for finding in some:
            parts.extend(_finding(name, text, finding, width))
    every = [finding for _, some in found.values() for finding in some]
    return Group(*parts, _summary(every, len(found)))


def _finding(name: str, text: str, finding: Finding, width: int) -> Iterator[RenderableType]:
    place = f"{clean(name)}:{finding.line}:{finding.column}"
    yield Text.assemble(
        (place, LOUD), " ", (finding.level, _STYLES[finding.level]), " ", (finding.rule, QUIET)
    )
    yield from _shown(text, finding, width)
    yield Padding(flow(finding.message), (0, 0, 0, 2), expand=False)
    yield Padding(flow(f"→ {finding.rewrite}", GOOD), (0, 0, 0, 2), expand=False)
    yield Padding(Text(finding.page, QUIET, overflow="fold"), (0, 0, 0, 2), expand=False)
    yield Text("")


def _shown(text: str, finding: Finding, width: int) -> Iterator[RenderableType]:
    """The line with the place marked; of a long line, what stands around it."""
    # Lines are counted as the parser does: nothing but a line feed ends one.
    line = [*text.split("\n"), ""][finding.line - 1]
    line = "".join(char if char.isprintable() else " " for char in line)
    margin = f"  {finding.line} │ "
    first = max(0, finding.column - 1 - _BEFORE) if len(line) > width - len(margin) else 0
    before = cell_len(line[first : finding.column - 1])
    yield Text.assemble((margin, QUIET), cut(line[first:], width - len(margin)), no_wrap=True)
    yield Text.assemble((" " * (len(margin) - 2) + "│ ", QUIET), " " * before, ("^", _STYLES[finding.level]))


def _summary(every: Sequence[Finding], texts: int) -> Text:
    if not every:
        return flow(f"Nothing found in {count(texts, 'text')}.")
    errors = sum(finding.level == "error" for finding in every)
    kinds = [count(errors, "error")] if errors else []
    kinds += [count(len(every) - errors, "warning")] if len(every) > errors else []
    return flow(f"{' and '.join(kinds)} in {count(texts, 'text')}.")
