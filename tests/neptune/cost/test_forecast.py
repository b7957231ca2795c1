"""A forecast multiplies what was counted, keeps its order, and says what it rests on."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.errors import NotFound
from threesixty.neptune import forecast as forecasts
from threesixty.neptune import usage
from threesixty.neptune.cost import GIB, capacity, needed, setups, store_bytes
from threesixty.neptune.forecast import forecast, workload
from threesixty.neptune.prices import LEVELS, load

RESULTS = Path(__file__).parents[3] / "benchmarks" / "results"
PRICES = load()["us-east-1"]


def test_a_project_is_as_large_as_its_indexes_and_its_dictionary(counted):
    full = counted.statements * 3 * 4 * 8 + counted.texts * 2 * 8 + counted.characters * 2

    assert store_bytes(counted, PRICES, "low") == full
    assert store_bytes(counted, PRICES, "high") == 2 * full


def test_what_a_cluster_measured_is_not_assumed_any_more(counted):
    measured = replace(counted, stored=usage.Stored(7 * GIB, 1), region="eu-central-1")
    found = forecast(measured, workload(measured), PRICES)

    assert found.store_bytes == forecasts.Spread(7 * GIB, 7 * GIB, 7 * GIB)
    assert "page_fill" not in {assumption.name for assumption in found.assumptions}
    assert "the cluster is in eu-central-1, but the prices are those of us-east-1" in found.notices


def test_serverless_never_costs_less_than_its_smallest_capacity(counted):
    nobody = workload(counted, views_per_day=0, questions_per_day=0, loads_per_day=0)
    [serverless, _] = setups(counted, nobody, PRICES)

    assert serverless.low.total >= 117.38
    assert serverless.drives == "serverless capacity"


@settings(max_examples=60, deadline=None)
@given(
    customers=st.integers(1, 50_000_000),
    views=st.floats(0, 1e7),
    loads=st.floats(0, 100),
    changes=st.floats(0, 1e6),
    replicas=st.integers(0, 15),
    busy=st.floats(0.5, 24),
    days=st.integers(1, 35),
)
def test_low_is_never_dearer_than_likely_nor_likely_than_high(
    counted, customers, views, loads, changes, replicas, busy, days
):
    work = workload(
        counted, customers=customers, views_per_day=views, loads_per_day=loads, changes_per_load=changes,
        replicas=replicas, busy_hours=busy, backup_days=days,
    )  # fmt: skip
    for setup in setups(counted, work, PRICES):
        assert setup.low.total <= setup.likely.total <= setup.high.total


@settings(max_examples=30, deadline=None)
@given(customers=st.integers(1, 1_000_000), more=st.integers(1, 50))
def test_more_customers_never_need_less(counted, customers, more):
    few, many = (workload(counted, customers=customers * times) for times in (1, more))
    for level in LEVELS:
        less, needs = (needed(counted, work, PRICES, level) for work in (few, many))

        assert less.store_bytes <= needs.store_bytes
        assert less.read_ios <= needs.read_ios
        assert capacity(less, PRICES) <= capacity(needs, PRICES)


def test_readers_are_billed_like_the_writer_and_storage_once(counted):
    alone, two = (workload(counted, replicas=replicas) for replicas in (0, 2))
    [_, one], [_, three] = (setups(counted, work, PRICES, "db.r5.large") for work in (alone, two))
    lines = [{line.name: line.quantity for line in setup.likely.lines} for setup in (one, three)]

    assert lines[1]["db.r5.large"] == 3 * lines[0]["db.r5.large"] == 3 * 730
    assert lines[1]["storage_gb_month"] == lines[0]["storage_gb_month"]


def test_the_smallest_instances_that_fit_are_taken(counted):
    work = workload(counted, customers=1_000_000)
    wanted = needed(counted, work, PRICES, "likely").memory_gib
    fitting = [one for one in PRICES.instances.values() if not one.burstable and one.gib >= wanted]
    [_, setup] = setups(counted, work, PRICES)

    assert setup.name == min(fitting, key=lambda one: one.price.amount).name


def test_what_fits_no_instance_is_said(counted):
    found = forecast(counted, workload(counted, customers=1_000_000_000), PRICES)

    assert [setup.name for setup in found.setups] == ["serverless"]
    assert any("no instance in the price file is large enough" in notice for notice in found.notices)


def test_an_unknown_instance_is_refused(counted):
    with pytest.raises(NotFound, match=r"db\.r5\.larg"):
        forecast(counted, workload(counted), PRICES, "db.r5.larg")


def test_a_region_without_the_price_of_capacity_is_forecast_without_serverless(counted):
    known = {name: price for name, price in PRICES.each.items() if name not in ("ncu_hour", "io_million")}
    found = forecast(counted, workload(counted), replace(PRICES, each=known))

    assert [setup.name for setup in found.setups] == ["db.r5.large"]
    assert any("io_million has no price" in notice for notice in found.notices)


def test_changes_follow_the_sources_own_dates_unless_they_are_given(counted):
    monthly = sum(growth.a_month for growth in counted.growth)

    assert workload(counted).changes_per_load == pytest.approx(monthly / (365 / 12))
    assert workload(counted, loads_per_day=2).changes_per_load == pytest.approx(monthly / (365 / 12) / 2)
    assert workload(counted, changes_per_load=7).changes_per_load == 7
    assert workload(counted, loads_per_day=0).changes_per_load == 0


def test_writing_costs_as_many_units_of_the_log_as_was_rehearsed(counted):
    times = sum(change.times for change in counted.changes)
    statements = sum(change.statements * change.times for change in counted.changes) / times
    work = workload(counted, loads_per_day=10, changes_per_load=1_000)
    need = needed(counted, work, PRICES, "likely")

    assert need.write_ios == pytest.approx(365 / 12 * 10_000 * statements * 200 / 4096)


def test_where_nothing_could_be_rehearsed_a_change_is_one_write(counted):
    found = forecast(replace(counted, changes=()), workload(counted, changes_per_load=100), PRICES)

    assert any("one I/O for each change" in notice for notice in found.notices)


def test_at_worst_a_volume_is_whole_segments(counted):
    [serverless, _] = setups(counted, workload(counted, customers=3_000_000), PRICES)
    need = needed(counted, workload(counted, customers=3_000_000), PRICES, "high")
    [volume] = [line.quantity for line in serverless.high.lines if line.name == "storage_gb_month"]

    assert volume == 10 * ceil(need.store_bytes / GIB / 10)


def test_bought_is_weighed_against_purchases_and_their_lines(counted):
    bought, saved = counted.bought, forecast(counted, workload(counted), PRICES).bought

    assert saved.kept == 5 * bought.edges
    assert saved.edges_read == bought.edges / bought.buyers
    assert saved.edges_read_without == (bought.purchases + bought.lines) / bought.buyers


def test_without_purchases_there_is_nothing_to_say_about_bought(counted):
    assert forecast(replace(counted, bought=None), workload(counted), PRICES).bought is None


def test_a_laptop_is_enough_up_to_what_was_measured(counted):
    few = forecast(counted, workload(counted), PRICES).laptop
    many = forecast(counted, workload(counted, customers=50_000_000), PRICES).laptop
    busy = forecast(counted, workload(counted, views_per_day=100_000_000), PRICES).laptop

    assert (few.enough, many.enough, busy.enough) == (True, False, False)
    assert "more than the 1,000,000 that were measured" in many.reasons[0]


def test_what_a_laptop_bears_is_what_the_benchmarks_say():
    scale, asked = ((RESULTS / name).read_text("utf-8") for name in ("scale.md", "questions.md"))

    seconds, records = forecasts.MEASURED_SECONDS, forecasts.MEASURED_RECORDS
    assert f"| c1m | {seconds} s, " in scale
    assert f"{records:,} records → " in scale
    assert f"random customers | p50 {forecasts.MEASURED_CARD_MS} ms" in asked
    assert f"| the company | {forecasts.MEASURED_CUSTOMERS:,} customers |" in asked
