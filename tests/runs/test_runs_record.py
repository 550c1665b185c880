from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from flamescore._version import __version__
from flamescore.errors import InputError, Where
from flamescore.findings import Finding, InExport, Severity
from flamescore.frames import POINTS, SCORES
from flamescore.runs import RulesFile, RunRecord, describe, finished, read_record, write_record
from flamescore.steps import Step
from runs.whole import RULES, publish
from tables.by_hand import AS_OF, scored

if TYPE_CHECKING:
    from flamescore.scoring import Scored

OUTPUTS = Path(__file__).parents[2] / "docs/outputs.md"
STARTED = datetime(2026, 11, 21, 2, 1, tzinfo=UTC)
RUN = "2026-11-21T020000Z-3f9a1c"


def of(result: Scored, **settings) -> RunRecord:
    given = {"run_id": RUN, "rules": RULES, "started_at": STARTED}
    return describe(result, **{**given, **settings})


def record(*, steps=(), **settings) -> RunRecord:
    result = scored(excluded=("001",))
    return finished(of(result, **settings), result, steps=steps)


def test_it_reads_back_as_it_was_written(tmp_path):
    written = record(
        steps=(Step("load", 1.25, 70),), findings=(Finding("O102", Severity.WARNING, "as_of", "a warning"),)
    )
    write_record(tmp_path, written)
    assert read_record(tmp_path) == written
    assert (tmp_path / "run.json").read_bytes().endswith(b"}\n")


def test_what_it_says(tmp_path):
    write_record(
        tmp_path,
        record(
            steps=(Step("load", 1.25, 70),),
            findings=(Finding("O102", Severity.WARNING, "as_of", "a warning"),),
        ),
    )
    told = json.loads((tmp_path / "run.json").read_bytes())
    versions = told.pop("versions")
    assert versions["program"] == __version__
    assert set(versions) == {"program", "polars", "python"}
    scores = told.pop("scores")
    assert told == {
        "schema_version": 1,
        "changes": None,
        "files": [],
        "run_id": RUN,
        "as_of": "2026-11-21T02:00:00Z",
        "timezone": "America/Phoenix",
        "published": True,
        "started_at": "2026-11-21T02:01:00Z",
        "steps": [{"step": "load", "seconds": 1.25, "rows": 70}],
        "rules": {
            "path": "rules/keap.yaml",
            "text": "version: 1\n",
            "hash": "sha256:" + sha256(b"version: 1\n").hexdigest(),
            "lists": [],
        },
        "sources": [
            {
                "kind": "events",
                "path": "s3://bucket/mail-*.csv",
                "bytes": 15,
                "modified": "2026-11-21T01:00:00Z",
                "rows": 20,
                "pruned": 0,
                "rejected": 2,
                "old": 0,
                "later": 0,
                "ignored": 0,
                "duplicates": 0,
                "superseded": 0,
                "orphans": 1,
                "kept": 17,
                "files": [
                    {"path": "exports/a.csv", "bytes": 10, "modified": "2026-11-20T01:00:00Z"},
                    {"path": "exports/b.csv", "bytes": 5, "modified": "2026-11-21T01:00:00Z"},
                ],
                "notes": [],
                "newest": None,
                "feeds": [],
            }
        ],
        "contacts": 4,
        "excluded": 1,
        "hot_flames": 5,
        "hot": {"contacts": 2, "condition": None},
        "labels": [],
        "observed": {
            "unread": [],
            "unvalued": [],
            "unseen": [],
            "undated": 0,
            "tags_disagree": 0,
            "ambiguous_contacts": 0,
        },
        "warnings": ["as_of: warning O102: a warning"],
        "findings": [
            {
                "code": "O102",
                "severity": "warning",
                "subject": "as_of",
                "message": "a warning",
                **dict.fromkeys(("path", "line", "column", "source", "count", "of", "samples", "nearest")),
                **dict.fromkeys(("cure", "accepted", "accepted_until")),
            }
        ],
        "trend": [
            {
                "as_of": "2026-11-21T02:00:00Z",
                "score": score,
                "hot": hot,
                "to_call": to_call,
                "rules_hash": "sha256:" + sha256(b"version: 1\n").hexdigest(),
            }
            for score, hot, to_call in (("interest", 2, 1), ("fit", 0, 0))
        ],
        "given": None,
        "bots": None,
        "accounts": None,
    }
    assert [score["name"] for score in scores] == ["interest", "fit"]
    assert scores[0]["flames"] == [1, 0, 1, 0, 0, 2]
    assert scores[0]["percentiles"][0] == {"percent": 50, "score": 8.0}
    assert scores[0]["rules"][2] == {
        "entry": "rule_limit",
        "id": "visit",
        "name": "Visited the sales page",
        "contacts": 1,
        "occurrences": 0,
        "points": -4.5,
    }


def test_credentials_never_reach_it(tmp_path):
    rules = RulesFile.of("https://ann:hunter2@host/rules.yaml?token=hunter2", "version: 1\n")
    write_record(
        tmp_path,
        record(rules=rules, findings=(Finding("I003", Severity.ERROR, "", "s3://k:hunter2@b/a.csv is old"),)),
    )
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "secret" not in text
    assert "sig=abc" not in text


def test_instants_are_in_utc(tmp_path):
    local = STARTED.astimezone(timezone(timedelta(hours=-7)))
    write_record(tmp_path, record(started_at=local))
    assert '"started_at": "2026-11-21T02:01:00Z"' in (tmp_path / "run.json").read_text(encoding="utf-8")


def test_it_is_frozen():
    with pytest.raises(AttributeError):
        record().run_id = "another"


def test_a_later_programs_record_is_read(tmp_path):
    write_record(tmp_path, record())
    told = json.loads((tmp_path / "run.json").read_bytes())
    (tmp_path / "run.json").write_text(json.dumps({**told, "weather": [1]}))
    assert read_record(tmp_path) == record()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "is missing"),
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "is not what a run writes"),
        ('{"run_id": 1}', "is not what a run writes: `run_id` is missing or wrong"),
        ("\udcff", "is not JSON"),
    ],
)
def test_a_damaged_one_is_told(tmp_path, text, why):
    if text is not None:
        (tmp_path / "run.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(InputError) as caught:
        read_record(tmp_path)
    assert str(caught.value) == (
        f"O005 run {tmp_path.name} is damaged: run.json; choose another with --run, or score again\n"
        f"        {tmp_path}/run.json {why}."
    )


def test_the_engines_own_steps_follow():
    result = scored()
    timed = replace(result, observed=replace(result.observed, steps=(Step("scan", 0.5, 20),)))
    told = finished(of(timed), timed, steps=(Step("load", 1.0, 4),))
    assert [(step.step, step.seconds, step.rows) for step in told.steps] == [
        ("load", 1.0, 4),
        ("score: scan", 0.5, 20),
    ]


def test_a_published_run_has_it(tmp_path):
    run = publish(tmp_path).run
    assert run.record.run_id == run.run_id
    assert run.record.as_of == run.as_of == AS_OF


@pytest.mark.parametrize("schema", [SCORES, POINTS], ids=["scores", "points"])
def test_the_docs_name_the_columns_of_the_tables(schema):
    columns = "`" + ", ".join(schema.names()) + "`"
    assert columns in OUTPUTS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("points", "written"),
    [
        ("3", "3"),
        ("-4.5", "-4.5"),
        ("0.0001", "0.0001"),
        ("945600000000000", "945600000000000"),
        ("1001498999122085.9766", "1001498999122085.9766"),
        ("-99999999999999999999999.1234", "-99999999999999999999999.1234"),
    ],
)
def test_rule_totals_are_written_and_read_to_the_last_digit(tmp_path, points, written):
    told = record()
    first = told.scores[0]
    rules = (first.rules[0].but(points=Decimal(points)), *first.rules[1:])
    scores = (first.but(rules=rules), *told.scores[1:])
    write_record(tmp_path, told.but(scores=scores))
    assert f'          "points": {written}\n' in (tmp_path / "run.json").read_text(encoding="utf-8")
    assert read_record(tmp_path).scores[0].rules[0].points == Decimal(points)


def test_text_that_looks_like_a_total_stays_text(tmp_path):
    text = 'version: 1\n"points": "5"\n  "points": "12",\n'
    told = record(rules=RulesFile.of("rules.yaml", text))
    write_record(tmp_path, told)
    assert read_record(tmp_path).rules.text == text


def test_a_total_that_an_older_program_wrote_is_read(tmp_path):
    write_record(tmp_path, record())
    path = tmp_path / "run.json"
    path.write_text(
        path.read_text().replace('"points": -4.5', '"points": -45e-1').replace('"points": 8', '"points": 8.0')
    )
    assert read_record(tmp_path) == record()


# --- summaries of scores


def percentiles(score):
    return [(each.percent, each.score) for each in score.percentiles]


def test_flames_are_counted_and_the_percentiles_found():
    interest, fit = record().scores
    assert interest.contacts == 4
    assert interest.flames == (1, 0, 1, 0, 0, 2)
    assert percentiles(interest) == [(50, 8.0), (75, 20.0), (90, 25.5), (99, 25.5)]
    assert fit.flames == (1, 0, 0, 0, 0, 0)


def test_percentiles_by_nearest_rank():
    rows = [(f"{n:03}", "interest", float(n), 0, 0.0, 0.0, 1, None) for n in range(100, 0, -1)]
    hundred, nobody = of(scored(scores=rows)).scores
    assert percentiles(hundred) == [(50, 50.0), (75, 75.0), (90, 90.0), (99, 99.0)]
    assert percentiles(nobody) == [(50, None), (75, None), (90, None), (99, None)]


# --- findings


def test_findings_are_in_order_and_a_line_each():
    found = (
        Finding(
            "I137", Severity.NOTE, "contacts c.csv", "It is read as latin-1.", InExport("contacts", "c.csv")
        ),
        Finding(
            "O102", Severity.WARNING, "as_of", "It is fixed.", Where("p.yaml", 3, 8), cure="as_of: today"
        ),
        Finding(
            "I131", Severity.WARNING, "events s3://k:s@b/e.csv", "1 of 2.", count=1, of=2, accepted="known"
        ),
    )
    record = of(scored(), findings=found)
    assert record.warnings == (
        "events s3://b/e.csv: warning I131: 1 of 2. (accepted: known)",
        "p.yaml:3:8: warning O102: It is fixed.",
        "contacts c.csv: note I137: It is read as latin-1.",
    )
    first, second, third = record.findings
    assert (first.subject, first.count, first.of, first.accepted) == ("events s3://b/e.csv", 1, 2, "known")
    assert (second.path, second.line, second.column, second.cure) == ("p.yaml", 3, 8, "as_of: today")
    assert (third.severity, third.source.path, third.path) == ("note", "c.csv", None)
