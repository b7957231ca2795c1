"""F1 by set and tool as bars, in SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COLOURS = ("#0f766e", "#14b8a6", "#5eead4", "#6366f1", "#f59e0b", "#94a3b8")
_BAR, _GAP, _LEFT, _WIDE = 12, 16, 130, 480


def drawn(tools: Sequence[str], found: Mapping[str, Mapping[str, float]]) -> str:
    """A group of bars for each set, from F1 0 to 1; the number stands behind each bar."""
    parts, y = [], 20
    for place, tool in enumerate(tools):
        x = _LEFT + (place % 3) * 200
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{COLOURS[place]}"/>')
        parts.append(f'<text x="{x + 15}" y="{y}">{tool}</text>')
        y += 16 if place % 3 == 2 else 0
    y += 12
    for name, figures in found.items():
        middle = y + len(figures) * _BAR / 2 + 4
        parts.append(f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{name}</text>')
        for tool, f1 in figures.items():
            width, colour = f1 * _WIDE, COLOURS[tools.index(tool)]
            parts.append(
                f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" fill="{colour}"/>'
            )
            parts.append(f'<text x="{_LEFT + width + 5:.1f}" y="{y + 9}" class="n">{f1:.3f}</text>')
            y += _BAR
        y += _GAP
    style = "text{font:12px sans-serif;fill:#475569}.n{font-size:9px}"
    size = f'viewBox="0 0 {_LEFT + _WIDE + 120} {y}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{style}</style>{"".join(parts)}</svg>\n'
