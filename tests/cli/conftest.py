"""Fixtures that run the program in the folder of a small project."""

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
    """Return the folder of a project, which is also the working directory."""
    for name in list(os.environ):
        if name.startswith("FLAMESCORE_"):
            monkeypatch.delenv(name)
    folder = write_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def flamescore(monkeypatch, capfdbinary, request):
    """Run the program in this process: faster than a subprocess, and the same from its entry point on."""
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # the program sets it
    again = FULL and request.node.get_closest_marker("once") is None
    handlers = {number: signal.getsignal(number) for number in SIGNALS}

    def run(*words: str, **environ: str) -> Done:
        if again and not asks_for_json(words) and "--" not in words:
            # First check the log format of the same command, in a run that writes nothing.
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
            for number, handler in handlers.items():  # it exits ignoring signals; children inherit that
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
    """Run the program as a subprocess."""

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
    """Return the folder of a project with a published run."""
    done = flamescore("score")
    assert (done.code, done.err) == (0, "")
    return project


@pytest.fixture
def here(project: Path) -> Path:
    """Return a folder with rules and exports, but without a project file."""
    for path in project.iterdir():
        path.unlink()
    columns.write(
        project, {"rules.yaml": columns.RULES, "c.csv": columns.PEOPLE, "ev/a.csv": columns.A + columns.OLD}
    )
    return project


@pytest.fixture
def case(tmp_path, monkeypatch, flamescore):
    """Return a `Case` in an empty folder: see `cases`."""
    for name in list(os.environ):
        if name.startswith("FLAMESCORE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Case(tmp_path, flamescore)
