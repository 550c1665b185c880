"""`as_of` against the clock: future days, when `latest` does not move, and how the current time is set."""

import json
import os

import pytest

from cli.small import PROJECT, latest, record, runs

NOW = {"FLAMESCORE_NOW": "2026-11-26T00:00:00Z"}
HINT = "        Do: if it is meant, score with --accept; it does not become the latest run then\n"


@pytest.mark.parametrize(
    ("as_of", "away", "meant"),
    [
        ("2027-11-26", "365 days", "2026-11-26"),
        ("2027-11-27", "366 days", "2025-11-27"),
        ("2026-12-24", "28 days", "2025-12-24"),
        ("2062-11-21", "13,144 days", "2026-11-21"),
        ("2026-11-27", "1 day", "2025-11-27"),
        ("2028-02-29", "460 days", "2026-02-28"),
        ("2027-11-21T02:00:00Z", "360 days", "2026-11-21T02:00:00Z"),
        ("2026-11-26T07:00:00+02:00", "5 hours", "2025-11-26T07:00:00+02:00"),
        ("2026-11-26T00:06:00Z", "6 minutes", "2025-11-26T00:06:00Z"),
        ("9999-12-31", "2,912,113 days", "2025-12-31"),
    ],
)
def test_a_day_to_come_is_no_run(project, flamescore, as_of, away, meant):
    said = f"as_of: error U015: as_of {as_of} is {away} ahead. Did you mean {meant}?\n{HINT}"
    for done in (
        flamescore("score", "--as-of", as_of, **NOW),
        flamescore("score", "--dry-run", FLAMESCORE_AS_OF=as_of, **NOW),
    ):
        assert (done.code, done.out, done.err) == (2, "", said)
    assert not (project / "out").exists()


@pytest.mark.usefixtures("project")
def test_in_the_project_file_its_place_is_told(flamescore):
    done = flamescore("score", FLAMESCORE_NOW="2026-11-01T00:00:00Z")
    assert done.code == 2
    assert done.err == (
        "flamescore.yaml:3:8: error U015: as_of 2026-11-21 is 20 days ahead. Did you mean 2025-11-21?\n"
        f"    3 | as_of: 2026-11-21\n      |        ^^^^^^^^^^\n{HINT}"
    )


def test_five_minutes_are_no_future(project, flamescore):
    done = flamescore("score", "--as-of", "2026-11-26T00:05:00Z", **NOW)
    assert (done.code, done.err) == (0, "")
    assert latest(project).startswith("2026-11-26T000500Z")


def test_the_day_is_that_of_the_rule_files_zone(project, flamescore):
    rules = project / "rules.yaml"
    rules.write_text(rules.read_text().replace("version: 1", "version: 1\ntimezone: Pacific/Kiritimati"))
    done = flamescore("score", "--as-of", "2026-11-26", FLAMESCORE_NOW="2026-11-25T10:00:00Z")
    assert (done.code, done.err) == (0, "")


def test_accepted_it_is_published_and_not_the_latest(project, flamescore):
    assert flamescore("score", **NOW).code == 0
    first = latest(project)
    done = flamescore("score", "--as-of", "2027-11-26", "--accept", **NOW)
    assert (done.code, latest(project)) == (0, first)
    assert "as_of: warning U015: as_of 2027-11-26 is 365 days ahead. Did you mean 2026-11-26?" in done.err
    assert (
        f'latest: warning O100: published, but "latest" stays at {first}: this '
        f"run's as_of is in the future. "
        "--make-latest moves it.\n"
    ) in done.err
    ahead = [name for name in runs(project) if name.startswith("2027")]
    assert len(ahead) == 1
    said = json.loads((project / "out" / "runs" / ahead[0] / "run.json").read_text())["warnings"]
    assert (
        "as_of: warning U015: as_of 2027-11-26 is 365 days ahead. Did you mean "
        "2026-11-26? (accepted: --accept)"
    ) in said


def test_accepted_as_the_first_run(project, flamescore):
    done = flamescore("score", "--as-of", "2027-11-26", "--accept", **NOW)
    assert done.code == 0
    assert not (project / "out" / "latest").exists()
    assert (
        'latest: warning O100: published, but not as "latest": this run\'s as_of is in the future. '
        "--make-latest moves it.\n"
    ) in done.err


def test_make_latest_moves_it_and_every_reader_warns(project, flamescore):
    done = flamescore("score", "--as-of", "2027-11-26", "--accept", "--make-latest", **NOW)
    assert (done.code, "U015" in done.err, "O100" in done.err) == (0, True, False)
    future = latest(project)
    assert future.startswith("2027-11-26")
    said = (
        f'latest: warning O101: "latest" is {future}, whose as_of is 365 days ahead.\n'
        "        Do: flamescore score --make-latest moves it.\n"
    )
    for words in (
        ("search",),
        ("explain", "101"),
        ("report",),
        ("changes", "--all"),
        ("search", "--run", "latest"),
    ):
        done = flamescore(*words, **NOW)
        assert (done.code, done.err.startswith(said)) == (0, True), words
        assert "O101" in flamescore(*words, "--quiet", **NOW).err
        assert "O101" not in flamescore(*words, "-qq", **NOW).err
        assert "O101" not in flamescore(*words, FLAMESCORE_NOW="2027-11-26T00:00:00Z").err
    assert "O101" not in flamescore("search", "--run", future, **NOW).err
    done = flamescore("score", "--as-of", "2026-11-25", **NOW)
    assert (done.code, latest(project)) == (0, future)
    assert done.err == (
        f'latest: warning O100: published, but "latest" stays at {future}, whose as_of is later. '
        "--make-latest moves it.\n"
    )


def test_a_backfill_says_how_to_read_it(scored, flamescore):
    done = flamescore("score", "--as-of", "2026-01-31", **NOW)
    (run,) = [name for name in runs(scored) if name.startswith("2026-01-31")]
    assert "notes: -v shows them" in done.err
    done = flamescore("score", "--as-of", "2026-01-31", "-v", **NOW)
    (run,) = [name for name in runs(scored) if name.startswith("2026-01-31")]
    said = f'published, but "latest" stays at {latest(scored)}; read this run with --run {run}.'
    assert f"latest: note O104: {said}\n" in done.err
    done = flamescore("score", "--as-of", "2026-01-31", "-v", "--log-format", "json", **NOW)
    (told,) = [each for each in map(json.loads, done.err.splitlines()) if each["code"] == "O104"]
    assert (told["level"], told["run_id"][:10]) == ("note", "2026-01-31")
    assert "O104" not in flamescore("score", "--as-of", "2026-01-30", "--quiet", **NOW).err


@pytest.mark.usefixtures("project")
def test_explain_may_look_ahead(flamescore):
    done = flamescore("explain", "101", "--as-of", "2027-11-26", **NOW)
    assert (done.code, done.err) == (0, "")


def test_the_clock_holds_for_now_and_today_and_not_for_the_record(project, flamescore):
    for word, instant in (("now", "2026-11-24T10:11:12Z"), ("today", "2026-11-24T00:00:00Z")):
        done = flamescore(
            "score", "--as-of", word, "--make-latest", FLAMESCORE_NOW="2026-11-24T12:11:12+02:00"
        )
        assert (done.code, done.err) == (0, "")
        assert record(project)["as_of"] == instant
    assert not record(project)["started_at"].startswith("2026-11-24T10:11")


def test_the_clock_holds_for_max_age(project, flamescore):
    (project / "flamescore.yaml").write_text(
        PROJECT.replace("path: events.csv", "path: events.csv\n    max_age: 2d")
    )
    for name in ("contacts.csv", "events.csv"):
        os.utime(project / name, (1_795_564_800, 1_795_564_800))  # 2026-11-25
    assert flamescore("score", FLAMESCORE_NOW="2026-11-26T00:00:00Z").code == 0
    done = flamescore("score", FLAMESCORE_NOW="2026-11-28T00:00:00Z")
    assert (done.code, done.err.split()[1]) == (3, "I003:")


@pytest.mark.parametrize("now", ["soon", "2026-11-21", "2026-11-21T02:00:00", "0001-01-01T00:00:00+14:00"])
@pytest.mark.usefixtures("project")
def test_a_clock_that_can_not_be_read(flamescore, now):
    done = flamescore("score", FLAMESCORE_NOW=now)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == f"error U002: FLAMESCORE_NOW must be an instant such as `2026-11-21T02:00:00Z`, not `{now}`.\n"
    )


def test_a_refused_future_leaves_no_folder(project, flamescore):
    done = flamescore("score", "--as-of", "2027-11-26", FLAMESCORE_NOW="2026-11-26T00:00:00Z")
    assert done.code == 2
    assert not (project / "out").exists()
