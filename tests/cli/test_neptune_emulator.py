"""`threesixty neptune-emulator`: what it prints is all that is needed, and it ends when it is told to."""

import json
import os
import signal
import socket
import subprocess
import sys
from importlib import util
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

import threesixty
from threesixty import sample
from threesixty.cli.commands import app

ENDED = ["Starting …", "Stopped. The graph is kept for the next start."]
RUN = [sys.executable, "-c", "from threesixty.cli import main; main()"]


@pytest.fixture
def start(tmp_path):
    """Starts the command in a process; what it printed up to its last line, and the process."""
    started = []

    def start(*arguments, end="Ctrl-C stops."):
        process = subprocess.Popen(
            [*RUN, "neptune-emulator", "--port", "0", "--folder", "graph", *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A test runner in the background would hand down a signal that is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        started.append(process)
        printed = []
        for line in process.stdout:
            printed.append(line.rstrip("\n"))
            if line.rstrip("\n").endswith(end):
                return printed, process
        pytest.fail(f"it ended with {process.wait()}: {process.stderr.read()}")

    yield start
    for process in started:
        process.kill()
        process.communicate()


def refused(*arguments):
    result = CliRunner().invoke(app, ["neptune-emulator", *arguments])
    assert result.exit_code == 5
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def test_what_is_printed_is_all_a_project_needs(start, tmp_path, monkeypatch):
    printed, _ = start("--secret-key", "it's a secret", "--region", "eu-central-1")
    lines = [line for line in printed if line.startswith(("[stores]", "graph = "))]
    exported = [line.removeprefix("export ") for line in printed if line.startswith("export ")]
    shell = subprocess.run(
        ["bash", "-c", "".join(f"export {one}\n" for one in exported) + "env -0"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name, value in (one.split("=", 1) for one in shell.stdout.split("\0") if one.startswith("AWS_")):
        monkeypatch.setenv(name, value)
    file = sample.write(tmp_path / "company", customers=10)
    file.write_text("\n".join([*lines, file.read_text("utf-8")]), "utf-8")

    with threesixty.open(file) as c360:
        c360.load()
        assert c360.status().graph == "neptune"
        assert c360.ask("recency_frequency_value").dicts()
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "it's a secret"
    assert len(lines) == 2


def ended(process, sent):
    process.send_signal(sent)
    errors = process.communicate(timeout=60)[1]
    return process.returncode, errors.splitlines()


def test_json_says_the_same_and_sigterm_ends_it(start):
    printed, process = start("--json", "--streams", "--access-key", "me", end="}")
    told = json.loads("\n".join(printed))

    assert told["graph"].startswith(f"neptune://127.0.0.1:{told['port']}?region=us-east-1&tls=no&reader=")
    assert told["environment"]["AWS_ACCESS_KEY_ID"] == "me"
    assert told["folder"] == "graph"
    assert ended(process, signal.SIGTERM) == (0, ENDED)


@pytest.mark.slow
def test_ctrl_c_ends_it_and_the_graph_is_kept(start):
    def told(statement):
        printed, process = start("--json", "--no-iam", end="}")
        port = json.loads("\n".join(printed))["port"]
        body = urlencode({"query": statement}).encode()
        with urlopen(f"http://127.0.0.1:{port}/openCypher", body, timeout=30) as answer:
            results = json.load(answer)["results"]
        assert ended(process, signal.SIGINT) == (0, ENDED)
        return results

    told("UNWIND range(1, 500) AS x CREATE (:Customer {`~id`: toString(x)})")

    assert told("MATCH (c:Customer) RETURN count(c) AS n") == [{"n": 500}]


@pytest.mark.slow
def test_another_one_in_the_same_folder_is_an_error_with_a_hint(start, tmp_path):
    start()
    said = refused("--port", "0", "--folder", str(tmp_path / "graph"))

    assert "another server works in" in said
    assert "stop it, or choose another folder" in said


@pytest.mark.parametrize("option", ["--port", "--reader-port"])
def test_a_port_in_use_is_an_error_with_a_hint_before_anything_starts(tmp_path, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused("--port", "0", option, port, "--folder", str(tmp_path / "graph"))

    assert f"cannot listen at 127.0.0.1:{port}: Address already in use → is another one running?" in said
    assert not (tmp_path / "graph").exists()


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(
        "threesixty.neptune.emulator.arcadedb.find_spec",
        lambda name: None if name == "arcadedb_embedded" else found(name),
    )
    said = refused("--port", "0", "--folder", str(tmp_path / "graph"))

    assert "→ pip install 'threesixty[emulator]'" in said


def test_an_s3_folder_has_to_be_there():
    result = CliRunner().invoke(app, ["neptune-emulator", "--s3", "nowhere"])

    assert result.exit_code == 2
    assert "--s3 nowhere is no folder" in result.output


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    said = refused("--port", "0", "--folder", str(tmp_path / "file"))

    assert "nothing can be kept in" in said
    assert "File exists → choose another folder" in said
