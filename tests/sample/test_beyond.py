"""What the sample company has beyond people and purchases, and what its second delivery brings."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from threesixty import sample
from threesixty.sample.catalogue import products
from threesixty.sample.clock import YEARS

Rows = list[dict[str, str]]
OCTOBER = "2026-10-01"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("farol")
    sample.write(folder, customers=1500)
    return folder


@pytest.fixture(scope="module")
def sheet(folder):
    """The rows of a file of the company, by name."""

    def read(name: str) -> Rows:
        with (folder / name).open(encoding="cp1252" if "loyalty" in name else "utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter=";" if "loyalty" in name else ","))

    return read


@pytest.fixture(scope="module")
def years(sheet) -> dict[str, list[dict[str, str]]]:
    """What the CRM said of each of its keys, year by year."""
    told = defaultdict(list)
    for day, _ in YEARS:
        for row in sheet(f"crm_{day}.csv"):
            if row["id"] and row["op"]:
                told[row["id"]].append(row)
    return told


# --- three years ---------------------------------------------------------------------------------


def test_no_delivery_tells_of_what_came_after_it(sheet):
    for (day, _), before in zip(YEARS, ("", *(day for day, _ in YEARS)), strict=False):
        told = [row["updated_at"][:10] for row in sheet(f"crm_{day}.csv") if row["op"]]
        assert max(told) <= day
        assert min(told) > before


@pytest.mark.parametrize(
    ("column", "least"), [("street", 30), ("last_name", 5), ("email", 10), ("mobile", 20)]
)
def test_people_moved_married_and_changed_what_they_are_reached_by(years, column, least):
    changed = [told for told in years.values() if len({row[column] for row in told}) > 1]

    assert len(changed) >= least


def test_a_few_people_left(years):
    left = [told for told in years.values() if told[-1]["op"] == "D"]

    assert 0.002 <= len(left) / len(years) <= 0.03
    assert all(told[0]["op"] == "U" for told in left)


# --- organisations -------------------------------------------------------------------------------


def test_firms_have_a_tax_number_of_their_own_people_and_sometimes_a_group(sheet):
    firms = {row["id"]: row for row in sheet("companies.csv")}
    parts = [row for row in firms.values() if row["part_of"]]

    assert len({row["vat"] for row in firms.values()}) == len(firms) >= 10
    assert {row["part_of"] for row in parts} <= set(firms)
    assert parts
    assert {row["company"] for row in sheet("company_contacts.csv")} >= firms.keys() - {"B-900"}


def test_firms_order_by_name(sheet):
    firms = {row["id"] for row in sheet("companies.csv")}

    assert {row["company"] for row in sheet("company_orders.csv")} <= firms


# --- what people did and agreed to ---------------------------------------------------------------


def test_mail_goes_to_those_who_wanted_the_newsletter(sheet, years):
    sent = {row["customer"] for row in sheet("mailings.csv")}

    assert {years[key][-1]["newsletter"] for key in sent} == {"yes"}


def test_who_follows_a_link_has_opened_the_mail_that_was_sent(sheet):
    told = defaultdict(dict)
    for row in sheet("mailings.csv"):
        told[row["campaign"], row["customer"]][row["action"]] = row["at"]

    assert {tuple(did) for did in told.values()} == {
        ("sent",), ("sent", "opened"), ("sent", "opened", "clicked"),
    }  # fmt: skip
    for did in told.values():
        assert list(did.values()) == sorted(did.values())


def test_views_belong_to_a_session_and_show_what_is_sold(sheet):
    sessions = {row["session"] for row in sheet("sessions.csv")}
    views = sheet("views.csv")

    assert {row["session"] for row in views} == sessions
    assert {row["sku"] for row in views} <= {*products(), ""}


def test_some_visitors_had_not_logged_in_and_were_seen_on_their_own_device(sheet):
    unknown = [row for row in sheet("sessions.csv") if not row["account"]]

    assert 0.01 <= len(unknown) / len(sheet("sessions.csv")) <= 0.1
    assert all(row["device"] for row in unknown)


def test_what_came_back_was_bought_before(sheet, folder):
    bought = {(row["order"], row["sku"]) for row in sheet("shop_order_lines.csv")}
    placed = {}
    for line in (folder / "shop_orders.jsonl").read_text("utf-8").splitlines():
        if line.endswith("}"):
            placed[json.loads(line)["order"]] = json.loads(line)["placed_at"]

    for row in sheet("returns.csv"):
        assert (row["order"], row["sku"]) in bought
        assert row["returned_at"] > placed[row["order"]]


def test_a_few_people_send_back_most_of_what_they_buy(sheet):
    came_back = Counter(row["account"] for row in sheet("returns.csv") if row["account"])

    assert came_back.most_common(1)[0][1] >= 5


def test_people_answer_for_each_brand_purpose_and_channel_and_some_change_their_mind(sheet):
    said = defaultdict(set)
    for row in sheet("preferences.csv"):
        said[row["account"], row["brand"], row["purpose"], row["channel"]].add(row["answer"])

    assert {brand for _, brand, *_ in said} == {"Farol", "Maré"}
    assert len({what for *_, what, _ in said}) == 3
    assert 0.05 <= sum(len(answers) > 1 for answers in said.values()) / len(said) <= 0.25


def test_members_are_recommended_by_members(sheet):
    members = {row["socio"] for row in sheet("loyalty.csv")}
    named = [row["indicado_por"] for row in sheet("loyalty.csv") if row["indicado_por"]]

    assert set(named) <= members
    assert Counter(named).most_common(1)[0][1] >= 3


# --- what comes next -----------------------------------------------------------------------------


def test_the_next_delivery_waits_where_no_source_looks(folder):
    assert sorted(path.name for path in (folder / "later").iterdir()) == [
        "crm_2026-10-31.csv", "helpdesk_2026-10.csv", "loyalty_2026-10.csv", "shop_customers.csv",
        "shop_order_lines_2026-10.csv", "shop_orders_2026-10.jsonl",
    ]  # fmt: skip


def test_the_crm_calls_a_column_otherwise_deletes_and_speaks_twice_and_too_late(sheet, years):
    told = sheet("later/crm_2026-10-31.csv")
    said = Counter(tuple(row.values()) for row in told)

    assert "mobile_phone" in told[0]
    assert "mobile" not in told[0]
    assert {row["op"] for row in told} == {"U", "D"}
    assert max(said.values()) == 2
    assert any(row["updated_at"] < years[row["id"]][-1]["updated_at"] for row in told)


def test_the_shop_has_lost_some_accounts_but_not_so_many_that_a_load_would_stop(sheet):
    before = {row["account"] for row in sheet("shop_customers.csv")}
    after = {row["account"] for row in sheet("later/shop_customers.csv")}

    assert after < before
    assert len(before - after) < 0.04 * len(before)


def test_orders_come_late_again_and_another_way(folder):
    before, after = (
        [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines() if line.endswith("}")]
        for name in ("shop_orders.jsonl", "later/shop_orders_2026-10.jsonl")
    )
    known = {order["order"]: order for order in before}
    again = [order for order in after if order["order"] in known]
    fresh = [order for order in after if order["order"] not in known]

    assert any(order == known[order["order"]] for order in again)
    assert any(order["status"] != known[order["order"]]["status"] for order in again)
    assert any(order["placed_at"] < OCTOBER for order in fresh)
    assert any(order["placed_at"] >= OCTOBER for order in fresh)
