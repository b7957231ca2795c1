"""docs/images/card.svg: the 360° view of the sample company's showcase person, as a terminal shows it."""

from __future__ import annotations

import re
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

import threesixty
from threesixty import sample
from threesixty.cli.frame import zone
from threesixty.cli.terminal import card

PICTURE = Path(__file__).parents[1] / "images" / "card.svg"
COLUMNS = 138
THEME = TerminalTheme(
    (22, 27, 34), (214, 221, 229),
    [(72, 79, 88), (255, 123, 114), (126, 200, 120), (227, 179, 65), (121, 170, 255), (210, 168, 255),
     (86, 199, 216), (214, 221, 229)],
)  # fmt: skip
_FETCHED_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw() -> None:
    """Make the sample company anew, and write the picture of one card."""
    person = sample.showcase()["person"]["customer"]
    with tempfile.TemporaryDirectory() as folder:
        sample.write(Path(folder), customers=2000)
        with threesixty.open(folder) as c360:
            c360.load()
            drawn = card.card(c360.customer(person), COLUMNS, zone(c360), steps=False)
    screen = Console(
        record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor",
        markup=False, highlight=False, emoji=False,
    )  # fmt: skip
    screen.print(drawn, width=COLUMNS)
    picture = screen.export_svg(title=f"threesixty customer {person}", theme=THEME, unique_id="card")
    # Where the picture is shown as an image nothing may be fetched: a font everybody has will do.
    picture = _FETCHED_FONTS.sub("", picture).replace(
        "Fira Code, monospace", "Menlo, Consolas, DejaVu Sans Mono, monospace"
    )
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture, "utf-8")
