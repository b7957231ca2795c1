"""Rows of a delivery as Records; a big one is read by a process of its own while the ledger writes."""

from __future__ import annotations

import marshal
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from threesixty import sources
from threesixty.ledger import Plain, plains_of
from threesixty.pipeline.elsewhere import elsewhere
from threesixty.project import Project, Source
from threesixty.record import Identifier, Link, Name, Record, Scalar

Flat = tuple[Any, ...]
_NONE: dict[str, Scalar] = {}


def batches(
    project: Project,
    source: Source,
    delivery: sources.Delivery,
    skip_rows: int,
    position: str,
    lacking: Collection[str] = (),
) -> Iterator[tuple[sources.Batch, list[Plain]]]:
    """The rows of a delivery after the first ones, as `sources.read` gives them, and what is kept of each.

    Records of a big one come without values and identifiers, which stand in what is kept of them.
    """
    with delivery.at_hand(project.home) as near:
        if not near.big or (os.cpu_count() or 1) == 1:
            for batch in sources.read(
                project, source, near, skip_rows=skip_rows, position=position, lacking=lacking
            ):
                yield batch, plains_of(batch.records)
            return
        for batch, packed in elsewhere(_flattened, project, source, near, skip_rows, position, lacking):
            flats, plains = marshal.loads(packed)  # noqa: S302 — what a process of ours wrote
            yield replace(batch, records=list(map(unflat, flats))), list(map(Plain._make, plains))


def _flattened(
    project: Project,
    source: Source,
    delivery: sources.Delivery,
    skip_rows: int,
    position: str,
    lacking: Collection[str] = (),
) -> Iterator[tuple[sources.Batch, bytes]]:
    """Batches with their Records as tuples, marshalled: which takes a third of pickling them."""
    for batch in sources.read(
        project, source, delivery, skip_rows=skip_rows, position=position, lacking=lacking
    ):
        plains = list(map(tuple, plains_of(batch.records)))
        # Their values and identifiers are in the plains.
        flats = [flat(record, bare=bool(plains)) for record in batch.records]
        yield replace(batch, records=[]), marshal.dumps((flats, plains))


def flat(r: Record, *, bare: bool = False) -> Flat:
    """A Record as a tuple, `bare` of its values and identifiers."""
    name = (r.name.source, r.name.kind, r.name.key)
    held = () if bare else tuple([(one.type, one.value, one.use) for one in r.identifiers])
    values = _NONE if bare else r.values
    links = tuple([(one.role, one.to.source, one.to.kind, one.to.key, one.values) for one in r.links])
    return (*name, r.sort, r.raw, values, held, links, r.node, r.at, r.version, r.unreadable, r.deleted)


def unflat(flat: Flat) -> Record:
    """The Record that `flat` made a tuple of."""
    source, kind, key, sort, raw, values, held, links, *rest = flat
    return Record(
        Name(source, kind, key), sort, raw, values,
        # Of a list, which a tuple is made of in half the time of a generator.
        tuple([Identifier(*one) for one in held]),
        tuple([Link(role, Name(*to), said) for role, *to, said in links]),
        *rest,
    )  # fmt: skip
