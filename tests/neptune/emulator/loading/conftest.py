"""Clients of an emulator that loads from a folder, and files to load."""

import shutil
import time
from contextlib import suppress
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from threesixty.neptune.emulator import Emulator

ROLE = "arn:aws:iam::123456789012:role/loader"
ACTIVE = {"LOAD_NOT_STARTED", "LOAD_IN_QUEUE", "LOAD_IN_PROGRESS"}


class Told(dict):
    """What a job's status says."""

    @property
    def outcome(self):
        return self["overallStatus"]["status"]

    @property
    def logged(self):
        """Code, record number and file of each error."""
        return [
            (error["errorCode"], error["recordNum"], error["fileName"].rpartition("/")[2])
            for error in self["errors"]["errorLogs"]
        ]


class Client:
    """boto3's own client, and what tests ask it for again and again."""

    def __init__(self, emulator, port):
        self.boto = boto3.client(
            "neptunedata",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name=emulator.settings.region,
            aws_access_key_id=emulator.settings.access_key,
            aws_secret_access_key=emulator.settings.secret_key,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def start(self, source, **how):
        asked = {"format": "csv", "s3BucketRegion": "us-east-1", "iamRoleArn": ROLE, "mode": "NEW", **how}
        return self.boto.start_loader_job(source=source, **asked)["payload"]["loadId"]

    def status(self, load, **how):
        return Told(self.boto.get_loader_job_status(loadId=load, **how)["payload"])

    def ended(self, load):
        """Its status once it is over, with everything there is to know."""
        while self.status(load).outcome in ACTIVE:
            time.sleep(0.02)
        return self.status(load, details=True, errors=True)

    def load(self, source, **how):
        return self.ended(self.start(source, **how))

    def ask(self, text):
        return self.boto.execute_open_cypher_query(openCypherQuery=text)["results"]

    def count(self):
        return self.ask("MATCH (n) RETURN count(n) AS found")[0]["found"]

    def cancel_all(self):
        """Ends every job, and waits until it has ended."""
        loads = self.boto.list_loader_jobs()["payload"]["loadIds"]
        for load in loads:
            with suppress(ClientError):  # most are over
                self.boto.cancel_loader_job(loadId=load)
        for load in loads:
            self.ended(load)

    def refusal(self, verb, *given, **how):
        """The code and the words with which a request is refused."""
        with pytest.raises(ClientError) as caught:
            verb(*given, **how)
        return caught.value.response["Error"]["Code"], caught.value.response["detailedMessage"]


@pytest.fixture(scope="package")
def buckets(tmp_path_factory):
    """A folder that stands for S3."""
    return tmp_path_factory.mktemp("s3")


@pytest.fixture(scope="package")
def cluster(arcadedb_server, tmp_path_factory, buckets):
    """An emulator that reads load files from the folder."""
    url, folder = arcadedb_server.url("neptune"), tmp_path_factory.mktemp("cluster")
    with Emulator.start(folder, bolt_url=url, s3=str(buckets)) as emulator:
        yield emulator


@pytest.fixture
def s3(buckets):
    """An empty bucket: `put` writes a file into it. `many` are rows enough to see a job at work."""
    shutil.rmtree(buckets / "bucket", ignore_errors=True)
    (buckets / "bucket").mkdir()

    def put(key, text):
        path = buckets / "bucket" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    return SimpleNamespace(
        put=put,
        nodes="~id,~label,name:String(single)\nada,P,Ada\nben,P,Ben\n",
        edges="~id,~from,~to,~label,since:Long\ne1,ada,ben,KNOWS,5\n",
        many="~id,~label\n" + "".join(f"{number},P\n" for number in range(60_000)),
    )


@pytest.fixture
def neptune(cluster):
    """A client of an empty cluster on which nothing is being loaded, before and after."""
    found = Client(cluster, cluster.port)
    cluster.clear()
    yield found
    found.cancel_all()


@pytest.fixture
def client_of():
    """A client of an emulator, at one of its ports."""
    return Client
