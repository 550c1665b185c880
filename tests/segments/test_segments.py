"""Segments of runs: their members, since when, the lists, and what the project file must not contain."""

import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from cli.small import PROJECT, write_project
from flamescore.acting_conditions import load_acting
from flamescore.cli.main import run
from flamescore.errors import ProjectFileError
from flamescore.inputs import rules_of
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings

SEGMENTS = """
segments:
  best:
    title: Best leads
    if: {score: interest, percentile: {at_least: 70}}
    limit: 2
  formers:
    if: {all: [{segment: best}, {rule: form}, {not: {event: purchase, last: 7d}}]}
    columns: [contact_id, Country, fit_score, interest_rank, reason_1, since, held_out]
  sized: {if: {rule: size, of: fit}, everyone: true}
  nobody: {if: {tag: Nothing}, format: parquet}
  rest:
    if: {not: {any: [{segment: hot}, {segment: hot-fit}, {segment: best}]}}
    everyone: true
"""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setenv("FLAMESCORE_NOW", "2027-01-01T00:00:00Z")


def project_of(tmp_path, segments=SEGMENTS, text=PROJECT):
    folder = write_project(tmp_path / "project")
    (folder / "flamescore.yaml").write_text(text + segments)
    return find_settings(str(folder / "flamescore.yaml"))


def score(project, as_of="2026-11-21T02:00:00Z", **options):
    return nightly(replace(project, settings=project.settings.with_keys(as_of=as_of)), Options(**options))


def table(outcome):
    return pl.read_parquet(outcome.published.run.path / "segments.parquet")


def members(outcome):
    found = {}
    for segment, contact, held in table(outcome).select("segment", "contact_id", "held").iter_rows():
        found.setdefault(segment, []).append(f"{contact}*" if held else contact)
    return found


def since(outcome, segment):
    rows = table(outcome).filter(pl.col("segment") == segment)
    return {who: at and f"{at:%m-%d}" for who, at in rows.select("contact_id", "since").iter_rows()}


def listed(outcome, name):
    return (outcome.published.run.path / "segments" / name).read_text()


def entries(outcome):
    return {e.name: (e.contacts, e.entered, e.left) for e in outcome.record.segments}


def test_who_is_in_which_segment(tmp_path):
    first = score(project_of(tmp_path))
    # By points: 101, 103, 105 (excluded), 102, 104, 106, 107, 108. 101 102 103 104 105 108 have a size.
    assert members(first) == {
        "hot": ["101", "103"],
        "hot-fit": ["104"],
        "best": ["101", "103"],
        "formers": ["101", "103"],
        "sized": ["101", "102", "103", "104", "105", "108"],
        "rest": ["102", "105", "106", "107", "108"],
    }
    assert since(first, "best") == {"101": None, "103": None}
    assert entries(first)["sized"] == (6, 0, 0)
    assert [each.title for each in first.record.segments][:4] == ["hot", "hot-fit", "Best leads", "formers"]


def test_the_lists_are_exact_and_ranked(tmp_path):
    first = score(project_of(tmp_path))
    assert listed(first, "best.csv").splitlines()[:2] == [
        "contact_id,email,name,phone,company,owner,flames,score,percentile,last_activity_at,since",
        "101,ann@example.com,Ann Lee,+1 602 555 0101,Acme,Dana Fox,5,25,100,2026-11-20T09:30:00Z,",
    ]
    assert listed(first, "formers.csv") == (
        "contact_id,Country,fit_score,interest_rank,reason_1,since,held_out\n"
        '101,US,3,1,"Call, 2026-11-20 (+10)",,false\n'
        '103,US,1,2,"Call, 2026-11-17 (+10)",,false\n'
    )
    empty = pl.read_parquet(first.published.run.path / "segments/nobody.parquet")
    assert (empty.height, empty.schema["since"]) == (0, pl.Datetime("us", "UTC"))
    assert not (first.published.run.path / "segments/hot.csv").exists()


def test_since_is_the_first_counting_run_of_an_unbroken_series(tmp_path):
    project = project_of(tmp_path, "\nsegments: {called: {if: {event: call, last: 3d}}}\n")
    first = score(project, "2026-11-18")
    assert members(first)["called"] == ["103"]
    second = score(project, "2026-11-21")
    assert (since(second, "called"), entries(second)["called"]) == ({"101": "11-21"}, (1, 1, 1))
    third = score(project, "2026-11-22")
    assert (since(third, "called"), entries(third)["called"]) == ({"101": "11-21"}, (1, 0, 0))
    early = score(project, "2026-11-19")
    assert since(early, "called") == {"103": None}
    assert since(score(project, "2026-11-22"), "called") == {"101": "11-21"}
    by_hand = score(project, "2026-11-20T12:00:00Z", make_latest=True)
    assert since(by_hand, "called") == {"101": None}


def test_hot_leads_say_since_when(tmp_path):
    project = project_of(tmp_path, "\nhot_flames: 4\n")

    def column(outcome):
        rows = pl.read_csv(outcome.published.run.path / "hot_leads.csv", infer_schema=False)
        assert rows.columns[-1] == "hot_since"
        return dict(rows.select("contact_id", "hot_since").iter_rows())

    assert column(score(project, "2026-11-12")) == {}
    assert column(score(project, "2026-11-18")) == {"103": "2026-11-18 00:00"}
    assert column(score(project, "2026-11-21")) == {"101": "2026-11-21 00:00", "103": "2026-11-18 00:00"}


def test_a_changed_definition_is_told_and_since_goes_on(tmp_path):
    project = project_of(tmp_path, "\nsegments: {s: {if: {score: interest, flames: {at_least: 4}}}}\n")
    first = score(project)
    text = (project.folder / "flamescore.yaml").read_text().replace("at_least: 4", "at_least: 3")
    (project.folder / "flamescore.yaml").write_text(text)
    changed = score(find_settings(str(project.folder / "flamescore.yaml")), "2026-11-22")
    told = [each for each in changed.findings if each.code == "A017"]
    assert [(each.subject, each.severity, each.where.line) for each in told] == [("segments.s", "note", 14)]
    assert since(changed, "s") == {"101": None, "102": "11-22", "103": None}
    assert first.record.segments[0].definition == hashlib.sha256(b"5").hexdigest()
    said = {
        "if": {"score": "interest", "flames": {"at_least": 4}},
        "everyone": False,
        "limit": None,
        "segments": {},
    }
    whole = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert first.record.segments[-1].definition == hashlib.sha256(whole.encode()).hexdigest()


def test_nobody_leaves_while_a_feed_is_stale(tmp_path):
    stale = PROJECT.replace("  - path: events.csv", "  - path: events.csv\n    newest_within: 10d")
    segments = "\nsegments: {called: {if: {event: call, last: 3d}}}\n"
    project = project_of(tmp_path, segments, stale)
    score(project)
    dead = score(project, "2026-12-10", accept=True)
    assert members(dead)["called"] == ["101*"]
    assert entries(dead)["called"] == (0, 0, 0)
    assert listed(dead, "called.csv").count("\n") == 1
    with (project.folder / "events.csv").open("a") as file:
        file.write("101,call,2026-12-10T09:00:00Z,\n103,call,2026-12-10T09:00:00Z,\n")
    back = score(project, "2026-12-11")
    assert since(back, "called") == {"101": None, "103": "12-11"}
    assert entries(back)["called"] == (2, 1, 0)


def test_a_merged_contact_was_in_it_if_an_old_id_was(tmp_path):
    text = PROJECT.replace("    dates:", "    merged: {column: Phone}\n    dates:").replace(
        "phone: Phone, ", ""
    )
    project = project_of(tmp_path, "\nsegments: {called: {if: {event: call, last: 4w}}}\n", text)
    score(project, "2026-11-12")
    score(project, "2026-11-17")
    second = score(project, "2026-11-21")
    assert since(second, "called") == {"101": "11-21", "102": "11-17", "103": None}
    path = project.folder / "contacts.csv"
    rows = [row for row in path.read_text().splitlines() if not row.startswith("102,")]
    path.write_text("\n".join(rows).replace("-1-602", "102") + "\n")
    assert since(score(project, "2026-11-22"), "called") == {"101": "11-21", "103": None, "104": "11-17"}


FAULTS = {
    "Best: {if: {tag: VIP}}": "P023 `Best` is not a name for an entry of `segments`.",
    "hot: {if: {tag: VIP}}": "P026 The segment `hot` is there anyway: it has who is hot.",
    "hot-fit: {if: {tag: VIP}}": "P026 The segment `hot-fit` is there anyway",
    "a: {title: A}": "P021 `segments.a.if` is missing",
    "a: {if: {tag: VIP}, limit: 0}": "P023 `segments.a.limit` must be a whole number from 1",
    "a: {if: {rule: frm}}": "A006 Score `interest` has no rule with the id `frm`, or it is disabled.",
    "a: {if: {rule: size}}": "A006 Score `interest` has no rule with the id `size`",
    "a: {if: {rule: form, of: ft}}": "R085 There is no score `ft`.",
    "a: {if: {segment: hott}}": "A007 There is no segment `hott`.",
    "a: {if: {segment: b}}, b: {if: {tag: VIP}}": "A007 Segment `b` comes later in the file than this one",
    "a: {if: {segment: a}}": "A007 Segment `a` comes later in the file than this one.",
    "a: {if: {rule: form, tag: VIP}}": "R081 `tag` and `rule` can't be combined",
    "a: {if: {field: {Countri: US}}}": "P028 No contacts export has a column `Countri`.",
    "a: {if: {event: call, where: {aset: x}}}": "P028 No events export has a column `aset`.",
    "a: {if: {tag: VIP}, columns: [contact_id, Countri]}": "P028 `segments.a.columns`: there is no column",
    "a: {if: {tag: VIP}, columns: []}": "P023 `segments.a.columns` must not be empty.",
    "a: {if: {tag: VIP}, columns: [email, email]}": "P023 `segments.a.columns` has `email` twice.",
    "a: {if: }": "R021 `if` has no value.",
}


@pytest.mark.parametrize("said", FAULTS)
def test_what_a_project_may_not_say(tmp_path, said):
    with pytest.raises(ProjectFileError) as caught:
        score(project_of(tmp_path, f"\nsegments: {{{said}}}\n"))
    problem = caught.value.problems[0]
    assert f"{problem.code} {problem.message}".startswith(FAULTS[said])
    assert (problem.where.line, problem.where.path.endswith("flamescore.yaml")) == (14, True)


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(ProjectFileError) as caught:
        score(project_of(tmp_path, "\nsegments:\n  a: {if: {rule: frm}}\n  b: {if: {segment: hott}}\n"))
    told = [(each.code, each.where.line, each.hint) for each in caught.value.problems]
    assert told == [("A006", 15, "Did you mean `form`?"), ("A007", 16, "Did you mean `hot`?")]


def test_an_event_that_no_export_has_is_the_warning_that_rules_get(tmp_path):
    done = score(project_of(tmp_path, "\nsegments: {a: {if: {event: cal}}}\n"))
    told = [each for each in done.findings if each.code == "I050"]
    assert [(each.where.line, each.nearest[0][0]) for each in told] == [(14, "call")]


def test_in_a_rule_file_there_are_no_such_conditions(tmp_path):
    project = project_of(tmp_path, "")
    text = (
        (project.folder / "rules.yaml")
        .read_text()
        .replace("tag: VIP, points: 5", "tag: VIP, points: 5, if: {segment: hot}")
    )
    (project.folder / "rules.yaml").write_text(text)
    with pytest.raises(Exception, match="segment"):
        score(project)


def test_instants_are_whole(tmp_path):
    done = score(project_of(tmp_path), datetime(2026, 11, 21, 2, tzinfo=UTC).isoformat())
    assert table(done).schema == {
        "segment": pl.String(), "contact_id": pl.String(),
        "since": pl.Datetime("us", "UTC"), "held": pl.Boolean(),
    }  # fmt: skip


def test_a_dry_run_says_who_would_come_and_go(tmp_path, capsys):
    project = project_of(tmp_path, "\nsegments: {called: {if: {event: call, last: 3d}}}\n")
    score(project, "2026-11-18")
    assert run(["score", "--dry-run", "--config", str(project.path), "--as-of", "2026-11-21"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "segment called: 1 contact, 1 in, 1 out"


def test_the_segments_of_the_docs_load(tmp_path):
    page = (Path(__file__).parents[2] / "docs/acting-segments.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    project = project_of(tmp_path, f"\n{shown}")
    assert list(project.settings.segments) == ["best", "pricing-not-bought", "dead"]
    found = load_acting(project, rules_of(project))
    assert list(found) == [("segments", name, "if") for name in project.settings.segments]


@pytest.mark.full
def test_the_segments_of_the_docs_on_the_sample(tmp_path):
    root = Path(__file__).parents[2]
    shown = re.findall(
        r"^```yaml\n(.*?)^```$", (root / "docs/acting-segments.md").read_text(), re.MULTILINE | re.DOTALL
    )[0]
    for name in ("sample_data", "rules"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / "flamescore.yaml").write_text((root / "flamescore.yaml").read_text() + shown)
    project = find_settings(str(tmp_path / "flamescore.yaml"))
    assert {
        name: entry[1:] for name, entry in entries(score(project, "2026-11-20")).items()
    } == dict.fromkeys(("hot", "best", "pricing-not-bought", "dead"), (0, 0))
    second = score(project, "2026-11-21")
    assert entries(second) == {
        "hot": (22, 1, 4), "best": (156, 11, 5), "pricing-not-bought": (26, 5, 4), "dead": (25, 0, 0),
    }  # fmt: skip
    excluded = set(second.scored.excluded["contact_id"])
    found = members(second)
    assert {name for name, who in found.items() if excluded & set(who)} == {"dead"}
