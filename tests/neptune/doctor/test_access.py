"""Credentials that are missing, half, expired or another's are told apart before anything is sent."""

from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from threesixty.graph.neptune_address import Address
from threesixty.graph.neptune_errors import Trouble
from threesixty.neptune.doctor import access
from threesixty.neptune.doctor.finding import Visit

CASES = Path(__file__).parent / "cases" / "refusals.txt"
REFUSALS = [line.split(" | ") for line in CASES.read_text("utf-8").splitlines()[1:]]
CLUSTER = "my-cluster.cluster-abc.eu-central-1.neptune.amazonaws.com"


def visited(*hops, host=CLUSTER, region="eu-central-1"):
    """The last finding of some hops, visited one after the other."""
    visit = Visit("", address=Address(host, region=region), seconds=1.0)
    found = [finding for hop in hops for finding in hop(visit)]
    return found[-1]


def credentials(**options):
    return visited(access.about_session, access.credentials, **options)


def config(tmp_path, monkeypatch, text):
    (tmp_path / "config").write_text(text, "utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)


# --- session ----------------------------------------------------------------------------------------------


def test_no_region(monkeypatch):
    found = visited(access.about_session, host="cluster", region="")

    assert (found.state, found.what) == ("failed", "nothing says which region the cluster is in")


def test_a_region_that_is_not_the_one_in_the_name():
    found = visited(access.about_session, region="us-west-2")

    assert found.state == "warning"
    assert found.hint == "region=eu-central-1 in the address"


def test_a_profile_that_is_none(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    found = visited(access.about_session)

    assert found.state == "failed"
    assert "nobody" in found.what


# --- credentials --------------------------------------------------------------------------------------------


def test_no_credentials(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    found = credentials()

    assert (found.state, found.what) == ("failed", "there are none")
    assert "AWS_PROFILE" in found.hint


def test_half_of_them(monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    assert credentials().state == "failed"


def test_a_temporary_key_without_its_token(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIA1234567890ABCDEF")
    found = credentials()

    assert found.state == "failed"
    assert "AWS_SESSION_TOKEN" in found.hint


def test_a_single_sign_on_that_is_over(tmp_path, monkeypatch):
    config(tmp_path, monkeypatch, """[default]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-central-1
sso_account_id = 123456789012
sso_role_name = reader
""")  # fmt: skip
    found = credentials()

    assert found.state == "failed"
    assert "aws sso login" in found.hint


def test_a_program_that_gives_none(tmp_path, monkeypatch):
    config(tmp_path, monkeypatch, "[default]\ncredential_process = /bin/false\n")

    assert credentials().state == "failed"


@pytest.fixture
def key_of_aws(monkeypatch):
    """A key as AWS gives them, and not as a stand-in does."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")


def test_aws_is_not_asked_about_the_key_of_a_stand_in():
    assert credentials().what == "key emul…ator from environment variables"


def test_where_they_come_from_is_told_when_aws_is_out_of_reach(key_of_aws):
    found = credentials()

    assert found.state == "ok"
    assert found.what == (
        "key AKIA…MPLE from environment variables (STS is out of reach from here, so whose is not known)"
    )


@pytest.fixture(scope="module")
def sts():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_whose_they_are_is_told_when_aws_can_say(sts, key_of_aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts)
    found = credentials()

    assert found.state == "ok"
    assert "arn:aws:sts::123456789012:user/moto" in found.what


def test_a_key_that_aws_does_not_know(serve, key_of_aws, monkeypatch):
    body = b"""<ErrorResponse><Error><Code>InvalidClientTokenId</Code>
    <Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>"""
    with serve(status=403, body=body) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{port}")
        found = credentials()

    assert found.state == "failed"
    assert "the access key is not known" in found.what


# --- what AWS says of a signature -----------------------------------------------------------------------


@pytest.mark.parametrize(("said", "meant"), REFUSALS)
def test_what_aws_says_is_put_in_plain_words(said, meant):
    what, hint = access.refusal(Trouble("denied", "AccessDeniedException", said))

    assert meant in what
    assert hint


def test_not_being_allowed_is_no_matter_of_the_signature():
    said = "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: neptune-db:GetEngineStatus"

    assert access.forbidden(Trouble("denied", "AccessDeniedException", said))
