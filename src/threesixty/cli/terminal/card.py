"""The 360° view of one customer, for a terminal of any width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from threesixty.card import (
    Card,
    GoldenValue,
    HeldAddress,
    HeldIdentifier,
    TimelineEntry,
)
from threesixty.cli.terminal.connections import RELATED, all_of_them, connections
from threesixty.cli.terminal.page import grid, next_steps, section, shell
from threesixty.cli.terminal.text import (
    ACCENT,
    BAD,
    GOOD,
    LOUD,
    QUIET,
    WARN,
    Key,
    bits,
    clean,
    count,
    date,
    flow,
    join,
    money,
    say,
    scalar,
    words,
)  # fmt: skip

WIDE = 120
"""From this width on, the view has two columns."""

_SYMBOLS = {"purchase": ("●", GOOD), "ticket": ("◆", WARN), "product_return": ("○", BAD)}
_RECEIVER = "recipient"
_LOST = ("cancelled", "canceled", "returned", "refunded", "failed")
_OPEN = ("open", "new", "pending", "waiting", "in progress")


def card(view: Card, width: int, zone: tzinfo = UTC, *, steps: bool = True) -> RenderableType:
    """The whole 360° view, at most `width` columns wide; with `steps`, what to try next."""
    left = _stack(_golden(view, zone), _identifiers(view, zone), _addresses(view, zone), _records(view, zone))
    right = _stack(
        timeline(view.timeline, zone),
        connections(view, zone),
        _products(view, zone),
        _computed(view, zone),
        _consents(view, zone),
    )
    body: RenderableType = _stack(left, right)
    if width >= WIDE:
        body = _columns(left, right, width)
    after = [next_steps(_steps(view))] if steps else []
    told = (flow(f"! {line}", WARN) for line in view.told)
    return Group(*told, _header(view, zone, width), _figures(view, zone, width), body, *after, *_footer(view))


def _stack(*parts: RenderableType | None) -> RenderableType:
    return Group(*(part for part in parts if part is not None))


def _columns(left: RenderableType, right: RenderableType, width: int) -> Table:
    grid = Table.grid(padding=0)
    half = (width - 3) // 2
    grid.add_column(width=half)
    grid.add_column(width=3)
    grid.add_column(width=width - 3 - half)
    grid.add_row(left, "", right)
    return grid


# --- header ------------------------------------------------------------------------------------


def _header(view: Card, zone: tzinfo, width: int) -> RenderableType:
    name, ids = say(view.name or "(no name)", LOUD), join(say(view.kind), *_ids(view))
    line = grid("fill", "right")
    line.add_row(name, ids)
    # Ids that others gave out may be long: a name is not cut for them, nor are they.
    beside = name.cell_len + ids.cell_len + 2 <= width
    ids.no_wrap, ids.overflow = False, "fold"
    told = [line] if beside else [name, ids]
    return Group(*told, *(part for part in (_contact(view), _when(view, zone)) if part.plain))


def _contact(view: Card) -> Text:
    place = ", ".join(clean(part) for part in (view.value("city"), view.value("country")) if part)
    return join(*(say(view.value(name) or "") for name in ("email", "phone")), say(place))


def _when(view: Card, zone: tzinfo) -> Text:
    since = f"customer since {date(view.since, zone)}" if view.since is not None else ""
    seen = f"last seen {date(view.last_seen, zone)}" if view.last_seen is not None else ""
    return join(say(since, QUIET), say(seen, QUIET))


def _figures(view: Card, zone: tzinfo, width: int) -> RenderableType:
    figures = view.figures
    tiles = [
        (money(figures.value, figures.currency), "spent"),
        (count(figures.purchases) + _abroad(figures.other_currency), "purchases"),
        (date(figures.last_purchase, zone), "last purchase"),
        (f"{figures.open_tickets:,} of {figures.tickets:,}", "tickets open"),
        (count(figures.records), "source records"),
    ]
    styles = {"tickets open": f"{LOUD} {WARN}"} if figures.open_tickets else {}
    strips = [_strip(some, styles, width) for some in _fitting(tiles, width)]
    counted = join(*(say(f"{count(many)} {words(name)}") for name, many in view.counts.items()))
    return Padding(Group(*strips, *([counted] if view.counts else [])), (1, 0, 0, 0))


_Tiles = list[tuple[str, str]]


def _fitting(tiles: _Tiles, width: int) -> list[_Tiles]:
    """The figures in as many strips as it takes to cut none."""
    if len(tiles) == 1 or sum(_widest(tile) + 2 for tile in tiles) <= width:
        return [tiles]
    half = (len(tiles) + 1) // 2
    return [*_fitting(tiles[:half], width), *_fitting(tiles[half:], width)]


def _widest(tile: tuple[str, str]) -> int:
    return max(map(cell_len, tile))


def _strip(tiles: _Tiles, styles: Mapping[str, str], width: int) -> RenderableType:
    """Figures beside each other, each with as much room as the others where that is enough."""
    strip = Table.grid(padding=(0, 2, 0, 0), expand=True)
    alike = max(map(_widest, tiles)) <= width // len(tiles) - 2
    for tile in tiles:
        strip.add_column(ratio=1 if alike else _widest(tile) + 2, no_wrap=True, overflow="ellipsis")
    strip.add_row(*(say(value, styles.get(label, LOUD)) for value, label in tiles))
    strip.add_row(*(say(label, QUIET) for _, label in tiles))
    return strip


def _abroad(others: int) -> str:
    """Purchases in other currencies count, but their amounts are not in the sum."""
    return f" (+{others:,})" if others else ""


# --- what is known -----------------------------------------------------------------------------


def _golden(view: Card, zone: tzinfo) -> RenderableType | None:
    if not view.golden:
        return None
    table = grid("14", "more", "12", "fill")
    for golden in view.golden:
        table.add_row(
            say(words(golden.property), QUIET), say(scalar(golden.value, golden.type, zone)),
            say(golden.source, ACCENT), _losing(golden, zone),
        )  # fmt: skip
    return section("Golden record", table)


def _losing(golden: GoldenValue, zone: tzinfo) -> Text:
    """How many other values there are, and which."""
    if not golden.losing:
        return Text("")
    shown = dict.fromkeys(
        f"{scalar(lost.value, golden.type, zone)} ({clean(lost.source)})" for lost in golden.losing
    )
    return say(f"+{len(golden.losing)}: " + ", ".join(shown), QUIET)


def _identifiers(view: Card, zone: tzinfo) -> RenderableType | None:
    if not view.identifiers:
        return None
    table = grid("10", "fill", "fit", "fit")
    for held in view.identifiers:
        what = join(say(held.value), _said_of(held))
        table.add_row(say(held.type, QUIET), what, _seen(held, zone), _holders(held))
    return section("Identifiers", table, "first and last seen")


def _seen(held: HeldIdentifier | HeldAddress, zone: tzinfo) -> Text:
    days = (date(at, zone) for at in (held.first, held.last) if at is not None)
    span = join(*dict.fromkeys(days), by=" … ")
    span.stylize(QUIET)
    return span


def _said_of(held: HeldIdentifier | HeldAddress) -> Text:
    """What a contact point is for, and whether somebody checked it."""
    return join(say(", ".join(held.uses), QUIET), say("verified" if held.verified else "", GOOD))


def _addresses(view: Card, zone: tzinfo) -> RenderableType | None:
    # One address is the golden one; several are worth their room, and so is what is said of one.
    if not any(len(view.addresses) > 1 or one.uses or one.verified for one in view.addresses):
        return None
    table = grid("fill", "fit", "12")
    for one in view.addresses:
        place = ", ".join(filter(None, (one.street, f"{one.postcode} {one.city}".strip(), one.country)))
        table.add_row(join(say(place), _said_of(one)), _seen(one, zone), say(", ".join(one.sources), ACCENT))
    return section("Addresses", table, "first and last seen")


def _holders(held: HeldIdentifier) -> Text:
    if held.generic:
        return say("generic", QUIET)
    others = held.holders - 1
    return say(f"+{others:,} other{'s' if others > 1 else ''}", WARN) if others > 0 else Text("")


def _records(view: Card, zone: tzinfo) -> RenderableType | None:
    if not view.records:
        return None
    table = grid("28", "fit", "fill", "right")
    for record in view.records:
        evidence = say(bits(record.bits), GOOD if record.bits > 0 else BAD) if record.bits else Text("")
        table.add_row(
            Key(f"{record.source}/{record.key}" if record.key else record.source),
            say(date(record.at, zone), QUIET), say(reasons(record.why)), evidence,
        )  # fmt: skip
    return section("Source records", table, "why each belongs, in bits")


def reasons(why: str) -> str:
    """Names of fields as the graph keeps them, as people read them: 'email, birth date'."""
    return ", ".join(words(field).strip() for field in why.split(","))


def _computed(view: Card, zone: tzinfo) -> RenderableType | None:
    if not (view.scores or view.segments):
        return None
    table = grid("24", "right", "fill", "fit", "12")
    for one in (*view.scores, *view.segments):
        value = "" if one.value is None else f"{one.value:g}"
        table.add_row(
            say(one.name), say(value), say(one.model, QUIET), say(date(one.at, zone), QUIET),
            say(one.source, ACCENT),
        )  # fmt: skip
    return section("Scores and segments", table, "worked out elsewhere")


def _consents(view: Card, zone: tzinfo) -> RenderableType | None:
    if not view.consents:
        return None
    table = grid("fit", "fit", "fit", "12", "fit", "fill")
    styles = {"granted": GOOD, "unclear": WARN}
    for consent in view.consents:
        what = join(say(consent.purpose), say(consent.channel), by=" by ")
        others = ", ".join(f"{other.status} ({other.source})" for other in consent.others)
        table.add_row(
            say(consent.status, styles.get(consent.status, BAD)),
            what, say(consent.brand, QUIET),
            say(consent.source, ACCENT), say(date(consent.at, zone), QUIET),
            join(
                say(f"text {consent.text_version}" if consent.text_version else "", QUIET),
                say(f"+{len(consent.others)}: {others}" if others else "", QUIET),
            ),
        )  # fmt: skip
    return section("Consents", table, "the strictest counts")


# --- what happened, and with whom ----------------------------------------------------------------


def timeline(things: Sequence[TimelineEntry], zone: tzinfo = UTC) -> RenderableType | None:
    """Things that happened, newest first; None when nothing did."""
    kinds = {entry.kind for entry in things}
    legend = "  ".join(f"{symbol} {words(kind)}" for kind, (symbol, _) in _SYMBOLS.items() if kind in kinds)
    return section("Timeline", entries(things, zone), legend) if things else None


def entries(shown: Sequence[TimelineEntry], zone: tzinfo = UTC) -> RenderableType:
    """Entries of a timeline, one per line."""
    table = grid("fit", "fit", "fill", "12", "right", "10")
    for entry in shown:
        symbol, style = _SYMBOLS.get(entry.kind, ("·", QUIET))
        style = QUIET if entry.role == _RECEIVER else style
        amount = money(entry.amount, entry.currency) if entry.amount is not None else ""
        table.add_row(
            say(date(entry.at, zone), QUIET), Text(symbol, style=style), _title(entry),
            say(words(entry.status), _status_style(entry.status)), say(amount), say(entry.source, ACCENT),
        )  # fmt: skip
    return table


def _title(entry: TimelineEntry) -> Text:
    """What a thing is called, with its kind where nothing else says it; and whether it was received, as
    figures count what was bought."""
    received = say("received", QUIET) if entry.role == _RECEIVER else ""
    kind = words(entry.kind)
    told = entry.name and (entry.kind in _SYMBOLS or entry.name.casefold().startswith(kind.casefold()))
    return join(join(say("" if told else kind, QUIET), say(entry.name), by=" "), received)


def _status_style(status: str) -> str:
    lowered = status.casefold()
    return BAD if lowered in _LOST else WARN if lowered in _OPEN else QUIET


def _products(view: Card, zone: tzinfo) -> RenderableType | None:
    if not view.products:
        return None
    table = grid("right", "fill", "fit", "right")
    for product in view.products[:8]:
        table.add_row(
            say(f"{product.count:,}×"),  # noqa: RUF001
            say(product.name), say(date(product.last, zone), QUIET),
            say(money(product.amount, view.figures.currency)),
        )  # fmt: skip
    more = len(view.products) - 8
    return section("Products", table, f"and {more} more" if more > 0 else "")


# --- and what next -------------------------------------------------------------------------------


def _ids(view: Card) -> list[Text]:
    """The id that others know the customer by first, where there is one."""
    if view.public_id in {"", view.id}:
        return [say(view.id, QUIET)]
    return [say(view.public_id), say(view.id, QUIET)]


def _footer(view: Card) -> Iterator[RenderableType]:
    """Which store answered, how fresh, and what it could not say."""
    yield Text("")
    if view.missing:
        yield flow(f"Not available now: {'; '.join(view.missing)}", WARN)
    others = [alias for alias in view.aliases if alias != view.public_id]
    more = f" and {len(others) - RELATED:,} more" if len(others) > RELATED else ""
    known = f"also {', '.join(others[:RELATED])}{more}" if others else ""
    last = join(say(f"from the {view.origin}, entry {view.as_of:,}", QUIET), say(known, QUIET))
    last.no_wrap, last.overflow = False, "fold"
    yield last


def _steps(view: Card) -> list[tuple[str, str]]:
    steps = [(f"threesixty why {view.id}", "how these records hang together")]
    if view.timeline:
        steps.append((f"threesixty customer {view.id} --older", "what happened before"))
    steps += all_of_them(view)
    if len(view.records) > 1 and view.records[-1].key:
        last = view.records[-1]
        steps.append(
            (f"threesixty split {view.id} {shell(f'{last.source}/{last.key}')}", "take a wrong record out")
        )
    return steps
