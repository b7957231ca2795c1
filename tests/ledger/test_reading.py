"""Reading back: what is pending, parties as columns, links both ways, what was before."""

from __future__ import annotations

import json

from threesixty.record import Identifier, Name


def test_parties_are_columns_by_number(ledger, person, purchase):
    ledger.append(
        [person("2", given="Bob"), purchase("L1"), person("1", given="Ada", email="ada@example.org")]
    )

    rows = ledger.parties()
    assert rows.numbers == [1, 3]
    assert rows.kinds == ["person", "person"]
    assert [json.loads(text)["given"] for text in rows.values] == ["Bob", "Ada"]
    assert rows.identifiers == [(3, "email", "ada@example.org")]
    assert ledger.parties([3]).numbers == [3]
    assert ledger.parties([]).numbers == []


def test_ties_follow_from_the_name_alone(ledger, person, tmp_path):
    ledger.append([person("2"), person("1")])
    with type(ledger).open(tmp_path / "other.db") as other:
        other.append([person("1"), person("2")])

        assert ledger.parties().ties == other.parties().ties[::-1]
        assert set(ledger.all_ids().values()).isdisjoint(other.all_ids().values())


def test_pending_is_what_came_after(ledger, person, purchase):
    seq = ledger.append([person("1"), purchase("L1"), person("2")]).seq
    assert (ledger.pending(0).parties, ledger.pending(0).others) == ([1, 3], [2])
    assert ledger.pending(seq).parties == []

    ledger.append([person("2", deleted=True), purchase("L1", name="changed")])
    pending = ledger.pending(seq)
    assert (pending.parties, pending.others, pending.seq) == ([3], [2], ledger.seq())


def test_an_older_version_is_nothing_to_do(ledger, person):
    seq = ledger.append([person("1", version="2")]).seq
    ledger.append([person("1", version="1")])

    assert ledger.pending(seq).parties == []


def test_decisions_and_withdrawals_are_pending_at_both_ends(ledger, person):
    seq = ledger.append([person("1"), person("2"), person("3")]).seq
    action = ledger.decide([("same", 3, 1)], by="ada")
    assert ledger.pending(seq).parties == [1, 3]

    seq = ledger.seq()
    assert ledger.pending(seq).parties == []
    ledger.withdraw(action, by="ada")
    assert ledger.pending(seq).parties == [1, 3]


def test_links_are_read_from_both_ends(ledger, person, purchase):
    ledger.append([person("1"), purchase("L1", buyer="1"), purchase("L2", buyer="1")])

    assert [link.record for link in ledger.links_to([1])] == [2, 3]
    assert [link.to for link in ledger.links_from([3])] == [1]
    assert len(ledger.links_from()) == 2


def test_what_changed_rows_said_before_is_kept_until_pruned(ledger, person, purchase):
    seq = ledger.append([person("1", email="old@example.org"), purchase("L1", buyer="1", node="P1")]).seq
    node = ledger.mapped(sort="thing")[0].node
    ledger.append([person("1", email="new@example.org"), purchase("L1", deleted=True)])

    ada, line = ledger.superseded(seq)
    [old] = ada.identifiers
    assert ledger.identifiers([old])[old] == Identifier("email", "old@example.org")
    assert (line.node, line.links) == (node, [("buyer", 1)])

    ledger.prune(ledger.seq())
    assert ledger.superseded(0) == []
    assert ledger.identifiers([old]) == {}


def test_pruning_keeps_identifiers_that_others_carry(ledger, person):
    ledger.append([person(key, email="shared@example.org") for key in "12"])
    ledger.append([person("1")])
    ledger.prune(ledger.seq())

    assert ledger.identifier_records("email", "shared@example.org") == [2]


def test_names_are_found_by_source_and_key(ledger, person, purchase):
    ledger.append([person("1"), person("1", source="shop"), purchase("1")])

    assert ledger.named("shop", "1") == [2, 3]
    assert ledger.named("crm", "none") == []
    assert ledger.names([3, 1]) == [Name("shop", "purchase", "1"), Name("crm", "person", "1")]


def test_a_name_is_found_in_as_few_steps_among_many_as_among_few(ledger, person, purchase):
    ledger.append([purchase("1"), *(person(str(key), source="shop") for key in range(1_000))])
    steps = []
    ledger._driver.set_progress_handler(lambda: steps.append(1), 100)

    assert ledger.named("shop", "1") == [1, 3]
    assert len(steps) < 10


def test_names_may_hold_any_character(ledger, person):
    keys = ["o'hara; drop table name", 'say "hi"', "Ω/%_\\", " ", "🙂", "\x1f", "null", "0017"]
    ledger.append([person(key, given=key) for key in keys])

    assert ledger.numbers([Name("crm", "person", key) for key in keys]) == list(range(1, 9))
    assert [json.loads(row.values)["given"] for row in ledger.mapped()] == keys


def test_links_of_one_kind_are_found_among_others(ledger, person, purchase):
    ledger.append([person("1"), purchase("L1", buyer="1"), purchase("L2", buyer="1")])

    assert [link.record for link in ledger.links_of_kind_to([1], "purchase")] == [2, 3]
    assert ledger.links_of_kind_to([1], "consent") == []
