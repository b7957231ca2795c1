"""The notebook has every Question, asks only what Neptune understands, and finds its cluster."""

import json
import re

import pytest

from threesixty import questions
from threesixty.conformance.drawing import eight_customers
from threesixty.graph.ladybug import Ladybug
from threesixty.graph.neptune_address import Address
from threesixty.neptune import notebook as written
from threesixty.neptune.lint import lint
from threesixty.neptune.notebook import NOBODY, Shown, notebook, somebody
from threesixty.schema import DEFAULT

SHOWN = Shown("customer:ada", "customer:dan")
CLUSTER = "neptune://shop.cluster-abc.eu-central-1.neptune.amazonaws.com:8182"


def cells(address="", shown=SHOWN, sort="code"):
    made = notebook(DEFAULT, Address.parse(address) if address else None, shown)
    return ["".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == sort]


def asked():
    """The openCypher of each %%oc cell, by what stands behind %%oc."""
    return [cell.removeprefix("%%oc ").split("\n", 1) for cell in cells() if cell.startswith("%%oc")]


def settings(address):
    (cell,) = (cell for cell in cells(address) if cell.startswith("%%graph_notebook_config"))
    return json.loads(cell.split("\n", 1)[1])


# --- what is in it ------------------------------------------------------------------------------------


def test_every_question_is_asked_with_its_own_text():
    texts = {text for _, text in asked()}

    assert {q.name for q in questions.catalogue().values() if q.text.split("\n\n")[0] not in texts} == set()


def test_every_question_written_in_python_is_shown_step_by_step():
    assert written.IN_PYTHON.keys() == set(questions.IN_PYTHON)


def test_every_question_is_explained():
    text = "\n".join(cells(sort="markdown"))
    said = [part for q in questions.catalogue().values() for part in
            (q.title, q.doc, *(f"| `{column.name}` | {column.type} |" for column in q.columns))]  # fmt: skip

    assert [part for part in said if part not in text] == []


def test_all_that_is_asked_is_what_neptune_understands():
    found = [(text, one) for _, text in asked() for one in lint(text, DEFAULT) if one.level == "error"]

    assert found == []


def test_parameters_are_given_as_the_documentation_of_graph_notebook_says():
    names = [re.search(r"-qp (\w+)", options) for options, text in asked() if "$" in text]

    assert None not in names
    assert {name[1] for name in names} <= set(re.findall(r"^(\w+) = ", "\n".join(cells()), re.MULTILINE))


def test_the_cells_of_parameters_are_python_that_runs():
    given = {"customer": "", "other": "", "connections": {"results": []}}
    given |= {"path_near": {"results": []}, "path_far": {"results": []}}
    for cell in cells():
        if not cell.startswith("%"):
            exec(compile(cell, "cell", "exec"), given)

    assert given["sharing_parameters"] == {"customer": "customer:ada"}
    assert given["hubs_parameters"] == {"at_least": 3}
    assert given["path_far_parameters"] == {"customer": "customer:dan", "most": 50}


def test_labels_and_edges_of_the_schema_are_explained():
    text = "\n".join(cells(sort="markdown"))

    assert [label for label in DEFAULT.nodes if f"| `{label}` |" not in text] == []
    assert [k for k in DEFAULT.edges if f"| `{k.source}` | `{k.type}` | `{k.target}` |" not in text] == []


def test_graphs_show_names():
    views = [options for options, text in asked() if "RETURN p AS p" in text]

    assert len(views) >= 3
    assert all("-d name" in options and "-g " in options for options in views)


def test_it_is_a_notebook():
    made = notebook(DEFAULT)
    ids = [cell["id"] for cell in made["cells"]]

    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert len(set(ids)) == len(ids)
    assert all(cell["outputs"] == [] for cell in made["cells"] if cell["cell_type"] == "code")
    assert notebook(DEFAULT) == json.loads(json.dumps(made))


# --- where the cluster is -----------------------------------------------------------------------------


def test_a_cluster_of_amazon_is_asked_at_its_reader_with_signed_requests():
    said = settings(f"{CLUSTER}?reader=shop.cluster-ro-abc.eu-central-1.neptune.amazonaws.com")

    assert said["host"] == "shop.cluster-ro-abc.eu-central-1.neptune.amazonaws.com"
    assert (said["port"], said["ssl"], said["auth_mode"]) == (8182, True, "IAM")
    assert said["aws_region"] == "eu-central-1"
    assert not [cell for cell in cells(CLUSTER) if "allowlist" in cell]


def test_a_stand_in_is_put_on_the_list_of_hosts_first():
    address = "neptune://127.0.0.1:8182?region=us-east-1&tls=no&iam=no&reader=127.0.0.1:9000"
    said = settings(address)

    assert cells(address)[1] == '%%neptune_config_allowlist add\n["127.0.0.1"]'
    assert (said["host"], said["port"], said["ssl"], said["auth_mode"]) == (
        "127.0.0.1",
        9000,
        False,
        "DEFAULT",
    )


def test_without_an_address_it_says_where_to_write_one():
    assert any("Write the address of your cluster" in cell for cell in cells(sort="markdown"))


# --- whom it asks about -------------------------------------------------------------------------------


@pytest.fixture
def graph(tmp_path):
    opened = Ladybug.open(tmp_path / "graph.lbug", DEFAULT)
    yield opened
    opened.close()


def test_it_asks_about_somebody_of_whom_there_is_much_to_say(graph):
    graph.apply(eight_customers())

    # Ada has everything, and Hall & Co, whom Dan works for, is two steps away from her.
    assert somebody(graph.ask) == Shown("customer:ada", "customer:hall")


def test_of_an_empty_graph_it_asks_about_nobody(graph):
    assert somebody(graph.ask) == NOBODY
