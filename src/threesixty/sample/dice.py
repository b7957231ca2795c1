"""Chance for the sample company: the same seed gives the same rolls on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Rolls that rest only on `Random.random`, the one method Python promises never to change."""

    __slots__ = ("roll",)

    def __init__(self, seed: int) -> None:
        self.roll = Random(seed).random  # noqa: S311 - a sample, not a secret

    def chance(self, probability: float) -> bool:
        return self.roll() < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.roll() * len(choices))]

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.roll() * (high - low + 1))

    def streak(self, probability: float) -> int:
        """How often chance smiles before it fails: many small numbers, few large ones."""
        count = 0
        while self.roll() < probability:
            count += 1
        return count

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return [item for _, _, item in sorted((self.roll(), at, item) for at, item in enumerate(items))]
