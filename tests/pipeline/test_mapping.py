"""Files are read once; a changed mapping has them read anew."""

from __future__ import annotations

import pytest
from tests.pipeline.conftest import Town

import threesixty


def test_a_changed_mapping_takes_effect_at_the_next_load(town: Town):
    project = town.folder / "threesixty.toml"
    text = """
        [sources.crm]
        path = "c.csv"
        kind = "person"
        key = "id"
        columns = { given = "a" }
    """
    (town.folder / "c.csv").write_text("id,a,b\n1,Ada,Silva\n2,Bo,Berg\n")
    project.write_text(text)
    town.c360.close()
    with threesixty.open(project) as c360:
        c360.load()
        before = c360.customer("crm/1").id
    project.write_text(text.replace('given = "a"', 'given = "a", family = "b"'))

    with threesixty.open(project) as c360:
        loaded = c360.load()
        again = c360.load()

        assert c360.customer("crm/1").name == "Ada Silva"
        assert c360.customer("crm/1").id == before
        assert "mapping of crm" in loaded.notices[0]
        assert not again.notices


def test_a_file_is_known_from_whichever_folder_it_is_loaded(town: Town, monkeypatch: pytest.MonkeyPatch):
    town.c360.close()
    (town.folder / "shop.csv").write_text(
        "id,given,family,email,phone,street,postcode,city,at\n1,Ada,,,,,,,\n"
    )
    monkeypatch.chdir(town.folder.parent)
    with threesixty.open(f"{town.folder.name}/threesixty.toml") as c360:
        c360.load("shop")
    monkeypatch.chdir(town.folder)

    with threesixty.open("threesixty.toml") as c360:
        assert c360.load("shop").sources[0].skipped_files == 1


def test_a_dry_run_tells_what_a_load_would_do_and_keeps_nothing(town: Town):
    header = "id,given,family,email,phone,street,postcode,city,at"
    (town.folder / "shop.csv").write_text(f"{header}\n1,Ada,Silva,ada@x.pt,,,,,\n")

    would = town.c360.load("shop", dry_run=True)
    assert (would.records, would.customers, would.dry_run) == (1, 1, True)
    assert not town.clusters()

    assert town.c360.load("shop").sources[0].new == 1
