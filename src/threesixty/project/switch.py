"""Changing one line of a project file: the graph. Everything else in it stays, byte for byte."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from tempfile import NamedTemporaryFile

from threesixty.errors import Problem, ProjectError
from threesixty.project.places import stands

_VALUE = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")


def switch_graph(path: Path, graph: str) -> str:
    """Make the project file name another graph; the new line.

    The file is replaced at once or not at all, and only where it then says the same in every other
    respect. Raises ProjectError where it is written in a way that this cannot change.
    """
    file = path.resolve()
    data = file.read_bytes()
    before = data.decode("utf-8-sig")
    after = _changed(before, graph)
    if after is None or not _differs_only_there(before, after, graph):
        problem = Problem(f"the graph could not be changed to {graph!r}", f"write it there: {line_of(graph)}")
        raise ProjectError(str(path), [problem])
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    _replace(file, mark + after.encode())
    return line_of(graph)


def line_of(graph: str) -> str:
    """How a project file names a graph."""
    return f"graph = {json.dumps(graph, ensure_ascii=False)}"


def _changed(text: str, graph: str) -> str | None:
    """The text with the value of `graph` replaced, or with the line put in where there was none."""
    found = stands(text)
    end = "\r\n" if "\r\n" in text else "\n"
    if ("stores", "graph") in found:
        start = _offset(text, *found["stores", "graph"].value)
        value = _VALUE.match(text, start)
        return text[:start] + json.dumps(graph, ensure_ascii=False) + text[value.end() :] if value else None
    if header := re.search(r"^[ \t]*\[[ \t]*stores[ \t]*\][ \t]*(#[^\r\n]*)?(\r?\n|\Z)", text, re.MULTILINE):
        joint = "" if header[2] else end
        return text[: header.end()] + joint + line_of(graph) + end + text[header.end() :]
    if ("stores",) in found:
        return None
    joint = "" if not text or text.endswith("\n") else end
    return f"{text}{joint}{end}[stores]{end}{line_of(graph)}{end}"


def _offset(text: str, line: int, column: int) -> int:
    return len("".join(text.split("\n")[i] + "\n" for i in range(line - 1))) + column - 1


def _differs_only_there(before: str, after: str, graph: str) -> bool:
    try:
        old, new = (tomllib.loads(text.replace("\r\n", "\n")) for text in (before, after))
    except tomllib.TOMLDecodeError:
        return False
    stores = old.get("stores", {})
    return bool(isinstance(stores, dict) and new == {**old, "stores": {**stores, "graph": graph}})


def _replace(path: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
        part.write(data)
        part.flush()
        os.fsync(part.fileno())
    made = Path(part.name)
    try:
        made.chmod(path.stat().st_mode)
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
