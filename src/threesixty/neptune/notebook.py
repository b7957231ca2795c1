"""A Jupyter notebook with every Question, for people who open the cluster without Threesixty.

AWS's graph-notebook reads it (https://docs.aws.amazon.com/neptune/latest/userguide/notebooks-magics.html);
it is plain data in nbformat 4.5, so nothing has to be installed to write it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from threesixty import questions
from threesixty.graph.neptune_address import EXAMPLE, Address
from threesixty.questions import Question
from threesixty.questions.hops import HOLDERS
from threesixty.questions.question import read
from threesixty.record import Scalar
from threesixty.schema import Column, EdgeKind, Schema

Cell = dict[str, Any]

AMAZON = (".neptune.amazonaws.com", ".neptune.amazonaws.com.cn")
"""Hosts that graph-notebook knows as Neptune's; any other has to be put on its list first."""

ABOUT = {
    "Threesixty": "one node: how much of the ledger the graph shows",
    "Customer": "the winning values, and counts; `profile` has the values once more as JSON",
    "Record": "what one source said about somebody: where it came from",
    "Identifier": "an email address, a phone …; a `generic` one is held by too many to mean anything",
    "Household": "people who live together",
    "Address": "where somebody lives",
    "Alias": "an id that once was a customer's",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The customers that the notebook asks about: ids of two Customer nodes."""

    customer: str
    other: str


NOBODY = Shown("customer:4xq2mzr7kw3hd5ta", "customer:c7v5n2yqkt6s3wxa")
"""Ids as they stand in the examples of the Questions; no graph has them."""


def cluster_of(address: str, graph: str) -> Address | None:
    """The cluster at an address, else the one that is a project's `graph`; raises GraphUnavailable."""
    return Address.parse(address or graph) if address or graph.startswith("neptune:") else None


def notebook(schema: Schema, address: Address | None = None, shown: Shown = NOBODY) -> dict[str, Any]:
    """The notebook as it is written to a file; without an address it says where to fill one in."""
    written = [*_opening(address), *_model(schema), *_customers(shown), *_views(schema), *_questions()]
    cells = [{**cell, "id": f"threesixty-{number}"} for number, cell in enumerate(written, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}


def code(text: str) -> Cell:
    lines = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}


# --- where the cluster is ------------------------------------------------------------------------------

_TITLE = """# Customer 360

Every Question of this Customer 360 as openCypher, to be asked and changed. The cells that begin with `%%oc`
need AWS's graph-notebook: it is there in Neptune Workbench, and elsewhere after `pip install graph-notebook`.

The notebook only reads. Whoever can read the cluster sees what the project's schema lets into the graph."""
_FILL_IN = """Write the address of your cluster and its region into the next cell. `auth_mode` is `IAM` where
requests are signed, with the credentials of this machine, and `DEFAULT` where they are not."""
_THERE = (
    "Where the cluster is. Where it says `IAM`, requests are signed with the credentials of this machine."
)


def _opening(address: Address | None) -> Iterator[Cell]:
    yield markdown(_TITLE)
    yield code("%load_ext graph_notebook.magics")
    yield markdown(_THERE if address else _FILL_IN)
    address = address or Address.parse(EXAMPLE)
    host, port = _reading_end(address)
    if not host.endswith(AMAZON):
        yield code(f"%%neptune_config_allowlist add\n{json.dumps([host])}")
    yield code(f"%%graph_notebook_config\n{json.dumps(_settings(address, host, port), indent=2)}")
    yield code("%status")


def _reading_end(address: Address) -> tuple[str, int]:
    """The reader endpoint where there is one: a notebook only reads."""
    host, colon, port = (address.reader or address.host).rpartition(":")
    return (host, int(port)) if colon and port.isdecimal() else (address.reader or address.host, address.port)


def _settings(address: Address, host: str, port: int) -> dict[str, Any]:
    return {
        "host": host,
        "port": port,
        "neptune_service": "neptune-db",
        "auth_mode": "IAM" if address.iam else "DEFAULT",
        "aws_region": address.region,
        "ssl": address.tls,
        "ssl_verify": address.tls,
        "load_from_s3_arn": "",
    }


# --- what is in the graph ------------------------------------------------------------------------------

_VALUES = """Every node has one label, an `id` that says nothing about a person, and a `name` to show.
*Instants* (`at`, `since`, `first`, `last` …) are milliseconds since 1970 UTC, *money* is in 1/10,000."""
_ALIAS = """When customers are merged, the id of their earliest record stays. An id that once was a customer's
is an `Alias` node with an edge `NOW` to the customer, for ever: follow it when an old id finds nobody.

The one `Threesixty` node says how much of the ledger the graph shows: `seq` counts what the ledger was told,
`as_of` is when. The graph is drawn from the ledger, so nothing that is changed here by hand will last."""


def _model(schema: Schema) -> Iterator[Cell]:
    things = {kind.label: f"one of kind `{kind.name}`" for kind in schema.things}
    rows = [
        f"| `{label}` | {ABOUT.get(label) or things[label]} | {_names(columns)} |"
        for label, columns in schema.nodes.items()
    ]
    nodes = _table("label", "", "properties beside `id`", rows=rows)
    edges = _table("from", "type", "to", "properties", rows=[_edge(*one) for one in schema.edges.items()])
    yield markdown(f"## The graph\n\n{_VALUES}\n\n{nodes}\n\n{edges}")
    yield markdown(_ALIAS)


def _names(columns: Sequence[Column]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _edge(kind: EdgeKind, columns: Sequence[Column]) -> str:
    return f"| `{kind.source}` | `{kind.type}` | `{kind.target}` | {_names(columns)} |"


def _table(*heads: str, rows: Sequence[str]) -> str:
    return "\n".join([f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}", *rows])


# --- whom to ask about ---------------------------------------------------------------------------------

_CANDIDATES = """MATCH (c:Customer)
RETURN c.id AS id, c.records AS records
ORDER BY records DESC, id LIMIT 20"""


def somebody(ask: questions.GraphAsk) -> Shown:
    """A customer of a graph about whom there is much to say, and one connected with it where there is one."""
    found = [str(row["id"]) for row in ask(_CANDIDATES, {}, seconds=60.0, scan=True)]
    if not found:
        return NOBODY
    richest = max(found, key=lambda customer: len({row[0] for row in _rows(ask, "customer_360", customer)}))
    reached = [str(row[0]) for row in _rows(ask, "connections", richest)]
    return Shown(richest, (reached or [one for one in found if one != richest] or [richest])[-1])


def _rows(ask: questions.GraphAsk, name: str, customer: str) -> tuple[tuple[Scalar, ...], ...]:
    return questions.ask(ask, questions.find(name), {"customer": customer}).rows


def _customers(shown: Shown) -> Iterator[Cell]:
    yield markdown(
        "## Two customers\n\nThe cells below ask about these two. Write other ids here to see others."
    )
    yield code(f"customer = {shown.customer!r}\nother = {shown.other!r}")


# --- to look at ----------------------------------------------------------------------------------------


_LOOK = """## Look around

The tab *Graph* draws what comes back. `-d` says which property stands on a node, `-g` by which property nodes
are coloured, `-l` and `-rel` how much of a name is shown."""


def _views(schema: Schema) -> Iterator[Cell]:
    types = "|".join(sorted({kind.type for kind in schema.edges if kind.source == "Customer"}))
    yield markdown(_LOOK)
    yield code("around = {'customer': customer}")
    yield from _view(
        "A customer and what belongs to it",
        "-d name -g ~labels -l 30 -rel 20",
        f"MATCH p = (c:Customer {{id: $customer}})-[:{types}]->(x)\nRETURN p AS p LIMIT 200",
    )
    yield from _view(
        "The records behind it, coloured by their source, and the identifiers they carry",
        "-d name -g source -l 30 -rel 20",
        "MATCH p = (c:Customer {id: $customer})<-[:RESOLVES_TO]-(r:Record)-[:CARRIES]->(i:Identifier)\n"
        "RETURN p AS p LIMIT 200",
    )
    yield from _view(
        "Others who use the same identifiers, coloured by what they are",
        "-d name -g kind -l 30 -rel 20",
        "MATCH p = (c:Customer {id: $customer})-[:USES]->(i:Identifier)<-[:USES]-(o:Customer)\n"
        f"WHERE i.holders <= {HOLDERS} AND o.id <> $customer\nRETURN p AS p LIMIT 200",
    )


def _view(title: str, options: str, text: str) -> Iterator[Cell]:
    yield markdown(f"### {title}")
    yield code(f"%%oc -qp around {options}\n{text}")


# --- the Questions -------------------------------------------------------------------------------------


def _questions() -> Iterator[Cell]:
    yield markdown(
        "## Questions\n\nThe rows of each answer are kept: those of `hubs` in `hubs['results']`, and so on."
    )
    for question in questions.catalogue().values():
        yield markdown(_header(question))
        if question.answer:
            yield from IN_PYTHON[question.name](question)
        else:
            yield from _asked(question)


def _header(question: Question) -> str:
    parts = [f"### {question.title}", question.doc]
    for title, some in (("parameter", question.parameters), ("column", question.columns)):
        rows = [f"| `{one.name}` | {one.type} | {_cell(one.doc)} |" for one in some]
        parts += [_table(title, "type", "", rows=rows)] if rows else []
    return "\n\n".join(filter(None, parts))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _asked(question: Question) -> Iterator[Cell]:
    if question.parameters:
        values = ", ".join(f"{p.name!r}: {_value(question, p.name)}" for p in question.parameters)
        yield code(f"{question.name}_parameters = {{{values}}}")
    yield _oc(question.name, question.text, parameters=bool(question.parameters))


def _value(question: Question, name: str) -> str:
    """A parameter's value as it is written in Python: the customer shown, the default, or an example's."""
    (parameter,) = (one for one in question.parameters if one.name == name)
    if parameter.type == "customer":
        return "other" if name == "other" else "customer"
    if parameter.default is not None:
        # An example may name a node, which is not there in this graph.
        return repr(parameter.default)
    said: Mapping[str, str] = question.examples[0] if question.examples else {}
    return repr(read(said[name], parameter.type) if name in said else None)


def _oc(name: str, text: str, *, parameters: bool = True) -> Cell:
    given = f" -qp {name}_parameters" if parameters else ""
    return code(f"%%oc{given} --store-to {name}\n{text}")


_STEPS = """Threesixty asks this one step by step, because openCypher has no bound that is a parameter and no
shortest path that every engine knows. One step leads from a customer to those who use the same identifiers,
live in the same household, or are related (works for, part of, referred); rows without a `far` are
identifiers held by too many to be followed."""


def _connections(question: Question) -> Iterator[Cell]:
    text = question.text.split("\n\n")[0]
    yield markdown(_STEPS)
    yield code(f"connections_parameters = {{'customer': customer, 'most': {HOLDERS}}}")
    yield _oc("connections", text)
    yield markdown("The second step, from the first of those that were found:")
    yield code(
        "reached = sorted({row['far'] for row in connections['results']} - {''})\n"
        "further = (reached or [customer])[0]\n"
        "connections_further_parameters = {**connections_parameters, 'customer': further}"
    )
    yield _oc("connections_further", text)


def _path(question: Question) -> Iterator[Cell]:
    text = question.text.split("\n\n")[0]
    yield markdown(f"{_STEPS} A path is looked for from both ends, until they meet.")
    yield code(f"path_near_parameters = {{'customer': customer, 'most': {HOLDERS}}}")
    yield _oc("path_near", text)
    yield code(f"path_far_parameters = {{'customer': other, 'most': {HOLDERS}}}")
    yield _oc("path_far", text)
    yield markdown(
        "Where the two meet after one step from each; nobody, when the way is longer or there is none:"
    )
    yield code(
        "near = {row['far'] for row in path_near['results']} | {customer}\n"
        "far = {row['far'] for row in path_far['results']} | {other}\n"
        "sorted((near & far) - {''})"
    )


IN_PYTHON = {"connections": _connections, "path": _path}
