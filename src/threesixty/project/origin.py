"""Where the rows of a source come from: files, objects in S3, or a table or query of a database."""

from __future__ import annotations

import os
import re
from pathlib import Path

from threesixty.project.model import Database
from threesixty.project.table import Table

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet", "excel", "avro")
DATABASES = ("postgresql", "mysql", "mariadb", "sqlite")
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_S3 = "s3://"
_SQLITE = "sqlite:///"
_WHOLE_VARIABLE = re.compile(r"\$\{[^}]+\}")
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*(\+[a-zA-Z0-9_]+)?://.*", re.DOTALL)
_PASSWORD = re.compile(r"://[^/@:]*:(?P<password>[^@]*)@")
_OF_FILES = ("format", "encoding", "delimiter", "sheet")
_OF_DATABASES = ("table", "query", "incremental")


def origin(table: Table, folder: Path) -> tuple[tuple[str, ...], Database | None]:
    """Paths, or a database: one of them must be there."""
    if "database" not in table:
        for key in _OF_DATABASES:
            if key in table:
                table.take(key)
                table.problem(key, f"{key} belongs to a database", 'say which: database = "…"', at_key=True)
        return _paths(table, folder), None
    for key in ("path", *_OF_FILES):
        if key in table:
            table.take(key)
            table.problem(key, f"{key} belongs to a file, and this source is a database", at_key=True)
    return (), _database(table, folder)


def _paths(table: Table, folder: Path) -> tuple[str, ...]:
    given = table.take("path")
    if given is None:
        table.take("database")  # so that a misspelt one is told as that
        table.missing("path", "the file of this source, or a list of files; * and ? are allowed")
        return ()
    found = []
    for number, path in enumerate(given if isinstance(given, list) else [given]):
        where = (*table.where, "path", number) if isinstance(given, list) else (*table.where, "path")
        if not isinstance(path, str) or not path:
            table.notes.add(where, "a path must be text")
        elif path.startswith(_S3):
            found.append(_object(table, where, _expanded(path)))
        else:
            found.append(str(folder / Path(_expanded(path)).expanduser()))
    return tuple(found)


def _object(table: Table, where: tuple[str | int, ...], path: str) -> str:
    bucket, _, key = path.removeprefix(_S3).partition("/")
    if not bucket or re.search(r"[*?\[]", bucket):
        table.notes.add(where, f"{path!r} names no bucket", "such as s3://bucket/folder/*.csv.gz")
    elif not key:
        table.notes.add(where, f"{path!r} names no object", f"all of them are {path.rstrip('/')}/**")
    return path


def _expanded(path: str) -> str:
    """A path with names of the environment in it; one that is not set stays, since only loading needs it."""
    return _VARIABLE.sub(lambda found: os.environ.get(found[1], found[0]), path)


def _database(table: Table, folder: Path) -> Database:
    database = Database(
        _address(table, folder), table.text("table"), table.text("query"), table.text("incremental")
    )
    if database.table and database.query:
        table.problem("query", "a source reads a table or a query, not both", "leave one out", at_key=True)
    elif not (database.table or database.query):
        table.missing("table", 'what to read of it: table = "…", or query = "SELECT …"')
    if database.incremental and table.values.get("delivery") == "snapshot":
        hint = 'leave one of them out: delivery = "snapshot" reads the whole table'
        table.problem(
            "incremental", "a snapshot is whole, and incremental reads only what is new", hint, at_key=True
        )
    return database


def holds_password(address: str) -> bool:
    """Whether a password stands in the address of a database, and not only its name in the environment."""
    found = _PASSWORD.search(address)
    return found is not None and not _WHOLE_VARIABLE.fullmatch(found["password"])


def _address(table: Table, folder: Path) -> str:
    given = table.text("database")
    if _WHOLE_VARIABLE.fullmatch(given):
        return given
    if not _ADDRESS.fullmatch(given):
        hint = "such as postgresql://reader:${PASSWORD}@host:5432/shop, mysql://…, sqlite:///shop.db"
        table.problem("database", "this is not the address of a database", hint)
    elif holds_password(given):
        hint = "write ${NAME} in its place, and give it in the environment: export NAME=…"
        table.problem("database", "a password stands in the project file", hint)
        return ""
    elif given.startswith(_SQLITE):
        return _SQLITE + str(folder / Path(_expanded(given.removeprefix(_SQLITE))).expanduser())
    return given
