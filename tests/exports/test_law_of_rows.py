"""The law of rows: the same rows give the same counts, however they are stored in files.

How each row counts is computed here independently, row by row, from the wording of docs/exports.md.
"""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from flamescore.errors import InputError
from flamescore.nightly import Options, nightly
from flamescore.project import load_project

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
AS_OF = datetime(2026, 12, 1, tzinfo=UTC)
COLUMNS = ("contact_id", "event", "at", "url")
REACHES = {"visit": timedelta(days=30), "open": timedelta(days=60), "deal": None}
WIDEST = timedelta(days=60)
RULES = """
version: 1
ignore: [{event: open, where: {url: /bot}}]
scores:
  s:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, points: 1, count: each, expires: 30d}
      - {name: Open, event: open, points: 1, count: each, expires: 60d}
      - {name: Deal, event: deal, points: 1, count: each, expires: never}
"""
PROJECT = """
version: 1
rules: rules.yaml
as_of: 2026-12-01T00:00:00Z
max_rejects: 100%
contacts: [{path: contacts.csv}]
"""
IDS = ["1", "1", "2", " 1", "9", "", " ", "1.5E+11"]
TYPES = ["visit", "visit", " Visit ", "open", "deal", "other", "", "  "]
AGES = [-1, 0, 3, 29, 30, 31, 59, 60, 61, 200, 4000, None]
URLS = ["/a", "/bot", "/out"]
ROWS = st.lists(st.tuples(*map(st.sampled_from, (IDS, TYPES, AGES, URLS))), max_size=40)
SOUND = ("1", "visit", 1, "/a")


def fate(row, *, leave_out):
    """Return the name of the count that a row falls under: the first that fits."""
    who, kind, age, url = (each.strip() if isinstance(each, str) else each for each in row)
    reach = REACHES.get(kind.lower(), WIDEST)
    if age is not None and reach is not None and timedelta(days=age) >= reach:
        return "old"
    if leave_out and url == "/out":
        return "ignored"
    if who in ("", "1.5E+11") or not kind or age is None:
        return "rejected"
    if age < 0:
        return "later"
    if kind == "open" and url == "/bot":
        return "ignored"
    return "kept" if who in ("1", "2") else "orphans"


def key_of(row):
    """Return the key by which rows are equal: the cells without white space at their ends."""
    who, kind, age, url = row
    return f"{who.strip()}/{kind.strip()}/{age}/{url}"


def expected_of(rows, repeated, *, leave_out):
    """Count rows by fate, and kept ones by contact; of equal rows, all but the first count as `repeated`."""
    counts, points, seen = Counter(), dict.fromkeys("12", 0), set()
    for row in rows:
        became, key = fate(row, leave_out=leave_out), key_of(row)
        if repeated and became in ("orphans", "kept"):
            became = repeated if key in seen else became
            seen.add(key)
        counts[became] += 1
        if became == "kept" and row[1].strip().lower() in REACHES:
            points[row[0].strip()] += 1
    return counts, points


def as_frame(rows):
    at = [None if age is None else AS_OF - timedelta(days=age) for _, _, age, _ in rows]
    texts = pl.DataFrame(
        [(who, kind, url) for who, kind, _, url in rows], ["contact_id", "event", "url"], orient="row"
    )
    return texts.with_columns(pl.Series("at", at, dtype=pl.Datetime("us", "UTC"))).select(COLUMNS)


def named_frame(rows):
    """Return the rows as a frame in which equal rows share an id."""
    return as_frame(rows).with_columns(pl.Series("number", map(key_of, rows), dtype=pl.String))


def counted(folder, *, more=""):
    """Score the exports of a folder; return its event counts without zeros, and the scores."""
    (folder / "contacts.csv").write_text("contact_id\n1\n2\n")
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(f"{PROJECT}events: [{{path: 'events*'{more}}}]\n")
    scored = nightly(load_project(folder / "flamescore.yaml"), Options(dry_run=True, accept=True)).scored
    counts = asdict(scored.observed.sources[1].counts)
    assert counts["rows"] == sum(many for name, many in counts.items() if name != "rows")
    assert scored.rejects.height == counts["rejected"]
    scores = dict(scored.scores.select("contact_id", "score").iter_rows())
    return {name: many for name, many in counts.items() if many}, scores


def write(rows, folder, way, dice, framed=as_frame):
    """Write rows in one of the ways in which the same rows may be stored."""
    match way:
        case "shuffled" | "many":
            rows = dice.sample(rows, len(rows))
        case "sorted":
            rows = sorted(rows, key=lambda row: (row[2] is not None, -(row[2] or 0)))
    files = dice.randint(1, 12) if way in ("many", "csv") else 1
    for number in range(files):
        some = framed(rows[number::files])
        if some.is_empty():
            continue
        if way == "csv":
            some.with_columns(pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_csv(
                folder / f"events{number}.csv"
            )
        else:
            plain = {} if way == "no statistics" else {"row_group_size": dice.randint(1, 9)}
            some.write_parquet(folder / f"events{number}.parquet", statistics=way != "no statistics", **plain)


WAYS = ("as it is", "sorted", "shuffled", "no statistics", "many", "csv")


IDS_OF = {"": "", "own": ", event_id: number", "shared": ", event_id: number", "distinct": ""}
REPEATED = {"shared": "superseded", "distinct": "duplicates"}


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=150 if FULL else 25)
@given(rows=ROWS, seed=st.integers(0, 2**32), leave_out=st.booleans(), ids=st.sampled_from(list(IDS_OF)))
def test_the_same_rows_give_the_same_counts(tmp_path_factory, rows, seed, leave_out, ids):
    """Neither statistics, order, files and formats nor errors in old rows change any of the nine counts."""
    rows, dice = [SOUND, SOUND, *rows], Random(seed)
    more = ", leave_out: {url: /out}" if leave_out else ""
    more += f", columns: {{url: url{IDS_OF[ids]}}}"
    more += ", distinct: true" if ids == "distinct" else ""
    expected, points = expected_of(rows, REPEATED.get(ids), leave_out=leave_out)
    for way in WAYS:
        folder = tmp_path_factory.mktemp("law")
        write(rows, folder, way, dice, named_frame if ids == "shared" else as_frame)
        if ids == "own":
            number_rows(folder)
        assert counted(folder, more=more) == ({"rows": len(rows), **expected}, points), way


def number_rows(folder):
    """Give each row its own event id, so that none is superseded."""
    for path in sorted(folder.glob("events*")):
        read, put = (
            (pl.read_csv, "write_csv") if path.suffix == ".csv" else (pl.read_parquet, "write_parquet")
        )
        options = {"infer_schema": False} if path.suffix == ".csv" else {}
        frame = read(path, **options).with_row_index("number")
        getattr(frame.with_columns(pl.format("{}-{}", pl.lit(path.stem), "number").alias("number")), put)(
            path
        )


CASE_66 = """\
1,click,2026-01-01
,click,2026-01-01
,click,2026-11-20
1,,2026-01-01
1,click,bad
1,click,2026-12-01
1,click,2026-11-19
1,click,2026-11-18
1,click,2026-11-17
"""


@pytest.mark.parametrize("leave_out", ["", ', leave_out: {event: ""}'])
@pytest.mark.parametrize("way", ["csv", "parquet", "shuffled, in two files"])
def test_old_comes_before_rejected_and_left_out(tmp_path, way, leave_out):
    frame = pl.DataFrame([line.split(",") for line in CASE_66.splitlines()], COLUMNS[:3], orient="row")
    if way == "csv":
        frame.write_csv(tmp_path / "events.csv")
    elif way == "parquet":
        frame.write_parquet(tmp_path / "events.parquet")
    else:
        mixed = frame.sample(fraction=1, shuffle=True, seed=7)
        mixed.head(4).write_parquet(tmp_path / "events1.parquet")
        mixed.tail(-4).write_parquet(tmp_path / "events2.parquet")
    (tmp_path / "contacts.csv").write_text("contact_id\n1\n")
    rule = "{name: Click, event: click, points: 1, count: each, expires: 30d}"
    (tmp_path / "rules.yaml").write_text(f"version: 1\nscores: {{s: {{five_flames: 10, rules: [{rule}]}}}}\n")
    project = PROJECT.replace("2026-12-01T", "2026-11-21T")
    (tmp_path / "flamescore.yaml").write_text(f"{project}events: [{{path: 'events*'{leave_out}}}]\n")
    scored = nightly(load_project(tmp_path / "flamescore.yaml"), Options(dry_run=True)).scored
    counts = asdict(scored.observed.sources[1].counts)
    assert {name: many for name, many in counts.items() if many} == {
        "rows": 9, "old": 3, "rejected": 2, "later": 1, "kept": 3,
    }  # fmt: skip


@pytest.mark.parametrize("way", ["csv", "parquet"])
def test_old_rows_are_no_rejects_under_strict_and_a_damaged_one_is(tmp_path, way):
    frame = as_frame([SOUND, *[("", "visit", 30, "/a")] * 30, ("1.5E+11", "open", 60, "/a")])
    if way == "csv":
        frame.with_columns(pl.col("at").dt.strftime("%Y-%m-%d")).write_csv(tmp_path / "events.csv")
    else:
        frame.write_parquet(tmp_path / "events.parquet")
    counted(tmp_path)
    project = load_project(tmp_path / "flamescore.yaml")
    strict = Options(dry_run=True, accept=True, strict=True)
    rule = "{name: Visit, event: visit, points: 1, count: each, expires: 30d}"
    (tmp_path / "rules.yaml").write_text(f"version: 1\nscores: {{s: {{five_flames: 10, rules: [{rule}]}}}}\n")
    assert asdict(nightly(project, strict).scored.observed.sources[1].counts)["old"] == 31
    if way == "csv":
        with (tmp_path / "events.csv").open("a") as file:
            file.write("1,visit,2020-01-01\n")
        with pytest.raises(InputError, match="--strict: 1 warning stops this run"):
            nightly(project, strict)
