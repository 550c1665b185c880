"""Why a rule gives no contact anything: the first reason that applies, and only that."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
import yaml

from flamescore.columns import Columns
from flamescore.frames import INSTANT, TAG_HISTORY, Counts, EventSource, Exports, SourceRecord
from flamescore.rule_checks import check_rules
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)
COLUMNS = Columns(
    ("contact_id", "tags", "country", "employees", "company", "born"),
    ("event", "url", "seconds"),
    has_tags=True,
    has_events=True,
)
EVENTS = [
    ("1", "click", 1, "/pricing", "5"),
    ("1", "click", 2, "/demo", "60"),
    ("2", "click", 40, "/pricing", "x"),
    ("9", "call", 1, None, None),
    ("2", "later", -3, None, None),
]
CONTACTS = pl.DataFrame(
    {
        "contact_id": ["1", "2"],
        "tags": [["VIP", "Blog"], ["Blog"]],
        "country": ["Germany", "France"],
        "employees": ["12", "many"],
        "company": ["Acme", "Bolt"],
        "born": ["never", None],
    }
)


def told(*rules, events=EVENTS, history=None, **book):
    rows = [(who, kind, AS_OF - timedelta(days=days), url, n) for who, kind, days, url, n in events]
    schema = {
        "contact_id": pl.String,
        "event": pl.String,
        "at": INSTANT,
        "url": pl.String,
        "seconds": pl.String,
    }
    frame = pl.DataFrame(rows, schema, orient="row")
    source = EventSource(frame.lazy(), SourceRecord("events", "e", counts=Counts(rows=frame.height)))
    named = [{"name": f"Rule {number}", "points": 1, **each} for number, each in enumerate(rules)]
    named = [{key: value for key, value in rule.items() if value is not None} for rule in named]
    score = {
        "five_flames": 20,
        "rules": named,
        **{k: v for k, v in book.items() if k in ("population", "defaults")},
    }
    text = {"version": 1, "timezone": "UTC", "scores": {"s": score}}
    text |= {key: value for key, value in book.items() if key == "ignore"}
    loaded = load_rules_text(yaml.safe_dump(text, sort_keys=False))
    tags = None if history is None else pl.DataFrame(history, schema=TAG_HISTORY, orient="row")
    exports = Exports(contacts=CONTACTS, events=(source,), tag_history=tags)
    scored = score_exports(bind_rules(loaded, COLUMNS).book, exports, as_of=AS_OF)
    return check_rules(loaded.document, exports, scored)


def one(*rules, **more):
    (found,) = told(*rules, **more)
    return found


def click(**keys):
    return {"event": "click", "count": "each", **keys}


def test_rules_that_give_something_are_not_told():
    assert told(click(), {"tag": "vip"}, {"field": {"country": "germany", "employees": 12}}) == ()


@pytest.mark.parametrize(
    ("rule", "code", "said"),
    [
        (click(where={"url": "/nothing"}), "R120", "no `url` is `/nothing`"),
        ({"event": "call", "count": "each", "where": {"url": "/x"}}, "R120", "none of them has a `url`"),
        (
            click(where={"url": {"contains": "pric"}, "seconds": 60}),
            "R120",
            "no event fits both: url 2, seconds 1",
        ),
        (click(where={"seconds": {"at_least": 100}}), "R120", "no `seconds` is at least 100"),
        (click(where={"seconds": "x"}, expires="4w"), "R122", "the newest is 40 days old, the window is 4w"),
        ({"event": "later", "count": "each"}, "R122", "all of 1 fitting event are after `as_of`"),
        ({"event": "call", "count": "each"}, "R122", "contacts that are not in the list"),
        (click(times=3), "R122", "at most 2 of the 3 times"),
        (click(**{"if": {"not": {"event": "click"}}}), "R122", "passes `if`"),
        (click(followed_by={"event": "later", "within": "1d"}), "R122", "none of `later` follows in time"),
    ],
)
def test_the_first_reason(rule, code, said):
    found = one(rule)
    assert (found.code, found.subject.split(" ")[0]) == (code, "s/rule-0")
    assert said in found.message


TWO = {"times": 2, "within": "1d"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (click(burst={"times": 3, "within": "9d"}), "no contact has 3 of them within 9d (`burst`)"),
        (click(burst={"times": 2, "within": "23h"}), "no contact has 2 of them within 23h (`burst`)"),
        (
            click(burst={"times": 3, "within": "9d", "per": "url"}),
            "no contact has 3 different values of `url` within 9d (`burst`)",
        ),
        (
            click(burst={"times": 2, "within": "9d", "per": "month"}),
            "no contact has 2 different months within 9d (`burst`)",
        ),
        (click(burst=TWO, times=2), "a contact has at most 1 of the 2 bursts"),
        (click(burst=TWO, expires="1h"), "the newest is 1 day old, the window is 1h"),
        (click(burst=TWO, followed_by={"event": "later", "within": "1d"}), "none of `later` follows in time"),
        (
            click(burst=TWO, followed_by={"event": "click", "within": "1d"}),
            "no contact has 2 of them within 1d (`burst`)",
        ),
        (
            click(burst=TWO, where={"url": "/demo"}, since={"event": "click", "where": {"url": "/pricing"}}),
            "none comes after the latest `click` of its contact",
        ),
        (click(burst=TWO, **{"if": {"not": {"event": "click"}}}), "passes `if`"),
    ],
)
def test_the_step_that_leaves_a_rule_with_bursts_nothing(rule, said):
    assert told(click(burst=TWO)) == ()
    found = one(rule)
    assert found.code == "R122"
    assert found.message.endswith(f"{said}.")


def clicks(who, *days):
    return [(who, "click", each, "/pricing", "5") for each in days]


CLICKS = [*clicks("1", 1, 1, 1), *clicks("2", 2, 3, 9)]
CALL, CALL_OF_2 = ("1", "call", 1, None, None), ("2", "call", 0, None, None)
IN_TIME = {"followed_by": {"event": "call", "within": "10d"}}
AT_ONCE = {"followed_by": {"event": "call", "within": "1h"}}
WON = {"since": [{"event": "call"}, {"event": "won"}]}
BOTH_WON = [("1", "won", 0, None, None), ("2", "call", 2, None, None)]
NOT_AT_ONCE = {"unless_followed_by": {"event": "call", "within": "1h"}}


@pytest.mark.parametrize(
    ("keys", "events", "step"),
    [
        ({"times": 5}, CLICKS, "a contact has at most 3 of the 5 times."),
        ({"times": 2, "per": "url"}, CLICKS, "a contact has at most 1 of the 2 times, after `per`."),
        ({"times": 4, "per": "day"}, CLICKS, "a contact has at most 3 of the 4 times."),
        ({"times": 3, "expires": "4d"}, CLICKS[3:], "a contact has at most 2 of the 3 times."),
        ({"times": 2, "if": {"tag": "VIP"}}, CLICKS[3:], "none is of a contact that passes `if`."),
        ({"times": 4, **IN_TIME}, [*CLICKS, CALL_OF_2], "a contact has at most 3 of the 4 times."),
        ({"times": 4, **AT_ONCE}, [*CLICKS, CALL_OF_2], "none of `call` follows in time."),
        ({"times": 4, **NOT_AT_ONCE}, [*CLICKS[:3], CALL], "all are followed by `call`, or may be yet."),
        ({"times": 4, **NOT_AT_ONCE}, [*CLICKS, CALL], "a contact has at most 3 of the 4 times."),
        ({"if": {"tag": "VIP"}, **NOT_AT_ONCE}, [*CLICKS, CALL], "none is of a contact that passes `if`."),
        (WON, [*CLICKS, *BOTH_WON], "none comes after the latest `call` or `won` of its contact."),
        (
            {**WON, "expires": "4d"},
            [*CLICKS, *BOTH_WON],
            "none comes after the latest `call` or `won` of its contact.",
        ),
        ({**WON, "times": 4}, [*CLICKS, BOTH_WON[1]], "a contact has at most 3 of the 4 times."),
        ({"times": {"at_most": 2}}, CLICKS, "no contact has them at most 2 times."),
        ({"times": {"at_least": 4, "at_most": 5}}, CLICKS, "a contact has at most 3 of the 4 times."),
        ({"times": {"at_least": 2, "at_most": 2}}, CLICKS, "no contact has them 2 times."),
    ],
)
def test_the_step_at_which_all_is_lost(keys, events, step):
    (found,) = [each for each in told(click(**keys), events=events) if each.subject == "s/rule-0"]
    assert (found.code, found.severity) == ("R122", "note")
    assert found.message.endswith(step)


def test_the_step_of_several_rules_and_scores_at_once():
    rules = (click(times=4), click(per="day", times=3, **{"if": {"tag": "Blog"}}), click())
    germans = {"field": {"country": "Germany"}}
    found = told(*rules, events=CLICKS, population=germans)
    assert [(each.subject, each.message.partition(": events fit, but ")[2]) for each in found] == [
        ("s/rule-0", "a contact has at most 3 of the 4 times."),
        ("s/rule-1", "a contact has at most 1 of the 3 times, after `per`."),
    ]
    nobody = told(click(), events=CLICKS[3:], population=germans)
    assert "ignored, or of contacts whom the score is not for" in nobody[0].message


def test_what_resets_and_followers_of_conditions_name_is_looked_at():
    asked = {"event": "click", "since": {"event": "wun"}, "times": {"at_most": 9}}
    asked["followed_by"] = {"event": "click", "where": {"url": "/demoo"}, "within": "9d"}
    rules = ({"if": {"not": asked}}, {"tag": "Blog", "since": {"event": "call", "where": {"url": "/x"}}})
    found = told(*rules)
    assert [(each.code, each.subject) for each in found] == [
        ("R121", "s/rule-0 url"),
        ("I050", "s/rule-0 event wun"),
        ("R122", "s/rule-0"),
        ("R124", "s/rule-1 url"),
    ]


def test_a_reset_that_rules_inherit_is_told_once():
    since = {"event": "call", "where": {"url": "/pricng"}}
    found = told(click(), click(per="url"), {"tag": "Blog"}, defaults={"since": since})
    assert [(each.code, each.subject, each.where.line) for each in found] == [("R124", "s/defaults url", 23)]
    assert "as `since` of the defaults of `s` asks" in found[0].message


def test_a_reset_that_empties_a_tag_rule_is_a_note():
    history = [("1", "VIP", AS_OF - timedelta(days=3), "applied")]
    (found,) = told({"tag": "VIP", "since": {"event": "click"}}, history=history)
    assert (found.code, found.severity) == ("R122", "note")


def test_an_operand_of_a_condition_is_the_reason():
    found = one(click(**{"if": {"field": {"country": "Norway"}}}))
    assert (found.code, found.subject) == ("R120", "s/rule-0 country")
    found = one(click(**{"if": {"all": [{"tag": "Blog"}, {"tag": "VPI"}]}}))
    assert (found.code, found.subject) == ("R125", "s/rule-0 tag VPI")
    assert found.cure == "if: {all: [{tag: Blog}, {tag: VIP}]}"


def test_a_negation_is_looked_into():
    found = one(click(**{"if": {"not": {"tag": "VPI"}}}))
    assert (found.code, found.nearest) == ("R125", (("VIP", 1),))
    found = one(click(where={"url": {"not_contains": "/pricng"}}))
    assert (found.code, found.subject) == ("R121", "s/rule-0 url")
    assert found.cure == "where: {url: {not_contains: /pricing}}"


def test_a_branch_that_is_taken_for_nobody():
    branches = [{"if": {"tag": "Blog"}, "points": 1}, {"if": {"tag": "VIP"}, "points": 2}]
    found = one({"first_of": branches, "points": None})
    assert (found.code, found.severity) == ("R122", "note")


def test_no_contact_has_all_of_it():
    found = one({"field": {"country": "France", "employees": {"at_least": 5}}})
    assert found.code == "R122"
    assert "no contact has all of: country 1, employees 1" in found.message


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"at_least": 5}, "a number"),
        ({"within_last": "9d"}, "a date"),
        (True, "true or false"),
        (5, "a number"),
    ],
)
def test_operands_of_the_wrong_kind(asked, kind):
    found = one({"field": {"born": asked}})
    assert (found.code, found.samples) == ("R123", ("never",))
    assert f"reads as {kind}" in found.message


def test_what_says_who_somebody_is_is_not_shown():
    found = one({"field": {"company": "Acne"}})
    assert (found.code, found.nearest, found.common, found.cure) == ("R120", (), (), None)
    assert "Acme" not in str(found)


def test_populations_and_ignored_events():
    found = one(click(), population={"tag": "Blgo"})
    assert (found.code, found.subject, found.cure) == ("R125", "s/population tag Blgo", "tag: Blog")
    found = one(click(), ignore=[{"event": "clik"}])
    assert (found.code, found.subject, found.cure) == ("I050", "ignore[0] event clik", "event: click")


def test_a_tag_of_several_rules_is_told_once():
    found = one({"tag": ["Blog", "VPI"]}, {"tag": "vpi"})
    assert (found.code, found.subject) == ("R125", "s/rule-0 tag VPI")


def test_a_tag_that_was_taken_away_is_one_that_somebody_has_had():
    history = [("1", "Guest", AS_OF - timedelta(days=9), "applied"), ("1", "Guest", AS_OF, "removed")]
    found = one({"tag": "Guest"}, history=history)
    assert found.code == "R122"


def test_a_pattern_of_tags():
    assert told({"tag": {"like": "v*"}}) == ()
    assert one({"tag": {"like": "x*"}}).code == "R125"


def test_disabled_rules_are_not_looked_at():
    assert told(click(), click(where={"url": "/nothing"}, enabled=False, name="Off")) == ()


def test_a_type_that_several_rules_name_is_told_once():
    found = one(click(event="clik"), click(event=["click", "Clik"]))
    assert (found.code, found.subject) == ("I050", "s/rule-0 event clik")
