"""`kill -9` at any moment of `score`: the latest run stays whole, and the next run succeeds and cleans up."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cli.small import environment, write_project

MOMENTS, RANDOMLY, PARTS = (0, 100, 4) if os.environ.get("FLAMESCORE_TESTS") == "full" else (5, 2, 1)
"""The number of steps to kill at (0: all), of kills at random times, and of tests to split them into."""


@pytest.mark.parametrize("part", range(PARTS))
def test_after_any_kill_the_output_is_whole_and_the_next_run_tidies_up(tmp_path, part):
    kills = _killed(tmp_path, part)
    _the_kills_hit(kills)
    for kill in kills:
        _latest_leads_to_a_whole_run(kill)
        _every_run_that_shows_says_what_it_said_before(kill)
        _the_next_run_succeeds_and_tidies_up(kill)


def _killed(folder, part):
    numbers = [str(number) for number in (MOMENTS, RANDOMLY, part, PARTS)]
    done = subprocess.run(
        [sys.executable, "-m", "cli.killing", str(write_project(folder / "project")), *numbers],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PYTHONPATH=os.pathsep.join(sys.path)),
        timeout=1_000,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def _the_kills_hit(kills):
    codes = [kill["code"] for kill in kills]
    assert len(codes) >= 7
    assert set(codes) <= {-9, 0}
    assert codes.count(-9) >= len(codes) - RANDOMLY // PARTS
    assert any(name.startswith(".tmp-") for kill in kills for name in kill["left"]["hidden"])


def _latest_leads_to_a_whole_run(kill):
    left = kill["left"]
    assert left["latest"].startswith("2026-11-21T000000Z-"), kill
    assert left["latest"] in left["files"], kill
    assert len({tuple(files) for files in left["files"].values()}) == 1, kill
    assert all(run == record for run, record in left["record"].items()), kill


def _every_run_that_shows_says_what_it_said_before(kill):
    said = kill["left"]["bytes"]
    assert len({text for run, text in said.items() if run.startswith("2026-11-21")}) == 1, kill


def _the_next_run_succeeds_and_tidies_up(kill):
    after = kill["after"]
    assert kill["next"] == 0, kill
    assert after["hidden"] == [".lock"], kill
    assert [run[:10] for run in after["files"]] == ["2026-11-19", "2026-11-20", "2026-11-21"], kill
    assert after["latest"] == max(after["files"]), kill
