"""Composing and sending to real servers on loopback: what arrives, what waits, what is retried."""

import base64
import hmac
import json
import os
from email import message_from_bytes, policy
from hashlib import sha256

import pytest

from alerts.servers import free_port, mailbox, web
from flamescore.alerts import preview, send_test, send_waiting, waiting_notices
from flamescore.errors import ExitCode, FlamescoreError, LockedError, NotFoundError, UsageError
from flamescore.state import StateStore

TEAM = """
team:
  - {name: Dana Fox, email: dana@example.com}
  - {name: Bob}
"""


def mail(port, more=""):
    keys = f"type: email, host: 127.0.0.1, port: {port}, security: none, from: leads@example.com"
    return f"  mail: {{{keys}{more}}}\n"


def hot(channel, more=""):
    return f"alerts:\n  newly-hot: {{title: Hot lead, segment: hot, channel: {channel}{more}}}\n"


def codes(done):
    return [each.code for each in done.findings]


def at(monkeypatch, now):
    monkeypatch.setenv("FLAMESCORE_NOW", now)


def send(alerted, **environ):
    return send_waiting(alerted.project, environ=dict(os.environ, **environ))


def test_a_webhook_gets_signed_json_once(alerted):
    with web() as there:
        alerted.written(
            f"channels:\n  hook: {{type: webhook, url: '{there.url}', secret: '${{KEY}}',"
            " headers: {X-By: us}}\n" + hot("hook")
        ).rung("101", "103")
        done = send(alerted, KEY="s3cr3t")
        again = send(alerted, KEY="s3cr3t")
    assert done.line == "notify: 1 message sent, 0 leads waiting, 0 messages unsent"
    assert (done.exit_code, again.sent, len(there.taken)) == (ExitCode.DONE, 0, 1)
    _, headers, body = there.taken[0]
    project_id = alerted.rows("SELECT value FROM meta WHERE key = 'project_id'")[0][0]
    notices = sorted(f"newly-hot-{each}-2026-11-21T02:00:00Z" for each in ("101", "103"))
    id_ = sha256("\0".join((project_id, "hook", "", *notices)).encode()).hexdigest()[:32]
    assert (headers["webhook-id"], headers["idempotency-key"], headers["x-by"]) == (id_, id_, "us")
    signed = f"{id_}.{headers['webhook-timestamp']}.".encode() + body
    code = base64.b64encode(hmac.digest(b"s3cr3t", signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{code}"
    said = json.loads(body)
    assert (said["type"], said["timestamp"]) == ("flamescore.alert", "2026-11-22T12:00:00Z")
    run_id = alerted.rows("SELECT value FROM meta WHERE key = 'run_id'")[0][0]
    people = said["data"].pop("contacts")
    assert said["data"] == {
        "alert": "newly-hot",
        "title": "Hot lead",
        "kind": "enters",
        "run_id": run_id,
        "as_of": "2026-11-21T02:00:00Z",
        "recipient": None,
        "count": 2,
    }
    assert people[0] == {
        "notice_id": notices[0],
        "contact_id": "101",
        "at": "2026-11-21T02:00:00Z",
        "email": "ann@example.com",
        "name": "Ann Lee",
        "phone": "+1 602 555 0101",
        "company": "Acme",
        "owner": "Dana Fox",
        "routed_to": None,
        "flames": 5,
        "previous_flames": 4,
        "score": 28.0,
        "previous_score": 19.0,
        "percentile": 100,
        "reasons": ["Call, 2026-11-20 (+10)", "Form ×2, 2026-11-18 (+10)", "VIP (+5)"],
    }
    assert [each["contact_id"] for each in people] == ["101", "103"]


def test_owners_get_their_own_leads_and_the_others_go_elsewhere(alerted):
    with mailbox() as there:
        alerted.written(TEAM + "channels:\n" + mail(there.port))
        alerted.written(hot("mail", ", to: owner, otherwise: [sales@example.com, dana@example.com]"))
        alerted.rung("101", owner=" dana FOX ")
        alerted.rung("103", owner="Bob")
        alerted.rung("104", owner=None, routed_to="Dana Fox")
        done = send(alerted)
    assert done.sent == 2
    told = {to[0]: message_from_bytes(raw, policy=policy.SMTP) for _, to, raw in there.taken}
    assert {each: mail["Subject"] for each, mail in told.items()} == {
        "dana@example.com": "Hot lead: 3 leads",
        "sales@example.com": "Hot lead: <script>alert(1)</script>",
    }
    assert told["dana@example.com"]["To"] == "Dana Fox <dana@example.com>"
    text = told["dana@example.com"].get_content().replace("\r\n", "\n")
    assert text.startswith(
        "Ann Lee, Acme (101)\n5 flames, 28 points (100%)\nCall, 2026-11-20 (+10)\nForm ×2, 2026-11-18 (+10)\n"
        "VIP (+5)\n+1 602 555 0101  ann@example.com\nOwner: dana FOX\n\n<script>"
    )
    assert "Owner: Dana Fox (routed)" in text
    run_id = alerted.rows("SELECT value FROM meta WHERE key = 'run_id'")[0][0]
    assert text.endswith(f"\n\n-- \nflamescore, run {run_id}, as of 2026-11-21 02:00 UTC\n")


def test_a_dead_mail_server_holds_up_no_webhook_and_its_mail_goes_later(alerted):
    port = free_port()
    with web() as there:
        alerted.written(TEAM + f"channels:\n  hook: {{type: webhook, url: '{there.url}'}}\n" + mail(port))
        alerted.written(hot("[mail, hook]", ", to: Dana Fox")).rung("101")
        done = send(alerted)
        assert (done.sent, done.unsent, len(there.taken)) == (1, 1, 1)
    assert done.exit_code == ExitCode.UNSENT
    (told,) = done.findings
    said = f"connection refused (127.0.0.1:{port}); 1 message will be tried again"
    assert (told.code, told.subject, told.message) == ("A021", "mail", said)
    kept = alerted.rows("SELECT body, attempts FROM message WHERE channel = 'mail'")
    assert kept[0][1] == 0
    with mailbox(port=port) as late:
        done = send(alerted)
    assert (done.sent, done.exit_code, [raw for *_, raw in late.taken]) == (1, ExitCode.DONE, [kept[0][0]])


def test_after_a_failed_connection_the_channel_is_left_alone(alerted):
    alerted.written("channels:\n" + f"  hook: {{type: webhook, url: 'http://127.0.0.1:{free_port()}/'}}\n")
    alerted.written(hot("hook", ", per: contact")).rung("101", "103", "104")
    done = send(alerted)
    assert done.unsent == 3
    assert done.findings[0].message.endswith("; 3 messages will be tried again")


@pytest.mark.parametrize("answer", [301, 404])
def test_answers_that_will_not_change_are_given_up_after_ten(alerted, answer):
    with web(answer, headers=[("Location", "/other")]) as there:
        alerted.written(f"channels:\n  hook: {{type: webhook, url: '{there.url}'}}\n" + hot("hook")).rung(
            "101"
        )
        tried = [send(alerted) for _ in range(10)]
        assert send(alerted).exit_code == ExitCode.DONE
    assert [codes(each) for each in tried] == [["A021"]] * 9 + [["A023"]]
    assert [each.exit_code for each in tried] == [ExitCode.UNSENT] * 10
    assert [path for path, *_ in there.taken] == ["/hook"] * 10
    assert f"{answer} " in tried[0].findings[0].message


@pytest.mark.parametrize("answer", [408, 425, 429, 500, 503])
def test_busy_servers_are_tried_without_end(alerted, answer):
    with web(*[answer] * 11, 204) as there:
        alerted.written(f"channels:\n  hook: {{type: webhook, url: '{there.url}'}}\n" + hot("hook")).rung(
            "101"
        )
        tried = [send(alerted) for _ in range(12)]
    assert [each.sent for each in tried] == [0] * 11 + [1]
    assert len({body for *_, body in there.taken}) == 1
    assert len({headers["webhook-id"] for _, headers, _ in there.taken}) == 1


@pytest.mark.parametrize(("answer", "attempts"), [("450 4.2.1 busy", 0), ("550 5.1.1 dana@example.com?", 1)])
def test_a_mail_server_may_say_later_or_never(alerted, answer, attempts):
    with mailbox(rcpt=answer) as there:
        alerted.written(
            TEAM + "channels:\n" + mail(there.port) + hot("mail", ", to: [Dana Fox, b@example.com]")
        )
        alerted.rung("101")
        done = send(alerted)
    assert (done.unsent, codes(done)) == (2, ["A021"])
    assert "dana@" not in done.findings[0].message
    assert answer[:9] in done.findings[0].message
    assert alerted.rows("SELECT attempts FROM message") == [(attempts,)] * 2


def test_leads_of_the_night_are_one_mail_in_the_morning(alerted, monkeypatch):
    with mailbox() as there:
        alerted.written(TEAM + "channels:\n" + mail(there.port, ', hours: "08:00-20:00", days: [mon, tue]'))
        alerted.written(hot("mail", ", to: Dana Fox"))
        for hour, contact in enumerate(("101", "103", "102", "104"), 1):
            at(monkeypatch, f"2026-11-23T0{hour}:00:00Z")
            alerted.rung(contact, at=f"2026-11-23T0{hour}:00:00Z")
            done = send(alerted)
            assert (done.waiting, done.exit_code) == (hour, ExitCode.DONE)
        shown, _ = preview(alerted.project)
        assert shown.rows() == [
            ("mail", "Dana Fox", "Hot lead: 4 leads", 4, "waits for 08:00-20:00, mon tue"),
        ]
        assert waiting_notices(alerted.project) == 4
        at(monkeypatch, "2026-11-23T08:00:00Z")
        assert preview(alerted.project)[0].rows() == [
            ("mail", "Dana Fox", "Hot lead: 4 leads", 4, "goes now")
        ]
        assert send(alerted).sent == 1
        assert waiting_notices(alerted.project) == 0
    text = message_from_bytes(there.taken[0][2], policy=policy.SMTP).get_content()
    assert [text.index(f"({each})") for each in ("101", "103", "102", "104")] == sorted(
        text.index(f"({each})") for each in ("101", "103", "102", "104")
    )


def test_no_more_messages_a_day_than_the_channel_says(alerted, monkeypatch):
    alerted.written(
        "channels:\n  log: {type: file, path: log.ndjson, at_most: 3}\n" + hot("log", ", per: contact")
    )
    alerted.rung("101", "103", "102", "104", "106")
    done = send(alerted)
    assert (done.sent, done.waiting) == (3, 2)
    assert [row[-1] for row in preview(alerted.project)[0].rows()] == ["at most 3 a day"]
    assert send(alerted).sent == 0
    at(monkeypatch, "2026-11-23T00:00:00Z")
    assert (send(alerted).sent, send(alerted).waiting) == (2, 0)
    lines = [
        json.loads(line)["data"]["contacts"]
        for line in (alerted.folder / "log.ndjson").read_text().splitlines()
    ]
    assert [each["contact_id"] for (each,) in lines] == ["101", "103", "102", "104", "106"]


def test_who_may_no_longer_be_called_is_not_in_the_message(alerted):
    alerted.written("channels:\n  log: {type: file, path: log.ndjson}\n" + hot("log")).rung("101", "105")
    done = send(alerted)
    assert [(each.code, str(each.severity)) for each in done.findings] == [("A022", "note")]
    (line,) = (alerted.folder / "log.ndjson").read_text().splitlines()
    assert [each["contact_id"] for each in json.loads(line)["data"]["contacts"]] == ["101"]
    assert send(alerted).findings == ()


def test_notices_of_what_is_no_longer_there_are_dropped(alerted):
    path = alerted.folder / "flamescore.yaml"
    before = path.read_text()
    port = free_port()
    alerted.written(f"channels:\n  hook: {{type: webhook, url: 'http://127.0.0.1:{port}/'}}\n" + hot("hook"))
    alerted.rung("101", "103")
    assert send(alerted).unsent == 1
    path.write_text(before)
    done = send(alerted)
    assert (done.exit_code, codes(done), done.findings[0].count) == (ExitCode.DONE, ["A022"], 2)
    assert alerted.rows("SELECT count(*) FROM message") == [(0,)]
    assert send(alerted).findings == ()


def test_a_dry_run_changes_no_byte(alerted):
    alerted.written("channels:\n  log: {type: file, path: log.ndjson}\n" + hot("log")).rung("101", "105")
    before = {path: path.read_bytes() for path in alerted.folder.rglob("*") if path.is_file()}
    rows, findings = preview(alerted.project)
    assert rows.rows() == [("log", None, "Hot lead: Ann Lee", 1, "goes now")]
    assert [each.code for each in findings] == ["A022"]
    assert {path: path.read_bytes() for path in alerted.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_chats_get_their_json(alerted, kind):
    with web() as there:
        alerted.written(f"channels:\n  chat: {{type: {kind}, url: '${{CHAT}}'}}\n" + hot("chat")).rung("103")
        assert send(alerted, CHAT=there.url).sent == 1
    _, headers, body = there.taken[0]
    assert headers["content-type"] == "application/json"
    said = json.dumps(json.loads(body))
    assert ("&lt;script&gt;" in said) is (kind == "slack")


def test_standard_output_shows_no_control_character(alerted, capsys):
    alerted.written("channels:\n  here: {type: stdout}\n" + hot("here")).rung("102")
    assert send(alerted).sent == 1
    shown = capsys.readouterr().out
    assert shown.startswith(
        'Hot lead: [/evil]\n\n[/evil], =HYPERLINK("http://x","y") (102)\n5 flames, 28 points'
    )
    assert shown.endswith("Owner: Dana Fox\n\n")


def test_a_torn_line_of_a_file_is_closed_before_the_next(alerted):
    (alerted.folder / "log.ndjson").write_text("{}\n{")
    alerted.written("channels:\n  log: {type: file, path: log.ndjson}\n" + hot("log")).rung("101")
    assert send(alerted).sent == 1
    lines = (alerted.folder / "log.ndjson").read_text().splitlines()
    assert (len(lines), json.loads(lines[2])["data"]["count"]) == (3, 1)


def test_a_variable_that_is_not_set_leaves_messages_unsent(alerted, monkeypatch):
    monkeypatch.delenv("CHAT", raising=False)
    alerted.written("channels:\n  chat: {type: slack, url: '${CHAT}'}\n" + hot("chat")).rung("101")
    done = send(alerted)
    assert (done.exit_code, codes(done)) == (ExitCode.UNSENT, ["A020"])
    assert done.findings[0].message == "the variable CHAT is not set; 1 message will be tried again"


def test_a_state_that_is_held_or_damaged_stops_sending(alerted):
    store = StateStore.of(alerted.project)
    with store.hold(), pytest.raises(LockedError):
        send(alerted)
    store.file.write_bytes(b"SQLite format 3\0 and no more")
    with pytest.raises(FlamescoreError, match="A015") as told:
        send(alerted)
    assert told.value.exit_code == ExitCode.UNSENT


def test_without_a_run_and_a_state_there_is_nothing_to_send(alerted):
    (alerted.folder / "out").rename(alerted.folder / "elsewhere")
    for asked in (send, lambda there: preview(there.project)):
        with pytest.raises(NotFoundError, match="O004"):
            asked(alerted)
    assert not (alerted.folder / "out").exists()


def test_messages_are_forgotten_400_days_after_they_were_sent(alerted, monkeypatch):
    alerted.written("channels:\n  log: {type: file, path: log.ndjson}\n" + hot("log")).rung("101")
    send(alerted)
    at(monkeypatch, "2027-12-27T11:00:00Z")
    send(alerted)
    assert alerted.rows("SELECT count(*) FROM message") == [(1,)]
    at(monkeypatch, "2027-12-28T11:00:00Z")
    send(alerted)
    for table in ("message", "notice", "delivery"):
        assert alerted.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_a_test_is_sent_and_not_recorded(alerted):
    with mailbox() as there:
        alerted.written(TEAM + "channels:\n" + mail(there.port))
        send_test(alerted.project, "mail", None)
        send_test(alerted.project, "mail", "zoe@example.com")
    assert [to for _, to, _ in there.taken] == [["dana@example.com"], ["zoe@example.com"]]
    assert message_from_bytes(there.taken[0][2], policy=policy.SMTP)["Subject"] == "flamescore: a test"
    assert alerted.rows("SELECT count(*) FROM message") == [(0,)]
    with pytest.raises(UsageError, match="Did you mean `mail`"):
        send_test(alerted.project, "mial", None)
    with pytest.raises(FlamescoreError, match="A021 mail: connection refused") as told:
        send_test(alerted.project, "mail", None)
    assert told.value.exit_code == ExitCode.UNSENT
    for to in ("Bob", "nobody"):
        with pytest.raises(UsageError, match="--to"):
            send_test(alerted.project, "mail", to)
