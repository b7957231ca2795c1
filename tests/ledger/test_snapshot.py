"""Whole deliveries, and mapping anew."""

from __future__ import annotations

from dataclasses import replace

from threesixty.record import Name


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


def test_current_rows_are_the_raw_rows_of_what_is_live(ledger, person):
    ledger.append([person(str(i), given=f"g{i}") for i in range(5)])
    ledger.append([person("3", given="new"), person("4", deleted=True)])

    rows = [row for batch in ledger.current_rows(batch=2) for row in batch]
    assert [row.key for row in rows] == ["0", "1", "2", "3"]
    assert '"new"' in rows[3].raw


def test_remapping_replaces_values_and_keeps_versions(ledger, person):
    ledger.append([person("1", given="Ada", email="old@example.org")])
    again = replace(person("1", given="ADA", email="new@example.org"), raw="ignored")

    assert ledger.remap([again, person("unknown")]) == 1
    assert ledger.search("ada") == [1]
    assert [row.value for row in ledger.carried([1])] == ["new@example.org"]
    assert len(ledger.versions(1)) == 1
    assert ledger.numbers([Name("crm", "person", "unknown")]) == [None]
