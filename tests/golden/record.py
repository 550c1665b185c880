"""Run the golden projects with the code on the path, and keep the output."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from attack.launch import Ran, command, forked, load_everything
from golden.projects import Golden, projects

RUN_ID = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{6}")
UNSTEADY = ("started_at", "ended_at", "steps", "versions", "files")
"""Keys of a run's record that vary between runs: times, and the checksums of pages that contain an id."""


def main(folder: Path, only: str) -> None:
    load_everything()
    for project in projects():
        if project.name.startswith(only):
            _keep(project, folder / project.name)


def _keep(project: Golden, kept: Path) -> None:
    kept.mkdir()
    with tempfile.TemporaryDirectory() as place:
        work = Path(place) / "work"
        work.mkdir()
        made = forked(Path(place), lambda: project.fill(work), limit=600)
        if made.code:
            sys.exit(f"{project.name} can't be made: {made.err.decode()}")
        for number, words in enumerate(project.commands):
            ran = forked(work, command(*words), limit=600)
            (kept / f"{number}-{words[0]}.txt").write_text(_steady(_told(words, ran), work))
        for run in sorted((work / "out" / "runs").glob("*")):
            _keep_run(run, kept / run.name[:17], work)


def _told(words: tuple[str, ...], ran: Ran) -> str:
    out, err = (text.decode(errors="backslashreplace") for text in (ran.out, ran.err))
    return f"$ flamescore {' '.join(words)}\nexit code {ran.code}\n--- stdout\n{out}--- stderr\n{err}"


def _keep_run(run: Path, kept: Path, work: Path) -> None:
    kept.mkdir()
    for file in sorted(run.iterdir()):
        if file.suffix == ".parquet":
            shutil.copyfile(file, kept / file.name)
        elif file.name == "run.json":
            record = {
                key: value for key, value in json.loads(file.read_text()).items() if key not in UNSTEADY
            }
            (kept / file.name).write_text(_steady(json.dumps(record, indent=1), work))
        else:
            (kept / file.name).write_text(_steady(file.read_text(), work))


def _steady(text: str, work: Path) -> str:
    text = RUN_ID.sub("RUN", text).replace(str(work), "FOLDER")
    text = re.sub(r'"modified": "[^"]*"', '"modified": "TIME"', text)
    return re.sub(r"\b\d+\.\d+ s\b", "N s", text)


if __name__ == "__main__":
    os.environ.pop("FLAMESCORE_CONFIG", None)
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
