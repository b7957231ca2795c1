"""Whole deliveries."""

from __future__ import annotations


def test_what_a_delivery_no_longer_holds_is_deleted(ledger, person):
    ledger.append([person(key) for key in "123"] + [person("1", source="shop")])
    ledger.begin_snapshot()
    ledger.append([person("1"), person("4")], snapshot=True)

    assert (ledger.live(["crm"]), ledger.count_absent(["crm"])) == (4, 2)
    assert ledger.delete_absent(["crm"]) == 2
    assert (ledger.live(["crm"]), ledger.live(["shop"])) == (2, 1)
    assert ledger.count_absent(["crm"]) == 0


def test_a_new_delivery_begins_empty(ledger, person):
    for _ in range(2):
        ledger.begin_snapshot()
        ledger.append([person("1")], snapshot=True)
    ledger.begin_snapshot()

    assert ledger.count_absent(["crm"]) == 1


def test_what_was_deleted_as_absent_comes_back_when_delivered(ledger, person):
    ledger.append([person("1", given="Ada", version="3")])
    ledger.begin_snapshot()
    ledger.delete_absent(["crm"])

    assert ledger.append([person("1", given="Ada", version="3")]).changed == 1
    assert ledger.live(["crm"]) == 1


def test_however_old_it_says_it_is(ledger, person):
    for version in "13":
        ledger.append([person("1", given="Ada", version=version)])
    ledger.begin_snapshot()
    ledger.delete_absent(["crm"])

    assert ledger.append([person("1", given="Ada", version="1")]).changed == 1
    assert ledger.append([person("1", given="Ada", version="3")]).changed == 1
    assert ledger.append([person("1", given="Ada", version="1")]).unchanged == 1
