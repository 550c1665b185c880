from __future__ import annotations

import errno
import os
import re
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from flamescore.errors import ExitCode, InputError, NotFoundError, OutputError
from flamescore.runs import RunStore
from runs.whole import publish


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 2, tzinfo=UTC)


def names(output: Path) -> list[str]:
    return [run.run_id[:10] for run in RunStore(output).runs()]


def plain(output: Path, as_of: datetime, **settings) -> str:
    with RunStore(output).hold() as held, held.begin(as_of) as run:
        (run.path / "a.txt").write_text("a")
        return run.commit(**settings).run.run_id


def test_a_run_stands_under_its_as_of_and_latest_is_a_relative_link(tmp_path):
    done = publish(tmp_path / "out")
    assert re.fullmatch(r"2026-11-21T020000Z-[0-9a-f]{6}", done.run.run_id)
    assert done.latest
    assert (tmp_path / "out/latest").readlink() == Path("runs") / done.run.run_id
    assert {path.name for path in (tmp_path / "out/latest").iterdir()} == {
        "scores.parquet",
        "scores.csv",
        "points.parquet",
        "contacts.parquet",
        "excluded.parquet",
        "hot.parquet",
        "hot_leads.csv",
        "hot_leads-fit.csv",
        "rejects.csv",
        "run.json",
    }


def test_the_id_is_in_utc_and_to_the_second(tmp_path):
    local = datetime(2026, 11, 21, 1, 30, 7, 999_999, tzinfo=timezone(timedelta(hours=2)))
    assert plain(tmp_path, local).startswith("2026-11-20T233007Z-")
    assert RunStore(tmp_path).runs()[0].as_of == datetime(2026, 11, 20, 23, 30, 7, tzinfo=UTC)


def test_nothing_shows_before_the_commit(tmp_path):
    store = RunStore(tmp_path)
    with store.hold() as held, held.begin(at(21)) as run:
        (run.path / "a.txt").write_text("a")
        assert run.path.parent == tmp_path / "runs"
        assert run.path.name.startswith(".tmp-")
        assert store.runs() == ()
        assert store.latest() is None
    assert store.runs() == ()
    assert not list((tmp_path / "runs").iterdir())


def test_an_interrupt_while_writing_leaves_nothing(tmp_path):
    def interrupted() -> None:
        with RunStore(tmp_path).hold() as held, held.begin(at(21)) as run:
            (run.path / "a.txt").write_text("a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not list((tmp_path / "runs").iterdir())


def test_a_run_of_the_same_as_of_supersedes_the_older_one(tmp_path):
    first = plain(tmp_path, at(21))
    with RunStore(tmp_path).hold() as held, held.begin(at(21)) as run:
        done = run.commit()
    assert done.deleted == (first,)
    assert [run.run_id for run in RunStore(tmp_path).runs()] == [done.run.run_id]


def test_a_backfill_does_not_move_latest(tmp_path):
    newest = plain(tmp_path, at(21))
    january = publish(tmp_path, as_of=at(1, month=1))
    assert not january.latest
    assert RunStore(tmp_path).latest().run_id == newest
    assert names(tmp_path) == ["2026-01-01", "2026-11-21"]


def test_a_superseded_backfill_goes_and_latest_stays(tmp_path):
    newest = plain(tmp_path, at(21))
    old = plain(tmp_path, at(1))
    new = plain(tmp_path, at(1))
    assert {run.run_id for run in RunStore(tmp_path).runs()} == {newest, new}
    assert old != new
    assert RunStore(tmp_path).latest().run_id == newest


def test_make_latest_moves_it_back(tmp_path):
    plain(tmp_path, at(21))
    january = plain(tmp_path, at(1, month=1), make_latest=True)
    assert RunStore(tmp_path).latest().run_id == january


def test_a_later_run_moves_latest_though_it_is_not_the_newest_there_is(tmp_path):
    plain(tmp_path, at(21))
    plain(tmp_path, at(1), make_latest=True)
    between = plain(tmp_path, at(10))
    assert RunStore(tmp_path).latest().run_id == between


def test_keep_runs_deletes_the_oldest(tmp_path):
    for day in (17, 18, 19, 20):
        plain(tmp_path, at(day), keep_runs=3)
    assert names(tmp_path) == ["2026-11-18", "2026-11-19", "2026-11-20"]


def test_keep_runs_spares_latest_and_the_run_just_made(tmp_path):
    plain(tmp_path, at(21))
    plain(tmp_path, at(20), keep_runs=1)
    assert names(tmp_path) == ["2026-11-20", "2026-11-21"]
    plain(tmp_path, at(2), keep_runs=2)
    assert names(tmp_path) == ["2026-11-02", "2026-11-21"]


def test_without_keep_runs_all_stay(tmp_path):
    for day in range(1, 6):
        plain(tmp_path, at(day))
    assert len(names(tmp_path)) == 5


def modes_in(output: Path) -> dict[str, int]:
    return {
        str(path.relative_to(output)): stat.S_IMODE(path.lstat().st_mode)
        for path in output.rglob("*")
        if not path.is_symlink()
    }


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o277])
def test_folders_are_0700_and_files_0600_whatever_the_umask(tmp_path, umask):
    old = os.umask(umask)
    try:
        publish(tmp_path / "out")
    finally:
        assert os.umask(old) == umask
    found = modes_in(tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    run = RunStore(tmp_path / "out").runs()[0].run_id
    assert found["runs"] == found[f"runs/{run}"] == 0o700
    files = {name: mode for name, mode in found.items() if name not in ("runs", f"runs/{run}")}
    assert len(files) == 11
    assert set(files.values()) == {0o600}


@pytest.mark.parametrize(
    ("mode", "file", "folder"),
    [(0o640, 0o640, 0o750), (0o750, 0o640, 0o750), (0o644, 0o644, 0o755), (0o004, 0o604, 0o705)],
)
def test_mode_changes_them(tmp_path, mode, file, folder):
    publish(tmp_path / "out", mode=mode)
    found = modes_in(tmp_path / "out")
    run = RunStore(tmp_path / "out").runs()[0].run_id
    assert found["runs"] == found[f"runs/{run}"] == folder
    assert found[f"runs/{run}/scores.csv"] == found[f"runs/{run}/run.json"] == file
    assert found[".lock"] == 0o600


def test_an_output_that_was_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    publish(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_folder_called_latest_is_in_the_way(tmp_path):
    (tmp_path / "latest").mkdir()
    with pytest.raises(OutputError) as caught:
        publish(tmp_path)
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert str(caught.value) == (
        f"O003 {tmp_path}/latest exists but is not a link, so it was left alone\n"
        "        Move it, or use another output. Nothing was published."
    )
    assert names(tmp_path) == []


def test_a_link_that_leads_nowhere_is_replaced(tmp_path):
    (tmp_path / "latest").symlink_to("runs/2026-11-30T020000Z-aaaaaa")
    assert RunStore(tmp_path).latest() is None
    done = plain(tmp_path, at(21))
    assert RunStore(tmp_path).latest().run_id == done


@pytest.fixture
def january(tmp_path):
    for as_of in (at(1, 1), at(2, 1), at(5, 1)):
        publish(tmp_path, as_of=as_of)
    return RunStore(tmp_path)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-01", "2026-01-02T020000Z"),  # 02:00 UTC is the day before in Phoenix
        ("2026-01-04", "2026-01-05T020000Z"),
        ("2026-01-02T02:00:00Z", "2026-01-02T020000Z"),
        ("2026-01-02T02", "2026-01-02T020000Z"),
        ("2026-01", "2026-01-05T020000Z"),
        ("latest", "2026-01-05T020000Z"),
    ],
)
def test_find(january, text, found):
    assert january.find(text).run_id.startswith(found)


def test_find_by_id(january):
    for run in january.runs():
        assert january.find(run.run_id) == run


def test_a_day_without_a_readable_record_is_one_of_utc(january):
    (january.runs()[2].path / "run.json").write_text("{")
    assert january.find("2026-01-05") == january.runs()[2]


@pytest.mark.parametrize("text", ["2026-01-03", "2026-02", "", "nonsense", "2025-12-30"])
def test_an_unknown_run_names_the_nearest(january, text):
    with pytest.raises(NotFoundError) as caught:
        january.find(text)
    assert caught.value.exit_code is ExitCode.NOT_FOUND
    problem = caught.value.problems[0]
    assert problem.message == f"there is no run {text!r}"
    assert problem.hint is not None
    assert problem.hint.startswith("the nearest: 2026-01-0")


def test_the_nearest_day_comes_first(january):
    with pytest.raises(NotFoundError) as caught:
        january.find("2026-01-07")
    assert caught.value.problems[0].hint.startswith("the nearest: 2026-01-05T020000Z-")


@pytest.mark.parametrize("read", [RunStore.runs, RunStore.latest, lambda store: store.find("latest")])
def test_runs_that_can_not_be_read(tmp_path, monkeypatch, read):
    publish(tmp_path)

    def refused(path: Path) -> None:
        raise PermissionError(errno.EACCES, "no", str(path))

    monkeypatch.setattr(Path, "iterdir", refused)
    monkeypatch.setattr(Path, "readlink", refused)
    with pytest.raises(InputError, match=r"^O006 .* can't be read: Permission denied$"):
        read(RunStore(tmp_path))


@pytest.mark.parametrize("text", ["latest", "2026-01-01"])
def test_no_run_yet(tmp_path, text):
    with pytest.raises(NotFoundError, match=r"there is no run in .* yet"):
        RunStore(tmp_path / "out").find(text)
    assert not (tmp_path / "out").exists()


def test_a_damaged_record_is_bad_input(tmp_path):
    run = publish(tmp_path).run
    (run.path / "run.json").write_text('{"run_id": 1}')
    with pytest.raises(InputError, match=r"is damaged: run\.json"):
        _ = RunStore(tmp_path).find(run.run_id).record


def test_other_things_in_the_folder_are_no_runs(tmp_path):
    done = plain(tmp_path, at(21))
    (tmp_path / "runs/notes").mkdir()
    (tmp_path / "runs/2026-13-41T020000Z-aaaaaa").mkdir()
    (tmp_path / "runs/2026-11-20T020000Z-aaaaaa").write_text("a file")
    assert [run.run_id for run in RunStore(tmp_path).runs()] == [done]
    plain(tmp_path, at(22), keep_runs=1)
    assert (tmp_path / "runs/notes").is_dir()
