"""The content of messages, byte for byte: texts, templates, mails, JSON, signatures, hours."""

import json
from datetime import UTC, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from flamescore.alerts import payloads
from flamescore.alerts.identity import message_id
from flamescore.alerts.sending_hours import may_send
from flamescore.alerts.wording import Lead, Texts, body_of, footer_of, one_line, subject_of
from flamescore.project import Hours, StdoutChannel, filled_in, placeholders
from flamescore.units import Period

ZONE = ZoneInfo("America/Phoenix")
NOW = datetime(2026, 11, 21, 7, 0, 5, tzinfo=UTC)
RUN = "2026-11-21T070000Z-3f9a1c"
RACHEL = {
    "notice_id": "507e8074b039d690bb519edfa7d91a91",
    "contact_id": "2456",
    "at": "2026-11-21T07:00:00Z",
    "name": "Rachel Walker",
    "email": "rachel.walker2456@example.com",
    "phone": "(801) 555-0124",
    "company": "Lucky Tail Grooming",
    "owner": "Tom Becker",
    "routed_to": None,
    "flames": 5,
    "previous_flames": 4,
    "score": 28.0,
    "previous_score": 19.0,
    "percentile": 99,
    "reasons": ["Stayed in the webinar to the end, 2026-11-19 (+4)"],
}
HOSTILE = 'Eve\r\nBcc: all@example.com\n<!channel> [x](http://y) & "\\`*_# 😀\u2028'


def lead(**cells):
    return Lead({**RACHEL, **cells}, {"rank": 3})


def body(*leads, most=None, **texts):
    return body_of(Texts("Hot lead", ZONE, **texts), leads, RUN, len(leads) if most is None else most)


def subject(*leads, **texts):
    return subject_of(Texts("Hot lead", ZONE, **texts), leads, RUN)


# --- texts


def test_a_lead_is_a_paragraph():
    assert body(lead()) == (
        "Rachel Walker, Lucky Tail Grooming (2456)\n"
        "5 flames, 28 points (99%)\n"
        "Stayed in the webinar to the end, 2026-11-19 (+4)\n"
        "(801) 555-0124  rachel.walker2456@example.com\n"
        "Owner: Tom Becker"
    )


def test_lines_without_content_are_left_out():
    nobody = dict.fromkeys(("name", "email", "phone", "company", "owner", "flames", "score", "percentile"))
    assert body(lead(**nobody, reasons=[])) == "2456\nOwner: none"
    assert body(lead(name=None, phone=None, owner="unassigned ", routed_to="Dana")).splitlines()[::4] == [
        "Lucky Tail Grooming (2456)",
        "Owner: Dana (routed)",
    ]
    assert "1 flame, 1 point (0%)" in body(lead(flames=1, score=1.0, percentile=0))


def test_a_score_is_rounded_down():
    assert "1 flame, 0.04 points (99%)" in body(lead(flames=1, score=0.0437))
    assert "1,234 points" in body(lead(score=1234.9))


def test_an_event_alert_says_what_happened_and_what_did_not():
    seen = {"events": ("page_visit",), "unless": ("purchase",), "within": Period(15, "min")}
    at = lead(at="2026-11-20T21:05:00Z")
    assert body(at, **seen).splitlines()[2] == "page_visit 2026-11-20 14:05, no purchase by 14:20"
    late = lead(at="2026-11-21T06:50:00Z")
    assert (
        body(late, **seen).splitlines()[2] == "page_visit 2026-11-20 23:50, no purchase by 2026-11-21 00:05"
    )
    assert body(at, events=("page_visit", "call")).splitlines()[2] == "page_visit or call 2026-11-20 14:05"


def test_subjects_name_one_lead_and_count_several():
    assert subject(lead()) == "Hot lead: Rachel Walker"
    assert subject(lead(name=" ")) == "Hot lead: rachel.walker2456@example.com"
    assert subject(lead(name=None, email=None)) == "Hot lead: 2456"
    assert subject(lead(), lead()) == "Hot lead: 2 leads"


def test_a_text_lists_so_many_rows():
    assert body(*[lead()] * 14, most=2, text="{name}") == "Rachel Walker\n\nRachel Walker\n\nand 12 more"


def test_templates_put_cells_in_and_nothing_else():
    text = "{{{name}}} {rank} {flames}/{previous_flames} {score} {percentile} {at} {reason_1}|{reason_2}|"
    text += "{ owner }"
    said = body(lead(name="{flames} {0}", reasons=["Called (+4)"]), text=text)
    assert said == "{{flames} {0}} 3 5/4 28 99 2026-11-21 00:00 Called (+4)||Tom Becker"
    assert subject(lead(), subject="{name} {run_id}") == f"Rachel Walker {RUN}"
    assert subject(lead(), lead(), subject="{name}") == "Hot lead: 2 leads"
    assert subject(lead(), lead(), subject="{count} {title}") == "2 Hot lead"
    assert placeholders("{a} {{b}} {c}{a}") == ("a", "c")
    assert filled_in("{a}{b}", {"a": "{b}"}) == "{b}"


def test_cells_are_one_line():
    assert one_line("a\x00\x1b[31m\r\n b\t\x85c\u2028d") == "a [31m b c d"
    assert one_line(["VIP", None, "a\nb"]) == "VIP, a b"


# --- identity, hours


def test_a_message_has_the_same_id_whatever_the_order_of_its_notices():
    made = message_id("p", "mail", "", ["b", "a"])
    assert made == message_id("p", "mail", "", ["a", "b"])
    assert len(made) == 32
    assert made != message_id("p", "mail", "", ["a"])


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-11-27T21:59", False),  # a Friday
        ("2026-11-27T22:00", True),
        ("2026-11-28T05:59", True),
        ("2026-11-28T06:00", False),
        ("2026-11-28T22:00", False),
        ("2026-11-27T03:00", False),  # belongs to Thursday
    ],
)
def test_hours_that_span_midnight_belong_to_the_day_on_which_they_began(now, allowed):
    channel = StdoutChannel(type="stdout", hours=Hours(22 * 60, 6 * 60), days=("fri",))
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert may_send(channel, at, ZONE) is allowed


def test_the_end_of_hours_is_no_part_of_them():
    channel = StdoutChannel(type="stdout", hours=Hours(8 * 60, 20 * 60))
    hours = [datetime(2026, 11, 21, *at, tzinfo=ZONE) for at in ((7, 59), (8, 0), (19, 59), (20, 0))]
    assert [may_send(channel, each, ZONE) for each in hours] == [False, True, True, False]


# --- mails


def mail(subject="Hot lead: Rachel Walker", text="Rachel", to=("Dana Fox", "dana@example.com")):
    return payloads.mail(
        id_="0123456789abcdef0123456789abcdef",
        sender="Leads <leads@example.com>",
        recipient=to,
        subject=subject,
        body=text,
        footer=footer_of(RUN, datetime(2026, 11, 21, 7, tzinfo=UTC), ZONE),
        created_at=NOW,
    )


def test_a_mail_to_the_byte():
    assert mail() == (
        b"From: Leads <leads@example.com>\r\n"
        b"To: Dana Fox <dana@example.com>\r\n"
        b"Subject: Hot lead: Rachel Walker\r\n"
        b"Date: Sat, 21 Nov 2026 07:00:05 +0000\r\n"
        b"Message-ID: <0123456789abcdef0123456789abcdef@flamescore.example.com>\r\n"
        b"Auto-Submitted: auto-generated\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Rachel\r\n"
        b"\r\n"
        b"--=20\r\n"
        b"flamescore, run 2026-11-21T070000Z-3f9a1c, as of 2026-11-21 00:00 America/P=\r\n"
        b"hoenix\r\n"
    )


@pytest.mark.parametrize("name", [HOSTILE, "María 😀" * 1000, "x" * 10_000, "=?utf-8?q?Bcc?=", "Zoë"])
def test_a_name_makes_no_header_and_comes_back_as_it_is(name):
    sent = mail(subject(lead(name=name)), body(lead(name=name)), ("Zoë <b> Fox", "zoe@example.com"))
    assert all(len(line) <= 78 for line in sent.split(b"\r\n"))
    read = message_from_bytes(sent, policy=policy.SMTP)
    assert [*read.keys()] == [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip
    assert read["Subject"] == f"Hot lead: {one_line(name)}"
    assert read["To"].addresses[0].addr_spec == "zoe@example.com"
    assert (
        read.get_content()
        .replace("\r\n", "\n")
        .startswith(f"{one_line(name)}, Lucky Tail Grooming (2456)\n5 flames")
    )


# --- JSON


def test_the_json_of_a_webhook_is_compact():
    made = payloads.event_json(NOW, {"title": "Zoë", "contacts": [RACHEL]})
    assert made.startswith(
        '{"type":"flamescore.alert","timestamp":"2026-11-21T07:00:05Z","data":{"title":"Zoë","contacts":['.encode()
    )
    assert json.loads(made)["data"]["contacts"] == [RACHEL]


def test_a_signature_is_that_of_standard_webhooks():
    made = payloads.signature(
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "0123456789abcdef0123456789abcdef",
        1795244405,
        b'{"type":"flamescore.alert","timestamp":"2026-11-21T07:00:05Z","data":{}}',
    )
    assert made == "v1,eRlISvmvnoRlW8/zbpyi53aXISu9ag3Ii6zCGfwWncA="
    plain = payloads.signature("0123456789abcdef0123456789abcdef", "a", 1, b"")
    assert plain == payloads.signature("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "a", 1, b"")


def test_slack_gets_no_mention_and_no_link():
    name = "<!channel> <http://x|y> & Sons"
    made = json.loads(
        payloads.slack(subject(lead(name=name)), lambda most: body(lead(name=name), most=most), 1)
    )
    assert [*made] == ["text"]
    assert made["text"].startswith(
        "Hot lead: &lt;!channel&gt; &lt;http://x|y&gt; &amp; Sons\n\n"
        "&lt;!channel&gt; &lt;http://x|y&gt; &amp; Sons, Lucky"
    )


def test_teams_gets_a_card_without_markup():
    name = "[x](http://y) \\ ` * _ #"
    made = json.loads(payloads.teams(subject(lead(name=name)), lambda _: "Body", 1))
    assert made == {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [
                        {
                            "type": "TextBlock",
                            "text": "Hot lead: \\[x\\](http://y) \\\\ \\` \\* \\_ \\#",
                            "weight": "Bolder",
                            "wrap": True,
                        },
                        {"type": "TextBlock", "text": "Body", "wrap": True},
                    ],
                },
            }
        ],
    }


@pytest.mark.parametrize("make", [payloads.slack, payloads.teams])
@pytest.mark.parametrize("name", ["Zoë", "<*😀" * 9_000])
def test_chats_tell_of_fewer_leads_where_all_are_too_long(make, name):
    many = 1000 if name == "Zoë" else 3
    leads = [lead(name=name)] * many
    texts = Texts("Hot lead", ZONE, rows=many)
    made = make("Hot leads", lambda most: body_of(texts, leads, RUN, most), many)
    said = json.loads(made)
    if make is payloads.teams:
        text = said["attachments"][0]["content"]["body"][1]["text"]
        assert len(made) <= 24_000
    else:
        text = said["text"]
        assert len(text) <= 39_000
    if name == "Zoë":
        told = text.count("Zoë, Lucky Tail Grooming")
        assert 20 < told < 1000
        assert text.endswith(f"\n\nand {1000 - told:,} more")
    else:
        assert text.endswith("…")
