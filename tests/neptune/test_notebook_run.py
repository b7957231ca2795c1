"""The notebook is executed by graph-notebook, asks the emulator, and gets what the embedded graph answers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from threesixty import customer360, questions, sample
from threesixty.graph.neptune import Neptune
from threesixty.graph.neptune_address import Address
from threesixty.neptune.notebook import notebook, somebody

pytestmark = pytest.mark.slow
RUNNER = Path(__file__).with_name("run_notebook.py")
# graph-notebook wants old versions of libraries that Threesixty uses too: it gets an environment of its own.
# What it runs on is held as well, so that a notebook that fails speaks of us.
REQUIREMENTS = ("graph-notebook==5.3.0", "ipykernel<7", "jupyter-client<8.9")


@pytest.fixture(scope="session")
def python_of_graph_notebook(request):
    """The interpreter of an environment with graph-notebook, made once and kept in pytest's cache."""
    folder = Path(request.config.cache.mkdir("graph-notebook")) / "venv"
    python, ready = folder / "bin" / "python", folder / " ".join(REQUIREMENTS)
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        command = [python, "-m", "pip", "install", "--disable-pip-version-check", "-q", *REQUIREMENTS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{REQUIREMENTS[0]} cannot be installed: {done.stderr.strip()[-200:]}")
        ready.touch()
    return python


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample company, loaded, with its embedded graph."""
    with customer360.open(sample.write(tmp_path_factory.mktemp("company"), customers=60)) as c360:
        c360.load()
        yield c360


@pytest.fixture(scope="module")
def shown(company):
    return somebody(company.graph().ask)


@pytest.fixture(scope="module")
def cluster(company, emulator):
    """The address of the emulator, which holds the company's graph."""
    parts = list(company.graph().export())
    emulator.clear()
    graph = Neptune.open(emulator.address, company.project.schema)
    graph.load(
        [part for part in parts if isinstance(part[0], str)],
        [part for part in parts if not isinstance(part[0], str)],
    )
    graph.close()
    return Address.parse(emulator.address)


@pytest.fixture(scope="module")
def executed(company, shown, cluster, emulator, python_of_graph_notebook, tmp_path_factory):
    """What was shown when graph-notebook executed the notebook, and what its variables of results held."""
    folder = tmp_path_factory.mktemp("notebook")
    made, done = folder / "made.ipynb", folder / "done.json"
    made.write_text(json.dumps(notebook(company.project.schema, cluster, shown)), "utf-8")
    ran = subprocess.run(
        [python_of_graph_notebook, RUNNER, made, done],
        env={**os.environ, **emulator.environment, "HOME": str(folder)},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(done.read_text("utf-8"))
    return told["shown"], told["results"]


ASKED = [question for question in questions.catalogue().values() if not question.answer]


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.name)
def test_the_rows_of_a_question_are_those_of_the_embedded_graph(executed, company, shown, question):
    _, results = executed
    example = question.examples[0] if question.examples else {}
    given = {
        p.name: shown.customer if p.type == "customer" else example[p.name]
        for p in question.parameters if p.required
    }  # fmt: skip

    told = questions.ask(lambda *_, **__: results[question.name], question, given)
    expected = questions.ask(company.graph().ask, question, given)

    # The parts of a UNION may come in any order.
    assert sorted(told.rows, key=repr) == sorted(expected.rows, key=repr)


def test_what_the_sample_company_knows_has_rows(executed):
    _, results = executed

    # The sample company has no customers that are organisations.
    assert {name for name, rows in results.items() if not rows} == {"employees", "organisation"}


def test_a_step_of_the_questions_in_python_is_one_of_the_embedded_graph(executed, company, shown):
    _, results = executed
    found = questions.ask(company.graph().ask, questions.find("connections"), {"customer": shown.customer})

    direct = {row[0] for row in found.rows if row[2] == 1}
    assert {row["far"] for row in results["connections"]} - {""} == direct


def test_graphs_are_drawn_with_names(executed, company, shown):
    shown_, _ = executed
    (name,) = company.graph().ask(
        "MATCH (c:Customer {id: $id}) RETURN c.name AS name", {"id": shown.customer}
    )

    networks = [text for text in map(json.dumps, shown_) if '"network"' in text]
    assert any(json.dumps(name["name"]) in text for text in networks)
