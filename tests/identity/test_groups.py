"""Large groups are asked about by very many Matches: each question is worked out once."""

from __future__ import annotations

import random
from collections import Counter

from threesixty.identity.firewall import Firewall
from threesixty.identity.groups import Bridges
from threesixty.identity.profile import VARYING, Compatibility


def crowd():
    """One person in ninety spellings: groups of many names, and hundreds of Matches between two of them."""
    dice = random.Random(1)
    same = {"birth_date": "1980-02-03", "street": "rua rosa 7", "postcode": "1200-384", "city": "lisboa"}
    return {
        f"r{n}": same | {"given": slip("tiago", dice), "family": slip("capovi", dice), "device": f"d{n % 3}"}
        for n in range(90)
    }


def slip(word, dice):
    place = dice.randrange(len(word))
    return word[:place] + dice.choice("abcdefghij") + word[place + dice.randrange(2) :]


def test_two_words_are_compared_once(world, monkeypatch):
    asked = Counter()

    def counting(one, other):
        asked.update(zip(one, other, strict=True))
        return plain.verdict(one, other)

    plain = VARYING[0]["given"]
    monkeypatch.setitem(VARYING[0], "given", plain._replace(verdict=counting))
    found = world(crowd()).clustering()

    assert len(found.parked) > 1_000
    assert asked
    assert set(asked.values()) == {1}


def test_two_large_groups_are_weighed_once(world, monkeypatch):
    weighed = Counter()

    def counting(self, one, other, meeting):
        weighed[sum(map(sum, (side.words[0].values() for side in (one, other))))] += 1
        return bits(self, one, other, meeting)

    bits = Compatibility.bits
    monkeypatch.setattr(Compatibility, "bits", counting)
    found = world(crowd()).clustering()

    assert len(found.parked) > 1_000
    assert weighed.total() < 300


def test_a_second_thread_between_two_groups_is_enough(world, monkeypatch):
    looked_at = []
    shared = Bridges._shared
    monkeypatch.setattr(
        Bridges, "_shared", lambda self, match: looked_at.append(match) or shared(self, match)
    )
    world(crowd()).clustering()

    assert len(looked_at) < 300


def test_two_large_groups_are_held_to_the_limits_once(world, monkeypatch):
    asked = []
    breach = Firewall.breach
    monkeypatch.setattr(Firewall, "breach", lambda self, a, b: asked.append((a, b)) or breach(self, a, b))
    world(crowd()).clustering()

    assert len(asked) < 400
