"""Events that look like a mail scanner's, from the exports to the run, its report, `explain` and `search`."""

from __future__ import annotations

import json

import polars as pl
import pytest

RULES = """\
version: 1
bots: {action}
scores:
  interest:
    five_flames: 20
    defaults: {{count: each, expires: 4w}}
    rules:
      - {{name: Clicked, event: link_click, points: 1}}
      - {{name: Pricing, event: link_click, where: {{url: {{contains: /pricing}}}}, points: 3}}
      - {{name: Opened, event: email_open, points: 1}}
  fit:
    five_flames: 1
    rules:
      - {{name: Has a name, field: {{name: {{empty: false}}}}, points: 1}}
"""
PROJECT = """\
version: 1
contacts: [{path: contacts.csv}]
events: [{path: mail.csv}, {path: clicks.csv}]
rules: rules.yaml
output: out
as_of: 2026-11-21
"""
SHOWN = (
    "bots: note R185: 21 opens and clicks of 1 contact look like a mail scanner's; without them interest "
    "would lose 30 points and 1 hot lead. `bots: remove` removes them."
)
REMOVED = (
    "bots: note R185: 21 opens and clicks of 1 contact that look like a mail scanner's were removed: "
    "interest lost 30 points and 1 hot lead."
)


@pytest.fixture
def mail(project):
    """Write a project with a scanner (`b`) and a person (`h`): e-mails in one file, clicks in another."""
    (project / "contacts.csv").write_text("contact_id,name\nb,Ann Lee\nh,Bo Diaz\n")
    (project / "flamescore.yaml").write_text(PROJECT)
    sent, clicks = ["contact_id,event,at,asset"], ["contact_id,event,at,asset,url"]
    for day in ("02", "09", "16"):
        sent += [f"b,{event},2026-11-{day}T09:00:0{s}Z,m{day}" for s, event in enumerate(_SENT)]
        clicks += [f"b,link_click,2026-11-{day}T09:00:01Z,m{day},{page}" for page in _PAGES]
    clicks.append("h,link_click,2026-11-16T11:12:00Z,m16,/pricing")
    (project / "mail.csv").write_text("\n".join(sent) + "\n")
    (project / "clicks.csv").write_text("\n".join(clicks) + "\n")
    return project


_SENT = ("email_delivered", "email_open")
_PAGES = ("/pricing", "/a", "/b", "/c", "/d", "/e")


@pytest.mark.parametrize(
    ("action", "told"), [("show", (SHOWN, 30, [0, 0])), ("remove", (REMOVED, 0, [3, 18]))]
)
def test_a_run_tells_what_looks_like_a_scanners(mail, flamescore, action, told):
    note, points, ignored = told
    (mail / "rules.yaml").write_text(RULES.format(action=action))
    done = flamescore("score", "-v")
    assert done.code == 0
    assert note in done.err.splitlines()
    run = mail / "out" / "latest"
    record = json.loads((run / "run.json").read_text())
    assert [source["ignored"] for source in record["sources"][1:]] == ignored
    bots = record["bots"]
    assert (bots["action"], bots["contacts"], bots["events"]) == (action, 1, 21)
    assert [each["events"] for each in bots["patterns"]] == [21, 21]
    assert bots["patterns"][0]["pattern"]["at_once"] == {"times": 3, "within": "5s", "per": "url"}
    assert bots["scores"] == [
        {"name": "interest", "contacts": 1, "points_lost": 30, "hot_lost": 1},
        {"name": "fit", "contacts": 0, "points_lost": 0, "hot_lost": 0},
    ]
    assert pl.read_parquet(run / "bots.parquet").rows() == [
        ("b", "interest", 21, 30.0),
        ("b", "fit", 21, 0.0),
    ]
    assert dict(
        pl.read_parquet(run / "scores.parquet").select("contact_id", "score").head(2).iter_rows()
    ) == {
        "b": points,
        "h": 4,
    }
    report = (run / "report.md").read_text()
    assert "## Looks like a mail scanner" in report
    assert "| Ann Lee |  | interest | 21 | 30 |" in report
    page = (run / "report.html").read_text()
    assert "Looks like a mail scanner" in page
    assert flamescore("report", "--format", "md").out == report
    assert flamescore("report", "--format", "html").out == page


def test_an_explanation_marks_each_event_that_is_shown(mail, flamescore):
    (mail / "rules.yaml").write_text(RULES.format(action="show"))
    flamescore("score")
    said = flamescore("explain", "b").out
    assert "  21 events look like a mail scanner's: 30 points\n" in said
    assert "; +1; until 2026-12-14; like a mail scanner's\n" in said
    assert "scanner" not in flamescore("explain", "h").out


def test_an_explanation_lists_with_all_what_is_removed(mail, flamescore):
    (mail / "rules.yaml").write_text(RULES.format(action="remove"))
    flamescore("score")
    said = flamescore("explain", "b").out
    assert "  21 events look like a mail scanner's: 30 points\n" in said
    assert "link_click" not in said
    told = json.loads(flamescore("explain", "b", "--all", "--format", "json").out)
    silent = told["scores"][0]["silent"]
    assert {each["outcome"] for line in silent for each in line["uncounted"]} == {"bots"}
    assert [len(line["uncounted"]) for line in silent] == [18, 3, 3]
    assert told["scores"][0]["bots"] == {"events": 21, "points_lost": 30.0}


def test_a_pattern_that_needs_what_no_export_has_is_left_out_with_a_note(mail, flamescore):
    (mail / "rules.yaml").write_text(RULES.format(action="show"))
    for name in ("mail.csv", "clicks.csv"):
        text = (mail / name).read_text()
        (mail / name).write_text(text.replace(",asset", ",campaign", 1))
    done = flamescore("score", "-v")
    assert done.code == 0
    assert (
        "rules.yaml:2:1: note R186: The standard pattern that compares `asset` is left out: "
        "no events export has the column."
    ) in done.err
    record = json.loads((mail / "out" / "latest" / "run.json").read_text())
    assert [list(each["pattern"])[1] for each in record["bots"]["patterns"]] == ["at_once"]


def test_without_the_key_nothing_is_told(mail, flamescore):
    (mail / "rules.yaml").write_text(RULES.format(action="show").replace("bots: show\n", ""))
    assert "scanner" not in flamescore("score", "-v").err
    run = mail / "out" / "latest"
    assert json.loads((run / "run.json").read_text())["bots"] is None
    assert not (run / "bots.parquet").exists()
    assert "scanner" not in (run / "report.md").read_text() + (run / "report.html").read_text()


def test_types_that_the_exports_lack_are_no_warning_of_the_standard_patterns(mail, flamescore):
    (mail / "rules.yaml").write_text(RULES.format(action="show"))
    text = (mail / "mail.csv").read_text().replace("email_delivered", "sent")
    (mail / "mail.csv").write_text(text)
    done = flamescore("score", "-v")
    assert "I050" not in done.err
    assert "email_delivered" not in done.err


def test_of_ones_own_patterns_a_type_that_no_row_has_is_told(mail, flamescore):
    pattern = "{patterns: [{event: link_clik, at_once: {times: 3, within: 5s}}]}"
    (mail / "rules.yaml").write_text(RULES.format(action=pattern))
    assert (
        "I050: no event is of the type `link_clik`, which Pattern 1 of `bots` names."
        in flamescore("score").err
    )


def test_what_bots_takes_out_has_changed_by_rules(mail, flamescore):
    (mail / "rules.yaml").write_text(RULES.format(action="show"))
    flamescore("score")
    (mail / "rules.yaml").write_text(RULES.format(action="remove"))
    flamescore("score", "--as-of", "2026-11-22")
    changes = pl.read_parquet(mail / "out" / "latest" / "changes.parquet")
    changed = (pl.col("contact_id") == "b") & (pl.col("score_name") == "interest")
    row = changes.row(by_predicate=changed, named=True)
    parts = ("by_activity", "by_time", "by_data", "by_rules")
    assert [row[part] for part in ("difference", *parts)] == [-30.0, 0.0, 0.0, 0.0, -30.0]
