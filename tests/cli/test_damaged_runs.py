"""Damaged runs: every command that reads one reports it and exits with 3; nightly runs don't fail."""

from __future__ import annotations

import json
import os
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cli.damaging import RECORD_DAMAGE, TABLE_DAMAGE, copied, edited, flipped, without
from cli.log_lines import first_line
from cli.small import CONTACTS, EVENTS, PROJECT, latest, record, runs, write_project
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings

if TYPE_CHECKING:
    from pathlib import Path

MERGED = PROJECT.replace("    dates:", "    merged: {column: Was}\n    dates:")
TABLES = (
    "scores.parquet",
    "points.parquet",
    "contacts.parquet",
    "excluded.parquet",
    "hot.parquet",
    "changes.parquet",
    "merged.parquet",
)
SEARCHED = ("scores.parquet", "contacts.parquet", "excluded.parquet", "merged.parquet")
REPORTED = ("scores.parquet", "points.parquet", "contacts.parquet", "excluded.parquet", "changes.parquet")
READS = {
    ("search", "--format", "csv"): (*SEARCHED, "points.parquet", "changes.parquet"),
    ("search", "--flames", "0", "--raw", "--format", "csv"): (*SEARCHED, "points.parquet"),
    ("search", "--changed", "up", "--raw"): (*SEARCHED, "changes.parquet"),
    ("search", "--text", "ann", "--where", "Country=US", "--tag", "VIP", "--columns", "Country"): SEARCHED,
    ("report",): REPORTED,
    ("report", "--format", "md", "--redact"): REPORTED,
    ("report", "--format", "html"): REPORTED,
    ("report", "--format", "xlsx"): REPORTED,
    ("changes", "--format", "csv"): ("changes.parquet", "excluded.parquet"),
    ("changes", "--all", "--format", "table"): ("changes.parquet",),
    ("explain", "101"): ("scores.parquet",),
}
"""The files of a run that each command reads, in addition to its record."""

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
FEW = dict(list(READS.items())[::5])
"""Every fifth command, one of each kind, for damage that all commands detect in the same place."""


def write_merged(folder: Path) -> Path:
    write_project(folder)
    header, *rows = CONTACTS.splitlines()
    rows = [f"{row},{'55' if row.startswith('101,') else ''}" for row in rows]
    (folder / "contacts.csv").write_text("\n".join([f"{header},Was", *rows]) + "\n")
    (folder / "flamescore.yaml").write_text(MERGED)
    return folder


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory):
    """Return the output folder of two nightly runs, which write every table."""
    folder = write_merged(tmp_path_factory.mktemp("nights"))
    for night in ("2026-11-20", "2026-11-21"):
        nightly(find_settings(str(folder / "flamescore.yaml"), {"as_of": night}), Options())
    made = {path.name for path in (folder / "out" / "latest").iterdir()}
    assert made > {*TABLES, "run.json"}
    return folder / "out"


@pytest.fixture
def nights(two_nights, project):
    write_merged(project)
    copied(two_nights, project / "out")
    return project


def damaged(run_id: str, file: str) -> str:
    """Return the start of the error about a damaged run; the problem with the file follows."""
    return (
        f"error O005: run {run_id} is damaged: {file}; choose another with --run, "
        f"or score again\n        Do: "
    )


def check_commands(nights, flamescore, file: str, commands=READS) -> None:
    run_id = latest(nights)
    for words, files in commands.items():
        done = flamescore(*words)
        if file == "run.json" or file in files:
            said = damaged(run_id, file) + f"{nights / 'out' / 'runs' / run_id / file} "
            assert (words, done.code, done.raw, done.err[: len(said)]) == (words, 3, b"", said)
            assert done.err.count("\n") == 2
        else:
            assert (words, done.code, done.err) == (words, 0, "")
    assert flamescore("search", "--run", "2026-11-20").code == 0
    check_the_list_of_runs(nights, flamescore, file)


def check_the_list_of_runs(nights, flamescore, file: str) -> None:
    run_id = latest(nights)
    listed = flamescore("runs", "--format", "json")
    assert (listed.code, [row["run_id"] for row in json.loads(listed.out)]) == (0, runs(nights)[::-1])
    checked = flamescore("runs", "--check", "--format", "json")
    assert (checked.code, checked.err[: len(damaged(run_id, file))]) == (3, damaged(run_id, file))
    last, first = json.loads(checked.out)
    assert (last["result"], last["damage"][: len(file)], first["result"], first["damage"]) == (
        "damaged", file, "sound", None,
    )  # fmt: skip


def check_the_next_night(nights, flamescore, file: str) -> None:
    run_id = latest(nights)
    told = f"out/runs/{run_id}/{file}: warning O103: The run before can't be read: {file} "
    matters = file in ("run.json", "scores.parquet")
    tried = flamescore("score", "--as-of", "2026-11-22", "--dry-run")
    assert (tried.code, "Nothing was written.\n" in tried.out) == (0, True)
    assert tried.err.startswith(told) if matters else tried.err == ""
    assert latest(nights) == run_id
    done = flamescore("score", "--as-of", "2026-11-22")
    assert (done.code, latest(nights) != run_id) == (0, True)
    assert done.err.startswith(told) if matters else done.err == ""
    assert done.err.count("O103") == matters
    assert [warning.startswith(told) for warning in record(nights)["warnings"]] == [True] * matters
    assert (record(nights)["changes"] is None) == matters


QUICK = [(file, kind) for file in TABLES for kind in TABLE_DAMAGE if file == TABLES[0] or kind == "missing"]
OTHERS = [(file, kind) for file in TABLES for kind in TABLE_DAMAGE if (file, kind) not in QUICK]


@pytest.mark.parametrize(
    ("file", "kind"), [*QUICK, *(pytest.param(*each, marks=pytest.mark.full) for each in OTHERS)]
)
def test_a_damaged_table(nights, flamescore, file, kind):
    TABLE_DAMAGE[kind](nights / "out" / "latest" / file)
    check_commands(nights, flamescore, file, READS if FULL or kind == "missing" else FEW)
    check_the_next_night(nights, flamescore, file)


@pytest.mark.parametrize("kind", RECORD_DAMAGE)
def test_a_damaged_record(nights, flamescore, kind):
    RECORD_DAMAGE[kind](nights / "out" / "latest" / "run.json")
    check_commands(nights, flamescore, "run.json", READS if FULL or kind == "missing" else FEW)
    check_the_next_night(nights, flamescore, "run.json")


def test_both_kinds_of_comparison_are_one_warning(nights, flamescore):
    run_id = latest(nights)
    (nights / "out" / "latest" / "run.json").unlink()
    done = flamescore("score", "--as-of", "2026-11-22")
    assert done.err == (
        f"out/runs/{run_id}/run.json: warning O103: The run before can't be read: run.json is missing. "
        "Changes since then are unknown. Its numbers of rows are not compared with today's.\n"
    )
    (nights / "out" / "latest" / "scores.parquet").write_bytes(b"PAR1")
    run_id = latest(nights)
    done = flamescore("score", "--dry-run", "--as-of", "2026-11-22T01:00:00Z")
    (size,) = (file["bytes"] for file in record(nights)["files"] if file["path"] == "scores.parquet")
    assert done.err == (
        f"out/runs/{run_id}/scores.parquet: warning O103: The run before can't be read: "
        f"scores.parquet has 4 bytes, and {size:,} were published. What would change is unknown.\n"
    )
    assert done.out.endswith(
        "The previous run can't be read, so nothing was compared. Nothing was written.\n"
    )


def test_an_unknown_zone_in_one_record_hides_no_other_run(nights, flamescore):
    edited(timezone="Mars/Olympus")(nights / "out" / "latest" / "run.json")
    assert flamescore("report", "--run", "2026-11-20").code == 0
    assert flamescore("search", "--run", "2026-11-21").code == 3
    done = flamescore("runs", "--format", "json")
    assert [(row["contacts"], row["damaged"]) for row in json.loads(done.out)] == [
        (None, "run.json"),
        (8, None),
    ]
    said = f"run {latest(nights)} is damaged: run.json; choose another with --run, or score again"
    assert (done.code, done.err.splitlines()[0]) == (0, f"run: warning O005: {said}")
    assert flamescore("runs", "-qq").err == ""


def test_a_damaged_run_as_json_lines(nights, flamescore):
    run_id = latest(nights)
    path = nights / "out" / "runs" / run_id / "points.parquet"
    path.unlink()
    done = flamescore("report", "--log-format", "json")
    told = {key: value for key, value in first_line(done.err).items() if value is not None and key != "time"}
    assert told == {
        "level": "error",
        "code": "O005",
        "message": f"run {run_id} is damaged: points.parquet; choose another with --run, or score again",
        "hint": f"{path} is missing.",
        "cure": f"{path} is missing.",
        "exit_code": 3,
    }


# --- runs --check


def test_sound_runs(nights, flamescore):
    done = flamescore("runs", "--check", "--format", "json")
    assert (done.code, done.err) == (0, "")
    rows = json.loads(done.out)
    assert [(row["run_id"], row["latest"], row["result"], row["damage"]) for row in rows] == [
        (runs(nights)[1], True, "sound", None),
        (runs(nights)[0], False, "sound", None),
    ]
    assert rows[0]["files"] == len(list((nights / "out" / "latest").iterdir())) - 1
    assert rows[0]["as_of"] == "2026-11-21T00:00:00Z"


def test_every_file_is_checked(nights, flamescore):
    folder = nights / "out" / "latest"
    for name in sorted(path.name for path in folder.iterdir() if path.name != "run.json"):
        kept = (folder / name).read_bytes()
        flipped(0.5)(folder / name)
        done = flamescore("runs", "--check", "--format", "json")
        damage = f"{name} is not as it was published: its SHA-256 is another"
        assert (done.code, json.loads(done.out)[0]["damage"]) == (3, damage)
        assert done.err.startswith(damaged(latest(nights), name))
        (folder / name).write_bytes(kept)
    assert flamescore("runs", "--check").code == 0


def test_a_file_that_is_not_of_the_run(nights, flamescore):
    (nights / "out" / "latest" / "notes.txt").write_text("call Ann\n")
    done = flamescore("runs", "--check", "--format", "json")
    assert (done.code, json.loads(done.out)[0]["damage"]) == (3, "notes.txt is not of this run")
    assert flamescore("runs").err == ""
    assert flamescore("report").code == 0


def test_all_that_is_damaged_is_told_in_one_row(nights, flamescore):
    first = runs(nights)[0]
    (nights / "out" / "runs" / first / "report.md").unlink()
    (nights / "out" / "runs" / first / "scores.csv").unlink()
    done = flamescore("runs", "--check", "--format", "json")
    assert [row["damage"] for row in json.loads(done.out)] == [
        None,
        "report.md is missing; scores.csv is missing",
    ]
    assert (done.code, done.err.count("O005")) == (3, 1)


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson", "parquet", "xlsx", "md"])
def test_a_check_in_every_format(nights, flamescore, form):
    (nights / "out" / "runs" / runs(nights)[0] / "scores.csv").unlink()
    done = flamescore("runs", "--check", "--format", form, "-o", "checked", "-q")
    assert (done.code, done.raw, done.err[:11]) == (3, b"", "error O005:")
    made = (nights / "checked").read_bytes()
    if form in ("table", "csv", "json", "ndjson", "md"):
        assert [made.count(word) for word in (b"sound", b"scores.csv is missing")] == [1, 1]
    else:
        assert made[:4] == {"parquet": b"PAR1", "xlsx": b"PK\x03\x04"}[form]


@pytest.mark.usefixtures("project")
def test_no_runs_to_check(flamescore):
    done = flamescore("runs", "--check")
    assert (done.code, done.out, done.err) == (0, "run_id,as_of,latest,files,result,damage\n", "")


# --- runs of versions that stored no checksums


@pytest.fixture
def old(nights):
    for run_id in runs(nights):
        without("files")(nights / "out" / "runs" / run_id / "run.json")
    return nights


def test_a_run_without_checksums_is_read_as_ever(old, flamescore):
    for words in READS:
        assert flamescore(*words).code == 0
    done = flamescore("runs", "--check", "--format", "json")
    assert (done.code, [row["result"] for row in json.loads(done.out)]) == (0, ["no checksums"] * 2)
    done = flamescore("score", "--as-of", "2026-11-22")
    assert (done.code, done.err, record(old)["changes"]["run_id"]) == (0, "", runs(old)[1])


SEEN = (
    "missing",
    "empty",
    "directory",
    "a text",
    "half",
    "zeroed",
    "another schema",
    "other types",
    "a column less",
)
"""The kinds of damage that are detected without a checksum."""


@pytest.mark.parametrize("kind", TABLE_DAMAGE)
def test_a_damaged_table_without_checksums(old, flamescore, kind):
    run_id = latest(old)
    TABLE_DAMAGE[kind](old / "out" / "latest" / "scores.parquet")
    for words in FEW:
        done = flamescore(*words)
        if kind in SEEN or done.code:
            said = damaged(run_id, "scores.parquet")
            assert (words, done.code, said in done.err, "Traceback" in done.err) == (words, 3, True, False)
    done = flamescore("score", "--as-of", "2026-11-22")
    assert (done.code, latest(old) != run_id) == (0, True)
    assert ("O103" in done.err) or kind not in (*SEEN, "nulls")


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda rows: pl.concat([rows, rows]), "it has rows twice"),
        (lambda rows: rows.with_columns(score=float("nan")), "16 cells are none that a run writes"),
        (lambda rows: rows.with_columns(score=1e300), "16 cells are none that a run writes"),
        (lambda rows: rows.with_columns(pl.lit(6).cast(pl.Int32).alias("flames")), "16 cells are none"),
        (lambda rows: rows.with_columns(extra=1), "1 of its columns are of no type that it has"),
        (lambda rows: rows.drop("rank"), "it has no column rank"),
    ],
)
def test_rows_that_no_run_writes(old, flamescore, spoilt, why):
    path = old / "out" / "latest" / "scores.parquet"
    spoilt(pl.read_parquet(path)).write_parquet(path)
    done = flamescore("score", "--as-of", "2026-11-22")
    assert (done.code, f"scores.parquet is not a table of a run: {why}" in done.err) == (0, True)
    assert record(old)["changes"] is None


def test_a_run_of_another_project_is_compared_with(old, flamescore):
    """Kept columns of another type are left out; contacts that vanished are still reported."""
    path = old / "out" / "latest" / "scores.parquet"
    rows = pl.read_parquet(path)
    gone = rows.head(1).with_columns(contact_id=pl.lit("999"))
    rows = pl.concat([rows, gone]).with_columns(name=pl.lit(1.5), more=pl.lit("x"))
    rows.write_parquet(path)
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    made = pl.read_parquet(old / "out" / "latest" / "changes.parquet")
    (row,) = made.filter(pl.col("change") == "vanished").to_dicts()
    assert (row["contact_id"], row["name"], row["owner"]) == ("999", None, rows["owner"][0])


# --- errors not caused by the earlier run


def test_a_fault_of_todays_exports_still_stops_the_run(nights, flamescore):
    (nights / "out" / "latest" / "scores.parquet").unlink()
    (nights / "events.csv").write_text(EVENTS.replace("2026", "when"))
    run_id = latest(nights)
    done = flamescore("score", "--as-of", "2026-11-22")
    assert (done.code, latest(nights)) == (3, run_id)
    assert "error I007" in done.err


def test_a_fault_of_the_program_is_not_laid_on_a_sound_run(nights, flamescore, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr("flamescore.cli.report.render_terminal", fail)
    assert flamescore("report").code == 70
    (nights / "out" / "latest" / "report.md").unlink()
    assert flamescore("report").code == 70
    monkeypatch.setattr(import_module("flamescore.searches.matching"), "search", fail)
    assert flamescore("search").code == 70


def test_large_files_are_summed_when_reading_them_fails(nights, flamescore, monkeypatch):
    """Damage is reported even for a file that is too large for its checksum to be verified first."""
    monkeypatch.setattr("flamescore.runs.contents.SUMMED", 0)
    assert flamescore("report").code == 0
    path = nights / "out" / "latest" / "points.parquet"
    data = bytearray(path.read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    path.write_bytes(data)
    done = flamescore("report")
    assert (done.code, done.err[: len(damaged(latest(nights), path.name))]) == (
        3,
        damaged(latest(nights), path.name),
    )


@pytest.mark.full
@pytest.mark.parametrize("seed", range(60))
def test_random_damage(nights, flamescore, seed):
    """Bits of a file are flipped, or bytes are deleted or zeroed; some runs have no checksums."""
    dice = Random(seed)
    run_id = latest(nights)
    sums = dice.random() < 0.5
    if not sums:
        without("files")(nights / "out" / "latest" / "run.json")
    file = dice.choice([*TABLES, "run.json"])
    path = nights / "out" / "latest" / file
    data = bytearray(path.read_bytes())
    at, length = dice.randrange(len(data)), dice.choice([1, 1, 8, 100])
    match dice.choice(["flip", "cut", "zero"]):
        case "flip":
            data[at] ^= 1 << dice.randrange(8)
        case "cut":
            del data[at : at + length]
        case _:
            zeros = bytes(min(length, len(data) - at))
            data[at : at + length] = b"\xff" * len(zeros) if data[at : at + length] == zeros else zeros
    path.write_bytes(data)
    for words, files in READS.items():
        done = flamescore(*words)
        allowed = (
            (0, 2, 3) if file == "run.json" else (0, 3)
        )  # damage may leave a valid record, such as one with another title or score name
        assert done.code in allowed, (words, done.err)
        assert "Traceback" not in done.err
        if sums and file in files:
            assert (done.code, damaged(run_id, file) in done.err) == (3, True), (words, file)
    assert flamescore("runs").code == 0
    assert flamescore("score", "--dry-run", "--as-of", "2026-11-22").code == 0
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    assert latest(nights) != run_id
