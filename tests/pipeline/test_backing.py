"""A backup gives back what was there at any entry, and nobody who was forgotten since."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pipeline.conftest import Town, person

from threesixty.errors import DecisionRefused, GraphHeld, LedgerError, LedgerHeld, NotFound, OutOfSpace
from threesixty.graph import files
from threesixty.graph.connect import embedded_path
from threesixty.graph.ladybug import Ladybug
from threesixty.ledger import pages
from threesixty.pipeline.backing import entry, restore
from threesixty.report import Status


def shown(town: Town) -> list[object]:
    """The graph without ids that are no customer's any more: an id once given out goes on answering."""
    return [part for part in town.export() if "Alias" not in str(part[0])]


def lived(town: Town) -> list[tuple[int, list[object], dict[str, str]]]:
    """A town's life in steps: after each, how far its ledger is, its graph, and its ids."""
    steps = []

    def step() -> None:
        steps.append((town.c360.ledger.seq(), shown(town), town.ids()))

    town.put("crm", person("1", "Ada", "Lovelace", email="ada@example.org"), person("2", "Bob", "Bell"))
    step()
    town.put("shop", person("7", "Ada", "Lovelace", email="ada@example.org"))
    step()
    town.put("crm", person("1", "Ada", "King", email="ada.king@example.org"), person("3", "Cy", "Young"))
    step()
    town.c360.merge("crm/1", "shop/7", why="the same hand")
    step()
    town.c360.split("crm/1", "shop/7")
    step()
    town.c360.undo()
    step()
    town.delete("crm", "2")
    step()
    return steps


def test_every_entry_can_be_gone_back_to(town: Town, tmp_path: Path):
    steps = lived(town)
    town.c360.backup(tmp_path / "backups")
    town.put("crm", person("9", "Eve", "Late"))

    for seq, graph, ids in reversed(steps):
        town.c360.restore(tmp_path / "backups", to=str(seq))

        assert shown(town) == graph
        assert town.ids() == ids
        assert town.c360.verify().problems == ()
        assert town.same_card("crm/1")


def test_a_backup_gives_back_all_it_holds(town: Town, tmp_path: Path):
    *_, (_, graph, ids) = lived(town)
    town.c360.backup(tmp_path / "backups")
    town.c360.close()
    shutil.rmtree(town.c360.project.home)
    town.reopen()

    state = town.c360.restore(tmp_path / "backups")

    assert (shown(town), town.ids()) == (graph, ids)
    assert state.resolved == state.seq == state.applied
    assert any("not known here" in notice for notice in state.notices)


def restored(town: Town, folder: Path, **options: str) -> tuple[Status, set[str]]:
    """The state after a restore, and what it said it was doing."""
    tasks: set[str] = set()
    state = town.c360.restore(folder, progress=lambda progress: tasks.add(progress.task), **options)
    return state, tasks


def test_the_graph_comes_back_with_its_ledger_and_is_not_drawn_anew(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Ada", "Lovelace", email="ada@example.org"))
    town.c360.backup(tmp_path / "backups")
    *_, (_, graph, _) = lived(town)
    assert town.c360.backup(tmp_path / "backups").with_graph
    town.put("crm", person("9", "Eve", "Late"))
    town.c360.forget("crm/9")
    shutil.rmtree(town.c360.project.home)
    town.reopen()

    state, tasks = restored(town, tmp_path / "backups")

    assert "draw" not in tasks
    assert shown(town) == graph
    assert state.resolved == state.seq == state.applied
    assert town.c360.reconcile(dry_run=True).drifts == ()
    town.put("shop", person("8", "Ada", "King", email="ada.king@example.org"))
    assert town.c360.reconcile(dry_run=True).drifts == ()


def test_the_graph_is_drawn_where_that_of_the_backup_shows_something_else(town: Town, tmp_path: Path):
    steps = lived(town)
    town.c360.backup(tmp_path / "backups")

    _, tasks = restored(town, tmp_path / "backups", to=str(steps[2][0]))
    assert "draw" in tasks
    assert shown(town) == steps[2][1]

    restored(town, tmp_path / "backups")
    town.c360.forget("crm/3")
    _, tasks = restored(town, tmp_path / "backups")
    assert "draw" in tasks
    assert "Young" not in str(shown(town))


def test_a_damaged_graph_in_a_backup_is_drawn_from_the_ledger(town: Town, tmp_path: Path):
    *_, (_, graph, _) = lived(town)
    town.c360.backup(tmp_path / "backups")
    [part] = (tmp_path / "backups").glob("*.graph.pages")
    part.write_bytes(part.read_bytes()[:-100])

    state, tasks = restored(town, tmp_path / "backups")

    assert "draw" in tasks
    assert any("damaged" in notice for notice in state.notices)
    assert shown(town) == graph


def test_what_was_said_after_it_is_heard_again_under_the_same_ids(town: Town):
    steps = lived(town)
    first = steps[0][0]
    town.put("crm", person("9", "Eve", "Late"))
    [eve] = {found.id for found in town.c360.find("Eve")}

    town.c360.restore(to=str(first))
    assert not town.c360.find("Eve")

    town.put("crm", person("9", "Eve", "Late"))
    assert town.c360.customer("crm/9").id == eve
    assert town.c360.verify().problems == ()


def test_the_forgotten_do_not_come_back(town: Town, tmp_path: Path):
    lived(town)
    town.c360.backup(tmp_path / "backups")
    town.c360.forget("crm/3")
    town.put("crm", person("9", "Eve", "Late"))
    town.c360.forget("crm/9")

    state = town.c360.restore(tmp_path / "backups")

    assert not town.c360.find("Young")
    assert any("forgotten again" in notice for notice in state.notices)
    assert b"young" not in (town.c360.project.home / "ledger.db").read_bytes().lower()
    town.put("crm", person("3", "Cy", "Young"), person("9", "Eve", "Late"))
    assert not town.c360.find("Young")
    assert not town.c360.find("Eve")
    assert town.c360.verify().problems == ()


def test_a_gift_of_somebody_forgotten_comes_back_without_them_though_their_source_had_deleted_them(
    town: Town, tmp_path: Path
):
    ada = {"given": "Ada", "family": "Lovelace", "email": "ada@example.org"}
    town.put("crm", person("1", **ada), person("2", "Bob", "Bell", email="bob@example.org"))
    town.put("shop", person("7", **ada))
    gift = {"id": "G1", "at": "2024-05-05", "amount": "20", "buyer": "1", "recipient": "2"}
    town.put("gifts", {**gift, "note": "from Ada Lovelace"})
    town.delete("crm", "1")
    town.c360.backup(tmp_path / "backups")
    town.c360.forget("shop/7")

    town.c360.restore(tmp_path / "backups")

    assert b"lovelace" not in (town.c360.project.home / "ledger.db").read_bytes().lower()
    assert town.c360.customer("crm/2").timeline


def test_a_time_means_the_last_entry_before_it(town: Town):
    *_, (seq, graph, _) = lived(town)
    now = datetime.now(UTC)

    town.c360.restore(to=(now + timedelta(minutes=1)).isoformat(timespec="seconds"))
    assert shown(town) == graph
    town.c360.restore(to=f"{now:%Y-%m-%d}")
    assert shown(town) == graph

    with pytest.raises(NotFound, match="2001-01-01"):
        town.c360.restore(to="2001-01-01")
    for wrong in ("yesterday", "0", str(seq + 1_000)):
        with pytest.raises(NotFound, match="entry"):
            town.c360.restore(to=wrong)
    assert shown(town) == graph


def test_what_is_earlier_than_the_log_is_told_its_first_day_though_its_first_entry_is_forgotten(town: Town):
    town.put("crm", person("1", "Ada", "Lovelace", email="ada@example.org"))
    town.put("crm", person("2", "Bob", "Bell"))
    today = datetime.now(UTC).date().isoformat()
    town.c360.forget("crm/1")

    with pytest.raises(NotFound) as early:
        entry(town.c360.ledger, "2000-01-01")

    assert early.value.hint == f"the log begins on {today}"


def test_what_was_there_is_kept_and_left_as_it_was_on_any_error(town: Town, tmp_path: Path):
    *_, (_, graph, _) = lived(town)
    home = town.c360.project.home
    town.c360.backup(tmp_path / "backups")
    part = tmp_path / "backups" / "000001.pages"
    whole = part.read_bytes()
    part.write_bytes(whole[:-100])

    with pytest.raises(LedgerError, match="damaged"):
        town.c360.restore(tmp_path / "backups")

    assert shown(town) == graph
    assert not list(home.glob("*.part*"))
    part.write_bytes(whole)
    town.c360.restore(tmp_path / "backups")
    assert (home / "ledger.db.before-restore").exists()


@contextmanager
def no_room() -> Iterator[None]:
    """Inside, no file takes another byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_there_is_no_room_nothing_changes_and_that_is_told(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Ada", "Lovelace"))
    town.c360.backup(tmp_path / "backups")
    town.put("crm", person("2", "Bob", "Bell"))
    project, before = town.c360.project, town.ids()
    town.c360.close()

    with no_room(), pytest.raises(OutOfSpace, match="could not be restored"):
        restore(project, tmp_path / "backups")

    town.reopen()
    assert town.ids() == before


def test_a_ledger_that_is_being_written_is_not_replaced(town: Town, tmp_path: Path):
    lived(town)
    town.c360.backup(tmp_path / "backups")
    other = Town(tmp_path / "town").c360

    with pytest.raises(LedgerHeld):
        other.restore(tmp_path / "backups")


def test_a_seal_that_was_noted_proves_what_came_before(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Ada", "Lovelace"))
    seal = town.c360.backup(tmp_path / "backups").seal
    town.put("crm", person("2", "Bob", "Bell"))

    assert town.c360.verify(seal).problems == ()
    assert town.c360.verify(town.c360.verify().seal).problems == ()
    town.c360.restore(to="1")
    town.c360.restore(to="1")
    [problem] = town.c360.verify("2-" + "0" * 32).problems
    assert "has no such seal" in problem
    with pytest.raises(NotFound, match="seal"):
        town.c360.verify("nonsense")


def holding(folder: Path, word: str) -> list[str]:
    """Files of a folder in which a word stands."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".pages":
            data = b"".join(bytes(some) for _, some in pages._read(path))
        found += [path.name] if word.encode() in data.lower() else []
    return found


@pytest.mark.parametrize("forgotten", ["after the backup", "before and after it"])
def test_who_was_forgotten_is_in_no_backup_after_the_ledger_went_back(
    town: Town, tmp_path: Path, forgotten: str
):
    town.put("crm", person("1", "Zenobia", "Quux"))
    town.put("crm", person("2", "Bob", "Bell"))
    if forgotten == "after the backup":
        town.c360.backup(tmp_path / "backups")
        town.c360.forget("crm/1")
        town.c360.restore(to="1")
    else:
        town.c360.forget("crm/2")
        town.c360.backup(tmp_path / "backups")
        town.c360.restore(to="1")
        town.c360.forget("crm/1")
    town.c360.backup(tmp_path / "backups")

    assert holding(tmp_path / "backups", "zenobia") == []
    assert set(holding(town.c360.project.home, "zenobia")) <= {"ledger.db.before-restore"}


def project(town: Town, old: str, new: str) -> None:
    """Change the project file."""
    file = town.folder / "threesixty.toml"
    town.c360.close()
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    town.reopen()


def test_a_graph_drawn_by_other_rules_is_not_the_one_of_the_backup(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Ada", "Lovelace", email="ada@example.org"))
    project(town, "[stores]", '[schema.kinds.person.properties.email]\ngraph = "no"\n[stores]')

    done = town.c360.backup(tmp_path / "backups")
    assert (done.with_graph, "says otherwise" in done.without_graph) == (False, True)
    town.c360.restore(tmp_path / "backups")

    assert "ada@" not in str(town.export())
    assert town.c360.reconcile(dry_run=True).drifts == ()


@pytest.mark.parametrize("shown", ["masked", "no"])
def test_nothing_of_what_was_shown_before_stays_in_the_file_of_a_graph_with_other_rules(
    town: Town, shown: str
):
    town.put("crm", person("1", "Zenobia", "Lovelace", email="ada@example.org"))

    project(town, "[stores]", f'[schema.kinds.person.properties.given]\ngraph = "{shown}"\n[stores]')
    town.export()
    town.c360.close()

    assert holding(town.c360.project.home / "graph", "zenobia") == []


def test_who_was_forgotten_while_there_was_no_graph_is_in_none_later(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Zenobia", "Quux"), person("2", "Bob", "Bell"))
    project(town, '"embedded"', '"none"')
    town.c360.forget("crm/1")
    project(town, '"none"', '"embedded"')

    town.c360.backup(tmp_path / "backups")
    town.export()
    assert town.c360.reconcile(dry_run=True).drifts == ()
    town.c360.close()
    assert holding(tmp_path, "zenobia") == []


def test_a_graph_of_a_process_that_was_killed_while_it_forgot_is_made_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    town.put("crm", person("1", "Zenobia", "Quux"), person("2", "Bob", "Bell"))
    with monkeypatch.context() as killed:
        killed.setattr(town.c360, "_fresh_graph", lambda: None)
        town.c360.forget("crm/1")
    town.reopen()

    town.c360.graph()
    assert town.c360.reconcile(dry_run=True).drifts == ()
    town.c360.close()
    assert holding(town.c360.project.home / "graph", "zenobia") == []


def test_a_graph_that_went_on_meanwhile_is_left_out(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    town.put("crm", person("1", "Ada", "Lovelace"))
    copy = Ladybug.copy

    def after_more(graph: Ladybug, target: Path) -> tuple[int, str]:
        town.put("crm", person("2", "Eve", "Late"))
        return copy(graph, target)

    monkeypatch.setattr(Ladybug, "copy", after_more)
    done = town.c360.backup(tmp_path / "backups")

    assert (done.with_graph, done.without_graph) == (False, "it is drawn further by now")
    town.c360.restore(tmp_path / "backups")
    assert "Eve" not in str(town.export())


def test_what_ails_the_graph_keeps_no_ledger_from_being_backed_up(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    town.put("crm", person("1", "Ada", "Lovelace"))

    def full(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("threesixty.graph.ladybug.shutil.copyfile", full)
    done = town.c360.backup(tmp_path / "backups")

    assert done.without_graph == "its file could not be copied: Input/output error"
    town.c360.restore(tmp_path / "backups")
    assert town.c360.reconcile(dry_run=True).drifts == ()


def test_a_graph_that_another_process_has_open_is_told_before_anything_changes(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Ada", "Lovelace"))
    town.c360.backup(tmp_path / "backups")
    town.put("crm", person("2", "Eve", "Late"))
    town.c360.close()

    with closing(files.hold(embedded_path(town.c360.project.home))), pytest.raises(GraphHeld):
        town.c360.restore(tmp_path / "backups")

    assert town.c360.find("Eve")
    assert town.c360.reconcile(dry_run=True).drifts == ()


def test_a_graph_of_another_schema_is_drawn_anew_and_that_is_told(town: Town, tmp_path: Path):
    town.put("crm", person("1", "Ada", "Lovelace"))
    town.c360.backup(tmp_path / "backups")
    project(town, "[stores]", '[schema.kinds.person.properties]\nshoe_size = "text"\n[stores]')

    state, tasks = restored(town, tmp_path / "backups")

    assert "draw" in tasks
    assert any("another schema" in notice for notice in state.notices)
    assert list((town.c360.project.home / "graph").glob("*.aside-*")) == []


KEYS = st.sampled_from(["crm/1", "crm/2", "shop/3"])
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, st.sampled_from(["Ada", "Bob"]), st.sampled_from("xyz")),
    st.tuples(st.sampled_from(["delete", "forget"]), KEYS),
    st.tuples(st.just("merge"), KEYS, KEYS),
    st.tuples(st.sampled_from(["backup", "restore", "lose", "go back"])),
)


def lives(town: Town, folder: Path, step: tuple[str, ...]) -> None:
    match step:
        case "put", key, given, box:
            source, _, number = key.partition("/")
            town.put(source, person(number, given, "Lovelace", email=f"{box}@example.org"))
        case "delete", key:
            source, _, number = key.partition("/")
            town.delete(source, number)
        case "forget", key:
            town.c360.forget(key)
        case "merge", one, other:
            town.c360.merge(one, other)
        case ("backup",):
            town.c360.backup(folder)
        case ("go back",):
            town.c360.restore(to=str(max(1, town.c360.ledger.seq() - 2)))
        case _:
            if step == ("lose",) and folder.exists():
                town.c360.close()
                shutil.rmtree(town.c360.project.home)
                town.reopen()
            town.c360.restore(folder)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
def test_whatever_was_restored_the_graph_says_what_the_ledger_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, ...]]
):
    town = Town(tmp_path_factory.mktemp("town"))
    try:
        for step in (("put", "crm/1", "Ada", "x"), ("backup",), *steps, ("restore",)):
            with suppress(NotFound, DecisionRefused):
                lives(town, town.folder / "backups", step)
            assert town.c360.reconcile(dry_run=True).drifts == ()
        assert town.c360.verify().problems == ()
    finally:
        town.c360.close()
