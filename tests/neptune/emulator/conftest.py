"""The emulator of the session, empty and without faults, its engine, and requests to it over HTTP."""

import json
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


@pytest.fixture
def server(emulator):
    """The emulator, as if it had just been started."""
    emulator.clear()
    emulator.faults.clear()
    emulator.requests.clear()
    yield emulator
    emulator.faults.clear()


@pytest.fixture
def engine(server):
    return server.engine


class Told(NamedTuple):
    """An answer as it came: its body as JSON where it is some."""

    status: int
    headers: dict[str, str]
    body: Any


@pytest.fixture
def sign(server):
    """The headers of a signed request; `key`, `secret`, `region`, `service` and `token` may be others."""
    settings = server.settings

    def sign(method, path, body=b"", headers=None, **other):
        url = f"http://127.0.0.1:{other.get('port', server.port)}{path}"
        request = AWSRequest(method, url, dict(headers or {}), body)
        key, secret = other.get("key", settings.access_key), other.get("secret", settings.secret_key)
        region, service = other.get("region", settings.region), other.get("service", "neptune-db")
        SigV4Auth(Credentials(key, secret, other.get("token")), service, region).add_auth(request)
        return dict(request.headers)

    return sign


@pytest.fixture
def send(server):
    """Sends a request as it is, on a connection of its own."""

    def send(method, path, body=b"", headers=None, port=0):
        return _sent(port or server.port, method, path, body, dict(headers or {}))

    return send


def _sent(port, method, path, body, headers):
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.read()
    finally:
        connection.close()
    is_json = "json" in (answer.getheader("content-type") or "") and read
    names = {name.lower(): value for name, value in answer.getheaders()}
    return Told(answer.status, names, _parsed(read) if is_json else read)


def _parsed(read):
    try:
        return json.loads(read)
    except ValueError:
        return read


@pytest.fixture
def call(server, sign, send):
    """Sends a signed request; fields go into a form, or as JSON."""

    def call(method, path, fields=None, *, as_json=False, reader=False):
        port = server.reader_port if reader else server.port
        body = b""
        if fields is not None:
            body = (json.dumps(fields) if as_json else urlencode(fields)).encode()
        headers = {} if fields is None else JSON if as_json else FORM
        return send(method, path, body, sign(method, path, body, headers, port=port), port)

    return call


@pytest.fixture
def ask(call):
    """What a statement is answered with."""

    def ask(text, *, reader=False, **parameters):
        fields = {"query": text, "parameters": json.dumps(parameters)}
        return call("POST", "/openCypher", fields, reader=reader)

    return ask
