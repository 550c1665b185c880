"""Kill -9 at any moment of `score`: the latest run stays whole, and the next run succeeds and tidies up."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cli.small import environment, write_project

MOMENTS, RANDOMLY = (0, 100) if os.environ.get("FLAMESCORE_TESTS") == "full" else (5, 2)
"""At how many moments to kill (0: each), and how often at random."""


@pytest.fixture(scope="module")
def kills(tmp_path_factory):
    folder = write_project(tmp_path_factory.mktemp("kills") / "project")
    done = subprocess.run(
        [sys.executable, "-m", "cli.killing", str(folder), str(MOMENTS), str(RANDOMLY)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PYTHONPATH=os.pathsep.join(sys.path)),
        timeout=1_000,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_kills_hit(kills):
    codes = [kill["code"] for kill in kills]
    assert len(codes) >= 7
    assert set(codes) <= {-9, 0}
    assert codes.count(-9) >= len(codes) - RANDOMLY
    assert any(name.startswith(".tmp-") for kill in kills for name in kill["left"]["hidden"])


def test_after_any_kill_latest_leads_to_a_whole_run(kills):
    for kill in kills:
        left = kill["left"]
        assert left["latest"].startswith("2026-11-21T000000Z-"), kill
        assert left["latest"] in left["files"], kill
        assert len({tuple(files) for files in left["files"].values()}) == 1, kill
        assert all(run == record for run, record in left["record"].items()), kill


def test_after_any_kill_every_run_that_shows_says_what_it_said_before(kills):
    for kill in kills:
        said = kill["left"]["bytes"]
        assert len({text for run, text in said.items() if run.startswith("2026-11-21")}) == 1, kill


def test_the_next_run_succeeds_and_tidies_up(kills):
    for kill in kills:
        after = kill["after"]
        assert kill["next"] == 0, kill
        assert after["hidden"] == [".lock"], kill
        assert [run[:10] for run in after["files"]] == ["2026-11-19", "2026-11-20", "2026-11-21"], kill
        assert after["latest"] == max(after["files"]), kill
