from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from threesixty.identity import names
from threesixty.identity.parties import FEW, Parties


def parties(values):
    size = len(values)
    nothing = pa.array([], pa.string())
    return Parties(
        np.arange(size), np.arange(size), np.zeros(size, bool), {"given": values},
        np.array([], np.int32), nothing, nothing,
    )  # fmt: skip


@pytest.mark.parametrize("times", [1, FEW])
def test_words_are_folded_once_whether_few_or_many(times):
    given = pa.array(["Zoë", "ZOE", None, "", "Юлия"] * times)
    column = parties(given).column("given")

    assert column.words == ["zoe", "yuliya"]
    assert column.codes[:5].tolist() == [0, 0, -1, -1, 1]
    assert parties(pa.chunked_array([given])).column("given").words == column.words


def test_a_property_nobody_has_says_nothing():
    assert parties(pa.array(["Ada"])).column("family").codes.tolist() == [-1]


@pytest.mark.parametrize(
    ("one", "other"), [("rodriguez", "rodrigues"), ("meyer", "meier"), ("knutsson", "knutson")]
)
def test_names_spelt_alike_sound_alike(one, other):
    assert names.sound(one) == names.sound(other)


def test_short_forms_meet_in_a_formal_name():
    assert "robert" in names.forms("bob") & names.forms("rob")


def test_common_names_are_known_as_such():
    listed = ("smith", "silva", "nowak", "quigley", "quenstedt")
    assert [names.commonness("family", name) for name in listed] == [2, 2, 2, 1, 0]
    assert names.commonness("given", "mary") == 2


def test_streets_fold_to_one_spelling():
    assert names.fold_street("12 Elm Street, Apt. 4b") == names.fold_street("12 elm st 4B") == "12 elm st 4b"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hauptstr. 12", "Hauptstraße 12"),
        ("Bahnhofstraße 3a", "Bahnhofstr. 3 A"),
        ("Dorpsstraat 5", "Dorpsstr. 5"),
        ("ul. Długa 5/7", "Długa 5/7"),
        ("C/ Mayor, 3", "Calle Mayor 3"),
        ("12 bis, rue de la République", "12bis r. de la République"),
        ("Petőfi Sándor utca 12.", "Petőfi Sándor u. 12"),
        ("P.za Garibaldi 3", "Piazza Garibaldi, 3"),
    ],
)
def test_streets_of_other_languages_do_too(one, other):
    assert names.fold_street(one) == names.fold_street(other)
