"""Backtests of small projects end to end: no look-ahead, the population, cuts, and the output."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from flamescore.backtest import (
    backtest,
    backtest_json,
    backtest_schema,
    markdown,
    on_screen,
    page,
    question,
)
from flamescore.errors import FlamescoreError
from flamescore.project import find_settings
from flamescore.screen import Screen
from flamescore.text import terminal_columns
from flamescore.units import parse_period

RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, expires: 30d, points: 2, count: each}
      - {name: Asked, event: form, expires: never, points: 4, count: once}
      - {name: In the US, field: {country: US}, points: 3}
"""
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def day(number):
    return (BEGIN + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def project(tmp_path):
    contacts = ["contact_id,country,created_at"]
    events = ["contact_id,event,at,amount"]
    for number in range(120):
        contacts.append(f"{number},{'US' if number % 3 else 'DE'},{day(0 if number < 110 else 100)[:10]}")
        events += [f"{number},visit,{day(70 + visit * 9 + number % 5)}," for visit in range(number % 7)]
        if number % 7 > 3:
            events.append(f"{number},purchase,{day(125 + number % 20)},{number}.5")
    events += [f"0,visit,{day(0)},", f"0,purchase,{day(0)},1", f"1,form,{day(3)},", f"1,visit,{day(200)},"]
    (tmp_path / "contacts.csv").write_text("\n".join(contacts) + "\n")
    (tmp_path / "events.csv").write_text("\n".join(events) + "\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "flamescore.yaml").write_text(
        "version: 1\nrules: rules.yaml\nas_of: 2026-07-20\n"
        "contacts: [{path: contacts.csv}]\nevents: [{path: events.csv}]\n"
    )
    return tmp_path


ASKED = {"outcome": "purchase", "horizon": "30d", "who": "repeat", "at": ("2026-05-01",)}


def made(project, settings=None, **flags):
    return backtest(find_settings(str(project / "flamescore.yaml")), question(ASKED | flags, settings or {}))


def test_the_flames_that_buy(project):
    done = made(project, capacity=20, value="amount")
    (score,) = done.scores
    assert (score.contact_cuts, score.outcomes) == (120, 51)
    assert score.left_out == {"not_yet": 0, "had_outcome": 0, "outside": 0}
    assert [rule.name for rule in score.rules] == ["Visit", "Asked"]
    assert sum(band.contact_cuts for band in score.flames.bands) == 120
    assert score.gain[0] == 0
    assert score.gain[-1] == 1
    assert score.called is not None
    assert score.called.called == 20
    assert sum(share or 0 for _, share in score.worth) == pytest.approx(1)
    assert {each.code for each in done.findings} >= {"B016"}
    text = markdown(done)
    assert "| Flames | Contact-cuts | Contacts | Outcomes | Rate | 95% interval | Lift |" in text
    assert "20 calls a list: " in text


def test_a_field_has_no_past_unless_it_is_called_constant(project):
    (score,) = made(project, static_fields=("country",)).scores
    assert [rule.name for rule in score.rules] == ["Visit", "Asked", "In the US"]
    found = next(each for each in made(project).findings if each.code == "B016")
    assert found.message == (
        'Left out: 1 rule with 3 of 9 points: "In the US" (country). '
        "What they ask is known as of today alone."
    )


def test_who_had_it_before_or_was_not_there_is_not_looked_at(project):
    (score,) = made(project, who="first-only", at=("2026-02-01",)).scores
    assert score.left_out == {"not_yet": 10, "had_outcome": 1, "outside": 0}
    assert score.contact_cuts == 109


def test_nothing_after_a_cut_changes_a_score_at_it(project):
    before = made(project).scores[0]
    lines = (project / "events.csv").read_text().splitlines()
    later = [line for line in lines[1:] if line.split(",")[2] > "2026-05-01T00:00:00Z" and "visit" in line]
    assert later
    kept = [line for line in lines if line not in later]
    (project / "events.csv").write_text(
        "\n".join([*kept, *(f"9{n},visit,{day(130)}," for n in range(9))]) + "\n"
    )
    after = made(project, known_until="2026-07-01").scores[0]
    flames = [[band.contact_cuts for band in score.flames.bands] for score in (before, after)]
    assert flames[0] == flames[1]
    assert before.auc == after.auc


def test_twelve_cuts_at_once_are_twelve_alone(project):
    cuts = [day(100 + 3 * n)[:10] for n in range(6)]
    together = made(project, at=tuple(cuts), short_cuts=True).scores[0]
    alone = [made(project, at=(cut,), short_cuts=True).scores[0] for cut in cuts]
    assert [each.auc for each in together.cuts] == [each.auc.value for each in alone]
    assert together.outcomes == sum(each.outcomes for each in alone)


def test_cuts_are_found_and_what_is_left_out_is_said(project):
    done = made(project, at=(), every="30d", cuts=12)
    found = [f"{each:%Y-%m-%d}" for each in done.usable]
    assert found == ["2026-02-20", "2026-03-22", "2026-04-21", "2026-05-21", "2026-06-20"]
    assert done.cuts[0].reason == (
        '2026-01-21 is left out: "Visit" looks back 30d, events.csv begins on 2026-01-01.'
    )
    censored = made(project, at=("2026-05-01", "2026-07-15"))
    reasons = [cut.reason for cut in censored.cuts if cut.skipped]
    assert reasons == [
        "2026-07-15 is left out: its 30 days end on 2026-08-14, outcomes are known until 2026-07-20."
    ]


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ({"outcome": "{event: purchase, last: 3d}"}, "B001"),
        ({"outcome": "{not: {event: purchase}}"}, "B002"),
        ({"outcome": "purchas"}, "B003"),
        ({"outcome": "{event: purchase, where: {amuont: 3}}"}, "B003"),
        ({"outcome": "{any: [{event: purchase}, {field: {country: US}}]}"}, "B004"),
        ({"at": ("2026-07-19",)}, "B005"),
        ({"outcome": "{field: {country: US}}"}, "U032"),
        ({"score": "intrest"}, "U009"),
        ({"who": None}, "U030"),
        ({"outcome": None}, "U031"),
        ({"horizon": None}, "U031"),
        ({"every": "30d"}, "U033"),
        ({"cross_section": True}, "U033"),
        ({"horizon": "1mo"}, "U014"),
    ],
)
def test_what_can_t_be_asked(project, flags, code):
    with pytest.raises(FlamescoreError) as caught:
        made(project, **flags)
    assert [each.code for each in caught.value.problems] == [code]


def test_nothing_is_left_of_a_score(project):
    (project / "rules.yaml").write_text(
        "version: 1\nscores: {fit: {five_flames: 5, rules: [{name: US, field: {country: US}, points: 1}]}}\n"
    )
    with pytest.raises(FlamescoreError) as caught:
        made(project)
    assert [each.code for each in caught.value.problems] == ["B006"]


def test_rows_that_arrive_late_are_not_known_yet(project):
    whole = made(project).scores[0]
    text = (project / "flamescore.yaml").read_text()
    (project / "flamescore.yaml").write_text(text.replace("events.csv}", "events.csv, known_after: 20d}"))
    late = made(project).scores[0]
    assert [band.contact_cuts for band in late.flames.bands] != [b.contact_cuts for b in whole.flames.bands]
    assert late.outcomes == whole.outcomes


def test_a_list_is_compared_with_itself(project):
    asked = {"outcome": "{field: {country: US}}", "cross_section": True}
    done = backtest(find_settings(str(project / "flamescore.yaml")), question(asked, {}))
    assert [rule.name for rule in done.scores[0].rules] == ["Visit", "Asked"]
    assert "Cross-section: the score may know the outcome." in markdown(done)


def test_flags_win_over_the_project_s_keys():
    settings = {"outcome": "deal", "horizon": "90d", "who": "first-only", "cuts": 3}
    found = question({"outcome": "purchase", "cuts": None}, settings)
    assert (found.outcome, str(found.horizon), found.who, found.cuts) == ("purchase", "90d", "first-only", 3)


def test_json_fits_its_schema_and_the_page_needs_nothing_from_outside(project):
    done = made(project, capacity=5, value="amount")
    told = json.loads(json.dumps(backtest_json(done, time="2026-07-20T00:00:00.000Z")))
    jsonschema.validate(told, backtest_schema())
    html = page(done)
    assert "http:" not in html
    assert "https:" not in html
    assert "<script" not in html
    assert 'style="' not in html
    assert '<td class="r">' in html
    assert done.usable
    again = made(project, capacity=5, value="amount")
    assert markdown(again) == markdown(done)


def test_what_those_with_the_outcome_have_in_common(project):
    lines = (project / "contacts.csv").read_text().splitlines()
    plans = ["plan", *("gold" if number % 7 > 3 else "base" for number in range(120))]
    text = "\n".join(f"{line},{plan}" for line, plan in zip(lines, plans, strict=True))
    (project / "contacts.csv").write_text(f"{text}\n")
    done = made(project, profile=True)
    common = done.profile
    assert common is not None
    assert common.looked_at == 4  # forms and visits have too few contacts with or without them
    assert [(each.kind, each.value, each.contacts) for each in common.found] == [
        ("plan", "base", 69),
        ("plan", "gold", 51),
    ]
    assert common.found[0].with_it.value == pytest.approx(1 / 69)
    assert common.found[1].with_it.value == 1
    assert "| plan | gold | 51 | 100.0% | 1.4% |" in markdown(done)
    assert made(project).profile is None
    told = json.loads(json.dumps(backtest_json(done, time="2026-07-20T00:00:00.000Z")))
    jsonschema.validate(told, backtest_schema())


STANDING = """\
  second: {five_flames: 10, rules: [{name: Again, event: visit, expires: 30d, points: 2, count: each}]}
labels:
  band: {first_of: [{if: {score: second, flames: {at_least: 1}}, label: A}, {label: B}]}
  home: {first_of: [{if: {field: {country: US}}, label: US}, {label: abroad}]}
  both: {join: [band, home]}
"""


@pytest.mark.parametrize(
    ("condition", "flags", "has_past"),
    [
        ("{label: {band: [A]}}", {}, True),
        ("{label: {home: [US]}}", {}, False),
        ("{label: {both: [AUS]}}", {}, False),
        ("{label: {both: [AUS]}}", {"static_fields": ("country",)}, True),
        ("{score: second, flames: {at_least: 1}}", {}, True),
        ("{score: second, flames: {at_least: 1}}", {"score": "interest"}, False),
        ("{label: {band: [A]}}", {"score": "interest"}, False),
    ],
)
def test_labels_and_other_scores_may_say_who_is_hot_and_whom_to_leave_out(
    project, condition, flags, has_past
):
    (project / "rules.yaml").write_text(RULES.replace("five_flames: 10", "five_flames: 6") + STANDING)
    text = (project / "flamescore.yaml").read_text()
    (project / "flamescore.yaml").write_text(f"{text}hot: {condition}\n")
    score = made(project, **flags).scores[0]
    visitors, five = score.rules[0].contact_cuts, score.flames.bands[5].contact_cuts
    assert 0 < five < visitors
    hot = score.cuts[0].hot
    if not has_past:  # contacts with five flames are hot
        assert hot == five
    elif "both" in condition:
        assert 0 < hot < visitors
    else:
        assert hot == visitors
    (project / "flamescore.yaml").write_text(f"{text}call_list: {{exclude: {condition}}}\n")
    done = made(project, **flags)
    assert ("B015" in {each.code for each in done.findings}) is not has_past
    if not has_past:
        assert done.scores[0].cuts[0].hot == five
    else:
        assert done.scores[0].cuts[0].hot < five


def test_findings_go_by_what_the_project_accepts(project):
    path = project / "flamescore.yaml"
    lines = (project / "contacts.csv").read_text().splitlines()
    (project / "contacts.csv").write_text("\n".join(line.rsplit(",", 1)[0] for line in lines) + "\n")
    asked = {"at": ("2026-03-10",), "short_cuts": True}
    (late,) = (each for each in made(project, **asked).findings if each.code == "B012")
    assert late.is_open
    assert (late.count, late.of) == (101, 120)  # with a visit, minus one whose outcome came earlier
    path.write_text(f"{path.read_text()}accept: [{{code: B012, reason: they came in March}}]\n")
    (late,) = (each for each in made(project, **asked).findings if each.code == "B012")
    assert late.accepted == "they came in March"


def test_events_of_nobody_stop_a_backtest(project):
    (project / "other.csv").write_text("contact_id,event,at\nx,visit,2026-05-01\ny,visit,2026-05-02\n")
    path = project / "flamescore.yaml"
    path.write_text(path.read_text().replace("events.csv}]", "events.csv}, {path: other.csv}]"))
    with pytest.raises(FlamescoreError) as caught:
        made(project)
    assert [each.code for each in caught.value.problems] == ["I051"]


def test_who_is_hot_is_told_by_flames_where_the_condition_has_no_past(project):
    path = project / "flamescore.yaml"
    path.write_text(f"{path.read_text()}hot: {{field: {{country: US}}}}\n")
    (found,) = (each for each in made(project).findings if each.code == "B017")
    assert found.message == (
        "`hot` of the project file asks for what has no past (country): hot are those with 5 flames."
    )
    assert "B017" not in {each.code for each in made(project, static_fields=("country",)).findings}


def test_which_cuts_would_do_is_said_where_none_does(project):
    with pytest.raises(FlamescoreError) as caught:
        made(project, at=("2026-07-19", "2026-01-02"))
    (problem,) = caught.value.problems
    assert problem.message == (
        'No cut can be looked at. 2026-01-02 is left out: "Visit" looks back 30d, events.csv begins on '
        "2026-01-01. 2026-07-19 is left out: its 30 days end on 2026-08-18, outcomes are known until "
        "2026-07-20. The first cut that would do is 2026-01-30, the last one 2026-06-20."
    )
    with pytest.raises(FlamescoreError) as caught:
        made(project, at=(), horizon="190d")
    short = '2026-01-11 is left out: "Visit" looks back 30d, events.csv begins on 2026-01-01.'
    assert caught.value.problems[0].message == f"No cut can be looked at. {short}"
    with pytest.raises(FlamescoreError) as caught:
        made(project, at=("2026-07-19",), horizon="190d")
    assert caught.value.problems[0].message == (
        "No cut can be looked at. 2026-07-19 is left out: its 190 days end on 2027-01-25, outcomes are known "
        f"until 2026-07-20. {short}"
    )


def test_a_horizon_of_months_is_refused_in_the_project_file_too():
    with pytest.raises(FlamescoreError) as caught:
        question({}, {"outcome": "deal", "horizon": parse_period("1mo"), "who": "repeat"})
    assert [each.code for each in caught.value.problems] == ["U014"]


HOSTILE = '<script>alert(1)</script> "a" & [x](http://evil.example) ![y](z) `c` | d'


def figures(html):
    return re.findall(r"<figure>.*?</figure>", html, re.DOTALL)


def test_each_chart_has_its_numbers_in_a_table(project):
    pytest.importorskip("vl_convert", reason="needs the extra `charts`")
    cuts = tuple(day(number)[:10] for number in (90, 100, 110, 120))
    bought = "".join(f"{number},purchase,{day(126)},\n" for number in (7, 14, 21))  # one never visits
    with (project / "events.csv").open("a") as events:
        events.write(bought)
    text = (project / "rules.yaml").read_text()
    (project / "rules.yaml").write_text(text.replace("name: Visit", f"name: {json.dumps(HOSTILE)}"))
    done = made(project, capacity=5, at=cuts, short_cuts=True)
    html = page(done)
    drawn = figures(html)
    captions = [re.search(r"<figcaption>(.*?)</figcaption>", each)[1] for each in drawn]
    assert [each.split(",")[0].split(":")[0].split(";")[0] for each in captions] == [
        "Rate by flames with its 95% interval",
        "Gain",
        "How many times as often those with a rule have the outcome",
        "Rate of each group over the cuts",
        "Precision over the cuts",
    ]
    for figure in drawn:
        (svg,) = re.findall(r"<svg .*?</svg>", figure, re.DOTALL)
        ET.fromstring(svg)
        assert "<details><summary>The numbers</summary>" in figure
        assert "<td" in figure
    assert drawn[1].count("<tr>") == 102
    score = done.scores[0]
    for band in score.flames.bands:
        if band.contact_cuts:
            assert f">{band.rate.value:.1%}</td>" in drawn[0]
    called = [outcomes / many for many, outcomes in score.called.cuts]
    assert all(f">{each:.1%} (" in drawn[4] for each in called)
    assert sum(outcomes for _, outcomes in score.called.cuts) == pytest.approx(score.called.outcomes)
    assert [sum(many for many, _ in over) for over in score.groups_over_cuts] == [
        band.contact_cuts for band in score.flames.groups
    ]
    for evil in ("<script", "<img", "<a ", 'style="', "xmlns"):
        assert evil not in html
    assert "&lt;script&gt;" in html
    assert page(done) == html


def test_without_the_extra_a_page_has_its_tables_alone(project, monkeypatch):
    monkeypatch.setattr("flamescore.pages.charts.can_draw", lambda: False)
    html = page(made(project))
    assert "<svg" not in html
    assert len(figures(html)) == 2
    assert html.count("<details open><summary>The numbers</summary>") == 2


def test_a_page_names_no_contact(project):
    contacts = (project / "contacts.csv").read_text().splitlines()
    events = (project / "events.csv").read_text().splitlines()
    for path, lines in (("contacts.csv", contacts), ("events.csv", events)):
        text = "\n".join([lines[0], *(f"somebody-{line}" for line in lines[1:])])
        (project / path).write_text(f"{text}\n")
    done = made(project, capacity=5, profile=True, called="form")
    for told in (page(done), markdown(done), json.dumps(backtest_json(done, time=""))):
        assert "somebody" not in told


def test_a_score_that_adds_up_is_worked_out_without_rules_as_if_it_were_scored_again(project):
    rules = (
        "version: 1\nscores:\n  interest:\n    five_flames: 10\n    limits: {min: -1, max: 7}\n    rules:\n"
        "      - {name: Visit, event: visit, expires: 30d, points: 2, count: each}\n"
        "      - {name: Bought, event: purchase, expires: never, count: 9, points: -3, limits: {min: -2}}\n"
    )
    cuts = {"at": ("2026-05-01", "2026-05-20", "2026-06-01"), "short_cuts": True}
    found = []
    for text in (rules, rules.replace("    rules:", "    groups: {all: {limits: {max: 1000}}}\n    rules:")):
        if "groups" in text:
            text = text.replace("name: Visit", "group: all, name: Visit")  # noqa: PLW2901 - which scores again
        (project / "rules.yaml").write_text(text)
        (score,) = made(project, **cuts).scores
        found.append((score.auc, score.own, score.rules))
    assert found[0] == found[1]
    assert found[0][1].auc_without.value is not None
    assert found[0][1].auc_without != found[0][0]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_a_screen_shows_what_fits(project, width):
    done = made(project, capacity=5, value="amount", profile=True)
    lines = on_screen(done, Screen(width=width))
    assert max(map(terminal_columns, lines)) <= width
    assert lines[0] == "Backtest: purchase within 30 days"[:width]
    assert not any(line.startswith(("|", "#")) for line in lines)
    header = next(line.split() for line in lines if line.startswith("Flames"))
    assert ("Contacts" in header) == (width >= 100)
    assert any(line.startswith("Visit") for line in lines)
    assert "\x1b[1mBacktest" in on_screen(done, Screen(coloured=True))[0]


def test_days_from_a_cut_are_counted_at_each_cut(project):
    rule = (
        "{name: Due, event: visit, where: {due: {within_last: 10d}}, expires: never, points: 10, count: once}"
    )
    ahead = rule.replace("Due", "Soon").replace("within_last", "within_next")
    (project / "rules.yaml").write_text(
        f"version: 1\nscores: {{interest: {{five_flames: 10, rules: [{rule}, {ahead}]}}}}\n"
    )
    dues = {
        0: "2026-04-21",
        1: "2026-04-22",
        2: "2026-05-01",
        3: "2026-05-02",
        4: "2026-05-11",
        5: "2026-05-12",
    }
    visits = [f"{number},visit,{day(40)},,{due}" for number, due in dues.items()]
    bought = [f"{number},purchase,{day(125)},1," for number in range(20, 60)]
    (project / "events.csv").write_text(
        "\n".join(["contact_id,event,at,amount,due", *visits, *bought]) + "\n"
    )
    asked = {
        "at": ("2026-05-01", "2026-05-11", "2026-05-12"),
        "known_until": "2026-07-01",
        "short_cuts": True,
    }
    score = made(project, **asked).scores[0]
    due, soon = score.rules
    # As of 1 May, 22 April and 1 May were due in the last 10 days, and 1, 2 and 11 May are ahead.
    assert (due.contact_cuts, soon.contact_cuts) == (2 + 2 + 2, 3 + 2 + 1)
