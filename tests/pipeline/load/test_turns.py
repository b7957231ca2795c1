"""A file that cannot be read keeps no other out, and when it is mended all is as if it had been good."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import threesixty
from threesixty.errors import SourceError
from threesixty.report import Loaded
from threesixty.sources import File

SOURCE = '[sources.crm]\npath = "in/*"\nkind = "person"\nkey = "id"\n{how}\ncolumns = {{ given = "name" }}\n'
BROKEN = "PK\x03\x04 no workbook at all"
VERSIONED = 'version = "at"'


class Inbox:
    """A folder of files that a source reads."""

    def __init__(self, folder: Path, how: str = "") -> None:
        self.folder = folder
        (folder / "in").mkdir(parents=True)
        (folder / "threesixty.toml").write_text('[stores]\ngraph = "none"\n' + SOURCE.format(how=how))

    def put(self, name: str, *rows: str) -> None:
        text = BROKEN if rows == (BROKEN,) else "\n".join(["id,name,at", *rows, ""])
        (self.folder / "in" / name).write_text(text)

    def load(self, **how: Any) -> tuple[Loaded, str]:
        """What a load did, and why it came to an error."""
        with threesixty.open(self.folder) as c360:
            try:
                return c360.load(**how), ""
            except SourceError as error:
                return cast(Loaded, error.loaded), str(error)

    def names(self) -> dict[str, object]:
        with threesixty.open(self.folder) as c360:
            numbers = sorted(c360.ledger.membership(None))
            keys = [name.key for name in c360.ledger.names(numbers)]
            return {key: c360.customer(f"crm/{key}").value("given") for key in sorted(keys)}


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "one")


@pytest.mark.parametrize("how", ["", VERSIONED, 'delivery = "changes"'])
def test_what_comes_before_and_behind_it_is_taken(tmp_path: Path, how: str):
    inbox = Inbox(tmp_path / "one", how)
    inbox.put("a.csv", "1,Ada,1")
    inbox.put("b.csv", BROKEN)
    inbox.put("c.csv", "3,Cy,1")

    loaded, why = inbox.load()

    assert "b.csv" in why
    assert loaded.customers == 2
    assert loaded.sources[0].stopped
    assert inbox.load()[0].customers == 2


def test_each_that_cannot_be_read_is_named_up_to_five(inbox: Inbox):
    for name in "abcdefg":
        inbox.put(f"{name}.csv", BROKEN)
    inbox.put("h.csv", "1,Ada,1")

    why = inbox.load()[1]

    assert why.startswith("7 files of source 'crm' cannot be read")
    assert [name in why for name in ("a.csv", "e.csv", "f.csv")] == [True, True, False]
    assert why.endswith("and 2 more")


def test_where_none_can_be_read_nothing_is(inbox: Inbox):
    inbox.put("a.csv", BROKEN)

    loaded, why = inbox.load()

    assert "a.csv" in why
    assert not loaded.records


def test_a_snapshot_is_taken_whole_or_nothing_is_deleted(tmp_path: Path):
    inbox = Inbox(tmp_path / "one", 'delivery = "snapshot"')
    inbox.put("a.csv", *(f"{n},Ada {n},1" for n in range(50)))
    inbox.put("c.csv", "99,Cy,1")
    inbox.load()
    inbox.put("a.csv", *(f"{n},Ada {n},1" for n in range(49)))
    (inbox.folder / "in" / "b.csv").write_text("number\n98\n")

    loaded, why = inbox.load()

    assert "b.csv" in why
    assert loaded.records == 51


def test_a_file_that_is_mended_counts_as_the_older_one(inbox: Inbox):
    inbox.put("a.csv", BROKEN)
    inbox.put("b.csv", "1,Beate,")
    inbox.load()
    inbox.put("a.csv", "1,Ada,", "2,Al,")

    loaded, why = inbox.load()

    assert not why
    assert inbox.names() == {"1": "Beate", "2": "Al"}
    assert not loaded.sources[0].stopped
    assert inbox.load()[0].sources[0].skipped_files == 2


def test_what_was_read_before_it_broke_stays_the_older(inbox: Inbox):
    inbox.put("a.csv", "2,Al,")
    inbox.put("b.csv", "1,Beate,")
    inbox.load()
    inbox.put("a.csv", BROKEN)
    inbox.load()
    inbox.put("a.csv", "1,Ada,", "2,Al,")
    inbox.load()

    assert inbox.names() == {"1": "Ada", "2": "Al"}


def test_a_file_that_is_taken_away_is_no_longer_waited_for(inbox: Inbox):
    inbox.put("a.csv", BROKEN)
    inbox.put("b.csv", "1,Beate,")
    inbox.load()
    (inbox.folder / "in" / "a.csv").unlink()

    assert not inbox.load()[1]
    with threesixty.open(inbox.folder) as c360:
        assert not c360.ledger.came("crm")


@pytest.mark.parametrize("between", [True, False])
def test_where_what_came_behind_is_not_there_any_more_that_is_told_once(inbox: Inbox, between: bool):
    inbox.put("a.csv", BROKEN)
    inbox.put("b.csv", "1,Beate,")
    inbox.put("c.csv", "2,Cy,")
    inbox.load()
    (inbox.folder / "in" / "b.csv").unlink()
    if between:
        inbox.load()
    inbox.put("a.csv", "1,Ada,", "2,Al,")

    loaded, why = inbox.load()

    assert not why
    assert [told.partition(",")[0] for told in loaded.sources[0].told] == ["b.csv"]
    assert inbox.names() == {"1": "Ada", "2": "Cy"}
    assert not inbox.load()[0].sources[0].told
    with threesixty.open(inbox.folder) as c360:
        assert not c360.ledger.came("crm")


FILES = st.lists(
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(["Ada", "Bo", "Cy"])), max_size=2), max_size=5
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(FILES, st.data())
def test_whichever_were_broken_for_a_while_the_end_is_the_same(tmp_path_factory, files, data):
    folder = tmp_path_factory.mktemp("inbox")
    good, late = Inbox(folder / "good"), Inbox(folder / "late")
    broken = set[str]()
    for number, rows in enumerate(files):
        said = [f"{key},{name}," for key, name in rows] or ["9,Di,"]
        name = f"{number}.csv"
        good.put(name, *said)
        good.load()
        if data.draw(st.booleans()):
            broken.add(name)
            late.put(name, BROKEN)
        else:
            late.put(name, *said)
        if data.draw(st.booleans()):
            late.load()
    for name in data.draw(st.permutations(sorted(broken))):
        (late.folder / "in" / name).write_bytes((good.folder / "in" / name).read_bytes())
        if data.draw(st.booleans()):
            late.load()
    if files:
        assert not late.load()[1]
        assert late.names() == good.names()


def test_a_file_that_nobody_may_read_keeps_no_other_out(inbox: Inbox):
    inbox.put("a.csv", "1,Ada,")
    (inbox.folder / "in" / "b.csv").symlink_to("/proc/self/mem")
    inbox.put("c.csv", "3,Cy,")

    loaded, why = inbox.load()

    assert "b.csv cannot be read" in why
    assert loaded.customers == 2
    assert "b.csv cannot be read" in inbox.load()[1]


def test_a_file_that_vanishes_while_it_is_looked_at_keeps_no_other_out(inbox: Inbox, monkeypatch):
    inbox.put("a.csv", "1,Ada,")
    inbox.put("b.csv", "2,Bo,")
    looked = File.digest

    def digest(self: File) -> str:
        if self.name == "a.csv":
            self.path.unlink(missing_ok=True)
        return looked(self)

    monkeypatch.setattr(File, "digest", digest)
    loaded, why = inbox.load()

    assert "a.csv cannot be read" in why
    assert loaded.customers == 1
    assert not inbox.load()[1]


def test_what_waits_while_a_file_is_mended_is_read_once_more_when_it_no_longer_does(inbox: Inbox):
    inbox.put("a.csv", BROKEN)
    inbox.put("b.csv", "1,Beate,")
    inbox.load()
    inbox.put("a.csv", "1,Ada,")
    inbox.load(only={str(inbox.folder / "in" / "a.csv")})
    inbox.load()

    assert inbox.names() == {"1": "Beate"}


def test_who_is_killed_before_it_is_noted_that_a_file_was_mended_reads_it_once_more(inbox: Inbox):
    inbox.put("a.csv", BROKEN)
    inbox.put("b.csv", BROKEN)
    inbox.put("c.csv", "9,Di,")
    inbox.load()
    with threesixty.open(inbox.folder) as c360:
        noted = c360.ledger.came("crm")
    inbox.put("b.csv", "1,Beate,")
    inbox.load()
    with threesixty.open(inbox.folder) as c360, c360.ledger.writing():
        c360.ledger.set_came("crm", noted)  # as it was before that load
    inbox.put("a.csv", "1,Ada,")
    inbox.load()

    assert inbox.names() == {"1": "Beate", "9": "Di"}


def test_files_of_one_name_in_several_folders_are_told_apart(inbox: Inbox):
    (inbox.folder / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n' + SOURCE.replace("in/*", "in/**/*.csv").format(how="")
    )
    for folder in ("jan", "feb", "mar"):
        (inbox.folder / "in" / folder).mkdir()
        inbox.put(f"{folder}/part.csv", "1,Ada,", ",Nobody,")
    (inbox.folder / "in" / "mar" / "part.csv").write_text("number\n1\n")

    why = inbox.load()[1]

    assert why.startswith("mar/part.csv has no column 'id'")
    with threesixty.open(inbox.folder) as c360:
        assert sorted(held.reject.file for held in c360.rejects()) == ["feb/part.csv", "jan/part.csv"]


def test_what_is_read_another_way_is_read_once_more(inbox: Inbox):
    (inbox.folder / "in" / "a.csv").write_text("id,name,at\n1,Łucja,\n", "iso8859-2")
    inbox.load()
    assert inbox.names() == {"1": "£ucja"}
    (inbox.folder / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n' + SOURCE.format(how='encoding = "iso8859-2"')
    )
    inbox.load()

    assert inbox.names() == {"1": "Łucja"}
    assert inbox.load()[0].sources[0].skipped_files == 1


def test_what_was_read_before_ways_were_noted_is_known(inbox: Inbox):
    (inbox.folder / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n' + SOURCE.format(how='encoding = "utf-8"')
    )
    inbox.put("a.csv", "1,Ada,")
    inbox.load()
    with threesixty.open(inbox.folder) as c360, c360.ledger.writing():
        [place] = c360.ledger.places("crm")
        mark = c360.ledger.file_mark("crm", place)
        c360.ledger.append([], mark=replace(mark, digest=mark.digest.split()[0]))
        c360.ledger.set_state("way crm", None)

    assert inbox.load()[0].sources[0].skipped_files == 1


def test_a_file_in_another_encoding_than_declared_keeps_no_other_out(inbox: Inbox):
    (inbox.folder / "threesixty.toml").write_text(
        '[stores]\ngraph = "none"\n' + SOURCE.format(how='encoding = "utf-16"')
    )
    inbox.put("a.csv", "1,Ada,")
    (inbox.folder / "in" / "b.csv").write_text("id,name,at\n2,Bo,\n", "utf-16")

    assert "a.csv is not written in the encoding utf-16" in inbox.load()[1]
    assert inbox.names() == {"2": "Bo"}
