"""docs/reference/schema.md: the graph that the shipped schema draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from threesixty.schema import DEFAULT, Column, Kind

HEAD = """# The graph

What lies in the graph before a project adds anything. (Written by `make docs` from the shipped schema.)

Every node has one label, which never changes, an `id` and a `name` to show. Ids say nothing about a person:
`customer:<id>`, `identifier:email:<digest>`, `record:<source>:<kind>:<digest>`, `purchase:<source>:<digest>`.
Between two nodes there is at most one edge of a type. Values are scalars: *instant* is milliseconds since
1970 UTC, *date* is ISO text, *money* is a whole number of 1/10,000 of a currency.

A project adds kinds, properties and identifier types under
[`[schema]`](project-file.md#schema-what-your-company-has-beyond-that); the graph's tables follow from it.
"""
ABOUT = {
    "Threesixty": "one node: how much of the ledger the graph shows",
    "Customer": "the golden values, and counts; `profile` holds the values once more as JSON",
    "Record": "a party record behind a customer: where it came from",
    "Identifier": "`value` as the schema shows it; `generic` ones have no `USES` edges",
    "Household": "people who live together",
    "Address": "where somebody lives",
    "Alias": "an id that once was a customer's",
}
SHOWN = """Whoever may query the graph may see what is in it. So every property says whether it is personal,
and whether the graph shows it: `yes`, `masked` (`a…@example.org`, `+3…5678`) or `no`. Names, addresses, email
and phone of a `Customer` are shown as shipped; the project file can mask them or keep them out,
and then the `name` of nodes holds no more either.
What people do (purchases, tickets, views …) is of the category `behaviour`."""
UNNAMED = "A column that no role names stays in the ledger, in the row as it came, and is never in the graph."


def page(_: str) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_nodes(), *_edges(), *_kept_back()]) + "\n"


def _nodes() -> Iterator[str]:
    yield "## Nodes\n\n| label | | properties beside `id` |\n|---|---|---|"
    kinds = {kind.label: f"one of kind `{kind.name}`" for kind in DEFAULT.things}
    for label, columns in DEFAULT.nodes.items():
        yield f"| `{label}` | {ABOUT.get(label) or kinds[label]} | {_columns(columns)} |"


def _edges() -> Iterator[str]:
    yield "\n## Edges\n\n| from | type | to | properties |\n|---|---|---|---|"
    for edge, columns in DEFAULT.edges.items():
        yield f"| `{edge.source}` | `{edge.type}` | `{edge.target}` | {_columns(columns)} |"


def _columns(columns: Iterable[Column]) -> str:
    return ", ".join(f"`{name}`" + (f" {type_}" if type_ != "text" else "") for name, type_ in columns)


def _kept_back() -> Iterator[str]:
    yield "\n## What the graph may show\n"
    yield f"{SHOWN}\n"
    yield "| kind | personal | of the category contact | masked or kept out |\n|---|---|---|---|"
    for kind in DEFAULT.kinds.values():
        if kind.sort == "party":
            yield f"| `{kind.name}` | {_personal(kind)} | {_contact(kind)} | {_hidden(kind)} |"
    yield "\n| identifier type | in the graph | two different ones count against |\n|---|---|---|"
    for one in DEFAULT.identifiers.values():
        yield f"| `{one.name}` | {one.graph} | {'yes' if one.exclusive else ''} |"
    yield f"\n{UNNAMED}"


def _personal(kind: Kind) -> str:
    return ", ".join(f"`{one.name}`" for one in kind.properties if one.personal) or "none"


def _contact(kind: Kind) -> str:
    return ", ".join(f"`{one.name}`" for one in kind.properties if one.category == "contact") or "none"


def _hidden(kind: Kind) -> str:
    return ", ".join(f"`{one.name}` {one.graph}" for one in kind.properties if one.graph != "yes") or "none"
