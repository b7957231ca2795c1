"""The files of a source in their order; a file that cannot be read does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from hashlib import blake2b
from itertools import dropwhile

from threesixty.errors import SourceError
from threesixty.ledger import FileMark, Ledger
from threesixty.project import Project, RecordMapping, Source
from threesixty.sources import Delivery

_WAY = "way "

Marked = tuple[Delivery, FileMark]
"""What a source delivers, and how far it was read."""
Read = Callable[[Delivery, FileMark], FileMark]


def how_far(ledger: Ledger, source: Source, delivery: Delivery) -> FileMark:
    """How far a delivery was read; from its beginning where its content or the way of reading it changed."""
    digest, mark = delivery.digest(), ledger.file_mark(source.name, delivery.place)
    way = way_of(source)
    whole = f"{digest} {way}".strip() if digest else ""
    # What was read before ways were noted was read in the first that was.
    plain = digest if ledger.state(_WAY + source.name) in (None, way) else None
    if mark is None or not mark.digest or mark.digest not in (whole, plain):
        return FileMark(source.name, delivery.place, whole, 0, done=False)
    return mark if delivery.lasting else replace(mark, rows=0, done=False)


def way_of(source: Source) -> str:
    """A digest of how files are read (format, encoding, delimiter, sheet); '' for the defaults."""
    said = (source.format, source.encoding, source.delimiter, source.sheet)
    return blake2b(repr(said).encode(), digest_size=8).hexdigest() if any(said) else ""


def note_way(ledger: Ledger, source: Source) -> None:
    """Note in which way files of a source are read, unless that was noted before."""
    if ledger.state(_WAY + source.name) is None:
        ledger.set_state(_WAY + source.name, way_of(source))


def read_all(marks: Sequence[Marked], read: Read, waiting: list[str]) -> list[FileMark]:
    """Read files that are only of use together; how far each was read. `waiting` names those not begun."""
    waiting[:] = [each.name for each, mark in marks if not mark.done]
    reached = []
    for each, mark in marks:
        if not mark.done:
            waiting.pop(0)
        reached.append(read(each, mark))
    return reached


def read_each(
    ledger: Ledger, project: Project, source: Source, there: AbstractSet[str],
    marks: Sequence[Marked], read: Read,
) -> tuple[list[FileMark], list[SourceError], str]:  # fmt: skip
    """Read what can be read: how far, why the rest could not be, and what there is to say. `there` are all
    places of the source.

    Where no version orders the rows of a key, their arrival does. What came behind a file that cannot be
    read is then read once more when that one can: all is as if it had been good from the beginning, but for
    what is not there any more.
    """
    marked = {each.place: (each, mark) for each, mark in marks}
    fresh = {place for place, (_, mark) in marked.items() if not mark.done}
    came = _came(ledger.came(source.name), there, fresh)
    turns = [place for place in dict.fromkeys([*came, *marked]) if place in marked]
    ordered = all(_versioned(project, mapping) for mapping in source.records)
    reached, errors, mended = list[FileMark](), list[SourceError](), set[str]()
    for place in turns:
        each, mark = marked[place]
        if mended and place in came:
            # Whatever is noted of it: a process that was killed may have read it before it could say so.
            mark = replace(mark, rows=0, done=False)
        try:
            reached.append(read(each, mark))
        except SourceError as error:
            errors.append(error)
            if not ordered:
                came[place] = True
                for other in turns[turns.index(place) :]:
                    if other in fresh:
                        came.setdefault(other, False)
                ledger.set_came(source.name, came)
        else:
            if came.get(place):
                mended.add(place)
    away = [place for place in _behind(came, mended) if place not in there]
    # One behind that waits, since somebody writes to it, is to be read once more yet.
    if came.keys() & there <= marked.keys():
        came |= dict.fromkeys(mended, False)
    # Before the first that cannot be read there is nothing to be read once more.
    ledger.set_came(source.name, dict(dropwhile(lambda one: not one[1], came.items())))
    return reached, errors, _overruled(away)


def _behind(came: Iterable[str], mended: Collection[str]) -> list[str]:
    """The files that came after the first of those that were mended."""
    return list(dropwhile(lambda place: place not in mended, came))


def _overruled(away: Sequence[str]) -> str:
    """A warning about files that should be read once more after one that was mended, but are gone."""
    if not away:
        return ""
    more = f" and {len(away) - 1:,} more" if len(away) > 1 else ""
    what = f"{away[0].rpartition('/')[2]}{more}, which came behind a file that is mended now"
    are = "are" if more else "is"
    return f"{what}, {are} not there any more: where both have a key, what is mended counts as the newer"


def taken_away(places: Sequence[str]) -> list[str]:
    """A warning about files of a snapshot that are gone."""
    first, more = places[0].rpartition("/")[2] if places else "", len(places) - 1
    if more == 0:
        return [f"{first} is not there any more: the others were read again for what it alone held"]
    and_more = f"{first} and {more:,} more are not there any more"
    return [f"{and_more}: the others were read again for what they alone held"] if places else []


def _came(before: Mapping[str, bool], there: AbstractSet[str], fresh: Collection[str]) -> dict[str, bool]:
    """The files that came since the first that cannot be read, in order; True for those that cannot.

    A file whose content changed counts as new, unless it could not be read before. A file that cannot be read
    and is gone is left out.
    """
    return {place: bad for place, bad in before.items() if (place in there if bad else place not in fresh)}


def _versioned(project: Project, mapping: RecordMapping) -> bool:
    """Whether rows have a version or a time, so that arrival does not decide which is the newest."""
    kind = project.schema.kinds.get(mapping.kind) if isinstance(mapping.kind, str) else None
    return bool(mapping.version) or (kind is not None and kind.sort == "party" and "at" in mapping.columns)
