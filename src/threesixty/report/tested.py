"""What running identity tests answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: what must be (`verdict`), and what is.

    `outcome` is `error` where a side names nobody or cannot be read. `told` says in a sentence what is;
    `bits` is the evidence of the best pair, None where a case was not compared.
    """

    line: int
    verdict: Literal["same", "different"]
    a: str
    b: str
    why: str
    outcome: Literal["passed", "failed", "error"]
    told: str
    bits: float | None = None


@dataclass(frozen=True, slots=True)
class CaseResults:
    """What became of all cases of a file. People given in words were compared as among so many `records`."""

    file: str
    results: tuple[CaseResult, ...]
    passed: int
    failed: int
    errors: int
    records: int
    size_band: str
    threshold: float
    seconds: float

    @property
    def good(self) -> bool:
        """Whether every case is as it must be."""
        return not (self.failed or self.errors)
