"""A first project file from the files themselves: kinds, keys, roles, references, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from threesixty.errors import SourceError
from threesixty.sources.guess import firms, scores
from threesixty.sources.guess.links import link
from threesixty.sources.guess.region import region
from threesixty.sources.guess.samples import samples
from threesixty.sources.guess.shape import shape
from threesixty.sources.guess.writing import project

__all__ = ["guess"]


def guess(origins: Sequence[Path | str], *, folder: Path | None = None) -> str:
    """The text of a threesixty.toml for these files, to stand in `folder` (else the current one).

    An origin may also be a place in S3, or a database, with `#table` behind its address for one of its
    tables. A file that cannot be read, or whose kind cannot be guessed, is named in a comment. SourceError
    when that leaves nothing to load.
    """
    found, errors = samples(origins)
    shapes = [shape(sample) for sample in found]
    for one in shapes:
        scores.tell(one)
    if not any(one.kind for one in shapes):
        raise SourceError(
            "; ".join(error.message for error in errors) or "none of these files holds a kind that is known",
            hint=(errors[0].hint if len(errors) == len(origins) == 1 else "")
            or "give a file with names, e-mail addresses or orders, and a heading for every column",
        )
    for one in shapes:
        firms.tell(one)
    link(shapes)
    scores.point(shapes)
    return project(shapes, errors, region(shapes), folder or Path.cwd())
