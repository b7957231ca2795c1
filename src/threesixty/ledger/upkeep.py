"""Looking after the ledger: counts, rejects, backup and restore, checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from threesixty.errors import LedgerError, NotFound, OutOfSpace
from threesixty.ledger import backups, sqlite, tables
from threesixty.ledger.backups import Copy, Part, Stand
from threesixty.ledger.current import BY_CUSTOMER_ID
from threesixty.ledger.log import now
from threesixty.ledger.names import Names
from threesixty.ledger.remembered import REDRAW
from threesixty.ledger.rows import Counts
from threesixty.ledger.seals import Seals
from threesixty.ledger.session import explained, private
from threesixty.ledger.sqlite import listed
from threesixty.record import Reject
from threesixty.report import HeldReject, Tell
from threesixty.schema import MASTER

_mapped, _reject, _file, _link = tables.mapped.c, tables.reject.c, tables.file.c, tables.link.c


def _how_many(table: Any, *conditions: Any) -> Any:
    return select(func.count()).select_from(table).where(*conditions)


_KINDS = select(_mapped.source, _mapped.kind, _mapped.sort, func.count()).group_by(
    _mapped.source, _mapped.kind, _mapped.sort
)
_UNREADABLE = select(_mapped.source, _mapped.kind, _mapped.unreadable, func.count()).where(
    _mapped.unreadable != ""
).group_by(_mapped.source, _mapped.kind, _mapped.unreadable)  # fmt: skip
# Asked of the names, few of which are nobody's, and not of the many links that lead to them.
_twin = tables.name.alias("twin").c
_DANGLING = select(func.count(), func.min(tables.name.c.no)).where(
    # Ids of customers are no records: those that nobody is known by are told by `unknown_ids`.
    tables.name.c.kind != MASTER,
    (tables.name.c.source != BY_CUSTOMER_ID[0]) | (tables.name.c.kind != BY_CUSTOMER_ID[1]),
    ~select(_mapped.no).where(_mapped.no == tables.name.c.no).exists(),
    # A thing that several rows share is named by none of them.
    ~select(_mapped.no).where(_mapped.node > 0, _mapped.node == tables.name.c.no).exists(),
    select(_link.to_no).where(_link.to_no == tables.name.c.no).exists(),
    # Who names a customer by key need not know of which kind it is.
    tables.name.c.kind.not_in(listed("kinds"))
    | ~select(_mapped.no)
    .where(
        _mapped.no == _twin.no,
        _twin.source == tables.name.c.source,
        _twin.kind.in_(listed("kinds")),
        _twin.key == tables.name.c.key,
    )
    .exists(),
)
# What people decided: an action may say something of many pairs.
_STANDING = select(func.count(tables.decision.c.action.distinct())).where(
    tables.decision.c.action.not_in(select(tables.withdrawal.c.action)), tables.decision.c.person == 1
)
_CUSTOMERS = select(func.count(tables.membership.c.customer.distinct()))
_HOUSEHOLDS = select(func.count(tables.household.c.household.distinct()))
_SOURCE_REJECTS = select(_reject.source, func.count()).group_by(_reject.source)
_LAST_LOADS = select(_file.source, func.max(_file.at)).group_by(_file.source)
_REJECTS = (
    select(_reject.no, _reject.source, _reject.file, _reject.line, _reject.reason, _reject.row, _reject.at)
    .where((_reject.source == bindparam("of")) | (bindparam("of") == ""))
    .order_by(_reject.no)
    .limit(bindparam("many"))
)
_DROP_REJECT = delete(tables.reject).where(_reject.no == bindparam("number"))


class Upkeep(Names, Seals):
    """Counts and care."""

    # --- rejects -------------------------------------------------------------------------------------

    def rejects(self, source: str = "", *, limit: int = -1) -> list[HeldReject]:
        """Rejected rows as they are kept, of one source or of all, oldest first."""
        return [
            HeldReject(no, Reject(*row), at)
            for no, *row, at in self._rows(_REJECTS, of=source, many=limit if limit >= 0 else 1 << 40)
        ]

    def drop_reject(self, number: int) -> None:
        """Throw a reject away; raises NotFound."""
        with self.writing():
            if not self._do(_DROP_REJECT, number=number):
                raise NotFound("reject", str(number), hint="`threesixty rejects` lists them")

    # --- counts --------------------------------------------------------------------------------------

    def counts(self) -> Counts:
        """How much of everything there is. Reads through the live Records once."""
        with self.reading():
            kinds = self._rows(_KINDS)
            [(dangling, first)] = self._rows(_DANGLING, kinds=sorted(self.party_kinds))
            return Counts(
                seq=self._count("seq"),
                records=sum(row[3] for row in kinds),
                parties=sum(row[3] for row in kinds if row[2] == "party"),
                customers=self._value(_CUSTOMERS),
                households=self._value(_HOUSEHOLDS),
                identifiers=self._value(_IDENTIFIERS),
                decisions=self._value(_STANDING),
                parked=self._value(_how_many_of["parked"]),
                rejects=self._value(_how_many_of["reject"]),
                unreadable=sum(self.unreadable().values()),
                dangling=dangling,
                forgotten=self._value(_how_many_of["erasure"]),
                bytes=sum(file.stat().st_size for file in files(self.path)),
                kinds={(source, kind): count for source, kind, _, count in kinds},
                source_rejects=dict(self._rows(_SOURCE_REJECTS)),
                last_loads=dict(self._rows(_LAST_LOADS)),
                dangles=" ".join(f"{name.kind} {name}" for name in self.names([first] if dangling else [])),
            )

    def unreadable(self) -> dict[tuple[str, str, str], int]:
        """Values that could not be read, by (source, kind, property)."""
        found: dict[tuple[str, str, str], int] = {}
        for source, kind, names, count in self._rows(_UNREADABLE):
            for name in names.split(","):
                found[source, kind, name] = found.get((source, kind, name), 0) + count
        return found

    # --- backup and checks ---------------------------------------------------------------------------

    def backup(
        self,
        folder: Path,
        tell: Tell = lambda _: None,
        graph: Callable[[Path], Copy | None] = lambda _: None,
    ) -> Part:
        """Add a backup to a folder while the ledger is in use: whole at first, then what changed.

        `graph` copies the graph's file to a place, if it can; a copy that is not of the ledger's copy is left
        out. Raises LedgerError where the folder belongs to something else or is in use, OutOfSpace.
        """
        copy, of_graph = folder / "copy.part", folder / "graph.part"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with backups.alone(folder):
                try:
                    for file in (copy, of_graph):
                        file.unlink(missing_ok=True)
                        private(file)
                    with self._lock, explained(self.path):
                        sqlite.copy(self._driver, copy)
                    stand, drawn = _stand(copy), graph(of_graph)
                    fits = drawn is not None and stand.redraw <= drawn.applied <= stand.resolved
                    return backups.add(folder, copy, stand, tell, drawn if fits else None)
                finally:
                    for file in (copy, of_graph):
                        file.unlink(missing_ok=True)
        except OSError as error:
            raise OutOfSpace(
                f"{folder} cannot be written: {error.strerror}", hint="name another folder"
            ) from None

    def verify(self, *, indexes: bool = True) -> list[str]:
        """What is wrong with the ledger, in words: its file, its tables, its seals. Empty when nothing is.

        `indexes` need no look where the file is known to be, byte by byte, one that was looked at.
        """
        with self.reading():
            with explained(self.path):
                found = sqlite.problems(self._driver, indexes=indexes)
            found += [words for words, statement in _EQUATIONS.items() if self._rows(statement)]
            return found + [_unsealed(*stretch) for stretch in self.broken_seals()]


# Those that somebody carries now: what records carried once is kept to tell of it.
_IDENTIFIERS = select(func.count(tables.carries.c.identifier.distinct()))
_how_many_of = {table.name: _how_many(table) for table in (tables.parked, tables.reject, tables.erasure)}
_EQUATIONS: dict[str, Any] = {
    "a live record has no name": select(_mapped.no)
    .where(_mapped.no.not_in(select(tables.name.c.no)))
    .limit(1),
    "a live record has no version": select(_mapped.no)
    .where(_mapped.no.not_in(select(tables.version.c.no)))
    .limit(1),
    "a record carries an identifier that is not there": select(tables.carries.c.record)
    .where(tables.carries.c.identifier.not_in(select(tables.identifier.c.no)))
    .limit(1),
    "an entry stands after the end of the log": select(tables.version.c.seq)
    .where(
        tables.version.c.seq
        > select(tables.counter.c.value).where(tables.counter.c.what == "seq").scalar_subquery()
    )
    .limit(1),
}


def _unsealed(after: int, upto: int, received: int | None) -> str:
    when = (
        f", received {datetime.fromtimestamp(received / 1000, UTC):%Y-%m-%d %H:%M} UTC," if received else ""
    )
    if upto - after == 1:
        return f"entry {upto:,}{when} is not what was written then"
    return f"entries {after + 1:,} to {upto:,}{when} are not what was written then"


def files(path: Path) -> Sequence[Path]:
    """The files a ledger consists of, those that are there."""
    return [file for end in ("", "-wal", "-shm") if (file := path.with_name(path.name + end)).exists()]


def _stand(path: Path) -> Stand:
    """How far a closed copy of a ledger is; raises LedgerError where it is damaged."""
    with explained(path), closing(sqlite.plain(path)) as connection:
        found = sqlite.problems(connection)
        if found:
            raise LedgerError(f"{path} is damaged: {'; '.join(found[:3])}", hint="use another backup")

        def value(statement: str) -> Any:
            rows = connection.execute(statement).fetchone()
            return rows[0] if rows else None

        def reached(key: str) -> int:
            found = connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
            return int(json.loads(found[0])) if found else 0

        secret = value("SELECT value FROM meta WHERE key = 'secret'")
        return Stand(
            ledger=blake2b(bytes.fromhex(secret), digest_size=8).hexdigest(),
            seq=value("SELECT value FROM counter WHERE what = 'seq'"),
            redraw=reached(REDRAW),
            resolved=reached("resolved_seq"),
            seal=(value("SELECT digest FROM seal ORDER BY seq DESC LIMIT 1") or b"").hex(),
            erasures=_digest(connection, "SELECT seq FROM gone UNION SELECT seq FROM erasure ORDER BY seq"),
            at=now(),
        )


def _digest(connection: Any, statement: str) -> str:
    digest = blake2b(digest_size=8)
    for (number,) in connection.execute(statement):
        digest.update(number.to_bytes(8, "little"))
    return digest.hexdigest()
