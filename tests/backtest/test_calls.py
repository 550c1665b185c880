"""Contacts called before the outcome, contacts held out, and fields as of stored runs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import jsonschema
import pytest

from flamescore.backtest import backtest, backtest_json, backtest_schema, markdown, question
from flamescore.errors import FlamescoreError
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, expires: 60d, points: 10, count: once}
"""
PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-07-01
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
"""
ASKED = {"outcome": "purchase", "horizon": "30d", "who": "repeat", "at": ("2026-05-01",)}
CUT = 120
"""The number of days from the beginning to the cut."""


def day(number):
    return (BEGIN + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def set_up(folder):
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(PROJECT)
    (folder / "contacts.csv").write_text("contact_id,plan\n" + "".join(f"c{n},A\n" for n in range(8)))


@pytest.fixture
def here(tmp_path):
    set_up(tmp_path)
    return tmp_path


def write_events(folder, rows):
    text = "".join(f"{who},{kind},{day(at)},{done}\n" for who, kind, at, done in rows)
    (folder / "events.csv").write_text(f"contact_id,event,at,done\n{text}")


def made(folder, **flags):
    asked = question({**ASKED, **flags}, {})
    return backtest(find_settings(str(folder / "flamescore.yaml")), asked)


CALLS = [
    ("c0", "visit", 100, ""),
    ("c0", "call", 123, "yes"),  # then buys: called
    ("c0", "purchase", 125, ""),
    ("c1", "purchase", 122, ""),  # buys, is called, buys again: not called
    ("c1", "call", 124, "yes"),
    ("c1", "purchase", 140, ""),
    ("c2", "call", 145, "yes"),  # never buys: called
    ("c3", "call", 119, "yes"),  # before the cut
    ("c4", "call", 151, "yes"),  # after the horizon
    ("c5", "call", 130, "no"),
    ("c6", "call", 130, "no"),
    ("c6", "call", 131, "yes"),
    ("c7", "call", 130, "yes"),  # in the same second: at or before
    ("c7", "purchase", 130, ""),
    ("c7", "visit", 181, ""),  # outcomes are known until this day
    ("c7", "purchase", 181, ""),
    ("c3", "visit", 0, ""),
    ("c3", "purchase", 0, ""),
]


@pytest.mark.parametrize(
    ("called", "who"),
    [
        ("call", {"c0", "c2", "c5", "c6", "c7"}),
        ("{event: call, where: {done: yes}}", {"c0", "c2", "c6", "c7"}),
        ("{event: call, times: 2}", {"c6"}),
        ("{any: [{event: call, where: {done: no}}, {event: call, times: 2}]}", {"c5", "c6"}),
        ("{all: [{event: call}, {not: {event: call, where: {done: yes}}}]}", {"c5"}),
    ],
)
def test_who_was_called_before_the_outcome(here, called, who):
    write_events(here, CALLS)
    (score,) = made(here, called=called).scores
    ids = [f"c{n}" for n in range(8)]
    buys = {"c0", "c1", "c7"}
    five = {"c0"}
    for number, some in ((0, set(ids) - five), (5, five)):
        part, others = score.calls.called[number], score.calls.not_called[number]
        assert (part.contact_cuts, part.outcomes) == (len(who & some), len(who & some & buys))
        assert (others.contact_cuts, others.outcomes) == (len(some - who), len((some - who) & buys))


def test_only_the_outcome_outside_a_not_ends_the_time_to_call(here):
    write_events(here, [*CALLS, ("c2", "refund", 135, "")])
    asked = "{all: [{event: purchase}, {not: {event: refund}}]}"
    (score,) = made(here, outcome=asked, called="call").scores
    assert sum(part.contact_cuts for part in score.calls.called) == 5


def test_calls_are_told_with_what_they_can_t_tell(here):
    write_events(here, CALLS)
    done = made(here, called="call")
    text = markdown(done)
    assert "| 5 | 1 | 1 | 100.0% | 20.7% to 100.0% | 0 | 0 | - | - |" in text
    assert "Of those who were not called: Too few outcomes to say: 1 contact (30 are needed)." in text
    assert "Only a hold-out can tell what calls do." in text
    assert "B040" not in {each.code for each in done.findings}
    told = json.loads(json.dumps(backtest_json(done, time="2026-07-20T00:00:00.000Z")))
    jsonschema.validate(told, backtest_schema())
    assert told["scores"][0]["called"]["flames"][5]["called"]["contact_cuts"] == 1
    (suggested,) = (each for each in made(here).findings if each.code == "B040")
    assert suggested.do == "--called call, to see those who were not called by themselves"


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ({"called": "{event: call, last: 3d}"}, "B001"),
        ({"called": "{not: {event: call}}"}, "B002"),
        ({"called": "cal"}, "B003"),
        ({"called": "{field: {plan: A}}"}, "B004"),
        ({"holdout_since": "2026-01-01"}, "U033"),
        ({"fields_from": "runs"}, "U033"),
        ({"fields_from": "runs", "at": ()}, "B005"),
        ({"static_fields": ("plam",)}, "B003"),
        ({"value": "amuont"}, "B003"),
    ],
)
def test_what_can_t_be_asked(here, flags, code):
    write_events(here, CALLS)
    with pytest.raises(FlamescoreError) as caught:
        made(here, **flags)
    assert [each.code for each in caught.value.problems] == [code]


# --- the hold-out


def test_the_held_out_against_the_others_who_are_hot(here):
    many = 400
    contacts = "".join(f"p{n},A\n" for n in range(many))
    (here / "contacts.csv").write_text(f"contact_id,plan\n{contacts}")
    (here / "flamescore.yaml").write_text(PROJECT + "call_list: {holdout: 50%}\n")
    rows = [(f"p{n}", "visit", 100, "") for n in range(0, many, 2)]
    rows += [(f"p{n}", "purchase", 125, "") for n in range(0, many, 3)]
    write_events(
        here, [*rows, ("p0", "visit", 0, ""), ("p0", "purchase", 0, ""), ("p0", "purchase", 180, "")]
    )
    cuts = ("2026-04-25", "2026-05-01")
    done = made(here, at=cuts, holdout_since="2026-05-01", short_cuts=True)
    found = done.scores[0].held_out
    assert found.cuts == 1
    assert found.held_out.contact_cuts + found.others.contact_cuts == 200
    assert found.held_out.outcomes + found.others.outcomes == 67
    assert 60 < found.held_out.contact_cuts < 140
    rates = found.held_out.rate.value / found.others.rate.value
    assert found.ratio.ratio.value == pytest.approx(rates)
    assert found.ratio.ratio.low < rates < found.ratio.ratio.high
    assert found.ratio.p > 0.05
    text = markdown(done)
    assert "Who is hot at a cut from 2026-05-01 on (1 cut)." in text
    assert "| Held out | " in text
    told = json.loads(json.dumps(backtest_json(done, time="2026-07-20T00:00:00.000Z")))
    jsonschema.validate(told, backtest_schema())
    late = made(here, at=cuts, holdout_since="2026-06-01", short_cuts=True)
    assert late.scores[0].held_out.held_out.contact_cuts == 0
    assert "No cut is on 2026-06-01 or later." in markdown(late)


# --- fields of stored runs

FIELDS = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Plan, field: {plan: pro}, points: 10}
      - {name: Young, field: {size: {at_most: 10}}, points: 3}
      - {name: Tag, tag: VIP, points: 1}
      - {name: Visit, event: visit, expires: 60d, points: 2, count: once}
"""


@pytest.fixture(scope="module")
def nightly_runs(tmp_path_factory):
    """Score on several days. One contact moves to another plan, one arrives, one leaves."""
    folder = tmp_path_factory.mktemp("nights")
    set_up(folder)
    (folder / "rules.yaml").write_text(FIELDS)
    visits = [("a", "visit", 0, ""), ("b", "visit", 90, ""), ("a", "visit", 178, "")]
    purchases = [("a", "purchase", 0, ""), ("b", "purchase", 125, ""), ("a", "purchase", 180, "")]
    write_events(folder, visits + purchases)
    lists = {
        "2026-04-20": "a,free,9,\nb,pro,99,VIP\ngone,pro,9,\n",
        "2026-04-30": "a,free,9,VIP\nb,free,99,\n",
        "2026-05-01": "a,pro,9,\nb,free,99,\n",
        "2026-06-20": "a,free,9,\nb,free,99,\nnew,pro,9,\n",
    }
    for night, contacts in lists.items():
        (folder / "contacts.csv").write_text(f"contact_id,plan,size,tags\n{contacts}")
        nightly(find_settings(str(folder / "flamescore.yaml"), {"as_of": night}), Options())
    return folder


@pytest.fixture
def nights(nightly_runs, tmp_path):
    return Path(copytree(nightly_runs, tmp_path / "nights", symlinks=True))


def test_fields_are_those_of_the_run(nights):
    done = made(nights, fields_from="runs", at=(), every="7d", cuts=5)
    assert [f"{each:%m-%d}" for each in done.usable] == ["04-20", "05-01"]
    (score,) = done.scores
    assert [rule.name for rule in score.rules] == ["Plan", "Young", "Tag", "Visit"]
    assert [rule.contact_cuts for rule in score.rules] == [3, 3, 1, 2]
    assert (score.contact_cuts, score.contacts) == (5, 3)
    # b buys on 6 May, in the horizon of both; `new` is at neither
    assert score.left_out["not_yet"] == 2
    assert (score.outcomes, score.outcome_contacts) == (2, 1)
    assert done.left_out == ()
    assert "Fields and tags are those of the stored runs of these instants." in markdown(done)
    told = json.loads(json.dumps(backtest_json(done, time="2026-07-20T00:00:00.000Z")))
    jsonschema.validate(told, backtest_schema())
    assert told["fields_from"] == "runs"


def test_of_each_step_the_latest_run_is_a_cut(nights):
    done = made(nights, fields_from="runs", at=(), every="1d", cuts=60)
    assert [f"{each:%m-%d}" for each in done.usable] == ["04-20", "04-30", "05-01"]
    done = made(nights, fields_from="runs", at=(), every="1d", cuts=1)
    assert [f"{each:%m-%d}" for each in done.usable] == ["05-01"]
    done = made(nights, fields_from="runs", at=(), every="2w", last="2026-04-30")
    assert [f"{each:%m-%d}" for each in done.usable] == ["04-30"]


def test_a_column_that_some_run_lacks_needs_the_present(nights):
    (nights / "contacts.csv").write_text("contact_id,plan,size,tags,new\na,free,9,,1\nb,free,99,,\n")
    rules = FIELDS + "      - {name: New, field: {new: 1}, points: 1}\n"
    (nights / "rules.yaml").write_text(rules)
    done = made(nights, fields_from="runs", at=(), every="1d")
    assert [each.name for each in done.left_out] == ["New"]
    constant = made(nights, fields_from="runs", at=(), every="1d", static_fields=("new",))
    assert constant.left_out == ()
    assert constant.scores[0].rules[-1].contact_cuts == 3


def test_dates_and_numbers_of_runs_are_read_as_the_project_says(here):
    write_events(here, [("a", "purchase", 0, ""), ("a", "purchase", 180, "")])
    text = PROJECT.replace(
        "contacts.csv}",
        'contacts.csv, numbers: {decimal: ","}, dates: {since: "%d.%m.%Y"}, lists: {likes: ";"}}',
    )
    (here / "flamescore.yaml").write_text(text)
    (here / "rules.yaml").write_text(
        "version: 1\nscores:\n  interest:\n    five_flames: 10\n    rules:\n"
        "      - {name: Much, field: {amount: {at_least: 1.5}}, points: 1}\n"
        "      - {name: Early, field: {since: {less_than: 2026-02-01}}, points: 1}\n"
        "      - {name: Tea, field: {likes: {has: tea}}, points: 1}\n"
    )
    (here / "contacts.csv").write_text(
        'contact_id,amount,since,likes\na,"1,5",31.01.2026,coffee;tea\nb,"1,4",01.02.2026,coffee\n'
    )
    project = find_settings(str(here / "flamescore.yaml"), {"as_of": "2026-05-02"})
    nightly(project, Options())
    done = made(here, fields_from="runs", at=(), first="2026-05-02")
    assert [rule.contact_cuts for rule in done.scores[0].rules] == [1, 1, 1]
    assert done.left_out == ()
