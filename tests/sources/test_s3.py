"""Objects of S3, on moto as a server: found by pattern, known by their ETag, errors in words."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

import threesixty
from threesixty import sources
from threesixty.errors import SourceError
from threesixty.project import Project, RecordMapping, Source
from threesixty.schema import DEFAULT
from threesixty.sources import s3
from threesixty.sources.guess import guess

PERSON = RecordMapping("person", ("Id",), {"given": ("First",)})


@pytest.fixture(scope="module")
def moto():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(moto, monkeypatch):
    """An empty bucket, and what the environment must say to read it; put(key, text) fills it."""
    for name, value in {
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    urlopen(Request(f"{moto}/moto-api/reset", b"")).close()
    client = boto3.client("s3")
    client.create_bucket(Bucket="shop", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def put(key: str, body: bytes | str = "Id,First\n1,Ada\n") -> None:
        client.put_object(Bucket="shop", Key=key, Body=body)

    return put


def keys(path: str) -> list[str]:
    return [each.key for each in s3.objects("crm", path)]


def refusal(path: str) -> SourceError:
    with pytest.raises(SourceError) as error:
        keys(path)
    assert error.value.hint
    return error.value


def read(tmp_path, path: str):
    crm = Source("crm", (path,), (PERSON,))
    project = Project("test", Path(), tmp_path, (crm,), DEFAULT)
    for delivery in sources.deliveries(crm):
        with delivery.at_hand(tmp_path) as near:
            yield from sources.read(project, crm, near)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("in/people.csv", ["in/people.csv"]),
        ("in/*.csv", ["in/more.csv", "in/people.csv"]),
        ("in/**/*.csv", ["in/deep/er/people.csv", "in/more.csv", "in/people.csv"]),
        ("in/deep/", ["in/deep/er/people.csv"]),
        ("**", ["in/deep/er/people.csv", "in/more.csv", "in/people.csv", "in/people.csv.gz"]),
        ("in/peopl?.csv*", ["in/people.csv", "in/people.csv.gz"]),
        ("in/[a-m]*.csv", ["in/more.csv"]),
        ("in/[!a-m]*.csv", ["in/people.csv"]),
    ],
)
def test_objects_are_found_by_pattern_in_order_of_key(bucket, pattern, found):
    for key in ("in/people.csv", "in/more.csv", "in/people.csv.gz", "in/deep/er/people.csv"):
        bucket(key)
    bucket("in/", "")

    assert keys(f"s3://shop/{pattern}") == found


def test_more_objects_than_s3_lists_at_once_are_all_found(bucket, monkeypatch):
    monkeypatch.setattr(s3, "_PAGE", 2)
    for number in range(7):
        bucket(f"many/{number}.csv", "")

    assert len(keys("s3://shop/many/*")) == 7


def test_an_object_is_read_like_a_file_and_leaves_nothing_behind(bucket, tmp_path):
    bucket("in/people.csv.gz", gzip.compress(b"Id,First\n1,Ada\n2\n"))

    [batch] = read(tmp_path, "s3://shop/in/*.csv.gz")

    assert [record.name.key for record in batch.records] == ["1"]
    assert [(reject.file, reject.line) for reject in batch.rejects] == [("people.csv.gz", 3)]
    assert list((tmp_path / "arriving").iterdir()) == []


def test_whatever_its_key_an_object_is_read(bucket, tmp_path):
    names = ["\u9867" * 150 + ".csv", "..", ".csv", "a b%20c?x=1#y.csv", "-rf", "x\u202egnp.csv"]
    for number, name in enumerate(names):
        bucket(f"odd/{name}", f"Id,First\n{number},Ada\n")

    found = [record.name.key for batch in read(tmp_path, "s3://shop/odd/") for record in batch.records]

    assert sorted(found) == ["0", "1", "2", "3", "4", "5"]


def test_what_a_killed_process_left_behind_goes(bucket, tmp_path):
    left = tmp_path / "arriving" / "999999999-gone"
    left.mkdir(parents=True)
    (left / "people.csv").write_text("Id,First\n1,Ada\n")
    bucket("people.csv")

    list(read(tmp_path, "s3://shop/people.csv"))

    assert not left.exists()


def test_another_content_is_another_digest(bucket):
    bucket("people.csv")
    [before] = s3.objects("crm", "s3://shop/people.csv")
    [same] = s3.objects("crm", "s3://shop/people.csv")
    bucket("people.csv", "Id,First\n1,Eve\n")
    [after] = s3.objects("crm", "s3://shop/people.csv")

    assert before.digest() == same.digest() != after.digest()
    assert before.place == after.place == "s3://shop/people.csv"


def test_a_missing_object_has_a_nearest_one(bucket):
    bucket("in/people.csv")

    error = refusal("s3://shop/in/peopel.csv")
    assert error.message == "source 'crm': there is no object s3://shop/in/peopel.csv"
    assert error.hint == "did you mean s3://shop/in/people.csv?"
    assert "no object matches" in refusal("s3://shop/in/*.parquet").message
    assert "nothing lies in s3://shop/out" in refusal("s3://shop/out/*.csv").hint


def test_a_bucket_that_is_not_there(bucket):
    assert "there is no bucket shopp" in refusal("s3://shopp/people.csv").message


def test_an_object_that_is_gone_when_it_is_read(bucket, tmp_path):
    bucket("people.csv")
    [found] = s3.objects("crm", "s3://shop/people.csv")
    boto3.client("s3").delete_object(Bucket="shop", Key="people.csv")

    with pytest.raises(SourceError, match="is gone since it was listed"), found.at_hand(tmp_path):
        pass


def only_lists(moto):
    """The key of somebody who may see that there are objects, and no more."""
    iam = boto3.client("iam", region_name="us-east-1")
    iam.create_user(UserName="lister")
    allowed = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="lister", PolicyName="list", PolicyDocument=policy)
    return iam.create_access_key(UserName="lister")["AccessKey"]


@pytest.fixture
def guarded(moto):
    """A function that makes moto check who may do what."""

    def check(count: bytes) -> None:
        urlopen(Request(f"{moto}/moto-api/reset-auth", count, {"Content-Type": "text/plain"})).close()

    yield lambda: check(b"0")
    check(b"inf")


def test_who_may_not_read_is_told_so(bucket, moto, guarded, monkeypatch, tmp_path):
    bucket("people.csv")
    [found] = s3.objects("crm", "s3://shop/people.csv")
    lister = only_lists(moto)
    guarded()
    assert "S3 does not let us read s3://shop/people.csv" in refusal("s3://shop/people.csv").message
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", lister["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", lister["SecretAccessKey"])

    assert keys("s3://shop/people.csv") == ["people.csv"]
    with pytest.raises(SourceError, match="does not let us read") as error, found.at_hand(tmp_path):
        pass
    assert "s3:GetObject" in error.value.hint


def test_without_credentials_it_says_which_to_set(bucket, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    assert "there are no AWS credentials" in refusal("s3://shop/people.csv").message


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)

    assert refusal("s3://shop/people.csv").hint == "pip install 'threesixty[aws]'"


def test_an_endpoint_that_is_away(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(s3, "_TRIES", 1)

    assert "s3://shop/people.csv cannot be reached" in refusal("s3://shop/people.csv").message


def test_a_bucket_s_name_may_come_from_the_environment(bucket):
    assert "${BUCKET} is not set" in refusal("s3://${BUCKET}/people.csv").message


def test_a_known_object_is_skipped_and_not_even_fetched(bucket, tmp_path, monkeypatch):
    bucket("in/a.csv")
    (tmp_path / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n[sources.crm]\npath = "s3://shop/in/*.csv"\n'
        'kind = "person"\nkey = "Id"\ncolumns.given = "First"\n'
    )
    with threesixty.open(tmp_path) as c360:
        assert (c360.load().sources[0].new, c360.load().sources[0].skipped_files) == (1, 1)
        bucket("in/b.csv", "Id,First\n2,Bob\n")
        fetched = []
        monkeypatch.setattr(s3.Object, "at_hand", noting(fetched, s3.Object.at_hand))

        [crm] = c360.load().sources

    assert (crm.new, crm.skipped_files, set(fetched)) == (1, 1, {"in/b.csv"})


def noting(fetched, at_hand):
    def noted(self, folder, **how):
        fetched.append(self.key)
        return at_hand(self, folder, **how)

    return noted


def test_to_look_at_a_big_object_its_beginning_is_fetched(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(s3, "_BEGINNING", 40)
    bucket("people.csv", "Id,First\n" + "".join(f"{n},Ada\n" for n in range(50)))
    bucket("people.parquet", parquet({"Id": [str(n) for n in range(50)], "First": ["Ada"] * 50}))

    for path in ("s3://shop/people.csv", "s3://shop/people.parquet"):
        crm = Source("crm", (path,), (PERSON,))
        batch = sources.preview(Project("test", Path(), tmp_path, (crm,), DEFAULT), crm, 3)
        assert [record.name.key for record in batch.records] == ["0", "1", "2"]
        assert batch.rejects == []


def parquet(columns) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_objects_are_guessed_like_files(bucket, tmp_path):
    rows = "".join(f"{n},Ada{n},ada{n}@example.org\n" for n in range(20))
    bucket("in/people-1.csv", "id,first_name,email\n" + rows)
    bucket("in/people-2.csv", "id,first_name,email\n" + rows)

    for path, paths in [
        ("s3://shop/in/*.csv", ("s3://shop/in/*.csv",)),
        ("s3://shop/in/", ("s3://shop/in/people-1.csv", "s3://shop/in/people-2.csv")),
    ]:
        (tmp_path / "threesixty.toml").write_text(guess([path], folder=tmp_path))
        with threesixty.open(tmp_path) as c360:
            assert [source.paths for source in c360.project.sources] == [paths]
            assert c360.check(preview=1)
