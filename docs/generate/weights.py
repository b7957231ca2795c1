"""docs/reference/weights.md: every verdict with what it says, every limit and band, as they are shipped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from threesixty.identity import explain
from threesixty.identity.training import ENOUGH, LEAST, MOST, ROUNDS
from threesixty.identity.weights import Weights, bits_of
from threesixty.record import Reason

HEAD = """# Weights

Everything that decides who is who by default: each verdict on a field with its bits, the size bands, the
limits. [Who is who](../explanation/identity.md) explains them,
[Learn weights from your own records](../how-to/train.md)
replaces them.
(Written by `make docs` from the shipped weights.)
"""
LIMITS = {
    "match_probability": "two records may be joined from this probability ({bits:.2f} bits): `threshold`",
    "keep_probability": "pairs from here on are kept, to be looked at ({bits:.2f} bits)",
    "generic_names": "an identifier held under more distinct surnames than this is generic: it says nothing",
    "identifier_holders": "an identifier held by more records than this proposes no pairs",
    "key_holders": "any other key held by more records than this proposes no pairs",
    "name_holders": "a first name and surname borne by more records than this propose no pairs by themselves",
    "known_names": "a first name beside more surnames than this is known, as if a list said so",
    "common_names": "a surname beside more first names than this is common, as if a list said so",
    "bridge_bits": "groups of two records or more that hang together by one thread need this many bits",
    "group_bits": "groups of two records or more need this many bits as wholes, whatever two of them say",
    "support_bits": "how many bits a match may be short of merging and still add up with others",
    "contradiction_bits": "what a second contradiction, and each further one, counts besides its own bits",
    "exclusive": "of these a customer mostly has one: another one is evidence against, over whole groups",
    "most": "the most a customer may have of each by evidence alone; more is parked for a person",
    "most_records": "the most records a customer may have by evidence alone",
}


def page(_: str) -> str:
    """The whole page."""
    read = json.loads(Weights.text())
    return (
        "\n".join([HEAD, *_learned(read), *_fields(read), *_bands(read), *_limits(read), *_training()]) + "\n"
    )


def _learned(read: dict[str, Any]) -> Iterator[str]:
    yield f"""## What they were learned from

Those of persons: {read["learned"]}. Those of organisations are written by hand: no set has enough of them.
How well they do on each set, also with weights that never saw it:
[the benchmark](../../benchmarks/results/identity.md).
"""


def _fields(read: dict[str, Any]) -> Iterator[str]:
    yield """## Verdicts

One bit more is twice the odds. `m` is how often a verdict is seen when two records are of one party, `u`
when they are not; bits are log2(m / u), in the band 10k. What a field does not say in
one of the two records is no evidence. Several identifiers of a type count once, by the strongest verdict.
"""
    for part, title in (("comparisons", "Persons"), ("organisations", "Organisations")):
        yield f"### {title}\n\n| field | verdict | in words | bits | m | u |\n|---|---|---|---:|---:|---:|"
        weights, place = Weights.load(), 0 if part == "comparisons" else 1
        for comparison in read[part]:
            field = comparison["field"]
            for level in comparison["levels"]:
                if (name := level["level"]) == "both":  # of two organisations: no evidence
                    continue
                words = explain.words([Reason(field, name, 1.0)])
                bits = weights.bits[place][field][name]
                yield f"| {field} | {name} | {words} | {bits:+.2f} | {level['m']:.3g} | {level['u']:.3g} |"
        yield ""


def _bands(read: dict[str, Any]) -> Iterator[str]:
    yield """## Size bands

| band | up to so many records of parties | any two begin with | a shared identifier says more |
|---|---:|---:|---:|"""
    for band in read["bands"]:
        upto = f"{band['records']:,}" if band["records"] < 10**11 else "any number"
        yield f"| {band['name']} | {upto} | {band['prior_bits']:+.2f} | {band['identifier_bits']:+.2f} |"
    yield ""


def _limits(read: dict[str, Any]) -> Iterator[str]:
    yield """## Limits

They are not learned. A file of weights may set them otherwise.

| limit | is | means |
|---|---|---|"""
    for name, value in read["limits"].items():
        bits = bits_of(value) if isinstance(value, float) and 0 < value < 1 else 0.0
        yield f"| `{name}` | {_plain(value)} | {LIMITS[name].format(bits=bits)} |"
    yield ""


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {most}" for name, most in value.items())
    return ", ".join(value) if isinstance(value, list) else f"{value:,}"


def _training() -> Iterator[str]:
    yield f"""## Training

| what | is |
|---|---:|
| pairs a ledger must have that are worth a look | {ENOUGH:,} |
| pairs that must show a verdict for it to be learned | {LEAST} |
| pairs that are learned from at most | {MOST:,} |
| rounds of expectation maximisation, beginning at the shipped weights | {ROUNDS} |"""
