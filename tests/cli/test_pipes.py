"""Closed pipes, and closed or full streams: no traceback, no message about pipes, the right exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli.small import PROJECT, RULES, command, environment, runs, write_project

PEOPLE = 3_000


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return a project whose every output is larger than the buffer of a pipe."""
    folder = write_project(tmp_path_factory.mktemp("large") / "project")
    people = "".join(f"{n},Person {n},p{n}@example.com,,,,,US,{n},\n" for n in range(1, PEOPLE))
    header = "Id,Name,Email,Phone,Company,Owner,Tags,Country,Employees,Renewal\n"
    (folder / "contacts.csv").write_text(header + people)
    calls = "".join(f"7,call,2026-11-{1 + n % 20:02}T10:{n % 60:02}:00Z,call {n}\n" for n in range(700))
    (folder / "events.csv").write_text(
        "contact_id,event,at,asset\n7,form_submit,2026-11-20T10:00:00Z,A\n" + calls
    )
    (folder / "rules.yaml").write_text(RULES.replace("count: once, ", ""))
    (folder / "flamescore.yaml").write_text(PROJECT)
    done = subprocess.run(
        command("score", "-qq"), cwd=folder, env=environment(), check=True, capture_output=True
    )
    assert done.stderr == b""
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ["search"],
        ["search", "--format", "json"],
        ["search", "--format", "table"],
        ["explain", "7", "--format", "json"],
        ["schema"],
    ],
)
def test_into_head_without_a_word(large, words):
    with subprocess.Popen(
        command(*words), cwd=large, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline()
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0


def test_nobody_reads_at_all(large):
    for words in (["search"], ["explain", "7"], ["score", "--dry-run"]):
        with subprocess.Popen(
            command(*words), cwd=large, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stderr is not None
            child.stdout.close()
            said = child.stderr.read()
        assert child.returncode == 0
        heard = subprocess.run(
            command(*words), cwd=large, env=environment(), capture_output=True, check=True
        ).stderr
        assert said == heard  # warnings are kept, and nothing mentions the pipe


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", [["search"], ["explain", "101"], ["schema"]])
def test_a_full_disk_behind_stdout(project, flamescore, words):
    flamescore("score")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command(*words), cwd=project, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 6
    assert done.stderr == b"error O007: Standard output can't be written: No space left on device.\n"


def test_closed_streams(project):
    for closed in ("<&- >&- 2>&-", ">&-"):
        line = f'"{sys.executable}" -m flamescore score {closed}'
        assert subprocess.run(line, shell=True, cwd=project, env=environment(), check=False).returncode == 0
    assert len(runs(project)) == 1
