from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flamescore.errors import ExitCode, LockedError, OutputError
from flamescore.runs import RunStore
from runs.whole import publish

AS_OF = datetime(2026, 11, 21, 2, tzinfo=UTC)
TESTS = Path(__file__).parent.parent
HOLD = """
import sys, time
from pathlib import Path
from flamescore.runs import RunStore
with RunStore(Path(sys.argv[1])).hold():
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(output: Path, seconds: float) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(output), str(seconds)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    return child


def test_the_second_of_two_gets_5_and_leaves_the_first_alone(tmp_path):
    store = RunStore(tmp_path)
    with store.hold() as held, held.begin(AS_OF) as run:
        (run.path / "a.txt").write_text("a")
        with pytest.raises(LockedError) as caught:
            publish(tmp_path)
        assert (run.path / "a.txt").exists()
        run.commit()
    assert caught.value.exit_code is ExitCode.LOCKED
    assert str(caught.value) == (
        f"O001 another run is writing to {tmp_path} (waited 0 s); nothing was published\n"
        "        let it end, or wait longer with --lock-timeout SECONDS"
    )
    assert len(store.runs()) == 1


def test_it_waits_for_as_long_as_it_is_told(tmp_path):
    with holder(tmp_path, 60) as child:
        start = time.monotonic()
        with pytest.raises(LockedError, match=r"waited 0\.3 s"), RunStore(tmp_path).hold(timeout=0.3):
            pass
        assert 0.3 <= time.monotonic() - start < 3
        child.kill()


def test_a_negative_timeout_does_not_wait_for_ever(tmp_path):
    with RunStore(tmp_path).hold(), pytest.raises(LockedError), RunStore(tmp_path).hold(timeout=-1):
        pass


def test_the_lock_is_had_when_the_other_ends_in_time(tmp_path):
    with holder(tmp_path, 0.4), RunStore(tmp_path).hold(timeout=20):
        pass


def test_a_killed_holder_blocks_nobody(tmp_path):
    with holder(tmp_path, 60) as child:
        child.kill()
        child.wait()
        assert (tmp_path / ".lock").exists()
        publish(tmp_path)


def test_after_an_error_the_lock_is_free(tmp_path):
    def fail() -> None:
        with RunStore(tmp_path).hold():
            raise ValueError("an error of the run")

    with pytest.raises(ValueError, match="an error of the run"):
        fail()
    publish(tmp_path)


BIG = pl.DataFrame({"n": range(100_000)})


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "write",
    [
        BIG.write_csv,
        BIG.write_parquet,
        lambda path: BIG.lazy().sink_parquet(path),
        lambda path: path.write_bytes(b"a" * 100_000),
    ],
    ids=["csv", "parquet", "sink", "python"],
)
def test_a_full_disk_by_any_writer(tmp_path, write):
    before = publish(tmp_path).run
    store = RunStore(tmp_path)

    def fail() -> None:
        with store.hold() as held, held.begin(AS_OF) as run:
            (run.path / "full").symlink_to("/dev/full")
            write(run.path / "full")

    with pytest.raises(OutputError) as caught:
        fail()
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert str(caught.value) == (
        f"O002 Can't write to {tmp_path}: No space left on device. Nothing was published.\n"
        "        free some space, or keep fewer runs with keep_runs, and run again"
    )
    assert store.latest() == before
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [before.run_id]


def refuse(number: int, *, after: int = 0):
    calls = iter(range(1_000))

    def refused(*_args: object, **_named: object) -> None:
        if next(calls) >= after:
            raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Path, "mkdir"),
        (Path, "chmod"),
        (Path, "rename"),
        (Path, "replace"),
        (Path, "symlink_to"),
        (os, "fsync"),
    ],
    ids=["mkdir", "chmod", "rename", "replace", "symlink", "fsync"],
)
def test_any_step_that_the_disk_refuses(tmp_path, monkeypatch, number, owner, name):
    before = publish(tmp_path).run
    store = RunStore(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, refuse(number))
        with pytest.raises(OutputError, match=os.strerror(number)):
            publish(tmp_path)
    assert store.latest() == before
    assert store.runs() == (before,)
    assert not list(tmp_path.glob(".latest-*"))
    assert publish(tmp_path).deleted == (before.run_id,)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "latest", "runs"]


@pytest.mark.parametrize("after", range(10))
def test_no_flush_of_a_file_or_folder_may_fail_in_silence(tmp_path, monkeypatch, after):
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse(errno.EIO, after=after))
        with pytest.raises(OutputError, match="Input/output error"):
            publish(tmp_path)
    assert RunStore(tmp_path).runs() == ()


def test_runs_that_resist_are_told_and_the_new_one_stands(tmp_path, monkeypatch):
    before = publish(tmp_path).run
    whole = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if target.name.startswith(".gone-"):
            raise PermissionError(errno.EACCES, "no")
        return whole(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    done = publish(tmp_path)
    assert done.undeleted == (before.run_id,)
    assert done.deleted == ()
    assert RunStore(tmp_path).latest() == done.run


def test_a_fault_of_ours_is_not_taken_for_one_of_the_disk(tmp_path):
    def fail() -> None:
        with RunStore(tmp_path).hold() as held, held.begin(AS_OF):
            BIG.select("missing")

    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        fail()
    assert not list((tmp_path / "runs").iterdir())


def test_an_output_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="name an output that is a folder"):
        publish(tmp_path / "out")
    with pytest.raises(OutputError, match="name an output that is a folder"):
        publish(tmp_path / "out/deeper")


LIMITED = """
import resource, sys
from pathlib import Path
from runs.whole import publish
from flamescore.errors import FlamescoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
try:
    publish(Path(sys.argv[1]))
except FlamescoreError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def test_a_limit_on_file_sizes(tmp_path):
    before = publish(tmp_path).run
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)],
        env={"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6, done.stderr
    assert "File too large. Nothing was published." in done.stderr
    assert RunStore(tmp_path).runs() == (before,)
    assert RunStore(tmp_path).latest() == before


SMALL_DISK = """
set -e
mount -t tmpfs -o size=48k none "$1"
echo mounted
exec "$2" -c "$3" "$1"
"""
FILL = """
import sys
from pathlib import Path
from runs.whole import publish
from flamescore.errors import FlamescoreError
from flamescore.runs import RunStore
out = Path(sys.argv[1])
store = RunStore(out)
before = publish(out).run
(out / "filler").write_bytes(b"a" * 4096)
try:
    for night in range(20):
        before = publish(out, as_of=before.as_of.replace(day=1 + night)).run
        assert store.latest() == before or night < 20
except FlamescoreError as error:
    print(error)
    print([path.name for path in (out / "runs").glob(".*")], store.latest().record.published)
    sys.exit(error.exit_code)
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare to mount a small disk")
def test_a_disk_that_is_really_full(tmp_path):
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", str(tmp_path), sys.executable, FILL],
        env={"PYTHONPATH": str(TESTS), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    if "mounted" not in done.stdout:
        pytest.skip("a small disk can't be mounted here")
    assert done.returncode == 6, done.stderr
    assert "No space left on device. Nothing was published." in done.stdout
    assert done.stdout.endswith("[] True\n")


def test_two_that_publish_at_once_both_stand(tmp_path):
    failures: list[BaseException] = []

    def nightly(day: int) -> None:
        try:
            with RunStore(tmp_path).hold(timeout=30) as held, held.begin(AS_OF.replace(day=day)) as run:
                (run.path / "a.txt").write_text("a")
                run.commit()
        except BaseException as error:  # noqa: BLE001 - reported by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=nightly, args=(day,)) for day in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    runs = RunStore(tmp_path).runs()
    assert [run.as_of.day for run in runs] == list(range(1, 9))
    assert RunStore(tmp_path).latest() == runs[-1]
