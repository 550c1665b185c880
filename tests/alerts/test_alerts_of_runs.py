"""Alerts of runs, from the exports to `alerts.csv`, `run.json` and the state."""

# ruff: noqa: E501 - a row of a table is a line here

import sqlite3
from hashlib import sha256

import polars as pl
import pytest
from msgspec.structs import replace

from flamescore.nightly import Options, nightly
from flamescore.project import find_settings

RULES = """\
version: 1
scores:
  interest:
    five_flames: 5
    rules:
      - {name: Level, first_of: [{if: {field: {level: 5}}, points: 5}, {if: {field: {level: 4}}, points: 4}, {if: {field: {level: 3}}, points: 3}]}
"""
PROJECT = """\
version: 1
rules: rules.yaml
changes: false
call_list: {{exclude: {{field: {{level: {{equals: out}}}}}}}}
contacts: [{{path: contacts.csv}}]
events: [{{path: events.csv}}]
channels: {{log: {{type: file, path: alerts.jsonl}}}}
alerts:
{alerts}
"""
HOT = "  newly-hot: {segment: hot, channel: log, again_after: 3d, rearm: {score: interest, flames: {at_most: 3}}}\n"


@pytest.fixture
def nights(tmp_path):
    (tmp_path / "rules.yaml").write_text(RULES)

    def night(as_of, levels, *, alerts=HOT, events="", owner="", **options):
        people = "".join(f"{who},{level},{owner}\n" for who, level in {**levels, "9": 0}.items())
        (tmp_path / "contacts.csv").write_text(f"contact_id,level,owner\n{people}")
        (tmp_path / "events.csv").write_text(
            f"contact_id,event,at,url\n9,none,2026-11-01T00:00:00Z,\n{events}"
        )
        (tmp_path / "flamescore.yaml").write_text(PROJECT.format(alerts=alerts.rstrip("\n")))
        project = find_settings(str(tmp_path / "flamescore.yaml"))
        project = replace(project, settings=project.settings.with_keys(as_of=as_of))
        return nightly(project, Options(accept=True, **options))

    night.folder = tmp_path
    return night


def rang(outcome, *columns):
    rows = pl.read_csv(outcome.published.run.path / "alerts.csv", infer_schema=False)
    return rows.select(columns or ("contact_id",)).rows()


def told(outcome):
    return [each.code for each in outcome.findings if each.code[0] == "A"]


def state_of(folder):
    with sqlite3.connect(folder / "out/state/state.sqlite") as connection:
        project = connection.execute("SELECT value FROM meta WHERE key = 'project_id'").fetchone()[0]
        rung = connection.execute(
            "SELECT alert, contact_id, at, rearmed FROM rung ORDER BY alert, contact_id"
        ).fetchall()
    connection.close()
    return project, rung


@pytest.mark.full
def test_the_table_of_the_contract(nights):
    found = []
    for day, level in ((20, 4), (21, 5), (22, 4), (23, 5), (24, 3)):
        found.append(rang(nights(f"2026-11-{day}", {"1": level})))
    backfill = nights("2026-11-22", {"1": 5})
    assert not (backfill.published.run.path / "alerts.csv").exists()
    assert backfill.record.alerts is None
    for day, level in ((25, 5), (25, 5), (26, 4), (27, 5)):
        found.append(rang(nights(f"2026-11-{day}", {"1": level})))
    assert found == [[], [("1",)], [], [], [], [("1",)], [], [], []]
    assert state_of(nights.folder)[1] == [("newly-hot", "1", "2026-11-25T00:00:00Z", 0)]


def test_a_notice_tells_where_the_contact_stands_and_stood(nights):
    nights("2026-11-20", {"1": 4, "2": 5, "3": 3, "4": "out"}, owner="Dana")
    after = nights("2026-11-21", {"1": 5, "2": 4, "3": 5, "4": 5, "5": 5}, owner="Dana")
    project, rung = state_of(nights.folder)
    at = "2026-11-21T00:00:00Z"
    row = "{},newly-hot,enters,{},2026-11-21T00:00:00Z,Dana,,5,{},5,{},Level (+5)\n"
    ids = [sha256(f"{project}\0newly-hot\0{who}\0enters\0{at}".encode()).hexdigest()[:32] for who in "1345"]
    assert (after.published.run.path / "alerts.csv").read_text() == (
        "notice_id,alert,kind,contact_id,at,owner,routed_to,flames,previous_flames,score,previous_score,reason_1\n"
        + row.format(ids[0], 1, 4, 4)
        + row.format(ids[1], 3, 3, 3)
        + row.format(ids[2], 4, 0, 0)
        + row.format(ids[3], 5, "", "")
    )
    assert rung == [("newly-hot", who, at, 0) for who in "1345"]
    [entry] = after.record.alerts
    assert (entry.name, entry.rung) == ("newly-hot", 4)


def test_a_baseline_rings_nothing_and_neither_does_an_alert_that_is_new_or_other(nights):
    leaves = "  cooled: {segment: hot, when: leaves, channel: log}\n"
    assert rang(nights("2026-11-20", {"1": 5}, alerts=HOT)) == []
    new = nights("2026-11-21", {"1": 4}, alerts=HOT + leaves)
    assert (rang(new), told(new)) == ([], [])
    other = HOT.replace("segment: hot", "if: {score: interest, flames: 4}")
    changed = nights("2026-11-22", {"1": 5, "2": 4}, alerts=other + leaves)
    assert (rang(changed), told(changed)) == ([], ["A017"])
    next_one = nights("2026-11-23", {"1": 4, "2": 5}, alerts=other.replace("3d", "9d") + leaves)
    assert (rang(next_one, "alert", "contact_id"), told(next_one)) == (
        [("newly-hot", "1"), ("cooled", "1")],
        [],
    )
    by_hand = nights("2026-11-22", {"1": 5}, alerts=other + leaves, make_latest=True)
    assert rang(by_hand) == []


def test_a_segment_with_another_definition_silences_its_alerts_for_a_run(nights):
    best = "\nsegments: {best: {if: {score: interest, flames: {at_least: 5}}}}\n"
    wider = best.replace("5", "4")
    alert = "  best: {segment: best, channel: log}\n"
    nights("2026-11-20", {"1": 3, "2": 3}, alerts=alert + best)
    changed = nights("2026-11-21", {"1": 4, "2": 3}, alerts=alert + wider)
    assert (rang(changed), told(changed)) == ([], ["A017"])
    assert rang(nights("2026-11-22", {"1": 4, "2": 4}, alerts=alert + wider)) == [("2",)]


EVENT = "  looked: {event: visit, where: {url: {contains: /pricing}}, segment: hot, unless_followed_by: {event: buy, within: 15min}, channel: log}\n"


def test_an_event_alert_rings_for_the_latest_occurrence_of_who_is_hot_then(nights):
    visits = "1,visit,2026-11-20T10:00:00Z,/pricing\n2,visit,2026-11-20T10:00:00Z,/pricing\n"
    nights("2026-11-20T09:00:00Z", {"1": 5, "2": 3, "3": 5}, alerts=EVENT)
    levels = {"1": 5, "2": 3, "3": 5}
    assert rang(nights("2026-11-20T10:14:59Z", levels, alerts=EVENT, events=visits)) == []
    first = nights("2026-11-20T10:15:00Z", levels, alerts=EVENT, events=visits)
    assert rang(first, "contact_id", "kind", "at") == [("1", "event", "2026-11-20T10:00:00Z")]
    rows = pl.read_parquet(first.published.run.path / "segments.parquet").filter(
        pl.col("segment") == "alert:looked"
    )
    assert rows.select("contact_id", pl.col("since").dt.to_string("%H:%M"), "held").rows() == [
        ("1", "10:00", False),
        ("2", "10:00", False),
    ]
    hot = {"1": 5, "2": 5, "3": 5}
    more = (
        visits
        + "2,visit,2026-11-20T11:00:00Z,/blog\n3,visit,2026-11-20T11:00:00Z,/pricing\n3,buy,2026-11-20T11:10:00Z,\n"
    )
    assert rang(nights("2026-11-20T12:00:00Z", hot, alerts=EVENT, events=more)) == []
    again = more + "1,visit,2026-11-21T09:59:59Z,/pricing\n2,visit,2026-11-21T09:00:00Z,/pricing\n"
    assert rang(nights("2026-11-21T12:00:00Z", hot, alerts=EVENT, events=again)) == [("2",)]
    assert rang(
        nights(
            "2026-11-21T13:00:00Z",
            hot,
            alerts=EVENT,
            events=again + "1,visit,2026-11-21T10:00:00Z,/pricing\n",
        )
    ) == [("1",)]


def test_nothing_of_it_is_there_without_alerts_and_a_header_where_only_runs_have_some(nights):
    plain = nights("2026-11-20", {"1": 5}, alerts="  feed: {when: stale, channel: log}\n")
    assert (plain.record.alerts, rang(plain)) == ((), [])
    off = nights("2026-11-21", {"1": 5}, alerts="  a: {segment: hot, channel: log, enabled: false}\n")
    assert off.record.alerts == ()
