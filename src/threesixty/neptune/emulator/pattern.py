"""What stands between the brackets of a pattern, and which names in a clause are variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from threesixty.neptune.emulator.beneath import ID
from threesixty.neptune.emulator.tokens import Token


@dataclass(frozen=True, slots=True)
class Element:
    """What stands between the brackets of a node or an edge."""

    edge: bool
    variable: str
    labels: tuple[str, ...]
    labels_at: int
    """Where a label may be put."""
    properties: tuple[Token, ...]
    properties_at: int
    """Where a property may be put: behind the bracket of the map, or where a map may stand."""

    @property
    def has_id(self) -> bool:
        return any(token.called == ID for token in self.properties)

    def first_property(self, text: str) -> str:
        if not self.properties:
            return f" {{{text}}}"
        return text if len(self.properties) == 2 else f"{text}, "


def element(some: Sequence[Token]) -> Element:
    inside = list(some[1:-1])
    variable, labels_at = "", some[0].end
    if inside and inside[0].called:
        variable, labels_at = inside[0].called, inside[0].end
        del inside[0]
    labels = []
    while len(inside) > 1 and inside[0].text in (":", "|") and inside[1].called:
        labels.append(inside[1].called)
        del inside[:2]
    opening = next((token for token in inside if token.text == "{"), None)
    properties_at = opening.end if opening else some[-1].start
    properties = inside[inside.index(opening) :] if opening else []
    return Element(some[0].text == "[", variable, tuple(labels), labels_at, tuple(properties), properties_at)


def variable_tokens(some: Sequence[Token]) -> Iterator[Token]:
    """What may be a variable: a name that is no label, key, property or function."""
    depth: list[str] = []
    for place, token in enumerate(some):
        if token.kind == "sign" and token.text in "([{":
            depth.append(token.text)
        elif token.kind == "sign" and token.text in ")]}" and depth:
            depth.pop()
        before = some[place - 1].text if place else ""
        then = some[place + 1].text if place + 1 < len(some) else ""
        is_key = then == ":" and depth[-1:] == ["{"]
        if token.called and before not in (":", ".", "|") and not is_key and then != "(":
            yield token


def variables(some: Sequence[Token]) -> set[str]:
    return {token.called for token in variable_tokens(some)}
