"""The state's database, how a run relates to it, and recording runs in it, through the room's interface."""

import sqlite3
import stat

import pytest
from msgspec.structs import replace

from cli.small import PROJECT, write_project
from flamescore.cli.main import run
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.runs import RunStore
from flamescore.state import StateDamagedError, StateStore, meta, set_meta


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-12-01T11:00:00Z")


@pytest.fixture
def project(tmp_path):
    folder = write_project(tmp_path / "project")
    return find_settings(str(folder / "flamescore.yaml"))


def score(project, as_of="2026-11-21T02:00:00Z", **options):
    settings = project.settings.with_keys(as_of=as_of)
    return nightly(replace(project, settings=settings), Options(**options))


def kind_of(outcome):
    entry = outcome.record.state
    return entry.kind, entry.state_run


def codes(outcome):
    return [each.code for each in outcome.findings if each.code[0] == "A"]


def stands(project):
    with StateStore.of(project).open(write=False) as connection:
        return meta(connection, "run_id")


def test_the_first_run_is_a_baseline_and_the_next_is_compared_with_it(project):
    first = score(project)
    assert (kind_of(first), codes(first)) == (("baseline", None), [])
    assert stands(project) == first.record.run_id
    second = score(project, "2026-11-22")
    assert kind_of(second) == ("counting", first.record.run_id)
    again = score(project, "2026-11-22")
    assert kind_of(again) == ("counting", second.record.run_id)
    assert stands(project) == again.record.run_id


def test_a_backfill_leaves_the_state_and_a_run_moved_by_hand_is_a_baseline(project):
    second = score(project, "2026-11-22")
    earlier = score(project, "2026-11-20")
    assert (kind_of(earlier), stands(project)) == (("backfill", None), second.record.run_id)
    by_hand = score(project, "2026-11-21", make_latest=True)
    assert (kind_of(by_hand), stands(project)) == (("baseline", second.record.run_id), by_hand.record.run_id)


def test_a_dry_run_says_its_kind_and_writes_nothing(project):
    assert kind_of(score(project, dry_run=True)) == ("baseline", None)
    assert not (project.folder / "out").exists()
    first = score(project)
    assert kind_of(score(project, "2026-11-22", dry_run=True)) == ("counting", first.record.run_id)
    assert stands(project) == first.record.run_id


def test_a_state_without_its_file_is_told_and_none_at_all_is_not(project):
    score(project)
    state = StateStore.of(project)
    state.file.unlink()
    after = score(project, "2026-11-22")
    assert (kind_of(after), codes(after)) == (("baseline", None), ["A014"])
    for path in state.folder.iterdir():
        path.unlink()
    state.folder.rmdir()
    last = score(project, "2026-11-23")
    assert (kind_of(last), codes(last)) == (("baseline", None), [])


def test_a_state_whose_run_is_gone_makes_a_baseline(project):
    first = score(project)
    path = first.published.run.path
    path.rename(path.with_name("elsewhere"))
    after = score(project, "2026-11-22")
    assert (kind_of(after), codes(after)) == (("baseline", None), ["A014"])
    assert stands(project) == after.record.run_id


@pytest.mark.parametrize("damage", ["text", "newer", "table", "page"])
def test_a_damaged_state_stops_nothing_and_keeps_every_run(project, damage):
    first = score(project)
    file = StateStore.of(project).file
    if damage == "text":
        file.write_text("no database")
    elif damage == "page":
        file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 4096 + file.read_bytes()[8192:])
    else:
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 2" if damage == "newer" else "DROP TABLE rung")
        connection.close()
    before = file.read_bytes()
    thrifty = replace(project, settings=project.settings.with_keys(keep_runs=1))
    after = score(thrifty, "2026-11-22")
    assert (kind_of(after), codes(after)) == (("none", None), ["A015"])
    assert file.read_bytes() == before
    assert {run.run_id for run in RunStore(project.folder / "out").runs()} == {
        first.record.run_id,
        after.record.run_id,
    }


def test_a_state_that_is_held_is_as_one_that_cannot_be_read(project, monkeypatch):
    score(project)
    monkeypatch.setattr("flamescore.state.store.WAIT", 0.0)
    with StateStore.of(project).hold():
        after = score(project, "2026-11-22")
    assert (kind_of(after), codes(after)) == (("none", None), ["A015"])
    assert kind_of(score(project, "2026-11-23"))[0] == "counting"


def test_the_state_is_as_private_as_runs(project):
    shared = replace(project, settings=project.settings.with_keys(mode=0o640))
    score(shared)
    state = StateStore.of(shared)
    assert stat.S_IMODE(state.folder.stat().st_mode) == 0o750
    assert stat.S_IMODE(state.file.stat().st_mode) == 0o640


def test_the_folder_can_be_named(project, tmp_path):
    named = replace(project, settings=project.settings.with_keys(state=str(tmp_path / "told")))
    score(named)
    assert sorted(path.name for path in (tmp_path / "told").iterdir()) == [".lock", "state.sqlite"]
    assert not (project.folder / "out/state").exists()


def test_what_is_no_state_is_told_without_its_text(tmp_path):
    store = StateStore(tmp_path)
    store.file.write_text("secret")
    with pytest.raises(StateDamagedError, match=r"^can't be read \(SQLITE_NOTADB\)$"), store.open():
        pass


def test_the_run_of_the_state_is_never_deleted(project):
    thrifty = replace(project, settings=project.settings.with_keys(keep_runs=1))
    second = score(thrifty, "2026-11-22")
    link = project.folder / "out/latest"
    backfill = score(thrifty, "2026-11-20")
    link.unlink()
    link.symlink_to(f"runs/{backfill.record.run_id}")  # as if someone had moved it
    third = score(thrifty, "2026-11-19")
    names = {run.run_id for run in RunStore(project.folder / "out").runs()}
    assert names == {each.record.run_id for each in (second, backfill, third)}
    assert stands(project) == second.record.run_id


def test_pruning_spares_the_run_of_the_state_and_stops_where_it_is_not_known(project, capsys):
    first = score(project, "2026-11-20")
    later = score(project, "2026-11-21")
    with StateStore.of(project).open() as connection:
        set_meta(connection, run_id=first.record.run_id)
    (project.folder / "flamescore.yaml").write_text(f"{PROJECT}\nkeep_runs: 1\n")
    words = ["runs", "--prune", "--config", str(project.folder / "flamescore.yaml")]
    both = {each.record.run_id for each in (first, later)}
    store = RunStore(project.folder / "out")
    assert run(words) == 0
    assert {run.run_id for run in store.runs()} == both
    StateStore.of(project).file.write_text("no database")
    assert run(words) == 0
    assert "warning A015: The state can't be read (SQLITE_NOTADB)." in capsys.readouterr().err
    assert {run.run_id for run in store.runs()} == both


def test_without_a_state_a_project_that_acts_ends_with_exit_code_7(project, capsys):
    score(project)
    StateStore.of(project).file.write_text("no database")
    words = ["score", "--config", str(project.folder / "flamescore.yaml")]
    assert run(words) == 0
    alerts = "channels: {out: {type: stdout}}\nalerts: {hot: {segment: hot, channel: out}}\n"
    (project.folder / "flamescore.yaml").write_text(f"{PROJECT}\n{alerts}")
    assert run(words) == 7
    assert "warning A015: The state can't be read (SQLITE_NOTADB)" in capsys.readouterr().err


def test_a_run_that_latest_does_not_move_to_says_what_it_goes_without(project, monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-22T11:00:00Z")
    later = score(project, "2026-11-22")
    alerts = "channels: {out: {type: stdout}}\nalerts: {hot: {segment: hot, channel: out}}\n"
    (project.folder / "flamescore.yaml").write_text(f"{PROJECT}\n{alerts}")
    acting = find_settings(str(project.folder / "flamescore.yaml"))
    said = {each.code: each.message for each in score(acting, "2026-11-21").findings}
    assert said["O100"] == (
        f'published, but "latest" stays at {later.record.run_id}, whose as_of is later. '
        "--make-latest moves it; alerts, write-backs and routes were not worked out"
    )


@pytest.mark.parametrize("acting", [False, True])
def test_a_damaged_run_of_the_state_makes_a_baseline(project, acting):
    first = score(project)
    (first.published.run.path / "run.json").write_text("{}")
    if acting:
        alerts = "channels: {out: {type: stdout}}\nalerts: {hot: {segment: hot, channel: out}}\n"
        (project.folder / "flamescore.yaml").write_text(f"{PROJECT}\n{alerts}")
    after = score(find_settings(str(project.folder / "flamescore.yaml")), "2026-11-22")
    assert (kind_of(after), codes(after)) == (("baseline", None), ["A014"] * acting)
    assert "O103" in {each.code for each in after.findings}
    assert stands(project) == after.record.run_id
