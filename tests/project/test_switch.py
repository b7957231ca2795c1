"""The graph's line of a project file changes, and nothing else does."""

from __future__ import annotations

import stat

import pytest

from threesixty.errors import ProjectError
from threesixty.project import load, switch_graph

NEW = "neptune://my-cluster:8182?region=eu-central-1"
SOURCES = """
# Where rows come from
[sources.crm]
path = "crm.csv"   # every Monday
kind = "person"
key = "id"
columns = { email = "email" }
"""
BEFORE_AND_AFTER = {
    "a line": ('[stores]\ngraph = "embedded" # for now\n', f'[stores]\ngraph = "{NEW}" # for now\n'),
    "in other quotes": ("[stores]\ngraph='embedded'\n", f'[stores]\ngraph="{NEW}"\n'),
    "dotted": ('stores.graph = "embedded"\n', f'stores.graph = "{NEW}"\n'),
    "inline": ('stores = { graph = "embedded" } # x\n', f'stores = {{ graph = "{NEW}" }} # x\n'),
    "a table without it": ("[stores] # mine\n", f'[stores] # mine\ngraph = "{NEW}"\n'),
    "Windows": ('[stores]\r\ngraph = "embedded"\r\n', f'[stores]\r\ngraph = "{NEW}"\r\n'),
    "said in a text too": (
        '[project]\nname = """\n[stores]\ngraph = "x"\n"""\n[stores]\ngraph = "none"\n',
        f'[project]\nname = """\n[stores]\ngraph = "x"\n"""\n[stores]\ngraph = "{NEW}"\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), BEFORE_AND_AFTER.values(), ids=BEFORE_AND_AFTER)
def test_only_the_value_changes(tmp_path, before, after):
    path = tmp_path / "threesixty.toml"
    path.write_bytes((before + SOURCES).encode())

    line = switch_graph(path, NEW)

    assert path.read_bytes().decode() == after + SOURCES
    assert load(path).graph == NEW
    assert line == f'graph = "{NEW}"'
    assert [each.name for each in tmp_path.iterdir()] == ["threesixty.toml"]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_project_that_says_nothing_of_it_gets_the_line(tmp_path, end):
    path = tmp_path / "threesixty.toml"
    path.write_text(SOURCES.rstrip() + end)

    switch_graph(path, NEW)

    assert path.read_text() == f'{SOURCES.rstrip()}\n\n[stores]\ngraph = "{NEW}"\n'
    assert load(path).graph == NEW


def test_what_the_file_may_do_and_its_first_bytes_stay(tmp_path):
    path = tmp_path / "threesixty.toml"
    path.write_bytes(b'\xef\xbb\xbf[stores]\ngraph = "none"\n' + SOURCES.encode())
    path.chmod(0o640)

    switch_graph(path, NEW)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf[stores]")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.toml").write_text(f'[stores]\ngraph = "none"\n{SOURCES}')
    (tmp_path / "threesixty.toml").symlink_to("real.toml")

    switch_graph(tmp_path / "threesixty.toml", NEW)

    assert (tmp_path / "threesixty.toml").is_symlink()
    assert load(tmp_path / "real.toml").graph == NEW


@pytest.mark.parametrize(
    "text",
    ['[stores]\ngraph = """embedded"""\n', "stores = {}\n", '[project]\nname = """\n[stores]\n"""\n'],
)
def test_what_it_cannot_change_stays_as_it_is_and_says_so(tmp_path, text):
    path = tmp_path / "threesixty.toml"
    path.write_text(text + SOURCES)

    with pytest.raises(ProjectError, match="could not be changed") as refused:
        switch_graph(path, NEW)

    assert path.read_text() == text + SOURCES
    assert f'graph = "{NEW}"' in refused.value.problems[0].hint


@pytest.mark.parametrize("graph", ['bolt://a:"b\\@host', "bolt://ü:\x01\x7f@host", "bolt://a\nb"])
def test_whatever_an_address_holds_it_is_one_value(tmp_path, graph):
    path = tmp_path / "threesixty.toml"
    path.write_text(f'[stores]\ngraph = "none"\n{SOURCES}')
    try:
        switch_graph(path, graph)
    except ProjectError:
        assert load(path).graph == "none"
    else:
        assert load(path).graph == graph
