"""What the verbs answer with, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, remarks, section
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    Key,
    clean,
    count,
    cut,
    date,
    flow,
    join,
    listed,
    say,
    scalar,
    size,
    time,
    words,
    wrapped,
)  # fmt: skip
from threesixty.record import Record
from threesixty.report import (
    Decided,
    Effect,
    ForgetReport,
    Found,
    HeldReject,
    SourceStatus,
    Status,
)  # fmt: skip
from threesixty.schema import Schema

if TYPE_CHECKING:
    from threesixty.report.actions import Action
    from threesixty.sources import Batch

_FEW = 5
_NAMED = 12
"""So many Records that came to a customer, or left it, are named."""
_CUSTOMERS = 30
_LONG = 200
"""Of a value, in a preview of many, so many characters are shown."""
_SHORT = 24
"""Ids of so many letters leave room beside them."""


# --- check -------------------------------------------------------------------------------------


def checked(previews: Mapping[str, Batch], schema: Schema, zone: tzinfo = UTC) -> RenderableType:
    """The first Records of every source, as they would be taken in."""
    parts: list[RenderableType] = [flow("The project file is right. Nothing was written.", LOUD)]
    parts += [section(source, _preview(batch, schema, zone)) for source, batch in previews.items()]
    return Group(*parts, next_steps([("threesixty load", "bring the records in")]))


def _preview(batch: Batch, schema: Schema, zone: tzinfo) -> RenderableType:
    if not batch.records and not batch.rejects:
        return flow("no rows", QUIET)
    table = grid("fit", "26", "wrap")
    for record in batch.records:
        table.add_row(say(words(record.name.kind), QUIET), Key(record.name), _contents(record, schema, zone))
    for reject in batch.rejects:
        table.add_row(
            say("rejected", BAD),
            say(f"line {reject.line}" if reject.line else "", QUIET),
            flow(reject.reason, BAD),
        )
    return table


def _contents(record: Record, schema: Schema, zone: tzinfo) -> Text:
    """Values, identifiers and links of a Record, and what in it could not be read."""
    kind = schema.kinds[record.name.kind]
    values = [
        f"{words(name)} {cut(scalar(value, schema.type_of(kind, name), zone), _LONG)}"
        for name, value in record.values.items()
        if value is not None
    ]
    links = [f"{words(link.role)} {link.to}" for link in record.links]
    unreadable = [say(f"{words(name)} unreadable", WARN) for name in record.unreadable]
    return wrapped(join(*unreadable, *values, *(str(held) for held in record.identifiers), *links))


# --- find ---------------------------------------------------------------------------------


def found(customers: Sequence[Found]) -> RenderableType:
    """Customers that a search found, one per line."""
    if not customers:
        return flow("Nobody found.")
    return _by_id(
        ("fill", "fill", "20", "right"),
        [
            (customer.public_id, [
                say(customer.name, LOUD), say(customer.contact), say(customer.place, QUIET),
                say(count(customer.records, "record"), QUIET),
            ])
            for customer in customers
        ],
    )  # fmt: skip


def matches(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    """Customers that answer to the same name."""
    return _by_id(("fill",), [(customer, [say(name)]) for customer, name in pairs])


def _by_id(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Text]]]) -> RenderableType:
    """Rows behind the ids of customers; ids so long that they leave no room stand below, whole."""
    ids = [say(public, ACCENT) for public, _ in rows]
    if max(one.cell_len for one in ids) <= _SHORT:
        table = grid("fit", *columns)
        for one, (_, cells) in zip(ids, rows, strict=True):
            table.add_row(one, *cells)
        return table
    parts: list[RenderableType] = []
    for one, (_, cells) in zip(ids, rows, strict=True):
        line = grid(*columns)
        line.add_row(*cells)
        one.no_wrap, one.overflow = False, "fold"
        parts += [line, Padding(one, (0, 0, 0, 2))]
    return Group(*parts)


# --- decide, forget ------------------------------------------------------------------------------


def decided(result: Decided, *, undone: bool = False) -> RenderableType:
    """What a merge, split, pin or undo did to whom, and how to take it back."""
    parts: list[RenderableType] = [_told(result.sentence, dry_run=result.dry_run)]
    if result.changes:
        parts.append(section("Customers", effects(result.changes)))
    parts += remarks([f"set aside: {text}" for text in result.set_aside])
    if not result.dry_run and not undone:
        parts.append(next_steps([("threesixty undo", f"take this back (action {result.action})")]))
    return Group(*parts)


def _told(sentence: str, *, dry_run: bool) -> RenderableType:
    told = flow(sentence[:1].upper() + sentence[1:], LOUD)
    return Group(told, flow("Nothing was written: this is what would happen.", QUIET)) if dry_run else told


def effects(some: Sequence[Effect]) -> RenderableType:
    """Customers that are not what they were, with the Records that came and went."""
    table = grid("fit", "20", "fit", "wrap")
    styles = {"merged": GOOD, "formed": GOOD, "grew": GOOD, "split": WARN, "moved": WARN, "ended": BAD}
    for change in some[:_CUSTOMERS]:
        what = join(say(change.what, styles.get(change.what, "")), say(change.into, QUIET), by=" into ")
        table.add_row(say(change.customer, ACCENT), say(change.name, LOUD), what, _before_after(change))
    if len(some) > _CUSTOMERS:
        table.add_row(say(f"and {len(some) - _CUSTOMERS:,} more", QUIET))
    return table


def _before_after(change: Effect) -> Text:
    before, after = set(change.before), set(change.after)
    gone = [f"−{name}" for name in change.before if name not in after]  # noqa: RUF001
    come = [f"+{name}" for name in change.after if name not in before]
    kept = len(before & after)
    stays = f"{count(kept, 'record')} stay" + ("s" if kept == 1 else "") if kept else ""
    return wrapped(
        join(say(listed(come, _NAMED, " "), GOOD), say(listed(gone, _NAMED, " "), BAD), say(stays, QUIET))
    )


def actions(made: Sequence[Action], zone: tzinfo = UTC) -> RenderableType:
    """Decisions, newest first: who said what of which records."""
    if not made:
        return flow("Nobody has decided anything yet.")
    table = grid("right", "fit", "wrap")
    for action in made:
        state = "undone" if action.withdrawn else "set aside" if action.aside else ""
        state = state or ("set aside in part" if action.partly else "")
        state = state or ("waits for records that are gone" if action.waits else "")
        said = say(f"{action.by}: {action.why}" if action.why else action.by)
        line = join(say(_acted(action), LOUD), say(state, WARN), said)
        line.no_wrap = False  # an address that was pinned is long, and whether it holds stands behind it
        table.add_row(say(action.action, ACCENT), say(time(action.at, zone), QUIET), line)
        table.add_row(Text(""), Text(""), _of_whom(action))
    return table


def _acted(action: Action) -> str:
    if action.what in ("same", "different"):
        return action.what
    names = action.what.split(",")
    return f"pin {', '.join(_pinned(name, action) for name in names)}"


def _pinned(name: str, action: Action) -> str:
    if name not in action.values:
        return words(name)
    value = action.values[name]
    return f"{words(name)} = {'empty' if value is None else scalar(value, action.types.get(name, 'text'))}"


def _of_whom(action: Action) -> Text:
    line = join(*(_few(side) for side in action.sides), by="  |  ")
    line.stylize(QUIET)
    return wrapped(line)


def _few(names: Sequence[str]) -> str:
    return listed(names, _FEW, " ")


def forgotten(report: ForgetReport) -> RenderableType:
    """What forgetting removed, or would remove."""
    said = _told(report.sentence, dry_run=report.dry_run)
    return Group(said, say(", ".join(report.customers), QUIET), *remarks(report.notices))


# --- rejects, status -----------------------------------------------------------------------------


def rejects(held: Sequence[HeldReject]) -> RenderableType:
    """Rejected rows with place and reason, oldest first."""
    if not held:
        return flow("No rows are held back.")
    table = grid("right", "24", "wrap", "fill")
    table.add_row(*(say(head, QUIET) for head in ("number", "where", "reason", "row")))
    for item in held:
        reject = item.reject
        line = f":{reject.line}" if reject.line else ""  # a row of a table has none
        whole = reject.file.startswith("/") or "://" in reject.file
        file = reject.file.rsplit("/", 1)[-1] if whole else reject.file
        place = f"{reject.source} {file}{line}"
        table.add_row(say(item.number, ACCENT), say(place), flow(reject.reason, WARN), say(reject.row, QUIET))
    first = held[0].number
    steps = [
        (f"threesixty rejects fix {first} column=value", "correct a row and take it in"),
        ("threesixty rejects replay", "try all again, after changing threesixty.toml"),
        (f"threesixty rejects drop {first}", "give a row up"),
    ]
    return Group(table, next_steps(steps))


def status(state: Status, zone: tzinfo = UTC) -> RenderableType:
    """The state of ledger and graph."""
    head = grid("fill", "right")
    head.add_row(say(state.project, LOUD), say(state.home, QUIET))
    facts = grid("fit", "fill", "fit", "fill")
    pairs = list(_facts(state))
    half = (len(pairs) + 1) // 2
    for left, right in zip(pairs[:half], [*pairs[half:], ("", "")], strict=False):
        facts.add_row(say(left[0], QUIET), say(left[1]), say(right[0], QUIET), say(right[1]))
    parts: list[RenderableType] = [head, Text(""), facts]
    if state.sources:
        parts.append(section("Sources", _status_sources(state.sources, zone)))
    if state.heaviest:
        heavy = grid("right", "fill", "fit")
        for one in state.heaviest:
            heavy.add_row(say(count(one.said)), say(one.name), say(one.id, QUIET))
        parts.append(section("Most said about", heavy, "things and events"))
    parts += remarks([f"{source.source}: {told}" for source in state.sources for told in source.told])
    parts += remarks(state.notices)
    return Group(*parts, *_todo(state))


def _facts(state: Status) -> Iterator[tuple[str, str]]:
    yield "customers", count(state.customers)
    yield "party records", count(state.parties)
    yield "all records", count(state.records)
    yield "households", count(state.households)
    yield "identifiers", f"{state.identifiers:,}, {state.generic:,} generic"
    yield "decisions", f"{state.decisions:,}, {state.set_aside:,} set aside"
    if state.pins:
        yield "pinned values", count(state.pins)
    yield "parked pairs", count(state.parked)
    yield "forgotten", count(state.forgotten)
    yield "size band", clean(state.size_band)
    yield "weights", f"epoch {state.epoch}" if state.epoch else "as shipped"
    yield "rejected rows", count(state.rejects)
    yield "unreadable values", f"{state.unreadable:,} in live records"
    yield "links to nowhere", count(state.dangling)
    yield "ledger entries", count(state.seq)
    yield "ledger", size(state.ledger_bytes)
    yield "resolved", _behind(state.resolved, state.seq)
    yield "graph", ", ".join([clean(state.graph), *([size(state.graph_bytes)] if state.graph_bytes else [])])
    yield "drawn", _behind(state.applied, state.seq)


def _behind(done: int, seq: int) -> str:
    return "up to date" if done >= seq else f"{count(seq - done, 'entry', 'entries')} behind"


def _status_sources(sources: Sequence[SourceStatus], zone: tzinfo) -> RenderableType:
    table = grid("fit", "fill", "fit", "right")
    for source in sources:
        kinds = ", ".join(count(number, words(kind), _plural(words(kind))) for kind, number in source.kinds)
        rejected = say(count(source.rejects, "reject"), BAD) if source.rejects else Text("")
        table.add_row(
            say(source.source, ACCENT), say(kinds), say(date(source.last_load, zone), QUIET), rejected
        )
    return table


def _plural(noun: str) -> str:
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return "people" if noun == "person" else noun + "s"


def _todo(state: Status) -> Iterator[RenderableType]:
    steps = []
    if state.rejects:
        steps.append(("threesixty rejects", "rows that could not be taken in"))
    if not state.records:
        steps.append(("threesixty load", "bring the records in"))
    if steps:
        yield next_steps(steps)
