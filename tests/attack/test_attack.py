"""Damaged exports, rules, project files and finished runs: a few here, many in the full size."""

import os
import subprocess
import sys
from pathlib import Path

from cli.small import environment

CASES = 600 if os.environ.get("FLAMESCORE_TESTS") == "full" else 40
TESTS = str(Path(__file__).parents[1])


def test_no_damage_is_a_fault_of_the_program():
    done = subprocess.run(
        [sys.executable, "-m", "attack.fuzz", str(CASES), "--jobs", "1"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PYTHONPATH=os.pathsep.join([TESTS, *sys.path])),
    )
    assert done.stderr == ""
    assert done.stdout.endswith(f"{CASES} cases, 0 with a fault\n")
    assert done.returncode == 0
