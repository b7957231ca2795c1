"""The sample company on a stand-in for Neptune, and clients of Neptune that others wrote.

Each client lives in a virtual environment of its own, made once in pytest's cache: it wants other
versions than we do. What is to be found is told by the embedded engine, from before the graph was moved.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

import threesixty
from threesixty import sample
from threesixty.graph.delta import edge_id
from threesixty.neptune.emulator import Emulator
from threesixty.neptune.emulator.arcadedb import ArcadeDB
from threesixty.schema import EdgeKind, Schema

HERE = Path(__file__).parent
CUSTOMERS = 120
SECONDS = 300
Element = Mapping[str, Any]


@dataclass(frozen=True)
class Company:
    """The sample company as the embedded engine holds it, by id, in the shapes of Neptune's answers."""

    schema: Schema
    nodes: Mapping[str, Element]
    edges: Mapping[str, Element]

    def labelled(self, label: str) -> list[Element]:
        return [node for node in self.nodes.values() if node["~labels"] == [label]]

    def typed(self, type_: str) -> list[Element]:
        return [edge for edge in self.edges.values() if edge["~type"] == type_]

    @property
    def labels(self) -> list[str]:
        return sorted({label for node in self.nodes.values() for label in node["~labels"]})

    @property
    def types(self) -> list[str]:
        return sorted({edge["~type"] for edge in self.edges.values()})

    @property
    def patterns(self) -> set[tuple[str, str, str]]:
        """Label, type and label of every sort of edge that is there."""
        return {
            (self.label(edge["~start"]), edge["~type"], self.label(edge["~end"]))
            for edge in self.edges.values()
        }

    def label(self, node: str) -> str:
        [label] = self.nodes[node]["~labels"]
        return label

    def at(self, node: str) -> list[Element]:
        """The edges that start or end at a node."""
        return [edge for edge in self.edges.values() if node in (edge["~start"], edge["~end"])]

    def beside(self, node: str) -> set[str]:
        """The nodes at the other ends of its edges."""
        return {edge["~end"] if edge["~start"] == node else edge["~start"] for edge in self.at(node)}

    @property
    def busiest(self) -> Element:
        """The Customer with the most edges."""
        return max(self.labelled("Customer"), key=lambda node: len(self.at(node["~id"])))


# --- emulators -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def beneath(tmp_path_factory):
    """An engine with two graphs: one that is only looked at, one to write into."""
    with ArcadeDB.start(tmp_path_factory.mktemp("beneath"), neptune=["company", "scratch"]) as server:
        yield server


@pytest.fixture(scope="session")
def cluster(beneath, tmp_path_factory):
    """A stand-in for a cluster that checks signatures; the company is on it."""
    with Emulator.start(tmp_path_factory.mktemp("cluster"), bolt_url=beneath.url("company")) as started:
        yield started


@pytest.fixture(scope="session")
def company_folder(tmp_path_factory, cluster):
    """A project that was loaded on the embedded engine, and then got another line for `graph`."""
    folder = tmp_path_factory.mktemp("company")
    project = sample.write(folder, customers=CUSTOMERS)
    with threesixty.open(project) as c360:
        c360.load()
    text = project.read_text("utf-8")
    project.write_text(f'stores.graph = "{cluster.address}"\n{text}', "utf-8")
    return folder


@pytest.fixture(scope="session")
def company(company_folder, cluster):
    """What is in both graphs."""
    project = company_folder / "threesixty.toml"
    words = project.read_text("utf-8")
    embedded = company_folder / "embedded.toml"
    embedded.write_text(words.partition("\n")[2], "utf-8")
    with threesixty.open(embedded, home=company_folder / ".threesixty") as c360:
        found = _elements(c360.project.schema, c360.graph().export())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cluster.environment.items():
            patch.setenv(name, value)
        with threesixty.open(project) as c360:
            assert c360.load().notices == ("the graph was gone and was made anew from the ledger",)
    return found


@pytest.fixture(scope="session")
def cluster_export(company, company_folder, cluster):
    """Writes the cluster's graph into a folder, as files for Neptune's loader; how many rows."""

    def export(folder):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in cluster.environment.items():
                patch.setenv(name, value)
            with threesixty.open(company_folder / "threesixty.toml") as c360:
                return c360.export("graph", folder, "neptune-csv")

    return export


@pytest.fixture(scope="session")
def buckets(tmp_path_factory):
    """A folder whose folders are S3 buckets."""
    return tmp_path_factory.mktemp("buckets")


@pytest.fixture(scope="session")
def scratch_cluster(beneath, buckets, tmp_path_factory):
    """A stand-in to write into, with a change stream and S3."""
    folder = tmp_path_factory.mktemp("scratch")
    with Emulator.start(folder, bolt_url=beneath.url("scratch"), s3=str(buckets), streams=True) as started:
        yield started


@pytest.fixture
def scratch(scratch_cluster):
    """The same, empty."""
    scratch_cluster.clear()
    return scratch_cluster


def _elements(schema: Schema, exported) -> Company:
    nodes: dict[str, Element] = {}
    edges: dict[str, Element] = {}
    for what, rows in exported:
        if isinstance(what, EdgeKind):
            edges.update((one["~id"], one) for one in (_edge(schema, what, row) for row in rows))
        else:
            nodes.update((one["~id"], one) for one in (_node(schema, what, row) for row in rows))
    return Company(schema, nodes, edges)


def _node(schema, label, row):
    id_, *cells = row
    return {
        "~id": id_,
        "~entityType": "node",
        "~labels": [label],
        "~properties": {"id": id_, **_known(schema.nodes[label], cells)},
    }


def _edge(schema, kind, row):
    start, end, *cells = row
    return {
        "~id": edge_id(kind, start, end),
        "~entityType": "relationship",
        "~start": start,
        "~end": end,
        "~type": kind.type,
        "~properties": _known(schema.edges[kind], cells),
    }


def _known(columns, cells):
    pairs = zip(columns, cells, strict=True)
    return {column.name: value for column, value in pairs if value is not None}


# --- clients ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def connected():
    """Makes a boto3 client that knows the credentials of an emulator and tries everything once."""
    opened = []

    def connect(emulator, *, port=None, key=None):
        session = boto3.Session(
            aws_access_key_id=emulator.settings.access_key,
            aws_secret_access_key=key or emulator.settings.secret_key,
            region_name=emulator.settings.region,
        )
        url = f"http://{emulator.settings.host}:{port or emulator.port}"
        config = Config(retries={"total_max_attempts": 1})
        client = session.client("neptunedata", endpoint_url=url, config=config)
        opened.append(client)
        return client

    yield connect
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def installed(request):
    """Makes the virtual environment of a name, once; gives the folder of its programs."""
    folder = request.config.cache.mkdir("clients")

    def install(name):
        wanted = HERE / "environments" / f"{name}.txt"
        home = folder / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
        done = home / "installed.txt"
        if not done.exists() or done.read_text("utf-8") != wanted.read_text("utf-8"):
            venv.create(home, clear=True, with_pip=True, symlinks=os.name != "nt")
            pip = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
            ran = subprocess.run(
                [*pip, "-r", wanted], capture_output=True, text=True, check=False, timeout=SECONDS
            )
            assert ran.returncode == 0, f"{name} could not be installed:\n{ran.stdout}{ran.stderr}"
            done.write_text(wanted.read_text("utf-8"), "utf-8")
        return home / "bin"

    return install


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory):
    """The environment variables of a client: an emulator's credentials, and nothing of this machine's."""
    home = tmp_path_factory.mktemp("home")

    def told(emulator):
        return {
            **emulator.environment,
            "AWS_DEFAULT_REGION": emulator.settings.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": str(home),
            "PATH": os.environ["PATH"],
        }

    return told


@pytest.fixture(scope="session")
def run_program(installed, surroundings):
    """Runs one of `programs/` in the environment of a name: JSON goes in, JSON comes out."""

    def run(name, emulator, given):
        done = subprocess.run(
            [installed(name) / "python", HERE / "programs" / f"{name}_client.py"],
            input=json.dumps(given), env=surroundings(emulator),
            capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
