"""Master ids of other systems: their Alias nodes, public ids, and warnings about ids that do not hold.

Whom such an id means, `ledger.meaning` says. One that is spelled like an id we gave out is never a public
id: ours answer for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from threesixty.graph import delta
from threesixty.graph.delta import Elements, Row
from threesixty.ledger import Ledger, MasterId, Superseded
from threesixty.pipeline.view import Person, View
from threesixty.record import Name
from threesixty.schema import MASTER, EdgeKind

_NAMED = 5
_NOW = EdgeKind("Alias", "NOW", "Customer")


def nodes(view: View, numbers: Collection[int]) -> Elements:
    """An Alias node for each master id that means a Customer, which leads to that Customer."""
    means = view.ledger.means(numbers)
    ends = sorted({customer for customers in means.values() for customer in customers})
    ids = dict(zip(ends, map(delta.customer_id, view.ledger.ids(ends)), strict=True))
    names = dict(zip(means, view.ledger.names(list(means)), strict=True))
    node = {no: _node(view, name) for no, name in names.items()}
    leads: list[Row] = [
        (node[no], ids[customer]) for no, customers in means.items() for customer in customers
    ]
    return Elements({"Alias": [(node[no], name.key) for no, name in names.items()]}, {_NOW: leads})


def of(view: View, anchor: int, members: Collection[int]) -> Iterator[tuple[str, str]]:
    """Nodes and texts of the master ids that mean one Customer."""
    ledger = view.ledger
    ever = ledger.ever_borne({*members, *ledger.predecessors(members)})
    mine = [no for no, customers in ledger.means(ever).items() if anchor in customers]
    return ((_node(view, name), name.key) for name in ledger.names(mine))


def node_ids(view: View, numbers: Collection[int]) -> list[str]:
    """The node ids of these master ids, whether the nodes exist or not."""
    return [_node(view, name) for name in view.ledger.names(sorted(numbers))]


def _node(view: View, name: Name) -> str:
    return delta.master_id(view.secret, name.source, name.key)


def public_ids(view: View, found: Iterable[Person]) -> dict[int, str]:
    """The public ids of Customers by anchor, of those that have one beside their own."""
    return public_ids_of(view, {one.anchor: [row.number for row in one.members] for one in found})


def public_ids_of(view: View, members: Mapping[int, Sequence[int]]) -> dict[int, str]:
    """The same, given the numbers of all their Records.

    Of several that a Customer has, that of the Record that came first; one that no Record bears any more
    only where there is no other.
    """
    ledger, source = view.ledger, view.project.public_ids
    if not source:
        return {}
    records = {record for numbers in members.values() for record in numbers}
    ever = sorted(ledger.ever_borne({*records, *ledger.predecessors(records)}))
    names = {no: name for no, name in zip(ever, ledger.names(ever), strict=True) if name.source == source}
    ours = ledger.ours([name.key for name in names.values()])
    bearing, means = ledger.bearing(names), ledger.means(names)
    now = set(ledger.masters_of(sorted(records)))
    found: dict[int, tuple[bool, int, str]] = {}
    for master, (customer, *_) in means.items():
        key, first = names[master].key, bearing[master][0]
        if customer in members and key not in ours:
            rank = (master not in now, first, key)
            found[customer] = min(found.get(customer, rank), rank)
    return {customer: key for customer, (_, _, key) in found.items()}


def concerned(
    ledger: Ledger, moved: Sequence[int], changed: Sequence[int], former: Iterable[Superseded]
) -> tuple[set[int], set[int]]:
    """Master ids and Customers that may have others, now that some Records moved or changed."""
    if not ledger.mastered():
        return set(), set()
    records = {*moved, *changed}
    borne = {to for row in former for role, to in row.links if role == MASTER}
    borne |= ledger.ever_borne({*records, *ledger.predecessors(records)})
    if not borne:
        return set(), set()
    borne = ledger.namesakes(borne)
    # Those of a filler are very many, and none of them has it for an id. Who bore one last may lose it.
    bearers = ledger.bearers(sorted(borne - ledger.fillers()))
    last = set(ledger.bore_last(sorted(borne)).values())
    return borne, set(ledger.answers(sorted({*bearers, *last})).values())


def told(ledger: Ledger) -> tuple[str, ...]:
    """Warnings: fillers, which hold nobody together, and ids whose Records are several Customers."""
    torn, fillers = ledger.torn(), ledger.fillers()
    return (
        *_each((one for no, one in torn if no in fillers), _filler),
        *_each((one for no, one in torn if no not in fillers), _apart),
        *_unknown(ledger),
        *_rivals(ledger),
    )


def _unknown(ledger: Ledger) -> Iterator[str]:
    """Ids by which rows name customers, and nobody is known by."""
    found = ledger.unknown_ids()
    for named, rows in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_NAMED]:
        many = "1 row names" if rows == 1 else f"{rows:,} rows name"
        yield f"{many} the customer {named}, and nobody is known by that id: kept until somebody is"
    more = len(found) - _NAMED
    if more > 0:
        yield f"and {more:,} more {'id' if more == 1 else 'ids'} of customers that nobody is known by"


def _rivals(ledger: Ledger) -> Iterator[str]:
    """Ids by which rows name customers, and several are known by."""
    found = ledger.rival_ids()
    for named, rows in sorted(found.items(), key=lambda one: (-one[1], one[0]))[:_NAMED]:
        many = "1 row names" if rows == 1 else f"{rows:,} rows name"
        yield (
            f"{many} the customer {named}, and several customers are known by that id: none of them is meant,"
            " unless `public_ids` in the project file says whose ids count"
        )
    more = len(found) - _NAMED
    if more > 0:
        yield f"and {more:,} more {'id' if more == 1 else 'ids'} by which several customers are known"


def _each(found: Iterable[MasterId], say: Callable[[MasterId], str]) -> list[str]:
    ordered = sorted(found, key=lambda one: (-one.records, one))
    more = len(ordered) - _NAMED
    ids = "master id" if more == 1 else "master ids"
    last = [f"and {more:,} more {ids} like the last one"] if more > 0 else []
    return [*map(say, ordered[:_NAMED]), *last]


def _filler(one: MasterId) -> str:
    return f"{_on(one)}: it is a filler, and holds nobody together"


def _apart(one: MasterId) -> str:
    return f"{_on(one)}: a person's decision keeps them apart, or they are of different kinds"


def _on(one: MasterId) -> str:
    many = f"{one.records:,} records of {one.customers:,} customers"
    return f"master id {one.key} of {one.source} is on {many}"
