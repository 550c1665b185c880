"""Compare the whole output of the program with that of another commit.

    make golden                  what the working tree puts out, against the last commit
    make golden BASE=v0.1.0      against another commit

It runs the code of both on the projects of `golden/projects.py`: the sample, damaged folders, the benchmark
at size S and, if they are next to the checkout, the real exports. The output of runs, `search`, `explain`,
`changes` and `report` is kept in `build/golden/`, without times, ids and paths. Files that differ are listed
with the first lines or rows that differ; the exit code is 1 if there are any. A difference is not necessarily
a fault: someone reviews it, and explains in the commit why it is right.
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from itertools import islice
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "golden"
SHOWN = 12
"""The maximum number of lines shown of a file's difference."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", default="HEAD", help="the commit to hold the working tree against")
    parser.add_argument("--only", default="", help="only the projects whose name begins so")
    asked = parser.parse_args()
    before = put_out_by(_source_of(asked.base), KEPT / "before", only=asked.only)
    after = put_out_by(ROOT / "src", KEPT / "after", only=asked.only)
    differing = differences(before, after)
    for name, how in differing.items():
        print(f"--- {name}\n{how}")  # noqa: T201 - a script prints
    files = sum(path.is_file() for path in after.rglob("*"))
    print(  # noqa: T201
        f"{files} files, {len(differing)} differ from {asked.base}"
    )
    return 1 if differing else 0


def put_out_by(source: Path, folder: Path, *, only: str = "") -> Path:
    """Run every project with the code in `source`, and keep its output in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = os.pathsep.join(str(path) for path in (source, ROOT / "tests"))
    command = [sys.executable, "-m", "golden.record", str(folder), only]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths})
    return folder


def differences(before: Path, after: Path) -> dict[str, str]:
    """Return the files that differ between the folders, each with a description of the difference."""
    names = {
        str(path.relative_to(top)) for top in (before, after) for path in top.rglob("*") if path.is_file()
    }
    found = {name: _difference(before / name, after / name) for name in sorted(names)}
    return {name: how for name, how in found.items() if how}


def _source_of(commit: str) -> Path:
    """Return the `src` folder of a commit, extracted from git into `build/golden/`."""
    place = KEPT / "base"
    shutil.rmtree(place, ignore_errors=True)
    packed = subprocess.run(
        ["git", "archive", commit, "src"], check=True, cwd=ROOT, capture_output=True
    ).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(place, filter="data")
    return place / "src"


def _difference(before: Path, after: Path) -> str:
    if not before.exists():
        return "only now"
    if not after.exists():
        return "not any more"
    if before.read_bytes() == after.read_bytes():
        return ""
    if before.suffix == ".parquet":
        return _rows(before, after)
    old, new = (path.read_text(errors="surrogateescape").splitlines() for path in (before, after))
    lines = difflib.unified_diff(old, new, lineterm="", n=0)
    return "\n".join(line[:300] for line in islice(lines, 2, 2 + SHOWN))


def _rows(before: Path, after: Path) -> str:
    old, new = (pl.read_parquet(path) for path in (before, after))
    if old.schema != new.schema:
        return f"another schema: {dict(old.schema)} -> {dict(new.schema)}"
    if old.equals(new):
        return "other bytes, the same rows"
    gone, come = (a.join(b, on=a.columns, how="anti", nulls_equal=True) for a, b in ((old, new), (new, old)))
    counts = f"{old.height} rows -> {new.height}; {gone.height} gone, {come.height} new"
    return f"{counts}\n{gone.head(3)}\n{come.head(3)}"


if __name__ == "__main__":
    sys.exit(main())
