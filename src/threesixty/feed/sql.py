"""The follower as tables in a database of yours, kept right in the transactions that change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import (
    Column,
    ColumnClause,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    TableClause,
    bindparam,
    column,
    delete,
    insert,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.exc import IntegrityError

from threesixty.feed import Change, Changes, Follower, after

Each = Callable[[Connection, Change], None]
Rows = dict[str, tuple[str | None, str | None]]
"""Customer and heir by id."""
_PAGE, _IDS = 1_000, 10_000  # entries, and ids in them, of one transaction
_AT_ONCE = 500  # ids in one statement
_id = String(64)


def nothing(_connection: Connection, _change: Change) -> None:
    """Do nothing more with an entry."""


class SqlFollower:
    """Who answers for every id the feed ever told of, in two tables that are made where there are none.

    `threesixty_id` has a row for every `id`: `customer` answers for it now (NULL: nobody does), `heir` is set
    where it is of a Record that is gone. Keep your rows under the id of the Record they are about, and join
    them. `threesixty_position` says how far the feed was taken in. Both change in one transaction, together
    with your rows in the columns that `erase` names ("points.customer"): those of the forgotten are deleted.
    """

    def __init__(self, engine: Engine, *, erase: Iterable[str] = (), prefix: str = "threesixty") -> None:
        self.engine = engine
        self._erase = [_column(each) for each in erase]
        kept = MetaData()
        self._ids = Table(
            f"{prefix}_id", kept,
            Column("id", _id, primary_key=True), Column("customer", _id, index=True),
            Column("heir", _id, index=True),
        )  # fmt: skip
        self._place = Table(
            f"{prefix}_position", kept,
            Column("one", Integer, primary_key=True, autoincrement=False),
            Column("feed", _id, nullable=False), Column("position", Integer, nullable=False),
            Column("seen", String(255), nullable=False),
        )  # fmt: skip
        kept.create_all(engine)
        try:
            with engine.begin() as connection:
                if connection.execute(select(self._place.c.one)).first() is None:
                    connection.execute(insert(self._place).values(one=1, feed="", position=0, seen=""))
        except IntegrityError:
            pass  # another process began at the same time

    @property
    def position(self) -> int:
        """The number of the last entry that was taken in; 0 before the first."""
        with self.engine.connect() as connection:
            return int(connection.execute(select(self._place.c.position)).scalar_one())

    def follow(self, changes: Changes, *, each: Each = nothing, anew: bool = False) -> int:
        """Take in all there is, some 1,000 entries in a transaction; how many were new.

        `each` is called in the transaction of every new entry, after the tables were written: what it does
        with the connection happens once, however often this stops and is begun again. `anew` empties the two
        tables first, in one transaction with all entries from 0. Raises OtherFeed, FeedGap.
        """
        if not anew:
            return sum(self.take(page, each=each) for page in _pages(after(self.position, changes)))
        with self.engine.begin() as connection:
            self._lock(connection)
            connection.execute(delete(self._ids))
            connection.execute(update(self._place).values(feed="", position=0, seen=""))
            return sum(self._take(connection, page, each) for page in _pages(changes(0)))

    def take(self, entries: Sequence[Change], *, each: Each = nothing) -> int:
        """Take in some entries, all or none; how many were new. Raises OtherFeed, FeedGap."""
        with self.engine.begin() as connection:
            self._lock(connection)
            return self._take(connection, entries, each)

    def customer_of(self, known: str) -> str | None:
        """The customer that an id answers for now; None where nobody does."""
        asked = select(self._ids.c.customer).where(self._ids.c.id == known)
        with self.engine.connect() as connection:
            return connection.execute(asked).scalar()

    def customers(self) -> dict[str, set[str]]:
        """The Records of every customer there is now."""
        alive = select(self._ids.c.customer, self._ids.c.id).where(
            self._ids.c.customer.is_not(None), self._ids.c.heir.is_(None)
        )
        found: dict[str, set[str]] = {}
        with self.engine.connect() as connection:
            for customer, record in connection.execute(alive):
                found.setdefault(customer, set()).add(record)
        return found

    def _lock(self, connection: Connection) -> None:
        """Let no other process take entries in until this transaction ends, in any database."""
        connection.execute(update(self._place).values(one=1))

    def _take(self, connection: Connection, entries: Sequence[Change], each: Each) -> int:
        feed, position, seen = connection.execute(
            select(self._place.c.feed, self._place.c.position, self._place.c.seen)
        ).one()
        was = self._near(connection, _named(entries))
        known = _follower(feed, position, seen, was)
        new, erased = [], set[str]()
        for change in entries:
            if known.apply(change):
                new.append(change)
                erased |= known.erased(change)
        if new:
            self._write(connection, was, known)
            self._forget(connection, erased)
            at = {"feed": known.feed, "position": known.position, "seen": known.seen}
            connection.execute(update(self._place).values(at))
        for change in new:
            each(connection, change)
        return len(new)

    def _near(self, connection: Connection, named: set[str]) -> Rows:
        """Customer and heir of these ids, of those that lead to them, and of those they lead to."""
        found = Rows()
        asked, new = set[str](), named
        columns = self._ids.c
        while new:
            asked |= new
            reached = set[str]()
            for some in _chunks(sorted(new)):
                near = select(columns.id, columns.customer, columns.heir).where(
                    or_(columns.id.in_(some), columns.heir.in_(some))
                )
                for known, customer, heir in connection.execute(near):
                    found[known] = customer, heir
                    reached |= {known, heir} if heir else {known}
            new = reached - asked
        return found

    def _write(self, connection: Connection, was: Rows, known: Follower) -> None:
        rows = {
            one: (known.customer_of(one), None if one in known.records else known.heirs.get(one))
            for one in {*was, *known.records, *known.heirs}
        }
        added = [
            {"id": one, "customer": row[0], "heir": row[1]} for one, row in rows.items() if one not in was
        ]
        changed = [
            {"of": one, "who": row[0], "by": row[1]} for one, row in rows.items() if was.get(one, row) != row
        ]
        if added:
            connection.execute(insert(self._ids), added)
        if changed:
            one = update(self._ids).where(self._ids.c.id == bindparam("of"))
            connection.execute(one.values(customer=bindparam("who"), heir=bindparam("by")), changed)

    def _forget(self, connection: Connection, erased: set[str]) -> None:
        for some in _chunks(sorted(erased)):
            connection.execute(delete(self._ids).where(self._ids.c.id.in_(some)))
            for rows, under in self._erase:
                connection.execute(delete(rows).where(under.in_(some)))


def _column(written: str) -> tuple[TableClause, ColumnClause[str]]:
    where, _, last = written.rpartition(".")
    schema, _, name = where.rpartition(".")
    under = column(last, String)
    return table(name, under, schema=schema or None), under


def _follower(feed: str, position: int, seen: str, rows: Rows) -> Follower:
    follower = Follower(feed, position, seen)
    for known, (customer, heir) in rows.items():
        if heir:
            follower.heirs[known] = heir
        elif customer:
            follower.records[known] = customer
            follower.customers.setdefault(customer, set()).add(known)
    return follower


def _named(entries: Iterable[Change]) -> set[str]:
    found = set[str]()
    for change in entries:
        found.update(change.records, change.gone, filter(None, change.gone.values()))
    return found


def _pages(told: Iterable[Change]) -> Iterator[list[Change]]:
    page: list[Change] = []
    ids = 0
    for change in told:
        page.append(change)
        ids += len(change.records) + len(change.gone)
        if len(page) >= _PAGE or ids >= _IDS:
            yield page
            page, ids = [], 0
    if page:
        yield page


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
