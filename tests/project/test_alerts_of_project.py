"""`team`, `channels` and `alerts` of the project file: how they are parsed, and every fault."""

# ruff: noqa: E501 - a case and its whole message are on one line

import textwrap

import pytest

from flamescore.errors import ProjectFileError
from flamescore.project import (
    EmailChannel,
    EventAlert,
    Hours,
    RunAlert,
    SegmentAlert,
    load_project,
    member_named,
)
from flamescore.units import Period

WHOLE = """\
version: 1
team:
  - {name: Dana Whitfield, email: dana@example.com, weight: 2, a_day: 10, where: {country: US}}
  - {name: Luis Ortega, away: ["2026-11-24..2026-11-28", "2026-12-24"]}
channels:
  mail: {type: email, host: smtp.example.com, port: 587, user: "${SMTP_USER}", password: "${SMTP_PASSWORD}",
         from: "Leads <leads@example.com>", hours: "08:00-20:00", at_most: 20}
  sales: {type: slack, url: "${SLACK_WEBHOOK}"}
  hook: {type: webhook, url: "https://example.com/${TOKEN}?key=${KEY}", headers: {X-From: flamescore}}
alerts:
  newly-hot:
    title: Hot lead
    segment: hot
    to: owner
    otherwise: sales-manager@example.com
    channel: mail
  looked-at-pricing:
    if: {score: interest, percentile: {at_least: 90}}
    event: page_visit
    where: {url: {contains: /pricing}}
    unless_followed_by: {event: purchase, within: 15min}
    channel: [sales]
  cooled:
    segment: hot
    when: leaves
    to: Dana Whitfield
    channel: mail
    again_after: none
  feed:
    when: [failed, stale]
    to: ops@example.com
    channel: mail
"""


def read(tmp_path, text):
    path = tmp_path / "flamescore.yaml"
    path.write_text(textwrap.dedent(text))
    return load_project(path).settings


def faults(tmp_path, text):
    with pytest.raises(ProjectFileError) as caught:
        read(tmp_path, text)
    return [
        f"{problem.where.line}:{problem.where.column} {problem.code} {problem.message}"
        + (f" {problem.hint}" if problem.hint else "")
        for problem in caught.value.problems
    ]


def test_the_example_of_the_contract(tmp_path):
    settings = read(tmp_path, WHOLE)
    dana, luis = settings.team
    assert (dana.email, dana.weight, dana.a_day, dana.where) == ("dana@example.com", 2, 10, {"country": "US"})
    assert [(str(each.first), str(each.last)) for each in luis.away] == [
        ("2026-11-24", "2026-11-28"),
        ("2026-12-24", "2026-12-24"),
    ]
    assert member_named(settings.team, " dana WHITFIELD") is dana
    mail = settings.channels["mail"]
    assert isinstance(mail, EmailChannel)
    assert (mail.name, mail.hours, mail.sender, mail.security, mail.at_most) == (
        "mail",
        Hours(480, 1200),
        "Leads <leads@example.com>",
        "starttls",
        20,
    )
    assert mail.days == ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    assert settings.channels["hook"].at_most is None
    hot, looked, cooled, feed = settings.alerts.values()
    assert isinstance(hot, SegmentAlert)
    assert (hot.name, hot.title, hot.segment, hot.when, hot.again_after) == (
        "newly-hot",
        "Hot lead",
        "hot",
        "enters",
        Period(7, "d"),
    )
    assert (hot.channel, hot.to, hot.otherwise, hot.rows, hot.enabled) == (
        ("mail",),
        ("owner",),
        ("sales-manager@example.com",),
        50,
        True,
    )
    assert isinstance(looked, EventAlert)
    assert (looked.event, looked.expires, looked.again_after, looked.title) == (
        "page_visit",
        Period(2, "d"),
        Period(1, "d"),
        "looked-at-pricing",
    )
    assert looked.unless_followed_by == {"event": "purchase", "within": "15min"}
    assert (cooled.when, cooled.again_after) == ("leaves", None)
    assert isinstance(feed, RunAlert)
    assert (feed.when, feed.again_after) == (("failed", "stale"), Period(1, "d"))


def test_per_of_an_event_alert_is_a_message_for_each_contact_or_as_in_a_rule(tmp_path):
    text = """\
        version: 1
        channels: {log: {type: file, path: a.jsonl}}
        alerts:
          a: {event: visit, channel: log, per: contact}
          b: {event: visit, channel: log, per: day, times: 2}
          c: {segment: hot, channel: log, per: contact}
    """
    alerts = read(tmp_path, text).alerts
    assert [each.each_contact for each in alerts.values()] == [True, False, True]


HEAD = """\
version: 1
team: [{name: Dana, email: d@example.com}, {name: Luis}]
channels:
  mail: {type: email, host: h, from: l@example.com}
  log: {type: file, path: a.jsonl}
alerts:
"""


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        ("a: {segment: hot, channel: log, expires: 1d}", "7:35 P026 `expires` of alerts.a is for alerts with `event`, and this is one with `segment` or `if`. Remove it, or write a second alert for it."),
        ("a: {event: visit, when: leaves, channel: log}", "7:21 P026 `when` of alerts.a is for alerts with `segment` or `if`, and this is one with `event`. Remove it, or write a second alert for it."),
        ("a: {when: failed, segment: hot, channel: log}", "7:21 P026 `segment` of alerts.a is for alerts with `segment` or `if`, and this is one with `when: failed` or `stale`. Remove it, or write a second alert for it."),
        ("a: {segment: hot, if: {tag: VIP}, channel: log}", "7:21 P026 `segment` and `if` of alerts.a can't be combined: both say who is meant. Join them: `if: {all: [{segment: ...}, ...]}`."),
        ("a: {when: leaves, channel: log}", "7:3 P021 `alerts.a` does not say what it rings for. Give it one of `segment`, `if`, `event` and `when: failed`."),
        ("a: {when: fails, channel: log}", "7:13 P023 `alerts.a.when` must be `failed` or `stale`, not the text `fails`."),
        ("a: {segment: hot}", "7:6 P021 `alerts.a.channel` is missing."),
        ("a: {segment: hot, channel: lgo}", "7:30 P023 There is no channel `lgo`, which alert `a` names. Did you mean `log`?"),
        ("a: {segment: hot, chanel: log}", "7:6 P021 `alerts.a.channel` is missing."),
        ("a: {segment: hot, channel: mail}", "7:3 P021 `to` of alert `a` is missing: channel `mail` sends mail, and needs an address. Write `to: dana@example.com`."),
        ("a: {segment: hot, channel: log, to: owner}", "7:39 A008 Alert `a` goes to the owner, and most lists have leads without one. Say who hears of those: `otherwise: sales@example.com`."),
        ("a: {segment: hot, channel: log, to: owner, otherwise: owner}", "7:57 P026 `otherwise` is for leads without an owner; it can't be `owner` again. Name a member of the team, or write an address."),
        ("a: {segment: hot, channel: mail, to: [Dana, Luis]}", "7:47 A009 `Luis` has no e-mail address, and channel `mail` sends mail. Give the member an `email` under `team:`."),
        ("a: {segment: hot, channel: log, to: Lui}", "7:39 A009 `Lui` is not an e-mail address, and `team` has nobody of that name. Did you mean `Luis`?"),
        ("a: {segment: hot, channel: log, again_after: soon}", "7:48 P023 `alerts.a.again_after` must be a period such as `7d`, or `none`, not `soon`."),
        ("a: {segment: hot, channel: log, per: day}", "7:40 P023 `alerts.a.per` must be `contact`, not the text `day`."),
        ("A b: {segment: hot, channel: log}", "7:3 P023 `A b` is not a name for an entry of `alerts`. Write small letters, digits, `-` and `_`, at most 64, and begin with a letter or a digit."),
        ("a: {segment: hot, channel: log, rows: 0}", "7:41 P023 `alerts.a.rows` must be a whole number from 1 to 1,000,000, not `0`."),
    ],
)  # fmt: skip
def test_a_fault_of_an_alert(tmp_path, alert, expected):
    assert faults(tmp_path, f"{HEAD}  {alert}\n")[0] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {host: h}", "3:6 P021 `channels.a` has no `type`. It can be `email`, `webhook`, `slack`, `teams`, `apprise`, `file` or `stdout`."),
        ("a: {type: mail}", "3:13 P023 `channels.a.type` must be `email`, `webhook`, `slack`, `teams`, `apprise`, `file` or `stdout`, not the text `mail`."),
        ("a: {type: stdout, url: x}", "3:21 P025 Unknown key `url` in channels.a. Known here: type, hours, days, at_most."),
        ("a: {type: stdout, hours: 8-20}", "3:28 P023 `channels.a.hours` must be hours such as `08:00-20:00`, not `8-20`."),
        ("a: {type: stdout, days: [mon, tues]}", "3:33 P023 `channels.a.days` must be `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`, not the text `tues`."),
        ("a: {type: email, host: h, from: leads}", "3:35 P023 `channels.a.from` must be an e-mail address such as `Leads <leads@example.com>`, not `leads`."),
        ("a: {type: file, path: 's3://b/x'}", '3:25 P031 "s3://b/x" is a URL; flamescore reads local files. Fetch it first, or pipe it in and write `-`.'),
        ("a: {type: webhook, url: example.com}", "3:27 P023 `channels.a.url` must be an address such as `https://example.com/hook`."),
        ("a: {type: slack, url: '${SLACK-URL}'}", "3:25 P023 `channels.a.url` has a `${` that begins no variable. A variable is written `${NAME}`, of letters, digits and `_`."),
    ],
)  # fmt: skip
def test_a_fault_of_a_channel(tmp_path, text, expected):
    assert faults(tmp_path, f"version: 1\nchannels:\n  {text}\n")[0] == expected


SECRET = "s3cr3t-XYZ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{type: email, host: h, from: l@example.com, password: s3cr3t-XYZ}", '3:68 A011 `channels.smtp-mail.password` is a secret, and is written in the file. Write "${SMTP_MAIL_PASSWORD}" and set the variable.'),
        ("{type: webhook, url: 'https://a.example', secret: s3cr3t-XYZ}", '3:64 A011 `channels.smtp-mail.secret` is a secret, and is written in the file. Write "${SMTP_MAIL_SECRET}" and set the variable.'),
        ("{type: slack, url: 'https://a.example/s3cr3t-XYZ'}", '3:33 A011 Whoever has `channels.smtp-mail.url` can send by it, and it is written in the file. Write "${SMTP_MAIL_URL}" and set the variable.'),
        ("{type: webhook, url: 'https://u:s3cr3t-XYZ@a.example'}", '3:35 A011 `channels.smtp-mail.url` has a user or a password in it. Write "${SMTP_MAIL_URL}" and set the variable.'),
        ("{type: webhook, url: 'https://a.example/?key=s3cr3t-XYZ'}", '3:35 A011 `channels.smtp-mail.url` has a query in it. Write "${SMTP_MAIL_URL}" and set the variable.'),
        ("{type: email, host: h, from: l@example.com, pasword: s3cr3t-XYZ}", "3:58 P025 Unknown key `pasword` in channels.smtp-mail. Did you mean `password`?"),
        ("{type: email, password: s3cr3t-XYZ, password: s3cr3t-XYZ}", None),
        ("{type: email, password: s3cr3t-XYZ", None),
    ],
)  # fmt: skip
def test_a_secret_in_the_file_is_a_fault_that_does_not_show_it(tmp_path, text, expected):
    path = tmp_path / "flamescore.yaml"
    path.write_text(f"version: 1\nchannels:\n  smtp-mail: {text}\nkeep: [email]\n")
    with pytest.raises(ProjectFileError) as caught:
        load_project(path)
    first = caught.value.problems[0]
    said = f"{first.where.line}:{first.where.column} {first.code} {first.message} {first.hint}"
    assert expected is None or said == expected
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ("{email: a@example.com}", "2:8 P021 `team.name` is missing."),
        ("{name: Dana, email: dana}", "2:28 P023 `team.email` must be an e-mail address, not `dana`."),
        ("{name: Dana, weight: 1.5}", "2:29 P023 `team.weight` must be a whole number from 0 to 1,000,000, not `1.5`."),
        ("{name: Dana, away: ['2026-11-28..2026-11-24']}", "2:28 P023 `team.away` must be a day such as `2026-11-24`, or days such as `2026-11-24..2026-11-28`, not `2026-11-28..2026-11-24`."),
        ("{name: Dana}, {name: ' DANA'}", "2:29 P026 `team` has two members called ` DANA`. Remove one of them, or add the surname."),
    ],
)  # fmt: skip
def test_a_fault_of_a_member(tmp_path, member, expected):
    assert faults(tmp_path, f"version: 1\nteam: [{member}]\n") == [expected]
