"""Backups made, checked, and put in the ledger's place as of any entry; the forgotten stay forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from threesixty import sources
from threesixty.errors import LedgerError, NotFound, OutOfSpace, ThreesixtyError
from threesixty.graph import files
from threesixty.graph.connect import embedded_path
from threesixty.ledger import Ledger, backups
from threesixty.ledger.backups import Copy, Part
from threesixty.ledger.past import Standing
from threesixty.ledger.session import hold
from threesixty.pipeline import epochs
from threesixty.pipeline.batches import batched
from threesixty.pipeline.feed import Because, tell_everything
from threesixty.pipeline.forget import forget_records
from threesixty.pipeline.mapped import row_of
from threesixty.pipeline.opening import LEDGER, ledger_at
from threesixty.pipeline.remap import remap_source
from threesixty.pipeline.remap.differences import Differences
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.project import Project
from threesixty.record import Record
from threesixty.report import BackedUp, Progress, Tell, Verified

_BATCH = 5_000


def backup(ledger: Ledger, folder: Path, graph: Callable[[Path], Copy] | None, tell: Tell) -> BackedUp:
    """Add a backup to a folder, with the copy that `graph` makes of the embedded graph, if there is one."""
    why = "it is drawn further by now"

    def copied(target: Path) -> Copy | None:
        nonlocal why
        try:
            return graph(target) if graph else None
        except ThreesixtyError as error:
            why = error.message
        except OSError as error:
            why = f"its file could not be copied: {error.strerror}"
        return None

    part = ledger.backup(folder, tell, copied)
    _, found = backups.parts(folder)
    return BackedUp(
        str(folder), len(found), part.ledger.whole, part.seq, _seal(part.seq, part.seal), part.bytes,
        sum(one.bytes for one in found), part.graph is not None, why if graph and not part.graph else "",
    )  # fmt: skip


def verify(ledger: Ledger, seal: str) -> Verified:
    """Check file, tables and seals, and that a seal noted earlier is still one of the ledger's."""
    problems = ledger.verify()
    if seal:
        entry, _, digest = seal.partition("-")
        if not (entry.isdigit() and digest):
            raise NotFound(
                "seal", seal, hint="a seal is written as `29010-0123…`: entry, hyphen, 32 hex digits"
            )
        if ledger.sealed_as(int(entry)) != digest:
            why = "what it sealed was changed, or the ledger went back to before it"
            problems.append(f"the ledger has no such seal as {seal}: {why}")
    return Verified(tuple(problems), ledger.seq(), _seal(*ledger.seal()))


def _seal(seq: int, digest: str) -> str:
    return f"{seq}-{digest}" if digest else ""


def restore(project: Project, source: Path | None, *, to: str = "", tell: Tell = lambda _: None) -> list[str]:
    """Put a backup in the ledger's place, or the ledger itself back to an entry; what to know, in words.

    `to` is an entry's number, a date or an instant in UTC; by default everything the backup holds. The ledger
    that was there is kept beside it; the graph is that of the backup where it fits, else none, to be drawn.
    Everything of the ledger is made ready and checked first: on any error it stays as it was. Raises
    NotFound, LedgerError, LedgerHeld, GraphHeld, OutOfSpace.
    """
    target, graph = project.home / LEDGER, embedded_path(project.home)
    part = target.with_name(LEDGER + ".part")
    embedded = project.graph == "embedded"
    project.home.mkdir(parents=True, exist_ok=True)
    with closing(hold(target)), closing(files.hold(graph)) if embedded else nullcontext():
        remove_leftovers(project)
        try:
            found = backups.fetch(source or target, part, tell)
            told, unchanged = _made_ready(project, part, target, to, tell, looked_at=bool(found))
            # At no moment may a graph of another ledger stand beside this one: it could be believed.
            files.remove(graph)
            backups.put_in_place(part, target)
        except OSError as error:
            where = error.filename or project.home
            raise OutOfSpace(
                f"the ledger could not be restored: {where}: {error.strerror}",
                hint="mend that, or make room, then run the same command again: the ledger is as it was",
            ) from None
        finally:
            remove_leftovers(project)
        if source and found and unchanged and embedded:
            told += _graph_put_back(project, source, found, graph, tell)
    return told


def remove_leftovers(project: Project) -> None:
    """Remove what a restore that was killed left of a ledger."""
    for left in project.home.glob(f"{LEDGER}.part*"):
        left.unlink(missing_ok=True)


def still_there(project: Project) -> tuple[str, ...]:
    """Where a person still is who was forgotten: the ledger that a restore kept, in words."""
    kept = " and ".join(str(file) for file in backups.kept_before(project.home / LEDGER))
    return (f"{kept}, which a restore left, still holds what was known then: delete it",) if kept else ()


def _graph_put_back(
    project: Project, source: Path, found: Sequence[Part], graph: Path, tell: Tell
) -> list[str]:
    """Let the graph be that of the newest backup, if there is one; why not, in words."""
    newest = found[-1]
    if newest.graph is None:
        return []
    if newest.tables != files.fingerprint(project.schema):
        return ["the graph of the backup is of another schema, and was made anew from the ledger"]
    arriving = files.beside(graph, ".part")
    try:
        backups.fetch_graph(source, found, arriving, tell)
        files.put(graph, arriving, newest.tables)
    except LedgerError as damaged:
        return [f"{damaged.message}: the graph was made anew from the ledger"]
    except OSError as error:
        return [f"the graph could not be put back ({error.strerror}), and was made anew from the ledger"]
    finally:
        arriving.unlink(missing_ok=True)
    return []


def _made_ready(
    project: Project, part: Path, target: Path, to: str, tell: Tell, *, looked_at: bool
) -> tuple[list[str], bool]:
    """What to know, in words, and whether everything current is what it was in the backup."""
    with ledger_at(project, part) as ledger:
        tell(Progress("check the backup", 0, 1, "steps"))
        if problems := ledger.verify(indexes=not looked_at):
            raise LedgerError(f"the backup is damaged: {'; '.join(problems[:3])}", hint="use another backup")
        end, told = ledger.seq(), []
        upto = entry(ledger, to) if to else end
        forgotten, notice = _taken_over(project, ledger, target)
        if notice:
            told.append(notice)
            ledger.rename_feed()  # what was told after the backup is not known here either
        if upto < end:
            told += back_to(ledger, project, upto)
        weights = epochs.in_force(ledger, project)
        if forgotten:
            gone = forget_records(View.of(ledger, project, weights), forgotten, by="restore")
            records = "1 record that was" if gone == 1 else f"{gone:,} records that were"
            told.append(f"{records} forgotten after the backup: forgotten again")
        noted = ledger.note("restore", "restore", upto=upto, end=end)
        if upto < end or forgotten:
            resolve(ledger, weights, tell, anew=True, because=Because("restore"))
            ledger.settle()
        elif ledger.reached("resolved_seq") == end:
            ledger.set_state("resolved_seq", noted)
        tell_everything(ledger, Because("restore"))
    return told, upto == end and not forgotten


def entry(ledger: Ledger, to: str) -> int:
    """The entry that a number, a date or an instant means."""
    end = ledger.seq()
    if re.fullmatch(r"[\d,]+", to):
        upto = int(to.replace(",", ""))
        if 0 < upto <= end:
            return upto
        raise NotFound("entry", to, hint=f"the log holds the entries 1 to {end:,}")
    instant = moment(to)
    if instant is None:
        raise NotFound("entry", to, hint="give its number, a date such as 2026-01-31, or 2026-01-31T12:00")
    upto = ledger.said_by(instant)
    if not upto:
        raise NotFound("entry as early as that", to, hint=_began(ledger))
    return upto


def moment(to: str) -> int | None:
    """A date (its end) or an instant, in UTC where it names no zone, as epoch milliseconds; else None."""
    if to.isdigit():
        return None  # the number of an entry, also where it could be read as a date
    try:
        when = datetime.fromisoformat(to)
    except ValueError:
        return None
    if len(to) == len("2026-01-31"):
        when = when.replace(hour=23, minute=59, second=59, microsecond=999_000)
    when = when if when.tzinfo else when.replace(tzinfo=ZoneInfo("UTC"))
    return int(when.timestamp() * 1000)


def _began(ledger: Ledger) -> str:
    began = datetime.fromtimestamp(ledger.began() / 1000, ZoneInfo("UTC"))
    return f"the log begins on {began:%Y-%m-%d}" if ledger.seq() else "the log is empty"


def _taken_over(project: Project, ledger: Ledger, target: Path) -> tuple[list[int], str]:
    """Records that the ledger in place forgot, and what has to be said about it."""
    if not target.exists():
        return [], "there was no ledger: what was forgotten after the backup is not known here"
    try:
        with ledger_at(project, target, write=False) as present:
            if present.secret != ledger.secret:
                return [], "the ledger that was there is another one: nothing was taken over from it"
            return ledger.take_over(present), ""
    except ThreesixtyError as error:
        why = f"the ledger that was there cannot be read ({error.message})"
        return [], f"{why}: what was forgotten after the backup is not known here"


def back_to(ledger: Ledger, project: Project, upto: int) -> list[str]:
    """Cut the log, and map anew what is current by that; words about what could not be mapped."""
    speakers, standing = ledger.remade_since(upto), ledger.standing(ledger.cut(upto))
    renamed = list[Standing]()
    for some in batched(standing, _BATCH):
        found = _made_of(project, some)
        ledger.stand([(one, replace(found[one.no], name=one.name)) for one in some if one.no in found])
        renamed += [one for one in some if one.no not in found or found[one.no].name != one.name]
    told = [f"the ledger is as it was at entry {upto:,}"]
    # They stand under the names of then: what today's mapping makes of their rows is a matter of a remap.
    speakers |= {one.source for one in renamed}
    for source in project.sources:
        if source.name in speakers:
            remap_source(
                ledger, project, source, Differences(project.schema, ledger.names), here=True, whole=True
            )
    lost = len(renamed) - len(ledger.stood_on([one.row for one in renamed if one.row]))
    if lost > 0:
        told.append(
            f"{lost:,} records are no longer what the project's mapping makes of any row, and are left out"
        )
    return told


def _made_of(project: Project, standing: Sequence[Standing]) -> dict[int, Record]:
    """What the mapping makes of the rows of what stands: under its name, else of its kind; by number.

    Each by the mapping of the source that said it; by any where that is not known, or in the project no more.
    """
    known, found = {source.name for source in project.sources}, dict[int, Record]()
    for source in sorted(project.sources, key=lambda source: source.name):
        theirs: dict[str, list[Standing]] = {}
        for one in standing:
            if one.source == source.name or (one.source not in known and one.no not in found):
                theirs.setdefault(one.raw, []).append(one)
        rows = [row for raw in theirs if (row := row_of(raw))]
        for record in sources.from_rows(project, source, rows).records if rows else ():
            for one in theirs.get(record.raw, ()):
                same_kind = record.name.kind == one.name.kind and one.source == source.name
                if record.name == one.name or (same_kind and one.no not in found):
                    found[one.no] = record
    return found
