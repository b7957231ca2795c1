"""Names of any script have a spelling in Latin letters; the tables beside this file are the promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.latin import latin, separated, spellings
from threesixty.latin.east_asian import name_parts, whole_name

CASES = [
    tuple(cell.strip() for cell in line.split("|"))
    for line in (Path(__file__).parent / "cases" / "names.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("name", "spelling", "others"), CASES)
def test_a_name_is_spelt_in_latin_letters(name, spelling, others):
    words = {word for each in spellings(name) for word in each.lower().split()}

    assert latin(name).lower() == spelling
    assert {*spelling.split(), *others.split()} <= words


@pytest.mark.parametrize(
    ("name", "country", "parts"),
    [("王杰", "", ("王", "杰")), ("张秀英", "US", ("张", "秀英")), ("欧阳修", "", ("欧阳", "修")),
     ("山田太郎", "", ("山田", "太郎")), ("佐々木健太", "", ("佐々木", "健太")),
     ("高橋健", "JP", ("高橋", "健")),
     ("김민준", "", ("김", "민준")), ("남궁민", "", ("남궁", "민")), ("田中さくら", "", ("田中", "さくら")),
     ("さくら", "", ("さくら", "")), ("林", "", ("林", ""))],
)  # fmt: skip
def test_a_name_in_one_piece_begins_with_the_family(name, country, parts):
    assert name_parts(name, country) == parts


@pytest.mark.parametrize(
    ("family", "given", "whole"),
    [("王", "杰", "王杰"), ("김", "민준", "김민준"), ("スミス", "ジョン", "ジョン・スミス"),
     ("Wang", "杰", ""), ("王", "", "")],
)  # fmt: skip
def test_a_whole_name_is_written_as_its_country_does(family, given, whole):
    assert whole_name(family, given) == whole


def test_only_names_in_one_piece_are_taken_apart():
    assert separated("王杰 Wang 김민준 José") == "王 杰 Wang 김 민준 José"


@given(text=st.text(max_size=30))
def test_any_text_has_a_spelling_that_is_one_of_all(text):
    assert latin(text).isascii()
    assert latin(text) in spellings(text)


@given(text=st.text(alphabet=st.characters(max_codepoint=127)))
def test_what_is_latin_stays(text):
    assert latin(text) == text
