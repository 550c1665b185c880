"""Tag rules that expire or decay show the tag, its date, its age and its remaining points."""

from datetime import UTC, datetime

import polars as pl
import pytest

import flamescore
from explanations.rendered import rendered
from flamescore.explanations import Applied

RULES = """\
version: 1
timezone: America/Phoenix
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Rule, RULE, points: 4}
      - {name: Always, if: {not: {tag: None Such}}, points: 1}
"""
CONTACTS = pl.DataFrame({"contact_id": ["1", "2"], "tags": [["Undated"], ["VIP"]]})
HISTORY = pl.DataFrame(
    {
        "contact_id": ["1", "1", "1", "1", "2"],
        "tag": ["VIP", " Prospect Hot ", "Gone", "Gone", "VIP"],
        "at": ["2026-11-01T17:00:00Z", "2026-11-11T17:00:00Z", "2026-11-12", "2026-11-13", "2026-11-20"],
        "action": ["applied", "applied", "applied", "removed", "applied"],
    }
)


def explained(rule):
    rules = flamescore.load_rules(RULES.replace("RULE", rule))
    return flamescore.explain(
        rules, "1", CONTACTS, tag_history=HISTORY, as_of="2026-11-21T17:00:00Z", everything=True
    )


def line(told):
    return next(each for each in (*told.scores[0].entries, *told.scores[0].silent) if each.rule_id == "rule")


def november(day, hour=17):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "applied", "said"),
    [
        pytest.param(
            "tag: VIP, decay: 1%",
            Applied("counted", "VIP", november(1), 20, 0.8, 3.2),
            'tag "VIP", since 2026-11-01, 20 days ago; +3.2 (× 0.8 after 20 full days)',
            id="decay",
        ),
        pytest.param(
            "tag: VIP, expires: 3w",
            Applied("counted", "VIP", november(1), 20, 1.0, 4.0, november(22)),
            'tag "VIP", since 2026-11-01, 20 days ago; +4; until 2026-11-22',
            id="expiry",
        ),
        pytest.param(
            "tag: VIP, expires: 20d",
            Applied("expired", "VIP", november(1), 20, expires_at=november(21)),
            '2026-11-01 10:00, 20 days ago: tagged "VIP"; does not count: has expired',
            id="has expired",
        ),
        pytest.param(
            'tag: {like: "prospect*"}, decay: {half_life: 10d}',
            Applied("counted", "Prospect Hot", november(11), 10, 0.5, 2.0),
            'tag "Prospect Hot", since 2026-11-11, 10 days ago; +2 (× 0.5 after 10 full days)',
            id="a pattern",
        ),
        pytest.param(
            "tag: {all: [VIP, Prospect Hot]}, decay: 1%",
            Applied("counted", "Prospect Hot", november(11), 10, 0.9, 3.6),
            'tag "Prospect Hot", since 2026-11-11, 10 days ago; +3.6 (× 0.9 after 10 full days)',
            id="the latest of all",
        ),
        pytest.param(
            "tag: [Gone, VIP], decay: 1%",
            Applied("counted", "VIP", november(1), 20, 0.8, 3.2),
            'tag "VIP", since 2026-11-01, 20 days ago; +3.2 (× 0.8 after 20 full days)',
            id="one that was removed is not there",
        ),
        pytest.param(
            "tag: VIP, decay: {linear: 10%, every: 1d}",
            Applied("counted", "VIP", november(1), 20, 0.0, 0.0),
            '2026-11-01 10:00, 20 days ago: tagged "VIP"; 0 (× 0 after 20 full days)',
            id="worth nothing by now",
        ),
        pytest.param(
            "tag: Undated, expires: 3w",
            Applied("counted", points=4.0),
            'tag "Undated", no date; +4',
            id="without a date",
        ),
        pytest.param(
            "tag: Undated, expires: 3w, undated: skip",
            Applied("undated"),
            "tagged, no date; does not count: has no date, and the rule needs one",
            id="without a date, skipped",
        ),
        pytest.param(
            "tag: VIP, expires: 3w, if: {tag: None Such}",
            Applied("condition", "VIP", november(1), 20, expires_at=november(22)),
            '2026-11-01 10:00, 20 days ago: tagged "VIP"; does not count: the rule\'s `if` is not met',
            id="an if that does not hold",
        ),
    ],
)
def test_the_tag_of_a_rule_that_looks_at_its_age(rule, applied, said):
    told = explained(rule)
    assert line(told).applied == applied
    assert said in [each.strip() for each in rendered(told, everything=True).splitlines()]


@pytest.mark.parametrize("rule", ["tag: VIP", "tag: Gone, expires: 3w", "field: {contact_id: 1}"])
def test_where_there_is_no_tag_or_its_age_is_nothing_to_the_rule(rule):
    told = explained(rule)
    assert line(told).applied is None
    assert "tagged" not in rendered(told, everything=True)


def test_of_several_tags_like_a_pattern_the_first_by_its_letters_is_shown():
    names = [f"Tag {number:02}" for number in range(40)]
    contacts = pl.DataFrame({"contact_id": ["1"], "tags": [names[::-1]]})
    rules = flamescore.load_rules(RULES.replace("RULE", "tag: {like: 'tag*'}"))
    for history in (None, HISTORY):  # with a history, the list's tags are deduplicated first
        told = flamescore.explain(rules, "1", contacts, tag_history=history, as_of="2026-11-21T17:00:00Z")
        assert [each.sentence for each in line(told).evidence] == ['tag "Tag 00", no date']
