"""Feeds that have gone silent; runs as of other days; the law of rows."""

import json
from datetime import date, timedelta

import polars as pl
import pytest

DAY = timedelta(days=1)


def daily(last: date, *, days: int, each: int = 1, kind: str = "click", skip=()) -> list[str]:
    return [
        f"1,{kind},{(last - DAY * back).isoformat()}T10:00:00Z"
        for back in range(days)
        if last - DAY * back not in skip
        for _ in range(each)
    ]


def feed(case, rows):
    case.contacts("1")
    case.events(" / ".join(rows))
    return case.score()


def test_a_silent_feed(case):
    found = feed(case, daily(date(2026, 11, 1), days=60, each=40)).warning("I150", "events e.csv")
    assert "20 days old" in found["message"]
    assert "40 a day" in found["message"]
    assert found["cure"].startswith("newest_within: ")


@pytest.mark.parametrize(("newest", "told"), [(18, False), (17, True)])
def test_how_long_is_silent(case, newest, told):
    done = feed(case, daily(date(2026, 11, newest), days=60, each=4))
    assert ("I150" in done.codes) == told


@pytest.mark.parametrize(("day", "told"), [(16, False), (17, False), (18, False), (19, True)])
def test_a_weekday_rhythm(case, day, told):
    friday = date(2026, 11, 13)
    rows = [f"1,click,{each}" for back in range(70) if (each := friday - DAY * back).weekday() < 5]
    case.contacts("1")
    case.events(" / ".join(rows))
    done = case.score(as_of=f"2026-11-{day}T00:00:00Z")
    assert ("I150" in done.codes) == told


@pytest.mark.parametrize(("silence", "told"), [(4, False), (5, True)])
def test_a_day_off_doubles_the_patience(case, silence, told):
    newest = date(2026, 11, 21) - DAY * (silence + 1)
    done = feed(case, daily(newest, days=60, skip=[newest - DAY * 20]))
    assert ("I150" in done.codes) == told


def test_nine_days_tell_nothing(case):
    rows = [f"1,click,{date(2026, 6, 1) + DAY * 7 * number}" for number in range(9)]
    assert "I150" not in feed(case, rows).codes


@pytest.mark.parametrize("named", [True, False])
def test_one_type_of_a_feed(case, named):
    rows = [*daily(date(2026, 11, 20), days=60, kind="mail"), *daily(date(2026, 11, 1), days=40, kind="call")]
    case.rule(event=["mail", "call"] if named else "mail")
    done = feed(case, rows)
    assert [each["subject"] for each in done.lines if each["code"] == "I150"] == (
        ["events e.csv event call"] if named else []
    )


def test_newest_within(case):
    case.source(newest_within="2d")
    done = feed(case, daily(date(2026, 11, 18), days=60))
    assert done.code == 3
    done.error("I053")
    again = case.score("--accept")
    assert again.code == 0
    again.warning("I053")
    case.source(newest_within={"mail": "40d"})
    rows = [*daily(date(2026, 11, 1), days=60), *daily(date(2026, 11, 1), days=60, kind="mail")]
    case.rule(event=["click", "mail"])
    feed(case, rows).warning("I150")


@pytest.fixture
def simple(case):
    case.contacts("1")
    case.events("1,click,2026-11-20")
    return case


def test_a_future_day(simple):
    done = simple.score(as_of="2027-11-26")
    assert done.code == 2
    assert "Did you mean 2026-11-26?" in str(done.error("U015"))
    assert simple.score().code == 0
    before = (simple.folder / "out" / "latest").readlink()
    assert simple.score("--accept", as_of="2027-11-26").code == 0
    assert (simple.folder / "out" / "latest").readlink() == before


def test_latest_that_is_not_moved(simple):
    assert simple.score("--accept", "--make-latest", as_of="2027-11-26").code == 0
    done = simple.score(as_of="2026-11-26")
    assert "2027" in done.warning("O100")["message"]
    simple.run("search", "-v", "--log-format", "json").warning("O101")
    assert simple.score("--make-latest", as_of="2026-11-26").code == 0
    assert "2026" in str((simple.folder / "out" / "latest").readlink())
    simple.score(as_of="2026-01-01").note("O104")


def test_a_fixed_day(simple):
    simple.project["as_of"] = date(2026, 11, 21)
    assert "5 days ago" in simple.score(as_of=None).warning("O102")["message"]
    simple.project["as_of"] = "today"
    assert "O102" not in simple.score(as_of=None).codes


def test_urls_and_zones(simple):
    simple.project["output"] = "s3://b/x"
    done = simple.score()
    assert (done.code, done.error("P031")["code"]) == (2, "P031")
    assert not (simple.folder / "s3:").exists()
    del simple.project["output"]
    simple.zone = "localtime"
    assert simple.score().error("R028")["code"] == "R028"


def test_yml(simple):
    simple.write()
    (simple.folder / "flamescore.yaml").rename(simple.folder / "flamescore.yml")
    words = ("score", "--as-of", "2026-11-21", "-v", "--log-format", "json")
    assert simple.run(*words).code == 0
    simple.write()
    done = simple.run(*words)
    assert (done.code, done.error("P032")["code"]) == (2, "P032")


@pytest.mark.parametrize(("mode", "folder", "files"), [(None, 0o700, 0o600), ("0640", 0o750, 0o640)])
def test_a_failed_run_leaves_something_to_look_at(simple, mode, folder, files):
    if mode:
        simple.project["mode"] = mode
    simple.events(" / ".join("1,click,bad" for _ in range(30)))
    done = simple.score(log=False)
    assert done.code == 3
    assert "out/failed/rejects.csv" in done.err.splitlines()[-1]
    failed = simple.folder / "out" / "failed"
    assert failed.stat().st_mode & 0o777 == folder
    assert {path.name for path in failed.iterdir()} == {"run.json", "rejects.csv"}
    assert {path.stat().st_mode & 0o777 for path in failed.iterdir()} == {files}
    said = json.loads((failed / "run.json").read_text())
    assert [each["code"] for each in said["findings"]] == ["I007"]
    assert "failed" not in simple.run("runs", log=False).out
    simple.events("1,click,2026-11-20")
    assert simple.score().code == 0
    assert not failed.exists()


def test_retention(simple):
    simple.project["keep_runs"] = {"all": "1d", "daily": 3}
    for day in range(16, 21):
        for hour in ("06", "12", "18"):
            assert simple.score(as_of=f"2026-11-{day}T{hour}:00:00Z").code == 0
    left = sorted(path.name[:13] for path in (simple.folder / "out" / "runs").iterdir())
    assert left == ["2026-11-18T18", "2026-11-19T18", "2026-11-20T06", "2026-11-20T12", "2026-11-20T18"]


@pytest.mark.parametrize(
    ("against", "older"),
    [
        ("7d", "2026-11-13"),
        ("last-monday", "2026-11-16"),
        ("2026-11-12", "2026-11-12"),
        ("yesterday", "2026-11-19"),
    ],
)
def test_changes_against(simple, against, older):
    simple.events(" / ".join(f"1,click,2026-11-{day:02d}" for day in range(1, 21)))
    scores = {}
    for day in range(12, 21):
        done = simple.score(as_of=f"2026-11-{day}T12:00:00Z")
        scores[f"2026-11-{day}"] = done.scores["1"]
    words = ("--against", against, "--all", "--format", "parquet", "--out", "c.parquet")
    done = simple.run("changes", *words, log=False)
    assert ("by_activity" in done.err) == (against != "yesterday")
    table = pl.read_parquet(simple.folder / "c.parquet")
    row = table.row(0, named=True)
    assert (row["score"], row["previous_score"]) == (scores["2026-11-20"], scores[older])
    assert row["by_activity"] is None or against == "yesterday"


def test_changes_against_what_is_not_there(simple):
    simple.score(as_of="2026-11-12T12:00:00Z")
    simple.score(as_of="2026-11-13T12:00:00Z")
    done = simple.run("changes", "--against", "2026-01-01", "-v", "--log-format", "json")
    assert done.code == 4
    assert "2026-11-12" in str(done.error("O004"))
    assert "2026-11-13" in str(done.error("O004"))


LAW = (
    "1,click,2026-01-01 / ,click,2026-01-01 / ,click,2026-11-20 / 1,,2026-01-01 / 1,click,bad"
    " / 1,click,2026-12-01"
)
GOOD = " / ".join(f"1,click,2026-11-{day}" for day in (17, 18, 19))


def test_the_law_of_rows(simple):
    simple.events(f"{LAW} / {GOOD}")
    simple.rule(expires="30d")
    done = simple.score()
    names = ("rows", "old", "rejected", "later", "kept")
    assert done.rows(*names) == (9, 3, 2, 1, 3)
    simple.source(leave_out={"event": ""})
    assert simple.score().rows("ignored") == (0,)
