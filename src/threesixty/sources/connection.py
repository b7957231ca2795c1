"""A connection to somebody's database: for reading only, its values as the text that it writes itself."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from threesixty.errors import SourceError
from threesixty.sources.rows import written

_PATIENCE = 15
"""Seconds after which a host that does not answer is away."""
_DRIVERS = {
    "postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg",
    "mysql": "mysql+pymysql", "mariadb": "mysql+pymysql",
}  # fmt: skip
_PACKAGES = {
    "postgresql+psycopg": "'threesixty[postgresql]'", "mysql+pymysql": "'threesixty[mysql]'",
    "duckdb": "duckdb-engine",
}  # fmt: skip
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
# What psycopg would make dates, times and JSON of, and cannot for all that PostgreSQL holds.
_AS_WRITTEN = ("date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb")


def address(written: str) -> URL:
    """The address as the project file writes it, with the environment's names filled in."""
    whole = _VARIABLE.fullmatch(written)
    try:
        url = make_url(_value(whole[1]) if whole else written)
    except (ArgumentError, ValueError):
        # It is not shown: where it is wrong, nobody can say what in it is the password.
        raise SourceError(
            "this is not the address of a database" + (f" in ${{{whole[1]}}}" if whole else ""),
            hint="such as postgresql://reader:${PASSWORD}@host:5432/shop, mysql://…, sqlite:///shop.db",
        ) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    return url.set(
        username=_filled(url.username),
        password=_filled(None if url.password is None else str(url.password)),
        host=_filled(url.host),
        database=_filled(url.database),
    )


def _filled(part: str | None) -> str | None:
    return None if part is None else _VARIABLE.sub(lambda found: _value(found[1]), part)


def _value(name: str) -> str:
    if name not in os.environ:
        raise SourceError(f"${{{name}}} is not set", hint=f"set it first: export {name}=…")
    return os.environ[name]


def shown(written: str) -> str:
    """The address without who asks and what they know: to be printed, and to know a database again."""
    url = address(written)
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{url.host or ''}{port}/{url.database or ''}"


@contextmanager
def connected(written: str) -> Iterator[Connection]:
    """A connection that cannot write. Raises SourceError without a driver, else what the driver raises."""
    url = address(written)
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def tables(written: str) -> list[str]:
    """The names of all tables and views, those outside the usual schema with theirs in front."""
    with connected(written) as connection:
        found = inspect(connection)
        names = [*found.get_table_names(), *found.get_view_names()]
        if connection.dialect.name == "postgresql":
            others = [
                s
                for s in found.get_schema_names()
                if s not in ("information_schema", found.default_schema_name)
            ]
            names += [
                f"{s}.{name}"
                for s in others
                for name in (*found.get_table_names(s), *found.get_view_names(s))
            ]
    return names


def _engine(url: URL) -> Any:
    try:
        if url.get_backend_name() == "sqlite":
            return create_engine("sqlite://", creator=lambda: _sqlite(url), poolclass=NullPool)
        engine = create_engine(url, poolclass=NullPool, connect_args=_arguments(url), hide_parameters=True)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise _no_driver(url) from None
    if url.drivername == "postgresql+psycopg":
        event.listen(engine, "connect", _as_postgresql_writes)
    if url.drivername == "mysql+pymysql":
        event.listen(engine, "connect", _read_only_mysql)
    return engine


def _no_driver(url: URL) -> SourceError:
    package = _PACKAGES.get(url.drivername)
    hint = f"pip install {package}" if package else "install the driver that SQLAlchemy names for it"
    return SourceError(f"nothing here can speak to {url.get_backend_name()} ({url.drivername})", hint=hint)


def _arguments(url: URL) -> dict[str, Any]:
    if url.drivername == "postgresql+psycopg":
        return {} if "connect_timeout" in url.query else {"connect_timeout": _PATIENCE}
    if url.drivername == "mysql+pymysql":
        from pymysql.constants import FIELD_TYPE as F  # noqa: PLC0415 - an extra
        from pymysql.converters import conversions  # noqa: PLC0415 - an extra

        # Whole numbers as numbers, everything else as MySQL writes it: '0000-00-00' is no date of Python's.
        # Bits are a number too: one of them is how many a program keeps yes and no.
        numbers = (F.TINY, F.SHORT, F.LONG, F.LONGLONG, F.INT24)
        conversions = {k: v for k, v in conversions.items() if not isinstance(k, int) or k in numbers}
        conversions |= dict.fromkeys((F.DECIMAL, F.NEWDECIMAL, F.FLOAT, F.DOUBLE), written)
        return {
            "conv": conversions | {F.BIT: lambda bits: int.from_bytes(bits, "big")},
            "connect_timeout": _PATIENCE,
            "charset": "utf8mb4",
        }
    # DuckDB would make a file that is not there, and let nobody else read one that is.
    return {"read_only": True} if url.get_backend_name() == "duckdb" else {}


def _as_postgresql_writes(connection: Any, _: object) -> None:
    from psycopg.types.string import TextLoader  # noqa: PLC0415 - an extra

    for name in _AS_WRITTEN:
        connection.adapters.register_loader(name, TextLoader)
    connection.read_only = True
    with connection.cursor() as cursor:
        cursor.execute("SET DateStyle = 'ISO, YMD'")
        cursor.execute("SET TimeZone = 'UTC'")
    connection.commit()


def _read_only_mysql(connection: Any, _: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")


def _sqlite(url: URL) -> sqlite3.Connection:
    path = Path(url.database or "")
    if not path.is_file():
        raise SourceError(
            f"there is no database file {path}", hint="put it there, or change the address of the source"
        )
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    return connection
