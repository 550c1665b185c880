"""Kills at any moment: nothing is lost, and each crash repeats at most one message, byte for byte."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from alerts.servers import web
from cli.small import command, environment

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
KILLS = int(os.environ.get("FLAMESCORE_KILLS", "500"))
NEW = 3
"""The number of new leads each night."""

RULES = """\
version: 1
scores:
  interest: {five_flames: 5, rules: [{name: Called, event: call, count: once, points: 5}]}
"""
PROJECT = """\
version: 1
rules: rules.yaml
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
changes: false
channels:
  log: {type: file, path: log.ndjson}
alerts:
  newly-hot: {segment: hot, channel: log, again_after: none}
"""
FIRST = datetime(2026, 1, 1, 12, tzinfo=UTC)


def nights(folder, many):
    """Write the exports as of a number of nights, and return the environment to run the program in."""
    ids = range(NEW * (KILLS + 10))
    folder.mkdir(exist_ok=True)
    (folder / "contacts.csv").write_text("contact_id,name\n" + "".join(f"{each},N{each}\n" for each in ids))
    at = [FIRST + timedelta(hours=night) for night in range(many) for _ in range(NEW)]
    rows = "".join(f"{who},call,{when:%Y-%m-%dT%H:%M:%SZ}\n" for who, when in enumerate(at))
    (folder / "events.csv").write_text("contact_id,event,at\n" + rows)
    now = f"{FIRST + timedelta(hours=many, minutes=-30):%Y-%m-%dT%H:%M:%SZ}"
    return environment(FLAMESCORE_NOW=now)


def run(folder, environ, *words, code=None):
    start = command(*words) if code is None else [sys.executable, "-c", code, *words]
    return subprocess.run(start, cwd=folder, env=environ, capture_output=True, check=False, text=True)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    """Return a project after its first run."""
    folder = tmp_path_factory.mktemp("crashes") / "project"
    environ = nights(folder, 1)
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(PROJECT)
    done = run(folder, environ, "score", "--notify")
    assert done.returncode == 0, done.stderr
    return folder


DIES = """
import importlib, os, signal, sys
module, name, after = sys.argv[1:4]
owner = importlib.import_module(module)
*path, name = name.split(".")
for each in path:
    owner = getattr(owner, each)
real = getattr(owner, name)
def dies(*given, **named):
    if after == "after":
        real(*given, **named)
    os.kill(os.getpid(), 9)
setattr(owner, name, dies)
sys.argv = ["flamescore", *sys.argv[4:]]
from flamescore.cli.start import main
main()
"""

MOMENTS = {
    "before the run is renamed into its place": (
        "flamescore.runs.store",
        "RunFolder._put_in_place",
        "before",
    ),
    "run in place, latest not moved": ("flamescore.runs.store", "point", "before"),
    "latest moved, not taken in": ("flamescore.acting", "take_in", "before"),
    "within the transaction": ("flamescore.state.taking_in", "set_meta", "before"),
    "taken in, not composed": ("flamescore.cli.notify", "send_waiting", "before"),
    "composing": ("flamescore.alerts.composing", "Composer._write", "after"),
    "composed, not sent": ("flamescore.alerts.notifying", "send_all", "before"),
    "sent, not noted": ("flamescore.alerts.sending", "Sender.send", "after"),
}
QUICK = ("sent, not noted",)


@pytest.mark.parametrize(
    "moment", [each if each in QUICK else pytest.param(each, marks=pytest.mark.full) for each in MOMENTS]
)
def test_a_kill_at_each_moment(baseline, tmp_path, moment):
    folder = tmp_path / "project"
    shutil.copytree(baseline, folder, symlinks=True)
    environ = nights(folder, 2)
    killed = run(folder, environ, *MOMENTS[moment], "score", "--notify", code=DIES)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = ("notify",) if moment not in [*MOMENTS][:2] else ("score", "--notify")
    done = run(folder, environ, *again)
    assert done.returncode == 0, done.stderr
    assert run(folder, environ, "notify").returncode == 0
    lines = (folder / "log.ndjson").read_text().splitlines()
    told = [each["contact_id"] for each in json.loads(lines[0])["data"]["contacts"]]
    assert told == ["3", "4", "5"]
    assert lines == lines[:1] * (2 if moment == "sent, not noted" else 1)


@pytest.mark.full
def test_kills_at_random_moments_lose_nothing(baseline, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(baseline, folder, symlinks=True)
    dice, kills = random.Random(7), 0
    with web() as there:
        path = folder / "flamescore.yaml"
        path.write_text(PROJECT.replace("type: file, path: log.ndjson", f"type: webhook, url: '{there.url}'"))
        took = 2.0
        for night in range(2, KILLS + 2):
            environ = nights(folder, night)
            words = ("score", "--notify") if night % 3 else ("notify",)
            started = time.monotonic()
            program = subprocess.Popen(
                command(*words), cwd=folder, env=environ,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            try:
                program.wait(dice.uniform(0, took))
                took = max(0.5, 0.7 * took + 0.3 * (time.monotonic() - started))
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                kills += 1
                took = min(took * 1.02, 10)
        environ = nights(folder, KILLS + 2)
        for words in (("score", "--notify"), ("notify",)):
            assert run(folder, environ, *words).returncode == 0
    assert kills > KILLS // 4
    bodies, told = {}, {}
    for _, headers, body in there.taken:
        assert bodies.setdefault(headers["webhook-id"], body) == body
        for each in json.loads(body)["data"]["contacts"]:
            told.setdefault(each["contact_id"], set()).add(headers["webhook-id"])
    assert set(told) == {str(each) for each in range(NEW, NEW * (KILLS + 2))}
    assert all(len(messages) == 1 for messages in told.values())
    assert len(there.taken) <= len(bodies) + kills
