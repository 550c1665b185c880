"""Every row is accounted for, even if the source leaves rows out and contacts are merged."""

from msgspec.structs import asdict

from flamescore.nightly import Options, nightly

PROJECT = """\
rules: rules.yaml
as_of: 2026-03-01
contacts:
  - path: contacts.csv
    merged: {column: old}
    leave_out: {status: gone}
events:
  - path: events.csv
    columns: {event_id: id}
    leave_out: {bot: true}
"""
RULES = """\
version: 1
ignore: [{event: test}]
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Opened, event: open, points: 1, count: each, expires: 30d}
"""
CONTACTS = "contact_id,status,old\n1,,2:9;8\n2,,\n3,gone,\n3,gone,\n4,,\n4,,\n,,\n"
EVENTS = """\
contact_id,event,at,id,bot
1,open,2026-02-20,a,
2,open,2026-02-21,b,false
8,open,2026-02-22,c,
2,open,2026-02-23,d,TRUE
3,open,2026-02-24,e,
,,,,true
,open,2026-02-24,f,
1,open,2025-02-24,g,
1,open,2025-02-24,h,true
1,open,2026-04-24,i,
1,test,2026-02-24,j,
1,open,2026-02-19,a,
1,open,2026-02-19,a,true
short,row
"""


def counts(record) -> dict[str, int]:
    return {name: number for name, number in asdict(record.counts).items() if number}


def test_every_row_is_counted_once(bench):
    bench.write("rules.yaml", RULES)
    bench.write("contacts.csv", CONTACTS)
    bench.write("events.csv", EVENTS)
    scored = nightly(bench.project(PROJECT), Options()).scored
    people, events = scored.observed.sources
    assert counts(people) == {"rows": 7, "rejected": 2, "ignored": 2, "superseded": 1, "kept": 2}
    assert counts(events) == {
        "rows": 14, "rejected": 2, "old": 2, "later": 1, "ignored": 4, "superseded": 1, "orphans": 1,
        "kept": 3,
    }  # fmt: skip
    assert dict(scored.scores.select("contact_id", "score").iter_rows()) == {"1": 3.0, "4": 0.0}
