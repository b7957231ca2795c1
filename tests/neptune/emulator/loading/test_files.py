"""Load files are read as AWS documents them: a table of files and of what the loader reads in them."""

import gzip
import io
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.neptune.emulator.loading.file import Fault, LoadFile, Reading
from threesixty.neptune.emulator.loading.header import BadHeader
from threesixty.neptune.emulator.loading.rows import records

CASES = (Path(__file__).parent / "cases" / "files.txt").read_text("ascii").split("\n== ")[1:]
READINGS = {
    "csv": Reading("csv"),
    "csv, empty strings": Reading("csv", empty_strings=True),
    "opencypher": Reading("opencypher"),
    "opencypher, no edge ids": Reading("opencypher", edge_ids=False),
}


def written(row) -> str:
    """A row or a fault as the table writes it."""
    if isinstance(row, Fault):
        return f"{row.number}! {row.what}: {row.message}"
    values = (
        f" {said.key}={said.value.isoformat() if hasattr(said.value, 'isoformat') else repr(said.value)}"
        f"{'' if said.single else '*'}"
        for said in row.said
    )
    ends = "" if row.start is None else f" {row.start}->{row.end}"
    return f"{row.number} {row.id} :{';'.join(row.labels)}{ends}{''.join(values)}"


def read(content: bytes, reading: Reading) -> list[str]:
    try:
        with closing(LoadFile(io.BytesIO(content), reading)) as file:
            return [written(row) for row in file.rows()]
    except BadHeader as error:
        return [f"0! header: {error}"]


def parted(case: str):
    title, _, rest = case.partition("\n")
    text, _, expected = f"\n{rest}".partition("\n-- reads\n")
    content = text.removeprefix("\n").encode().decode("unicode_escape").encode("latin-1")
    return (
        READINGS[title.partition(":")[0]],
        content + b"\n" * bool(content),
        expected.strip("\n").split("\n"),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.partition("\n")[0])
def test_a_file_says(case):
    reading, content, expected = parted(case)

    assert read(content, reading) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.partition("\n")[0])
def test_a_packed_file_says_the_same(case):
    reading, content, expected = parted(case)

    assert read(gzip.compress(content), reading) == expected


def test_a_byte_order_mark_is_no_part_of_the_first_column():
    assert read("\ufeff~id,~label\n1,P\n".encode(), Reading("csv")) == ["1 1 :P"]


def test_a_packed_file_that_breaks_off_says_so():
    content = gzip.compress(b"~id,~label\n" + b"1,P\n" * 10)[:-9]

    assert read(content, Reading("csv"))[-1].startswith("11! rest: the file cannot be read")


def test_relationships_without_ids_are_given_some():
    content = b":START_ID,:END_ID,:TYPE\n1,2,KNOWS\n1,2,KNOWS\n"
    file = LoadFile(io.BytesIO(content), READINGS["opencypher, no edge ids"])

    first, second = file.rows()

    assert first.id != second.id


CELL = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1)


@given(st.lists(st.lists(CELL, min_size=2, max_size=4)))
def test_whatever_is_quoted_is_read_as_it_was(rows):
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows]
    text = io.StringIO("".join(lines), newline="\n")

    assert list(records(text)) == rows
