"""What was agreed with a source: `on_change` and `expect` of its table in the project file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, cast

from threesixty.project.model import Contract, Source
from threesixty.project.table import Table

ON_CHANGE = ("accept", "warn", "stop")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 31 * 86_400}
_EVERY = re.compile(r"(?:(\d{1,4}) )?(minute|hour|day|week|month)s?")


def contract(table: Table) -> Contract:
    """The contract of one source."""
    on_change = table.text("on_change", "warn", among=ON_CHANGE)
    expect = table.table("expect")
    found = Contract(cast(Literal["accept", "warn", "stop"], on_change), _every(expect), _rows(expect))
    expect.done()
    return found


def _every(table: Table) -> int:
    given = table.text("every")
    if not given:
        return 0
    found = _EVERY.fullmatch(given.strip().casefold())
    if not found or found[1] == "0":
        table.problem("every", f"{given!r} is no span of time", 'such as "1 day", "6 hours" or "2 weeks"')
        return 0
    return int(found[1] or 1) * _SECONDS[found[2]]


def _rows(table: Table) -> tuple[int, int] | None:
    given = table.take("rows")
    if given is None:
        return None
    if not isinstance(given, list) or len(given) != 2 or not all(type(n) is int and n >= 0 for n in given):
        table.problem("rows", "rows are the least and the most of one delivery", "such as rows = [900, 1100]")
        return None
    least, most = given
    if least > most:
        table.problem(
            "rows", f"at least {least:,} rows and at most {most:,} cannot be", "the least comes first"
        )
        return None
    return least, most


def check_snapshots(table: Table, sources: Sequence[Source]) -> None:
    """What a snapshot lacks is deleted: so nobody else may speak in its name, and its names must be known."""
    for source in sources:
        if source.delivery != "snapshot":
            continue
        at = Table(table.values[source.name], (*table.where, source.name), table.notes)
        if any(not isinstance(m.source, str) and not m.source.values for m in source.records):
            at.problem(
                "delivery",
                "a snapshot cannot take its source's name from a column: what it lacks could not be told",
                "name them all: source = { column = …, values = { … } }",
            )
        for other in sources:
            if other is not source and (shared := source.names & other.names):
                at.problem(
                    "delivery",
                    f"a snapshot, and {other.name} speaks in the name of {min(shared)!r} too:"
                    " what one of them lacks would be deleted of both",
                    "give each a name of its own, or deliver append or changes",
                )
