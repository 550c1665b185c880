"""Columns that rules and the project file name, and that are missing from some files."""

from __future__ import annotations

import pytest

from cli.columns import (
    CLICKS,
    CONTACTS,
    EVENTS,
    OLD,
    PEOPLE,
    RULES,
    SHORT_B,
    A,
    B,
    score,
    scores,
    told,
    write,
)
from cli.small import record

# --- named by rules and the project file -----------------------------------------------------------------


def test_a_column_of_a_rule_that_one_file_lacks(flamescore, here):
    done = score(
        flamescore, here, CONTACTS + EVENTS, ev__b=B.format("link"), ev__c=A.replace("/prices", "/x")
    )
    assert (done.code, scores(here)) == (0, {"1": "1", "2": "0"})
    said = (
        'events ev url: warning I110: 1 of 3 files has no "url", which rule '
        '"Prices" (rules.yaml:7) names: ev/b.csv.'
    )
    assert done.err == said + "\n"
    assert said in record(here)["warnings"]
    assert "warning I110: 1 of 3 files has no" in (here / "out" / "latest" / "report.md").read_text()


def test_the_nearest_header_and_what_to_write(flamescore, here):
    done = score(flamescore, here, CONTACTS + EVENTS, ev__b=B.format("urls"), ev__c=B.format("urls"))
    assert (done.code, done.err) == (
        0,
        (
            'events ev url: warning I110: 2 of 3 files have no "url", which rule '
            '"Prices" (rules.yaml:7) names: '
            'ev/b.csv and 1 more. ev/b.csv has "urls".\n        Write: columns: {url: [url, urls]}\n'
        ),
    )
    done = score(flamescore, here, CONTACTS + "events: [{path: ev, columns: {url: [url, urls]}}]\n")
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "2"})


@pytest.mark.parametrize("header", ["Url", "URL", "u_r_l", "u-R-l", "U R L"])
def test_a_header_in_another_case(flamescore, here, header):
    done = score(flamescore, here, CONTACTS + EVENTS, ev__b=B.format(header))
    assert (done.code, done.err) == (
        0,
        (
            f'events ev url: warning I111: "{header}" in ev/b.csv (1 of 2 files) is '
            f'not read; the column is called "url", '
            f'as rule "Prices" (rules.yaml:7) names it.\n        Write: columns: {{url: [url, {header}]}}\n'
        ),
    )
    project = CONTACTS + f"events: [{{path: ev, columns: {{url: [url, {header}]}}}}]\n"
    done = score(flamescore, here, project)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "1"})


def test_a_header_in_another_case_that_is_mapped_to_something_else(flamescore, here):
    project = CONTACTS + "events: [{path: ev, columns: {shown: URL}, optional: [shown]}]\n"
    done = score(flamescore, here, project, ev__b=B.format("URL"))
    assert done.err == (
        'events ev url: warning I110: 1 of 2 files has no "url", which rule '
        '"Prices" (rules.yaml:7) names: ev/b.csv.\n'
    )


def test_a_header_in_another_case_that_a_rule_names_itself(flamescore, here):
    rules = RULES + "      - {name: Old, event: click, where: {URL: x}, points: 1}\n"
    done = score(flamescore, here, CONTACTS + EVENTS, ev__b=B.format("URL"), rules=rules)
    assert told(done) == [
        (
            'events ev URL: warning I110: 1 of 2 files has no "URL", which rule "Old" '
            "(rules.yaml:8) names: ev/a.csv."
        ),
        (
            'events ev url: warning I110: 1 of 2 files has no "url", which rule '
            '"Prices" (rules.yaml:7) names: ev/b.csv.'
        ),
    ]


WAYS = {
    "per": "{name: N, event: click, per: x, points: 1}",
    "points": "{name: N, event: click, points: {from: x}}",
    "follower": "{name: N, event: click, points: 1, followed_by: {event: click, where: {x: y}, within: 1d}}",
    "unless": "{name: N, event: click, points: 1, "
    "unless_followed_by: {event: click, where: {x: y}, within: 1d}}",
    "condition": "{name: N, if: {not: {any: [{event: click, where: {x: y}}]}}, points: 1}",
    "per of a condition": "{name: N, if: {event: click, per: x, times: 2}, points: 1}",
    "gate": "{name: N, event: click, if: {event: click, where: {x: y}}, points: 1}",
    "branch": "{name: N, first_of: [{if: {event: click, where: {x: y}}, points: 1}]}",
}


@pytest.mark.parametrize("rule", WAYS.values(), ids=WAYS)
def test_every_way_in_which_a_rule_names_a_column_of_events(flamescore, here, rule):
    rules = RULES.partition("      - ")[0] + f"      - {rule}\n"
    done = score(flamescore, here, CONTACTS + EVENTS, ev__a=A.replace("url", "x"), ev__b=SHORT_B, rules=rules)
    assert done.code == 0
    lacks = (
        'events ev x: warning I110: 1 of 2 files has no "x", which rule "N" (rules.yaml:7) names: ev/b.csv.'
    )
    assert [each for each in told(done) if "I118" not in each] == [lacks]


def test_population_and_ignore(flamescore, here):
    rules = (
        "version: 1\nignore: [{event: click, where: {bot: true}}]\nscores:\n  s:\n    five_flames: 2\n"
        "    population: {field: {country: US}}\n"
        "    rules: [{name: Click, event: click, count: each, points: 1}]\n"
    )
    files = {
        "c/1": "contact_id,country\n1,US\n",
        "c/2": "contact_id,land\n2,US\n",
        "ev/a": A.replace("url", "bot"),
        "ev/b": SHORT_B,
    }
    write(here, {f"{name}.csv": text for name, text in files.items()})
    done = score(flamescore, here, "contacts: [{path: c}]\n" + EVENTS, rules=rules)
    assert (done.code, told(done)) == (
        0,
        [
            (
                'contacts c country: warning I110: 1 of 2 files has no "country", which the population of s '
                "(rules.yaml:6) names: c/2.csv."
            ),
            (
                'events ev bot: warning I110: 1 of 2 files has no "bot", which ignore '
                "(rules.yaml:2) names: ev/b.csv."
            ),
        ],
    )


def test_a_disabled_rule_names_nothing(flamescore, here):
    rules = RULES + "      - {name: Old, enabled: false, event: click, where: {x: y}, points: 1}\n"
    done = score(flamescore, here, CONTACTS + EVENTS, ev__a=A.replace("url", "url,x") + OLD, rules=rules)
    assert told(done) == []


KEYS = {
    "leave_out": "leave_out: {x: yes}",
    "rename": "rename: {x: {a: b}}",
    "dates": "dates: {x: '%m/%d/%Y'}",
    "cut": 'cut: {x: "-"}',
}


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_the_project_file_that_name_a_column(flamescore, here, key):
    project = CONTACTS + f"events:\n  - path: ev\n    {KEYS[key]}\n  - path: more.csv\n"
    done = score(
        flamescore, here, project, ev__a=A.replace("url", "x"), ev__b=SHORT_B, more=SHORT_B, rules=CLICKS
    )
    assert (done.code, told(done)) == (
        0,
        [
            (
                f'events ev x: warning I110: 1 of 2 files has no "x", which `{key}` '
                f"(flamescore.yaml:7) names: ev/b.csv."
            )
        ],
    )


def test_leave_out_by_a_header_that_has_a_name_of_its_own(flamescore, here):
    project = CONTACTS + "events: [{path: ev, columns: {y: x}, leave_out: {x: yes}}]\n"
    done = score(flamescore, here, project, ev__a=A.replace("url", "x"), rules=CLICKS)
    assert (done.code, told(done)) == (0, [])


def test_the_canonical_columns(flamescore, here):
    history = "contact_id,tag,at,action\n1,VIP,2026-01-01,removed\n"
    files = {
        "c1": "contact_id,tags\n1,VIP\n",
        "c2": "contact_id\n2\n",
        "h/1": history,
        "h/2": "contact_id,tag,at\n2,VIP,2026-01-01\n",
        "ev/a": "contact_id,event,at,event_id\n1,click,2026-11-20,7\n",
        "ev/b": "contact_id,event,at\n1,click,2026-11-20\n",
        "other": "contact_id,event,at\n1,click,2026-11-20\n",
    }
    write(here, {f"{name}.csv": text for name, text in files.items()})
    project = "contacts: [{path: c1.csv}, {path: c2.csv}]\nevents: [{path: ev}, {path: other.csv}]\n"
    done = score(flamescore, here, project + "tag_history: [{path: h}]\n", rules=CLICKS)
    assert (done.code, told(done)) == (
        0,
        [
            'contacts c2.csv tags: warning I110: c2.csv has no "tags"; c1.csv has it.',
            'events ev event_id: warning I110: 1 of 2 files has no "event_id": ev/b.csv.',
            'tag_history h action: warning I110: 1 of 2 files has no "action": h/2.csv.',
        ],
    )


@pytest.mark.parametrize(
    ("kind", "header", "column"),
    [("contacts", "Tags", "tags"), ("events", "Event ID", "event_id")],
)
def test_a_canonical_column_in_another_case_in_the_only_file(flamescore, here, kind, header, column):
    files = {
        "c": "contact_id,Tags\n1,VIP\n" if kind == "contacts" else PEOPLE,
        "e": f"contact_id,event,at{',Event ID' if kind == 'events' else ''}\n1,click,2026-11-20"
        f"{',3' if kind == 'events' else ''}\n",
    }
    done = score(flamescore, here, CONTACTS + "events: [{path: e.csv}]\n", rules=CLICKS, **files)
    path = {"contacts": "c.csv", "events": "e.csv"}[kind]
    assert (done.code, done.err) == (
        0,
        (
            f'{kind} {path} {column}: warning I111: "{header}" in {path} is not read; '
            f'the column is called "{column}".'
            f"\n        Write: columns: {{{column}: {header}}}\n"
        ),
    )


def test_the_action_of_a_tag_history_in_another_case(flamescore, here):
    project = CONTACTS + EVENTS + "tag_history:\n  - path: h.csv\n"
    history = "contact_id,tag,at,Action\n1,VIP,2026-01-01,removed\n"
    done = score(flamescore, here, project, h=history)
    assert (done.code, done.out) == (2, "")
    assert (
        'flamescore.yaml:7:5: error P034: "Action" in h.csv is not read; the column is called "action".\n'
        in done.err
    )
    assert "        Write: columns: {action: Action}\n" in done.err
    done = score(flamescore, here, project + "    columns: {action: Action}\n")
    assert (done.code, told(done)) == (0, [])
    done = score(flamescore, here, project + "    constants: {action: applied}\n")
    assert (done.code, told(done)) == (0, [])


def test_the_contacts_column_that_a_key_is_matched_by(flamescore, here):
    files = {
        "c/1": PEOPLE,
        "c/2": "contact_id,mail\n3,c@x.example\n",
        "e": "contact,event,at\na@x.example,click,2026-11-20\n",
    }
    write(here, {f"{name}.csv": text for name, text in files.items()})
    project = "contacts: [{path: c}]\nevents:\n  - path: e.csv\n    contact_key: email\n"
    done = score(flamescore, here, project, rules=CLICKS)
    assert (done.code, told(done)) == (
        0,
        [
            (
                'contacts c email: warning I110: 1 of 2 files has no "email", which `contact_key` '
                '(flamescore.yaml:7) names: c/2.csv. It has "mail".'
            ),
        ],
    )


# --- several sources -------------------------------------------------------------------------------------

TWO = CONTACTS + "events: [{path: clicks.csv}, {path: videos.csv}]\n"
VIDEOS = "contact_id,event,at,percent\n2,video,2026-11-20,50\n2,video,2026-01-01,50\n"


def test_a_source_without_a_column_that_is_asked_of_its_events(flamescore, here):
    rules = RULES.replace("event: click", "event: [click, video]")
    done = score(flamescore, here, TWO, clicks=A + OLD, videos=VIDEOS, rules=rules)
    assert (done.code, done.err) == (
        0,
        (
            'events videos.csv url: warning I110: videos.csv has no "url", which rule '
            '"Prices" (rules.yaml:7) names; '
            "clicks.csv has it.\n"
        ),
    )


def test_a_source_without_events_of_the_type_needs_no_such_column(flamescore, here):
    done = score(flamescore, here, TWO, clicks=A + OLD, videos=VIDEOS)
    assert (done.code, done.err) == (0, "")
    done = score(flamescore, here, TWO, videos=VIDEOS.replace("percent", "Url"))
    assert (done.code, done.err) == (0, "")


def test_a_type_that_comes_of_a_constant_or_a_new_name(flamescore, here):
    project = CONTACTS + (
        "events:\n  - path: ev\n  - {path: b.csv, constants: {event: Click}}\n"
        "  - {path: d.csv, rename: {event: {Klick: click}}}\n"
    )
    done = score(
        flamescore, here, project, b="contact_id,at\n2,2026-11-20\n", d=SHORT_B.replace("click", "Klick")
    )
    names = 'which rule "Prices" (rules.yaml:7) names; ev/a.csv has it.'
    assert told(done) == [
        f'events b.csv url: warning I110: b.csv has no "url", {names}',
        f'events d.csv url: warning I110: d.csv has no "url", {names}',
    ]


def test_the_rule_that_is_named_asks_of_events_that_are_there(flamescore, here):
    rules = RULES + "      - {name: Videos, event: video, where: {url: x}, points: 1}\n"
    done = score(flamescore, here, TWO, clicks=A, videos=VIDEOS, rules=rules)
    assert told(done) == [
        (
            'events videos.csv url: warning I110: videos.csv has no "url", which rule '
            '"Videos" (rules.yaml:8) names; '
            "clicks.csv has it."
        )
    ]


def test_a_column_that_a_constant_gives(flamescore, here):
    project = CONTACTS + "events: [{path: ev}, {path: b.csv, constants: {url: /prices}}]\n"
    done = score(flamescore, here, project, b=SHORT_B)
    assert (done.code, done.err, scores(here)) == (0, "", {"1": "1", "2": "1"})


def test_optional_holds_for_a_column_that_nothing_maps(flamescore, here):
    done = score(flamescore, here, CONTACTS + "events: [{path: ev, optional: [url]}]\n", ev__b=SHORT_B)
    assert (done.code, done.err) == (0, "")


def test_a_column_that_no_file_has_is_an_error_as_before(flamescore, here):
    done = score(flamescore, here, CONTACTS + EVENTS, ev__a=B.format("Url"))
    assert done.code == 2
    assert 'error R091: Rule "Prices": No events export has a column `url`.\n' in done.err
    assert "I11" not in done.err
