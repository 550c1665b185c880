"""What a rule saw, and why another rule gave nothing: a rule, a contact and the literal sentence for each.

A second implementation evaluates each piece of evidence again, from its own fields.
"""

# ruff: noqa: E501 - each row of the table is one line

import polars as pl
import pytest

import flamescore
from evidence_read_again import holds
from flamescore.explanations import sentences

AS_OF = "2026-11-21"
CONTACTS = pl.DataFrame(
    {
        "contact_id": ["1"],
        "country": ["DE"],
        "here": ["US"],
        "page": ["/pricing"],
        "title": ["Clerk"],
        "boss": ["Assistant to the CEO"],
        "small": ["800"],
        "thousand": ["1000"],
        "large": ["2000"],
        "written": ["1,200"],
        "nothing": [" "],
        "Renewal": ["2026-01-05"],
        "soon": ["2026-11-22"],
        "long": ["x" * 70],
        "Products": [["CRM", "Mail"]],
        "tags": [["Customer"]],
    }
)
EVENTS = pl.DataFrame(
    [
        *(("link_click", f"2026-11-{day:02d}T09:00:00Z", "/blog", "a", None) for day in range(1, 13)),
        ("purchase", "2026-11-08T10:00:00Z", None, None, None),
        ("email_open", "2026-09-01T09:00:00Z", None, "a", None),
        ("page_visit", "2026-11-08T09:00:00Z", "/checkout", None, None),
        ("form_submit", "2026-11-19T12:00:00Z", None, "b", None),
        ("survey", "2026-08-13T00:00:00Z", None, None, None),
        ("adjustment", "2026-11-10T09:00:00Z", None, None, "n/a"),
        ("refund", "2026-11-10T09:00:00Z", None, None, None),
        ("visit", "2026-11-10T09:00:00Z", "/a", None, None),
        ("visit", "2026-11-10T09:10:00Z", "/a", None, None),
        ("won", "2026-11-12T09:00:00Z", None, None, None),
        ("order", "2026-11-12T09:00:00Z", None, None, "320"),
        ("demo", "2026-11-22T09:00:00Z", None, None, None),
    ],
    schema=["event", "at", "url", "asset", "delta"],
    orient="row",
).with_columns(contact_id=pl.lit("1"))
HISTORY = pl.DataFrame(
    {
        "contact_id": ["1", "1"],
        "tag": ["Lead", "Quote"],
        "at": ["2026-09-01T09:00:00Z", "2026-11-04T09:00:00Z"],
        "action": ["applied", "applied"],
    }
)

FIELDS = {
    "field: {country: US}": 'country is "DE", not "US"',
    "field: {country: [US, CA, MX]}": 'country is "DE", not one of "US", "CA", "MX"',
    "field: {here: {not_equals: us}}": 'here is "US"',
    "field: {here: {not_in: [CA, US]}}": 'here is "US"',
    "field: {page: {contains: /prices}}": 'page is "/pricing", which does not contain "/prices"',
    'field: {page: {contains: ["/a", "/b"]}}': 'page is "/pricing", which does not contain any of "/a", "/b"',
    "field: {page: {starts_with: /b}}": 'page is "/pricing", which does not start with "/b"',
    "field: {page: {ends_with: /}}": 'page is "/pricing", which does not end with "/"',
    "field: {boss: {not_contains: assistant}}": 'boss is "Assistant to the CEO", which contains "assistant"',
    "field: {title: {matches: '^(ceo|cfo)$'}}": 'title is "Clerk", which does not match ^(ceo|cfo)$',
    "field: {small: {at_least: 1000}}": "small is 800, less than 1,000",
    "field: {thousand: {more_than: 1000}}": "thousand is 1,000, not more than 1,000",
    "field: {large: {at_most: 1000}}": "large is 2,000, more than 1,000",
    "field: {thousand: {less_than: 1000}}": "thousand is 1,000, not less than 1,000",
    "field: {small: {between: [1000, 2000]}}": "small is 800, less than 1,000",
    "field: {Renewal: {within_last: 30d}}": "Renewal is 2026-01-05, not in the last 30d",
    "field: {Renewal: {within_next: 30d}}": "Renewal is 2026-01-05, not in the next 30d",
    "field: {Renewal: {at_least: 2026-02-01}}": "Renewal is 2026-01-05, before 2026-02-01",
    "field: {soon: {at_most: 2026-02-01}}": "soon is 2026-11-22, after 2026-02-01",
    "field: {nothing: {empty: false}}": "nothing is empty",
    "field: {nothing: {at_least: 5}}": "nothing is empty",
    "field: {small: {empty: true}}": "small is 800, not empty",
    "field: {written: {at_least: 1000}}": 'written is "1,200", which is not a number',
    "field: {title: {within_last: 30d}}": 'title is "Clerk", which is not a date',
    "field: {long: y}": f'long is "{"x" * 59}…", not "y"',
    "field: {Products: {has: Ads}}": 'Products is "CRM", "Mail", which does not have "Ads"',
    "field: {Products: {has_none: [Ads, CRM]}}": 'Products is "CRM", "Mail", which has one of "Ads", "CRM"',
    "field: {here: {case_sensitive: true, equals: us}}": 'here is "US", not "us"',
    "field: {here: US, small: {at_least: 1000}, country: US}": "small is 800, less than 1,000",
    "field: {small: {more_than: 5, less_than: 10, at_least: 1000}}": "small is 800, not less than 10",
    "field: {title: {not_contains: x, matches: '^ceo'}}": 'title is "Clerk", which does not match ^ceo',
}
TAGS = {
    "tag: VIP": 'no tag "VIP"',
    "tag: [Partner, VIP]": 'none of the tags "Partner", "VIP"',
    "tag: {all: [Customer, VIP, Partner]}": 'no tag "VIP"',
    'tag: {like: "Prospect*"}': 'no tag like "Prospect*"',
    "tag: Lead, expires: 4w": 'tag "Lead", since 2026-09-01, older than 4w',
    "tag: Customer, expires: 4w, undated: skip": 'tag "Customer", no date',
    "tag: Quote, since: {event: won}": 'tag "Quote", since 2026-11-04, not after won on 2026-11-12',
    "tag: Lead, decay: {linear: 10%, every: 1d}": "worth 0 after 80 full days",
}
DAYS = "unless_followed_by: {event: purchase, within: 2d}"
STEPS = {
    "event: video_watch": "no video_watch",
    "event: [video_watch, chat]": "no video_watch or chat",
    "event: demo": "no demo",
    "event: link_click, where: {url: {contains: /prices}}": '12 link_click, none whose url contains "/prices"',
    "event: email_open, expires: 4w": "latest 2026-09-01, older than 4w",
    "event: link_click, times: 4, expires: 11d": "3 of the 4 needed",
    "event: link_click, times: {at_most: 5}": "12 link_click, more than 5",
    "event: form_submit, followed_by: {event: call, within: 7d}": "no call within 7d after it",
    "event: link_click, followed_by: {event: purchase, after: 3h, within: 4h}": "no purchase 3h to 4h after it",
    "event: email_open, followed_by: {event: link_click, within: 90d, same: url}": (
        "no link_click with the same url within 90d after it"
    ),
    f"event: page_visit, {DAYS}": "purchase on 2026-11-08 followed",
    f"event: form_submit, {DAYS}": "within 2d is not over until 2026-11-21",
    "event: page_visit, since: {event: won}": "latest 2026-11-08, not after won on 2026-11-12",
    "event: visit, burst: {times: 3, within: 1h}": "at most 2 of the 3 needed within 1h",
    "event: visit, burst: {times: 2, within: 1h, per: url}": "at most 1 of the 2 needed within 1h",
    "event: survey, decay: 1%": "worth 0 after 100 full days",
    "event: survey, points: 0": "worth 0",
    "event: adjustment, points: {from: delta}": 'delta is "n/a", which is not a number',
    "event: refund, points: {from: delta}": "delta is empty",
}
CONDITIONS = {
    "event: form_submit, if: {tag: VIP}": 'if: no tag "VIP"',
    "event: video_watch, if: {tag: VIP}": "no video_watch",
    "field: {here: US}, if: {field: {country: US}}": 'if: country is "DE", not "US"',
    "if: {field: {country: US}}": 'if: country is "DE", not "US"',
    "if: {event: video_watch}": "if: no video_watch",
    "if: {event: email_open, last: 30d}": "if: no email_open in the last 30d (latest 2026-09-01)",
    "if: {event: link_click, where: {url: /prices}}": 'if: 12 link_click, none whose url is "/prices"',
    "if: {event: link_click, last: 11d, times: 4}": (
        "if: link_click: 3 of the 4 needed in the last 11d, latest 2026-11-12"
    ),
    "if: {event: link_click, times: {at_most: 3}}": "if: link_click: 12, latest 2026-11-12, more than 3",
    "if: {event: order, sum: {delta: {at_least: 500}}}": (
        "if: order: 1, latest 2026-11-12, delta comes to 320, less than 500"
    ),
    "if: {event: page_visit, since: {event: won}}": (
        "if: page_visit: latest 2026-11-08, not after won on 2026-11-12"
    ),
    "if: {event: form_submit, followed_by: {event: call, within: 7d}}": (
        "if: form_submit, followed by call: no call within 7d after it"
    ),
    "if: {all: [{field: {here: US}}, {tag: VIP}, {tag: Partner}]}": 'if: no tag "VIP"',
    "if: {any: [{tag: VIP}, {tag: Partner}, {field: {country: US}}]}": 'if: none of 3: country is "DE", not "US"',
    "if: {not: {tag: Customer}}": 'if: not: tag "Customer", no date',
    "if: {not: {tag: Lead}}": 'if: not: tag "Lead", since 2026-09-01, 2 months ago',
    "if: {not: {field: {small: {at_most: 1000}}}}": "if: not: small is 800 (at most 1,000)",
    "if: {not: {event: link_click, last: 11d}}": "if: not: link_click: 3 in the last 11d, latest 2026-11-12",
    "if: {not: {all: [{tag: Customer}, {field: {here: US}}]}}": 'if: not: tag "Customer", no date; here is "US"',
    "first_of: [{if: {tag: VIP}, points: 5}, {if: {field: {small: {at_least: 1000}}}, points: 3}]": (
        "none of 2: small is 800, less than 1,000"
    ),
}
TABLE = FIELDS | TAGS | STEPS | CONDITIONS


def explained(table, *, everything):
    lines = []
    for number, rule in enumerate(table):
        points = "" if "points:" in rule else ", points: 3"
        count = ", count: each" if rule.startswith("event") and "count:" not in rule else ""
        lines.append(f"      - {{id: r{number}, name: Rule {number}, {rule}{points}{count}}}\n")
    text = "version: 1\nscores:\n  s:\n    five_flames: 20\n    rules:\n" + "".join(lines)
    rules = flamescore.load_rules(text)
    return flamescore.explain(
        rules, "1", CONTACTS, EVENTS, tag_history=HISTORY, as_of=AS_OF, everything=everything
    )


@pytest.fixture(scope="module")
def silent():
    return explained(TABLE, everything=True)


@pytest.mark.parametrize("number", range(len(TABLE)), ids=list(TABLE))
def test_the_first_reason_that_stopped_it(silent, number):
    line = next(line for line in silent.scores[0].silent if line.rule_id == f"r{number}")
    assert line.why == list(TABLE.values())[number]
    assert line.failed.sentence == line.why
    assert not line.failed.holds
    assert holds(line.failed, silent) is False


SEEN = {
    "field: {country: DE}": ['country is "DE"'],
    "field: {country: [DE, US]}": ['country is "DE" (one of "DE", "US")'],
    "field: {boss: {matches: ceo, not_contains: vp}}": [
        'boss is "Assistant to the CEO" (matches ceo; does not contain "vp")'
    ],
    "field: {large: {between: [1000, 2000]}, here: {not_equals: DE}}": [
        "large is 2,000 (at least 1,000; at most 2,000)",
        'here is "US" (not "DE")',
    ],
    "field: {nothing: {empty: true}}": ["nothing is empty"],
    "field: {large: {empty: false}}": ["large is 2000 (not empty)"],
    "field: {soon: {within_next: 30d}}": ["soon is 2026-11-22 (in the next 30d)"],
    "field: {Products: {has_all: [CRM, Mail]}}": ['Products is "CRM", "Mail" (has all of "CRM", "Mail")'],
    "tag: [VIP, Customer]": ['tag "Customer", no date'],
    "tag: {all: [Lead, Quote]}": [
        'tag "Lead", since 2026-09-01, 2 months ago',
        'tag "Quote", since 2026-11-04, 17 days ago',
    ],
    'tag: {like: "quo*"}': ['tag "Quote", since 2026-11-04, 17 days ago'],
    "tag: Quote, decay: 1%": ['tag "Quote", since 2026-11-04, 17 days ago'],
    "if: {event: link_click, where: {url: {contains: /blog}}, last: 30d}": [
        'link_click, url contains "/blog": 12 in the last 30d, latest 2026-11-12'
    ],
    "if: {not: {event: email_open, last: 30d}}": ["no email_open in the last 30d (latest 2026-09-01)"],
    "if: {not: {field: {country: US}}}": ['country is "DE", not "US"'],
    "if: {any: [{tag: VIP}, {tag: Quote}]}": ['tag "Quote", since 2026-11-04, 17 days ago'],
    "if: {event: order, sum: {delta: {at_least: 300, at_most: 400}}}": [
        "order: 1, latest 2026-11-12, delta comes to 320 (at least 300 and at most 400)"
    ],
    "first_of: [{if: {tag: VIP}, points: 5}, {if: {field: {large: {at_least: 10}}}, points: 3}]": [
        "branch 2 of 2: large is 2,000 (at least 10)"
    ],
    "first_of: [{if: {tag: VIP}, points: 5}, {points: 3}]": [
        "branch 2 of 2: none of the branches before it held"
    ],
    "event: link_click, times: 2, count: once, if: {tag: Quote}": [
        "link_click: 12, latest 2026-11-12",
        'if: tag "Quote", since 2026-11-04, 17 days ago',
    ],
    "event: page_visit, count: each, followed_by: {event: purchase, within: 2d}": [
        "page_visit, followed by purchase: 1, latest 2026-11-08",
        "purchase on 2026-11-08 followed",
    ],
}


@pytest.fixture(scope="module")
def given():
    return explained(SEEN, everything=False)


@pytest.mark.parametrize("number", range(len(SEEN)), ids=list(SEEN))
def test_what_it_saw(given, number):
    line = next(line for line in given.scores[0].entries if line.rule_id == f"r{number}")
    assert list(sentences(line.evidence)) == list(SEEN.values())[number]
    assert all(each.holds and holds(each, given) for each in line.evidence)
