"""Forgetting leaves no trace, and the person does not come back with the next file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pipeline.conftest import ADA, FATHER_AND_SON, Town, company, person
from tests.two_ledgers import derived_of, differing

from threesixty.errors import Forgotten, NotFound

CANARIES = (b"ada.silva@example.org", b"912345678", b"Rua Augusta", b"rua augusta")


def bytes_left(town: Town) -> list[tuple[str, bytes]]:
    town.c360.close()
    files = [path for path in town.c360.project.home.rglob("*") if path.is_file()]
    return [(path.name, canary) for path in files for canary in CANARIES if canary in path.read_bytes()]


@pytest.fixture
def known(town: Town) -> Town:
    company(town)
    assert bytes_left(town)
    town.reopen()
    return town


def test_no_byte_of_the_person_is_left(known: Town):
    known.c360.forget("crm/1")

    assert not bytes_left(known)


def test_a_dry_run_counts_and_keeps(known: Town):
    report = known.c360.forget("crm/1", dry_run=True)

    assert (report.records, report.things) == (3, 3)
    assert known.c360.customer("crm/1").figures.purchases == 1


def test_the_id_answers_that_the_person_was_forgotten(known: Town):
    old = known.c360.customer("crm/1").id
    known.c360.forget("crm/1")

    with pytest.raises(Forgotten):
        known.c360.customer(old)
    with pytest.raises(NotFound):
        known.c360.customer("crm/1")


def test_the_next_file_does_not_bring_them_back(known: Town):
    known.c360.forget("crm/1")
    known.put("crm", ADA[0])

    assert all("crm/1" not in cluster for cluster in known.clusters())
    assert not bytes_left(known)


def test_what_was_too_common_with_them_speaks_again(town: Town):
    """As after a deletion: five surnames share an email, and two records of one person have nothing else."""
    families = ["Silva", "Silva", "Sousa", "Reis", "Prates", "Luz"]
    town.put("crm", *(
        person(str(number), ["Ana", "Ana", "Bo", "Cy", "Di", "Eva"][number], family, email="loja@x.pt")
        for number, family in enumerate(families)
    ))  # fmt: skip
    assert len(town.clusters()) == 6

    town.c360.forget("crm/5")
    assert frozenset({"crm/0", "crm/1"}) in town.clusters()

    forgotten = derived_of(town.c360)
    town.c360.rebuild()
    assert not differing(derived_of(town.c360), forgotten)


def test_everybody_else_stays(known: Town):
    before = known.c360.customer("crm/2")
    known.c360.forget("crm/1")

    after = known.c360.customer("crm/2")
    assert (after.id, after.golden, after.figures) == (before.id, before.golden, before.figures)


def test_a_gift_stays_with_the_other_person(town: Town):
    town.put("crm", ADA[0], FATHER_AND_SON[0])
    gift = {
        "id": "G1",
        "at": "2024-05-05",
        "amount": "50",
        "buyer": "1",
        "recipient": "2",
        "note": "Rua Augusta 1",
    }
    town.put("gifts", gift)
    town.c360.forget("crm/1")

    assert [entry.name for entry in town.c360.customer("crm/2").timeline] == ["purchase G1"]
    assert not bytes_left(town)


def test_the_ledger_that_a_restore_left_is_named_and_holds_the_person(known: Town, tmp_path: Path):
    known.c360.backup(tmp_path / "backups")
    assert known.c360.forget("crm/2", dry_run=True).notices == ()
    known.c360.restore(tmp_path / "backups")

    [told] = known.c360.forget("crm/1").notices

    assert told.endswith("which a restore left, still holds what was known then: delete it")
    assert {name for name, _ in bytes_left(known)} == {"ledger.db.before-restore"}
    assert "ledger.db.before-restore" in told
