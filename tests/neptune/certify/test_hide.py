"""Nothing that is shared says whose cluster it was; everything else stays as it was."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as some

from threesixty.graph.neptune_address import Address
from threesixty.neptune.certify.hide import Hide

HOST = "my-cluster.cluster-c9x8y7z6w5v4.eu-central-1.neptune.amazonaws.com"
READER = "my-cluster.cluster-ro-c9x8y7z6w5v4.eu-central-1.neptune.amazonaws.com"
ROLE = "arn:aws:iam::481516234200:role/team/Loader"
ADDRESS = Address.parse(f"neptune://{HOST}?reader={READER}&bulk=s3://acme-loads/first&role={ROLE}")
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HIDE = Hide(ADDRESS, ["10.11.12.13", SECRET])

WORDS = some.text(string.ascii_letters + " \n\"'{}[]:,.()/é\U0001f600", max_size=40)
"""Whatever stands around a secret: JSON, sentences, nothing."""
ACCOUNTS = some.integers(200_000_000_000, 999_999_999_999).map(str)
HEX = "0123456789abcdef"
NAMES = some.text(string.ascii_letters + string.digits, min_size=6, max_size=20)


def told(name):
    """A label of a host's name."""
    return some.text(string.ascii_lowercase + string.digits, min_size=6, max_size=20).map(name)


SECRETS = some.one_of(
    some.sampled_from([HOST, READER, ROLE, SECRET, "acme-loads", "10.11.12.13"]),
    ACCOUNTS,
    told("{}.cluster-abc.us-west-2.neptune.amazonaws.com".format),
    told("{}.s3.us-west-2.amazonaws.com".format),
    told("{}.cluster-abc.neptune.cn-north-1.amazonaws.com.cn".format),
    some.builds("arn:aws:sts::{}:assumed-role/{}/someone@example.com".format, ACCOUNTS, NAMES),
    some.builds("arn:aws-cn:neptune-db:cn-north-1:{}:cluster-{}/*".format, ACCOUNTS, NAMES),
    some.builds("arn%3Aaws%3Aiam%3A%3A{}%3Arole%2F{}".format, ACCOUNTS, NAMES),
    NAMES.map(lambda name: f"s3://{name.lower()}/prefix"),
    some.uuids().map(str),
    some.uuids().map(lambda one: str(one).upper()),
    some.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16).map("AKIA{}".format),
    some.text(HEX, min_size=17, max_size=17).map("vpc-{}".format),
    some.tuples(*[some.integers(10, 255)] * 4).map(lambda parts: ".".join(map(str, parts))),
    some.text(HEX, min_size=64, max_size=64).map("X-Amz-Signature={}".format),
)


@given(before=WORDS, secret=SECRETS, after=WORDS)
def test_whose_cluster_it_was_is_not_seen(before, secret, after):
    assert secret not in HIDE(f"{before} {secret} {after}")


@given(account=ACCOUNTS, name=NAMES, before=WORDS)
def test_no_part_of_an_arn_is_seen(account, name, before):
    hidden = HIDE(f"{before} arn:aws:sts::{account}:assumed-role/{name}/{name}@example.com")

    assert account not in hidden
    assert f"/{name}" not in hidden


@given(text=some.text(), secret=SECRETS)
def test_hiding_twice_changes_nothing_more(text, secret):
    once = HIDE(f"{text} {secret} {text}")

    assert HIDE(once) == once


@given(WORDS)
def test_other_text_stays_as_it_was(text):
    assert HIDE(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "engine 1.4.7.0.R1, since 1.4.6.0",
        '{"at":1700000000000,"value":4916012345678}',
        "https://docs.aws.amazon.com/neptune/latest/userguide/limits.html",
        "threesixty:probe:1",
        "identifier:phone:+4930123456",
    ],
)
def test_what_a_report_needs_stays(text):
    assert HIDE(text) == text


@pytest.mark.parametrize("piece", ["x", "x.", "a-", "1.", "X-Amz-", "arn:aws:", "s3://", "ip-1-", "vpc-0"])
def test_texts_of_any_length_come_to_an_end(piece):
    """Customers' texts are in there too; an expression that goes back and forth would take hours."""
    assert HIDE(piece * 60_000)


def test_an_account_that_stands_alone_in_json_leaves_json():
    assert HIDE('{"account":481516234200}') == '{"account":111122223333}'


def test_only_headers_that_say_how_are_kept():
    headers = {"Authorization": b"AWS4-HMAC-SHA256", "Host": HOST, "Content-Type": b"application/json"}

    assert HIDE.headers(headers) == {"content-type": "application/json"}


def test_writer_and_reader_can_be_told_apart():
    assert HIDE(f"{HOST} and {READER}") == "cluster.example and reader.example"
