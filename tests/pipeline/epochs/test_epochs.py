"""Other weights beside those that count: compared by name, switched to, switched back from, dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pipeline.conftest import Row, Town, company, person
from tests.pipeline.test_invariants import people, some, towns
from tests.two_ledgers import derived_of, differing, graph_of

from threesixty.errors import DecisionRefused, NotFound, ThreesixtyError, WeightsError
from threesixty.identity.weights import Weights

Edit = Callable[[dict], None]
ANA = person("1", "Ana", "Sousa", email="ana@x.pt", phone="+351911111111", born="1980-01-02")
NELA = person("2", "Nela", "Prates", email="ana@x.pt", phone="+351922222222", born="1980-01-02")
BRUNO = person("3", "Bruno", "Reis", email="bruno@x.pt")


def edited(folder: Path, **factors: float) -> Path:
    """The shipped weights, with u of levels (field__level) taken times a factor."""
    weights = json.loads(Weights.text())
    for comparison in weights["comparisons"]:
        for level in comparison["levels"]:
            level["u"] *= factors.get(f"{comparison['field']}__{level['level']}", 1)
    weights["learned"] = "by hand"
    path = folder / "weights.json"
    path.write_text(json.dumps(weights), "utf-8")
    return path


def forgiving(folder: Path) -> Path:
    """Weights that let other names pass."""
    return edited(folder, given__different=1 / 400, family__different=1 / 400, email__same=1 / 64)


@pytest.fixture
def two(town: Town) -> Town:
    """Ana and Nela share an email and a birthday, and are two people by the shipped weights."""
    town.put("crm", ANA, NELA, BRUNO)
    assert len(town.clusters()) == 3
    return town


def test_an_open_epoch_counts_for_nothing(two: Town, tmp_path: Path):
    before, drawn, ids = derived_of(two.c360), graph_of(two.c360), two.ids()

    epoch = two.c360.open_epoch(forgiving(tmp_path), why="a try")
    two.c360.epoch(epoch.number)

    assert (epoch.number, epoch.state, epoch.learned) == (1, "open", "by hand")
    assert not differing(derived_of(two.c360), before)
    assert not differing(graph_of(two.c360), drawn)
    assert two.ids() == ids
    status = two.c360.status()
    assert (status.epoch, status.seq, status.notices) == (0, status.resolved, ())


def test_the_difference_names_who_would_merge_and_whose_id_stays(two: Town, tmp_path: Path):
    two.c360.open_epoch(forgiving(tmp_path))

    told = two.c360.epoch().difference

    assert (told.merges, told.splits, told.regroups, told.kept) == (1, 0, 0, 1)
    assert (told.customers_before, told.customers) == (3, 2)
    [merge] = told.examples
    assert {group.name for group in merge.before} == {"Ana Sousa", "Nela Prates"}
    [together] = merge.after
    assert set(together.records) == {"crm/1", "crm/2"}
    assert together.id == two.ids()["crm/1"]


def test_a_switch_does_what_was_shown_and_switching_back_takes_it_back(two: Town, tmp_path: Path):
    before, drawn, ids = derived_of(two.c360), graph_of(two.c360), two.ids()
    number = two.c360.open_epoch(forgiving(tmp_path)).number

    there = two.c360.switch_epoch(number)

    assert there.difference.customers == len(two.clusters()) == 2
    assert two.c360.status().epoch == number
    assert two.c360.customer(ids["crm/2"]).id == ids["crm/1"]
    assert two.same_card("crm/1")

    back = two.c360.switch_epoch(0)

    assert (back.before, back.difference.splits) == (number, 1)
    assert not differing(derived_of(two.c360), before)
    assert not differing(graph_of(two.c360), drawn)
    assert two.ids() == ids


def test_a_dry_run_of_a_switch_only_tells(two: Town, tmp_path: Path):
    number = two.c360.open_epoch(forgiving(tmp_path)).number
    before = derived_of(two.c360)

    told = two.c360.switch_epoch(number, dry_run=True)

    assert told.dry_run
    assert told.difference.merges == 1
    assert two.c360.status().epoch == 0
    assert not differing(derived_of(two.c360), before)


def test_an_epoch_is_kept_when_the_project_is_opened_again_or_rebuilt(two: Town, tmp_path: Path):
    two.c360.switch_epoch(two.c360.open_epoch(forgiving(tmp_path)).number)
    together = two.clusters()

    two.reopen()
    two.c360.rebuild()
    two.put("shop", person("9", "Nela", "Prates", email="ana@x.pt", at="2024-01-01"))

    assert two.c360.status().epoch == 1
    assert len(two.clusters()) == len(together)
    assert frozenset({"crm/1", "crm/2", "shop/9"}) in two.clusters()


def test_a_ledger_that_goes_back_has_the_weights_of_then(two: Town, tmp_path: Path):
    before, upto = two.clusters(), two.c360.ledger.seq()
    two.c360.switch_epoch(two.c360.open_epoch(forgiving(tmp_path)).number)
    assert two.clusters() != before

    two.c360.restore(to=str(upto))

    assert two.c360.status().epoch == 0
    assert two.clusters() == before


def test_decisions_hold_in_any_epoch_and_are_held_against_the_evidence(two: Town, tmp_path: Path):
    two.c360.merge("crm/1", "crm/2")
    two.c360.split("crm/1", "crm/2")
    number = two.c360.open_epoch(forgiving(tmp_path)).number

    told = two.c360.epoch(number).difference
    two.c360.switch_epoch(number)

    assert told.merges == 0
    assert len(two.clusters()) == 3
    # Merged, then split: of one pair the newest word counts, which these weights would not have said.
    assert (told.judged.pairs, told.judged.before, told.judged.after) == (1, 1, 0)


def test_the_size_band_is_that_of_the_epoch(two: Town, tmp_path: Path):
    path = edited(tmp_path)
    weights = json.loads(path.read_text())
    weights["bands"] = [{"name": "all", "records": 10**9, "prior_bits": -20.0, "identifier_bits": 0.0}]
    path.write_text(json.dumps(weights))

    two.c360.switch_epoch(two.c360.open_epoch(path).number)

    assert two.c360.status().size_band == "all"


def test_a_level_that_was_never_learned_is_named(two: Town, tmp_path: Path):
    path = edited(tmp_path)
    weights = json.loads(path.read_text())
    for comparison in weights["comparisons"]:
        comparison["levels"] = [x for x in comparison["levels"] if x["level"] != "swapped"]
    path.write_text(json.dumps(weights))

    with pytest.raises(WeightsError) as raised:
        two.c360.open_epoch(path)

    assert raised.value.levels == ("given.swapped", "family.swapped", "birth_date.swapped")
    assert "given.swapped" in raised.value.message
    assert "threesixty train" in raised.value.hint


def test_weights_in_force_that_miss_a_new_level_say_so_and_can_be_left(two: Town, tmp_path: Path):
    """As after an upgrade to a version that compares more than the one that learned them."""
    ledger, weights = two.c360.ledger, json.loads(Weights.text())
    weights["comparisons"] = weights["comparisons"][1:]
    ledger.open_epoch(json.dumps(weights), by="an older version")
    ledger.say_of_epoch(1, "switched", by="an older version")

    with pytest.raises(WeightsError, match=r"given\.rare"):
        two.c360.status()

    two.c360.switch_epoch(0)

    assert two.c360.status().epoch == 0
    assert two.c360.epochs()[0].state == "former"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"comparisons": [], "limits": {}, "bands": []}', "no json"]
)
def test_a_file_that_is_no_weights_is_refused_with_its_name(two: Town, tmp_path: Path, text: str):
    path = tmp_path / "mine.json"
    path.write_text(text)

    with pytest.raises(WeightsError, match=r"mine\.json"):
        two.c360.open_epoch(path)

    assert len(two.c360.epochs()) == 1


def test_a_file_in_another_encoding_is_refused_and_a_mark_at_its_begin_is_none(two: Town, tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(Weights.text().replace("learn.py", "learn.py by José"), "utf-16")
    with pytest.raises(WeightsError, match=r"mine\.json cannot be read as weights"):
        two.c360.open_epoch(path)

    path.write_text(Weights.text().replace("learn.py", "learn.py by José"), "utf-8-sig")
    assert "José" in two.c360.open_epoch(path).learned


def opened_and_dropped(town: Town, folder: Path) -> None:
    town.c360.drop_epoch(town.c360.open_epoch(forgiving(folder)).number)


def opened_and_in_force(town: Town, folder: Path) -> None:
    town.c360.switch_epoch(town.c360.open_epoch(forgiving(folder)).number)


@pytest.mark.parametrize(
    ("given_", "ask", "refused"),
    [
        (lambda *_: None, lambda c: c.switch_epoch(7), NotFound),
        (lambda *_: None, lambda c: c.epoch(7), NotFound),
        (lambda *_: None, lambda c: c.drop_epoch(7), NotFound),
        (lambda *_: None, lambda c: c.open_epoch(Path("nowhere.json")), NotFound),
        (lambda *_: None, lambda c: c.switch_epoch(0), DecisionRefused),
        (lambda *_: None, lambda c: c.drop_epoch(0), DecisionRefused),
        (opened_and_dropped, lambda c: c.switch_epoch(1), DecisionRefused),
        (opened_and_dropped, lambda c: c.drop_epoch(1), DecisionRefused),
        (opened_and_in_force, lambda c: c.switch_epoch(1), DecisionRefused),
        (opened_and_in_force, lambda c: c.drop_epoch(1), DecisionRefused),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(two: Town, tmp_path: Path, given_, ask, refused):
    given_(two, tmp_path)
    before, seq = derived_of(two.c360), two.c360.ledger.seq()

    with pytest.raises(ThreesixtyError) as raised:
        ask(two.c360)

    assert isinstance(raised.value, refused)
    assert two.c360.ledger.seq() == seq
    assert not differing(derived_of(two.c360), before)


def test_purchases_follow_their_customer_into_an_epoch_and_back(town: Town, tmp_path: Path):
    company(town)
    drawn = graph_of(town.c360)

    town.c360.switch_epoch(town.c360.open_epoch(forgiving(tmp_path)).number)
    assert town.same_card("crm/1")
    town.c360.switch_epoch(0)

    assert not differing(graph_of(town.c360), drawn)


@some(12)
@given(people(least=2, most=6), people(least=1, most=4), st.sampled_from([1 / 64, 1 / 8, 8, 200]))
def test_membership_depends_on_records_and_epoch_alone(rows: list[Row], later: list[Row], factor: float):
    later = [{**row, "id": f"later{row['id']}"} for row in later]
    with towns() as town_of:
        detour, straight = town_of("detour", rows), town_of("straight")
        for town in (detour, straight):
            path = edited(town.folder, given__different=factor, email__same=1 / factor, family__rare=factor)
            town.c360.switch_epoch(town.c360.open_epoch(path).number)
        detour.put("crm", *later)
        straight.put("crm", *rows, *later)

        assert not differing(derived_of(detour.c360), derived_of(straight.c360))


def test_weights_with_a_number_that_cannot_be_open_no_epoch(two: Town, tmp_path: Path):
    weights = json.loads(Weights.text())
    weights["limits"]["bridge_bits"] = "12"
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(weights), "utf-8")

    with pytest.raises(WeightsError, match=r"weights\.json cannot be weights: bridge_bits is a number"):
        two.c360.open_epoch(path)

    assert [epoch.number for epoch in two.c360.epochs()] == [0]


def misspelt(limits: dict | None = None, **parts: object) -> dict:
    shipped = json.loads(Weights.text())
    return shipped | parts | {"limits": shipped["limits"] | (limits or {})}


@pytest.mark.parametrize(
    ("weights", "told", "hint"),
    [
        (misspelt({"brigde_bits": 12}), "no limit 'brigde_bits'", "'bridge_bits'"),
        (misspelt({"most": {"emial": 3}}), "no field or identifier type of `most` 'emial'", "'email'"),
        (misspelt({"exclusive": ["acount"]}), "no identifier type of `exclusive` 'acount'", "'account'"),
        (misspelt(organisation=[]), "no part 'organisation'", "'organisations'"),
        (misspelt({"zz": 1}), "no limit 'zz'", "there is match_probability, keep_probability"),
    ],
)
def test_a_name_in_weights_that_nothing_is_called_opens_no_epoch(
    two: Town, tmp_path: Path, weights: dict, told: str, hint: str
):
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(weights), "utf-8")

    with pytest.raises(WeightsError) as raised:
        two.c360.open_epoch(path)

    assert told in raised.value.message
    assert hint in raised.value.hint
    assert [epoch.number for epoch in two.c360.epochs()] == [0]


def test_a_limit_of_a_type_that_the_project_declares_is_known(town: Town, tmp_path: Path):
    company(town)
    declared = [*town.c360.project.schema.identifiers]
    path = tmp_path / "weights.json"
    path.write_text(
        json.dumps(misspelt({"most": dict.fromkeys(declared, 9), "exclusive": declared})), "utf-8"
    )

    assert town.c360.open_epoch(path).number == 1
