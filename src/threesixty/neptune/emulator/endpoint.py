"""One endpoint of the emulator: uvicorn at a port, in a thread."""

from __future__ import annotations

import socket
from threading import Thread
from typing import Any

from threesixty.errors import GraphUnavailable


class Endpoint:
    """Serves an ASGI application at a socket from when it is made until `stop`."""

    def __init__(self, application: Any, listening: socket.socket, name: str) -> None:
        import uvicorn  # noqa: PLC0415 - an extra

        self._listening = listening
        self.port: int = listening.getsockname()[1]
        config = uvicorn.Config(application, ws="none", lifespan="off", log_level="warning", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, args=([self._listening],), name=name, daemon=True)
        self._thread.start()

    def connections(self) -> list[Any]:
        """The open connections; to be used in the loop that serves them."""
        return [one.transport for one in self._server.server_state.connections]

    def leave(self) -> bool:
        """Takes no more requests; whether those that came have been answered."""
        self._server.should_exit = True
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Answers what came, and takes no more."""
        self.leave()
        self._thread.join()
        self._listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket for an endpoint; raises GraphUnavailable."""
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise GraphUnavailable(
            f"the emulator cannot listen at {host}:{port}: {_reason(error)}",
            hint="is another one running? `--port` and `--reader-port` choose others",
        ) from error
    # asyncio does it for sockets it opened itself; else every answer waits 40 ms for an acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _reason(error: OSError) -> str:
    """Without the address: some systems put it behind the reason, again."""
    return (error.strerror or str(error)).partition(" (")[0]
