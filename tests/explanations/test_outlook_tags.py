"""The outlook ignores what happens later, and the tag history still decides alone."""

import polars as pl

import flamescore

RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Is a VIP, tag: VIP, points: 4}
"""


def test_a_tag_applied_later_is_not_had_in_the_outlook_though_the_list_has_it():
    contacts = pl.DataFrame({"contact_id": ["1"], "tags": [["VIP"]]})
    history = pl.DataFrame({"contact_id": ["1"], "tag": ["VIP"], "at": ["2026-11-24"], "action": ["applied"]})
    rules = flamescore.load_rules(RULES)
    told = flamescore.explain(rules, "1", contacts, tag_history=history, as_of="2026-11-21")
    assert told.scores[0].score == 0
    assert [(each.days, each.score) for each in told.scores[0].outlook] == [(7, 0.0), (30, 0.0)]
