"""A stand-in for Amazon Neptune's engine on this machine: its HTTP data plane over an ArcadeDB server.

    with Emulator.start(folder) as emulator:
        graph = Neptune.open(emulator.address, schema)

One request goes `door` (reading, signature, faults, the record of requests) → an `Operation` → `Engine`.

For whoever adds operations: write `routes(engine, settings, …) -> list[Operation]` (see `operation.py`:
a carrier takes a `Call`, gives a JSON object or a `Reply`, raises `Refusal(code, message)`), and add it
to `Emulator._operations` in `running.py`. Of the graph you need two things:

- `engine.run(text, parameters, read_only=…, seconds=…) -> Answer`: one statement in Neptune's dialect,
  one transaction; `.rows` are in Neptune's JSON shapes.
- `engine.on_commit(listener)`: `listener(epoch_ms, changes)` after each transaction that changed
  something, in the order of the commits; a `Change` has `id`, `edge`, `before` and `after`, each an
  `Element(id, labels, properties, start, end)` or None; an edge's only label is its type.
"""

from __future__ import annotations

from threesixty.neptune.emulator.running import Emulator
from threesixty.neptune.emulator.settings import Settings

__all__ = ["Emulator", "Settings"]
