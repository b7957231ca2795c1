"""What if: other rules, other weights, or rows that nobody has delivered; told by name, never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from threesixty.errors import NotFound, QuestionError, SourceError
from threesixty.identity.sound import LEAST_LIKELY, MOST_BITS, MOST_LIKELY, MOST_OF_A_COUNT
from threesixty.identity.weights import SORTS, Weights
from threesixty.pipeline import put
from threesixty.pipeline.decide import effects, told
from threesixty.pipeline.epochs.beside import compared
from threesixty.pipeline.explain import between, pair
from threesixty.pipeline.resolve import resolve
from threesixty.pipeline.view import View
from threesixty.report import Tell, Why
from threesixty.report.whatif import WhatIf, WhatIfRow

RULES: Mapping[str, str] = {
    "threshold": "probability from which two records are joined",
    "generic_names": "an identifier held under more surnames than this is generic",
    "identifier_holders": "an identifier that more records hold proposes nothing",
    "key_holders": "any other key that more records share proposes nothing",
    "name_holders": "names alone that more records bear propose nothing",
    "known_names": "a first name beside more surnames is known",
    "common_names": "a surname beside more first names is common",
    "bridge_bits": "evidence that two groups need which hang together by one thread",
    "group_bits": "evidence that two groups of two records or more need as wholes",
    "contradiction_bits": "bits for every contradiction beyond the first, below zero",
    "most_records": "a customer of more records waits for a person",
}
"""What can be supposed to be otherwise, and what it does."""

_OF_ORGANISATIONS = "organisation."


def what_if(
    view: View, rules: Mapping[str, float], bits: Mapping[str, float], tell: Tell, limit: int | None
) -> WhatIf:
    """What customers would be under other rules and weights; `limit` regroupings of each sort by name."""
    other, settings = view.weights, []
    for name, value in rules.items():
        was, other = _ruled(other, name, value)
        settings.append(f"{name} {was:g} → {value:g}")
    for name, value in bits.items():
        was, other = _weighed(other, name, value)
        settings.append(f"{name} {was:+g} → {value:+g} bits")
    if not settings:
        raise QuestionError("nothing is otherwise", hint="give a threshold, a rule or a weight")
    number = view.ledger.epoch_in_force()[0]
    return WhatIf(tuple(settings), compared(view, other, number, tell, limit))


def _ruled(weights: Weights, name: str, value: float) -> tuple[float, Weights]:
    if name not in RULES:
        raise NotFound("rule", name, RULES, hint=f"there is {', '.join(RULES)}")
    if name == "threshold":
        if not LEAST_LIKELY <= value <= MOST_LIKELY:
            raise QuestionError(
                f"a threshold is a probability from {LEAST_LIKELY} to {MOST_LIKELY}, not {value:g}"
            )
        return weights.probability, replace(weights, probability=value)
    was = getattr(weights, name)
    if isinstance(was, int):
        if not 0 <= value <= MOST_OF_A_COUNT or value % 1:
            raise QuestionError(f"{name} is a whole number from 0 to {MOST_OF_A_COUNT:,}, not {value:g}")
    else:
        _in_bits(name, value)
    return was, replace(weights, **{name: type(was)(value)})


def _weighed(weights: Weights, name: str, value: float) -> tuple[float, Weights]:
    """Weights in which one verdict on one field is worth so many bits.

    The verdict is named `email.same`; of two organisations `organisation.email.same`.
    """
    sort = int(name.startswith(_OF_ORGANISATIONS))
    field, _, level = name.removeprefix(_OF_ORGANISATIONS).partition(".")
    fields = {field: levels[1:] for field, levels in SORTS[sort].items() if levels[1:]}
    if field not in fields:
        raise NotFound("field", field, fields, hint=f"there is {', '.join(fields)}")
    if level not in fields[field]:
        known = fields[field]
        raise NotFound(f"verdict on {field}", level, known, hint=f"there is {', '.join(known)}")
    _in_bits(name, value)
    was, bits = weights.bits[sort][field][level], list(weights.bits)
    bits[sort] = {**bits[sort], field: {**bits[sort][field], level: round(value * 64) / 64}}
    return was, replace(weights, bits=(bits[0], bits[1]))


def _in_bits(name: str, value: float) -> None:
    """Raises QuestionError for what is no number of bits that anything can be worth."""
    # Of what is not a number, no comparison holds.
    if not -MOST_BITS <= value <= MOST_BITS:
        most = f"{MOST_BITS:g}"
        raise QuestionError(
            f"{name} is a number of bits from -{most} to {most}, not {value:g}",
            hint="`threesixty epoch show 0` lists what everything is worth",
        )


def what_if_rows(view: View, source: str, rows: Sequence[Mapping[str, str]]) -> WhatIfRow:
    """What rows of a source would do. Raises SourceError when one is no Record, NotFound for the source."""
    if not rows:
        raise SourceError("there is no row", hint="give at least one")
    ledger = view.ledger
    with ledger.rehearsing():
        # Whatever waits to be resolved is no effect of these rows.
        resolve(ledger, view.weights)
        after = ledger.seq()
        put.put(ledger, view.project, source, rows)
        touched = ledger.pending(after)
        resolution = resolve(ledger, view.weights)
        found = effects(view, resolution)
        live = ledger.membership(touched.parties)
        names = tuple(map(str, ledger.names(sorted(live))))
        ids = dict.fromkeys(ledger.ids([live[number] for number in sorted(live)]))
        why = tuple(_held(view, number, live[number]) for number in sorted(live))
        sentence = told(found) if found else "No customer would be another one than it is."
    return WhatIfRow(source, names, tuple(ids), sentence, found, tuple(one for one in why if one))


def _held(view: View, number: int, anchor: int) -> Why | None:
    """The best evidence between a Record and the others of its Customer, or who said it is theirs."""
    others = [record for record in view.ledger.members([anchor])[anchor] if record != number]
    if not others:
        return None
    best = between(view, [number], others)
    if best.held or best.bits >= best.threshold:
        return best
    said = (one for one in view.ledger.decisions([number]) if one.verdict == "same")
    ends = sorted({end for one in said if number in (one.a, one.b) for end in (one.a, one.b)} & {*others})
    return pair(view, number, ends[0]) if ends else best
