"""Writes the pages that say what the code says: `python -m docs.generate`.

With `--check` nothing is written, and pages that are out of date are named (exit code 1). With
`--picture` the terminal view in docs/images is drawn from the sample company.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from docs.generate import cli, errors, lint, picture, project_file, python, questions, schema, weights

REFERENCE = Path(__file__).parents[1] / "reference"

# Each page with what makes its text anew; a page that is written in part is made from what it is now.
PAGES: dict[str, Callable[[str], str]] = {
    "cli.md": cli.page,
    "errors.md": errors.page,
    "lint.md": lint.page,
    "project-file.md": project_file.page,
    "python.md": python.page,
    "questions.md": questions.page,
    "schema.md": schema.page,
    "weights.md": weights.page,
}


def stale() -> dict[Path, str]:
    """The pages that are not what they should be, with what they should be."""
    found = {}
    for name, page in PAGES.items():
        path = REFERENCE / name
        now = path.read_text("utf-8") if path.exists() else ""
        if (text := page(now)) != now:
            found[path] = text
    return found


def main(args: list[str]) -> int:
    """What the module's docstring says; the exit code."""
    if "--picture" in args:
        picture.draw()
        return 0
    check = "--check" in args
    for path, text in stale().items():
        print(f"{path.name} {'is out of date: make docs' if check else 'is written anew'}")
        if not check:
            path.write_text(text, "utf-8")
    return 1 if check and stale() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
