"""What only a real cluster can answer: each a small question, with what AWS documents and what was seen."""

from __future__ import annotations

from threesixty.neptune.certify.probes import behaviour, elsewhere, refused, values
from threesixty.neptune.certify.probes.asking import Probe, clean, probed

__all__ = ["ALL", "Probe", "clean", "probed"]

ALL: tuple[Probe, ...] = tuple(
    one
    for part in (values, refused, behaviour, elsewhere)
    for one in vars(part).values()
    if isinstance(one, Probe)
)
