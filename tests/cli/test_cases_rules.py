"""Rules checked against the data: operands that match nothing, and what was likely meant."""

import pytest

EVENTS = "1,click,2026-11-20,https://x.example/pricing / 2,click,2026-11-20,https://x.example/demo?a=1"
HEADER = "contact_id,event,at,url"


@pytest.fixture
def clicks(case):
    case.contacts("1 / 2")
    case.events(EVENTS, HEADER)
    return case


def test_a_predicate_that_fits_nothing(clicks):
    clicks.rule(where={"url": {"contains": "/prices"}})
    done = clicks.score()
    found = done.warning("R120", "s/click url")
    assert 'matches none of 2 "click" events' in found["message"].replace("`", '"')
    assert set(done.scores.values()) == {0}
    assert done.code == 0
    assert clicks.score("--strict").code == 3
    text = clicks.score(log=False).err
    assert "Common: `/demo` (1), `/pricing` (1)" in text


def test_a_star_that_no_equals_knows(clicks):
    clicks.rule(where={"url": {"equals": "*/pricing"}})
    clicks.score().warning("R120")
    text = clicks.score(log=False).err
    assert "`https://x.example/demo?a=1` (1)" in text
    assert "`https://x.example/pricing` (1)" in text


def test_an_event_type_that_no_row_has(clicks):
    clicks.rule(event="clik")
    clicks.rules[0]["id"] = "click"
    done = clicks.score()
    found = done.warning("I050", "s/click event clik")
    assert found["nearest"] == [{"value": "click", "count": 2}]
    assert found["cure"] == "event: click"
    assert clicks.pasted(found).scores == {"1": 1, "2": 1}


def test_events_outside_the_window_are_a_note(case):
    case.contacts("1 / 2")
    case.events("1,click,2026-08-01 / 2,click,2026-08-01")
    case.rule(expires="4w")
    done = case.score()
    assert "the newest is 112 days old, the window is 4w" in done.note("R122")["message"]
    assert "I050" not in done.codes
    assert case.score("--strict").code == 0


def test_a_type_that_only_rejected_rows_have(clicks):
    clicks.events(f"{EVENTS} / 1,mail,,", HEADER)
    clicks.rule(event="mail")
    found = clicks.score("--max-rejects", "50%").warning("I050")
    assert "1 row of type mail was rejected" in found["message"]


def test_an_operand_of_a_list(clicks):
    clicks.rule(where={"url": {"contains": ["/demo", "/pricng"]}})
    done = clicks.score()
    assert done.scores == {"1": 0, "2": 1}
    found = done.warning("R121", "s/click url")
    assert "/pricng" in found["message"]
    assert found["nearest"][0]["value"] == "/pricing"
    clicks.rule(where={"url": {"contains": ["/pricing", "/pricng"]}})
    again = clicks.score()
    again.note("R124")
    assert "R121" not in again.codes


def test_a_rule_that_is_empty_for_now(clicks):
    clicks.rule(where={"url": {"contains": "/pricing"}})
    clicks.rules.append({"name": "Five", "event": "click", "times": 5, "points": 1, "count": "once"})
    done = clicks.score()
    assert "at most 1 of the 5 times" in done.note("R122", "s/five")["message"]
    assert [each for each in done.lines if (each["subject"] or "").startswith("s/click")] == []


def test_a_tag_within_a_tag(case):
    case.contacts("1,VIP;Blog / 2,Blog", "contact_id,tags")
    case.events("1,click,2026-11-20")
    case.rule(tag="VIP")
    done = case.score()
    found = done.warning("R125", "s/click tag VIP")
    assert 'is the separator ";"?' in found["message"]
    assert done.scores["1"] == 0
    assert case.pasted(found).scores == {"1": 1, "2": 0}


@pytest.mark.parametrize(
    ("wanted", "level", "code", "nearest"),
    [
        ("VPI", "warning", "R125", ["VIP"]),
        ("Nobel", "warning", "R125", []),
        (["VIP", "Nobel"], "note", "R126", []),
    ],
)
def test_a_tag_that_nobody_has(case, wanted, level, code, nearest):
    case.contacts("1,VIP / 2,", "contact_id,tags")
    case.events("1,click,2026-11-20")
    case.rule(tag=wanted)
    found = case.score().found(code)
    assert found["level"] == level
    assert [each["value"] for each in found["nearest"] or []] == nearest


def test_tags_as_a_json_list(case):
    case.contacts('1,"[""VIP"", ""Blog""]"', "contact_id,tags")
    case.events("1,click,2026-11-20")
    case.rule(tag="VIP")
    done = case.score()
    done.note("I137")
    assert done.scores == {"1": 1}


def test_an_operand_of_the_wrong_kind(case):
    case.contacts("1,human / 2,machine", "contact_id,is_bot")
    case.events("1,click,2026-11-20")
    case.rule(field={"is_bot": True})
    assert case.score().warning("R123")["samples"] == ["human", "machine"]


def test_the_call_list_is_held_against_the_data_too(case):
    case.contacts("1,Do Not Call / 2,", "contact_id,tags")
    case.events("1,click,2026-11-20")
    case.project["call_list"] = {"exclude": {"tag": "Do Not Cal"}}
    found = case.score().warning("R125", "call_list.exclude tag Do Not Cal")
    assert found["path"].endswith("flamescore.yaml")
    assert found["line"]


@pytest.mark.parametrize(("value", "left"), [(True, ["2", "3"]), (1, ["2", "4"])])
def test_leave_out_compares_as_rules_do(case, value, left):
    case.contacts("1,1 / 2,0 / 3,1.0 / 4,yes", "contact_id,gone")
    case.events("2,click,2026-11-20")
    case.source("contacts", leave_out={"gone": value})
    done = case.score()
    assert done.rows("ignored", kind="contacts") == (2,)
    assert sorted(done.contacts["contact_id"]) == left


@pytest.mark.parametrize(
    ("there", "level", "code"), [("cliked", "warning", "P111"), ("click", "note", "P112")]
)
def test_a_rename_of_what_is_not_there(case, there, level, code):
    case.contacts("1")
    case.events(f"1,{there},2026-11-20")
    case.rule(event=[there, "click"] if there != "click" else "click")
    case.source(rename={"event": {"clicked": "click"}})
    found = case.score().found(code)
    assert found["level"] == level
    if level == "warning":
        assert [each["value"] for each in found["nearest"]] == ["cliked"]
