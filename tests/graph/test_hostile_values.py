"""The hostile texts of threesixty.conformance on every backend, and any text at all on the embedded one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threesixty.conformance.hostile import *  # noqa: F403
from threesixty.conformance.hostile import kept
from threesixty.errors import GraphRefused
from threesixty.graph import cypher
from threesixty.graph.delta import Delta


@pytest.mark.parametrize("name", ["a`b", "a b", "", "a;b", "1a", "a'b", "a\\b"])
def test_what_is_no_plain_word_never_becomes_a_label(name):
    with pytest.raises(GraphRefused):
        cypher.quoted(name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63 - 1) | st.none())
def test_any_text_and_number_come_back_equal(ladybug, town, text, number):
    def row(said):
        return town.node("Customer", "customer:ada", name=said, value=number, profile=said)

    ladybug.apply(Delta({"Customer": [row(text)]}))

    assert ladybug.fetch({"Customer": ["customer:ada"]}).nodes["Customer"] == [row(kept(text))]
