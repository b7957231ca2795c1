"""How much memory a process and everything it started take together, looked at again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

_EVERY = 1.0  # seconds: a look costs the system some hundredths of one


class Peak:
    """The most that was seen so far, in GiB; 0 where the system does not tell."""

    gib = 0.0


@contextmanager
def watching(pid: int) -> Iterator[Peak]:
    """Look at a process and its descendants while they run; what they share counts once."""
    peak, ended = Peak(), Event()

    def look() -> None:
        while not ended.wait(_EVERY):
            peak.gib = max(peak.gib, sum(map(_proportional, _family(pid))) / 2**20)

    looking = Thread(target=look, daemon=True)
    looking.start()
    try:
        yield peak
    finally:
        ended.set()
        looking.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _proportional(pid: int) -> int:
    """KiB of a process, a share of every page that it has together with others."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
