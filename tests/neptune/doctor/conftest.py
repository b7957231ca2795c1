"""Real servers that are wrong in one way each, and an environment without any AWS account in it."""

import json
import os
import socket
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from threesixty.neptune.doctor import examine

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there


@pytest.fixture(autouse=True)
def _no_aws_of_ours(monkeypatch, tmp_path):
    """Credentials of an emulator, and no way to anybody's account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "emulator")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "emulator-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", NOBODY)


@pytest.fixture
def examined():
    """Findings about an address, by hop."""

    def examined_(address, **options):
        options = {"rounds": 2, "seconds": 2.0, **options}
        return {finding.hop: finding for finding in examine(address, **options)}

    return examined_


@pytest.fixture
def failing(examined):
    """The one hop that fails: its name, and all it says, as one text."""

    def failing_(address, **options):
        [failed] = [one for one in examined(address, **options).values() if one.state == "failed"]
        return failed.hop, f"{failed.what} → {failed.hint}"

    return failing_


# --- servers ------------------------------------------------------------------------------------------


class Answering(BaseHTTPRequestHandler):
    """Gives every request the same answer."""

    status, body, headers_more = 404, b"no such page", {}

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        self.send_response_only(self.status)
        for name, value in {"Content-Length": str(len(self.body)), **self.headers_more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@contextmanager
def answering(context=None, **attributes):
    """A web server at a free port, encrypted where it is given a context."""
    handler = type("Handler", (Answering,), attributes)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve():
    return answering


@pytest.fixture
def like_neptune():
    """The first answer of a cluster, with a clock that may be wrong."""

    def like_neptune_(minutes=0, **told):
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
        told = told or {"code": "AccessDeniedException", "detailedMessage": "Missing Authentication Token"}
        return {"status": 403, "body": json.dumps(told).encode(), "headers_more": {"Date": date}}

    return like_neptune_


@pytest.fixture
def silent():
    """A port at which connections are taken, and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed():
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def hanging_up():
    """A port at which every connection is closed at once."""
    server = socket.create_server(("127.0.0.1", 0))

    def hang_up():
        while True:
            try:
                server.accept()[0].close()
            except OSError:
                return

    thread = threading.Thread(target=hang_up)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


# --- certificates -------------------------------------------------------------------------------------


@pytest.fixture
def certified(tmp_path):
    """The TLS context of a server with a certificate made for it, and the file of whoever signed it."""

    def certified_(name="localhost", *, days=30, self_signed=True):
        now = datetime.now(UTC)
        key, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        signer_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A signer of ours")])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        authority = _certificate(signer_name, signer_name, signer.public_key(), now, 30, is_authority=True)
        certificate = _certificate(
            subject, subject if self_signed else signer_name, key.public_key(), now, days, is_authority=False
        )
        pem = certificate.sign(key if self_signed else signer, hashes.SHA256())
        own, trusted = tmp_path / "own.pem", tmp_path / "trusted.pem"
        own.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + pem.public_bytes(serialization.Encoding.PEM)
        )
        trusted.write_bytes(authority.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)
        return context, str(trusted)

    return certified_


def _certificate(subject, issuer, public, now, days, *, is_authority):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(subject.rfc4514_string().removeprefix("CN="))]),
            critical=False,
        )
    )
