"""What drivers of databases say, in our words: never a password, and never a value of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from threesixty.errors import SourceError, nearest
from threesixty.sources.connection import address, shown

# What can be wrong: by SQLSTATE (PostgreSQL), number (MySQL, MariaDB), or words (SQLite, or no code).
_STATES = {
    "42P01": "table", "3F000": "table", "42703": "asked", "42601": "asked",
    "28P01": "login", "28000": "login",
    "3D000": "database", "42501": "denied", "25006": "denied",
}  # fmt: skip
_NUMBERS = {
    1146: "table", 1054: "asked", 1064: "asked", 1045: "login", 1698: "login", 1049: "database",
    1044: "denied", 1142: "denied", 1143: "denied", 1792: "denied",
    2002: "away", 2003: "away", 2006: "away", 2013: "away",
}  # fmt: skip
_WORDS = {
    "no such table": "table", "no such column": "asked", "syntax error": "asked",
    "password authentication failed": "login", "no password supplied": "login", "pg_hba": "login",
    "does not exist": "database", "readonly": "denied", "not a database": "no database",
    "refused": "away", "timeout": "away", "timed out": "away", "resolve": "away", "closed": "away",
    "terminat": "away",
}  # fmt: skip
_TOLD = {
    "asked": (
        "{place} does not understand what is asked: {said}",
        "check table, query and incremental of the source in the project file",
    ),
    "login": (
        "{place} does not let {who} in: {said}",
        "check user and password: ${{NAME}} in the address is taken from the environment",
    ),
    "database": ("there is no database {place}", "check the name after the last /"),
    "no database": ("{place} is no SQLite database: {said}", "is the path right, and the file whole?"),
    "denied": (
        "{place} does not allow this: {said}",
        "let its user read there (GRANT SELECT); Threesixty only ever reads",
    ),
    "away": (
        "{place} cannot be reached: {said}",
        "is it running, and are host and port right? Load again: what was read so far is kept",
    ),
    "": ("{place} says: {said}", "what was read so far is kept: load again"),
}


@contextmanager
def explained(where: str, written: str, table: str, known: Callable[[], Sequence[str]]) -> Iterator[None]:
    """Errors of a driver as SourceError; `known` names the tables that there are, when one is missing."""
    try:
        yield
    except SourceError as error:
        if error.message.startswith(where):
            raise
        raise SourceError(f"{where}: {error.message}", hint=error.hint) from None
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        # Without its cause: that shows the statement and what was bound to it.
        raise _told(where, written, table, cause or error, known) from None


def _told(
    where: str, written: str, table: str, cause: BaseException, known: Callable[[], Sequence[str]]
) -> SourceError:
    place, said, kind = shown(written), _plain(cause, written), _kind(cause)
    if kind == "table" and table:
        return SourceError(f"{where}: {place} has no table {table!r}", hint=_near(table, known))
    told, hint = _TOLD["asked" if kind == "table" else kind]
    who = repr(address(written).username or "us")
    return SourceError(f"{where}: {told.format(place=place, said=said, who=who)}", hint=hint.format())


def _kind(cause: BaseException) -> str:
    number = cause.args[0] if cause.args and isinstance(cause.args[0], int) else None
    if number is not None:
        return _NUMBERS.get(number, "")
    state = getattr(cause, "sqlstate", None)
    if state:
        return _STATES.get(state, "away" if state.startswith(("08", "57")) else "")
    said = str(cause).casefold()
    return next((kind for words, kind in _WORDS.items() if words in said), "")


def _plain(cause: BaseException, written: str) -> str:
    """The first line of what the driver says, without the password, should it stand there."""
    number = len(cause.args) > 1 and isinstance(cause.args[0], int)
    said = str(cause.args[1] if number else cause).strip() or type(cause).__name__
    password = address(written).password
    if password:
        said = said.replace(str(password), "***")
    return re.sub(r"\s+", " ", said.partition("\n")[0])[:300]


def _near(table: str, known: Callable[[], Sequence[str]]) -> str:
    try:
        names = known()
    except SQLAlchemyError:
        names = []
    near = nearest(table, names)
    if near:
        return f"did you mean {near!r}?"
    listed = ", ".join(sorted(names)[:20])
    return f"it has: {listed}" if listed else "its user sees no table there: let it read (GRANT SELECT)"
