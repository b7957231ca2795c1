"""Whom a row knows by a bag of identifiers only is there as long as a row says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.two_ledgers import derived_of, differing, graph_of

import threesixty
from threesixty.customer360 import Customer360
from threesixty.errors import NotFound

PROJECT = """
[sources.crm]
path = "crm.jsonl"
kind = "person"
key = "id"
version = "v"
columns = {{ full_name = "name", email = "mail" }}

[sources.desk]
path = "desk.jsonl"
delivery = "changes"
deleted = {{ column = "op", values = ["D"] }}
kind = "ticket"
key = "id"
version = "v"
columns = {{ name = "subject" }}
parties.contact = {{ identifiers = {{ email = "mail", full_name = "name"{more} }} }}
"""
Rows = list[dict[str, str]]


class Desk:
    """A help desk that knows its callers by email, and what else it may know."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "crm.jsonl").write_text("")
        self.project("")

    def project(self, more: str) -> None:
        (self.folder / "threesixty.toml").write_text(PROJECT.format(more=more))

    def load(self, rows: Rows, source: str = "desk") -> None:
        (self.folder / f"{source}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        with self.open() as c360:
            c360.load(source)

    def open(self) -> Customer360:
        return threesixty.open(self.folder)

    def who(self) -> set[str]:
        with self.open() as c360:
            return {found.name for found in c360.find("silva")}


def ticket(key: str, who: str, v: str = "1", op: str = "U") -> dict[str, str]:
    return {"id": key, "v": v, "op": op, "subject": "tent", "mail": f"{who}@x.pt", "name": f"{who} Silva"}


@pytest.fixture
def new_desk(tmp_path: Path) -> Callable[[], Desk]:
    made = 0

    def make() -> Desk:
        nonlocal made
        made += 1
        return Desk(tmp_path / str(made))

    return make


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    return new_desk()


def same(one: Desk, other: Desk) -> bool:
    with one.open() as left, other.open() as right:
        return not (
            differing(derived_of(left), derived_of(right)) or differing(graph_of(left), graph_of(right))
        )


def test_a_deleted_ticket_takes_its_caller_along(desk: Desk):
    desk.load([ticket("1", "Ada"), ticket("2", "Bob")])
    with desk.open() as c360:
        ada = c360.customer("email:ada@x.pt").id

    desk.load([ticket("1", "Ada", "2", "D")])

    assert desk.who() == {"Bob Silva"}
    with desk.open() as c360:
        assert [one.what for one in c360.lineage(ada).stages] == ["formed", "ended"]
        with pytest.raises(NotFound):
            c360.customer("email:ada@x.pt")


def test_a_ticket_that_names_another_caller_lets_the_first_go(new_desk: Callable[[], Desk]):
    changed, always = new_desk(), new_desk()
    changed.load([ticket("1", "Ada")])
    changed.load([ticket("1", "Bob", "2")])

    always.load([ticket("1", "Bob", "2")])

    assert changed.who() == {"Bob Silva"}
    assert same(changed, always)


def test_a_caller_of_two_tickets_stays_with_the_other_one(desk: Desk):
    desk.load([ticket("1", "Ada"), ticket("2", "Ada")])

    desk.load([ticket("1", "Ada", "2", "D")])

    assert desk.who() == {"Ada Silva"}


def test_the_order_in_which_versions_come_does_not_matter(new_desk: Callable[[], Desk]):
    rows = [ticket("1", "Ada"), ticket("1", "Bob", "2"), ticket("1", "Cy", "3")]
    desks = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        desks.append(new_desk())
        for at in order:
            desks[-1].load([rows[at]])
    desks.append(new_desk())
    desks[-1].load(rows[::-1])

    assert [one.who() for one in desks] == [{"Cy Silva"}] * 4
    assert all(same(desks[0], other) for other in desks[1:])


def test_a_caller_who_is_named_again_is_back_under_the_old_id(desk: Desk):
    desk.load([ticket("1", "Ada")])
    with desk.open() as c360:
        ada = c360.customer("email:ada@x.pt").id
    desk.load([ticket("1", "Bob", "2")])

    desk.load([ticket("1", "Ada", "3")])

    assert desk.who() == {"Ada Silva"}
    with desk.open() as c360:
        assert c360.resolve(ada) == c360.customer("email:ada@x.pt").id == ada


def test_a_decision_about_a_caller_waits_until_the_name_is_back(desk: Desk):
    desk.load([{"id": "7", "v": "1", "name": "Eva Silva", "mail": "eva@x.pt"}], "crm")
    desk.load([ticket("1", "Ada")])
    with desk.open() as c360:
        c360.merge("crm/7", "email:ada@x.pt")
    desk.load([ticket("1", "Bob", "2")])
    assert desk.who() == {"Eva Silva", "Bob Silva"}

    desk.load([ticket("2", "Ada")])

    with desk.open() as c360:
        assert c360.customer("email:ada@x.pt").id == c360.customer("crm/7").id


def test_a_remap_brings_back_nobody_whom_no_ticket_names(desk: Desk):
    desk.load([ticket("1", "Ada"), ticket("2", "Eva")])
    desk.load([ticket("1", "Bob", "2")])
    desk.project(', device = "subject"')

    with desk.open() as c360:
        told = c360.remap()
    desk.project("")
    with desk.open() as c360:
        back = c360.remap()

    assert (told.new, told.ended, back.new, back.ended) == (2, 2, 2, 2)
    assert not [name for name in (*told.came, *back.came) if name.endswith("(ticket)")]
    assert desk.who() == {"Bob Silva", "Eva Silva"}


def test_a_rebuild_brings_back_nobody_whom_no_ticket_names(desk: Desk):
    desk.load([ticket("1", "Ada")])
    desk.load([ticket("1", "Bob", "2")])

    with desk.open() as c360:
        c360.rebuild()

    assert desk.who() == {"Bob Silva"}


def test_a_key_of_a_source_that_is_written_like_a_bag_is_a_key(desk: Desk):
    """What `export clusters` writes may be a source."""
    key = "bag:61bcc2d80934f1b265af"
    desk.load([{"id": key, "v": "1", "name": "Ada Silva", "mail": "ada@x.pt"}], "crm")

    desk.load([{"id": key, "v": "2", "name": "Ada M Silva", "mail": "ada@x.pt"}], "crm")

    assert desk.who() == {"Ada M Silva"}
