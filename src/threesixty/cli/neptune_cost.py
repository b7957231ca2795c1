"""Keep: cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from threesixty.cli.frame import Frame, note, opened, show, sure
from threesixty.cli.progress import bars
from threesixty.cli.terminal import cost as drawn
from threesixty.cli.terminal.text import flow
from threesixty.errors import OutOfSpace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from threesixty.neptune.prices import Prices
    from threesixty.neptune.usage import Usage

_PANEL = "Keep"


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(cost)


def cost(
    ctx: typer.Context,
    *,
    prices: Annotated[
        Path | None, typer.Option(help="A price file of yours instead of the shipped one.")
    ] = None,
    save_prices: Annotated[
        Path | None, typer.Option(help="Only write the shipped price file to this file, to be edited.")
    ] = None,
    region: Annotated[str, typer.Option(help="A region of the price file.")] = "",
    instance: Annotated[
        str, typer.Option(help="A class of instances, instead of the smallest that fits.")
    ] = "",
    customers: Annotated[int | None, typer.Option(min=1, help="As if there were so many customers.")] = None,
    views_per_day: Annotated[float, typer.Option(min=0, help="360° views asked for.")] = 1_000,
    questions_per_day: Annotated[float, typer.Option(min=0, help="Other questions asked.")] = 100,
    loads_per_day: Annotated[float, typer.Option(min=0, help="Loads.")] = 1,
    changes_per_load: Annotated[
        float | None,
        typer.Option(min=0, help="Rows of a load that change something; else by the sources' dates."),
    ] = None,
    replicas: Annotated[int, typer.Option(min=0, max=15, help="Readers beside the writer.")] = 0,
    busy_hours: Annotated[
        float, typer.Option(min=0.5, max=24, help="Hours of a day in which people ask.")
    ] = 10,
    backup_days: Annotated[int, typer.Option(min=1, max=35, help="Days that backups are kept.")] = 1,
) -> None:
    """What this project would cost on Amazon Neptune in a month, counted on the project itself."""
    from threesixty.neptune import forecast, usage  # noqa: PLC0415 - the engines load only when needed
    from threesixty.neptune import prices as price_file  # noqa: PLC0415

    frame: Frame = ctx.obj
    if save_prices:
        _save(frame, save_prices, price_file.shipped())
        return
    regions = price_file.load(prices)
    if region:
        price_file.chosen(regions, region)
    with opened(frame) as c360, bars(frame) as progress:
        counted = usage.counted(c360, progress)
    chosen = _prices(regions, region, counted)
    work = forecast.workload(
        counted,
        customers=customers,
        views_per_day=views_per_day,
        questions_per_day=questions_per_day,
        loads_per_day=loads_per_day,
        changes_per_load=changes_per_load,
        replicas=replicas,
        busy_hours=busy_hours,
        backup_days=backup_days,
    )
    found = forecast.forecast(counted, work, chosen, instance)
    show(frame, found, lambda width: drawn.forecast(found, chosen, width))
    for notice in found.notices:
        note(frame, f"! {notice}")


def _prices(regions: Mapping[str, Prices], region: str, counted: Usage) -> Prices:
    """The prices asked for, else those of the cluster's region, else the first of the file."""
    from threesixty.neptune.prices import chosen  # noqa: PLC0415

    wanted = region or (counted.region if counted.region in regions else next(iter(regions)))
    return chosen(regions, wanted)


def _save(frame: Frame, path: Path, text: str) -> None:
    if path.exists():
        sure(frame, f"{path} is there already: write over it?")
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise OutOfSpace(f"{path} cannot be written: {error.strerror}", hint="name another file") from None
    show(
        frame,
        {"prices": str(path)},
        lambda _: flow(f"The prices are in {path}: edit it, and use --prices {path}."),
    )
