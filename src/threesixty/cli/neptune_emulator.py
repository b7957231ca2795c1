"""Keep: neptune-emulator, a stand-in for an Amazon Neptune cluster on this machine."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from threesixty.cli.frame import Frame, as_json_text, note

if TYPE_CHECKING:
    from threesixty.neptune.emulator import Emulator

_PANEL = "Keep"
_LOCAL = ("127.0.0.1", "localhost", "::1")
_HOUR = 3600.0  # an Event that is waited for without an end cannot be interrupted everywhere


def register(app: typer.Typer) -> None:
    app.command(rich_help_panel=_PANEL)(neptune_emulator)


def neptune_emulator(
    ctx: typer.Context,
    *,
    port: Annotated[int, typer.Option(help="Of the writer; 0 is any that is free.", min=0, max=65535)] = 8182,
    reader_port: Annotated[
        int | None, typer.Option(help="Of the reader; the port after the writer's.", min=0, max=65535)
    ] = None,
    host: Annotated[str, typer.Option(help="Who may connect: 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    folder: Annotated[Path, typer.Option(help="Where the graph is kept, from one start to the next.")] = Path(
        "threesixty-emulator"
    ),
    region: Annotated[str, typer.Option(help="The region requests have to be signed for.")] = "us-east-1",
    iam: Annotated[bool, typer.Option("--iam/--no-iam", help="Whether requests have to be signed.")] = True,
    access_key: Annotated[str, typer.Option(help="The key requests are signed with.")] = "emulator",
    secret_key: Annotated[str, typer.Option(help="Its secret.")] = "emulator-secret",  # noqa: S107
    s3: Annotated[
        Path | None,
        typer.Option(help="A folder whose folders are the buckets that the bulk loader reads."),
    ] = None,
    streams: Annotated[bool, typer.Option("--streams", help="Log every change, as Neptune Streams.")] = False,
    stream_days: Annotated[int, typer.Option(help="For how long they are kept.", min=1, max=90)] = 7,
    engine_version: Annotated[str, typer.Option(help="What it says its version is.")] = "",
) -> None:
    """Stand in for an Amazon Neptune cluster on this machine, until Ctrl-C."""
    frame: Frame = ctx.obj
    if s3 and not s3.is_dir():
        raise typer.BadParameter(f"--s3 {s3} is no folder", ctx)
    if reader_port is None:
        reader_port = port + 1 if 0 < port < 65535 else 0
    settings: dict[str, Any] = {"engine_version": engine_version} if engine_version else {}
    with _until_stopped(frame):
        from threesixty.neptune.emulator import Emulator  # noqa: PLC0415 - only this command needs it

        note(frame, "Starting …")
        with Emulator.start(
            folder,
            host=host,
            port=port,
            reader_port=reader_port,
            iam=iam,
            access_key=access_key,
            secret_key=secret_key,
            region=region,
            s3=str(s3 or ""),
            streams=streams,
            stream_days=stream_days,
            **settings,
        ) as emulator:
            _show(frame, emulator)
            while not Event().wait(_HOUR):
                pass


@contextmanager
def _until_stopped(frame: Frame) -> Iterator[None]:
    """Ends what is within at Ctrl-C or SIGTERM, as what was wanted."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        note(frame, "Stopped. The graph is kept for the next start.")
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _show(frame: Frame, emulator: Emulator) -> None:
    """How to use it: what to write into a project file, and what to export."""
    settings = emulator.settings
    environment = emulator.environment if settings.iam else {}
    if frame.json:
        told = {
            "graph": emulator.address,
            "environment": environment,
            "port": emulator.port,
            "reader_port": emulator.reader_port,
            "folder": str(settings.folder),
        }
        typer.echo(as_json_text(told), nl=False)
    else:
        # Not through rich: what is to be copied must not be wrapped.
        typer.echo("\n".join(_told(emulator, environment)))
    if not settings.iam and settings.host not in _LOCAL:
        note(frame, "! Requests need no signature: whoever reaches these ports can read and write.")


def _told(emulator: Emulator, environment: Mapping[str, str]) -> Iterator[str]:
    settings = emulator.settings
    yield f"A stand-in for Amazon Neptune: writer at port {emulator.port}, reader at {emulator.reader_port}."
    yield "\nPut this into threesixty.toml:\n"
    yield "[stores]"
    yield f'graph = "{emulator.address}"'
    if environment:
        yield "\nExport this in the terminal where you call threesixty:\n"
        yield from (f"export {name}={shlex.quote(value)}" for name, value in environment.items())
    else:
        yield "\nRequests need no signature, and no credentials."
    yield f"\nThe graph is kept in {settings.folder}. Ctrl-C stops."
