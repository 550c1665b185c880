"""What is imported when, what may import what, and how long modules are."""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import flamescore

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/flamescore"
HEAVY = ("polars", "numpy", "rich.console", "pydantic", "jinja2", "yaml", "vl_convert", "markdown_it")


CONNECTIONS = ("sqlite3", "smtplib", "urllib.request", "obstore", "adbc_driver_postgresql", "apprise")


def loaded(code, *words, among=HEAVY, **environ):
    """Return the heavy modules that are loaded after a piece of code has run as a program."""
    program = (
        "import json, sys\n"
        f"sys.argv = ['flamescore', *{words!r}]\n"
        f"try:\n    {code}\n"
        "except SystemExit:\n    pass\n"
        "sys.stderr.write('|' + json.dumps([name for name in sys.modules]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | environ, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.rpartition("|")[2])) & set(among)


MAIN = "from flamescore.cli.main import main; main()"


def test_importing_the_package_imports_nothing_heavy():
    assert loaded("import flamescore") == set()


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["score", "--help"], ["explain", "-h"], ["no-such-word"]]
)
def test_help_imports_nothing_heavy(words):
    assert loaded(MAIN, *words, among=(*HEAVY, *CONNECTIONS)) == set()


@pytest.mark.parametrize("which", ["rules", "project", "test", "diff", "backtest", "check"])
def test_a_schema_needs_no_frames(which):
    assert loaded(MAIN, "schema", which) & {"polars", "numpy", "jinja2"} == set()


@pytest.mark.parametrize("words", [["search", "--flames", "5"], ["runs"]], ids=["search", "runs"])
def test_who_reads_a_stored_run_imports_nothing_that_scores_or_makes_reports(tmp_path, words):
    scores = ("flamescore.engine", "flamescore.exports", "flamescore.rules", "flamescore.explanations")
    told = loaded(MAIN, *words, among=(*HEAVY, *scores), FLAMESCORE_OUTPUT=str(tmp_path))
    assert told == {"polars", "yaml"}


def test_completion_imports_nothing_heavy():
    environ = {"_FLAMESCORE_COMPLETE": "complete_bash", "COMP_WORDS": "flamescore s", "COMP_CWORD": "1"}
    assert loaded(MAIN, **environ) == set()


def test_the_public_api_is_there_when_asked_for():
    program = "import flamescore\nfor name in flamescore.__all__: getattr(flamescore, name)\n"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


@pytest.mark.parametrize("first", ["flamescore.api", "flamescore.explanations", "flamescore.searches"])
def test_its_functions_are_no_rooms_of_the_same_name(first):
    program = (
        f"import flamescore, {first}\n" + "assert not isinstance(flamescore.{0}, type(flamescore))\n" * 2
    )
    for name in ("explain", "search"):
        subprocess.run([sys.executable, "-W", "error", "-c", program.format(name)], check=True)


def test_all_is_sorted():
    import flamescore  # noqa: PLC0415 - the subject

    assert flamescore.__all__ == sorted(flamescore.__all__)


def test_imports_point_down_only():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_module_is_longer_than_450_lines():
    lengths = {
        str(path.relative_to(SOURCE)): len(path.read_text().splitlines())
        for path in SOURCE.rglob("*.py")
        if path.parent != SOURCE / "report/compiled"  # made by Jinja
    }
    over = sorted((length, name) for name, length in lengths.items() if length > 300)
    print("over 300 lines:", over)  # noqa: T201 - shown by pytest -s, and if the test fails
    assert [each for each in over if each[0] > 450] == []


def test_a_test_of_each_room_is_where_one_looks_for_it():
    rooms = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    wanted = {"changes", "cli", "engine", "explanations", "exports", "project", "report", "rules", "runs"}
    assert wanted <= rooms & folders


def test_every_name_of_a_room_is_there():
    rooms = [each.name for each in pkgutil.iter_modules(flamescore.__path__) if each.ispkg]
    for room in rooms:
        package = importlib.import_module(f"flamescore.{room}")
        for name in getattr(package, "__all__", ()):
            assert hasattr(package, name), f"flamescore.{room}.{name}"
