"""Merged contacts: old ids resolve to the surviving contact, whose events count once."""

from datetime import UTC, datetime

import pytest
from exports_bench import rows

from flamescore.explanations import single
from flamescore.exports import load
from flamescore.exports.contacts import resolve
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

PROJECT = """\
contacts:
  - path: contacts.csv
    columns: {contact_id: id, email: mail}
    merged: {column: vids, separator: ";"}
events:
  - {path: events.csv}
"""
RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Opened, event: open, points: 1, count: each, expires: never}
"""
EVENTS = "contact_id,event,at\n"


def scores(bench, project=PROJECT):
    opened = bench.survey(project)
    bound = bind_rules(load_rules_text(RULES), opened.columns)
    loaded = load(opened)
    scored = score_exports(bound.book, loaded, as_of=datetime(2026, 2, 1, tzinfo=UTC))
    found = {row["contact_id"]: row["score"] for row in scored.scores.to_dicts()}
    return found, loaded, scored


def test_events_of_old_ids_count_for_the_survivor(bench):
    bench.write(
        "contacts.csv",
        "id,mail,vids\n78,new@x.org,76:1661707291575;46:1661707931852;78\n76,old@x.org,\n5,e@x.org,\n",
    )
    events = (
        "78,open,2026-01-01\n76,open,2026-01-02\n46,open,2026-01-03\n5,open,2026-01-04\n9,open,2026-01-05\n"
    )
    bench.write("events.csv", EVENTS + events)
    found, loaded, scored = scores(bench)
    assert found == {"78": 3.0, "5": 1.0}
    assert loaded.records[0].counts.superseded == 1
    assert (scored.observed.sources[1].counts.kept, scored.observed.sources[1].counts.orphans) == (4, 1)
    assert loaded.findings == ()
    assert single(loaded, "78").events[0].frame.collect().height == 3


def test_the_old_address_leads_to_the_survivor_too(bench):
    bench.write("contacts.csv", "id,mail,vids\n78,new@x.org,76:1\n76, OLD@x.org ,\n")
    bench.write("events.csv", "contact,event,at\nold@x.org,open,2026-01-01\nNew@x.org,open,2026-01-02\n")
    project = PROJECT.replace("{path: events.csv}", "{path: events.csv, contact_key: email}")
    found, loaded, _ = scores(bench, project)
    assert found == {"78": 2.0}
    assert single(loaded, "78").events[0].frame.collect().height == 2


def test_tag_history_and_opportunities_go_to_the_survivor(bench):
    bench.write("contacts.csv", "id,mail,vids\n78,new@x.org,76\n")
    bench.write("events.csv", EVENTS + "78,open,2026-01-01\n")
    bench.write("tags.csv", "contact_id,tag,at\n76,VIP,2026-01-01\n")
    bench.write("deals.csv", "opportunity_id,contact_id\nA,76\n")
    loaded = bench.load(PROJECT + "tag_history: [{path: tags.csv}]\nopportunities: [{path: deals.csv}]\n")
    assert loaded.tag_history["contact_id"].to_list() == ["78"]
    assert rows(loaded.opportunities) == [("A", "78")]


@pytest.mark.parametrize(
    ("pairs", "into", "clashes", "cycles"),
    [
        pytest.param([("2", "1"), ("3", "2")], {"2": "1", "3": "1"}, 0, 0, id="a chain"),
        pytest.param([("3", "2"), ("2", "1")], {"2": "1", "3": "1"}, 0, 0, id="a chain, backwards"),
        pytest.param([("1", "1")], {}, 0, 0, id="its own id"),
        pytest.param([("2", "1"), ("1", "2")], {"2": "1"}, 0, 1, id="each other"),
        pytest.param([("2", "1"), ("3", "2"), ("1", "3")], {"2": "1", "3": "1"}, 0, 1, id="a ring"),
        pytest.param([("9", "1"), ("9", "2")], {"9": "1"}, 1, 0, id="claimed twice"),
        pytest.param([("2", "1"), ("3", "1"), ("3", "2")], {"2": "1", "3": "1"}, 0, 0, id="claimed by kin"),
    ],
)  # fmt: skip
def test_chains_rings_and_clashes(pairs, into, clashes, cycles):
    settled = resolve(pairs)
    assert (settled.into, settled.clashes, settled.cycles) == (into, clashes, cycles)


def test_rings_and_clashes_are_told(bench):
    bench.write("contacts.csv", "id,mail,vids\n1,,2;9\n2,,1\n3,,9\n")
    bench.write("events.csv", EVENTS + "2,open,2026-01-01\n9,open,2026-01-01\n3,open,2026-01-01\n")
    found, loaded, _ = scores(bench)
    assert found == {"1": 2.0, "3": 1.0}
    first = "the one that comes first in the export"
    assert [(each.code, each.message) for each in loaded.findings] == [
        ("I145", f"1 merged id claimed by a second contact; {first} has it."),
        ("I145", f"1 ring of contacts that are merged into each other; {first} is kept."),
    ]


INTO = PROJECT.replace('{column: vids, separator: ";"}', "{into: master}").replace("vids", "master")


def test_the_row_that_was_merged_away_says_into_whom(bench):
    bench.write("contacts.csv", "id,mail,master\n76,OLD@x.org, 78 \n46,,76\n78,new@x.org,\n5,e@x.org,5\n")
    bench.write("events.csv", EVENTS + "78,open,2026-01-01\n76,open,2026-01-02\n46,open,2026-01-03\n")
    found, loaded, _ = scores(bench, INTO)
    assert found == {"78": 3.0, "5": 0.0}
    assert loaded.records[0].counts.superseded == 2
    bench.write("events.csv", "contact,event,at\nold@x.org,open,2026-01-01\n")
    found, _, _ = scores(bench, INTO.replace("{path: events.csv}", "{path: events.csv, contact_key: email}"))
    assert found == {"78": 1.0, "5": 0.0}


def test_a_row_that_says_into_whom_is_not_left_out(bench):
    bench.write("contacts.csv", "id,mail,master,gone\n76,,78,true\n46,,,true\n78,,,false\n")
    bench.write("events.csv", EVENTS + "76,open,2026-01-02\n46,open,2026-01-03\n")
    found, loaded, scored = scores(
        bench, INTO.replace("    merged:", "    leave_out: {gone: true}\n    merged:")
    )
    assert found == {"78": 1.0}
    counts = loaded.records[0].counts
    assert (counts.rows, counts.ignored, counts.superseded, counts.kept) == (3, 1, 1, 1)
    assert scored.observed.sources[1].counts.orphans == 1


def test_what_was_merged_into_a_stranger_is_gone(bench):
    bench.write("contacts.csv", "id,mail,master\n76,old@x.org,99\n5,e@x.org,\n")
    bench.write("events.csv", EVENTS + "76,open,2026-01-02\n99,open,2026-01-02\n5,open,2026-01-03\n")
    bench.write("tags.csv", "contact_id,tag,at\n76,VIP,2026-01-01\n")
    found, loaded, scored = scores(bench, INTO + "tag_history: [{path: tags.csv}]\n")
    assert found == {"5": 1.0}
    assert scored.observed.sources[-1].counts.orphans == 2
    assert loaded.tag_history.is_empty()
    (found,) = loaded.findings
    assert found.message == "1 contact merged into somebody who is not in the list; they get no score."


def test_a_column_that_is_not_there_is_told(bench):
    bench.write("contacts.csv", "id,mail,vid\n1,,\n")
    bench.write("events.csv", EVENTS + "1,open,2026-01-01\n")
    with pytest.raises(Exception, match="has no column `vids`"):
        bench.survey(PROJECT)
    with pytest.raises(Exception, match="has no column `master`"):
        bench.survey(INTO)


def test_the_first_of_two_contacts_with_one_address_gets_the_events(bench):
    bench.write("contacts.csv", "id,mail,vids\n2,a@x.org,\n1,A@x.org,\n")
    bench.write("events.csv", "contact,event,at\na@x.org,open,2026-01-01\n")
    found, _, scored = scores(bench, PROJECT.replace("events.csv}", "events.csv, contact_key: email}"))
    assert found == {"2": 1.0, "1": 0.0}
    assert scored.observed.ambiguous_contacts == 1


def test_a_key_that_is_no_address_compares_exactly(bench):
    bench.write("contacts.csv", "id,mail,vids,sf\n1,,,003aB\n2,,,003Ab\n")
    bench.write("events.csv", "contact,event,at\n003Ab,open,2026-01-01\n")
    found, _, _ = scores(bench, PROJECT.replace("events.csv}", "events.csv, contact_key: sf}"))
    assert found == {"1": 0.0, "2": 1.0}


@pytest.mark.real
def test_the_merged_contacts_of_the_real_table(bench, real):
    project = f"""\
contacts:
  - path: {real}/hubspot/contact_data.csv
    columns: {{contact_id: id}}
    merged: {{column: property_hs_calculated_merged_vids}}
"""
    loaded = bench.load(project)
    counts = loaded.records[0].counts
    assert (counts.rows, counts.superseded, loaded.contacts.height) == (22, 3, 19)
