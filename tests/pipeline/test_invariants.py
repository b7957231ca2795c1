"""What always holds, whatever comes in, in whatever order, in whatever pieces."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pipeline.conftest import Row, Town, person

GIVEN = ["Ana", "Ann", "Bruno", "Carla", "A.", "Zelmo"]
FAMILY = ["Silva", "Sousa", "Da Silva", "Quixby"]
EMAIL = ["a@x.pt", "b@x.pt", "c@x.pt", "silvas@x.pt", ""]
PHONE = ["+351912000001", "+351912000002", "+351912000003", ""]
BORN = ["1980-01-02", "1980-02-01", "1991-12-24", ""]
STREET = ["Rua A 1", "Rua B 22", ""]


@st.composite
def people(draw: st.DrawFn, least: int = 4, most: int = 10) -> list[Row]:
    """Records from few values, so that they collide, conflict and chain."""
    pick = st.sampled_from
    return [
        person(
            str(number), draw(pick(GIVEN)), draw(pick(FAMILY)), email=draw(pick(EMAIL)),
            phone=draw(pick(PHONE)), born=draw(pick(BORN)),
            street=draw(pick(STREET)), postcode="1000-001", city="Lisboa",
            card=draw(pick(["", "L1", "L2"])), at=f"2024-01-{number + 1:02d}", version="1",
        )
        for number in range(draw(st.integers(least, most)))
    ]  # fmt: skip


@contextmanager
def towns(graph: str = "none") -> Iterator[Callable[..., Town]]:
    """Makes towns in a folder of their own, and closes them whatever happens.

    One without a graph takes a tenth of the time.
    """
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:

        def town_of(name: str, *batches: list[Row]) -> Town:
            town = Town(Path(folder) / name, graph)
            opened.callback(lambda: town.c360.close())  # noqa: PLW0108 — reopened towns too
            return filled(town, *batches)

        yield town_of


def filled(town: Town, *batches: list[Row]) -> Town:
    for batch in batches:
        if batch:
            town.put("crm", *batch)
    return town


def some(examples: int):  # a decorator: few examples in the normal suite, each builds several ledgers
    return settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))


@some(40)
@given(people(), st.randoms(use_true_random=False), st.data())
def test_order_and_batching_do_not_matter(rows: list[Row], random, data: st.DataObject):
    shuffled = random.sample(rows, len(rows))
    cut = data.draw(st.integers(0, len(rows)))
    with towns() as town_of:
        whole = town_of("whole", rows)
        pieces = town_of("pieces", shuffled[:cut], *([row] for row in shuffled[cut:]))

        assert pieces.clusters() == whole.clusters()
        assert pieces.golden() == whole.golden()


@some(30)
@given(people(), people(least=1, most=4))
def test_deleting_a_record_equals_never_having_had_it(stay: list[Row], guests: list[Row]):
    guests = [{**row, "id": f"guest{row['id']}"} for row in guests]
    with towns() as town_of:
        never = town_of("never", stay)
        once = town_of("once", [*guests[:1], *stay, *guests[1:]])
        once.delete("crm", *(row["id"] for row in guests))

        assert once.clusters() == never.clusters()
        assert once.golden() == never.golden()


@some(25)
@given(people(), st.data())
def test_merge_then_split_restores_members_values_and_ids(rows: list[Row], data: st.DataObject):
    with towns() as town_of:
        town = town_of("town", rows)
        before, golden, ids = town.clusters(), town.golden(), town.ids()
        clusters = sorted(before, key=min)
        if len(clusters) > 1:
            one, other = data.draw(st.permutations(clusters))[:2]
            town.c360.merge(min(one), min(other))
            town.c360.split(min(one), *sorted(other))

        assert (town.clusters(), town.golden(), town.ids()) == (before, golden, ids)


@some(25)
@given(people(), st.data())
def test_a_change_equals_having_said_it_so_at_once(rows: list[Row], data: st.DataObject):
    changed = data.draw(people(least=len(rows), most=len(rows)))
    later = [{**row, "version": "2"} for row in changed]
    with towns() as town_of:
        straight = town_of("straight", later)
        detour = town_of("detour", rows, *([row] for row in later))

        assert detour.clusters() == straight.clusters()
        assert detour.golden() == straight.golden()


@some(6)
@given(people())
def test_every_record_belongs_to_one_customer_and_graph_and_ledger_agree(rows: list[Row]):
    with towns("embedded") as town_of:
        town = town_of("town", rows[:2], rows[2:])

        assert sorted(key for cluster in town.clusters() for key in cluster) == sorted(
            f"crm/{r['id']}" for r in rows
        )
        for cluster in town.clusters():
            assert town.same_card(min(cluster))
        assert town.export() == town.rebuilt()


def test_a_name_that_became_common_is_drawn_anew_where_nobody_came_or_went():
    """What a surname says of two who stay one customer is on their edges; others make it common."""
    two = [person(f"1{n}", "Zelda", "Quixby", email="z@x.pt", born="1980-02-03") for n in "ab"]
    named = [one + other for one in ("Bra", "Cla", "Dor", "Fri", "Gor", "Hel") for other in "bdfklmnr"]
    others = [person(f"2{n}", name, "Quixby", born=f"{1900 + n}-01-05") for n, name in enumerate(named)]
    with towns("embedded") as town_of:
        town = town_of("pieces", two, others)

        assert town.export() == town.rebuilt()
