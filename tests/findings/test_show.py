"""Findings as text and as JSON, and which of them are shown when."""

import json
from pathlib import PurePosixPath

import pytest

from flamescore.errors import Problem, Where
from flamescore.findings import (
    Finding,
    InExport,
    Severity,
    as_json,
    as_line,
    as_record,
    as_text,
    in_order,
    last_line,
    let_through,
    of_problem,
    shown,
    to_problem,
    wants_colours,
)
from flamescore.text import json_text

ERROR, WARNING, NOTE, INFO = Severity
LINE = "        where: {url: {contains: /prices}}"
PRICES = Finding(
    "R120",
    WARNING,
    "interest/saw-the-prices url",
    '"Saw the prices" matches none of 4,120 `link_click` events: no `url` contains `/prices`.',
    Where("/home/ann/rules/keap.yaml", 14, 33, LINE, 7),
    count=0,
    of=4120,
    nearest=(("/pricing", 85),),
    common=(("/articles", 2310), ("/sales", 640), ("/pricing", 85)),
    cure="where: {url: {contains: /pricing}}",
)
GAP = Finding(
    "I110",
    WARNING,
    "events exports/visits-*.csv",
    '1 of 3 files has no `url`, which rule "Saw the prices" (rules/keap.yaml:14) names:'
    " exports/visits-11.csv. It has `Url`.",
    InExport("events", "exports/visits-*.csv", "exports/visits-11.csv"),
    count=1,
    of=3,
    cure="columns: {url: [url, Url]}",
)
HERE = PurePosixPath("/home/ann")


def make(severity=WARNING, code="I131", subject="events e.csv", **others):
    return Finding(code, severity, subject, "1 of 26 rows is left out.", **others)


def test_a_finding_of_a_rule_file_as_text():
    assert as_text(PRICES, here=HERE) == (
        'rules/keap.yaml:14:33: warning R120: "Saw the prices" matches none of 4,120 `link_click` events:'
        " no `url` contains `/prices`.\n"
        "   14 |         where: {url: {contains: /prices}}\n"
        "      |                                 ^^^^^^^\n"
        "        Nearest: `/pricing` (85). Common: `/articles` (2,310), `/sales` (640), `/pricing` (85).\n"
        "        Write: where: {url: {contains: /pricing}}"
    )


def test_a_finding_of_an_export_as_text():
    assert as_text(GAP) == (
        'events exports/visits-*.csv: warning I110: 1 of 3 files has no `url`, which rule "Saw the prices"'
        " (rules/keap.yaml:14) names: exports/visits-11.csv. It has `Url`.\n"
        "        Write: columns: {url: [url, Url]}"
    )


def test_the_lines_after_the_first_in_their_order():
    each = make(
        samples=("1,200", "$5"),
        common=(("a", 2), ("b", 1)),
        do="export the ids as text",
        others=('numbers: {decimal: "."}', "numbers: {thousands: space}"),
    )
    assert as_text(each).splitlines()[1:] == [
        "        Common: `a` (2), `b` (1).",
        "        Samples: `1,200`, `$5`.",
        "        Do: export the ids as text",
        '        or numbers: {decimal: "."}',
        "        or numbers: {thousands: space}",
    ]


def test_without_subject_and_place_it_begins_with_the_severity():
    assert as_text(make(ERROR, "U002", "")) == "error U002: 1 of 26 rows is left out."


def test_a_place_outside_of_the_working_folder_keeps_its_path():
    assert as_text(PRICES, here=PurePosixPath("/elsewhere")).startswith("/home/ann/rules/keap.yaml:14:33: ")


def test_verbose_ends_with_the_entry_to_paste():
    assert as_text(make(count=1, of=26), verbose=True).splitlines()[-1] == (
        "        accept: [{code: I131, subject: events e.csv, at_most: 1, reason: ...}]"
    )
    assert "accept:" not in as_text(make(NOTE), verbose=True)


def test_an_accepted_warning_says_the_reason_after_its_message():
    assert as_text(make(accepted="sales ops know"), verbose=True) == (
        "events e.csv: warning I131: 1 of 26 rows is left out. (accepted: sales ops know)"
    )
    assert as_text(let_through(make(ERROR))).endswith("(accepted: --accept)")


def test_nothing_of_the_data_moves_the_terminal_or_is_markup():
    each = Finding(
        "R120",
        WARNING,
        "s/[bold]x\x1b[2J",
        "[red]\x1b[31m\nhttps://user:secret@host/x",
        samples=("[/]\u202e\n",),
        nearest=(("a\x07", 1),),
        cure="a: \x1b",
        others=("\x9b",),
        accepted="\n",
    )
    for coloured in (False, True):
        shown_lines = as_text(each, verbose=True, coloured=coloured)
        assert len(shown_lines.splitlines()) == 5
        assert "[bold]x\\x1b[2J" in shown_lines
        assert "[red]\\x1b[31m\\x0ahttps://host/x" in shown_lines
        assert shown_lines.count("\x1b") == (4 if coloured else 0)
        assert not {"\u202e", "\x07", "\x9b"} & set(shown_lines)


@pytest.mark.parametrize(("severity", "colour"), [(ERROR, "1;31"), (WARNING, "1;33"), (NOTE, "36")])
def test_colours(severity, colour):
    assert as_text(make(severity), coloured=True) == (
        f"events e.csv: \x1b[{colour}m{severity}\x1b[0m \x1b[1mI131\x1b[0m: 1 of 26 rows is left out."
    )


@pytest.mark.parametrize(
    ("environ", "terminal", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "0"}, True, True),
        ({"FORCE_COLOR": ""}, False, False),
    ],
)
def test_when_text_is_coloured(environ, terminal, wanted):
    assert wants_colours(environ, is_terminal=terminal) is wanted


def test_the_order_of_findings():
    at = [make(place=Where("b.yaml", *place)) for place in ((9, 1), (10, 2), (10, 11))]
    wanted = [
        make(ERROR, "U016"),
        make(WARNING, "I110"),
        make(WARNING, "I131", "contacts c.csv"),
        make(WARNING, "I131", "events e.csv"),
        make(WARNING, "I131", "contacts c.csv", place=Where("a.yaml", 20, 1)),
        *at,
        make(NOTE, "I112"),
        make(INFO, "N002"),
    ]
    assert list(in_order(reversed(wanted))) == wanted


EVERY = (
    make(ERROR),
    make(WARNING),
    make(WARNING, accepted="known"),
    make(NOTE),
    make(INFO),
    let_through(make(ERROR, "I051")),
)


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        ({}, "error I131, warning I051, warning I131, info I131"),
        ({"verbose": True}, "error I131, warning I051, warning I131, warning I131, note I131, info I131"),
        ({"notes": True}, "error I131, warning I051, warning I131, note I131, info I131"),
        ({"quiet": 1}, "error I131, warning I051, warning I131"),
        ({"quiet": 1, "verbose": True, "notes": True}, "error I131, warning I051, warning I131"),
        ({"quiet": 2}, "error I131"),
    ],
)
def test_which_are_shown(flags, wanted):
    assert ", ".join(f"{each.severity} {each.code}" for each in shown(EVERY, **flags)) == wanted


@pytest.mark.parametrize(
    ("notes", "accepted", "wanted"),
    [
        (3, 2, "3 notes, 2 accepted warnings: -v shows them"),
        (0, 1, "1 accepted warning: -v shows it"),
        (1, 0, "1 note: -v shows it"),
        (1, 1, "1 note, 1 accepted warning: -v shows them"),
        (0, 0, None),
    ],
)
def test_the_last_line_counts_what_is_hidden(notes, accepted, wanted):
    found = [make(), *[make(NOTE)] * notes, *[make(accepted="known")] * accepted, let_through(make(ERROR))]
    assert last_line(found) == wanted
    assert last_line(found, quiet=1) is None
    assert last_line(found, verbose=True) is None


def test_where_notes_are_shown_the_last_line_counts_the_accepted_alone():
    found = [make(NOTE), make(accepted="known")]
    assert last_line(found, notes=True) == "1 accepted warning: -v shows it"


KEYS = [
    *("level", "code", "time", "run_id", "subject", "message", "path", "line", "column", "source", "record"),
    *("count", "of", "samples", "nearest", "cure", "hint", "accepted", "exit_code"),
]


def test_json_has_every_key_and_null_where_there_is_nothing():
    assert list(as_json(make())) == KEYS
    empty = as_json(Finding("U002", ERROR, "", "x"), exit_code=2)
    assert {key: value for key, value in empty.items() if value is not None} == {
        "level": "error",
        "code": "U002",
        "message": "x",
        "exit_code": 2,
    }


def test_json_of_a_finding_of_a_rule_file():
    said = as_json(PRICES, time="2026-11-21T02:00:03.120Z", run_id="2026-11-21T020000Z-3f9a1c")
    assert said == dict.fromkeys(KEYS) | {
        "level": "warning",
        "code": "R120",
        "time": "2026-11-21T02:00:03.120Z",
        "run_id": "2026-11-21T020000Z-3f9a1c",
        "subject": "interest/saw-the-prices url",
        "message": PRICES.message,
        "path": "/home/ann/rules/keap.yaml",
        "line": 14,
        "column": 33,
        "count": 0,
        "of": 4120,
        "nearest": [{"value": "/pricing", "count": 85}],
        "cure": "where: {url: {contains: /pricing}}",
        "hint": "where: {url: {contains: /pricing}}",
    }


def test_json_of_a_finding_of_an_export():
    said = as_json(make(place=InExport("events", "visits-*.csv", "visits-11.csv", 3, 5), samples=("a",)))
    assert (said["source"], said["path"], said["record"], said["line"]) == (
        "events visits-*.csv",
        "visits-11.csv",
        3,
        5,
    )
    assert said["samples"] == ["a"]


def test_the_object_of_a_run():
    place = InExport("events", "visits-*.csv", "visits-11.csv", 3, 5)
    said = as_record(make(place=place, accepted="known", do="look"))
    assert said == {
        "code": "I131",
        "severity": "warning",
        "subject": "events e.csv",
        "message": "1 of 26 rows is left out.",
        "path": None,
        "line": None,
        "column": None,
        "source": {"kind": "events", "path": "visits-*.csv", "file": "visits-11.csv", "record": 3, "line": 5},
        "count": None,
        "of": None,
        "samples": None,
        "nearest": None,
        "cure": "look",
        "accepted": "known",
    }
    assert as_record(PRICES)["source"] is None
    assert as_record(PRICES)["line"] == 14
    assert json.loads(json_text(said)) == said


def test_the_text_line_of_a_run():
    assert as_line(PRICES, here=HERE).startswith('rules/keap.yaml:14:33: warning R120: "Saw')
    assert as_line(make(NOTE, "I133")) == "events e.csv: note I133: 1 of 26 rows is left out."


@pytest.mark.parametrize(
    "problem",
    [
        Problem("U002", "It is wrong."),
        Problem("R020", "No key `cuont`.", Where("r.yaml", 3, 4, "  cuont: 1", 5), "Did you mean `count`?"),
        Problem("R020", "No key.", Where("r.yaml", 3, 4), "Did you mean `count`? A list means any of them."),
        Problem("R100", "It fades.", Where("r.yaml", 3, 4), "Write `decay: none`.", "warning"),
    ],
)
def test_a_problem_is_a_finding_and_back_again(problem):
    assert to_problem(of_problem(problem)) == problem


def test_an_error_in_the_format_of_findings():
    problem = Problem(
        "R020", "No key `cuont`.", Where("r.yaml", 3, 4, "   cuont: 1", 5), "Did you mean `count`?"
    )
    assert as_text(of_problem(problem)) == (
        "r.yaml:3:4: error R020: No key `cuont`.\n"
        "    3 |    cuont: 1\n"
        "      |    ^^^^^\n"
        "        Nearest: `count`."
    )
    assert as_text(of_problem(Problem("I002", "It is empty.", None, "Export again."), "contacts c.csv")) == (
        "contacts c.csv: error I002: It is empty.\n        Do: Export again."
    )


def test_a_finding_as_a_problem_names_its_subject():
    assert str(to_problem(make(ERROR, "I053", do="--accept"))) == (
        "I053 events e.csv: 1 of 26 rows is left out.\n        --accept"
    )
