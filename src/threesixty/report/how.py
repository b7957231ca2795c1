"""How a customer came together, and what would take it apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from threesixty.report import Why


@dataclass(frozen=True, slots=True)
class Step:
    """Two groups of Records that became one, by the evidence of two Records or by a Decision.

    `together` is the evidence of both groups as wholes. `spare` is how many bits could go before the step
    would not be taken, and `needs` the fields that are worth more than that; a Decision needs none.
    `several` Matches, each too weak by itself, may add up: `why` is the heaviest of them.
    """

    number: int
    a: tuple[str, ...]
    b: tuple[str, ...]
    why: Why
    together: float
    spare: float | None
    needs: tuple[str, ...] = ()
    weakest: bool = False
    several: int = 1


@dataclass(frozen=True, slots=True)
class Break:
    """Something without which the customer would not be one: an identifier, a Record, a Decision, or what a
    source says by its master ids.

    `parts`: the groups that would be left of its Records, largest first.
    """

    what: Literal["identifier", "record", "decision", "master"]
    name: str
    sentence: str
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class How:
    """A customer step by step, strongest evidence first, its weakest step, and what would break it, what
    leaves most Records outside first.

    `holds_to` is the highest threshold (a probability) under which it is still one customer. `complete` is
    False where it hangs together with so many Records that not everything was tried. Of more than 200 steps
    those with least to spare are told; `joins` says how many there are.
    """

    customer: str
    name: str
    sentence: str
    steps: tuple[Step, ...]
    breaks: tuple[Break, ...]
    holds_to: float
    complete: bool = True
    joins: int = 0
