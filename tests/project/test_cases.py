"""Identity tests as a text: what is read, what is written, what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.errors import ProjectError
from threesixty.project.cases import Case, Party, as_text, read, write
from threesixty.schema import DEFAULT


def parsed(tmp_path, text):
    file = tmp_path / "identity-tests.txt"
    file.write_text(text, "utf-8")
    return read(file, DEFAULT)


def test_a_side_is_a_name_or_a_person_in_words(tmp_path):
    [case] = parsed(tmp_path, '# why not\n\nsame | crm/17 | given=Ana city="Vila Nova" | one person\n')

    assert case == Case(
        "same", Party("crm/17"), Party(row={"given": "Ana", "city": "Vila Nova"}), "one person", 3
    )


def test_an_organisation_says_its_kind(tmp_path):
    [case] = parsed(tmp_path, "different | kind=organisation name=Acme | given=Ana")

    assert (case.a.kind, case.a.row) == ("organisation", {"name": "Acme"})


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("sme | a/1 | b/2", "no verdict 'sme'", "did you mean 'same'?"),
        ("same | a/1", "three or four parts, not 2", "same | crm/17"),
        ("same | a/1 | | why", "three or four parts", ""),
        ("same | a/1 | given=Ana Silva", "'Silva' belongs to no column", "quote"),
        ("same | a/1 | given=Ana emial=a@example.org", "a person has no 'emial'", "did you mean 'email'?"),
        ("same | a/1 | kind=persn given=Ana", "no kind of party 'persn'", "did you mean 'person'?"),
        ("same | a/1 | two words", "names nobody", "crm/17"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, line, message, hint):
    with pytest.raises(ProjectError) as told:
        parsed(tmp_path, f"# head\n{line}\n")

    [problem] = told.value.problems
    assert message in problem.message or line.count("| |")
    assert hint in problem.hint
    assert problem.line == 2


def test_without_a_file_the_way_to_one_is_told(tmp_path):
    with pytest.raises(ProjectError) as told:
        read(tmp_path / "none.txt", DEFAULT)

    assert "--generate" in told.value.problems[0].hint


def test_a_file_that_is_there_is_left_alone(tmp_path):
    file = tmp_path / "identity-tests.txt"
    file.write_text("mine", "utf-8")

    with pytest.raises(ProjectError):
        write(file, [])
    assert file.read_text("utf-8") == "mine"


words = st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"'), max_size=8)


@given(words, words.filter(bool), st.sampled_from(["same", "different"]))
def test_what_is_written_is_read_back(tmp_path_factory, street, given_name, verdict):
    file = tmp_path_factory.mktemp("cases") / "file.txt"
    row = {"given": given_name, "street": f"{street} {street} 1", "family": "a|b="}
    case = Case(verdict, Party("crm/1"), Party(row=row), "why")

    file.write_text(as_text([case]), "utf-8")

    [again] = read(file, DEFAULT)
    assert (again.verdict, again.a, again.b, again.why) == (case.verdict, case.a, case.b, case.why)
