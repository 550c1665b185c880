"""Running the program in this process, and holding a run on Spark against one of this machine."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flamescore.cli.main import main

TABLES = ("scores", "points", "contacts", "excluded", "hot")
COUNTS = ("rows", "old", "rejected", "later", "ignored", "duplicates", "superseded", "orphans", "kept")


def run(*words):
    """Run the program in this process; return its exit code, its stdout and its stderr."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["flamescore", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    told = (each.buffer.getvalue().decode() for each in (out, err))
    return ended.value.code or 0, *told


def stored(folder, name):
    """Return a table of the latest run, whether it is a file or a folder of parts."""
    path = folder / "latest" / f"{name}.parquet"
    return pl.read_parquet(sorted(path.glob("part-*")) if path.is_dir() else path)


def record_of(folder):
    return json.loads((folder / "latest/run.json").read_text())


def assert_same_runs(here, there):
    for name in TABLES:
        assert_frame_equal(stored(here, name), stored(there, name))
    for name in ("scores.csv", "hot_leads.csv", "rejects.csv"):
        assert (here / "latest" / name).read_bytes() == (there / "latest" / name).read_bytes(), name
    mine, theirs = record_of(here), record_of(there)
    for key in ("as_of", "rules", "contacts", "excluded", "scores", "observed", "given", "hot_flames", "hot"):
        assert mine[key] == theirs[key], key
    wanted = [
        (each["kind"], each["path"], each["files"], *(each[n] for n in COUNTS)) for each in mine["sources"]
    ]
    found = [
        (each["kind"], each["path"], each["files"], *(each[n] for n in COUNTS)) for each in theirs["sources"]
    ]
    assert found == wanted
