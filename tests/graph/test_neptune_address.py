"""The address in the project file: what it means, and what is said about a wrong one."""

from pathlib import Path

import pytest

from threesixty.errors import GraphUnavailable
from threesixty.graph.neptune_address import Address

LINES = (Path(__file__).parent / "cases" / "addresses.txt").read_text("utf-8").splitlines()[1:]
RIGHT = [line.split(" -> ") for line in LINES if " ! " not in line]
WRONG = [line.split(" ! ") for line in LINES if " ! " in line]


@pytest.mark.parametrize(("url", "meant"), RIGHT)
def test_an_address_means_an_endpoint_and_a_region(url, meant):
    address = Address.parse(url)

    assert f"{address.endpoint()} {address.region}".strip() == meant


@pytest.mark.parametrize(("url", "said"), WRONG)
def test_a_wrong_address_says_what_is_wrong_and_what_would_be_right(url, said):
    with pytest.raises(GraphUnavailable) as told:
        Address.parse(url)

    message, _, hint = said.partition(" -> ")
    assert message in told.value.message
    assert hint in told.value.hint
    assert told.value.hint


def test_a_reader_has_a_host_and_may_have_a_port_of_its_own():
    address = Address.parse("neptune://w.example.org?region=eu-central-1&reader=r.example.org")

    assert address.endpoint(address.reader) == "https://r.example.org:8182"
    assert address.endpoint("r.example.org:9000") == "https://r.example.org:9000"


def test_bulk_loading_needs_a_place_and_a_role():
    role = "arn:aws:iam::123456789012:role/NeptuneLoad"
    whole = Address.parse(
        f"neptune://w.example.org?region=eu-central-1&bulk=s3://my-bucket/loads/&role={role}"
    )

    assert (whole.loads_in_bulk, whole.bulk, whole.role) == (True, "s3://my-bucket/loads", role)
    assert not Address.parse("neptune://w.example.org?region=eu-central-1").loads_in_bulk
