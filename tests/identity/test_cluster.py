from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from threesixty.identity.profile import Compatibility
from threesixty.identity.weights import Weights

ADA = {"given": "Ada", "family": "Lovelace", "email": "ada@example.org", "phone": "+4411"}


def persons():
    """Records drawn from few values, so that many of them meet and some contradict."""
    said = {
        "given": ["Bob", "Robert", "Mary", "Siobhan", "S"],
        "family": ["Quigley", "Quigley", "Smith"],
        "birth_date": ["1980-02-03", "1980-03-02", "1951-11-30"],
        "email": ["q@example.org", "home@example.org", "bob@example.org"],
        "phone": ["+4411", "+4412"],
        "loyalty": ["L1", "L2"],
        "suffix": ["jr", "sr"],
        "postcode": ["1010", "2020"],
    }
    record = st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(values) for name, values in said.items()}
    )
    return st.lists(record, min_size=2, max_size=14).map(
        lambda records: {f"r{number}": record for number, record in enumerate(records)}
    )


@settings(max_examples=60)
@given(persons(), st.randoms(use_true_random=False))
def test_who_is_who_does_not_depend_on_arrival(world, records, random):
    """Shuffled and renumbered Records make the same groups."""
    keys = list(records)
    random.shuffle(keys)
    shuffled = world({key: records[key] for key in keys}, {key: 3 + 7 * n for n, key in enumerate(keys)})

    assert shuffled.groups() == world(records).groups()


@settings(max_examples=40)
@given(persons(), st.data())
def test_decisions_count_the_same_in_every_order(world, records, data):
    """Decisions are ordered by what they are, not by how they come."""
    here, keys = world(records), sorted(records)
    ends = st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)
    drawn = data.draw(
        st.lists(st.tuples(st.sampled_from(["same", "different"]), ends, st.booleans()), max_size=6)
    )
    decisions = [here.decision(v, *pair, seq, person=p) for seq, (v, pair, p) in enumerate(drawn)]
    first, again = here.clustering(decisions), here.clustering(decisions[::-1])

    assert first.anchors.tolist() == again.anchors.tolist()
    assert first.set_aside == again.set_aside


@settings(max_examples=40)
@given(persons(), st.data())
def test_decisions_that_are_not_set_aside_hold(world, records, data):
    """`same` means one group, `different` means two, whatever the evidence says."""
    here, keys = world(records), sorted(records)
    ends = st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)
    drawn = data.draw(st.lists(st.tuples(st.sampled_from(["same", "different"]), ends), max_size=6))
    decisions = [here.decision(v, *pair, seq) for seq, (v, pair) in enumerate(drawn)]
    found = here.clustering(decisions)

    for decision in decisions:
        if decision not in found.set_aside:
            together = found.anchors[decision.a] == found.anchors[decision.b]
            assert together == (decision.verdict == "same")


@settings(max_examples=40)
@given(persons(), st.data())
def test_deleting_a_record_equals_never_having_had_it(world, records, data):
    """What a Record did to others is gone with it."""
    gone = data.draw(st.sampled_from(sorted(records)))
    before = world(records)
    rest = {key: record for key, record in records.items() if key != gone}
    numbers = {key: before.number(key) for key in rest}

    assert world(rest, numbers).groups() == world(rest).groups()


@settings(max_examples=30)
@given(persons(), st.data())
def test_a_merge_withdrawn_leaves_no_trace(world, records, data):
    """Merge, then undo: members are as they were."""
    here = world(records)
    one, other = data.draw(st.lists(st.sampled_from(sorted(records)), min_size=2, max_size=2, unique=True))
    merge = here.decision("same", one, other)

    assert any({one, other} <= group for group in here.groups([merge]))
    assert here.groups([replace(merge, withdrawn=True)]) == here.groups()


def test_the_anchor_is_the_smallest_number(world):
    here = world({"x": {"given": "Grace"}, "y": ADA, "z": ADA}, {"x": 4, "y": 9, "z": 6})

    assert here.clustering().anchors.tolist() == [4, 6, 6]


def test_a_person_splits_what_evidence_joins(world):
    here = world({"x": ADA, "y": ADA})

    assert here.groups() == {frozenset("xy")}
    assert here.groups([here.decision("different", "x", "y")]) == {frozenset("x"), frozenset("y")}


def test_a_split_also_keeps_apart_those_who_come_later(world):
    """A third Record joins one side only; it does not bring the two back together."""
    here = world({"x": ADA, "y": ADA, "z": ADA})
    groups = here.groups([here.decision("different", "x", "y")])

    assert len(groups) == 2
    assert not any({"x", "y"} <= group for group in groups)


def test_people_come_before_sources_and_the_newest_word_counts(world):
    here = world({"x": ADA, "y": ADA})
    by_source = here.decision("same", "x", "y", 9, person=False)
    by_person = here.decision("different", "x", "y", 5)
    older = here.decision("same", "x", "y", 3)
    found = here.clustering([older, by_source, by_person])

    assert len(set(found.anchors.tolist())) == 2
    assert found.set_aside == [older, by_source]


def test_a_contradiction_through_a_chain_is_set_aside_and_told(world):
    here = world({key: {"given": key} for key in "xyz"})
    chain = [here.decision("same", "x", "y", 3), here.decision("same", "y", "z", 2)]
    against = here.decision("different", "x", "z", 1)
    found = here.clustering([*chain, against])

    assert found.set_aside == [against]
    assert len(set(found.anchors.tolist())) == 1


def test_persons_and_organisations_never_merge_not_even_by_decision(world):
    here = world({"x": ADA, "y": {"name": "Lovelace", "organisation": "yes", "email": "ada@example.org"}})
    found = here.clustering([here.decision("same", "x", "y")])

    assert len(set(found.anchors.tolist())) == 2
    assert len(found.set_aside) == 1


def test_a_nameless_record_does_not_chain_two_people(world):
    """Both share the family's email with it, but whole groups are asked: Mary is not Bob."""
    bob = {"given": "Bob", "family": "Quigley", "email": "home@example.org", "birth_date": "1980-02-03"}
    mary = {"given": "Mary", "family": "Quigley", "email": "home@example.org", "birth_date": "1982-07-09"}
    here = world({"bob": bob, "mary": mary, "nobody": {"email": "home@example.org"}})

    assert not any({"bob", "mary"} <= group for group in here.groups())


def test_weights_by_which_another_first_name_says_nothing_are_weights_too(world):
    here = world({"a": ADA, "b": ADA, "c": ADA | {"given": "Bo"}})
    person, firm = here.weights.bits
    silent = {**person, "given": {**person["given"], "different": 0.0}}
    here = replace(here, weights=replace(here.weights, bits=(silent, firm)))

    assert any({"a", "b"} <= group for group in here.groups())


def test_several_weak_matches_with_one_group_add_up(world):
    """One of them is for a look only; three of them, and nothing against it, are enough."""
    group = {"given": "Gerald", "family": "Quigley", "birth_date": "1980-02-03", "city": "salem"}
    stray = {"given": "Gerald", "family": "Quigley", "city": "boston"}
    for many, together in ((1, False), (2, False), (3, True)):
        here = world({f"r{n}": group for n in range(many)} | {"stray": stray})
        weak = here.bits("r0", "stray")

        assert here.weights.support <= weak < here.weights.threshold
        assert (len(here.groups()) == 1) == together


def test_namesakes_do_not_add_up(world):
    """A common name says as little beside many Records of one person as beside one."""
    group = {"given": "John", "family": "Smith", "email": "js1980@example.org"}
    here = world({f"r{n}": group for n in range(4)} | {"stray": {"given": "John", "family": "Smith"}})

    assert len(here.groups()) == 2


def test_father_and_son_of_one_name_stay_apart_though_a_third_record_fits_both(world):
    home = {"given": "John", "family": "Smith", "street": "1 Elm St", "postcode": "60527", "city": "salem"}
    here = world(
        {"father": home | {"birth_date": "1960-10-10"}, "son": home | {"birth_date": "1990-03-15"}, "x": home}
    )

    assert not any({"father", "son"} <= group for group in here.groups())


def test_a_record_that_says_less_makes_no_father_of_his_son(world):
    """What two births of two people lack of evidence as a pair, they lack with a third beside them."""
    home = {"given": "José", "family": "Vilaça", "phone": "+351253111222",
            "street": "Rua Velha 9", "postcode": "4700-101", "city": "Braga"}  # fmt: skip
    here = world({
        "father": home | {"birth_date": "1950-03-03"},
        "son": home | {"birth_date": "1980-07-17", "email": "jvilaca80@example.org"}, "till": home,
    })  # fmt: skip

    assert not any({"father", "son"} <= group for group in here.groups())


def test_two_records_without_a_street_make_no_father_of_his_son(world):
    """They name the postcode alone: that two births of two people stand behind it, both groups say."""
    home = {"given": "Gil", "family": "Portela", "postcode": "3050-119", "city": "Coimbra"}
    street = home | {"street": "Rua da Igreja 126"}
    here = world({
        "father": street | {"birth_date": "1962-04-28", "phone": "+351926318527"},
        "till": home | {"birth_date": "1962-04-28", "phone": "+351926318527"},
        "son": street | {"birth_date": "1994-01-12", "email": "gil_portela94@example.org"},
        "order": home | {"email": "gil_portela94@example.org"},
    })  # fmt: skip

    assert here.groups() == {frozenset({"father", "till"}), frozenset({"son", "order"})}


def test_a_record_that_says_less_makes_no_senior_of_a_junior(world):
    home = {"given": "Tomáš", "family": "Quixby", "phone": "+4205", "street": "Veveří 44", "city": "Brno"}
    here = world({"sr": home | {"suffix": "Sr"}, "jr": home | {"suffix": "Jr"}, "order": home}, live=100)

    assert not any({"sr", "jr"} <= group for group in here.groups())


def test_a_surname_makes_no_one_of_a_couple(world):
    """They share mailbox, phone and door; an order that says no first name fits both."""
    home = {"family": "Legrand", "email": "legrands@example.org", "phone": "+33142", "street": "1 Elm St",
            "postcode": "75011"}  # fmt: skip
    couple = {"him": home | {"given": "Jean-Pierre"}, "her": home | {"given": "Monique"}}
    here = world(couple | {"order": home})

    assert not any({"him", "her"} <= group for group in here.groups())


def test_an_initial_makes_no_one_of_twins(world):
    home = {"family": "Lindqvist", "street": "Storgatan 5", "postcode": "111 22", "city": "Stockholm"}
    maja = home | {"given": "Maja", "birth_date": "2001-04-04", "email": "maja.l@example.org"}
    here = world({
        "maja": maja, "mira": maja | {"given": "Mira", "email": "mira.l@example.org"},
        "em": home | {"given": "M", "email": "maja.l@example.org"},
    })  # fmt: skip

    assert here.groups() == {frozenset({"maja", "em"}), frozenset({"mira"})}


def test_whom_a_decision_keeps_apart_from_a_stranger_stay_together(world):
    """Nobody ever matched the stranger: the Decision weighs nothing where all match each other."""
    here = world({f"r{n}": ADA | {"phone": f"+4{n}"} for n in range(4)} | {"stranger": {"given": "Bo"}})

    alone = here.groups()

    assert here.groups([here.decision("different", "r1", "stranger")]) == alone
    assert len(alone) == 2


def test_weak_matches_add_up_to_nothing_against_a_decision(world):
    group = {"given": "Gerald", "family": "Quigley", "birth_date": "1980-02-03", "city": "salem"}
    stray = {"given": "Gerald", "family": "Quigley", "city": "boston"}
    here = world({f"r{n}": group for n in range(4)} | {"stray": stray})

    assert len(here.groups([here.decision("different", "r2", "stray")])) == 2


def test_two_groups_on_one_thread_wait_for_a_look(world):
    """Each group is sure of itself; one weak link between them parks instead of merging."""
    home = {"given": "Siobhan", "family": "Quigley", "phone": "+4411", "email": "s@example.org"}
    work = {"given": "Siobhan", "account": "A7", "device": "d7"}
    thread = {"given": "Siobhan", "account": "A7", "device": "d7", "phone": "+4411"}
    here = world({"h1": home, "h2": home | {"device": "d1"}, "w1": work, "w2": thread})
    found = here.clustering()

    assert {parked.reason for parked in found.parked} == {"bridge"}
    assert here.groups() == {frozenset({"h1", "h2"}), frozenset({"w1", "w2"})}


def test_two_groups_that_stay_apart_are_weighed_once_however_many_matches_lead_over(world, monkeypatch):
    """Two emails are too many here, so six Records with the one and six with the other stay two."""
    weighed = []
    weigh = Compatibility.bits
    monkeypatch.setattr(Compatibility, "bits", lambda *asked: weighed.append(asked) or weigh(*asked))
    strict = replace(Weights.load(), most={"email": 1})

    found = world({f"r{n}": ADA | {"email": f"ada{n % 2}@example.org"} for n in range(12)}, weights=strict)

    assert len(found.clustering().parked) == 36
    assert len(weighed) < 12
