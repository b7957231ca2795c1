"""What was agreed with a source, held against what it delivers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import threesixty
from threesixty.customer360 import Customer360
from threesixty.errors import ContractBroken, SnapshotShrank, SourceError
from threesixty.pipeline.load import contract

PROJECT = """
[project]
country = "PT"

[stores]
graph = "none"

[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
date_order = "ymd"
columns = {{ given = "name", birth_date = "born", email = "mail" }}
{agreed}

[sources.shop]
path = "shop.csv"
kind = "person"
key = "id"
columns = {{ given = "name" }}
"""
SHOP = "id,name\n1,Bo\n"


class Office:
    """A project of two sources, of which one delivers anew again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.agree("")
        (folder / "shop.csv").write_text(SHOP)

    def agree(self, agreed: str) -> None:
        (self.folder / "threesixty.toml").write_text(PROJECT.format(agreed=agreed))

    def deliver(self, header: str, *rows: str) -> None:
        (self.folder / "crm.csv").write_text("\n".join([header, *rows, ""]))

    def people(self, many: int, columns: str = "id,name,born,mail", since: int = 1, **cells: str) -> None:
        """Deliver many people; a cell may hold {n}."""
        usual = {"id": "{n}", "name": "Ada {n}", "born": "19{n:02}-01-02", "mail": "a{n}@x.pt"} | cells
        numbers = range(since, since + many)
        rows = [",".join(usual.get(c, f"{c}{n}") for c in columns.split(",")).format(n=n) for n in numbers]
        self.deliver(columns, *rows)

    def load(self, **how: bool) -> dict[str, object]:
        """What the load told of each source."""
        with self.open() as c360:
            return {source.source: source.told for source in c360.load(**how).sources}

    def open(self) -> Customer360:
        return threesixty.open(self.folder)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path)
    office.people(40)
    return office


# --- columns ----------------------------------------------------------------------------------------


def test_a_first_delivery_and_one_like_it_are_not_remarked_on(office: Office):
    assert office.load() == {"crm": (), "shop": ()}
    office.people(41)
    assert office.load()["crm"] == ()


def test_a_new_and_a_lost_column_are_told(office: Office):
    office.people(40, "id,name,born,mail,fax")
    office.load()
    office.people(40, "id,name,born,mail,vat")

    assert office.load()["crm"] == ("column 'vat' is new", "column 'fax' is gone")


def test_what_was_told_once_is_known_the_next_time(office: Office):
    office.load()
    office.people(40, "id,name,born,mail,vat")
    office.load()
    office.people(41, "id,name,born,mail,vat")

    assert office.load()["crm"] == ()


def test_dates_that_became_free_text_are_told(office: Office):
    office.load()
    office.people(40, born="in spring {n}")

    [told] = office.load()["crm"]

    assert told == "100 % of the values of column 'born' could be read as birth dates, now 0 %"


def test_a_column_nobody_maps_is_judged_by_what_its_values_look_like(office: Office):
    office.people(40, "id,name,born,mail,visited", visited="2024-03-{n:02}")
    office.load()
    office.people(40, "id,name,born,mail,visited", visited="often {n}")

    [told] = office.load()["crm"]

    assert told == "78 % of the values of column 'visited' looked like dates, now 0 %"


def test_where_no_value_could_be_read_the_next_delivery_comes_all_the_same(office: Office):
    office.people(30, born="{n}/01/1990?")
    office.load()
    office.people(31, born="{n}/01/1990?")
    assert office.load()["crm"] == ()
    office.people(32)

    assert office.load()["crm"] == ()


def test_a_few_odd_values_are_no_other_type(office: Office):
    office.load()
    office.people(40)
    text = (office.folder / "crm.csv").read_text().replace("-01-02", "?", 15)
    (office.folder / "crm.csv").write_text(text)

    assert office.load()["crm"] == ()


def test_too_few_values_are_not_judged(office: Office):
    office.load()
    office.people(19, born="in spring {n}")

    assert office.load()["crm"] == ()


def test_after_a_small_delivery_what_the_column_was_is_still_known(office: Office):
    office.load()
    office.people(5, born="in spring {n}")
    office.load()
    office.people(40, born="in summer {n}")

    assert len(office.load()["crm"]) == 1


# --- accept, warn, stop -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agreed", "columns", "stops"),
    [
        ("accept", "id,name,born,mail,vat", False),
        ("warn", "id,name,born,mail,vat", False),
        ("stop", "id,name,born,mail,vat", True),
        ("accept", "id,name,born", False),
        ("warn", "id,name,born", True),
        ("stop", "id,name,born", True),
        ("accept", "name,born,mail", True),
    ],
)
def test_what_a_contract_says_of_new_and_lost_columns(office: Office, agreed: str, columns: str, stops: bool):
    office.agree(f'on_change = "{agreed}"')
    office.load()
    office.people(40, columns)

    if stops:
        with pytest.raises(ContractBroken):
            office.load()
    else:
        assert (office.load()["crm"] == ()) is (agreed == "accept")


def test_what_stops_is_stopped_before_anything_is_written_and_the_others_go_on(office: Office):
    office.agree('on_change = "stop"')
    office.load()
    office.people(50, "id,name,born,mail,vat")
    (office.folder / "shop.csv").write_text(SHOP + "2,Cy\n")

    with office.open() as c360:
        before = c360.ledger.seq()
        with pytest.raises(ContractBroken, match="column 'vat' is new") as stopped:
            c360.load()
        loaded = stopped.value.loaded

        assert "--accept-change" in stopped.value.hint
        assert [source.source for source in loaded.sources] == ["shop"]
        assert [source.source for source in loaded.stopped] == ["crm"]
        assert c360.ledger.seq() == before + 1  # Cy
        assert c360.customer("shop/2").name == "Cy"


def test_a_change_that_was_looked_at_is_taken_and_then_known(office: Office):
    office.agree('on_change = "stop"')
    office.load()
    office.people(50, "id,name,born")

    office.load(accept_change=True)
    office.people(51, "id,name,born")

    with office.open() as c360:
        assert c360.load().sources[0].new == 1
        assert c360.customer("crm/7").value("email") is None


def test_a_lost_column_that_comes_back_may_be_lost_again_only_after_a_look(office: Office):
    office.load()
    office.people(40, "id,name,born")
    office.load(accept_change=True)
    office.people(40)
    office.load()
    office.people(42, "id,name,born")

    with pytest.raises(ContractBroken, match="'mail' is gone"):
        office.load()


def test_who_is_asked_is_told_everything_that_changed(office: Office):
    office.load()
    office.people(40, "id,name,born,fax", born="in spring {n}")

    with pytest.raises(ContractBroken) as stopped:
        office.load()

    told = [one.partition("; nothing")[0] for one in stopped.value.message.split("; ")]
    assert told[0].endswith("column 'mail' is gone")
    assert "column 'fax' is new" in told
    assert any("read as birth dates, now 0 %" in one for one in told)


def test_a_renamed_column_is_guessed(office: Office):
    office.load()
    office.people(40, "id,name,born,e_mail")

    with pytest.raises(ContractBroken, match="'mail' is gone \\(is it 'e_mail' now\\?\\)"):
        office.load()


def test_what_one_file_of_json_lost_is_not_hidden_by_another(tmp_path: Path):
    (tmp_path / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n[sources.crm]\npath = "*.jsonl"\nkind = "person"\nkey = "id"\n'
        'columns = { given = "name", email = "mail", city = "city" }\n'
    )

    def deliver(name: str, mail: str, rows: int = 30) -> None:
        said = [{"id": f"{n}", "name": f"Ada {n}", mail: f"a{n}@x.pt"} for n in range(rows)]
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in said))

    with threesixty.open(tmp_path) as c360:
        deliver("a.jsonl", "mail")
        c360.load()
        deliver("b.jsonl", "mail")
        deliver("c.jsonl", "e_mail")
        with pytest.raises(ContractBroken, match=r"'mail' is gone .is it 'e_mail' now"):
            c360.load()
        (tmp_path / "c.jsonl").unlink()
        deliver("d.jsonl", "e_mail", rows=3)
        [crm] = c360.load().sources

    assert crm.told == ("column 'e_mail' is new",)


def test_without_its_key_no_delivery_is_taken(office: Office):
    office.load()
    office.people(40, "name,born,mail")

    with pytest.raises(ContractBroken, match="'id' is gone"):
        office.load(accept_change=True)


def test_a_file_that_is_not_there_stops_no_other_source(office: Office):
    (office.folder / "crm.csv").unlink()

    with office.open() as c360:
        with pytest.raises(SourceError, match="no file"):
            c360.load()
        assert c360.customer("shop/1").name == "Bo"


# --- snapshots --------------------------------------------------------------------------------------


def test_a_snapshot_that_shrank_is_taken_after_a_look(office: Office):
    office.agree('delivery = "snapshot"')
    office.load()
    office.people(30)

    with pytest.raises(SnapshotShrank, match="lost 10 of its 40"):
        office.load()
    with pytest.raises(SnapshotShrank):  # and it asks until it is answered
        office.load()
    with office.open() as c360:
        assert c360.load(accept_shrink=True).sources[0].deleted == 10
        assert c360.load().sources[0].skipped_files == 1


def test_an_empty_snapshot_asks_too(office: Office):
    office.agree('delivery = "snapshot"')
    office.load()
    office.people(0)

    with pytest.raises(SnapshotShrank, match="lost 40 of its 40"):
        office.load()


def test_who_is_missing_from_a_snapshot_is_gone_and_back_when_delivered_again(office: Office):
    office.agree('delivery = "snapshot"')
    office.load()
    office.people(39)
    with office.open() as c360:
        assert c360.load().sources[0].deleted == 1
    office.people(40)
    with office.open() as c360:
        assert c360.load().sources[0].new + c360.ledger.live(["crm"], "crm") >= 40
        assert c360.customer("crm/40").name == "Ada 40"


def test_a_snapshot_of_several_files_is_all_that_are_there(office: Office):
    office.agree('delivery = "snapshot"')
    project = (office.folder / "threesixty.toml").read_text()
    (office.folder / "threesixty.toml").write_text(project.replace("crm.csv", "crm*.csv"))
    office.people(1, since=41)
    (office.folder / "crm.csv").rename(office.folder / "crm_2.csv")
    office.people(40)
    office.load()
    (office.folder / "crm_2.csv").unlink()

    with office.open() as c360:
        crm = c360.load().sources[0]
        assert (crm.account.rows, crm.unchanged, crm.deleted) == (40, 40, 1)
        told = "crm_2.csv is not there any more: the others were read again for what it alone held"
        assert crm.told == (told,)
        crm = c360.load().sources[0]
        assert (crm.account.rows, crm.skipped_files, crm.told) == (0, 1, ())


@pytest.mark.parametrize("how", ["gzip", "torn"])
def test_of_a_snapshot_that_is_not_whole_nothing_is_deleted_until_somebody_looked(office: Office, how: str):
    office.agree('delivery = "snapshot"')
    office.people(100)
    office.load()
    whole = (office.folder / "crm.csv").read_bytes()
    torn = gzip.compress(whole)[:-20] if how == "gzip" else whole[:-15]
    (office.folder / "crm.csv").write_bytes(torn)
    with office.open() as c360:
        with pytest.raises(SourceError, match=r"crm.csv is not whole: line 1.*the file ends in the middle"):
            c360.load()
        assert c360.status().records == 101

    (office.folder / "crm.csv").write_bytes(whole)
    assert office.load()["crm"] == ()
    (office.folder / "crm.csv").write_bytes(torn)
    with office.open() as c360:
        assert c360.load(accept_shrink=True).records < 101


def test_a_snapshot_that_lost_a_file_with_many_of_its_keys_asks(office: Office):
    office.agree('delivery = "snapshot"')
    project = (office.folder / "threesixty.toml").read_text()
    (office.folder / "threesixty.toml").write_text(project.replace("crm.csv", "crm*.csv"))
    office.people(10, since=41)
    (office.folder / "crm.csv").rename(office.folder / "crm_2.csv")
    office.people(40)
    office.load()
    (office.folder / "crm_2.csv").unlink()

    for _ in range(2):
        with pytest.raises(SnapshotShrank, match="lost 10 of its 50"):
            office.load()


# --- what stopped -----------------------------------------------------------------------------------


def told_of_crm(office: Office) -> str:
    with office.open() as c360:
        return " ".join(c360.status().sources[0].told)


def test_status_tells_that_a_load_stopped_and_why_until_a_delivery_is_taken(office: Office):
    office.agree('delivery = "snapshot"')
    office.load()
    office.people(30)

    with pytest.raises(SnapshotShrank):
        office.load()
    told = told_of_crm(office)
    assert told.startswith("its last load stopped")
    assert "lost 10 of its 40 records" in told
    assert "--accept-shrink" in told
    office.load(accept_shrink=True)
    assert told_of_crm(office) == ""


def test_status_tells_so_of_a_broken_contract_and_of_a_missing_file(office: Office):
    office.load()
    office.people(40, "id,name,born,e_mail")
    with pytest.raises(ContractBroken):
        office.load()
    assert "is it 'e_mail' now?" in told_of_crm(office)
    (office.folder / "crm.csv").unlink()
    with pytest.raises(SourceError, match="no file"):
        office.load()

    assert "there is no file" in told_of_crm(office)


def test_a_dry_run_that_stops_leaves_no_note(office: Office):
    (office.folder / "crm.csv").unlink()
    with pytest.raises(SourceError):
        office.load(dry_run=True)

    assert told_of_crm(office) == ""


def test_what_can_be_read_beside_a_file_that_cannot_is_taken_and_counted(office: Office):
    project = (office.folder / "threesixty.toml").read_text()
    (office.folder / "threesixty.toml").write_text(project.replace("crm.csv", "crm*.csv"))
    (office.folder / "crm_2.csv").write_text("id,born,mail\n50,,x@x.pt\n")
    (office.folder / "crm_3.csv").write_text("id,name,born,mail\n51,Bo,,\n")

    with pytest.raises(SourceError, match="has no column 'name'") as stopped:
        office.load()

    crm = stopped.value.loaded.sources[0]
    assert crm.source == "crm"
    assert crm.stopped
    assert (crm.new, crm.account.rows) == (41, 41)


def test_forgetting_takes_a_name_out_of_why_a_load_stopped(office: Office):
    office.load()
    office.people(40, "id,name,born,a7@x.pt")
    with pytest.raises(ContractBroken):
        office.load()

    with office.open() as c360:
        c360.forget(c360.customer("crm/7").id, by="test")
        assert not [v for (v,) in c360.ledger._driver.execute("SELECT value FROM state") if "a7@x.pt" in v]


# --- how much, and how often ------------------------------------------------------------------------


def test_too_few_rows_and_too_many_are_told(office: Office):
    office.agree("expect = { rows = [45, 60] }")
    assert office.load()["crm"] == ("only 40 rows came, 45 to 60 were expected",)
    office.people(50)
    assert office.load()["crm"] == ()
    office.people(70)
    assert office.load()["crm"] == ("70 rows came, 45 to 60 were expected",)


def test_a_late_source_is_told_by_load_and_status(office: Office, monkeypatch: pytest.MonkeyPatch):
    office.agree('expect = { every = "1 day" }')
    office.load()
    later = contract.now() + 3 * 86_400_000
    monkeypatch.setattr(contract, "now", lambda: later)

    told = "nothing new for 3 days, a delivery was expected every day"
    assert office.load()["crm"] == (told,)
    with office.open() as c360:
        assert {source.source: source.told for source in c360.status().sources}["crm"] == (told,)


def test_status_tells_what_the_last_delivery_was_not_like(office: Office):
    office.agree("expect = { rows = [45, 60] }")
    office.load()

    with office.open() as c360:
        [told] = c360.status().sources[0].told
        assert told == "last time, only 40 rows came, 45 to 60 were expected"


def test_a_contract_that_changes_has_nothing_read_anew(office: Office):
    office.load()
    office.agree('on_change = "stop"\nexpect = { every = "2 weeks", rows = [1, 9] }')

    with office.open() as c360:
        loaded = c360.load()
        assert [source.skipped_files for source in loaded.sources] == [1, 1]
        assert loaded.notices == ()


def test_forgetting_takes_a_name_out_of_what_is_remembered_of_columns(office: Office):
    office.people(40, "id,name,born,mail,a7@x.pt")
    office.load()
    office.people(40)
    office.load()

    with office.open() as c360:
        c360.forget(c360.customer("crm/7").id, by="test")
        rows = c360.ledger._driver.execute("SELECT columns FROM shape UNION SELECT told FROM delivery")
        assert not [text for (text,) in rows if "a7@x.pt" in text]
