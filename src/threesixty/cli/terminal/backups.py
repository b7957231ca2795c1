"""What backing up and verifying found, in words."""

from __future__ import annotations

from rich.console import Group, RenderableType

from threesixty.cli.terminal.text import BAD, GOOD, QUIET, flow, size
from threesixty.report import BackedUp, Verified


def backed_up(done: BackedUp) -> RenderableType:
    """How much was written, and the seal to note."""
    if done.whole:
        files = "The whole ledger and its graph are" if done.with_graph else "The whole ledger is"
        what = f"{files} in {done.folder}, {size(done.bytes)}, up to entry {done.seq:,}."
    else:
        files = "What changed in ledger and graph" if done.with_graph else "What changed in the ledger"
        what = (
            f"{files} is in {done.folder}, {size(done.bytes)}, up to entry {done.seq:,}: "
            f"backup {done.number} there, {size(done.folder_bytes)} in all."
        )
    lines = [flow(what)]
    if done.without_graph:
        lines.append(flow(f"The graph is not in it ({done.without_graph}): a restore makes it anew.", QUIET))
    return Group(*lines, flow(f"seal {done.seal}", QUIET))


def verified(found: Verified) -> RenderableType:
    """What is wrong, or that nothing is, and the seal to note."""
    if found.problems:
        return Group(*(flow(problem, BAD) for problem in found.problems))
    whole = flow(f"The ledger is as it was written, up to entry {found.seq:,}.", GOOD)
    return Group(whole, flow(f"seal {found.seal}", QUIET)) if found.seal else whole
