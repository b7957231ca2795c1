from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threesixty.identity.golden import Claim, Lost, Survivorship, Won, golden, pinned, winners
from threesixty.record import Preference

GROUPS = {"name": ("given", "middle", "family"), "address": ("street", "city")}
DATES = frozenset({"birth_date"})
USUAL = Survivorship(GROUPS)


def claim(record, *, source="", trust=1, at=None, verified=(), **values):
    source = source or f"s{record}"
    return Claim(record, source, trust, at, hash(record) % 97, values, frozenset(verified))


def cases():
    text = (Path(__file__).parent / "cases" / "golden.txt").read_text("utf-8")
    blocks = [[line for line in block.splitlines() if line[:1] != "#"] for block in text.split("\n\n")]
    return [block for block in blocks if block]


def rules(line):
    said = dict(one.split("=") for one in line.split()[1:])
    found = {}
    for name, words in said.items():
        parts = [word.partition(":") for word in words.split("|")]
        found[name] = tuple(Preference(by, tuple(filter(None, rest.split(",")))) for by, _, rest in parts)
    return found


def said(number, line):
    source, trust, at, *pairs = line.split()
    values = dict(one.split("=") for one in pairs)
    checked = {"name" if n[:-1] in GROUPS["name"] else n[:-1] for n in values if n.endswith("!")}
    values = {name.rstrip("!"): value for name, value in values.items()}
    instant = None if at == "-" else int(at)
    return claim(number, source=source, trust=int(trust), at=instant, verified=checked, **values)


@pytest.mark.parametrize("block", cases(), ids=lambda block: " / ".join(block)[:90])
def test_the_table_of_golden_values(block):
    said_rules = next((rules(line) for line in block if line.startswith("rules")), {})
    how = Survivorship(GROUPS, said_rules, dates=DATES)
    claims = [said(n, line) for n, line in enumerate(block) if line[0] != ">" and line[:6] != "rules "]
    by_record = {one.record: one.source for one in claims}

    won = golden(claims, how)

    for expected in (line for line in block if line[0] == ">"):
        if expected == "> nothing":
            assert not won
            continue
        name, value, source, rule = re.fullmatch(r"> (\S+) (\S+) from (\S+) by (\S+)", expected).groups()
        assert str(won[name].value) in value.split("|")
        assert by_record[won[name].record] in source.split("|")
        assert won[name].rule == rule


def test_losing_values_are_told_with_their_record_and_what_beat_them_best_first():
    claims = [claim(1, at=1, email="a"), claim(2, at=3, email="c"), claim(3, at=3, trust=0, email="b")]

    assert golden(claims, USUAL)["email"] == Won(
        "c", 2, [Lost("a", 1, "newest"), Lost("b", 3, "trust")], "newest"
    )


def test_a_pin_wins_over_everything_and_what_won_before_is_the_first_that_lost():
    won = golden([claim(1, trust=9, email="a"), claim(2, email="b")], USUAL)

    found = pinned(won, {"email": "mine", "phone": "+351"})

    assert found["email"] == Won("mine", 0, [Lost("a", 1, "pinned"), Lost("b", 2, "pinned")], "pinned")
    assert found["phone"] == Won("+351", 0, [], "pinned")


def test_that_there_is_no_value_can_be_pinned_too():
    assert pinned(golden([claim(1, email="a")], USUAL), {"email": None}) == {}


def test_names_set_aside_are_no_values():
    how = Survivorship(GROUPS, aside=frozenset({"email_verified"}))

    assert golden([claim(1, email="a", email_verified=True)], how).keys() == {"email"}
    assert golden([claim(1, email="a", email_verified=True), claim(2, email="a")], how).keys() == {"email"}


CLAIMS = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from([None, 1, 2]),
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["Ada", "Addie", None]),
        st.sampled_from([(), ("email",)]),
    ),
    max_size=6,
).map(
    lambda said: [
        claim(n, trust=t, at=at, email=e, given=g, verified=v) for n, (t, at, e, g, v) in enumerate(said)
    ]
)
RULES = st.lists(
    st.sampled_from(["verified", "trust", "newest", "oldest", "frequent"]), min_size=1, unique=True
).map(lambda words: Survivorship(GROUPS, {"default": tuple(Preference(word) for word in words)}))


@given(CLAIMS, RULES, st.randoms(use_true_random=False))
def test_the_order_of_claims_does_not_matter(claims, how, random):
    shuffled = claims[:]
    random.shuffle(shuffled)

    assert golden(shuffled, how) == golden(claims, how)


@given(CLAIMS, RULES)
def test_every_value_somebody_gave_wins_or_loses(claims, how):
    found = golden(claims, how)

    for name in ("email", "given"):
        given_ = {one.values[name] for one in claims if one.values[name]}
        told = {found[name].value, *(lost.value for lost in found[name].losing)} if name in found else set()
        if name == "given" and name not in found:
            continue  # the whole name came from a Record that gives no first name
        assert told == given_


def test_what_lost_to_a_whole_date_is_told_by_the_rule_it_lost_to():
    claims = [
        claim(1, trust=2, birth_date="1931"), claim(2, at=9, birth_date="1980-01-02"),
        claim(3, at=5, birth_date="1931-05-14"), claim(4, at=4, birth_date="1931-05-15"),
    ]  # fmt: skip

    won = golden(claims, Survivorship(dates=DATES))["birth_date"]

    assert [(lost.value, lost.rule) for lost in won.losing] == [
        ("1931", "whole"), ("1980-01-02", "trust"), ("1931-05-15", "newest"),
    ]  # fmt: skip


BIRTHS = st.sampled_from(["1931", "1931-05", "1931-05-14", "1980-01-02", "", None])
MANY_CLAIMS = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from([None, 1, 2]),
        st.sampled_from(["a", "b", "", None]),
        st.sampled_from(["Ada", "Addie", None]),
        st.sampled_from(["Love", "Byron", None]),
        BIRTHS,
        st.sampled_from([(), (), (), ("email",), ("name",), ("birth_date",)]),
    ),
    max_size=6,
).map(
    lambda said: [
        claim(n, trust=t, at=at, email=e, given=g, family=f, birth_date=b, verified=v)
        for n, (t, at, e, g, f, b, v) in enumerate(said)
    ]
)
WORDS = st.lists(
    st.sampled_from(["verified", "trust", "newest", "oldest", "frequent"]), min_size=1, unique=True
).map(lambda words: tuple(Preference(word) for word in words))
BY_SOURCE = st.permutations(["s0", "s1", "s2"]).map(lambda order: (Preference("trust", tuple(order)),))
HOWS = st.dictionaries(st.sampled_from(["default", "email", "name"]), WORDS | BY_SOURCE).map(
    lambda rules: Survivorship(GROUPS, rules, frozenset({"middle"}), DATES)
)


@given(MANY_CLAIMS, HOWS, st.sampled_from([frozenset(), frozenset({"family"}), frozenset({"email"})]))
def test_winners_are_those_of_golden_without_what_lost(claims, how, only):
    long, short = golden(claims, how, only), winners(claims, how, only)

    assert {name: won[:2] for name, won in short.items()} == {name: won[:2] for name, won in long.items()}
