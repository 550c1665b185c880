"""`flamescore notify` and `score --notify`: messages, exit codes, and alerts about runs."""

import json

import pytest

from alerts.servers import free_port, web
from cli.small import EVENTS

LOG = """
channels:
  log: {type: file, path: log.ndjson}
alerts:
  feed: {title: The nightly run, when: [failed, stale], channel: log}
"""


def write(folder, text):
    path = folder / "flamescore.yaml"
    path.write_text(path.read_text() + text)


def told(folder):
    """Return the data of what was sent to the file channel, without run ids and timestamps."""
    path = folder / "log.ndjson"
    return [json.loads(line)["data"] for line in path.read_text().splitlines()] if path.exists() else []


def test_without_a_run_and_a_state_it_is_not_found(flamescore, project):
    for words in (("notify",), ("notify", "--dry-run")):
        done = flamescore(*words)
        assert (done.code, done.out) == (4, "")
        assert "O004" in done.err
    assert not (project / "out").exists()


def test_with_nothing_to_send_it_says_so(flamescore, project):
    flamescore("score")
    done = flamescore("notify")
    assert (done.code, done.out, done.err) == (
        0, "notify: 0 messages sent, 0 leads waiting, 0 messages unsent\n", "",
    )  # fmt: skip
    assert flamescore("notify", "-q").out == ""
    lines = map(json.loads, flamescore("notify", "--log-format", "json").err.splitlines())
    (told,) = (line for line in lines if line["code"] == "A000")
    assert (told["level"], told["sent"], told["waiting"], told["unsent"]) == ("info", 0, 0, 0)
    assert flamescore("notify", "--dry-run").out == "channel,recipient,subject,contacts,status\n"
    assert (project / "out/state/state.sqlite").exists()


def test_a_failed_run_is_told_once_a_day_and_keeps_its_code(flamescore, project):
    write(project, LOG)
    (project / "contacts.csv").rename(project / "gone.csv")
    first = flamescore("score", "--notify", FLAMESCORE_NOW="2026-11-22T02:00:00Z")
    assert (first.code, first.out) == (3, "notify: 1 message sent, 0 leads waiting, 0 messages unsent\n")
    (data,) = told(project)
    code = data["problem"]["code"]
    assert f"error {code}: {data['problem']['message']}" in first.err
    assert data | {"problem": None} == {
        "alert": "feed",
        "title": "The nightly run",
        "kind": "failed",
        "run_id": None,
        "as_of": None,
        "recipient": None,
        "count": 0,
        "contacts": [],
        "problem": None,
    }
    again = flamescore("score", "--notify", FLAMESCORE_NOW="2026-11-23T01:59:59Z")
    assert (again.code, len(told(project))) == (3, 1)
    assert flamescore("score", FLAMESCORE_NOW="2026-11-23T02:00:00Z").code == 3
    assert len(told(project)) == 1
    assert flamescore("score", "--notify", FLAMESCORE_NOW="2026-11-23T02:00:00Z").code == 3
    assert len(told(project)) == 2
    (project / "gone.csv").rename(project / "contacts.csv")
    (project / "rules.yaml").write_text("version: 2\n")
    assert flamescore("score", "--notify", FLAMESCORE_NOW="2026-11-24T02:00:00Z").code == 2
    assert len(told(project)) == 2


def test_a_stale_feed_is_told_once_for_each_source(flamescore, project):
    write(project, LOG)
    path = project / "flamescore.yaml"
    path.write_text(path.read_text().replace("path: events.csv", "path: events.csv\n    newest_within: 1h"))
    assert flamescore("score", "--accept").code == 0
    assert told(project) == []
    done = flamescore("score", "--accept", "--notify")
    assert (done.code, done.out.splitlines()[-1]) == (
        0, "notify: 1 message sent, 0 leads waiting, 0 messages unsent",
    )  # fmt: skip
    (data,) = told(project)
    assert (data["kind"], data["problem"]["code"]) == ("stale", "I053")
    assert "events.csv" in data["problem"]["message"]
    assert data["run_id"] is not None
    (project / "events.csv").write_text(EVENTS + "101,call,2026-11-21T00:00:00Z,\n")
    assert flamescore("score", "--notify").code == 0
    assert len(told(project)) == 1


def test_notices_that_wait_are_said_and_unsent_ones_end_it_with_7(flamescore, project):
    port = free_port()
    write(
        project,
        LOG.replace("type: file, path: log.ndjson", f"type: webhook, url: 'http://127.0.0.1:{port}/'"),
    )
    path = project / "flamescore.yaml"
    path.write_text(path.read_text().replace("path: events.csv", "path: events.csv\n    newest_within: 1h"))
    flamescore("score", "--accept")
    done = flamescore("score", "--accept")
    assert (done.code, "1 notice waits: flamescore notify sends it" in done.err) == (0, True)
    listed = flamescore("notify", "--dry-run")
    assert listed.out.splitlines()[1:] == ["log,,The nightly run: stale feed,0,goes now"]
    failed = flamescore("notify")
    assert (failed.code, failed.out) == (7, "notify: 0 messages sent, 0 leads waiting, 1 message unsent\n")
    said = f"log: warning A021: connection refused (127.0.0.1:{port}); 1 message will be tried again\n"
    assert said in failed.err
    listed = flamescore("notify", "--dry-run")
    assert listed.out.splitlines()[1:] == [
        f"log,,The nightly run: stale feed,0,goes again: connection refused (127.0.0.1:{port})"
    ]
    assert flamescore("score", "--accept", "--notify").code == 7
    with web(port=port) as there:
        assert flamescore("notify").code == 0
    assert len(there.taken) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "a@example.com"), "--to goes with --test"),
        (("--test", "log", "--dry-run"), "can't go with --dry-run"),
        (("--test", "lgo"), "`log`"),
    ],
)
def test_flags_that_do_not_go_together(flamescore, project, words, said):
    write(project, LOG)
    done = flamescore("notify", *words)
    assert (done.code, said in done.err) == (2, True)
    assert not (project / "out").exists()


@pytest.mark.once
def test_a_test_goes_by_the_channel_alone(flamescore, project):
    write(project, LOG)
    done = flamescore("notify", "--test", "log")
    assert (done.code, done.out) == (0, "notify: a test was sent by log\n")
    assert [(each["alert"], each["contacts"]) for each in told(project)] == [("test", [])]
    assert not (project / "out").exists()


def test_a_template_that_names_what_no_lead_has_is_a_fault(flamescore, project):
    write(
        project,
        "channels: {log: {type: file, path: log.ndjson}}\nalerts:\n"
        "  a: {segment: hot, channel: log, subject: '{nmae}: {count}', text: '{Renewal} {{x}} {xyzzy}'}\n",
    )
    done = flamescore("score")
    assert (done.code, done.err.count("A010")) == (2, 2)
    assert "there is no `{nmae}`" in done.err
    assert "`name`" in done.err
    assert "there is no `{xyzzy}`" in done.err
    assert not (project / "out/latest").exists()
