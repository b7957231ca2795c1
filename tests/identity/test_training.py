"""Splink learns from the levels our scorer finds; what it learned, both say alike."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity import organisations, training
from threesixty.identity.levels import FIELDS, LEVEL, LEVELS
from threesixty.identity.score import total
from threesixty.identity.training import LEARNED, LEAST, Taught
from threesixty.identity.weights import Weights

pytestmark = pytest.mark.filterwarnings("ignore")  # Splink's own
pytest.importorskip("splink")

SHIPPED = Weights.load()
# That in which shared identifiers are worth what is written.
BAND = next(band for band in SHIPPED.bands if not band.identifier_bits)
HELD = ("given", "family", "birth_date", "email", "phone", "address", "loyalty")


def shares_of(field: str, email_says: float = 0.0):
    """What pairs are drawn from: levels with m and u, each summing to one."""
    cells = np.array([LEVEL[field][level] for level in LEVELS[field][1:]], np.uint8)
    m = np.array([SHIPPED.shares[field][level] for level in LEVELS[field][1:]])
    u = m / 2 ** SHIPPED.table(BAND)[0, FIELDS.index(field), cells]
    u[0] /= 2 ** (email_says if field == "email" else 0)
    return cells, m / m.sum(), u / u.sum()


def drawn(pairs: int, *, seed: int = 1, email_says: float = 0.0):
    """Pairs drawn from the shipped weights, one in nine of one party, a fifth of the values missing.

    The same email says so many bits more or less than is shipped.
    """
    dice = np.random.default_rng(seed)
    same = dice.random(pairs) < 1 / 9
    levels = np.zeros((pairs, len(FIELDS)), np.uint8)
    for field in HELD:
        cells, m, u = shares_of(field, email_says)
        for side, share in ((True, m), (False, u)):
            here = np.flatnonzero(same == side)
            levels[here, FIELDS.index(field)] = dice.choice(cells, len(here), p=share)
        levels[dice.random(pairs) < 0.2, FIELDS.index(field)] = 0
    return levels, same


@pytest.fixture(scope="module")
def pairs():
    return drawn(30_000)


@pytest.fixture(scope="module")
def learned(pairs):
    return training.learn(pairs[0], SHIPPED, BAND)


def as_weights(model, learned):
    said = training.written(model, learned, {"limits": {}}, SHIPPED, BAND, said="here")
    weights = Weights.from_dict(said)
    return weights, weights.band(BAND.records)


def by_splink(model, levels):
    """What Splink says of pairs with a model: the bits of each field, and the whole."""
    from splink import Linker  # noqa: PLC0415

    database, table = training.duckdb(training.rows(levels))
    linker = Linker(table, model, log_level="ERROR")
    found = linker.inference.predict().physical_name
    fields = ", ".join(f"mw_{field}" for field in LEARNED)
    rows = database._con.execute(
        f"select match_weight, {fields} from {found} order by least(unique_id_l, unique_id_r)"
    ).fetchall()
    return np.array(rows, float)


def test_our_scorer_says_what_splink_says_of_every_trained_level(pairs, learned):
    levels = pairs[0][:5_000]
    trained = {cell for cell, seen in learned.seen.items() if seen >= LEAST}
    model = training.taught(learned, None)
    weights, band = as_weights(model, learned)
    table = weights.table(band)[0]

    bits = by_splink(model, levels)

    checked = set()
    for column, field in enumerate(LEARNED, start=1):
        mine = table[FIELDS.index(field), levels[:, FIELDS.index(field)]]
        for level in LEVELS[field][1:]:
            here = levels[:, FIELDS.index(field)] == LEVEL[field][level]
            if (field, level) in trained and here.any():
                assert abs(mine[here] - bits[here, column]).max() <= 0.01, (field, level)
                checked.add((field, level))
    assert checked >= {cell for cell in trained if learned.seen[cell] >= 300}
    whole = np.array([all((f, LEVELS[f][n]) in trained for f, n in zip(FIELDS, row, strict=True) if n)
                      for row in levels])  # fmt: skip
    assert whole.sum() > 4_000
    assert abs(total(levels, weights.table(band), band) - bits[:, 0])[whole].max() <= 0.01 * (len(HELD) + 1)


def test_it_finds_what_the_pairs_were_drawn_from_though_it_began_elsewhere():
    levels, same = drawn(30_000, seed=2, email_says=-4)

    found = training.shares(training.learn(levels, SHIPPED, BAND).model)

    for field in HELD:
        for cell, m, u in zip(*shares_of(field, -4), strict=True):
            here = levels[:, FIELDS.index(field)] == cell
            if min((here & same).sum(), (here & ~same).sum()) >= 100:
                bits = np.log2(np.divide(*found[field, LEVELS[field][cell]]))
                assert abs(bits - np.log2(m / u)) < 0.7, (field, LEVELS[field][cell])


def test_fields_that_nobody_gives_are_absent_and_rare_levels_untrained(learned, pairs):
    assert set(learned.absent) == set(LEARNED) - set(HELD)
    assert learned.untrained
    assert all(learned.seen[cell] < LEAST for cell in learned.untrained)
    assert not {field for field, _ in learned.untrained} & set(learned.absent)

    weights, band = as_weights(training.taught(learned, None), learned)

    kept = SHIPPED.table(BAND)[0, FIELDS.index("tax_id")]
    assert weights.table(band)[0, FIELDS.index("tax_id")] == pytest.approx(kept, abs=1 / 64)


def test_weights_go_to_splinks_form_and_back():
    band = SHIPPED.bands[2]
    model = training.settings(SHIPPED, band)

    assert training.odds(model) == pytest.approx(band.prior_bits)
    for (field, level), (m, u) in training.shares(model).items():
        cell = FIELDS.index(field), LEVEL[field][level]
        assert np.log2(m / u) == pytest.approx(SHIPPED.table(band)[0][cell])


def test_a_band_is_worth_as_much_more_or_less_as_before():
    band = SHIPPED.bands[2]
    learned = training.learn(drawn(6_000)[0], SHIPPED, band)
    said = training.written(learned.model, learned, {"limits": {}}, SHIPPED, band, said="")

    for one, other in zip(said["bands"], SHIPPED.bands, strict=True):
        more = other.prior_bits - band.prior_bits
        assert one["prior_bits"] - said["bands"][2]["prior_bits"] == pytest.approx(more, abs=1 / 32)
        assert one["identifier_bits"] == other.identifier_bits - band.identifier_bits


def test_organisations_are_worth_what_they_were_though_persons_begin_with_other_odds(learned):
    weights, band = as_weights(training.taught(learned, None), learned)
    dice = np.random.default_rng(4)
    levels = np.array([
        [dice.integers(len(names)) for names in organisations.LEVELS.values()] for _ in range(200)
    ], np.uint8)  # fmt: skip
    levels[:, -1] = organisations.BOTH

    for place, one in enumerate(weights.bands):
        mine = total(levels, weights.table(one), one)
        shipped = total(levels, SHIPPED.table(SHIPPED.bands[place]), SHIPPED.bands[place])
        assert mine == pytest.approx(shipped, abs=0.5)  # steps of 1/64 in sixteen fields
    assert band.prior_bits != BAND.prior_bits


def test_pairs_that_people_decided_count_as_sure_ones(learned, pairs):
    place = FIELDS.index("given")
    told = np.zeros((3_000, len(FIELDS)), np.uint8)
    told[:, place] = LEVEL["given"]["different"]

    def bits(model):
        m, u = training.shares(model)["given", "different"]
        return np.log2(m / u)

    before = bits(training.taught(learned, None))
    assert bits(training.taught(learned, Taught(told, np.ones(3_000, bool)))) > before + 1
    assert bits(training.taught(learned, Taught(told, np.zeros(3_000, bool)))) < before


def test_no_level_says_impossible_because_few_pairs_show_it(learned):
    shares = training.shares(training.taught(learned, None))
    least = 0.5 / (learned.pairs + 1)

    assert all(m >= least and u >= least for m, u in shares.values())


def test_what_too_many_hold_is_worth_what_it_was_whatever_pairs_show(pairs):
    """Who shares it was found by something else, and that makes them look like one."""
    levels, same = pairs
    levels = levels.copy()
    levels[same, FIELDS.index("email")] = LEVEL["email"]["generic"]
    learned = training.learn(levels, SHIPPED, BAND)

    weights, band = as_weights(training.taught(learned, Taught(levels[same][:50], same[same][:50])), learned)

    assert learned.seen["email", "generic"] > LEAST
    cell = 0, FIELDS.index("email"), LEVEL["email"]["generic"]
    assert weights.table(band)[cell] == SHIPPED.table(BAND)[cell] == 0
    assert not {cell for cell in learned.untrained if cell[1] == "generic"}


def test_persons_and_organisations_teach_nothing(pairs):
    levels = pairs[0].copy()
    levels[:1_000, FIELDS.index("sort")] = 1

    assert training.learn(levels, SHIPPED, BAND).pairs == len(levels) - 1_000


def test_levels_that_only_sure_matches_show_do_not_stop_it():
    levels, _ = drawn(6_000)
    levels[:2_000] = 0
    for field in LEARNED:
        levels[:2_000, FIELDS.index(field)] = 1

    learned = training.learn(levels, replace(SHIPPED), BAND)

    assert np.isfinite(list(training.shares(learned.model).values())).all()


@given(st.integers(10, 200), st.integers(1, 60), st.randoms(use_true_random=False))
def test_which_pairs_are_learned_from_does_not_depend_on_their_order(size, most, random):
    dice = np.random.default_rng(random.getrandbits(32))
    a, b = (dice.integers(-(2**63), 2**63 - 1, size) for _ in range(2))
    order = dice.permutation(size)

    straight = set(training.chosen(a, b, most).tolist())
    shuffled = {int(order[place]) for place in training.chosen(a[order], b[order], most)}

    assert straight == shuffled
    assert len(straight) == min(size, most)


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("pyspark"), reason="pyspark is not installed")
def test_a_spark_cluster_learns_the_same(pairs, learned):
    from pyspark.sql import SparkSession  # noqa: PLC0415

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "3g")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.default.parallelism", "4")
        .getOrCreate()
    )
    try:
        there = training.learn(pairs[0], SHIPPED, BAND, training.spark(session))
    finally:
        session.stop()

    here, found = training.shares(learned.model), training.shares(there.model)
    assert found.keys() == here.keys()
    for cell in here:
        assert found[cell] == pytest.approx(here[cell], rel=1e-6), cell
    assert there.seen == learned.seen
