"""Two files are written together: after a kill between any two steps, both exist or neither does."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from flamescore.errors import OutputError, UsageError
from flamescore.first_guess import write_both

KILLS = '''
import json, os, signal, sys
from pathlib import Path
from flamescore.first_guess import write_both

root, told = Path(sys.argv[1]), []
STEPS = ("os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "open", "shutil.rmtree")

def files(folder):
    return {folder / "flamescore.yaml": "version: 1\\n", folder / "rules" / "first.yaml": "scores: {}\\n"}

def killed_at(step, folder):
    """Write in a process of its own that is killed as it begins a step; say whether it came that far."""
    child = os.fork()
    if not child:
        left = [step]
        def count(event, args):
            if event in STEPS and str(folder) in str(args):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(count)
        write_both(files(folder), folder)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])

for step in range(100):
    folder = root / str(step)
    folder.mkdir()
    if not killed_at(step, folder):
        break
    there = [place.read_text() == text for place, text in files(folder).items() if place.exists()]
    try:
        write_both(files(folder), folder)
        again = "written"
    except Exception as error:
        again = error.problems[0].code
    whole = [place.is_symlink() for place in files(folder)] == [False, False]
    whole = whole and [place.read_text() for place in files(folder)] == list(files(folder).values())
    hidden = [each.name for each in folder.iterdir() if each.name.startswith(".")]
    told.append([there, again, whole, hidden])
print(json.dumps(told))
'''


def test_killed_at_any_step(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLS, str(tmp_path)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert len(told) >= 8
    for step in told:
        assert step in ([[], "written", True, []], [[True, True], "G001", True, []])
    assert {step[1] for step in told} == {"written", "G001"}


@pytest.mark.parametrize("there", ["a.yaml", "b.yaml"])
def test_nothing_is_overwritten(tmp_path, there):
    (tmp_path / there).write_text("mine")
    with pytest.raises(UsageError, match=f"G001 {there} is already here; init never overwrites"):
        write_both({tmp_path / "a.yaml": "1", tmp_path / "b.yaml": "2"}, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_link_of_somebody_else_stays(tmp_path):
    (tmp_path / "a.yaml").symlink_to("elsewhere.yaml")
    with pytest.raises(UsageError, match="G001"):
        write_both({tmp_path / "a.yaml": "1", tmp_path / "b.yaml": "2"}, tmp_path)
    assert (tmp_path / "a.yaml").is_symlink()


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "rules").write_text("a file, no folder")
    with pytest.raises(OutputError, match=r"O007 a\.yaml and b\.yaml can't be written"):
        write_both({tmp_path / "a.yaml": "1", tmp_path / "rules" / "b.yaml": "2"}, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["rules"]
