"""What a remap changes: each sort of change counted, with an example; losses are named as such."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from threesixty.ledger.remade import Difference, Links, held_by
from threesixty.pipeline.mapped import values_of
from threesixty.record import Name, Reject, Scalar
from threesixty.report.remapped import Fate, Refused, Remade
from threesixty.schema import Schema
from threesixty.wording import scalar, time

_EXAMPLES = 10

Names = Callable[[Sequence[int]], Sequence[Name]]
Told = Callable[[], tuple[str, str]]
"""What stood and what stands, in words: asked for examples only."""


@dataclass
class Differences:
    """Everything that a remap changes. `names` gives the Names of Records and things by number."""

    schema: Schema
    names: Names
    rows: int = 0
    new: int = 0
    changed: int = 0
    ended: int = 0
    rejected: int = 0
    mended: int = 0
    counts: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    examples: dict[tuple[str, Fate], tuple[str, str, str]] = field(default_factory=dict)
    came: list[str] = field(default_factory=list)
    went: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, differ: Iterable[Difference]) -> None:
        for one in differ:
            self.changed += 1
            for what, fate, told in (*self._values(one), *_identifiers(one), *self._links(one)):
                self.counts[what, fate] += 1
                if (what, fate) not in self.examples:
                    self.examples[what, fate] = (str(one.record.name), *told())

    def begin(self, names: Sequence[Name]) -> None:
        """Records under names that nobody had."""
        self.new += len(names)
        self.came += map(_called, names[: _EXAMPLES - len(self.came)])

    def end(self, numbers: Sequence[int]) -> None:
        """Records that no row gives any more."""
        self.ended += len(numbers)
        self.went += map(_called, self.names(numbers[: _EXAMPLES - len(self.went)]))

    def forsake(self, before: Sequence[int], made: Sequence[int]) -> None:
        """Bags that no row names any more; those that were only just made of their rows are no news."""
        self.end(before)
        self.new -= len(made)
        for told in map(_called, self.names(made)):
            if told in self.came:
                self.came.remove(told)

    def reject(self, rejects: Iterable[Reject]) -> None:
        """Rows that can be no Records any more."""
        for one in rejects:
            self.rejected += 1
            self.reasons[one.reason] += 1
            self.refused.setdefault(one.reason, one.row)

    def words(self) -> str:
        """What came of it all, in one line."""
        counts = (
            (self.new, "new"), (self.changed, "changed"), (self.ended, "ended"),
            (self.rejected, "rows rejected"), (self.mended, "rejects mended"),
        )  # fmt: skip
        return ", ".join(f"{many:,} {what}" for many, what in counts if many) or "nothing comes out otherwise"

    def told(self) -> tuple[Remade, ...]:
        return tuple(
            Remade(what, count, *self.examples[what, fate], fate)
            for (what, fate), count in self.counts.most_common()
        )

    def refusals(self) -> tuple[Refused, ...]:
        return tuple(
            Refused(reason, count, self.refused[reason]) for reason, count in self.reasons.most_common()
        )

    # --- of one Record -------------------------------------------------------------------------------

    def _values(self, one: Difference) -> Iterator[tuple[str, Fate, Told]]:
        record, kind = one.record, self.schema.kinds[one.record.name.kind]
        was: Mapping[str, Scalar] = {"at": one.at, **one.before}
        is_ = {} if record.deleted else {"at": record.at, **record.values}
        unread = frozenset(record.unreadable) - one.unreadable
        if was == is_ and not unread:
            return
        for prop in sorted(was.keys() | is_.keys() | unread):
            before, after = was.get(prop), is_.get(prop)
            if before == after and prop not in unread:
                continue
            type_ = "instant" if prop == "at" else self.schema.type_of(kind, prop)
            fate = _fate(before, after, unread=prop in unread)
            yield f"{kind.name}.{prop}", fate, _both(before, after, type_)

    def _links(self, one: Difference) -> Iterator[tuple[str, Fate, Told]]:
        was, is_ = _by_role(one.linked), _by_role(one.links)
        for role in sorted(was.keys() | is_.keys()):
            before, after = was.get(role, []), is_.get(role, [])
            if before != after:
                fate: Fate = "changed" if after else "lost"
                yield f"{one.record.name.kind}.{role}", fate, self._ends(before, after)

    def _ends(self, before: Links, after: Links) -> Told:
        return lambda: (self._end(before), self._end(after))

    def _end(self, links: Links) -> str:
        names = map(str, self.names([to for _, to, _ in links]))
        return ", ".join(
            " ".join([name, *(f"{word} {value}" for word, value in values_of(said).items())])
            for name, (_, _, said) in zip(names, links, strict=True)
        )


def _fate(before: Scalar, after: Scalar, *, unread: bool) -> Fate:
    if after is None and unread:
        return "unreadable"
    return "lost" if after is None and before is not None else "changed"


def _both(before: Scalar, after: Scalar, type_: str) -> Told:
    return lambda: (_worded(before, type_), _worded(after, type_))


def _worded(value: Scalar, type_: str) -> str:
    """A value in words, '' for none; an instant with its zone, as another zone may be what changed."""
    if value is None:
        return ""
    if type_ == "instant" and isinstance(value, int):
        return f"{time(value)} UTC"
    return scalar(value, type_)


def _identifiers(one: Difference) -> Iterator[tuple[str, Fate, Told]]:
    carried = held_by(one.record)
    for kind in sorted({kind for (kind, _), _ in carried.items() ^ one.held.items()}):
        before, after = _shown(kind, one.held), _shown(kind, carried)
        yield f"identifier {kind}", "changed" if after else "lost", _said(before, after)


def _said(before: str, after: str) -> Told:
    return lambda: (before, after)


def _shown(kind: str, held: Mapping[tuple[str, str], str]) -> str:
    """The identifiers of a type, with what each is for."""
    return ", ".join(
        sorted(f"{value} ({use})" if use else value for (type_, value), use in held.items() if type_ == kind)
    )


def _by_role(links: Links) -> dict[str, Links]:
    found: dict[str, Links] = {}
    for link in links:
        found.setdefault(link[0], []).append(link)
    return found


def _called(name: Name) -> str:
    return f"{name} ({name.kind})"
