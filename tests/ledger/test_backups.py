"""Backups of a ledger in use: whole, then what changed; damage is noticed, and nothing else is touched."""

from __future__ import annotations

import json
import stat
import threading

import pytest

from threesixty.errors import LedgerError, LedgerTooNew, NotFound, OutOfSpace
from threesixty.ledger import Ledger, backups


def crowd(person, first, count):
    return [person(str(i), given=f"g{i}", note="x" * 300) for i in range(first, first + count)]


def fetched(folder, tmp_path):
    """What a backup gives back, opened."""
    path = tmp_path / "fetched.db"
    path.unlink(missing_ok=True)
    backups.fetch(folder, path, lambda _: None)
    return Ledger.open(path)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def test_the_second_backup_holds_what_changed(ledger, person, folder, tmp_path):
    ledger.append(crowd(person, 0, 5_000))
    whole = ledger.backup(folder)
    ledger.append(crowd(person, 5_000, 3))

    changed = ledger.backup(folder)

    assert (whole.ledger.whole, changed.ledger.whole) == (True, False)
    assert changed.bytes < whole.bytes / 10
    assert changed.ledger.changed < changed.ledger.size / backups.PAGE / 10
    with fetched(folder, tmp_path) as copy:
        assert copy.verify() == []
        assert (copy.seq(), copy.seal(), copy.secret) == (ledger.seq(), ledger.seal(), ledger.secret)
        assert copy.parties() == ledger.parties()


def test_a_ledger_that_shrank_is_as_short_in_the_backup(ledger, person, folder, tmp_path):
    ledger.append(crowd(person, 0, 3_000))
    ledger.backup(folder)
    ledger.append([person(str(i), deleted=True, version="2") for i in range(3_000)])
    ledger._driver.execute("UPDATE version SET raw = ''")
    ledger.settle()

    assert ledger.backup(folder).ledger.size < backups.parts(folder)[1][0].ledger.size
    with fetched(folder, tmp_path) as copy:
        assert copy.parties().numbers == []


def test_a_backup_taken_while_writing_is_whole(ledger, person, folder, tmp_path):
    stop = threading.Event()
    ledger.append([person("0")])

    def write():
        for i in range(1, 2_000):
            ledger.append([person(str(i), given=f"g{i}")])
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(4):
            ledger.backup(folder)
    finally:
        stop.set()
        writer.join()

    with fetched(folder, tmp_path) as copy:
        assert copy.verify() == []
        assert copy.seq() == copy.counts().records > 0


def test_after_somebody_was_forgotten_no_older_part_stays(ledger, person, folder):
    ledger.append([*crowd(person, 0, 50), person("ada", given="zyxcanary")])
    ledger.backup(folder)
    ledger.append(crowd(person, 50, 1))
    ledger.backup(folder)
    assert len(backups.parts(folder)[1]) == 2

    ledger.forget(ledger.numbers([person("ada").name]), by="ada")
    assert ledger.backup(folder).ledger.whole

    assert len(list(folder.glob("*.pages"))) == len(backups.parts(folder)[1]) == 1


def test_changes_larger_than_the_whole_begin_anew(ledger, person, folder):
    ledger.append(crowd(person, 0, 100))
    ledger.backup(folder)
    whole = []
    for i in range(1, 8):
        ledger.append(crowd(person, i * 1_000, 400))
        whole.append(ledger.backup(folder).ledger.whole)

    assert True in whole


def test_only_the_owner_can_read_a_backup(ledger, person, folder):
    ledger.append(crowd(person, 0, 2))
    ledger.backup(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("file", ["000001.pages", "000002.pages", backups.LIST])
def test_a_damaged_backup_is_not_given_back(ledger, person, folder, tmp_path, file):
    ledger.append(crowd(person, 0, 500))
    ledger.backup(folder)
    ledger.append(crowd(person, 500, 10))
    ledger.backup(folder)
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / file).write_bytes(content)

    with pytest.raises(LedgerError, match=r"damaged|cannot be read"):
        backups.fetch(folder, tmp_path / "new.db", lambda _: None)


@pytest.mark.parametrize("file", ["000001.pages", "000001.digests"])
def test_a_backup_on_damaged_ones_is_whole(ledger, person, folder, tmp_path, file):
    ledger.append(crowd(person, 0, 50))
    ledger.backup(folder)
    (folder / file).write_bytes(b"broken")

    assert ledger.backup(folder).ledger.whole
    with fetched(folder, tmp_path) as copy:
        assert copy.parties() == ledger.parties()


def test_a_backup_that_broke_off_does_not_count(ledger, person, folder, tmp_path):
    ledger.append(crowd(person, 0, 50))
    ledger.backup(folder)
    (folder / "000002.pages").write_bytes(b"half")
    (folder / "copy.part").write_bytes(b"half")
    ledger.append(crowd(person, 50, 1))

    ledger.backup(folder)

    assert sorted(path.name for path in folder.iterdir()) == [
        "000001.pages", "000002.digests", "000002.pages", backups.LIST,
    ]  # fmt: skip
    with fetched(folder, tmp_path) as copy:
        assert copy.parties() == ledger.parties()


def drawn(text, *, applied=0):
    """What copies a graph's file that says `text`, and shows the ledger up to an entry."""

    def copy(target):
        target.write_bytes(text.encode() * 1_000 + b"the end")
        return backups.Copy(target, applied, "its tables")  # nothing was resolved

    return copy


def graph_of(folder, tmp_path):
    path = tmp_path / "graph"
    backups.fetch_graph(folder, backups.parts(folder)[1], path, lambda _: None)
    return path.read_bytes()


def test_the_graph_goes_with_its_ledger_and_so_do_its_changes(ledger, person, folder, tmp_path):
    ledger.append(crowd(person, 0, 50))
    whole = ledger.backup(folder, graph=drawn("ada, who is here" + "x" * 9_000))
    changed = ledger.backup(folder, graph=drawn("bob, who is here" + "x" * 9_000))

    assert (whole.graph.whole, changed.graph.whole, changed.tables) == (True, False, "its tables")
    assert graph_of(folder, tmp_path) == b"bob, who is here".ljust(9_016, b"x") * 1_000 + b"the end"
    with fetched(folder, tmp_path) as copy:
        assert copy.parties() == ledger.parties()


def test_a_graph_that_was_away_once_is_whole_the_next_time(ledger, person, folder, tmp_path):
    ledger.append(crowd(person, 0, 2_000))
    ledger.backup(folder, graph=drawn("ada"))
    ledger.append(crowd(person, 2_000, 3))
    ledger.backup(folder)
    with pytest.raises(LedgerError, match="no whole graph"):
        graph_of(folder, tmp_path)

    again = ledger.backup(folder, graph=drawn("bob"))

    assert (again.ledger.whole, again.graph.whole) == (False, True)
    assert graph_of(folder, tmp_path) == b"bob" * 1_000 + b"the end"


def test_a_graph_that_shows_more_than_the_copied_ledger_holds_is_left_out(ledger, person, folder):
    ledger.append(crowd(person, 0, 5))

    assert ledger.backup(folder, graph=drawn("ada", applied=1)).graph is None


def test_backups_of_before_there_were_graphs_in_them_are_read_and_the_next_is_whole(
    ledger, person, folder, tmp_path
):
    ledger.append(crowd(person, 0, 500))
    ledger.backup(folder)
    said = json.loads((folder / backups.LIST).read_text())
    [part] = said["parts"]
    pages = part.pop("ledger")
    del part["graph"], part["tables"]
    part |= {"pages": pages.pop("size") // 4096, "erasures": 0, **pages}
    (folder / backups.LIST).write_text(json.dumps({**said, "format": 1}))

    with fetched(folder, tmp_path) as copy:
        assert copy.parties() == ledger.parties()
    assert ledger.backup(folder).ledger.whole


def test_of_two_backups_at_once_the_second_is_told(ledger, person, folder):
    told = []

    def meanwhile(_):
        with pytest.raises(LedgerError, match="another backup") as error:
            ledger.backup(folder)
        told.append(error)

    ledger.backup(folder, graph=meanwhile)

    assert len(told) == 1
    ledger.backup(folder)


@pytest.mark.parametrize("wrong", [{"size": "x"}, {"size": -5}, {"changed": None}, {"file": None}])
def test_a_list_that_says_nonsense_is_told(ledger, folder, tmp_path, wrong):
    ledger.backup(folder)
    said = json.loads((folder / backups.LIST).read_text())
    said["parts"][0]["ledger"] |= wrong
    (folder / backups.LIST).write_text(json.dumps(said))

    with pytest.raises(LedgerError, match=r"cannot be read|missing"):
        backups.fetch(folder, tmp_path / "new.db", lambda _: None)


def test_a_folder_of_something_else_is_left_alone(ledger, folder, tmp_path):
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(LedgerError, match=r"letter\.txt"):
        ledger.backup(folder)
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]

    with Ledger.open(tmp_path / "other.db") as other:
        other.backup(tmp_path / "others")
    with pytest.raises(LedgerError, match="another ledger"):
        ledger.backup(tmp_path / "others")
    with pytest.raises(OutOfSpace, match="cannot be written"):
        ledger.backup(tmp_path / "other.db" / "in a file")
    with pytest.raises(NotFound):
        backups.fetch(tmp_path / "nowhere", tmp_path / "new.db", lambda _: None)


def test_a_folder_of_a_newer_threesixty_is_refused(ledger, folder):
    ledger.backup(folder)
    said = json.loads((folder / backups.LIST).read_text())
    (folder / backups.LIST).write_text(json.dumps({**said, "format": backups.FORMAT + 1}))

    with pytest.raises(LedgerTooNew, match="newer"):
        ledger.backup(folder)


def test_while_a_ledger_is_put_in_place_the_old_one_stays_where_it_was(person, tmp_path):
    target, part = tmp_path / "ledger.db", tmp_path / "ledger.db.part"
    with Ledger.open(target) as ledger:
        ledger.append([person("1")])
    part.mkdir()  # A folder cannot take a file's place: the last step fails, as a power cut would stop it.

    with pytest.raises((IsADirectoryError, NotADirectoryError)):
        backups.put_in_place(part, target)

    for path in (target, tmp_path / "ledger.db.before-restore"):
        with Ledger.open(path) as ledger:
            assert ledger.seq() == 1
