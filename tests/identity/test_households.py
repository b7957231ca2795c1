"""Who lives together, and who did: told in text tables, and what holds of every town."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.doors import CROWD, Stay, alike, within
from threesixty.identity.households import MOST, Resident, households

CASES = Path(__file__).with_name("cases") / "households.txt"


def cases():
    for block in CASES.read_text("utf-8").split("\n\n"):
        title, *lines = (line for line in block.splitlines() if not line.startswith("#"))
        yield pytest.param(lines, id=title.removeprefix("== "))


def resident(number, words):
    """'Ana Silva @A 2019-2021 @B 2023 p:1': a name, stays at addresses, phones and emails."""
    names, keys, stays, firm = [], set(), [], False
    for word in words:
        if word.startswith("@"):
            address = word[1:].replace("_", " ") + ("" if "|" in word else "|1000")
            stays.append(Stay(address, None, None, 10 * number + len(stays)))
        elif word[:4].isdigit():
            first, _, last = word.partition("-")
            where = stays.pop()
            stays.append(Stay(where.address, int(first), int(last or first), where.record))
        elif ":" in word:
            keys.add({"p": "phone", "e": "email"}[word[0]] + word[1:])
        elif word == "Ltd":
            firm = True
        else:
            names.append("" if word == "?" else word)
    first = min((stay.first for stay in stays if stay.first is not None), default=None)
    return Resident(
        number, 10 * number, number, names[0], names[1], frozenset(keys), tuple(stays), first, firm
    )


def told(homes, names):
    """A home as the table writes it: its kind, and of everybody the role, the years and what is shared."""
    for home in homes:
        those = []
        for one in home.members:
            years = f" {one.since or ''}-{one.until or ''}" if one.since or one.until else ""
            those.append(f"{names[one.customer]} {one.role}{years} ({one.evidence})")
        yield f"= {home.kind}: {'; '.join(those)}"


@pytest.mark.parametrize("lines", list(cases()))
def test_households(lines):
    people = [line.split() for line in lines if not line.startswith("=")]
    residents = [resident(number, words) for number, words in enumerate(people)]
    names = [words[0] for words in people]

    assert list(told(households(residents), names)) == [line for line in lines if line.startswith("=")]


def test_a_crowd_has_no_home_together():
    """An office tower, a hostel, a prison, a wall of parcel lockers: two Smiths among them are strangers."""
    crowd = [resident(n, [f"G{n}", "Smith", "@1 tower"]) for n in range(CROWD + 1)]

    assert households(crowd) == []


def test_a_locker_named_last_ends_no_home():
    pair = [resident(n, [name, "Silva", "@A", "2020", "@L", "2024"]) for n, name in enumerate(("Ana", "Rui"))]
    others = [resident(n, [f"G{n}", f"F{n}", "@L", "2024"]) for n in range(2, CROWD + 1)]

    (home,) = households([*pair, *others])

    assert [(one.customer, one.since, one.until) for one in home.members] == [
        (0, 2020, None),
        (1, 2020, None),
    ]


def test_a_household_never_has_more_than_twelve():
    """Thirteen Smiths in one house are a coincidence, unless a phone binds some of them."""
    crowd = [resident(n, [f"G{n}", "Smith", "@A", *(["p:1"] if n < 3 else [])]) for n in range(MOST + 1)]

    assert [[one.customer for one in home.members] for home in households(crowd)] == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2352 mpcherson ter|60453", "2352 mcpherson ter|60453", True),
        ("2257 chang ct|32356", "2257 chang ct|32536", True),
        ("2257 chang ct|32356", "2258 chang ct|32356", False),
        ("351 martin ave 6|38427", "351 martin ave 8|38427", False),
        ("351 martin ave|38427", "351 martin ave 6|38427", False),
        ("rua do sol 9|porto", "rua da paz 9|porto", False),
    ],
)
def test_two_spellings_of_one_address(one, other, same):
    assert alike(one, other) is same


def test_a_flat_is_within_its_house():
    assert within("351 martin ave 6|38427", "351 martin ave|38427")
    assert not within("351 martin ave|38427", "351 martin ave 6|38427")
    assert not within("the old mill 6|38427", "the old mill|38427")


WORDS = st.tuples(
    st.sampled_from(["Ana", "Rui", "Eva"]),
    st.sampled_from(["Silva", "Berg", "?"]),
    st.lists(st.tuples(st.sampled_from(["@A", "@B", "@A_1"]), st.integers(2018, 2022)), max_size=2,
             unique_by=lambda stay: stay[0]),
    st.sets(st.sampled_from(["p:1", "e:1"])),
    st.sampled_from([[], [], [], ["Ltd"]]),
)  # fmt: skip


@st.composite
def towns(draw):
    found = []
    for number, (name, family, stays, keys, firm) in enumerate(draw(st.lists(WORDS, max_size=14))):
        where = [word for address, year in stays for word in (address, str(year))]
        found.append(resident(number, [name, family, *where, *sorted(keys), *firm]))
    return found


@given(towns(), st.randoms(use_true_random=False))
def test_homes_are_a_function_of_the_set(residents, random):
    homes = households(residents)

    assert households(random.sample(residents, len(residents))) == homes


@given(towns())
def test_what_holds_of_every_home(residents):
    homes = households(residents)
    firms = {one.customer for one in residents if one.organisation}

    assert all(2 <= len(home.members) <= MOST for home in homes)
    assert len({home.anchor for home in homes}) == len(homes)
    assert not firms & {one.customer for home in homes for one in home.members}
    assert all(one.until is None or one.since <= one.until for home in homes for one in home.members)


@given(towns(), towns())
def test_towns_that_share_nothing_do_not_touch_each_other(residents, others):
    far = [
        Resident(
            1000 + one.customer, 10_000 + one.record, 1000 + one.tie, one.given, one.family,
            frozenset(f"{key}:far" for key in one.keys),
            tuple(Stay(f"far {s.address}", s.first, s.last, 10_000 + s.record) for s in one.stays),
            one.since, one.organisation,
        )
        for one in others
    ]  # fmt: skip

    assert households([*residents, *far]) == [*households(residents), *households(far)]
