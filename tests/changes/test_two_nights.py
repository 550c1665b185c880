"""Two nights on growing exports through the command line: each cause of a change is reported as such."""

import json
from contextlib import chdir
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from flamescore.cli.main import program
from product import whole

RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Opened, event: email_open, points: 3, count: each, expires: 10d}
      - {name: Bought, event: purchase, points: 8, count: once, expires: never}
"""
PROJECT = """\
version: 1
rules: rules.yaml
hot_flames: 4
keep: [name, owner]
call_list: {exclude: {field: {name: Excluded}}}
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
"""
CONTACTS = "contact_id,name,owner\n1,Ann,Bo\n2,=1+1,\n3,Excluded,Bo\n"
EVENTS = "contact_id,event,at\n1,email_open,2026-01-05T00:00:00Z\n2,email_open,2026-01-01T12:00:00Z\n"
COLUMNS = ("by_activity", "by_time", "by_data", "by_rules")


class Folder:
    """A project in a folder, and the commands run in it, within this process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        files = {
            "flamescore.yaml": PROJECT,
            "rules.yaml": RULES,
            "contacts.csv": CONTACTS,
            "events.csv": EVENTS,
        }
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)

    def run(self, *words: str, code: int = 0) -> Result:
        with chdir(self.path):
            done = CliRunner().invoke(program(), list(words))
        assert done.exit_code == code, done.stderr
        return done

    def night(self, day: int, **files: str) -> pl.DataFrame | None:
        for name, text in files.items():
            self.write(name.replace("_", "."), text)
        self.run("score", "--as-of", f"2026-01-{day:02d}", "-q")
        made = self.path / "out" / "latest" / "changes.parquet"
        return pl.read_parquet(made) if made.exists() else None

    def record(self) -> dict:
        return json.loads((self.path / "out" / "latest" / "run.json").read_text())

    def rows(self, *words: str) -> list[dict]:
        return json.loads(self.run(*words, "--format", "json").stdout)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def parts(rows: pl.DataFrame, contact_id: str) -> tuple[int, ...]:
    (row,) = rows.filter(pl.col("contact_id") == contact_id).select(COLUMNS).rows()
    return tuple(whole(points) // 10_000 for points in row)


def test_the_first_run_has_nothing_to_be_held_against(folder):
    assert folder.night(6) is None
    assert folder.record()["changes"] is None
    done = folder.run("changes")
    assert done.stdout.startswith("contact_id,score_name,change")
    assert "has no changes: it is the first" in done.stderr


def test_only_time_passes(folder):
    folder.night(6)
    rows = folder.night(12)
    assert parts(rows, "2") == (0, -3, 0, 0)
    assert parts(rows, "1") == (0, 0, 0, 0)


def test_a_new_event(folder):
    folder.night(6)
    rows = folder.night(7, events_csv=EVENTS + "1,purchase,2026-01-06T12:00:00Z\n")
    assert parts(rows, "1") == (8, 0, 0, 0)
    assert rows.filter(pl.col("contact_id") == "1")["change"].to_list() == ["newly_hot"]


def test_a_late_row(folder):
    folder.night(6)
    rows = folder.night(7, events_csv=EVENTS + "1,purchase,2026-01-04T12:00:00Z\n")
    assert parts(rows, "1") == (0, 0, 8, 0)


def test_an_edited_rule(folder):
    folder.night(6)
    rows = folder.night(7, rules_yaml=RULES.replace("points: 3", "points: 5"))
    assert (parts(rows, "1"), parts(rows, "2")) == ((0, 0, 0, 2), (0, 0, 0, 2))


def test_a_reset_is_activity(folder):
    rules = RULES.replace("expires: 10d", "expires: 10d, since: {event: recycled}")
    opened = EVENTS + "1,email_open,2026-01-06T06:00:00Z\n"
    folder.night(6, rules_yaml=rules, events_csv=opened)
    rows = folder.night(7, events_csv=opened + "1,recycled,2026-01-06T06:00:00Z\n")
    assert (parts(rows, "1"), parts(rows, "2")) == ((-3, 0, 0, 0), (0, 0, 0, 0))
    late = opened + "1,recycled,2026-01-05T00:00:00Z\n"
    assert parts(folder.night(8, events_csv=late), "1") == (0, 0, 3, 0)


def test_another_ignore_and_another_zone(folder):
    folder.night(6)
    other = RULES + "ignore: [{event: email_open}]\ntimezone: Asia/Tokyo\n"
    rows = folder.night(7, rules_yaml=other)
    assert (parts(rows, "1"), parts(rows, "2")) == ((0, 0, 0, -3), (0, 0, 0, -3))


@pytest.mark.parametrize(
    ("more", "opened"),
    [("ignore: [{event: email_open}]\n", 0), ("timezone: Asia/Tokyo\n", 3)],
)
def test_another_ignore_or_another_zone_alone(folder, more, opened):
    rules = RULES.replace("count: each, expires", "count: each, per: day, expires")
    events = EVENTS + "2,email_open,2026-01-01T18:00:00Z\n"  # the next day in Tokyo
    folder.night(6, rules_yaml=rules, events_csv=events)
    rows = folder.night(7, rules_yaml=rules + more)
    assert parts(rows, "2") == ((0, 0, 0, -3) if opened == 0 else (0, 0, 0, opened))


def test_all_four_at_once(folder):
    folder.night(6, events_csv=EVENTS + "1,email_open,2025-12-29T00:00:00Z\n")
    late, new = "1,email_open,2026-01-04T00:00:00Z\n", "1,email_open,2026-01-12T00:00:00Z\n"
    # Night 1: 2 opens, 3 points each. Late: +3. Rules: 5 instead of 3. Time: one expires. New: one more.
    rows = folder.night(
        12,
        events_csv=EVENTS + "1,email_open,2025-12-29T00:00:00Z\n" + late + new,
        rules_yaml=RULES.replace("points: 3", "points: 5"),
    )
    assert parts(rows, "1") == (5, -5, 3, 6)
    assert rows.filter(pl.col("contact_id") == "1")["difference"].to_list() == [9.0]


def test_a_renamed_rule_is_no_change(folder):
    folder.night(6)
    rows = folder.night(7, rules_yaml=RULES.replace("Opened", "Read the mail"))
    assert (parts(rows, "1"), set(rows["change"])) == ((0, 0, 0, 0), {"same"})


def test_a_tag_applied_since_is_new_activity(folder):
    tagged = RULES + "      - {name: Hot tag, tag: VIP, points: 4}\n"
    history = "contact_id,tag,at\n3,Old,2025-01-01T00:00:00Z\n"
    folder.write("flamescore.yaml", PROJECT + "tag_history: [{path: tags.csv}]\n")
    folder.night(
        6, rules_yaml=tagged, tags_csv=history, contacts_csv="contact_id,name,tags\n1,Ann,\n2,,\n3,,\n"
    )
    rows = folder.night(
        7,
        tags_csv=history + "1,VIP,2026-01-06T10:00:00Z\n",
        contacts_csv="contact_id,name,tags\n1,Ann,VIP\n2,,\n3,,\n",
    )
    assert parts(rows, "1") == (4, 0, 0, 0)


def test_new_and_vanished_contacts_have_no_parts(folder):
    folder.night(6)
    rows = folder.night(7, contacts_csv="contact_id,name,owner\n1,Ann,Bo\n4,Dee,Cy\n")
    found = {row["contact_id"]: row for row in rows.to_dicts()}
    assert {key: row["change"] for key, row in found.items()} == {
        "1": "same", "2": "vanished", "3": "vanished", "4": "new",
    }  # fmt: skip
    assert [found["4"][name] for name in ("previous_score", "difference", *COLUMNS)] == [None] * 6
    assert (found["2"]["score"], found["2"]["previous_score"], found["2"]["name"]) == (None, 3.0, "=1+1")


def test_old_rules_that_no_longer_fit_leave_the_difference(folder):
    other = RULES.replace("event: purchase", "event: purchase, where: {amount: {at_least: 1}}")
    with_amount = "contact_id,event,at,amount\n1,purchase,2026-01-05T00:00:00Z,5\n"
    folder.night(6, rules_yaml=other, events_csv=with_amount)
    rows = folder.night(7, rules_yaml=RULES, events_csv=EVENTS)
    row = rows.filter(pl.col("contact_id") == "1").to_dicts()[0]
    assert (row["difference"], [row[name] for name in COLUMNS]) == (-5.0, [None] * 4)
    assert "don't fit today's exports" in folder.record()["changes"]["notes"][0]
    assert "don't fit today's exports" in folder.run("changes").stderr


def test_a_new_score_and_one_that_is_gone_are_said(folder):
    folder.night(6)
    rows = folder.night(7, rules_yaml=RULES.replace("interest:", "fit:"))
    assert rows.is_empty()
    assert folder.record()["changes"]["notes"] == [
        "the score fit is new",
        "the previous run had a score interest, which no longer exists",
    ]


def test_a_damaged_run_before_stops_nothing(folder):
    folder.night(6)
    (folder.path / "out" / "latest" / "run.json").write_text("{")
    assert folder.night(7) is None
    assert any("can't be read" in warning for warning in folder.record()["warnings"])


def test_a_backfilled_day_is_held_against_the_day_before_it(folder):
    folder.night(6)
    folder.night(12)
    folder.run("score", "--as-of", "2026-01-08", "-q")
    (made,) = (folder.path / "out" / "runs").glob("2026-01-08*")
    assert json.loads((made / "run.json").read_text())["changes"]["as_of"] == "2026-01-06T00:00:00Z"


def test_changes_false_saves_them(folder):
    folder.write("flamescore.yaml", PROJECT + "changes: false\n")
    folder.night(6)
    assert folder.night(7) is None


def two(folder):
    folder.night(6)
    new = "1,purchase,2026-01-11T12:00:00Z\n3,purchase,2026-01-11T12:00:00Z\n"
    folder.night(12, events_csv=EVENTS + new)


def test_changes_are_printed_newly_hot_first(folder):
    two(folder)
    rows = folder.rows("changes")
    assert [(row["contact_id"], row["change"], row["why"]) for row in rows] == [
        ("1", "newly_hot", "new activity +8"),
        ("2", "down", "time passing -3"),
    ]
    assert [row["contact_id"] for row in folder.rows("changes", "--all")] == ["1", "3", "2"]
    assert [row["contact_id"] for row in folder.rows("changes", "--limit", "1")] == ["1"]
    assert folder.rows("changes", "--run", "2026-01-06") == []
    assert "Nearest: `interest`." in folder.run("changes", "--score", "intrest", code=2).stderr
    table = folder.run("changes", "--format", "table").stdout
    assert "newly hot  Ann   Bo " in table
    assert "1 → 5   3 → 11" in table


def nights(folder):
    """Score three nights: Ann's mail counts for ten days, and Bob comes and goes."""
    folder.night(6, contacts_csv=f"{CONTACTS}4,Bob,\n")
    folder.night(7, events_csv=f"{EVENTS}1,purchase,2026-01-06T12:00:00Z\n", contacts_csv=CONTACTS)
    folder.night(12)


def since(folder, *words, code=0):
    done = folder.run("changes", "--all", "--format", "json", *words, code=code)
    if code:
        return done.stderr
    told = [
        (row["contact_id"], row["change"], row["difference"], row["why"]) for row in json.loads(done.stdout)
    ]
    return told, done.stderr


def test_changes_since_another_run_than_the_one_before(folder):
    nights(folder)
    told, said = since(folder, "--against", "6d")
    before = folder.rows("runs")[1]["run_id"]
    latest = folder.rows("runs")[0]["run_id"]
    assert told == [
        ("1", "newly_hot", 8, "Bought +8"),
        ("2", "down", -3, "Opened -3"),
        ("4", "vanished", None, ""),
        ("3", "same", 0, ""),
    ]
    assert said == (
        f"by_activity, by_time, by_data and by_rules are only known since {before}, "
        f"the run that {latest} was compared with when it was made.\n"
    )
    assert [row["name"] for row in folder.rows("changes", "--all", "--against", "2026-01-06")] == [
        "Ann",
        "=1+1",
        "Bob",
        "Excluded",
    ]
    assert [row["contact_id"] for row in folder.rows("changes", "--against", "6d")] == ["1", "2", "4"]


def test_the_parts_are_there_since_the_run_that_it_was_held_against(folder):
    nights(folder)
    told, said = since(folder, "--against", "5d")
    assert told == [("2", "down", -3, "time passing -3"), ("1", "same", 0, ""), ("3", "same", 0, "")]
    assert said == ""
    assert (told, said) == since(folder)
    assert (told, said) == since(folder, "--against", "last-wednesday")
    assert (told, said) == since(folder, "--against", folder.rows("runs")[1]["run_id"][:10])


def test_there_is_no_such_run_to_compare_with(folder):
    nights(folder)
    names = [row["run_id"] for row in folder.rows("runs")]
    assert since(folder, "--against", "yesterday", code=4) == (
        f"error O004: There is no run `yesterday` before {names[0]}.\n"
        f"        Do: Name one of the nearest: {names[1]}, {names[2]}.\n"
    )
    assert since(folder, "--against", "2d", "--run", "2026-01-06", code=4).startswith(
        "error O004: There is no run before"
    )
    assert names[2] in since(folder, "--against", names[0], code=4)


def test_changes_since_a_run_that_had_no_such_score(folder):
    folder.night(6)
    folder.night(7, rules_yaml=RULES.replace("interest", "other"))
    folder.night(12)
    told, said = since(folder, "--against", "2026-01-06")
    assert told == []
    assert said.startswith(
        f"Run {folder.rows('runs')[2]['run_id']} had no score other, so nothing is compared.\n"
    )


def test_changes_of_a_run_that_was_held_against_none(folder):
    folder.write("flamescore.yaml", PROJECT + "changes: false\n")
    nights(folder)
    told, said = since(folder, "--against", "2026-01-07")
    assert told == [("2", "down", -3, "Opened -3"), ("1", "same", 0, ""), ("3", "same", 0, "")]
    latest = folder.rows("runs")[0]["run_id"]
    assert said == (
        "by_activity, by_time, by_data and by_rules are not known: "
        f"run {latest} was compared with no other when it was made.\n"
    )


def test_search_for_who_rose_or_fell_since_another_run(folder):
    nights(folder)
    assert folder.rows("search", "--changed", "up") == []
    assert [row["contact_id"] for row in folder.rows("search", "--changed", "up", "--against", "6d")] == ["1"]
    assert [row["contact_id"] for row in folder.rows("search", "--changed", "down", "--against", "5d")] == [
        "2"
    ]
    assert folder.run("search", "--changed", "up", "--against", "6d").stderr == ""
    assert "O004" in folder.run("search", "--changed", "up", "--against", "1y", code=4).stderr
    assert folder.run("search", "--against", "6d", code=2).stderr == (
        "error U000: --against says since when, but not what changed.\n"
        "        Do: Add `--changed`: up, down, newly-hot, cooled-off or new.\n"
    )


def test_a_damaged_run_to_compare_with_is_named(folder):
    nights(folder)
    damaged = folder.rows("runs")[2]["run_id"]
    (folder.path / "out" / "runs" / damaged / "scores.parquet").write_bytes(b"PAR1")
    assert damaged in since(folder, "--against", "6d", code=3)


@pytest.mark.parametrize("suffix", ["csv", "json", "ndjson", "parquet", "md", "xlsx", "txt"])
def test_changes_and_runs_in_every_form(folder, suffix):
    two(folder)
    for command in ("changes", "runs"):
        folder.run(command, "-o", f"{command}.{suffix}", "-q")
        assert (folder.path / f"{command}.{suffix}").stat().st_size > 0


def test_search_for_who_rose_or_fell(folder):
    two(folder)
    assert [row["contact_id"] for row in folder.rows("search", "--changed", "up")] == ["1"]
    assert [row["contact_id"] for row in folder.rows("search", "--changed", "down")] == ["2"]
    first = folder.run("search", "--changed", "up", "--run", "2026-01-06")
    assert "has no changes: it is the first" in first.stderr


def test_a_call_list_as_a_workbook(folder):
    two(folder)
    folder.run("report", "-o", "calls.xlsx")
    book = openpyxl.load_workbook(folder.path / "calls.xlsx")
    assert book.sheetnames == ["All", "Bo"]
    header, row = ([cell.value for cell in line] for line in book["All"].iter_rows())
    called = dict(zip(header, row, strict=True))
    assert [called[name] for name in ("Rank", "Name", "Owner", "Flames", "Score", "Contact id")] == [
        1, "Ann", "Bo", 5, 11, "1",
    ]  # fmt: skip


def test_a_trend_needs_no_earlier_run(folder):
    folder.run("score", "--as-of", "2026-01-12", "--trend", "7d", "-q")
    rows = folder.rows("search", "--columns", "contact_id,score,trend_score,trend")
    found = {row["contact_id"]: tuple(row.values())[1:] for row in rows}
    assert found == {"1": (3, 3, 0), "2": (0, 3, -3)}
    assert "is not a period" in folder.run("score", "--trend", "soon", code=2).stderr


def test_runs_are_listed_and_pruned(folder):
    for day in (6, 7, 12):
        folder.night(day)
    folder.run("score", "--as-of", "2026-01-02", "--make-latest", "-q")
    rows = folder.rows("runs")
    assert [row["as_of"][:10] for row in rows] == ["2026-01-12", "2026-01-07", "2026-01-06", "2026-01-02"]
    assert [row["latest"] for row in rows] == [False, False, False, True]
    assert all(row["contacts"] == 3 and row["bytes"] > 1000 and row["seconds"] > 0 for row in rows)
    folder.write("flamescore.yaml", PROJECT + "keep_runs: 2\n")
    done = folder.run("runs", "--prune", "--format", "json")
    assert [row["as_of"][:10] for row in json.loads(done.stdout)] == ["2026-01-12", "2026-01-02"]
    assert done.stderr == "2 runs were deleted; keep_runs is 2\n"
    folder.run("runs", "--prune", "-q")


def days(folder):
    return [row["as_of"][:10] for row in folder.rows("runs")]


def test_the_run_that_the_last_one_was_held_against_stays(folder):
    folder.write("flamescore.yaml", PROJECT + "keep_runs: 1\n")
    for day in (6, 7, 12):
        folder.night(day)
    assert days(folder) == ["2026-01-12", "2026-01-07"]
    folder.run("runs", "--prune", "-q")
    assert days(folder) == ["2026-01-12"]


def test_runs_are_thinned_out(folder):
    for day in (5, 6, 7, 9, 12):  # Monday, Tuesday, Wednesday, Friday, Monday
        folder.night(day)
    folder.write("flamescore.yaml", PROJECT + "keep_runs: {all: 4d, weekly: 2}\n")
    done = folder.run("runs", "--prune", "--format", "json")
    assert [row["as_of"][:10] for row in json.loads(done.stdout)] == ["2026-01-12", "2026-01-09"]
    assert done.stderr == "3 runs were deleted; keep_runs is {all: 4d, weekly: 2}\n"
    folder.night(13)
    assert days(folder) == ["2026-01-13", "2026-01-12", "2026-01-09"]
    folder.night(14)
    assert days(folder) == ["2026-01-14", "2026-01-13", "2026-01-12", "2026-01-09"]
    folder.write("flamescore.yaml", PROJECT + "keep_runs: {monthly: 1}\n")
    folder.night(16)
    assert days(folder) == ["2026-01-16", "2026-01-14"]


def test_days_are_those_of_the_rule_file(folder):
    folder.write("flamescore.yaml", PROJECT + "keep_runs: {daily: 9}\n")
    folder.write("rules.yaml", RULES.replace("version: 1\n", "version: 1\ntimezone: America/Phoenix\n"))
    for hour in ("06:00", "06:30", "08:00"):  # 23:00, 23:30 and 01:00 in Phoenix
        folder.run("score", "--as-of", f"2026-01-12T{hour}:00Z", "-q")
    assert [row["as_of"][11:16] for row in folder.rows("runs")] == ["08:00", "06:30"]
    folder.run("score", "--as-of", "2026-01-12T08:15:00Z", "-q")
    folder.run("runs", "--prune", "-q")
    assert [row["as_of"][11:16] for row in folder.rows("runs")] == ["08:15", "06:30"]


def test_runs_of_an_empty_place_are_none_and_make_no_folder(folder):
    assert folder.rows("runs", "--prune") == []
    assert not (folder.path / "out").exists()


def test_a_damaged_run_is_listed_by_its_folder(folder):
    folder.night(6)
    (folder.path / "out" / "latest" / "run.json").write_text("{")
    (row,) = folder.rows("runs")
    assert (row["as_of"], row["latest"], row["contacts"]) == ("2026-01-06T00:00:00Z", True, None)
