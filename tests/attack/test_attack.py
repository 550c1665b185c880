"""Damaged exports, rules, project files and finished runs: a few cases here, ten thousand in full size."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.small import environment

CASES = 25
MANY = 500
TESTS = str(Path(__file__).parents[1])


def attacked(count, seed):
    done = subprocess.run(
        [sys.executable, "-m", "attack.fuzz", str(count), "--jobs", "1", "--seed", str(seed)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PYTHONPATH=os.pathsep.join([TESTS, *sys.path])),
    )
    assert done.stderr == ""
    assert done.stdout.endswith(f"{count} cases, 0 with a fault\n"), done.stdout
    assert done.returncode == 0


def test_no_damage_is_a_fault_of_the_program():
    attacked(CASES, 1)


@pytest.mark.full
@pytest.mark.parametrize("first", range(1, 10_001, MANY))
def test_none_of_ten_thousand_damages_is_a_fault_of_the_program(first):
    attacked(MANY, 1_000 + first)
