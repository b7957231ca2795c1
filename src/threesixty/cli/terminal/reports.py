"""What the verbs answer with, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, section
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    bits,
    clean,
    count,
    date,
    flow,
    join,
    say,
    scalar,
    size,
    time,
    words,
)  # fmt: skip
from threesixty.record import Record, Scalar
from threesixty.report import (
    Answer,
    Change,
    Decided,
    ForgetReport,
    Found,
    HeldReject,
    Loaded,
    SourceLoad,
    SourceStatus,
    Status,
    Worth,
)  # fmt: skip
from threesixty.schema import Schema

if TYPE_CHECKING:
    from threesixty.report import Action
    from threesixty.sources import Batch

_NUMERIC = ("integer", "number", "money")


# --- load --------------------------------------------------------------------------------------


def loaded(result: Loaded) -> RenderableType:
    """What a load did: one sentence, each source, what could not be read, merges worth a look."""
    parts: list[RenderableType] = [_sentence(result)]
    if any(load.read for load in result.sources):
        parts.append(section("Sources", _sources(result.sources)))
    elif result.sources:
        parts.append(flow("Nothing new: every file is known already.", QUIET))
    if result.unreadable:
        parts.append(section("Unreadable values", _unreadable(result.unreadable), "kept as they came"))
    if result.worth_a_look:
        parts.append(_worth(result.worth_a_look))
    parts += _remarks(result.notices)
    return Group(*parts, *_after_load(result))


def loaded_in_short(result: Loaded) -> RenderableType:
    """What a load did, in one sentence."""
    return _sentence(result)


def _remarks(notices: Sequence[str]) -> list[RenderableType]:
    return [Text(""), *(flow(f"! {notice}", WARN) for notice in notices)] if notices else []


def in_words(result: Loaded) -> str:
    """A load in one sentence: '58,112 records are 41,203 customers; 31 rows rejected, …'."""
    said = f"{count(result.records, 'record')} {_are(result.records)} {count(result.customers, 'customer')}"
    rejected = sum(source.rejected for source in result.sources)
    unreadable = sum(source.unreadable for source in result.sources)
    forgotten = sum(source.forgotten for source in result.sources)
    told = [
        (rejected, f"{count(rejected, 'row')} rejected"),
        (unreadable, count(unreadable, "unreadable value")),
        (forgotten, f"{count(forgotten, 'row')} of forgotten people left out"),
        (result.merges, count(result.merges, "merge")),
        (result.parked, f"{count(result.parked, 'pair')} parked"),
    ]
    extra = ", ".join(text for number, text in told if number)
    return f"{said}; {extra}." if extra else f"{said}."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _sentence(result: Loaded) -> RenderableType:
    lead = "Nothing was written. After this load: " if result.dry_run else ""
    read = sum(source.read for source in result.sources)
    rate = f", {count(round(read / result.seconds))} rows per second" if read and result.seconds > 0 else ""
    pace = flow(f"{result.seconds:,.1f} s{rate}", QUIET)
    return Group(flow(lead + in_words(result), LOUD), pace)


_COLUMNS = ("read", "new", "changed", "unchanged", "deleted", "rejected")


def _sources(sources: Sequence[SourceLoad]) -> RenderableType:
    """One line per source; a column that says nothing about any of them is left out."""
    columns = [name for name in _COLUMNS if name == "read" or any(getattr(load, name) for load in sources)]
    table = grid("fill", *("right" for _ in columns))
    table.add_row("", *(say("same" if name == "unchanged" else name, QUIET) for name in columns))
    for load in sources:
        figures = ((getattr(load, name), BAD if name == "rejected" else "") for name in columns)
        table.add_row(_source(load), *(_figure(number, style) for number, style in figures))
    return table


def _source(load: SourceLoad) -> Text:
    skipped = f"{count(load.skipped_files, 'file')} known" if load.skipped_files else ""
    return join(say(load.source, ACCENT), say(skipped, QUIET))


def _figure(number: int, style: str = "") -> Text:
    return say(count(number), style) if number else say("·", QUIET)


def _unreadable(rows: Sequence[tuple[str, int, str]]) -> RenderableType:
    table = grid("30", "right", "fill")
    for column, number, example in rows:
        table.add_row(say(column), say(count(number), WARN), say(f"such as {clean(example)!r}", QUIET))
    return table


def _worth(merges: Sequence[Worth]) -> RenderableType:
    table = grid("right", "24", "fill", "fit")
    for merge in merges:
        evidence = join(say(merge.why), say(" + ".join(merge.records), QUIET))
        table.add_row(say(bits(merge.bits), WARN), say(merge.name), evidence, say(merge.customer, QUIET))
    merged = "merge" if len(merges) == 1 else "merges"
    return section(
        f"{_spelled(len(merges)).capitalize()} {merged} worth a look", table, "weakest evidence first"
    )


def _spelled(number: int) -> str:
    small = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return small[number] if number < len(small) else count(number)


def _after_load(result: Loaded) -> Iterator[RenderableType]:
    steps = []
    if result.worth_a_look:
        steps.append((f"threesixty why {result.worth_a_look[0].customer}", "why the weakest merge was made"))
    if any(source.rejected for source in result.sources):
        steps.append(("threesixty rejects", "the rows that were rejected"))
    if result.customers:
        steps.append(("threesixty find NAME", "look somebody up"))
    if steps and not result.dry_run:
        yield next_steps(steps)


# --- check -------------------------------------------------------------------------------------


def checked(previews: Mapping[str, Batch], schema: Schema, zone: tzinfo = UTC) -> RenderableType:
    """The first Records of every source, as they would be taken in."""
    parts: list[RenderableType] = [flow("The project file is right. Nothing was written.", LOUD)]
    parts += [section(source, _preview(batch, schema, zone)) for source, batch in previews.items()]
    return Group(*parts, next_steps([("threesixty load", "bring the records in")]))


def _preview(batch: Batch, schema: Schema, zone: tzinfo) -> RenderableType:
    if not batch.records and not batch.rejects:
        return flow("no rows", QUIET)
    table = grid("fit", "22", "wrap")
    for record in batch.records:
        table.add_row(
            say(words(record.name.kind), QUIET), say(record.name, ACCENT), _contents(record, schema, zone)
        )
    for reject in batch.rejects:
        table.add_row(say("rejected", BAD), say(f"line {reject.line}", QUIET), say(reject.reason, BAD))
    return table


def _contents(record: Record, schema: Schema, zone: tzinfo) -> Text:
    """Values, identifiers and links of a Record, and what in it could not be read."""
    kind = schema.kinds[record.name.kind]
    types = {prop.name: prop.type for prop in kind.properties}
    values = [
        f"{words(name)} {scalar(value, types.get(name, 'text'), zone)}"
        for name, value in record.values.items()
        if value is not None
    ]
    links = [f"{words(link.role)} {link.to}" for link in record.links]
    unreadable = [say(f"{words(name)} unreadable", WARN) for name in record.unreadable]
    line = join(*unreadable, *values, *(str(held) for held in record.identifiers), *links)
    line.no_wrap = False
    return line


# --- find, ask ---------------------------------------------------------------------------------


def found(customers: Sequence[Found]) -> RenderableType:
    """Customers that a search found, one per line."""
    if not customers:
        return flow("Nobody found.")
    table = grid("fit", "fill", "fill", "20", "right")
    for customer in customers:
        table.add_row(
            say(customer.id, ACCENT), say(customer.name, LOUD), say(customer.contact),
            say(customer.place, QUIET), say(count(customer.records, "record"), QUIET),
        )  # fmt: skip
    return table


def matches(pairs: Sequence[tuple[str, str]]) -> RenderableType:
    """Customers that answer to the same name."""
    table = grid("fit", "fill")
    for customer, name in pairs:
        table.add_row(say(customer, ACCENT), say(name))
    return table


def answer(result: Answer, types: Mapping[str, str], zone: tzinfo = UTC) -> RenderableType:
    """The rows of a Question as a table; `types` tells how to write each column."""
    if not result.rows:
        return Group(flow("No rows."), *_notes(result))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=f"{LOUD} {ACCENT}")
    for column in result.columns:
        kind = types.get(column, "text")
        # Where the screen is narrow, long texts give way first: figures and days stay whole.
        table.add_column(
            say(words(column)), justify="right" if kind in _NUMERIC else "left", no_wrap=kind != "text"
        )  # fmt: skip
    for row in result.rows:
        table.add_row(*_cells(result.columns, row, types, zone))
    return Group(table, *_notes(result))


def _cells(
    columns: Sequence[str], row: Sequence[Scalar], types: Mapping[str, str], zone: tzinfo
) -> Iterator[Text]:
    for column, value in zip(columns, row, strict=True):
        yield say(scalar(value, types.get(column, "text"), zone))


def _notes(result: Answer) -> Iterator[RenderableType]:
    if result.truncated:
        yield flow("There is more: the question's budget cut the answer short.", WARN)
    if result.note:
        yield flow(result.note, WARN)
    rows = count(len(result.rows), "row")
    yield flow(f"{rows} in {result.milliseconds:,.1f} ms", QUIET)


# --- decide, forget ------------------------------------------------------------------------------


def decided(result: Decided, *, undone: bool = False) -> RenderableType:
    """What a merge, split, pin or undo did to whom, and how to take it back."""
    parts: list[RenderableType] = [_told(result.sentence, dry_run=result.dry_run)]
    if result.changes:
        parts.append(section("Customers", _changes(result.changes)))
    parts += _remarks([f"set aside: {text}" for text in result.set_aside])
    if not result.dry_run and not undone:
        parts.append(next_steps([("threesixty undo", f"take this back (action {result.action})")]))
    return Group(*parts)


def _told(sentence: str, *, dry_run: bool) -> RenderableType:
    told = flow(sentence[:1].upper() + sentence[1:], LOUD)
    return Group(told, flow("Nothing was written: this is what would happen.", QUIET)) if dry_run else told


def _changes(changes: Sequence[Change]) -> RenderableType:
    table = grid("fit", "20", "fit", "wrap")
    styles = {"merged": GOOD, "formed": GOOD, "grew": GOOD, "split": WARN, "moved": WARN, "ended": BAD}
    for change in changes:
        what = join(say(change.what, styles.get(change.what, "")), say(change.into, QUIET), by=" into ")
        table.add_row(say(change.customer, ACCENT), say(change.name, LOUD), what, _before_after(change))
    return table


def _before_after(change: Change) -> Text:
    gone = [f"−{clean(name)}" for name in change.before if name not in change.after]  # noqa: RUF001
    come = [f"+{clean(name)}" for name in change.after if name not in change.before]
    kept = len(set(change.before) & set(change.after))
    stays = f"{count(kept, 'record')} stay" + ("s" if kept == 1 else "") if kept else ""
    line = join(say(" ".join(come), GOOD), say(" ".join(gone), BAD), say(stays, QUIET))
    line.no_wrap = False
    return line


def actions(made: Sequence[Action], zone: tzinfo = UTC) -> RenderableType:
    """Merges, splits and pins, newest first."""
    if not made:
        return flow("Nobody has decided anything yet.")
    table = grid("right", "fit", "fit", "16", "fill", "right", "fit")
    table.add_row(*(say(head, QUIET) for head in ("action", "what", "at", "by", "why", "decisions", "")))
    for action in made:
        state = say("undone", WARN) if action.withdrawn else Text("")
        table.add_row(
            say(action.action, ACCENT), say(_acted(action)), say(time(action.at, zone)), say(action.by),
            say(action.why), say(count(action.count)), state,
        )  # fmt: skip
    return table


def _acted(action: Action) -> str:
    merges = {"same": "merge", "different": "split"}
    return merges.get(action.what) or f"pin {', '.join(words(name) for name in action.what.split(','))}"


def forgotten(report: ForgetReport) -> RenderableType:
    """What forgetting removed, or would remove."""
    return Group(_told(report.sentence, dry_run=report.dry_run), say(", ".join(report.customers), QUIET))


# --- rejects, status -----------------------------------------------------------------------------


def rejects(held: Sequence[HeldReject]) -> RenderableType:
    """Rejected rows with place and reason, oldest first."""
    if not held:
        return flow("No rows are held back.")
    table = grid("right", "30", "more", "fill")
    table.add_row(*(say(head, QUIET) for head in ("number", "where", "reason", "row")))
    for item in held:
        reject = item.reject
        place = f"{reject.source} {reject.file.rsplit('/', 1)[-1]}:{reject.line}"
        table.add_row(say(item.number, ACCENT), say(place), say(reject.reason, WARN), say(reject.row, QUIET))
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
    parts += _remarks(state.notices)
    return Group(*parts, *_todo(state))


def _facts(state: Status) -> Iterator[tuple[str, str]]:
    yield "customers", count(state.customers)
    yield "party records", count(state.parties)
    yield "all records", count(state.records)
    yield "households", count(state.households)
    yield "identifiers", f"{state.identifiers:,}, {state.generic:,} generic"
    yield "decisions", f"{state.decisions:,}, {state.set_aside:,} set aside"
    yield "parked pairs", count(state.parked)
    yield "forgotten", count(state.forgotten)
    yield "size band", clean(state.size_band)
    yield "rejected rows", count(state.rejects)
    yield "unreadable values", count(state.unreadable)
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
