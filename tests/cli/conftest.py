"""The program run in the folder of a small project."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli import columns
from cli.cases import Case
from cli.log_lines import asks_for_json, checked_lines, is_quiet, verb
from cli.small import NOW, Done, command, environment, write_project
from flamescore.cli.start import main
from flamescore.stopping import SIGNALS

if TYPE_CHECKING:
    from pathlib import Path


FULL = os.environ.get("FLAMESCORE_TESTS") == "full"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The folder of a project, which is the working one."""
    for name in list(os.environ):
        if name.startswith("FLAMESCORE_"):
            monkeypatch.delenv(name)
    folder = write_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def flamescore(monkeypatch, capfdbinary, request):
    """The program in this process: faster than as one of its own, and the same from its first word on."""
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # which it sets
    again = FULL and request.node.get_closest_marker("once") is None
    handlers = {number: signal.getsignal(number) for number in SIGNALS}

    def run(*words: str, **environ: str) -> Done:
        if again and not asks_for_json(words) and "--" not in words:
            # What it says is held against the form of a log first, in a run that leaves nothing.
            dry = ("--dry-run",) if words[:1] == ("score",) and "--dry-run" not in words else ()
            once(*words, *dry, "--log-format", "json", **environ)
        return once(*words, **environ)

    def once(*words: str, **environ: str) -> Done:
        capfdbinary.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["flamescore", *words])
            for name, value in {"FLAMESCORE_NOW": os.environ.get("FLAMESCORE_NOW", NOW), **environ}.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as left:
                main()
            for number, handler in handlers.items():  # it leaves deaf, and what it starts would be too
                signal.signal(number, handler)
        out, err = capfdbinary.readouterr()
        code = int(left.value.code or 0)
        if asks_for_json(words):
            lines = checked_lines(err.decode(), quiet=is_quiet(words))
            assert is_quiet(words) or (lines[-1]["exit_code"], lines[-1]["command"]) == (code, verb(words))
        return Done(code, out, err.decode())

    return run


@pytest.fixture
def process():
    """The program as a process of its own."""

    def run(*words: str, cwd: Path | None = None, **environ: str) -> Done:
        done = subprocess.run(
            command(*words),
            capture_output=True,
            check=False,
            cwd=cwd,
            env=environment(**environ),
            timeout=120,
        )
        if asks_for_json(words):
            checked_lines(done.stderr.decode(), quiet=is_quiet(words))
        return Done(done.returncode, done.stdout, done.stderr.decode())

    return run


@pytest.fixture
def scored(project, flamescore):
    """The folder of a project with a published run."""
    done = flamescore("score")
    assert (done.code, done.err) == (0, "")
    return project


@pytest.fixture
def here(project: Path) -> Path:
    """The folder of a project without a project file."""
    for path in project.iterdir():
        path.unlink()
    columns.write(
        project, {"rules.yaml": columns.RULES, "c.csv": columns.PEOPLE, "ev/a.csv": columns.A + columns.OLD}
    )
    return project


@pytest.fixture
def case(tmp_path, monkeypatch, flamescore):
    """A folder of a few lines that is scored: see `cases`."""
    for name in list(os.environ):
        if name.startswith("FLAMESCORE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Case(tmp_path, flamescore)
