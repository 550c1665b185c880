"""The messages of `score` on stderr, as lines of text or as JSON."""

from __future__ import annotations

import json

import pytest

from cli.log_lines import KEYS, first_line, lines_of
from cli.small import CONTACTS, RULES, record


def test_log_format_json(project, flamescore):
    (project / "contacts.csv").write_text(CONTACTS + "109,short\n")
    done = flamescore("score", "--log-format", "json", "-v")
    said = lines_of(done.err)
    assert all(set(line) >= KEYS for line in said)
    assert (said[0]["level"], said[0]["code"], said[0]["source"]) == (
        "warning",
        "I131",
        "contacts contacts.csv",
    )
    assert (said[0]["count"], said[0]["of"], said[-1]["code"]) == (1, 9, "O000")
    assert {line["level"] for line in said[1:]} == {"info"}
    done = flamescore("score", "--log-format", "json", "--as-of", "tomorrow")
    choices = "`now`, `today`, a date or an instant such as `2026-11-21T02:00:00Z`"
    message = f"--as-of must be {choices}, not `tomorrow`."
    said = first_line(done.err)
    assert set(said) == KEYS
    told = {key: value for key, value in said.items() if value is not None and key != "time"}
    assert told == {"level": "error", "code": "U002", "message": message, "exit_code": 2}


def test_log_format_json_of_every_fault_of_a_rule_file(project, flamescore):
    (project / "rules.yaml").write_text(RULES.replace("points: 5", "pionts: 5"))
    said = [json.loads(line) for line in flamescore("score", "--log-format", "json").err.splitlines()]
    assert [(each["line"], each["exit_code"]) for each in said if "pionts" in each["message"]] == [
        (8, 2),
        (10, 2),
        (17, 2),
    ]


@pytest.mark.parametrize("words", [["score", "--bogus"], ["nonsense"], ["explain", "1", "2"]])
@pytest.mark.usefixtures("project")
def test_log_format_json_of_words_that_are_not_understood(flamescore, words):
    done = flamescore(*words, "--log-format", "json")
    assert done.code == 2
    assert first_line(done.err)["code"] == "U000"
    assert flamescore(*words).err.startswith("Usage: flamescore ")


def test_warnings_of_a_rule_file_are_a_line_each(project, flamescore):
    rules = RULES.replace(
        "{name: Form, event: form_submit, points: 5}", "{name: Form, event: form_submit, points: -5}"
    )
    (project / "rules.yaml").write_text(rules)
    done = flamescore("score")
    assert done.code == 0
    said = "This penalty expires, by the defaults of the score or group."
    first = f'rules.yaml:8:50: warning R100: Rule "Form": {said}'
    assert done.err.splitlines()[0] == first
    assert record(project)["warnings"] == [first]
    (found,) = record(project)["findings"]
    assert (found["subject"], found["line"], found["column"]) == ("interest/form", 8, 50)


@pytest.mark.usefixtures("project")
def test_an_unreadable_as_of_is_no_fault_of_the_program(flamescore):
    done = flamescore("score", FLAMESCORE_AS_OF="tomorrow")
    assert done.code == 2
    assert done.err.startswith("error U002: FLAMESCORE_AS_OF must be ")
