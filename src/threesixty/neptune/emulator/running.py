"""A running emulator: two endpoints over one engine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any, Self

from threesixty.errors import GraphUnavailable
from threesixty.neptune.emulator import instance, loader, queries, statistics, stream
from threesixty.neptune.emulator.arcadedb import ArcadeDB
from threesixty.neptune.emulator.door import Door
from threesixty.neptune.emulator.endpoint import Endpoint, listen
from threesixty.neptune.emulator.engine import Engine
from threesixty.neptune.emulator.faults import Faults
from threesixty.neptune.emulator.operation import READER, WRITER, Operation
from threesixty.neptune.emulator.roles import Roles
from threesixty.neptune.emulator.served import Served
from threesixty.neptune.emulator.settings import Settings

DATABASE = "neptune"
_A_MOMENT = 0.02


class Emulator:
    """Start it with `Emulator.start`; a context manager stops it."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        self.engine = engine
        self.requests = Served()
        self.faults = Faults()
        self.port = self.reader_port = 0
        self._roles = Roles()
        self._serving: list[tuple[Door, Endpoint]] = []
        self._closing = ExitStack()

    @classmethod
    def start(cls, folder: str | Path, *, bolt_url: str | None = None, **settings: Any) -> Self:
        """An emulator that answers when this returns; raises GraphUnavailable.

        It starts an ArcadeDB of its own, which keeps the graph in the folder, unless it is given the
        address of one (`ArcadeDB.url`). The other settings are those of `Settings`.
        """
        _check_installed()
        known = Settings(Path(folder), **settings)
        with ExitStack() as started:
            sockets = [
                started.enter_context(listen(known.host, port)) for port in (known.port, known.reader_port)
            ]
            if not bolt_url:
                beneath = started.enter_context(ArcadeDB.start(Path(folder), neptune=[DATABASE]))
                bolt_url = beneath.url(DATABASE)
            engine = Engine.open(bolt_url)
            started.callback(engine.close)
            emulator = cls(known, engine)
            emulator._serve(sockets, started)
            emulator._closing = started.pop_all()
        return emulator

    @property
    def address(self) -> str:
        """What to write into a project file as `graph`."""
        host, iam = self.settings.host, "" if self.settings.iam else "&iam=no"
        host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - every address of this machine
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

    def fail_over(self, seconds: float = 1.0) -> None:
        """The reader becomes the writer, every connection is closed; the endpoints follow after a while."""
        self._roles.swap(seconds)
        for door, endpoint in self._serving:
            door.drop(endpoint.connections)

    def clear(self) -> None:
        """Takes everything out of the graph, as nobody's request."""
        self.engine.clear()

    def stop(self) -> None:
        """Ends what runs, and stops serving. Stopping twice is no error."""
        self.faults.over.set()
        while False in [endpoint.leave() for _, endpoint in self._serving]:
            for query in self.engine.underway.all():
                self.engine.cancel(query)
            time.sleep(_A_MOMENT)
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _operations(self) -> list[Operation]:
        return [
            *queries.routes(self.engine, self.settings),
            *instance.routes(self.engine, self.settings),
            *statistics.routes(self.engine),
            *loader.routes(self.engine, self.settings),
            *stream.routes(self.engine, self.settings),
        ]

    def _serve(self, sockets: Sequence[socket], started: ExitStack) -> None:
        operations, ports = self._operations(), {}
        for role, listening in zip((WRITER, READER), sockets, strict=True):
            door = Door(
                operations,
                self.settings,
                self.requests,
                self.faults,
                partial(self._roles.role, role),
                self.fail_over,
            )
            endpoint = Endpoint(door, listening, f"neptune-{role}")
            started.callback(endpoint.stop)
            self._serving.append((door, endpoint))
            ports[role] = endpoint.port
        self.port, self.reader_port = ports[WRITER], ports[READER]


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
