"""Every id ever given out tells what became of it, and whose it was at any time."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import example, given
from tests.pipeline.conftest import Row, Town, company, person
from tests.pipeline.epochs.test_epochs import ANA, NELA, forgiving
from tests.pipeline.test_feed import lived, lives
from tests.pipeline.test_invariants import some, towns

from threesixty.errors import Forgotten, NotFound, ThreesixtyError
from threesixty.pipeline.backing import moment


def words(town: Town, key: str) -> list[str]:
    return [stage.what for stage in town.c360.lineage(key).stages]


def test_a_customer_that_merged_and_split_off_again_tells_both_with_who_and_why(town: Town):
    company(town)
    ada, manuel = town.ids()["crm/1"], town.ids()["crm/2"]
    action = town.c360.merge("crm/1", "crm/2", by="eva", why="one household").action
    merged = town.c360.lineage(manuel)
    town.c360.split("crm/1", "crm/2", "shop/20", by="rui", why="it is not")

    told = town.c360.lineage(manuel)

    assert (merged.id, merged.customer, merged.name) == (manuel, ada, "Manuel Costa")
    assert (told.customer, told.name) == (manuel, "Manuel Costa")
    formed, grew, into, back = told.stages
    assert (formed.what, formed.cause, formed.records) == ("formed", "load", ("crm/2",))
    assert (grew.what, grew.records) == ("grew", ("shop/20",))
    assert (into.what, into.into, into.action, into.by, into.why) == (
        "merged", (ada,), action, "eva", "one household",
    )  # fmt: skip
    assert (back.what, back.out_of, back.by, back.why) == ("formed", (ada,), "rui", "it is not")
    assert set(back.records) == {"crm/2", "shop/20"}
    assert words(town, ada)[-2:] == ["grew", "split"]


def test_an_undo_is_told_as_one(town: Town):
    company(town)
    action = town.c360.merge("crm/1", "crm/2", why="a slip").action
    town.c360.undo()

    last = town.c360.lineage("crm/2").stages[-1]

    assert (last.what, last.cause, last.action, last.why) == ("formed", "undo", action, "")


def test_the_id_of_a_record_that_never_was_a_customers_tells_whose_it_was(town: Town):
    company(town)
    ada, manuel = town.ids()["crm/1"], town.ids()["crm/2"]
    [number] = town.c360.ledger.named("shop", "20")
    [public] = town.c360.ledger.ids([number])
    town.c360.merge("crm/1", "crm/2")

    told = town.c360.lineage(public)

    assert [(stage.what, stage.customer) for stage in told.stages] == [("grew", manuel), ("grew", ada)]
    assert told.customer == ada


def test_a_former_id_tells_to_whom_its_record_went_while_it_was_somebody_else_s(town: Town):
    eve = person("5", "Eve", "Turing", email="eve@y.pt", born="1990-09-09", version="1")
    town.put("crm", person("1", "Ada", "Silva", email="ada@x.pt"), eve)
    town.put("crm", person("9", "Bob", "Zwicky", email="bob@x.pt"))
    ids = town.ids()
    town.c360.merge("crm/1", "crm/9")
    town.put("crm", {**eve, "id": "9", "version": "2"})
    town.c360.split("crm/1", "crm/5", "crm/9", by="eva")
    town.delete("crm", "9")

    told = town.c360.lineage(ids["crm/9"])

    nine, five = ids["crm/9"], ids["crm/5"]
    assert [(stage.what, stage.customer) for stage in told.stages] == [
        ("formed", nine), ("merged", nine), ("formed", five), ("shrank", five),
    ]  # fmt: skip
    assert (told.stages[2].out_of, told.stages[2].by) == ((ids["crm/1"],), "eva")
    assert told.customer == ids["crm/5"]


def test_where_all_records_are_gone_the_id_still_tells_and_nobody_answers(town: Town):
    town.put("crm", person("7", "Eve", "Short", version="1"))
    eve = town.c360.customer("crm/7").id
    town.delete("crm", "7")

    told = town.c360.lineage(eve)

    assert (told.customer, told.name, told.forgotten) == ("", "", False)
    assert [stage.what for stage in told.stages] == ["formed", "ended"]
    assert town.c360.lineage("crm/7") == told


def test_of_who_was_forgotten_only_ids_are_told(town: Town):
    company(town)
    manuel = town.c360.customer("crm/2").id
    town.c360.merge("crm/1", "crm/2", why="Manuel says so")
    town.c360.split("crm/1", "crm/2", "shop/20", why="Manuel says no")

    town.c360.forget("crm/2")

    told = town.c360.lineage(manuel)
    assert (told.forgotten, told.name, told.customer, told.stages[-1].what) == (True, "", "", "erased")
    assert not {name for stage in told.stages for name in stage.records}
    for one in (told, town.c360.lineage("crm/1")):
        assert not any(trace in str(asdict(one)) for trace in ("Manuel", "Costa", "crm/2", "shop/20"))
    with pytest.raises(Forgotten, match="was forgotten"):
        town.c360.resolve(manuel)
    with pytest.raises(Forgotten, match="was forgotten"):
        town.c360.resolve(manuel, as_of="1")
    with pytest.raises(NotFound, match="no customer or record"):
        town.c360.lineage("crm/2")


def test_rebuilding_remapping_and_losing_the_graph_add_nothing(town: Town):
    company(town)
    town.c360.merge("crm/1", "crm/2")
    town.c360.undo()
    told = town.c360.lineage("crm/2")

    town.c360.rebuild()
    town.c360.remap()
    town.c360.close()
    shutil.rmtree(town.c360.project.home / "graph")
    town.reopen()

    assert town.c360.lineage("crm/2") == told


def test_another_epoch_merges_and_switching_back_splits_as_weights(town: Town, tmp_path: Path):
    town.put("crm", ANA, NELA)
    ana, nela = town.ids()["crm/1"], town.ids()["crm/2"]

    town.c360.switch_epoch(town.c360.open_epoch(forgiving(tmp_path)).number)
    town.c360.switch_epoch(0)

    assert [(each.what, each.cause, each.into) for each in town.c360.lineage(nela).stages] == [
        ("formed", "load", ()), ("merged", "weights", (ana,)), ("formed", "weights", ()),
    ]  # fmt: skip


def test_after_a_restore_the_life_before_and_the_way_back_are_told(town: Town, tmp_path: Path):
    company(town)
    town.c360.backup(tmp_path / "backup")
    manuel, ada = town.c360.customer("crm/2").id, town.c360.customer("crm/1").id
    town.c360.merge("crm/1", "crm/2")
    merged = town.c360.ledger.seq()

    town.c360.restore(tmp_path / "backup")

    told = town.c360.lineage(manuel)
    assert [(stage.what, stage.cause) for stage in told.stages][-2:] == [
        ("merged", "decision"), ("formed", "restore"),
    ]  # fmt: skip
    assert town.c360.resolve(manuel) == manuel
    assert town.c360.resolve(manuel, as_of=str(merged)) == ada


# --- whose it was ----------------------------------------------------------------------------------------


def test_as_of_an_entry_a_record_and_an_id_mean_who_answered_then(town: Town):
    company(town)
    entry = town.c360.ledger.seq
    ada, manuel, apart = town.ids()["crm/1"], town.ids()["crm/2"], entry()
    town.c360.merge("crm/1", "crm/2")
    together = entry()
    town.c360.undo()

    def answers(as_of: int) -> list[str]:
        return [town.c360.resolve(key, as_of=str(as_of)) for key in ("crm/2", "shop/20", manuel, "shop/17")]

    assert answers(apart) == [manuel, manuel, manuel, ada]
    assert answers(together) == [ada] * 4
    assert answers(entry()) == [manuel, manuel, manuel, ada]
    assert town.c360.resolve("email:costa@example.org") == manuel


def test_as_of_a_day_and_an_instant(town: Town, monkeypatch: pytest.MonkeyPatch):
    def at(day: str) -> None:
        told = moment(day)
        monkeypatch.setattr("threesixty.ledger.feed.now", lambda: told)

    at("2026-03-01T10:00")
    company(town)
    ada, manuel = town.ids()["crm/1"], town.ids()["crm/2"]
    at("2026-03-05T10:00")
    town.c360.merge("crm/1", "crm/2")
    at("2026-03-09T10:00")
    town.c360.undo()

    whose = [("2026-03-01", manuel), ("2026-03-05T09:59", manuel), ("2026-03-05T10:00", ada),
             ("2026-03-05T10:00+01:00", manuel), ("2026-03-08", ada), ("2026-03-09", manuel),
             ("2126-01-01", manuel)]  # fmt: skip
    assert [town.c360.resolve("shop/20", as_of=day) for day, _ in whose] == [one for _, one in whose]
    with pytest.raises(NotFound, match="no customer as of 2026-02-28"):
        town.c360.resolve("shop/20", as_of="2026-02-28")


@pytest.mark.parametrize(
    ("as_of", "hint"),
    [
        ("0", "entries 1 to"),
        ("99999999", "entries 1 to"),
        ("last week", "such as 2026"),
        ("-3", "date"),
    ],
)
def test_a_time_that_is_none_is_told(town: Town, as_of: str, hint: str):
    company(town)

    with pytest.raises(NotFound) as told:
        town.c360.resolve("crm/1", as_of=as_of)
    assert hint in told.value.hint


@pytest.mark.parametrize("key", ["aaaaaaaaaaaaaaaa", "customer:aaaaaaaaaaaaaaaa", "crm/99", "", "nobody"])
def test_an_id_never_given_out_is_told(town: Town, key: str):
    company(town)

    for ask in (town.c360.lineage, town.c360.resolve, lambda key: town.c360.resolve(key, as_of="1")):
        with pytest.raises(NotFound, match="no customer or record answers"):
            ask(key)


def late(steps: list[tuple[str, int, int]]) -> tuple[list[Row], list[tuple[str, int, int]]]:
    return [
        person(str(number), "Ana", "Silva", email="a@x.pt", phone="", born="", version="1")
        for number in range(4)
    ], steps


@some(20)
@given(lives())
@example(late([("delete", 0, 0), ("change", 0, 0), ("remap", 0, 0)]))
def test_what_answered_after_every_step_is_answered_as_of_it_for_ever(
    life: tuple[list[Row], list[tuple[str, int, int]]],
):
    rows, steps = life
    then: list[tuple[int, dict[str, str]]] = []
    with towns() as town_of:
        town = town_of("town", rows)
        for number, step in enumerate(steps, 2):
            ledger = town.c360.ledger  # a step may open the town anew
            numbers = sorted(ledger.all_ids())
            now = dict(zip(numbers, ledger.ids(numbers), strict=True))
            answers = ledger.answers(numbers)
            then.append((ledger.seq(), {now[one]: now[answers[one]] for one in answers}))
            try:
                lived(town, rows, *step, version=number)
            except ThreesixtyError:
                continue
        ledger = town.c360.ledger
        forgotten = {public for number, public in ledger.all_ids().items() if ledger.is_forgotten(number)}

        for entry, answered in then:
            for public, customer in answered.items():
                if public not in forgotten:
                    assert town.c360.resolve(public, as_of=str(entry)) == customer
