"""The follower in tables of a database keeps what every downstream system has to keep, once and for all."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import create_engine, text
from tests.sources.conftest import mysql, postgresql  # noqa: F401 — fixtures
from tests.sources.servers import SECRET

from threesixty.conformance.downstream import *  # noqa: F403
from threesixty.conformance.downstream import Company, name
from threesixty.errors import FeedGap, NotFound, OtherFeed
from threesixty.feed import Change
from threesixty.feed.sql import SqlFollower


class Loyalty:
    """Points, kept by id beside the tables of a SqlFollower."""

    def __init__(self, engine):
        self.engine = engine
        self.do("CREATE TABLE IF NOT EXISTS points (earned_by VARCHAR(64), points INTEGER)")
        self.follower = SqlFollower(engine, erase=["points.earned_by"])

    def do(self, statement, **values):
        with self.engine.begin() as connection:
            answer = connection.execute(text(statement), values)
            return answer.fetchall() if answer.returns_rows else None

    def apply(self, entry):
        self.follower.take([Change.of(entry)])

    def customer_of(self, known):
        return self.follower.customer_of(known)

    def customers(self):
        return self.follower.customers()

    def keep(self, known):
        self.do("INSERT INTO points VALUES (:known, 1)", known=known)

    def kept(self):
        return {known for (known,) in self.do("SELECT earned_by FROM points")}

    def restarted(self):
        self.engine.dispose()
        return Loyalty(self.engine)


@pytest.fixture(params=["sqlite", "postgresql", pytest.param("mysql", marks=pytest.mark.slow)])
def url(request, tmp_path):
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/loyalty.db"
        return
    server = request.getfixturevalue(request.param)
    empty = (
        ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        if server.name == "postgresql"
        else (f"DROP DATABASE {server.database}", f"CREATE DATABASE {server.database}")
    )
    server.do(*empty)
    made = create_engine(f"{server.driver}://{server.root}@127.0.0.1:{server.port}/{server.database}").url
    yield made.set(password=SECRET).render_as_string(hide_password=False)
    server.do(*empty)


@pytest.fixture
def downstream(url):
    engine = create_engine(url)
    yield Loyalty(engine)
    engine.dispose()


def given(told):
    """A feed as a ledger gives it."""

    def changes(since):
        if since > len(told):
            raise NotFound("entry of the feed", str(since))
        yield from told[since:]

    return changes


def life(company: Company) -> list[Change]:
    for groups in ([{1}, {2}, {3, 4}], [{1, 2}, {3, 4}], [{1}, {2, 3, 4}], [{2, 3}], [{1, 2, 3}]):
        company.becomes(*groups)
    return [Change.of(entry) for entry in company.told]


def test_a_page_is_taken_in_like_one_entry_after_the_other(downstream, company):
    told = life(company)

    assert downstream.follower.follow(given(told)) == len(told)
    assert downstream.follower.position == len(told)
    assert downstream.follower.follow(given(told)) == 0
    assert downstream.customers() == company.customers()


def test_your_own_statements_happen_once_for_every_entry_whatever_stops_them(downstream, company):
    told = life(company)
    downstream.do("CREATE TABLE mails (entry INTEGER)")

    def each(connection, change):
        connection.execute(text("INSERT INTO mails VALUES (:entry)"), {"entry": change.change})

    def stopped(connection, change):
        each(connection, change)
        raise KeyError("power")

    for number in range(1, len(told) + 1):
        with pytest.raises(KeyError, match="power"):
            downstream.follower.follow(given(told[:number]), each=stopped)
        downstream = downstream.restarted()
        assert downstream.follower.position == number - 1
        downstream.follower.follow(given(told[:number]), each=each)

    assert [entry for (entry,) in downstream.do("SELECT entry FROM mails ORDER BY entry")] == [
        change.change for change in told
    ]
    assert downstream.customers() == company.customers()


KILLED = """
import json, os, signal, sys
from sqlalchemy import create_engine, text
from threesixty.feed import Change
from threesixty.feed.sql import SqlFollower
url, stop = sys.argv[1], int(sys.argv[2])
told = [Change.of(entry) for entry in json.load(sys.stdin)]
def each(connection, change):
    connection.execute(text("INSERT INTO mails VALUES (:entry)"), {"entry": change.change})
    if change.change == stop:
        os.kill(os.getpid(), signal.SIGKILL)
SqlFollower(create_engine(url)).follow(lambda since: told[since:], each=each)
"""


def test_a_follower_that_is_killed_goes_on_from_where_it_was(url, downstream, company):
    told = life(company)
    downstream.do("CREATE TABLE mails (entry INTEGER)")
    downstream.follower.follow(given(told[:2]))

    for stop, code in ((4, -9), (len(told), -9), (0, 0)):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, url, str(stop)],
            input=json.dumps(company.told), text=True, check=False, capture_output=True,
        )  # fmt: skip
        assert done.returncode == code, done.stderr

    assert [entry for (entry,) in downstream.do("SELECT entry FROM mails ORDER BY entry")] == [
        change.change for change in told[2:]
    ]
    assert downstream.customers() == company.customers()


def test_where_the_ledger_went_back_it_is_told_and_following_anew_mends_it(downstream, company):
    told = life(company)
    downstream.keep(name(1))
    downstream.follower.follow(given(told))
    other = [replace(each, at=each.at + 1, feed="restored") for each in told[:3]]

    with pytest.raises(OtherFeed, match="follow it from 0"):
        downstream.follower.follow(given(told[:2]))
    with pytest.raises(OtherFeed, match="restored"):
        downstream.follower.follow(given([*other, *other, *other, *other, *other]))

    assert downstream.follower.follow(given(other), anew=True) == 3
    assert downstream.kept() == {name(1)}
    assert set(downstream.customers()) == {name(1), name(2), name(3)}


def test_where_following_anew_stops_halfway_all_is_as_before(downstream, company):
    told = life(company)
    downstream.follower.follow(given(told))

    def power_cut(_connection, change):
        if change.change == 2:
            raise KeyError("power")

    with pytest.raises(KeyError):
        downstream.follower.follow(given(told), each=power_cut, anew=True)
    assert downstream.customers() == company.customers()
    assert downstream.follower.position == len(told)


def test_a_gap_is_told(downstream, company):
    told = life(company)

    with pytest.raises(FeedGap, match="comes after 0"):
        downstream.follower.take(told[1:])
    assert downstream.customers() == {}


def test_two_that_follow_at_once_take_each_entry_in_once(url, downstream, company):
    told = life(company)
    elsewhere = create_engine(url)
    other, seen = SqlFollower(elsewhere), []

    def first(_connection, change):
        seen.append(change.change)

    with closing(given(told)(0)) as slow:
        entries = [next(slow) for _ in range(3)]
        other.take(entries, each=first)
        downstream.follower.take([*entries, *slow], each=first)
    elsewhere.dispose()

    assert seen == [change.change for change in told]
    assert downstream.customers() == company.customers()


def test_rows_are_found_by_a_join(downstream, company):
    told = life(company)
    downstream.keep(name(4))
    downstream.keep(name(1))
    downstream.follower.follow(given(told))

    assert downstream.do(
        "SELECT customer, sum(points) FROM points JOIN threesixty_id ON id = earned_by GROUP BY customer"
    ) == [(company.customer_of(1), 2)]
