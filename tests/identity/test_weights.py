from __future__ import annotations

import json
from importlib.resources import files

import pytest

from threesixty.identity.sound import Unsound
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

    assert [weights.band(n).name for n in (0, 1_800, 1_801, 10**4, 30_000, 10**5, 10**6, 10**9)] == [
        "1k", "1k", "3k", "10k", "30k", "100k", "1m", "30m",
    ]  # fmt: skip


def test_larger_bands_ask_for_more_and_believe_identifiers_more():
    bands = Weights.load().bands

    assert sorted(bands, key=lambda band: -band.prior_bits) == list(bands)
    assert sorted(bands, key=lambda band: band.identifier_bits) == list(bands)


def test_probabilities_are_bits():
    assert bits_of(0.5) == 0
    assert Weights.load().threshold == pytest.approx(4.25, abs=0.01)
    assert Weights.load().keep == -2


def changed(**limits: object) -> dict:
    return SHIPPED | {"limits": SHIPPED["limits"] | limits}


def given_rare(**numbers: object) -> dict:
    read = json.loads(json.dumps(SHIPPED))
    read["comparisons"][0]["levels"][0] |= numbers
    return read


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (given_rare(m=0), "m of given.rare is a number above 0, not 0"),
        (given_rare(u=-1), "u of given.rare is a number above 0, not -1"),
        (given_rare(m="0.2"), "m of given.rare is a number above 0, not '0.2'"),
        (given_rare(m=float("inf")), "m of given.rare is a number above 0, not inf"),
        (given_rare(m=1e300), "m and u of given.rare are further apart than 100 bits"),
        (changed(match_probability=7), "match_probability is from 0.5 to 0.9999, not 7"),
        (changed(keep_probability=0.99), "keep_probability is above 0, and at most match_probability: 0.99"),
        (changed(bridge_bits="x"), "bridge_bits is a number of bits from -100 to 100, not 'x'"),
        (changed(generic_names=-1), "generic_names is a whole number from 0 to 1,000,000,000, not -1"),
        (changed(most={"email": 2.5}), "most.email is a whole number from 0 to 1,000,000,000, not 2.5"),
        (SHIPPED | {"bands": []}, "there is no size band"),
        (SHIPPED | {"bands": SHIPPED["bands"][1::-1]}, "size bands go from small to large: 1k follows 3k"),
    ],
)
def test_a_number_of_which_nothing_sensible_follows_is_named(read: dict, told: str):
    with pytest.raises(Unsound) as error:
        Weights.from_dict(read)

    assert str(error.value) == told
