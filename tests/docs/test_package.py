"""A wheel installed into its own environment works from an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/flamescore"


def run(*words, cwd, **environ):
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("FLAMESCORE_", "PYTHON"))}
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=clean | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def pip(python, *words, cwd):
    done = run(
        python, "-m", "pip", "--disable-pip-version-check", "--quiet", *words, cwd=cwd, PIP_RETRIES="1"
    )
    if done.returncode and any(
        word in done.stderr for word in ("No matching distribution", "Could not find a version")
    ):
        pytest.skip("packages can't be had here: offline?")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("flamescore-*.whl"))


@pytest.mark.full
def test_the_wheel_holds_everything_but_caches(wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("flamescore/")}
    there = {
        f"flamescore/{path.relative_to(SOURCE)}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == there
    assert "flamescore/py.typed" in held


@pytest.mark.full
def test_it_works_from_an_empty_folder(wheel, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    pip(python, "install", "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    program = tmp_path / "venv/bin/flamescore"

    done = run(program, "--help", cwd=empty)
    assert done.returncode == 0
    assert "flamescore search --flames 5" in done.stdout
    done = run(program, "schema", "rules", cwd=empty)
    assert done.stdout == (ROOT / "rules/rules.schema.json").read_text(encoding="utf-8")

    words = ("score", "--config", ROOT / "flamescore.yaml", "--output", tmp_path / "out")
    done = run(program, *words, cwd=empty)
    assert done.returncode == 0, done.stderr
    assert "2,000 contacts, 36 hot with 5 flames, 22 to call" in done.stdout
    assert (tmp_path / "out/latest/scores.parquet").is_file()
    assert list(empty.iterdir()) == []
