"""Weights learned from a ledger, kept as an epoch that counts for nothing yet."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.pipeline.conftest import Row, Town, person
from tests.two_ledgers import derived_of, differing

from threesixty.errors import ThreesixtyError, WeightsError
from threesixty.pipeline.epochs import train

pytestmark = pytest.mark.filterwarnings("ignore")  # Splink's own
pytest.importorskip("splink")


def many(people: int) -> list[Row]:
    """People of few names in a small town, most of them twice, with slips."""
    dice = np.random.default_rng(3)
    given = "Ana Bruno Carla Duarte Elsa Filipe Gil Helena Ivo Joana".split()
    family = "Silva Sousa Reis Prates Luz Neves Leal Faria".split()
    found = []
    for number in range(people):
        born = f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}"
        street = f"Rua {family[number % 8]} {number // 4}"
        one = person(
            str(number), given[dice.integers(10)], family[dice.integers(8)], email=f"p{number}@mail.pt",
            phone=f"+3519{number:08}", born=born, street=street, postcode=f"1{number % 12:03}", city="Lisboa",
        )  # fmt: skip
        found.append(one)
        if dice.random() < 0.7:
            slip = {"id": f"{number}b", "phone": "" if dice.random() < 0.5 else one["phone"]}
            slip |= {"email": f"x{number}@post.pt"} if dice.random() < 0.3 else {}
            slip |= {"given": one["given"][:2]} if dice.random() < 0.1 else {}
            found.append({**one, **slip})
    return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory):
    town = Town(tmp_path_factory.mktemp("city"))
    town.put("crm", *many(700))
    yield town
    town.c360.close()


def test_verdicts_that_too_few_pairs_show_are_named_with_what_to_do(city: Town):
    with pytest.raises(WeightsError) as raised:
        city.c360.train()

    assert "given.swapped" in raised.value.levels
    assert "--fill" in raised.value.hint
    assert len(city.c360.epochs()) == 1


def test_a_dry_run_shows_and_keeps_nothing(city: Town, tmp_path: Path):
    seq = city.c360.ledger.seq()

    shown = city.c360.train(fill=True, dry_run=True, model=tmp_path / "splink.json")

    assert shown.epoch.state == "tried"
    assert shown.difference is not None
    assert (city.c360.ledger.seq(), len(city.c360.epochs())) == (seq, 1)
    model = json.loads((tmp_path / "splink.json").read_text())
    assert {c["output_column_name"] for c in model["comparisons"]} >= {"given", "email", "birth_date"}


def test_what_was_learned_is_an_epoch_that_waits_and_can_be_switched_to_and_back(city: Town):
    before, together = derived_of(city.c360), city.clusters()

    shown = city.c360.train(fill=True, why="our own records")

    assert shown.epoch.state == "open"
    assert "by Splink from" in shown.epoch.learned
    learned = {(level.field, level.level) for level in shown.levels if level.pairs is not None}
    assert {("email", "same"), ("given", "different")} <= learned
    assert ("tax_id", "same") not in learned
    assert not differing(derived_of(city.c360), before)

    switched = city.c360.switch_epoch(shown.epoch.number)
    assert switched.difference.customers == len(city.clusters())
    city.c360.switch_epoch(0)
    assert city.clusters() == together
    city.c360.drop_epoch(shown.epoch.number)


def test_what_people_decided_is_learned_from(city: Town):
    city.c360.merge("crm/1", "crm/2", by="ana")

    shown = city.c360.train(fill=True, dry_run=True)

    decided = shown.difference.judged.pairs
    assert decided >= 1
    assert f", {decided} of which people decided" in shown.epoch.learned
    city.c360.undo()


def test_the_same_ledger_teaches_the_same(city: Town):
    one, other = (train.train(city.c360.view, lambda _: None, fill=True) for _ in range(2))

    assert one.text == other.text


def test_what_was_learned_already_is_no_second_epoch(city: Town):
    one, other = (city.c360.train(fill=True).epoch for _ in range(2))

    assert one == other
    city.c360.drop_epoch(one.number)
    assert city.c360.train(fill=True).epoch.number == one.number + 1
    city.c360.drop_epoch(one.number + 1)


def test_limits_are_not_learned_and_stay_as_somebody_set_them(city: Town, tmp_path: Path):
    mine = json.loads(city.c360.epoch_weights(0))
    mine["limits"] |= {"most_records": 40, "bridge_bits": 11.0}
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(mine), "utf-8")
    number = city.c360.open_epoch(path).number
    city.c360.switch_epoch(number)

    learned = json.loads(train.train(city.c360.view, lambda _: None, fill=True).text)

    assert learned["limits"] == mine["limits"]
    city.c360.switch_epoch(0)
    city.c360.drop_epoch(number)


def test_too_few_pairs_teach_nothing(town: Town):
    town.put("crm", *many(20))

    with pytest.raises(WeightsError, match="too few to learn from"):
        town.c360.train(fill=True)


@pytest.mark.parametrize(("spark", "extra"), [("", "train"), ("local[1]", "spark")])
def test_what_has_to_be_installed_is_named(
    city: Town, monkeypatch: pytest.MonkeyPatch, spark: str, extra: str
):
    missing = {"train": {"splink"}, "spark": {"pyspark"}}[extra]
    monkeypatch.setattr(train, "find_spec", lambda name: None if name in missing else True)

    with pytest.raises(ThreesixtyError) as raised:
        city.c360.train(fill=True, spark=spark)

    assert f"threesixty[{extra}]" in raised.value.hint
