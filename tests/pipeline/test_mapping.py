"""A mapping may change at any time: the next load reads the files anew under it."""

from __future__ import annotations

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
