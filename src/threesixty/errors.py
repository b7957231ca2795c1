"""Every error Threesixty raises on purpose; catch the root, or the branch you can do something about.

ThreesixtyError                 the root; `.hint` says what to do next
├── ProjectError                threesixty.toml is wrong: `.problems`, each with line, column and a suggestion
├── SourceError                 a source file cannot be read at all (a bad row is a reject, never an error)
│   ├── SnapshotShrank          a snapshot lost so many keys that somebody should look first
│   └── ContractBroken          columns are not as agreed with the source: nothing of it was taken in
├── NotFound                    nothing answers to that name: customer, record, identifier, question …
├── SeveralMatches              more than one customer answers: `.matches`
├── Forgotten                   the person was forgotten; only naming them again admits them
├── DecisionRefused             a merge, split or undo that cannot be carried out, and why
├── OtherFeed                   entries of the `changes` feed are of another one than was followed so far
├── FeedGap                     entries of the `changes` feed are missing: read it again from where you are
├── WeightsError                weights that say nothing of a level, or cannot be read: `.levels`
├── RatesError                  an amount cannot be converted: a rate is missing, or its file is wrong
├── QuestionError               a question was asked wrongly: parameter missing, unknown, of the wrong type
├── LedgerError                 the ledger cannot be used
│   ├── LedgerTooNew            written by a newer Threesixty than this one
│   └── LedgerHeld              another process is writing to it
├── GraphError                  the graph cannot be used
│   ├── GraphHeld               another process holds the embedded graph: `.pid`
│   ├── GraphUnavailable        it cannot be reached or opened; the ledger still answers the card
│   │   └── GraphDamaged        its files cannot be trusted: `.path`; set them aside and rebuild
│   ├── GraphBusy               conflicts or throttling went on longer than patience: try again later
│   ├── GraphDenied             the graph refuses who asks, or that they do this
│   ├── GraphTimeout            a question ran over its budget
│   └── GraphRefused            the graph did not understand the statement
└── OutOfSpace                  the disk is nearly full; nothing was written
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known name most like a wrong one, or None when nothing comes close."""
    choices = {name.casefold(): name for name in known}
    close = get_close_matches(wrong.casefold(), choices, n=1, cutoff=0.6)
    return choices[close[0]] if close else None


class ThreesixtyError(Exception):
    """Something Threesixty can explain: what was wrong, and what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a project file. Lines and columns count from 1; 0 is 'not at one place'."""

    message: str
    hint: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{place}{self.message}" + (f"\n    → {self.hint}" if self.hint else "")


class ProjectError(ThreesixtyError):
    """The project file is wrong; every problem is listed, not only the first."""

    exit_code = 2

    def __init__(self, path: str, problems: Sequence[Problem]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"{path}: {count}\n{lines}")
        self.problems = tuple(problems)


_TOLD = 5
"""So many files that cannot be read are named."""


class SourceError(ThreesixtyError):
    """A source cannot be read at all. `.loaded` is the report of a load that took in all the others."""

    exit_code = 2
    loaded: object = None


def together(source: str, errors: Sequence[SourceError]) -> SourceError:
    """Why several files of a source cannot be read, as one error; the only one as it is."""
    if len(errors) == 1:
        return errors[0]
    more = len(errors) - _TOLD
    lines = [f"  {one}" for one in errors[:_TOLD]] + ([f"  and {more:,} more"] if more > 0 else [])
    return SourceError("\n".join([f"{len(errors):,} files of source {source!r} cannot be read", *lines]))


class SnapshotShrank(SourceError):
    """A snapshot lost so many of its keys that it is more likely to be broken than true."""


class ContractBroken(SourceError):
    """The columns of a source are not as agreed; nothing of the delivery was taken in."""


class NotFound(ThreesixtyError):
    """Nothing answers to a name; the nearest known one is offered."""

    exit_code = 4

    def __init__(self, what: str, wrong: str, known: Iterable[str] = (), *, hint: str = "") -> None:
        near = nearest(wrong, known)
        super().__init__(
            f"no {what} answers to {wrong!r}",
            hint=f"did you mean {near!r}?" if near else hint,
        )


class SeveralMatches(ThreesixtyError):
    """More than one customer, or record, answers to a name; `.matches` holds (id, name) pairs."""

    exit_code = 3

    def __init__(self, wrong: str, matches: Sequence[tuple[str, str]], what: str = "customers") -> None:
        super().__init__(f"{len(matches)} {what} answer to {wrong!r}", hint="name one by its id")
        self.matches = tuple(matches)


class Forgotten(ThreesixtyError):
    """The person was forgotten, and nothing about them is kept."""

    exit_code = 4


class DecisionRefused(ThreesixtyError):
    """A merge, split or undo that cannot be carried out."""

    exit_code = 2


class WeightsError(ThreesixtyError):
    """Weights that cannot be used; `.levels` are those that were never learned, as 'field.level'."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "", levels: Iterable[str] = ()) -> None:
        super().__init__(message, hint=hint)
        self.levels = tuple(levels)


class OtherFeed(ThreesixtyError):
    """Numbers of the feed go on from another one than was followed so far."""

    exit_code = 2


class FeedGap(ThreesixtyError):
    """Entries of the feed were left out."""

    exit_code = 2


class RatesError(ThreesixtyError):
    """An amount cannot be converted: a rate is missing, or the file of rates is wrong."""

    exit_code = 2


class QuestionError(ThreesixtyError):
    """A question was asked wrongly."""

    exit_code = 2


class LedgerError(ThreesixtyError):
    """The ledger cannot be used."""

    exit_code = 5


class LedgerTooNew(LedgerError):
    """The ledger was written by a newer Threesixty."""


class LedgerHeld(LedgerError):
    """Another process is writing to the ledger."""


class GraphError(ThreesixtyError):
    """The graph cannot be used."""

    exit_code = 5


class GraphHeld(GraphError):
    """Another process holds the embedded graph file."""

    def __init__(self, path: str, pid: int) -> None:
        super().__init__(
            f"the graph {path} is in use by process {pid}",
            hint="one process at a time holds the embedded graph: end the other one, or ask it",
        )
        self.pid = pid


class GraphUnavailable(GraphError):
    """The graph cannot be reached or opened."""


class GraphDamaged(GraphUnavailable):
    """The files of the embedded graph cannot be trusted; the ledger can draw it again."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"the graph {path} cannot be used: {reason}", hint="`threesixty rebuild` draws it again"
        )
        self.path = path
        self.reason = reason


class GraphBusy(GraphError):
    """The graph answered with conflicts, throttling or want of memory for longer than we tried."""


class GraphDenied(GraphError):
    """The graph refuses who asks, or that they do what they asked for."""


class GraphTimeout(GraphError):
    """A question ran over its time budget."""


class GraphRefused(GraphError):
    """The graph did not understand a statement."""


class OutOfSpace(ThreesixtyError):
    """The disk is nearly full; nothing was written."""

    exit_code = 5
