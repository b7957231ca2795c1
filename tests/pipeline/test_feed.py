"""The feed tells just what became of customers, whatever it was that changed them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from tests.pipeline.conftest import FATHER_AND_SON, Row, Town, company, person
from tests.pipeline.epochs.test_epochs import forgiving
from tests.pipeline.test_invariants import people, some, towns

import threesixty
from threesixty.cli.terminal import loads
from threesixty.errors import NotFound, ThreesixtyError
from threesixty.feed import Change, Follower
from threesixty.feed.sql import SqlFollower


def caught_up(follower: Follower, town: Town) -> Follower:
    """A follower that has read the feed to its end."""
    for change in town.c360.changes(follower.position):
        follower.apply(Change.of(json.loads(json.dumps(change.told()))))
    return follower


def is_right(follower: Follower | SqlFollower, town: Town) -> None:
    """Hold what a follower knows against the ledger: every customer, and every id there ever was."""
    ledger = town.c360.ledger
    ids = ledger.all_ids()
    members = ledger.members(ledger.customers())
    customers = follower.customers if isinstance(follower, Follower) else follower.customers()
    assert customers == {ids[one]: {ids[r] for r in records} for one, records in members.items()}
    living = [number for number in ids if not ledger.is_forgotten(number)]
    answers = {ids[number]: ids[now] for number, now in ledger.answers(living).items()}
    assert {public: follower.customer_of(public) for public in ids.values()} == {
        public: answers.get(public) for public in ids.values()
    }


def end(town: Town) -> int:
    return town.c360.ledger.last_change()


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Row], list[tuple[str, int, int]]]:
    rows = draw(people(least=4, most=8))
    verbs = st.sampled_from(
        ["change", "delete", "back", "merge", "split", "undo", "forget", "rebuild", "remap", "epoch"]
    )
    steps = st.lists(st.tuples(verbs, st.integers(0, 7), st.integers(0, 7)), min_size=2, max_size=8)
    return rows, draw(steps)


def lived(town: Town, rows: list[Row], verb: str, a: int, b: int, version: int) -> None:
    """One step of a life; what cannot be done (a merge of one with itself) is no step."""
    one, other = rows[a % len(rows)], rows[b % len(rows)]
    here, there = f"crm/{one['id']}", f"crm/{other['id']}"
    if verb == "change":
        said = {name: other[name] for name in ("given", "family", "email", "phone", "born")}
        town.put("crm", {**one, **said, "version": str(version)})
    elif verb == "delete":
        town.delete("crm", one["id"])
    elif verb == "back":
        town.put("crm", {**one, "version": "99"})
    elif verb == "rebuild":
        town.c360.rebuild()
    elif verb == "remap":
        remapped(town)
    elif verb == "epoch":
        here = town.c360.status().epoch
        town.c360.switch_epoch(0 if here else town.c360.open_epoch(forgiving(town.folder)).number)
    elif verb == "undo":
        town.c360.undo()
    elif verb == "forget":
        town.c360.forget(here)
    else:
        (town.c360.merge if verb == "merge" else town.c360.split)(here, there)


def remapped(town: Town) -> None:
    """Leave a column of crm out of the mapping, or take it in again."""
    project = town.folder / "threesixty.toml"
    said, phone, email = project.read_text("utf-8"), 'phone = "phone", ', 'email = "email", '
    before, after = (phone, "") if phone in said else (email, email + phone)
    project.write_text(said.replace(before, after, 1), "utf-8")
    town.reopen().remap()


@some(30)
@given(lives(), st.data())
def test_a_follower_is_right_after_every_step_and_may_go_back(life, data: st.DataObject):
    rows, steps = life
    with towns() as town_of:
        town = town_of("town", rows)
        follower = caught_up(Follower(), town)
        is_right(follower, town)
        for number, step in enumerate(steps):
            try:
                lived(town, rows, *step, version=number + 2)
            except ThreesixtyError:
                continue
            is_right(caught_up(follower, town), town)
        follower.position = data.draw(st.integers(0, follower.position))
        is_right(caught_up(follower, town), town)


@some(20)
@given(lives(), st.data())
def test_tables_of_another_system_are_right_whenever_it_looks_and_keep_nothing_of_the_forgotten(
    life, data: st.DataObject
):
    rows, steps = life
    with towns() as town_of:
        town = town_of("town", rows)
        engine = create_engine(f"sqlite:///{town.folder}/loyalty.db")
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE points (earned_by TEXT)"))
        table = SqlFollower(engine, erase=["points.earned_by"])
        earned = set[str]()
        for number, step in enumerate([*steps, ("rebuild", 0, 0)]):
            with suppress(ThreesixtyError):
                lived(town, rows, *step, version=number + 2)
            if number == len(steps) or data.draw(st.booleans()):
                table.follow(town.c360.changes)
                is_right(table, town)
                new = set(all_given(table)) - earned
                earned |= new
                with engine.begin() as connection:
                    for one in sorted(new):
                        connection.execute(text("INSERT INTO points VALUES (:one)"), {"one": one})
        with engine.connect() as connection:
            kept = {one for (one,) in connection.execute(text("SELECT earned_by FROM points"))}
        engine.dispose()
        ledger = town.c360.ledger
        forgotten = {public for number, public in ledger.all_ids().items() if ledger.is_forgotten(number)}
        assert kept == earned - forgotten


def all_given(table: SqlFollower) -> list[str]:
    """Every id that a table knows of."""
    with table.engine.connect() as connection:
        return list(connection.execute(text("SELECT id FROM threesixty_id")).scalars())


# --- the words ------------------------------------------------------------------------------------------


def test_a_merge_and_its_undo_are_told_winners_first(town: Town):
    company(town)
    since = end(town)
    ada, manuel = town.c360.customer("crm/1").id, town.c360.customer("crm/2").id

    action = town.c360.merge("crm/1", "crm/2").action
    town.c360.undo()

    grew, merged, formed, split = town.c360.changes(since, keys=True)
    assert (grew.what, grew.customer, grew.out_of, set(grew.keys.values())) == (
        "grew", ada, (manuel,), {"crm/2", "shop/20"},
    )  # fmt: skip
    assert (merged.what, merged.customer, merged.into) == ("merged", manuel, (ada,))
    assert (formed.what, formed.customer, formed.out_of) == ("formed", manuel, (ada,))
    assert (split.what, split.customer, split.into) == ("split", ada, (manuel,))
    assert [(each.cause, each.action) for each in (grew, formed)] == [("decision", action), ("undo", action)]


def test_a_customer_whose_first_record_goes_is_renamed_and_one_without_records_ends(town: Town):
    town.put("crm", *({**row, "version": "1"} for row in FATHER_AND_SON))
    old, since = town.c360.customer("crm/2").id, end(town)

    town.delete("crm", "2")
    town.delete("crm", "20")

    formed, renamed, ended = town.c360.changes(since)
    assert (renamed.what, renamed.customer, renamed.into) == ("renamed", old, (formed.customer,))
    assert renamed.gone == {old: formed.customer}
    assert (ended.what, ended.customer, ended.gone) == ("ended", formed.customer, {formed.customer: ""})


def test_loading_again_and_rebuilding_tell_nothing(town: Town):
    company(town)
    told = end(town)

    company(town)
    town.c360.rebuild()
    town.c360.remap()

    assert end(town) == told


def test_a_dry_run_tells_nothing(town: Town):
    company(town)
    told = end(town)

    town.c360.merge("crm/1", "crm/2", dry_run=True)

    assert end(town) == told


def test_looking_back_tells_nothing(town: Town):
    company(town)
    entry, told = town.c360.ledger.seq(), end(town)
    town.c360.merge("crm/1", "crm/2")
    told = end(town)

    town.c360.customer("crm/2", as_of=str(entry))

    assert end(town) == told


def test_another_mapping_says_that_it_was_the_mapping(town: Town):
    company(town)
    told = end(town)
    project = town.folder / "threesixty.toml"
    head, shop = project.read_text("utf-8").split("[sources.shop]", 1)
    shop = re.sub(r"columns = {.*?}", 'columns = { given = "given" }', shop, count=1)
    project.write_text(f"{head}[sources.shop]{shop}", "utf-8")

    town.reopen().remap()

    assert {change.cause for change in town.c360.changes(told)} == {"remap"}
    is_right(caught_up(Follower(), town), town)


# --- forgetting ------------------------------------------------------------------------------------------


def test_of_the_forgotten_the_feed_holds_ids_and_no_word_they_said(town: Town):
    company(town)
    town.c360.merge("crm/1", "crm/2")
    town.c360.undo()
    manuel, since = town.c360.customer("crm/2").id, end(town)

    town.c360.forget("crm/2")

    [erased] = town.c360.changes(since, keys=True)
    assert (erased.what, erased.customer, erased.cause) == ("erased", manuel, "forget")
    assert set(erased.gone.values()) == {""}
    told = json.dumps([change.told() for change in town.c360.changes(keys=True)])
    assert not re.findall("shop/20|crm/2|Costa", told)


# --- going back ------------------------------------------------------------------------------------------


def test_after_a_restore_the_feed_goes_on_and_tells_the_way_back(town: Town, tmp_path: Path):
    company(town)
    town.c360.backup(tmp_path / "backups")
    town.put("crm", person("9", "Eve", "Late", email="eve@example.org"))
    town.c360.merge("crm/1", "crm/2")
    follower = caught_up(Follower(), town)

    town.c360.restore(tmp_path / "backups")

    assert {change.cause for change in town.c360.changes(follower.position)} == {"restore"}
    is_right(caught_up(follower, town), town)


def test_going_back_to_an_entry_is_followed_too(town: Town):
    company(town)
    entry = town.c360.ledger.seq()
    town.c360.split("crm/2", "shop/20")
    town.c360.forget("crm/1")
    follower = caught_up(Follower(), town)

    town.c360.restore(to=str(entry))

    is_right(caught_up(follower, town), town)
    assert follower.customer_of(town.c360.customer("crm/2").id) == town.c360.customer("shop/20").id


def test_where_the_old_ledger_is_lost_the_feed_has_another_name(town: Town, tmp_path: Path):
    company(town)
    town.c360.backup(tmp_path / "backups")
    town.c360.merge("crm/1", "crm/2")
    old = caught_up(Follower(), town)
    town.c360.close()
    for file in town.c360.project.home.glob("ledger.db*"):
        file.unlink()

    town.c360.restore(tmp_path / "backups")

    assert town.c360.ledger.feed != old.feed
    is_right(caught_up(Follower(), town), town)


# --- reading it ------------------------------------------------------------------------------------------


def test_it_is_read_while_another_process_writes_and_locks_nobody_out(town: Town):
    company(town)
    beside = threesixty.open(town.folder / "threesixty.toml")
    reading = beside.changes()

    first = next(reading)
    town.put("crm", person("9", "Eve", "Late"))
    assert first.what == "formed"
    assert [change.change for change in reading][-1] == end(town)
    beside.close()


def test_a_position_beyond_the_end_is_told(town: Town):
    company(town)

    with pytest.raises(NotFound, match="begin with 0"):
        list(town.c360.changes(end(town) + 1))


def test_entries_say_when_in_the_order_of_their_numbers(town: Town):
    company(town)
    town.c360.merge("crm/1", "crm/2")

    told = list(town.c360.changes())
    assert [change.change for change in told] == list(range(1, len(told) + 1))
    assert [change.entry for change in told] == sorted(change.entry for change in told)
    assert all(asdict(change)["at"] > 0 for change in told)


def test_a_load_says_how_many_customers_came_apart(town: Town):
    def kiosk(family: str, given: str = "Ana") -> Row:
        return person(f"{given}{family}", given, family, email="info@kiosk.example")

    town.deliver("crm", kiosk("Brandwein"), kiosk("Brandwein", "A."))
    first = town.c360.load("crm")
    assert (first.customers, first.splits) == (1, 0)

    town.deliver("crm", *map(kiosk, ("Quent", "Zwart", "Weiss", "Pfaff")))
    then = town.c360.load("crm")

    assert (then.customers, then.splits) == (6, 1)
    assert "1 customer came apart" in loads.in_words(then)


def test_rows_under_a_records_id_come_back_after_a_split_of_what_was_merged_at_first(
    town: Town, tmp_path: Path
):
    """Two who were one from the first load: the id of their customer says of no row whose it is."""
    town.put(
        "crm",
        person("1", "Rui", "Faria", email="rui.faria@example.org", born="1960-04-12"),
        person("2", "Rui", "Faria", email="rui.faria@example.org", born="1960-04-12"),
    )
    c360, engine = town.c360, create_engine(f"sqlite:///{tmp_path}/mine.db")
    assert c360.resolve("crm/1") == c360.resolve("crm/2")
    rows = {c360.record_id(key): key for key in ("crm/1", "crm/2")}
    tables, follower = SqlFollower(engine), Follower()
    tables.follow(c360.changes)
    assert {tables.customer_of(row) for row in rows} == {c360.resolve("crm/1")}

    c360.split("crm/1", "crm/2")
    tables.follow(c360.changes)
    caught_up(follower, town)

    for row, key in rows.items():
        assert tables.customer_of(row) == follower.customer_of(row) == c360.resolve(key)
    assert c360.resolve("crm/1") != c360.resolve("crm/2")
    assert rows == {c360.record_id(key): key for key in ("crm/1", "crm/2")}
    with pytest.raises(NotFound):
        c360.record_id("crm/999")
