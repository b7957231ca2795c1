from __future__ import annotations

import json
from importlib.resources import files

import pytest

from threesixty.identity.weights import Weights, bits_of

SHIPPED = json.loads(files("threesixty.identity").joinpath("weights.json").read_text("utf-8"))


def test_a_level_that_was_never_learned_is_refused():
    """It would silently count as no evidence."""
    short = SHIPPED | {"comparisons": SHIPPED["comparisons"][1:]}

    with pytest.raises(ValueError, match=r"weights without given\.rare"):
        Weights.from_dict(short)


def test_weights_can_come_from_a_file(tmp_path):
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(SHIPPED), "utf-8")

    assert Weights.load(path) == Weights.load()


def test_a_band_is_a_function_of_the_number_of_records():
    weights = Weights.load()

    assert [weights.band(n).name for n in (0, 3_000, 3_001, 100_000, 10**6, 10**9)] == [
        "1k", "1k", "10k", "100k", "1m", "10m",
    ]  # fmt: skip


def test_larger_bands_ask_for_more_and_believe_identifiers_more():
    bands = Weights.load().bands

    assert sorted(bands, key=lambda band: -band.prior_bits) == list(bands)
    assert sorted(bands, key=lambda band: band.identifier_bits) == list(bands)


def test_probabilities_are_bits():
    assert bits_of(0.5) == 0
    assert Weights.load().threshold == pytest.approx(4.25, abs=0.01)
    assert Weights.load().keep == -2
