"""Learns the shipped weights: logistic regression on the levels of candidate pairs of labelled sets.

    THREESIXTY_DATA=… python -m benchmarks.identity.learn [--out weights.json] [--without SET]

The customer set weighs four times as much as any other. The prior falls by one bit, and a shared
identifier gains one, with each doubling of the number of Records, so that sets of all sizes teach one table;
bands read it off at fixed sizes. Only candidate pairs are learned from, so bits say little of
pairs that share no key (counting all pairs gives larger bits, a smaller prior, and up to 2 points less F1).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from math import log2
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.identity.sets import TAUGHT, labelled
from threesixty.identity.levels import FIELDS, LEVEL, LEVELS
from threesixty.identity.score import compare_rows
from threesixty.identity.weights import IDENTIFYING, SHARED, Weights
from threesixty.identity.whole import proposed_to_learn

WORK = Path(tempfile.gettempdir()) / "threesixty-bench/identity"
SHIPPED = Path(__file__).parents[2] / "src/threesixty/identity/weights.json"
LIMITS = {
    "match_probability": 0.95, "keep_probability": 0.2, "generic_names": 4, "identifier_holders": 200,
    "key_holders": 60, "name_holders": 30, "known_names": 5, "common_names": 8,
    "bridge_bits": 9.0, "group_bits": 2.5, "contradiction_bits": -4.0, "support_bits": 3.0,
    "exclusive": ["account", "company_number", "lei", "loyalty", "tax_id"],
    "most": {"account": 8, "birth_date": 16, "email": 20, "family": 8, "given": 16, "loyalty": 8, "phone": 20,
             "tax_id": 8},
    "most_records": 100,
}  # fmt: skip
# What no set teaches, in bits: levels keep these where they are never or hardly seen.
BELIEFS = {
    "given": {"rare": 6, "known": 5, "common": 4, "short_form": 4, "alike": 4, "initial": 2, "swapped": 6,
              "near": -2, "different": -5, "relative": -9, "housemate": -12, "lookalike": -8, "another": -6,
              "namesake": -3, "twin": -24},
    "family": {"rare": 6, "known": 5, "common": 4, "alike": 4, "part": 3, "near": -1, "different": -3,
               "swapped": 2, "household": -1},
    "middle": {"same": 3, "initial": 2, "different": -2, "alike": 2},
    "suffix": {"same": 2, "different": -20},
    "birth_date": {"same": 9, "swapped": 6, "one_part": 4, "partial": 1, "two_parts": -4, "different": -5,
                   "placeholder": 0, "month": 3, "generation": -5, "apart": -16},
    "gender": {"same": 1, "different": -3},
    "address": {"same": 6, "alike": 5, "street": 4, "block": 7, "postcode": 3, "city": 2, "moved_near": 0,
                "different": -1, "elsewhere": -1},
    "email": {"same": 11, "mailbox": 8, "alike": 8, "different": -0.5, "generic": 0,
              "name_box": 2, "family_box": 4, "other_box": 4, "other_name": -4, "own_name": 2},
    "phone": {"same": 10, "alike": 6, "different": -0.5, "generic": 0},
    "device": {"same": 8, "different": -0.3, "generic": 0, "beside": 6},
    "loyalty": {"same": 11, "different": -8, "generic": 0},
    "account": {"same": 12, "different": -4, "generic": 0},
    "tax_id": {"same": 12, "different": -5, "generic": 0, "alike": 8},
    "other": {"same": 8, "different": -0.3, "generic": 0, "alike": 4, "another": -12},
    "sort": {"different": -60},
}  # fmt: skip


def column_of():
    """(field, level) -> column of the design matrix."""
    cells = [(f, level) for f, levels in LEVELS.items() for level in levels[1:] if f != "sort"]
    return {cell: place for place, cell in enumerate(cells)}


# At most so many bits, whatever else is learned. Two first names with one rare surname and one mailbox, or
# also one address, must not merge by themselves; nor must two births with two tax ids, two common names and
# nothing else, or two names and one birth. A surname is what a family shares, and sets have few families. Who
# shares a device, and no mailbox or name, is one person oftener than not, and not often enough.
MOST = {
    ("given", "different"): -3.5, ("given", "relative"): -11.25, ("given", "housemate"): -16,
    ("given", "lookalike"): -7.5, ("given", "namesake"): -0.75, ("given", "twin"): -24,
    ("family", "rare"): 6, ("family", "known"): 5, ("family", "common"): 4, ("family", "alike"): 4,
    ("birth_date", "different"): -4, ("birth_date", "apart"): -15.5,
    ("loyalty", "different"): -10.5, ("email", "other_name"): -6.5, ("device", "beside"): 6,
}  # fmt: skip
# At least so many. The rarer a name, the more it says: what is rare in the sets is often a name misspelt. A
# known name may stand in the wrong row. A tax id is one person's; the sets err in it more than offices do.
LEAST = {
    ("given", "rare"): 4.25, ("given", "known"): 3.25, ("given", "common"): 2, ("given", "another"): -5.75,
    ("tax_id", "same"): 11.5, ("family", "household"): -2,
}  # fmt: skip
DISAGREEING = {"other_name", "different", "two_parts", "elsewhere", "near", "another", "generation"}


def bounds():
    """Agreement never counts against, disagreement never for; neither strays far from belief."""
    found = []
    for field, level in column_of():
        belief = BELIEFS[field][level]
        if (field, level) in MOST:
            found.append((belief - 4, MOST[field, level]))
        elif level in DISAGREEING:
            least = LEAST.get((field, level), belief - 4)
            found.append((least, -0.25 if level == "near" else min(belief / 2, -0.25)))
        else:
            found.append((LEAST.get((field, level), 0), belief + 2))
    # Organisations begin with the same, and theirs are written by hand.
    return [*found, (-3, -3)]


def counted(name, weights, work):
    """Distinct level patterns of a set, with how many pairs and true pairs show each, and its size."""
    parties, truth = labelled(name, work)
    found = proposed_to_learn(parties, weights)
    levels = compare_rows(parties, found.a, found.b, found.silent, weights.exclusive_others)
    true = truth[found.a] == truth[found.b]
    patterns, back = np.unique(levels, axis=0, return_inverse=True)
    total = np.bincount(back.ravel(), minlength=len(patterns))
    hits = np.bincount(back.ravel(), weights=true, minlength=len(patterns))
    print(f"{name}: {len(true):,} pairs, {int(true.sum()):,} true, {len(patterns):,} patterns")
    return patterns, total, hits, len(parties)


def design(sets):
    """Design matrix, offsets in bits, counts of true and false pairs (every set weighing the same)."""
    cells, rows, offsets, good, bad = column_of(), [], [], [], []
    for patterns, total, hits, size in sets:
        matrix = np.zeros((len(patterns), len(cells) + 1), np.float32)
        offset = np.full(len(patterns), -log2(size / 1e4))
        for (field, level), place in cells.items():
            on = patterns[:, FIELDS.index(field)] == LEVEL[field][level]
            matrix[on, place] = 1
            if field in IDENTIFYING and level in SHARED:
                offset[on] += log2(size / 1e4)
        matrix[:, -1] = 1
        weight = (80_000 if size == 10_000 else 20_000) / total.sum()
        (
            rows.append(matrix),
            offsets.append(offset),
            good.append(hits * weight),
            bad.append((total - hits) * weight),
        )
    return np.concatenate(rows), np.concatenate(offsets), np.concatenate(good), np.concatenate(bad)


def fit(sets):
    """Bits for every column, the prior at 10,000 Records last; pulled softly towards BELIEFS."""
    matrix, offset, good, bad = design(sets)
    start = np.array([BELIEFS[field][level] for field, level in column_of()] + [-7.0])
    pull = np.array([1.0] * (len(start) - 1) + [20.0])

    def loss(bits):
        odds = (matrix @ bits + offset) * np.log(2)
        value = good @ np.logaddexp(0, -odds) + bad @ np.logaddexp(0, odds)
        slope = (1 / (1 + np.exp(-odds))) * (good + bad) - good
        away = bits - start
        return value + pull @ away**2, matrix.T @ (slope * np.log(2)) + 2 * pull * away

    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds(), options={"maxiter": 400}).x


def shares(sets):
    """How often each level is seen in true pairs (of those that have the field), over all sets."""
    found = {}
    for field, levels in LEVELS.items():
        place, seen = FIELDS.index(field), np.full(len(levels), 2.0)
        for patterns, total, hits, _ in sets:
            seen += np.bincount(
                patterns[:, place], weights=hits * 20_000 / total.sum(), minlength=len(levels)
            )
        found[field] = dict(zip(levels[1:], seen[1:] / seen[1:].sum(), strict=True))
    return found


def _level(name, share, bits):
    m = float(f"{min(share, 2.0**bits):.3g}")  # that u is no more than 1
    return {"level": name, "m": m, "u": float(f"{m / 2**bits:.4g}")}


def written(bits, sets, names):
    """What weights.json holds."""
    learned = dict(zip(column_of(), np.round(bits[:-1] * 4) / 4, strict=True))
    learned["sort", "different"] = -60.0
    often = shares(sets)
    comparisons = [
        {
            "field": field,
            "levels": [_level(level, often[field][level], learned[field, level]) for level in levels[1:]],
        }
        for field, levels in LEVELS.items()
        if levels[1:]
    ]
    prior = round(float(bits[-1]) * 4) / 4
    bands = [
        {"name": name, "records": limit, "prior_bits": prior - shift, "identifier_bits": shift}
        for name, limit, shift in (
            ("1k", 1_800, -3.25), ("3k", 5_600, -1.75), ("10k", 18_000, 0.0), ("30k", 56_000, 1.5),
            ("100k", 180_000, 3.25), ("300k", 560_000, 5.0), ("1m", 1_800_000, 6.75),
            ("3m", 5_600_000, 8.25), ("10m", 18_000_000, 10.0), ("30m", 10**12, 11.5),
        )
    ]  # fmt: skip
    return {
        "learned": f"by benchmarks/identity/learn.py from {', '.join(names)}; bits rounded to quarters",
        "limits": LIMITS, "bands": bands, "comparisons": comparisons,
        # No set has organisations enough to learn from: theirs are written by hand.
        "organisations": json.loads(SHIPPED.read_text("utf-8"))["organisations"],
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--without", default="", choices=["", *TAUGHT])
    parser.add_argument("--work", type=Path, default=WORK)
    given = parser.parse_args()
    believed = [
        {"field": field, "levels": [_level(level, 0.1, bits) for level, bits in levels.items()]}
        for field, levels in BELIEFS.items()
    ]
    # Which pairs are proposed does not depend on bands, but weights have some.
    base = {"comparisons": believed, "bands": json.loads(Weights.text())["bands"], "limits": LIMITS}
    weights = Weights.from_dict(base)
    names = [name for name in TAUGHT if name != given.without]
    given.work.mkdir(parents=True, exist_ok=True)
    sets = [counted(name, weights, given.work) for name in names]
    result = written(fit(sets), sets, names)
    given.out.write_text(json.dumps(result, indent=1) + "\n")
    for comparison in result["comparisons"]:
        print(
            comparison["field"], {x["level"]: round(log2(x["m"] / x["u"]), 2) for x in comparison["levels"]}
        )
    print(json.dumps(result["bands"][1]))


if __name__ == "__main__":
    main()
