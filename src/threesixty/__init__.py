"""Threesixty: an open-source Customer 360. `threesixty.open("threesixty.toml")` is where it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Customer360", "open"]

if TYPE_CHECKING:
    from threesixty.customer360 import Customer360, open  # noqa: A004


def __getattr__(name: str) -> Any:
    # Loaded when first used: `threesixty --help` must not wait for Arrow and the graph engine.
    if name in __all__:
        from threesixty import customer360  # noqa: PLC0415

        return getattr(customer360, name)
    raise AttributeError(name)
