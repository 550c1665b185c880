"""Run the whole program on a test's files, in this process or in a subprocess whose memory is measured."""

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from unittest.mock import patch

from flamescore.cli.start import main

RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, points: 1, count: each, expires: never}
"""
AS_OF = "2026-11-21T00:00:00Z"


@dataclass(frozen=True)
class Ran:
    """The outcome of the program: exit code, stderr, and the record of the run if it published one."""

    code: int
    said: str
    record: dict | None
    folder: Path | None
    megabytes: float = 0.0


def prepare(folder: Path, project: str) -> None:
    (folder / "rules.yaml").write_text(RULES)
    if "events:" not in project:  # the rule needs events
        (folder / "any.csv").write_text("contact_id,event,at\n1,visit,2026-01-02\n")
        project += "events: [{path: any.csv}]\n"
    text = f"version: 1\nrules: rules.yaml\nas_of: {AS_OF}\n{project}"
    (folder / "flamescore.yaml").write_text(text)


def score(folder: Path, project: str, *words: str) -> Ran:
    """Run `flamescore score` in this process."""
    prepare(folder, project)
    arguments = ["flamescore", "score", "--config", str(folder / "flamescore.yaml"), "--accept", *words]
    with TemporaryFile("w+") as said, TemporaryFile("w+") as told:
        now = patch.dict(os.environ, FLAMESCORE_NOW=AS_OF)
        with now, patch.object(sys, "argv", arguments), redirect_stderr(said), redirect_stdout(told):
            try:
                main()
                code = 0
            except SystemExit as left:
                code = int(left.code or 0)
        said.seek(0)
        return _left(folder, code, said.read())


def score_measured(folder: Path, project: str, *words: str, seconds: float = 900) -> Ran:
    """Run `flamescore score` as a subprocess and measure its peak memory."""
    prepare(folder, project)
    child = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]);"
        "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr);"
        "sys.exit(done.returncode)"
    )
    program = [sys.executable, "-m", "flamescore", "score", "--accept", *words]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("FLAMESCORE_")}
    done = subprocess.run(
        [sys.executable, "-c", child, *program],
        cwd=folder, capture_output=True, check=False, timeout=seconds, env=environ,
    )  # fmt: skip
    said, _, peak = done.stderr.decode().rpartition("peak ")
    unit = 1 if sys.platform == "darwin" else 1024
    return _left(folder, done.returncode, said, int(peak) * unit / 1e6)


def _left(folder: Path, code: int, said: str, megabytes: float = 0.0) -> Ran:
    run = folder / "out" / "latest"
    if not run.exists():
        return Ran(code, said, None, None, megabytes)
    return Ran(code, said, json.loads((run / "run.json").read_text()), run.resolve(), megabytes)


PARTS = ("old", "rejected", "later", "ignored", "duplicates", "superseded", "orphans", "kept")


def check_law(record: dict) -> None:
    """Check that every row of every source is accounted for."""
    for source in record["sources"]:
        assert source["rows"] == sum(source[part] for part in PARTS), source
        assert source["pruned"] == 0
