"""docs/reference/lint.md: every rule of `threesixty lint`, from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator

from threesixty.neptune.lint import RULES, Rule, lint
from threesixty.neptune.lint.functions import COMPLIANCE, DOCUMENTED, EXTENSIONS, SPATIAL
from threesixty.schema import DEFAULT

HEAD = """# Rules of the lint

What [`threesixty lint`](../how-to/lint-your-queries.md) looks for: each rule with a text that breaks it,
what is said about that text, and the page of AWS that says so, or from which it follows. (Written by
`make docs` from the rules.)
"""
TITLES = {"refused": "Refused", "undocumented": "Not documented", "unknown": "Unknown",
          "portable": "Not portable", "slow": "Slow"}  # fmt: skip
ABOUT = {
    "refused": """What AWS documents that Neptune does not support, and what no openCypher 9 engine can carry
out. Errors; the emulator refuses them too.""",
    "undocumented": """What neither openCypher 9 nor AWS speaks of. It may work today; nobody promises that it
will. Errors; the emulator refuses them too.""",
    "unknown": """What the project's schema, or the header of a Question's file, does not know. On Neptune a
wrong label gives no rows; on the embedded graph it fails. Errors.""",
    "portable": """What Neptune understands, and ladybug or another openCypher server does not, or otherwise;
and what may not be sent twice. Warnings.""",
    "slow": "What costs more time, and so more money, than it needs to. Warnings.",
}


def page(_: str) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sorts(), *_functions()]) + "\n"


def _sorts() -> Iterator[str]:
    for sort, title in TITLES.items():
        yield f"## {title}\n\n{ABOUT[sort]}\n"
        for rule in sorted(RULES, key=lambda rule: rule.name):
            if rule.sort == sort:
                yield from _rule(rule)
        if sort == "refused":
            yield f"### syntax\n\n[AWS]({COMPLIANCE}): the text is not openCypher 9, or there is none.\n"


def _rule(rule: Rule) -> Iterator[str]:
    found = next(one for one in lint(rule.example, DEFAULT) if one.rule == rule.name)
    yield f"### {rule.name}\n\n```cypher\n{rule.example}\n```\n"
    yield f"```text\n{found.message}\n→ {found.rewrite}\n```\n\n[AWS]({rule.page})\n"


def _functions() -> Iterator[str]:
    yield "## Documented functions\n\nWhat is on none of these pages is an `unknown-function`.\n"
    titles = {COMPLIANCE: "openCypher 9", EXTENSIONS: "Neptune's own", SPATIAL: "Neptune's own, for places"}
    for url, title in titles.items():
        names = ", ".join(f"`{name}`" for name, where in DOCUMENTED.items() if where == url)
        yield f"[{title}]({url}): {names}\n"
