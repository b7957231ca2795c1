"""Hard cases: invented, the same every time, and mostly right with the shipped weights."""

from __future__ import annotations

import pytest

import threesixty
from threesixty.pipeline import testing
from threesixty.project.cases import Case, Party
from threesixty.sample.hard_cases import hard_cases

PROJECT = """
[sources.crm]
path = "crm.csv"
kind = "person"
key = "id"
columns = { given = "given" }

[stores]
graph = "none"
"""
# What the shipped weights do not tell apart, by the number of records: see docs/how-to/test-who-is-who.md.
_ALWAYS = {"twins with first names alike"}
NOT_TOLD_APART = {
    1_000: _ALWAYS,
    10_000: _ALWAYS,
    100_000: _ALWAYS,
}


@pytest.fixture(scope="module")
def c360(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nobody")
    (folder / "threesixty.toml").write_text(PROJECT, "utf-8")
    with threesixty.open(folder) as opened:
        yield opened


def test_the_same_seed_gives_the_same_cases():
    assert list(hard_cases("DE", seed=7)) == list(hard_cases("DE", seed=7))
    assert list(hard_cases("DE", seed=7)) != list(hard_cases("DE", seed=8))


@pytest.mark.parametrize("country", ["PT", "DE", "GB", "US", ""])
def test_every_sort_of_case_has_as_many_as_asked_for(country):
    cases = list(hard_cases(country, each=3))

    sorts = [case.why for case in cases]
    assert {sorts.count(sort) for sort in sorts} == {3}
    assert {case.same for case in cases} == {True, False}


@pytest.mark.parametrize("country", ["PT", "DE", "GB", "US"])
@pytest.mark.parametrize("records", NOT_TOLD_APART)
def test_the_shipped_weights_pass_most_sorts_of_cases(c360, country, records):
    cases = [
        Case("same" if made.same else "different", Party(row=made.a), Party(row=made.b), made.why)
        for made in hard_cases(country, each=4)
    ]

    results = testing.run(c360.view, c360.project.path, cases, records).results

    assert not [result for result in results if result.outcome == "error"]
    sorts = {result.why for result in results}
    failing = {
        sort for sort in sorts
        if sum(result.outcome == "failed" for result in results if result.why == sort) > 1
    }  # fmt: skip
    known = NOT_TOLD_APART[records]
    assert not [sort for sort in failing if sort.partition(":")[0].partition(",")[0] not in known]
