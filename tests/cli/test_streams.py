"""Full and closed streams: the exit code reports only the outcome of the command."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.log_lines import first_line
from cli.small import environment, program, runs, write_project

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")

FULL_DISK = "error O007: Standard output can't be written: No space left on device.\n"
WAYS = (
    ">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-",
    "| true", "2>&1 | true", "2> >(true)",
)  # fmt: skip
ANSWERS = (
    "search", "search --format json", "search --format table", "explain 101", "explain 101 --format json",
    "report", "changes", "runs", "presets", "presets hubspot", "schema", "score --dry-run", "--help",
    "score --help", "--version", "--show-completion",
)  # fmt: skip
ERRORS = {
    "": 2, "nonsense": 2, "score --nonsense": 2, "search --limit x": 2, "score --rules contacts.csv": 2,
    "search --limit x --log-format json": 2, "score --contacts none.csv": 3, "explain nobody": 4,
    "search --run 2020-01-01 --log-format json": 4, "score --output rules.yaml": 6,
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write_project(tmp_path_factory.mktemp("streams") / "project")
    assert shell(folder, "score").returncode == 0
    return folder


def shell(folder, words, way="", *, before="", **environ):
    """Run the program in bash with its streams redirected by `way`; the exit code is the program's."""
    line = f'{before} "{sys.executable}" -m flamescore {words} {way}; exit ${{PIPESTATUS[0]}}'
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(SHELL="/bin/bash", **environ),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words", ["score", pytest.param("score -v --log-format json", marks=pytest.mark.full)]
)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_published_is_0(folder, words, way):
    before = runs(folder)
    done = shell(folder, words, way)
    assert done.returncode == 0
    assert runs(folder) != before  # the new run replaces the previous one of the same day
    assert "O007" not in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_with_and_without_buffers_of_python(folder):
    for unbuffered in ("", "1"):
        for words, code in (("score", 0), ("search", 6), ("explain nobody", 4), ("--help", 6)):
            done = shell(folder, words, ">/dev/full 2>/dev/full", PYTHONUNBUFFERED=unbuffered)
            assert done.returncode == code, words


def _the_answer_is_lost_where_the_disk_is_full_alone(folder, words):
    for way in WAYS:
        done = shell(folder, words, way)
        assert done.returncode == (6 if ">/dev/full" in way.replace("2>/dev/full", "") else 0), way
        if done.returncode and "2>" not in way:
            assert done.stderr.endswith(FULL_DISK)
        assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("words", ["search", "--help"])
def test_an_answer(folder, words):
    _the_answer_is_lost_where_the_disk_is_full_alone(folder, words)


@pytest.mark.full
@pytest.mark.parametrize("words", ANSWERS)
def test_every_answer(folder, words):
    _the_answer_is_lost_where_the_disk_is_full_alone(folder, words)


@pytest.mark.parametrize("words", ["score --help", "--version", "--show-completion", "report", "runs"])
def test_an_answer_on_a_full_disk(folder, words):
    done = shell(folder, words, ">/dev/full")
    assert (done.returncode, done.stderr) == (6, FULL_DISK)


def test_an_answer_on_a_full_disk_as_json(folder):
    done = shell(folder, "runs --log-format json", ">/dev/full")
    assert done.returncode == 6
    said = first_line(done.stderr)
    assert (said["code"], said["exit_code"]) == ("O007", 6)


@pytest.mark.parametrize("words", ["nonsense", "explain nobody", "score --contacts none.csv"])
def test_an_error_keeps_its_code(folder, words):
    for way in ("2>/dev/full", ">/dev/full 2>/dev/full", "2>&1 | true", "<&- >&- 2>&-"):
        assert shell(folder, words, way).returncode == ERRORS[words], way


@pytest.mark.full
@pytest.mark.parametrize("words", ERRORS)
def test_every_error_keeps_its_code(folder, words):
    for way in WAYS:
        done = shell(folder, words, way)
        assert done.returncode == ERRORS[words], way
        assert "Traceback" not in done.stdout + done.stderr


def test_whatever_the_shell_does_with_sigpipe(folder):
    for before in ("trap '' PIPE;", "trap - PIPE;"):
        assert shell(folder, "search", "| true", before=before).returncode == 0
        assert shell(folder, "--help", "| true", before=before).returncode == 0


def test_a_pipe_that_does_not_block_gets_all_of_it(folder):
    text = (
        "import fcntl, os, subprocess, sys\n"
        "reading, writing = os.pipe()\n"
        "fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)\n"
        "os.set_blocking(writing, False)\n"
        "child = subprocess.Popen([sys.executable, '-m', 'flamescore', 'schema'], stdout=writing)\n"
        "os.close(writing)\n"
        "with os.fdopen(reading) as pipe: sys.stdout.write(pipe.read())\n"
        "sys.exit(child.wait())\n"
    )
    done = program(text, cwd=folder)
    assert len(done.stdout) > 40_000
    assert done.stdout == shell(folder, "schema").stdout


def test_a_terminal_that_goes_away(folder):
    """The window closes while the program runs. SIGHUP is ignored here; `test_stopping` tests it."""
    leader, follower = pty.openpty()
    child = subprocess.Popen(
        ["bash", "-c", f'trap "" HUP; exec "{sys.executable}" -m flamescore score'],
        cwd=folder,
        env=environment(),
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    os.close(leader)
    assert child.wait(timeout=120) == 0


def test_a_closed_stdin_that_a_source_asks_for(tmp_path):
    other = write_project(tmp_path / "other")
    done = shell(other, "score --contacts -", "<&-")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "error I001: contacts: standard input is closed, and `-` is standard "
        "input.\n        Do: Pipe a file into it.\n"
    )
    assert not (other / "out" / "runs").exists() or runs(other) == []


def test_what_native_code_prints_is_kept_away(folder):
    text = (
        "import os, sys\n"
        "import flamescore.nightly\n"
        "import polars as pl\n"
        "def panic(*_args, **_named):\n"
        "    os.write(2, b\"thread 'main' panicked at ann@example.com\\n\")\n"
        "    raise pl.exceptions.PanicException('ann@example.com')\n"
        "flamescore.nightly.score_exports = panic\n"
        "from flamescore.cli.start import main\n"
        "sys.argv = ['flamescore', 'score']\n"
        "main()\n"
    )
    done = program(text, cwd=folder)
    assert done.returncode == 70
    assert done.stderr.startswith("error X070: Internal error: PanicException at flamescore.nightly:")
    assert done.stderr.count("\n") == 2
    assert "ann@" not in done.stderr
