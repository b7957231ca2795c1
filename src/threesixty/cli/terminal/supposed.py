"""What would be if something were otherwise."""

from __future__ import annotations

from rich.console import Group, RenderableType

from threesixty.cli.terminal.page import next_steps, section
from threesixty.cli.terminal.reports import effects
from threesixty.cli.terminal.text import ACCENT, GOOD, LOUD, QUIET, WARN, bits, clean, flow, join, say
from threesixty.cli.terminal.weights import difference
from threesixty.report.whatif import WhatIf, WhatIfRow

_NOTHING = flow("Nothing was written.", QUIET)


def rules(told: WhatIf) -> RenderableType:
    """What would be otherwise, and which customers would not be what they are."""
    settings = "; ".join(told.settings)
    return Group(flow(f"If {settings}:", LOUD), _NOTHING, *difference(told.difference))


def rows(told: WhatIfRow) -> RenderableType:
    """What rows would do: to whom they would belong, by which evidence, and who would be another."""
    parts: list[RenderableType] = [flow(told.sentence, LOUD), _NOTHING]
    if told.changes:
        parts.append(section("Customers", effects(told.changes)))
    for why in told.why:
        otherwise = say("held" if why.held else "held by others", WARN)
        same = say("✔ joins", GOOD) if why.bits >= why.threshold else otherwise
        line = join(say(why.a.record, ACCENT), say(why.b.record, ACCENT), say(bits(why.bits)), same)
        parts.append(section("Its best evidence", Group(line, flow(why.sentence))))
    if told.customers and not told.changes:
        parts.append(next_steps([(f"threesixty customer {clean(told.customers[0])}", "who it would be of")]))
    return Group(*parts)
