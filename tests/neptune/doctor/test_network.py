"""Every hop up to an answer fails for real, and is named with what to do next."""

import pytest

from threesixty.neptune.doctor.network import no_connection

REGION = "region=eu-central-1"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("neptune:/x", "names no Neptune cluster"),
        ("neptune://host:x", "is no address"),
        ("neptune://ada:secret@host?region=eu-central-1", "no user or password"),
        ("neptune://host?regoin=eu-central-1", "did you mean 'region'"),
    ],
)
def test_an_address_that_is_none(failing, address, said):
    hop, told = failing(address)

    assert hop == "address"
    assert said in told


def test_a_name_that_leads_nowhere(failing):
    hop, said = failing(f"neptune://nowhere.invalid?{REGION}")

    assert hop == "DNS"
    assert "nowhere.invalid leads nowhere" in said
    assert "describe-db-clusters" in said


def test_a_closed_port(failing, closed):
    hop, said = failing(f"neptune://127.0.0.1:{closed}?{REGION}")

    assert hop == "TCP"
    assert f"nothing listens on port {closed}" in said
    assert "start-db-cluster" in said


@pytest.mark.parametrize(
    ("address", "hint"),
    [("10.0.3.7", "in the VPC"), ("fd00::7", "in the VPC"), ("52.1.2.3", "security group")],
)
def test_no_answer_at_all_depends_on_the_kind_of_address(address, hint):
    """From outside of a VPC its private addresses swallow what is sent; that cannot be had in a test."""
    finding = no_connection("cluster", 8182, [address], TimeoutError("timed out"))

    assert (finding.hop, finding.state) == ("TCP", "failed")
    assert hint in finding.hint


# --- TLS ------------------------------------------------------------------------------------------------


def test_a_certificate_signed_by_itself(failing, serve, certified):
    context, _ = certified()
    with serve(context) as port:
        hop, said = failing(f"neptune://localhost:{port}?{REGION}")

    assert hop == "TLS"
    assert "signed by itself" in said


def test_a_certificate_of_an_unknown_signer(failing, serve, certified):
    context, _ = certified(self_signed=False)
    with serve(context) as port:
        hop, said = failing(f"neptune://localhost:{port}?{REGION}")

    assert hop == "TLS"
    assert "does not trust" in said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"name": "elsewhere.example.org"}, "for another name"), ({"days": -1}, "has expired")],
    ids=["another name", "expired"],
)
def test_a_certificate_that_does_not_hold(failing, serve, certified, monkeypatch, wrong, said):
    context, signer = certified(self_signed=False, **wrong)
    monkeypatch.setenv("AWS_CA_BUNDLE", signer)
    with serve(context) as port:
        hop, told = failing(f"neptune://localhost:{port}?{REGION}")

    assert hop == "TLS"
    assert said in told


def test_a_certificate_that_holds(examined, serve, certified, like_neptune, monkeypatch):
    context, signer = certified(self_signed=False)
    monkeypatch.setenv("AWS_CA_BUNDLE", signer)
    with serve(context, **like_neptune()) as port:
        found = examined(f"neptune://localhost:{port}?{REGION}")

    assert found["TLS"].state == "ok"
    assert "TLSv1" in found["TLS"].what
    assert found["HTTP"].state == "ok"


def test_a_port_that_speaks_no_tls(failing, serve):
    with serve() as port:
        hop, said = failing(f"neptune://127.0.0.1:{port}?{REGION}")

    assert hop == "TLS"
    assert "tls=no" in said


# --- HTTP -----------------------------------------------------------------------------------------------


def test_a_web_server_that_is_no_neptune(failing, serve):
    with serve(headers_more={"Server": "nginx"}) as port:
        hop, said = failing(f"neptune://127.0.0.1:{port}?{REGION}&tls=no")

    assert hop == "HTTP"
    assert "nginx answers with status 404, and is no Neptune" in said


def test_a_port_that_speaks_tls_when_it_should_not(failing, serve, certified):
    with serve(certified()[0]) as port:
        hop, said = failing(f"neptune://127.0.0.1:{port}?{REGION}&tls=no")

    assert hop == "HTTP"
    assert "take tls=no out" in said


def test_a_port_that_never_says_anything(failing, silent):
    hop, said = failing(f"neptune://127.0.0.1:{silent}?{REGION}&tls=no", seconds=0.3)

    assert hop == "HTTP"
    assert "did not answer within 0.3 s" in said


def test_a_port_that_hangs_up(failing, hanging_up):
    hop, said = failing(f"neptune://127.0.0.1:{hanging_up}?{REGION}&tls=no")

    assert hop == "HTTP"
    assert "no HTTP" in said


# --- the clock --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "said"), [(17, "s behind theirs"), (-17, "s ahead of theirs")])
def test_a_clock_that_is_minutes_off(examined, serve, like_neptune, minutes, said):
    with serve(**like_neptune(minutes)) as port:
        found = examined(f"neptune://127.0.0.1:{port}?{REGION}&tls=no")

    assert found["clock"].state == "failed"
    assert said in found["clock"].what
    assert "timedatectl" in found["clock"].hint


def test_a_clock_that_is_two_minutes_off_is_a_warning(examined, serve, like_neptune):
    with serve(**like_neptune(2)) as port:
        found = examined(f"neptune://127.0.0.1:{port}?{REGION}&tls=no")

    assert found["clock"].state == "warning"


def test_what_lies_behind_a_hop_that_fails_is_not_looked_at(examined, closed):
    found = examined(f"neptune://127.0.0.1:{closed}?{REGION}")

    assert list(found)[-2:] == ["TCP", "the rest"]
    assert found["the rest"].state == "skipped"
