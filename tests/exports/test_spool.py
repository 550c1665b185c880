"""A run's folder of copies is deleted at its end, or by the next run after a kill; live runs keep theirs."""

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from cli.small import CONTACTS, EVENTS, PROJECT, command, environment, write_project
from flamescore.exports import Spool, delete_leftovers
from flamescore.exports.tempfiles import LOCK

PIPED = PROJECT.replace("contacts.csv", "contacts.csv.gz").replace("events.csv", "events.pipe")


@pytest.fixture
def copies(tmp_path, monkeypatch):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


class Held:
    """A `flamescore score` process that has copied its contacts and waits for its events."""

    def __init__(self, project, copies):
        write_project(project)
        (project / "contacts.csv.gz").write_bytes(gzip.compress(CONTACTS.encode()))
        (project / "flamescore.yaml").write_text(PIPED)
        os.mkfifo(project / "events.pipe")
        self.project = project
        before = set(copies.iterdir())
        self.child = subprocess.Popen(
            command("score"),
            cwd=project,
            env=environment(TMPDIR=str(copies)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not (copied := [each for each in set(copies.iterdir()) - before if (each / "1.csv").exists()]):
            assert self.child.poll() is None, self.child.communicate()
            time.sleep(0.01)
        self.folder = copied[0]

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.communicate()
        return self.child.returncode

    def feed(self):
        (self.project / "events.pipe").write_text(EVENTS)
        _, err = self.child.communicate(timeout=120)
        return self.child.returncode, err


def test_the_next_run_deletes_what_a_killed_one_left_and_nothing_of_a_living_one(tmp_path, copies):
    killed, living = Held(tmp_path / "killed", copies), Held(tmp_path / "living", copies)
    assert killed.kill() == -signal.SIGKILL
    assert (killed.folder / "1.csv").exists()
    other = write_project(tmp_path / "other")
    done = subprocess.run(
        command("score"), cwd=other, env=environment(TMPDIR=str(copies)), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(copies.iterdir()) == [living.folder]
    assert living.feed() == (0, "")
    assert list(copies.iterdir()) == []


def test_nothing_that_is_not_surely_a_leftover_is_touched(copies, tmp_path):
    (copies / "flamescore-older").mkdir()  # without a lock: its owner is unknown
    (copies / "flamescore-file").write_text("a file")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / LOCK).touch()
    (copies / "flamescore-link").symlink_to(tmp_path / "mine")
    (copies / "flamescore-out").mkdir()  # a user's output folder
    (copies / "flamescore-out" / ".lock").touch()
    (copies / "other").mkdir()
    (copies / "other" / LOCK).touch()
    (copies / "flamescore-dead").mkdir()
    (copies / "flamescore-dead" / LOCK).touch()
    delete_leftovers()
    assert sorted(each.name for each in copies.iterdir()) == [
        "flamescore-file", "flamescore-link", "flamescore-older", "flamescore-out", "other",
    ]  # fmt: skip
    assert (tmp_path / "mine" / LOCK).exists()
    shutil.rmtree(copies)
    delete_leftovers()  # a missing folder is no error


def gone():
    """Return the id of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_folders_that_a_dead_process_was_making_or_deleting_are_deleted(copies, tmp_path):
    dead, living = gone(), os.getpid()
    for name in (f".flamescore-{dead}-abcd_123", f".flamescore-{living}-abcdefgh", ".flamescore-abcdefgh"):
        (copies / name).mkdir()
        (copies / name / "1.csv").write_text("a copy")
    (copies / f".flamescore-{dead}-file").write_text("a file")
    (tmp_path / "mine").mkdir()
    (copies / f".flamescore-{dead}-link").symlink_to(tmp_path / "mine")
    delete_leftovers()
    assert sorted(each.name for each in copies.iterdir()) == sorted(
        [f".flamescore-{living}-abcdefgh", ".flamescore-abcdefgh", f".flamescore-{dead}-file",
         f".flamescore-{dead}-link"]
    )  # fmt: skip


@pytest.mark.parametrize("step", range(1, 10))
def test_a_kill_while_a_spool_is_made_or_deleted_leaves_nothing_for_long(copies, step):
    text = (
        "import os, signal, sys\n"
        "from flamescore.exports.tempfiles import Spool, delete_leftovers\n"
        "delete_leftovers()\n"
        "left = int(sys.argv[1])\n"
        "EVENTS = 'tempfile.mkdtemp os.mkdir os.rename os.remove os.rmdir fcntl.flock'.split()\n"
        "def hook(event, args):\n"
        "    global left\n"
        "    if event in EVENTS:\n"
        "        left -= 1\n"
        "        if left == 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(hook)\n"
        "spool = Spool()\n"
        "for _ in range(2): spool.new().write_text('a copy')\n"
        "spool.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", text, str(step)], env=environment(TMPDIR=str(copies)), check=False
    )
    assert done.returncode == -signal.SIGKILL
    delete_leftovers()
    assert list(copies.iterdir()) == []


def test_a_spool_of_this_process_lives_until_it_is_closed(copies):
    spool = Spool()
    path = spool.new()
    path.write_text("a copy")
    delete_leftovers()
    assert path.read_text() == "a copy"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    spool.close()
    assert list(copies.iterdir()) == []
    spool.close()


def test_a_spool_that_nobody_closes_goes_with_the_process(copies):
    text = "from flamescore.exports.tempfiles import Spool; Spool().new().write_text('x')"
    subprocess.run([sys.executable, "-c", text], check=True, env=environment(TMPDIR=str(copies)))
    assert list(copies.iterdir()) == []


def test_where_nothing_can_be_locked_copies_are_made_all_the_same(copies, monkeypatch):
    def refuse(_self, *_args, **_kwargs):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    spool = Spool()
    path = spool.new()
    path.write_text("a copy")
    assert [each.name for each in path.parent.iterdir()] == ["1.csv"]
    delete_leftovers()
    assert path.exists()
    spool.close()
    assert list(copies.iterdir()) == []
