from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from flamescore.runs import RunStore

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def kills(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, str(HERE / "killed.py"), str(tmp_path_factory.mktemp("killed"))],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_kills_hit_every_kind_of_step(kills):
    assert len(kills) >= 45
    assert all(kill["killed"] for kill in kills[:-1])
    assert not kills[-1]["killed"]
    events = {kill["event"] for kill in kills[:-1]}
    assert {"os.mkdir", "os.chmod", "os.rename", "os.symlink", "os.rmdir", "shutil.rmtree", "open"} <= events


def test_after_any_kill_latest_leads_to_a_whole_run(kills):
    for kill in kills:
        left = kill["left"]
        assert left["latest"] in left["runs"], kill
        assert left["whole"], kill
        assert left["latest"] >= "2026-11-20", kill


def test_the_kills_left_something_to_tidy(kills):
    hidden = [name for kill in kills for name in kill["left"]["hidden"]]
    for start in (".tmp-", ".gone-", ".latest-"):
        assert any(name.startswith(start) for name in hidden), start


def test_after_any_kill_the_next_publish_succeeds_and_tidies(kills):
    for kill in kills:
        after = kill["after"]
        assert after["latest"].startswith("2026-11-22T020000Z-"), kill
        assert after["hidden"] == [".lock"], kill
        assert after["whole"], kill
        assert len(after["runs"]) == 3, kill
        assert len({run[:18] for run in after["runs"]}) == 3, kill


PUBLISH_FOR_EVER = """
import sys
from pathlib import Path
from runs.whole import publish
for night in range(10_000):
    publish(Path(sys.argv[1]))
    print(night, flush=True)
"""


def test_killed_at_random_while_writing_the_tables(tmp_path):
    dice = random.Random(20261121)
    for _ in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISH_FOR_EVER, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(HERE.parent)},
        )
        with child:
            assert child.stdout is not None
            assert child.stdout.readline()
            time.sleep(dice.uniform(0.0, 0.08))
            child.kill()
        latest = RunStore(tmp_path).latest()
        assert latest is not None
        assert latest.record.run_id == latest.run_id
        assert pl.read_parquet(latest.path / "points.parquet").height == 9
        assert pl.read_parquet(latest.path / "scores.parquet").height == 5
    with RunStore(tmp_path).hold():
        assert [path.name for path in tmp_path.glob(".*")] == [".lock"]
        assert not list((tmp_path / "runs").glob(".*"))
