"""What follows from changed memberships: households anew, and the list of what the graph must draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from numpy import int64
from numpy.typing import NDArray

from threesixty.identity.blocking_keys import is_identifier
from threesixty.identity.parties import identifier_key
from threesixty.ledger import Ledger, LinkRow, Superseded
from threesixty.pipeline import masters
from threesixty.pipeline.columns import ReadOnce
from threesixty.pipeline.housing import rehouse
from threesixty.pipeline.mapped import mapped
from threesixty.pipeline.relations import neighbours


def touched(
    ledger: Ledger, read: ReadOnce, seq: int, changed: Sequence[int], moved: Sequence[int],
    customers: Iterable[int], flipped: NDArray[int64], former: Sequence[Superseded],
) -> None:  # fmt: skip
    """Note what the graph must draw anew after some Records changed and some customers with them."""
    once = {i for row in former for i in row.identifiers}
    of_flipped = _identifiers_of(ledger, flipped)
    # Other Records carry what they carried, answer for whom they answered, and have what is said of a key.
    stirred = {*moved, *changed}
    twins = ledger.membership(sorted({other for _, other in ledger.twins(stirred)}))
    affected = {*customers, *twins.values(), *_customers_carrying(ledger, of_flipped)}
    carried = {identifier for _, identifier in ledger.carries(sorted(stirred))}
    resettled, houses = rehouse(ledger, read, affected, once)
    borne, bearers = masters.concerned(ledger, moved, changed, former)
    ledger.mark_changed(seq, {
        "customer": affected | resettled | bearers | neighbours(ledger, moved, changed, former),
        "record": changed,
        "identifier": carried | of_flipped | once,
        "household": houses,
        "master": borne,
        "alias": ledger.anchors_among(stirred | ledger.predecessors(stirred).keys()),
    })  # fmt: skip


def others(ledger: Ledger, records: Sequence[int], seq: int, former: Sequence[Superseded]) -> None:
    """Note what the graph must draw anew after things and events changed or went."""
    if not records:
        return
    drawn = ledger.reached("resolved_seq")
    before = [row for row in former if row.sort != "party"]
    nodes = {row.node for row in mapped(ledger, records) if row.sort == "thing"} | {
        row.node for row in before if row.node
    }
    speakers = sorted({link.record for link in ledger.links_to(ledger.new_nodes(nodes, drawn))})
    nodes |= {row.node for row in mapped(ledger, speakers) if row.sort == "thing"}
    # Rows that share a node (order lines) may name the buyer in one and the product in another.
    together = [row.no for row in ledger.of_nodes(nodes)]
    links: list[LinkRow] = ledger.links_from(sorted({*records, *speakers, *together}))
    ends = {link.to for link in links} | {to for row in before for _, to in row.links}
    ledger.mark_changed(seq, {"thing": nodes, "customer": ledger.owners(sorted(ends)).values()})


def _identifiers_of(ledger: Ledger, keys: NDArray[int64]) -> set[int]:
    keys = keys[is_identifier(keys)]
    if not len(keys):
        return set()
    wanted = set(keys.tolist())
    holders = sorted(set(ledger.postings(keys)[1].tolist()))
    return {c.identifier for c in ledger.carried(holders) if identifier_key(c.type, c.value) in wanted}


def _customers_carrying(ledger: Ledger, identifiers: Iterable[int]) -> set[int]:
    records = {c.record for c in ledger.holders_of(sorted(identifiers))}
    return set(ledger.membership(sorted(records)).values())
