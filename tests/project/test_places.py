"""Every key and value of a TOML text is found where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from threesixty.project.places import stands

TEXT = '''
a = 1 # [no] = "table"
"b.c" = """x = 1
[not.a.table]"""
[one.two]
d = [1, { e = "}" },
  "]"]
[[list]]
f.g = 1979-05-27 07:32:00
[[list]]
[list.h]
i = 'x'
'''


def test_keys_and_values_are_found():
    found = stands(TEXT)

    assert found["a",] == ((2, 1), (2, 5))
    assert found["b.c",] == ((3, 1), (3, 9))
    assert found["one", "two"].key == (5, 6)
    assert found["one", "two", "d", 1, "e"] == ((6, 11), (6, 15))
    assert found["one", "two", "d", 2].value == (7, 3)
    assert found["list", 0, "f", "g"] == ((9, 3), (9, 7))
    assert found["list", 1, "h", "i"].key == (12, 1)


def ways(value: Any, where: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return {where, *(way for key, child in children for way in ways(child, (*where, key)))}


texts = st.text(st.sampled_from("ab[]{}=,.#\"\\\n' é"), max_size=6)
values = st.recursive(
    texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(written, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value).lower()


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@given(st.dictionaries(texts, values, max_size=4))
def test_every_value_of_any_text_has_a_place(document):
    text = "".join(f"{quoted(key)} = {written(value)}\n" for key, value in document.items())

    assert set(stands(text)) == ways(tomllib.loads(text)) - {()}
