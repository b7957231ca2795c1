"""A running emulator: its two instances, each at a port of its own, over one engine."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any, Self

from threesixty.errors import GraphUnavailable
from threesixty.neptune.emulator import queries
from threesixty.neptune.emulator.arcadedb import ArcadeDB
from threesixty.neptune.emulator.door import Door
from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.operation import READER, WRITER, Operation
from threesixty.neptune.emulator.served import Served
from threesixty.neptune.emulator.settings import Settings

DATABASE = "neptune"


class Emulator:
    """Start it with `Emulator.start`; a context manager stops it."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine
        self.requests = Served()
        self._closing = ExitStack()
        self.port = self.reader_port = 0

    @classmethod
    def start(cls, folder: Path, *, bolt_url: str | None = None, **settings: Any) -> Self:
        """An emulator that answers when this returns; raises GraphUnavailable.

        It starts an ArcadeDB of its own, which keeps the graph in the folder, unless it is given the
        address of one (`ArcadeDB.url`). The other settings are those of `Settings`.
        """
        _check_installed()
        with ExitStack() as started:
            if not bolt_url:
                beneath = started.enter_context(ArcadeDB.start(Path(folder), neptune=[DATABASE]))
                bolt_url = beneath.url(DATABASE)
            engine = Engine.open(bolt_url)
            started.callback(engine.close)
            emulator = cls(Settings(Path(folder), **settings), engine)
            emulator.port = emulator._serve(started, emulator.settings.port, WRITER)
            emulator.reader_port = emulator._serve(started, emulator.settings.reader_port, READER)
            emulator._closing = started.pop_all()
        return emulator

    @property
    def address(self) -> str:
        """What to write into a project file as `graph`."""
        host, iam = self.settings.host, "" if self.settings.iam else "&iam=no"
        return (
            f"neptune://{host}:{self.port}?region={self.settings.region}&tls=no"
            f"&reader={host}:{self.reader_port}{iam}"
        )

    @property
    def environment(self) -> dict[str, str]:
        """The credentials a client has to find in its environment."""
        found = {
            "AWS_ACCESS_KEY_ID": self.settings.access_key,
            "AWS_SECRET_ACCESS_KEY": self.settings.secret_key,
            "AWS_REGION": self.settings.region,
        }
        if self.settings.session_token:
            found["AWS_SESSION_TOKEN"] = self.settings.session_token
        return found

    def clear(self) -> None:
        """Takes everything out of the graph, as nobody's request."""
        text = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS gone"
        while self.engine.run(text).rows[0]["gone"]:
            pass

    def stop(self) -> None:
        """Stops serving. Stopping twice is no error."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _operations(self) -> list[Operation]:
        return [*queries.routes(self.engine, self.settings)]

    def _serve(self, started: ExitStack, port: int, role: str) -> int:
        """Serves an instance in a thread; gives its port."""
        import uvicorn  # noqa: PLC0415 - an extra

        door = Door(self._operations(), self.settings, self.requests, lambda: role)
        listening = _listening(self.settings.host, port)
        config = uvicorn.Config(door, ws="none", lifespan="off", log_level="warning", access_log=False)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, args=([listening],), name=f"neptune-{role}", daemon=True)
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join()
            listening.close()

        started.callback(stop)
        found: int = listening.getsockname()[1]
        return found


def _listening(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise GraphUnavailable(
            f"the emulator cannot listen at {host}:{port}: {error.strerror}",
            hint="is another one running? `--port` and `--reader-port` choose others",
        ) from error
    # asyncio does it for sockets it opened itself; without it every answer waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _check_installed() -> None:
    try:
        import boto3  # noqa: F401, PLC0415 - an extra
        import neo4j  # noqa: F401, PLC0415
        import starlette  # noqa: F401, PLC0415
        import uvicorn  # noqa: F401, PLC0415
    except ImportError as error:
        raise GraphUnavailable(
            f"the emulator needs {error.name}", hint="pip install 'threesixty[emulator]'"
        ) from None
