"""Forgetting a person: everything their Records say is deleted, and cannot come back by itself.

A thing that names only the forgotten person goes with them. One that names somebody else too (a gift)
belongs to the other as well and stays, without the link to the forgotten person and without its raw
row, of which only what the schema calls not personal is kept. The Record of somebody else who names the
forgotten person (who referred them, whom they work for) is the other's: it loses the mention only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized

from threesixty.errors import GraphError
from threesixty.graph import Graph
from threesixty.identity.explain import quoted
from threesixty.ledger import Ledger
from threesixty.pipeline.draw import draw, node_ids, redraw
from threesixty.pipeline.feed import Because
from threesixty.pipeline.mapped import mapped
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View, people
from threesixty.record import Scalar
from threesixty.report import ForgetReport


def forget(view: View, anchor: int, *, by: str, dry_run: bool) -> ForgetReport:
    """Forget one customer (by anchor), or say what forgetting would remove."""
    ledger = view.ledger
    [person] = people(view, [anchor])
    members = _records(ledger, [row.number for row in person.members])
    named = ledger.named_as(members)
    alone, shared = _things(ledger, named)
    if dry_run:
        name, others = quoted(person.name), _count(alone, "thing")
        sentence = f"would forget {name}: {_count(members, 'record')} and {others}"
        return ForgetReport((person.id,), len(members), len(alone), 0, _with(sentence, shared), dry_run)
    with ledger.writing():
        counts = ledger.forget(
            [*named, *alone], by=by, strip=_kept(view, shared), mentioning=_mentioning(ledger, named)
        )
        resolve(ledger, view.weights, because=Because("forget"))
    ledger.settle()
    gone = f"{_count(members, 'record')} and {_count(alone, 'thing')}"
    sentence = f"forgot one customer: {gone}; the id answers 'forgotten'"
    return ForgetReport((person.id,), len(members), len(alone), counts.rejects, _with(sentence, shared))


def forget_everywhere(
    view: View, graph: Callable[[], Graph], anchor: int, *, by: str
) -> tuple[ForgetReport, str]:
    """Forget one customer in the ledger and in a graph that is not made anew for it.

    The second answer says, in words, that the graph is away: the ledger forgets all the same, and the
    next `draw` that reaches the graph fills it anew.
    """
    numbers: dict[str, list[int]] = {}
    ids: dict[str, list[str]] = {}
    away = ""
    try:
        draw(view, graph())
        numbers = _shown(view, anchor)
        ids = node_ids(view, numbers)
    except GraphError as error:
        away = error.message
    report = forget(view, anchor, by=by, dry_run=False)
    if not away:
        try:
            redraw(view, graph(), numbers, ids)
        except GraphError as error:
            away = error.message
    return report, away


def forget_records(view: View, numbers: list[int], *, by: str) -> int:
    """Forget Records, and the things that name nobody else; how many. `resolve` after it."""
    # Those that their sources had deleted are nobody's members, and things speak of them all the same.
    parties = [no for no, public in zip(numbers, view.ledger.ids(numbers), strict=True) if public]
    alone, shared = _things(view.ledger, parties)
    gone = sorted({*numbers, *alone})
    mentioning = [no for no in _mentioning(view.ledger, parties) if no not in set(gone)]
    view.ledger.forget(gone, by=by, strip=_kept(view, shared - set(gone)), mentioning=mentioning)
    return len(gone)


def _records(ledger: Ledger, live: Sequence[int]) -> list[int]:
    """Records of a customer with those that their sources deleted: what these said is still in the log."""
    return [*live, *sorted(ledger.predecessors(live))]


def _shown(view: View, anchor: int) -> dict[str, list[int]]:
    """Numbers of everything in the graph that may show something of a customer."""
    ledger = view.ledger
    [live] = ledger.members([anchor]).values()
    members = _records(ledger, live)
    alone, shared = _things(ledger, ledger.named_as(members))
    rows = mapped(ledger, [*alone, *sorted(shared)])
    return {
        "customer": [anchor],
        "record": list(members),
        "thing": sorted({row.node for row in rows if row.node}),
        "identifier": sorted({carried.identifier for carried in ledger.carried(members)}),
        "household": sorted({home.household for home in ledger.households([anchor])}),
        "alias": ledger.anchors_among(members),
        "master": sorted(ledger.ever_borne(members)),
    }


def _count(what: Sized, word: str) -> str:
    return f"{len(what):,} {word}" if len(what) == 1 else f"{len(what):,} {word}s"


def _with(sentence: str, shared: set[int]) -> str:
    kept = f"; without this person stay, for others they name: {_count(shared, 'thing')}" if shared else ""
    return sentence + kept


def _kept(view: View, shared: set[int]) -> dict[int, dict[str, Scalar]]:
    """What stays of things that name others too: the properties that are not personal."""
    kept = {}
    for row in mapped(view.ledger, sorted(shared)):
        public = {p.name for p in view.schema.kinds[row.kind].properties if not p.personal}
        kept[row.number] = {name: value for name, value in row.values.items() if name in public}
    return kept


def _things(ledger: Ledger, members: list[int]) -> tuple[list[int], set[int]]:
    """Rows that name only these Records, and rows that name somebody else as well."""
    speakers = _speakers(ledger, members)
    others = set(ledger.membership(speakers))
    speakers = [row for row in speakers if row not in others]
    mine = set(members)
    links = ledger.links_from(speakers)
    parties = set(ledger.owners(sorted({link.to for link in links})))
    shared = {link.record for link in links if link.to in parties - mine}
    return [row for row in speakers if row not in shared], shared


def _mentioning(ledger: Ledger, members: list[int]) -> list[int]:
    """Party Records of others that name one of these Records."""
    return sorted(set(ledger.membership(_speakers(ledger, members))) - set(members))


def _speakers(ledger: Ledger, members: list[int]) -> list[int]:
    return sorted({link.record for link in ledger.links_to(members)})
