"""SIGINT, SIGTERM and SIGHUP at any moment: one line, the right exit code, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from cli.small import CONTACTS, environment, program, runs, write_project
from cli.test_exit_codes import started, unchanged

INTERRUPTED = "error X130: Interrupted. Nothing was left half-written.\n"
TERMINATED = "error X143: Terminated. Nothing was left half-written.\n"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
EVERY = 1 if FULL else 13
"""A signal is sent at every Nth step of a run, where N is this number."""


@pytest.fixture(autouse=True)
def heard():
    """Restore default handlers of ignored signals, so that child processes don't inherit the ignoring."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        if before[number] is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("SIGINT", 130, INTERRUPTED), ("SIGTERM", 143, TERMINATED), ("SIGHUP", 143, TERMINATED)],
)
def test_at_any_moment_of_a_run(tmp_path, name, code, said):
    project, copies = write_project(tmp_path / "project"), tmp_path / "copies"
    copies.mkdir()
    (project / "contacts.csv").write_bytes(CONTACTS.encode("utf-16"))  # UTF-16 files are copied to be read
    done = subprocess.run(
        [sys.executable, "-m", "cli.stopping", str(project), str(copies), str(EVERY), name],
        capture_output=True,
        text=True,
        check=False,
        env=environment(PYTHONPATH=os.pathsep.join(sys.path), TMPDIR=str(copies)),
        timeout=1_000,
    )
    assert (done.returncode, done.stderr) == (0, "")
    whole, *stopped = [json.loads(line) for line in done.stdout.splitlines()]
    assert (whole["code"], whole["published"]) == (0, True)
    assert len(stopped) >= 4
    for each in stopped:
        assert (each["copies"], each["hidden"]) == ([], []), each
        if each["published"]:  # a signal after publication does not change the result
            assert each["code"] == 0, each
            assert each["said"] in ("", whole["said"]), each
        else:
            assert (each["code"], each["said"]) == (code, said), each
    assert any(not each["published"] for each in stopped)


def test_sighup_tidies_up_as_sigterm_does(scored):
    with unchanged(scored):
        child = started(scored, "--as-of", "2026-11-22")
        child.send_signal(signal.SIGHUP)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (143, "", TERMINATED)


def test_nohup_is_heeded(scored):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    before = runs(scored)
    text = (
        "import os, signal, sys, flamescore.nightly\n"
        "score = flamescore.nightly.score_exports\n"
        "def interrupted(*args, **named):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    return score(*args, **named)\n"
        "flamescore.nightly.score_exports = interrupted\n"
        "from flamescore.cli.start import main\n"
        "sys.argv = ['flamescore', 'score', '-q']\n"
        "main()\n"
    )
    done = program(text, cwd=scored, preexec_fn=ignore)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert runs(scored) != before


STARTING = """
import os, signal, sys
left = int(sys.argv.pop(1))
number = int(sys.argv.pop(1))
from flamescore.cli.start import main
def hook(event, args):
    global left
    if event == "import":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)
sys.addaudithook(hook)
main()
"""


@pytest.mark.parametrize("imports", range(1, 700, 20 if FULL else 230))
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, INTERRUPTED), (signal.SIGTERM, 143, TERMINATED)],
)
def test_while_it_starts(scored, imports, number, code, said):
    with unchanged(scored):
        done = program(STARTING, str(imports), str(int(number)), "runs", cwd=scored)
    if done.returncode == 0:  # it ended before it reached that many imports
        assert imports > 300
        return
    assert (done.returncode, done.stdout, done.stderr) == (code, "", said)


LEAVING = """
import atexit, os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    atexit.register(os.kill, os.getpid(), number)
from flamescore.cli.start import main
main()
"""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--version"], 0, ""),
        (["runs", "-q"], 0, ""),
        (["explain", "nobody"], 4, "error N001: No contact has the id or e-mail `nobody`.\n"),
    ],
)
def test_while_it_leaves_signals_change_nothing(scored, words, code, said):
    done = program(LEAVING, *words, cwd=scored)
    assert (done.returncode, done.stderr.splitlines()[:1]) == (code, said.splitlines()[:1])


SWALLOWED = """
import os, signal, sys, weakref
import flamescore.nightly
class Thing: pass
def swallow(*args, **named):
    thing = Thing()
    weakref.finalize(thing, os.kill, os.getpid(), signal.SIGTERM)
    del thing  # what a finalizer raises Python drops
    while True: pass
flamescore.nightly.score_exports = swallow
from flamescore.cli.start import main
sys.argv = ["flamescore", "score"]
main()
"""
TURNED = SWALLOWED.replace(
    "    thing = Thing()",
    "    try: os.kill(os.getpid(), signal.SIGTERM)\n    except BaseException: raise OSError",
)


@pytest.mark.parametrize("text", [SWALLOWED, TURNED])
def test_a_stop_that_a_library_drops_or_turns_into_something_else(scored, text):
    with unchanged(scored):
        done = program(text, cwd=scored)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", TERMINATED)
