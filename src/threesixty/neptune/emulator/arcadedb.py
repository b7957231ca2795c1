"""An ArcadeDB server in a process of its own: no JVM lives in the process that asks for one.

`python -m threesixty.neptune.emulator.arcadedb` reads its settings as one line of JSON from standard
input, says `ready`, and serves until that input ends, so it cannot outlive whoever started it; where
another server works in its folder, it says `locked`.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import Any, Self

from threesixty.errors import GraphUnavailable

READY, LOCKED = "ready", "locked"
START_SECONDS = 90.0
HEAP = "768m"


class ArcadeDB:
    """A running server. Start it with `ArcadeDB.start`; a context manager stops it."""

    def __init__(self, process: subprocess.Popen[str], port: int, password: str) -> None:
        self._process = process
        self._port = port
        self._password = password

    @classmethod
    def start(cls, folder: Path, *, plain: Iterable[str] = (), neptune: Iterable[str] = ()) -> ArcadeDB:
        """A server that keeps everything it writes in a folder; raises GraphUnavailable.

        `plain` names databases with ArcadeDB's own rules, `neptune` those in which the emulator lives.
        """
        if not find_spec("arcadedb_embedded"):
            raise GraphUnavailable(
                "the emulator needs ArcadeDB beneath it", hint="pip install 'threesixty[emulator]'"
            )
        bolt_port, http_port = _free_ports(2)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            password = _password(folder / "password")
        except OSError as error:
            raise GraphUnavailable(
                f"nothing can be kept in {folder}: {error.strerror}", hint="choose another folder"
            ) from error
        settings = {
            "folder": str(folder.resolve()),
            "bolt_port": bolt_port,
            "http_port": http_port,
            "password": password,
            "plain": list(plain),
            "neptune": list(neptune),
        }
        server = cls(_process(folder / "server.log"), bolt_port, password)
        try:
            server._wait_until_ready(json.dumps(settings), folder / "server.log")
        except BaseException:
            server.stop()
            raise
        return server

    def url(self, database: str) -> str:
        """Where a Bolt driver finds a database."""
        return f"bolt://root:{self._password}@localhost:{self._port}/{database}"

    def stop(self) -> None:
        """Ends the process. Stopping twice is no error."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream and not stream.closed:
                stream.close()
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self, settings: str, log: Path) -> None:
        assert self._process.stdin  # noqa: S101 - a pipe was asked for
        assert self._process.stdout  # noqa: S101
        too_late = Timer(START_SECONDS, self._process.kill)
        too_late.start()
        try:
            self._process.stdin.write(settings + "\n")
            self._process.stdin.flush()
            lines = map(str.strip, self._process.stdout)
            said = next((line for line in lines if line in (READY, LOCKED)), "")
        except BrokenPipeError:
            said = ""
        finally:
            too_late.cancel()
        if said == LOCKED:
            raise GraphUnavailable(
                f"another server works in {log.parent}", hint="stop it, or choose another folder"
            )
        if said != READY:
            raise GraphUnavailable("ArcadeDB did not start", hint=f"see {log}")


def _password(path: Path) -> str:
    """The server's own password: it keeps the one it was first started with."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), "ascii")
    return path.read_text("ascii")


def _process(log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "threesixty.neptune.emulator.arcadedb"]
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 - our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,  # Ctrl-C is for us alone: we end it when we are done
        )


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("localhost", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def serve() -> None:
    """What the process does."""
    settings = json.loads(sys.stdin.readline())
    os.chdir(settings["folder"])
    # After its log folder is where it should be.
    from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415

    from threesixty.neptune.emulator import beneath  # noqa: PLC0415

    config: dict[str, object] = {
        "http_port": settings["http_port"],
        "bolt_port": settings["bolt_port"],
        "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
    }
    root = Path(settings["folder"]) / "databases"
    server = ArcadeDBServer(str(root), settings["password"], config, jvm_kwargs={"heap_size": HEAP})
    server.start()
    for name in settings["plain"]:
        _database(server, name)
    for name in settings["neptune"]:
        beneath.prepare(_database(server, name))
    _say(READY)
    sys.stdin.read()


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def _database(server: Any, name: str) -> Any:
    known = server._java_server.existsDatabase(name)  # noqa: SLF001 - the wrapper does not tell
    return server.get_database(name) if known else server.create_database(name)


def main() -> None:
    """Serves, and ends for certain: threads of the JVM would live on."""
    try:
        serve()
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is told
        traceback.print_exc()
        if "is locked by another process" in str(error):
            with suppress(BrokenPipeError):
                _say(LOCKED)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
