"""Events that alerts wait for are checked against the exports and reported, like those of rules."""

# ruff: noqa: E501 - one message per line

import pytest

from cli.small import PROJECT

ALERTS = """\
channels: {log: {type: file, path: alerts.jsonl}}
alerts:
"""


@pytest.fixture
def alerting(project, flamescore):
    def score(*alerts, code=0):
        lines = "".join(f"  {each}\n" for each in alerts)
        (project / "flamescore.yaml").write_text(f"{PROJECT}{ALERTS}{lines}")
        done = flamescore("score")
        assert done.code == code, done.err
        return done.err

    return score


def test_every_fault_of_every_alert_is_told_at_its_place(alerting):
    told = alerting(
        "a: {event: call, channel: log, where: {asset: {contain: x}}, times: 0}",
        "b: {event: call, channel: log, unless_followed_by: {event: form_submit, within: 3d}}",
        "c: {event: call, channel: log, enabled: false, where: {asset: {contain: x}}}",
        code=2,
    )
    assert [line for line in told.splitlines() if line.startswith("flamescore.yaml")] == [
        "flamescore.yaml:15:50: error R070: Alert `a`: Unknown operator `contain`.",
        "flamescore.yaml:15:71: error R055: Alert `a`: `times` is 0; it must be a whole number from 1 to 1,000,000,000.",
        "flamescore.yaml:16:83: error R068: Alert `b`: It waits 3d, but an occurrence expires after 2d: nothing could ever count.",
        "flamescore.yaml:17:66: error R070: Alert `c`: Unknown operator `contain`.",
    ]


def test_a_column_that_no_export_has_is_an_error_of_the_project_file(alerting):
    told = alerting("a: {event: call, channel: log, where: {assett: x}}", code=2)
    assert (
        told
        == """\
flamescore.yaml:15:42: error P028: Alert `a`: No events export has a column `assett`.
   15 |   a: {event: call, channel: log, where: {assett: x}}
      |                                          ^^^^^^
        Nearest: `asset`.
"""
    )


def test_a_type_that_no_event_has_is_the_warning_that_rules_get(alerting):
    assert (
        alerting("a: {event: cal, channel: log}")
        == """\
flamescore.yaml:15:14: warning I050: no event is of the type `cal`, which `alerts.a` names.
   15 |   a: {event: cal, channel: log}
      |              ^^^
        Nearest: `call` (5).
        Write: event: call
"""
    )
