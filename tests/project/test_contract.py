"""What a project file may agree with a source, and where it is wrong."""

import pytest

from threesixty import project
from threesixty.errors import ProjectError
from threesixty.project import Contract

SOURCE = '[sources.crm]\npath = "c.csv"\nkind = "person"\nkey = "id"\ncolumns = { given = "a" }\n'


@pytest.fixture
def read(tmp_path):
    def read(text):
        (tmp_path / "threesixty.toml").write_text(text)
        return project.load(tmp_path)

    return read


@pytest.mark.parametrize(
    ("agreed", "contract"),
    [
        ("", Contract()),
        ('on_change = "stop"', Contract("stop")),
        ('expect = { every = "day" }', Contract(every=86_400)),
        ('expect = { every = "2 weeks" }', Contract(every=1_209_600)),
        ("expect = { rows = [900, 1100] }", Contract(rows=(900, 1100))),
    ],
)
def test_a_contract_is_read(read, agreed, contract):
    assert read(SOURCE + agreed).sources[0].contract == contract


@pytest.mark.parametrize(
    ("agreed", "complaint"),
    [
        ('on_change = "stopp"', "did you mean 'stop'"),
        ('expect = { every = "daily" }', "'daily' is no span of time"),
        ('expect = { every = "0 days" }', "'0 days' is no span of time"),
        ("expect = { rows = 900 }", "the least and the most"),
        ("expect = { rows = [3, 2] }", "at least 3 rows and at most 2 cannot be"),
        ("expect = { row = [3, 4] }", "did you mean 'rows'"),
    ],
)
def test_a_wrong_contract_is_told_at_its_line(read, agreed, complaint):
    with pytest.raises(ProjectError) as wrong:
        read(SOURCE + agreed)

    assert complaint in str(wrong.value)
    assert "line 6" in str(wrong.value)


def test_nobody_else_speaks_in_the_name_of_a_snapshot(read):
    other = SOURCE.replace("sources.crm", "sources.more") + 'source = "crm"\n'

    with pytest.raises(ProjectError, match="more speaks in the name of 'crm' too"):
        read(SOURCE + 'delivery = "snapshot"\n' + other)


def test_a_snapshot_knows_all_its_names(read):
    with pytest.raises(ProjectError, match="a snapshot cannot take its source's name from a column"):
        read(SOURCE + 'delivery = "snapshot"\nsource = { column = "system" }\n')
