"""A run killed at each moment of publishing and recording: nothing is lost, nothing is reported twice."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from cli.small import PROJECT, write_project
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.runs import RunStore
from flamescore.state import StateStore, meta

SEGMENT = "\nsegments: {called: {if: {event: call, last: 3d}}}\n"

KILLED = """
import os, signal, sys
import flamescore.acting, flamescore.nightly, flamescore.runs.store, flamescore.state.taking_in
sys.path.insert(0, sys.argv[4])
from state.test_state_crashes import score, project_in, tell_of_entries

module, name, after = sys.argv[1], sys.argv[2], sys.argv[3] == "after"
there = sys.modules[module]
real = getattr(there, name)

def killing(*words, **flags):
    if after:
        real(*words, **flags)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(there, name, killing)
flamescore.acting.recorders = lambda _: (tell_of_entries,)
score(project_in("."), "2026-11-21")
"""


def tell_of_entries(connection, run):
    """Record who entered. The table's key would reject a contact that is reported twice."""
    rows = pl.read_parquet(run.path / "segments.parquet").filter(
        pl.col("since") == run.as_of, pl.col("segment") == "called"
    )
    notices = [(who, who, run.run_id) for who in rows["contact_id"]]
    connection.executemany("INSERT INTO notice VALUES (?, 'a', ?, 'enters', '', ?, 1, '{}')", notices)


def project_in(folder):
    return find_settings(str(Path(folder) / "flamescore.yaml"))


def score(project, as_of):
    return nightly(replace(project, settings=project.settings.with_keys(as_of=as_of)), Options())


MOMENTS = {
    "before the run is in its place": ("flamescore.runs.store", "flush_tree", "after"),
    "in its place, latest not moved": ("flamescore.runs.store", "point", "before"),
    "latest moved, not taken in": ("flamescore.acting", "take_in", "before"),
    "within the transaction": ("flamescore.state.taking_in", "set_meta", "after"),
    "taken in": ("flamescore.acting", "take_in", "after"),
}
PUBLISHED = ("latest moved, not taken in", "within the transaction", "taken in")


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    folder = write_project(tmp_path_factory.mktemp("baseline"))
    (folder / "flamescore.yaml").write_text(PROJECT + SEGMENT)
    before = os.environ.get("FLAMESCORE_NOW")
    os.environ["FLAMESCORE_NOW"] = "2026-11-22T11:00:00Z"
    score(project_in(folder), "2026-11-18")
    yield folder
    if before is None:
        del os.environ["FLAMESCORE_NOW"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed_at_a_moment(baseline, tmp_path, monkeypatch, moment):
    folder = tmp_path / "project"
    shutil.copytree(baseline, folder, symlinks=True)
    first = RunStore(folder / "out").latest().run_id
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *MOMENTS[moment], str(Path(__file__).parents[1])],
        cwd=folder,
        env=os.environ | {"FLAMESCORE_NOW": "2026-11-22T11:00:00Z"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-22T11:00:00Z")
    monkeypatch.setattr("flamescore.acting.recorders", lambda _: (tell_of_entries,))
    killed = RunStore(folder / "out").latest().run_id
    assert (killed != first) is (moment in PUBLISHED)
    after = score(project_in(folder), "2026-11-22")
    assert (after.record.state.kind, after.record.state.state_run) == ("counting", killed)
    assert [each.code for each in after.findings if each.code[0] == "A"] == []
    with StateStore.of(project_in(folder)).open(write=False) as connection:
        told = connection.execute("SELECT contact_id, run_id FROM notice").fetchall()
        assert told == [("101", killed if moment in PUBLISHED else after.record.run_id)]
        assert meta(connection, "run_id") == after.record.run_id
    assert not [path for path in folder.rglob(".state*") if path.name != ".lock"]
