"""What a load did, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from threesixty.cli.terminal.page import grid, next_steps, remarks, section
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    LOUD,
    QUIET,
    WARN,
    bits,
    clean,
    count,
    flow,
    join,
    say,
)  # fmt: skip
from threesixty.report import Account, Loaded, SourceLoad, Worth


def loaded(result: Loaded) -> RenderableType:
    """What a load did: one sentence, each source, what could not be read, merges worth a look."""
    parts: list[RenderableType] = [_sentence(result)]
    if any(load.account.rows or load.deleted for load in result.sources):
        parts.append(section("Sources", Group(_sources(result.sources), _accounted(result.sources))))
    elif result.sources and not result.stopped:
        parts.append(flow(_nothing(result.sources), QUIET))
    if result.unreadable:
        parts.append(section("Unreadable values", _unreadable(result.unreadable), _AS_READ))
    if result.worth_a_look:
        parts.append(_worth(result.worth_a_look))
    parts += remarks([f"{load.source}: {told}" for load in result.sources for told in load.told])
    parts += remarks(result.notices)
    return Group(*parts, *_after_load(result))


def _nothing(sources: Sequence[SourceLoad]) -> str:
    """Why no row came, in a sentence."""
    empty = [load.source for load in sources if load.empty]
    if empty:
        known = "" if len(empty) == len(sources) else " All else is known already."
        return f"No row came: what was read of {', '.join(empty)} is empty.{known}"
    files = all(load.skipped_files for load in sources)
    return f"Nothing new: {'every file' if files else 'what there is'} is known already."


def loaded_in_short(result: Loaded) -> RenderableType:
    """What a load did, in one sentence."""
    return _sentence(result)


def in_words(result: Loaded) -> str:
    """A load in one sentence: '58,112 records are 41,203 customers; 31 rows rejected, …'."""
    said = f"{count(result.records, 'record')} {_are(result.records)} {count(result.customers, 'customer')}"
    rejected = sum(source.rejected for source in result.sources)
    unreadable = sum(source.unreadable for source in result.sources)
    # Several Records may be of one row: these figures are of rows, like those of the account.
    forgotten = sum(source.account.forgotten for source in result.sources)
    told = [
        (rejected, f"{count(rejected, 'row')} rejected"),
        (unreadable, count(unreadable, "unreadable value")),
        (forgotten, f"{count(forgotten, 'row')} of forgotten people left out"),
        (max(0, result.merges), count(result.merges, "merge")),
        (result.splits, f"{count(result.splits, 'customer')} came apart"),
        (result.parked, f"{count(result.parked, 'pair')} parked"),
    ]
    extra = ", ".join(text for number, text in told if number)
    return f"{said}; {extra}." if extra else f"{said}."


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _sentence(result: Loaded) -> RenderableType:
    lead = "Nothing was written. After this load: " if result.dry_run else ""
    read = sum(source.account.rows for source in result.sources)
    rate = f", {count(round(read / result.seconds))} rows per second" if read and result.seconds > 0 else ""
    pace = flow(f"{result.seconds:,.1f} s{rate}", QUIET)
    return Group(flow(lead + in_words(result), LOUD), pace)


# Also those of older rows and of what became no record, which `status` does not count.
_AS_READ = "in all rows that were read; kept as they came"
_COLUMNS = ("rows", "new", "changed", "unchanged", "deleted", "rejected")


def _sources(sources: Sequence[SourceLoad]) -> RenderableType:
    """One line per source; a column that says nothing about any of them is left out."""
    columns = [name for name in _COLUMNS if any(_number(load, name) for load in sources)]
    table = grid("fill", *("right" for _ in columns))
    table.add_row("", *(say("same" if name == "unchanged" else name, QUIET) for name in columns))
    for load in sources:
        figures = ((_number(load, name), BAD if name == "rejected" else "") for name in columns)
        table.add_row(_source(load), *(_figure(number, style) for number, style in figures))
    return table


def _number(load: SourceLoad, column: str) -> int:
    return load.account.rows if column == "rows" else int(getattr(load, column))


def _accounted(sources: Sequence[SourceLoad]) -> RenderableType:
    """What became of all rows; a row nothing became of would be a mistake of ours, and is said loudly."""
    whole = sum((load.account for load in sources), Account())
    if not whole.rows:
        return flow("No row came: these were in what was delivered before.", QUIET)
    lost = [load.source for load in sources if load.account.lost]
    if lost:
        return flow(
            f"{count(whole.lost, 'row')} of {', '.join(lost)} became nothing: please report this.", BAD
        )
    parts = [
        (new := whole.taken - whole.changed, "became a record" if new == 1 else "became records"),
        (whole.changed, "changed a record" if whole.changed == 1 else "changed records"),
        (whole.known, "said nothing new"),
        (whole.rejected, "rejected"),
        (whole.forgotten, "of forgotten people"),
    ]
    said = ", ".join(f"{count(number)} {what}" for number, what in parts if number)
    return flow(f"No row is lost: {count(whole.rows, 'row')} in, {said}.", QUIET)


def _source(load: SourceLoad) -> Text:
    skipped = f"{count(load.skipped_files, 'file')} known" if load.skipped_files else ""
    empty = f"{count(load.empty)} empty" if load.empty else ""
    stopped = say("stopped", BAD) if load.stopped else Text("")
    return join(say(load.source, ACCENT), stopped, say(skipped, QUIET), say(empty, QUIET))


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
    if result.splits:
        steps.append(("threesixty changes", "who came apart, and what became of whom"))
    if result.parked:
        steps.append(("threesixty review", "pairs that a rule keeps apart until somebody decides"))
    if any(source.rejected for source in result.sources):
        steps.append(("threesixty rejects", "the rows that were rejected"))
    if result.customers:
        steps.append(("threesixty find NAME", "look somebody up"))
    if steps and not result.dry_run:
        yield next_steps(steps)
