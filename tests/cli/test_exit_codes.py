"""Every exit code, and that the output stays unchanged."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest

from cli.log_lines import first_line
from cli.small import CONTACTS, EVENTS, RULES, command, environment, latest, runs
from flamescore import nightly

TESTS = Path(__file__).parent.parent


def snapshot(folder):
    """Return the contents of an output, except its lock file and `failed`: link targets and file bytes."""
    out = folder / "out"
    if not out.exists():
        return None
    return {
        path.relative_to(out).as_posix(): path.readlink()
        if path.is_symlink()
        else path.is_file() and path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.name != ".lock" and not path.is_relative_to(out / "failed")
    }


@contextmanager
def unchanged(folder):
    before = snapshot(folder)
    yield
    assert snapshot(folder) == before


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "rules.yaml",
            RULES.replace("points: 10", "points: ten"),
            'rules.yaml:9:56: error R022: Rule "Call": `points` ',
        ),
        ("rules.yaml", RULES.replace("Employees", "Employes"), "Nearest: `Employees`."),
        ("flamescore.yaml", "version: 1\nruls: x\n", "flamescore.yaml:2:1: error P"),
    ],
)
def test_2_a_wrong_rule_or_project_file(scored, flamescore, name, text, said):
    (scored / name).write_text(text)
    with unchanged(scored):
        done = flamescore("score")
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("contacts.csv", None, "contacts.csv"),
        ("events.csv", "", "events.csv"),
        ("contacts.csv", CONTACTS.splitlines()[0] + "\n", "contacts.csv"),
        ("events.csv", EVENTS + "101,call,yesterday,\n" * 40, "40 of 55 rows are rejected"),
    ],
)
def test_3_bad_input(scored, flamescore, name, text, said):
    if text is None:
        (scored / name).unlink()
    else:
        (scored / name).write_text(text)
    with unchanged(scored):
        done = flamescore("score")
    assert (done.code, done.out) == (3, "")
    assert said in done.err


def test_4_not_found(scored, flamescore):
    with unchanged(scored):
        assert flamescore("explain", "nobody@example.com").code == 4
        assert flamescore("explain", "101", "--run", "2020-01-01").code == 4
        done = flamescore("search", "--run", "2020-01-01")
    assert done.code == 4
    assert (
        done.err == f"error O004: there is no run '2020-01-01'\n        Do: the nearest: {latest(scored)}\n"
    )


def started(folder, *words):
    """Start a `score` that pauses while it writes; return the process once it has paused."""
    marker = folder / "writing"
    (folder / "writing.go").unlink(missing_ok=True)
    marker.unlink(missing_ok=True)
    child = subprocess.Popen(
        [sys.executable, "-m", "cli.held", str(marker), "score", *words],
        cwd=folder,
        env=environment(PYTHONPATH=os.pathsep.join([str(TESTS), *sys.path])),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not marker.exists():
        assert child.poll() is None, child.communicate()
        time.sleep(0.01)
    return child


def test_5_at_once_where_another_run_holds_the_output(scored, flamescore):
    first = started(scored)
    done = flamescore("score")
    (scored / "writing.go").touch()
    assert (done.code, done.out) == (5, "")
    assert done.err == (
        f"error O001: another run is writing to {scored}/out (waited 0 s); nothing was published\n"
        "        Do: let it end, or wait longer with --lock-timeout SECONDS\n"
    )
    out, err = first.communicate(timeout=60)
    assert (first.returncode, err) == (0, "")
    assert len(runs(scored)) == 1
    assert out.startswith(latest(scored))


def test_5_not_where_it_waits_for_long_enough(scored):
    first = started(scored)
    second = subprocess.Popen(
        command("score", "--lock-timeout", "100"),
        cwd=scored,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(0.5)
    (scored / "writing.go").touch()
    assert first.communicate(timeout=60)[0].split(":")[0] != second.communicate(timeout=60)[0].split(":")[0]
    assert (first.returncode, second.returncode) == (0, 0)
    assert len(runs(scored)) == 1


def test_6_an_output_that_is_no_folder(project, flamescore):
    (project / "out").write_text("a file")
    done = flamescore("score")
    assert (done.code, done.out) == (6, "")
    assert done.err.startswith(f"error O002: Can't write to {project}/out: ")
    assert (project / "out").read_text() == "a file"


TABLES = [
    "scores.parquet", "scores.csv", "points.parquet", "contacts.parquet", "hot_leads.csv",
    "hot_leads-fit.csv", "report.md", "run.json",
]  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("name", TABLES)
def test_6_a_disk_that_is_full_at_any_file(scored, flamescore, monkeypatch, name):
    write = nightly.write_tables

    def full(path, *args):
        (path / name).symlink_to("/dev/full")
        return write(path, *args)

    monkeypatch.setattr("flamescore.nightly.write_tables", full)
    with unchanged(scored):
        done = flamescore("score")
    assert (done.code, done.out) == (6, "")
    assert done.err == (
        f"error O002: Can't write to {scored}/out: No space left on device. Nothing was published.\n"
        "        Do: free some space, or keep fewer runs with keep_runs, and run again\n"
    )


def test_6_a_limit_on_the_size_of_files(scored):
    with unchanged(scored):
        done = subprocess.run(
            command("score"),
            cwd=scored,
            env=environment(),
            capture_output=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)),
        )
    assert done.returncode == 6
    assert b"File too large. Nothing was published." in done.stderr


@pytest.mark.parametrize(
    "kind",
    [
        pl.exceptions.PanicException("ann@example.com"),
        BaseExceptionGroup("ann@example.com", [KeyError("ann@example.com")]),
        RecursionError("ann@example.com"),
        MemoryError("ann@example.com"),
        GeneratorExit("ann@example.com"),
    ],
)
def test_70_whatever_kind_of_exception_it_is(scored, flamescore, monkeypatch, kind):
    def fail(*_args, **_named):
        raise kind

    monkeypatch.setattr("flamescore.nightly.score_exports", fail)
    with unchanged(scored):
        done = flamescore("score")
    assert (done.code, done.out) == (70, "")
    name = type(kind).__name__
    assert done.err.startswith(f"error X070: Internal error: {name} at flamescore.nightly:")
    assert done.err.count("\n") == 2
    assert "ann@" not in done.err


@pytest.mark.parametrize("words", [["score"], ["search"], ["explain", "101"]])
def test_70_tells_the_place_and_no_data(scored, flamescore, monkeypatch, words):
    def fail(*_args, **_named):
        raise ValueError("ann@example.com, +1 602 555 0101")

    for module, name in (
        ("nightly", "score_exports"),
        ("explanations.contact", "single"),
        ("searches.query", "_fits"),
    ):
        monkeypatch.setattr(import_module(f"flamescore.{module}"), name, fail)
    with unchanged(scored):
        done = flamescore(*words)
    assert (done.code, done.out) == (70, "")
    assert done.err.startswith("error X070: Internal error: ValueError at flamescore.")
    assert done.err.count("\n") == 2
    assert not {"ann@example.com", "555", "Traceback", "Ann"} & set(done.err.replace(",", " ").split())
    said = first_line(flamescore(*words, "--log-format", "json").err)
    assert (said["code"], said["exit_code"]) == ("X070", 70)
    assert "ann@" not in said["message"]


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "error X130: Interrupted. Nothing was left half-written.\n"),
        (signal.SIGTERM, 143, "error X143: Terminated. Nothing was left half-written.\n"),
    ],
)
def test_130_and_143_tidy_up(scored, number, code, said):
    with unchanged(scored):
        child = started(scored, "--as-of", "2026-11-22")
        assert any(path.name.startswith(".tmp-") for path in (scored / "out" / "runs").iterdir())
        child.send_signal(number)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (code, "", said)
