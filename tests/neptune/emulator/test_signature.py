"""Signatures: what is signed with the emulator's key, for what arrives, and just now, is let in."""

from datetime import UTC, datetime, timedelta

import pytest

from threesixty.neptune.emulator import Emulator
from threesixty.neptune.emulator.refusal import Refusal
from threesixty.neptune.emulator.signature import Received, check

FORM = {"content-type": "application/x-www-form-urlencoded"}
TWO = b"query=RETURN%202%20AS%20x"
THREE = b"query=RETURN%203%20AS%20x"


def denied(told):
    assert (told.status, told.body["code"]) == (403, "AccessDeniedException")
    return told.body["detailedMessage"]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"secret": "guessed"}, "The request signature we calculated does not match"),
        ({"key": "somebody"}, "The security token included in the request is invalid"),
        ({"region": "eu-west-1"}, "Credential should be scoped to a valid region, not 'eu-west-1'"),
        ({"service": "neptune-graph"}, "Credential should be scoped to correct service: 'neptune-db'"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_who_signs_with_something_else_is_denied_and_told_what(sign, send, other, said):
    told = send("POST", "/openCypher", TWO, sign("POST", "/openCypher", TWO, FORM, **other))

    assert said in denied(told)


def test_who_does_not_sign_is_denied_and_nothing_is_done(send, server):
    body = b"query=CREATE%20(:Left)"

    assert denied(send("POST", "/openCypher", body, FORM)) == "Missing Authentication Token"
    assert server.engine.run("MATCH (n) RETURN count(n) AS n").rows == [{"n": 0}]


def test_another_scheme_is_denied(send):
    told = send("GET", "/status", headers={"authorization": "Basic YTpi"})

    assert "not one of Signature Version 4" in denied(told)


def test_a_signature_is_for_one_body_method_path_and_host(sign, send):
    headers = sign("POST", "/openCypher", TWO, FORM)

    assert send("POST", "/openCypher", TWO, headers).body == {"results": [{"x": 2}]}
    for told in (
        send("POST", "/openCypher", THREE, headers),
        send("POST", "/opencypher", TWO, headers),
        send("POST", "/openCypher?explain=static", TWO, headers),
        send("GET", "/openCypher", TWO, headers),
        send("POST", "/openCypher", TWO, {**headers, "host": "elsewhere:8182"}),
    ):
        assert "does not match the signature you provided" in denied(told)


def test_every_header_that_was_signed_has_to_be_there(sign, send):
    headers = sign("GET", "/status", token="a-token")
    del headers["X-Amz-Security-Token"]

    assert "'x-amz-security-token' is named as a SignedHeader" in denied(send("GET", "/status", b"", headers))


def test_a_body_that_is_not_what_its_header_claims_is_denied(sign, send):
    claim = {**FORM, "x-amz-content-sha256": "0" * 64}
    told = send("POST", "/openCypher", TWO, sign("POST", "/openCypher", TWO, claim))

    assert "x-amz-content-sha256" in denied(told)


def test_temporary_credentials_need_their_token(arcadedb_server, tmp_path, sign, send):
    url = arcadedb_server.url("neptune")
    with Emulator.start(tmp_path, bolt_url=url, session_token="a-token") as emulator:
        headers = {
            token: sign("GET", "/status", token=token, port=emulator.port)
            for token in ("a-token", "another", None)
        }

        assert emulator.environment["AWS_SESSION_TOKEN"] == "a-token"
        assert send("GET", "/status", b"", headers["a-token"], emulator.port).status == 200
        for token in ("another", None):
            told = send("GET", "/status", b"", headers[token], emulator.port)
            assert "security token" in denied(told)


# --- time --------------------------------------------------------------------------------------------


@pytest.fixture
def at(sign, server):
    """Checks a request that was signed just now as if so much time had passed."""

    def at(**passed):
        headers = {name.lower(): value for name, value in sign("GET", "/status").items()}
        headers["host"] = f"127.0.0.1:{server.port}"
        now = datetime.now(UTC) + timedelta(**passed)
        check(Received("GET", "/status", headers, b""), server.settings, now)

    return at


def test_a_signature_holds_for_five_minutes_either_way(at):
    at()
    at(minutes=4)
    at(minutes=-4)


@pytest.mark.parametrize(("minutes", "said"), [(6, "Signature expired"), (-6, "Signature not yet current")])
def test_an_old_signature_and_one_from_the_future_are_denied(at, minutes, said):
    with pytest.raises(Refusal) as refused:
        at(minutes=minutes)

    assert refused.value.code == "AccessDeniedException"
    assert said in refused.value.message


def test_a_date_that_is_none_is_denied(sign, send):
    headers = sign("GET", "/status") | {"X-Amz-Date": "yesterday"}

    assert "Date must be in ISO-8601 'basic format'. Got 'yesterday'." in denied(
        send("GET", "/status", b"", headers)
    )


# --- no signatures -----------------------------------------------------------------------------------


def test_an_emulator_without_iam_asks_nobody(arcadedb_server, tmp_path, send):
    with Emulator.start(tmp_path, bolt_url=arcadedb_server.url("neptune"), iam=False) as emulator:
        told = send("GET", "/status", port=emulator.port)

        assert told.body["features"]["IAMAuthentication"] == "disabled"
        assert "&iam=no" in emulator.address
