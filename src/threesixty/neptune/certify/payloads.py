"""Requests and their answers as they went over the wire, with nobody's account in them.

botocore's own history of requests is listened to, so that whatever asks is recorded alike:
the conformance suite, the probes, the sample company.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from threesixty.neptune.certify.hide import Hide

MOST_CHARACTERS = 4_000
MOST_OF_A_KIND = 2
"""So many of the same statement with the same outcome are kept."""


class Payloads:
    """A file of recorded requests, one JSON object a line: `said` to the cluster, `answered` by it."""

    def __init__(self, path: Path, hide: Hide) -> None:
        self._path = path
        self._hide = hide
        self._here = threading.local()
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}
        self._listening = False
        self.count = 0

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Writes down every request of this process while inside."""
        from botocore.history import get_global_history_recorder  # noqa: PLC0415 - an extra

        recorder = get_global_history_recorder()
        recorder.add_handler(self)
        recorder.enable()
        self._listening = True
        try:
            yield
        finally:
            self._listening = False
            recorder.disable()

    def emit(self, event_type: str, payload: Any, source: str) -> None:
        """What botocore calls with each step of a request; both steps of one come from one thread."""
        del source
        if not self._listening:
            return
        if event_type == "HTTP_REQUEST":
            self._here.request = payload
        elif event_type == "HTTP_RESPONSE" and (request := getattr(self._here, "request", None)):
            self._here.request = None
            self._write(request, payload)

    def _write(self, request: Any, answer: Any) -> None:
        said, answered = self._said(request), self._answered(answer)
        kind = json.dumps([said["method"], said["path"], said["body"].get("query"), answered["status"]])
        with self._lock:
            self._seen[kind] = self._seen.get(kind, 0) + 1
            if self._seen[kind] > MOST_OF_A_KIND:
                return
            line = json.dumps({"said": said, "answered": answered}, ensure_ascii=False)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            self.count += 1

    def _said(self, request: Any) -> dict[str, Any]:
        parts = urlsplit(request["url"])
        return {
            "method": request["method"],
            "path": self._hide(parts.path),
            "query": {name: self._hide(value) for name, value in parse_qsl(parts.query)},
            "headers": self._hide.headers(request["headers"]),
            "body": self._fields(request["body"]),
        }

    def _fields(self, body: Any) -> dict[str, str]:
        """The fields of a request, each cut to a length."""
        text = _decoded(body)
        try:
            found = json.loads(text) if text else {}
        except ValueError:
            found = {"text": text}
        fields = found if isinstance(found, dict) else {"text": text}
        return {
            name: self._cut(value if isinstance(value, str) else json.dumps(value))
            for name, value in fields.items()
        }

    def _answered(self, answer: Any) -> dict[str, Any]:
        return {
            "status": answer["status_code"],
            "headers": self._hide.headers(answer["headers"]),
            "body": self._cut(_decoded(answer.get("body"))),
        }

    def _cut(self, text: str) -> str:
        """A text with nothing to hide in it, its end kept: that is where an answer says that it broke off."""
        hidden = self._hide(text)
        if len(hidden) <= MOST_CHARACTERS:
            return hidden
        half = MOST_CHARACTERS // 2
        return f"{hidden[:half]}…{len(hidden) - 2 * half} characters left out…{hidden[-half:]}"


def _decoded(body: Any) -> str:
    if isinstance(body, bytes | bytearray):
        return bytes(body).decode("utf-8", "replace")
    return str(body or "")
