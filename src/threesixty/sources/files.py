"""Files of a source on this machine, and how each is known again when it comes again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from glob import glob, has_magic
from hashlib import sha256
from pathlib import Path

from threesixty.errors import SourceError, nearest
from threesixty.project import Source
from threesixty.sources.formats import read_rows
from threesixty.sources.rows import Rows

# A smaller file is read before another process has begun.
_BIG_BYTES = 8 << 20
_UNSET = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class File:
    """A file as a Delivery: known by its bytes, resumed at a row. `place` is where it lay, if not there, and
    `called` what tells it from the others of its source."""

    path: Path
    came_from: str = ""
    called: str = field(default="", compare=False)
    unit = "bytes"
    lasting = True

    @property
    def place(self) -> str:
        return self.came_from or str(self.path.resolve())  # from whichever folder the command was given

    @property
    def name(self) -> str:
        return self.called or self.path.name

    @property
    def size(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    @property
    def big(self) -> bool:
        return self.size >= _BIG_BYTES

    def digest(self) -> str:
        """The SHA-256 of the bytes, in hex; '' where they cannot be read, which reading it will say."""
        found = sha256()
        try:
            with self.path.open("rb") as stream:
                while chunk := stream.read(1 << 20):
                    found.update(chunk)
        except OSError:
            return ""
        return found.hexdigest()

    def rows(self, source: Source, _position: str = "", /) -> Iterator[Rows]:
        """Batches of rows, as the source says how to read them."""
        try:
            yield from read_rows(
                self.path,
                format=source.format,
                encoding=source.encoding,
                delimiter=source.delimiter,
                sheet=source.sheet,
            )
        except SourceError as error:
            if self.name == self.path.name or not error.message.startswith(self.path.name):
                raise
            said = self.name + error.message.removeprefix(self.path.name)
            raise SourceError(said, hint=error.hint) from error

    def fell_back(self, _position: str, /) -> str:
        """Never: a file that holds less is another."""
        return ""

    def at_hand(self, _folder: Path, /, *, whole: bool = True) -> AbstractContextManager[File]:
        """Itself: it is here already."""
        del whole
        return nullcontext(self)


def files(source: str, pattern: str) -> list[File]:
    """The files a path stands for, globs spelled out in order of name; SourceError when there is none."""
    with _looking(source, pattern):
        if Path(pattern).is_file():
            return [File(Path(pattern))]
        ensure_set(source, pattern)
        if found := matching(source, pattern):
            return [File(path) for path in found]
        what = "no file matches" if has_magic(pattern) else "there is no file"
        raise SourceError(f"source {source!r}: {what} {pattern}", hint=_missing_hint(Path(pattern)))


def ensure_set(source: str, pattern: str) -> None:
    """Raises SourceError when a name of the environment stands in a path and is not set."""
    if unset := _UNSET.search(pattern):
        raise SourceError(
            f"source {source!r}: {unset[0]} is not set",
            hint=f"set it first: export {unset[1]}=/the/folder/or/file",
        )


def matching(source: str, pattern: str) -> list[Path]:
    """The files that a path with * and ? stands for, in order of name; there may be none."""
    with _looking(source, pattern):
        return sorted(path for path in map(Path, glob(pattern, recursive=True)) if path.is_file())  # noqa: PTH207 - patterns may be absolute


@contextmanager
def _looking(source: str, pattern: str) -> Iterator[None]:
    """What keeps us from looking for files, in our words."""
    try:
        yield
    except OSError as error:
        raise SourceError(
            f"source {source!r}: {pattern} cannot be looked for: {error.strerror or error}",
            hint="check that its folder is there, and that you may enter it",
        ) from error


def _missing_hint(path: Path) -> str:
    if not path.parent.is_dir():
        return f"the folder {path.parent} is not there: put the file there, or change the path of the source"
    near = nearest(path.name, [each.name for each in path.parent.iterdir() if each.is_file()])
    return f"did you mean {near!r}?" if near else "put the file there, or change the path of the source"
