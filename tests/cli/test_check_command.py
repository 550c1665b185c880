"""`flamescore check`: formats, exit codes, and that an error in one place hides no others."""

from __future__ import annotations

import json

import jsonschema
import pytest

from cli.small import PROJECT, RULES
from flamescore.checking import json_schema

BAD_ROW = "101,call,whenever,\n"
TOLD = '"100%25: Again, again" has the same conditions as "VIP" on line 10, so their points add up.'
ALIKE = "      - {name: Again, tag: VIP, points: 1}\n  fit:\n"
GAP = "nobody has 2 or 4 flames, though others have fewer or more."
PERSONAL = ("Ann", "ann@example.com", "Acme", "Dana")


@pytest.fixture
def doubtful(project):
    """Return a project with a warning of each kind: one about rules (L105), one about exports (I131)."""
    (project / "rules.yaml").write_text(RULES.replace("  fit:\n", ALIKE))
    with (project / "events.csv").open("a") as file:
        file.write(BAD_ROW)
    return project


@pytest.mark.usefixtures("project")
def test_what_it_tells_of_a_sound_project(flamescore, project):
    done = flamescore("check")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:3] == [
        f"rules.yaml:5:5: note L206: Interest: {GAP}",
        "    5 |     five_flames: 20",
        "      |     ^^^^^^^^^^^",
    ]
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "Interest: 8 contacts; with 0 to 5 flames 3, 1, 0, 1, 0, 3" in lines
    assert "Rule Contacts Share Occurrences Points Last" in lines
    assert "Form 6 75.0% 9 +45 2026-11-20" in lines
    assert "Works for a competitor 1 12.5% - -10 -" in lines
    assert lines[-1] == "5 rules, 2 scores: 0 errors, 0 warnings, 2 notes."
    assert not (project / "out").exists()
    assert [word for word in PERSONAL if word in done.out] == []


@pytest.mark.usefixtures("doubtful")
def test_a_line_a_finding(flamescore):
    done = flamescore("check", "--format", "concise", "-q")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "events events.csv: warning I131: 1 of 16 rows is rejected: 1 unreadable_time.",
        "rules.yaml:12:9: warning L105: " + TOLD.replace("100%25: Again, again", "Again"),
    ]


def test_places_are_named_from_where_the_user_is(flamescore, doubtful, monkeypatch):
    (doubtful / "below").mkdir()
    monkeypatch.chdir(doubtful / "below")
    (line, *_) = flamescore("check", "--rules-only", "--format", "concise").out.splitlines()
    assert line.startswith(f"{doubtful}/rules.yaml:12:9: warning L105: ")


def test_workflow_commands_of_github(flamescore, doubtful):
    (doubtful.parent / ".git").mkdir()
    rules = (doubtful / "rules.yaml").read_text().replace("name: Again", "name: '100%: Again, again'")
    (doubtful / "rules.yaml").write_text(rules)
    lines = flamescore("check", "--format", "github").out.splitlines()
    assert lines[:2] == [
        "::warning title=I131::events events.csv: 1 of 16 rows is rejected: 1 unreadable_time.",
        "::warning file=project/rules.yaml,line=12,col=9,title=L105::" + TOLD,
    ]
    assert lines[2].startswith("::notice file=project/rules.yaml,line=5,col=5,title=L206::Interest: nobody")


def test_a_folder_with_signs_of_its_own_is_escaped(flamescore, doubtful):
    folder = doubtful / "a,b:c"
    folder.mkdir()
    (doubtful / "rules.yaml").rename(folder / "rules.yaml")
    (doubtful / "flamescore.yaml").write_text(
        PROJECT.replace("rules: rules", "rules: 'a,b:c/rules").replace("yaml\nas", "yaml'\nas")
    )
    out = flamescore("check", "--rules-only", "--format", "github").out
    assert out.startswith("::warning file=a%2Cb%3Ac/rules.yaml,line=12,col=9,title=L105::")


def test_json_keeps_to_its_schema(flamescore, doubtful):
    jsonschema.Draft7Validator.check_schema(json_schema())
    for words in ((), ("--rules-only",)):
        told = json.loads(flamescore("check", "--format", "json", *words).out)
        jsonschema.validate(told, json_schema())
    flamescore("check", "-o", "check.json")
    told = json.loads((doubtful / "check.json").read_text())
    assert told["as_of"] == "2026-11-21T00:00:00Z"
    assert told["rules"][0] == {
        "score": "interest",
        "rule": "form",
        "name": "Form",
        "line": 8,
        "contacts": 6,
        "occurrences": 9,
        "points": 45,
        "last_at": "2026-11-20T22:00:00Z",
        "share": 0.75,
    }
    assert told["scores"][1] == {"name": "fit", "contacts": 8, "flames": [2, 3, 0, 2, 0, 1]}
    assert told["counts"] == {"error": 0, "warning": 2, "note": 2}
    assert {each["code"] for each in told["findings"]} == {"I131", "L105", "L206"}
    assert [word for word in PERSONAL if word in json.dumps(told)] == []


def test_rules_alone_open_no_export(flamescore, project):
    for name in ("contacts.csv", "events.csv"):
        (project / name).unlink()
    assert flamescore("check").code == 3
    done = flamescore("check", "--rules-only")
    assert (done.code, done.err) == (0, "")
    assert done.out == "5 rules, 2 scores: 0 errors, 0 warnings, 0 notes.\n"


@pytest.mark.parametrize(
    ("file", "flag", "code"),
    [
        (None, None, 0),
        (None, "warning", 1),
        ("warning", None, 1),
        ("warning", "error", 0),
        ("warning", "none", 0),
    ],
)
def test_what_it_fails_on(flamescore, doubtful, file, flag, code):
    if file is not None:
        (doubtful / "flamescore.yaml").write_text(f"{PROJECT}fail_on: {file}\n")
    assert flamescore("check", *(() if flag is None else ("--fail-on", flag))).code == code


def test_accepted_warnings_fail_nothing_and_are_hidden(flamescore, doubtful):
    entries = "".join(f"  - {{code: {code}, reason: known}}\n" for code in ("I131", "L105", "L201"))
    (doubtful / "flamescore.yaml").write_text(f"{PROJECT}accept:\n{entries}")
    done = flamescore("check", "--fail-on", "warning")
    assert done.code == 0
    assert "I131" not in done.out
    assert "flamescore.yaml:16:12: note P110: No warning fits this entry: L201." in done.out
    assert "2 accepted warnings: -v shows them" in done.out.splitlines()
    assert done.out.endswith("0 errors, 0 warnings, 3 notes.\n")
    assert "(accepted: known)" in flamescore("check", "-v").out
    assert "L201" not in flamescore("score", "-v").err, "lints are no concern of a run"


def codes(done):
    return [line.partition(": ")[2].split()[1].rstrip(":") for line in done.out.splitlines()]


def test_wrong_rules_hide_nothing_of_project_and_exports(flamescore, doubtful):
    (doubtful / "rules.yaml").write_text(RULES.replace("name: Call", "nome: Call"))
    (doubtful / "flamescore.yaml").write_text(PROJECT.replace("tag: Do Not Call", "tog: Do Not Call"))
    done = flamescore("check", "--format", "concise")
    assert (done.code, codes(done)) == (2, ["R020", "R020", "R023", "I131"])
    assert flamescore("check", "--fail-on", "none").code == 0


def test_rules_and_conditions_that_do_not_fit_the_exports_are_told_together(flamescore, doubtful):
    rules = (doubtful / "rules.yaml").read_text().replace("Employees: {at_least: 1}", "Staff: {at_least: 1}")
    (doubtful / "rules.yaml").write_text(rules)
    (doubtful / "flamescore.yaml").write_text(PROJECT.replace("{tag: Do Not Call}", "{field: {Contry: US}}"))
    done = flamescore("check", "--format", "concise")
    assert (done.code, codes(done)) == (2, ["R090", "R090", "I131", "L105"])


def test_a_wrong_key_of_the_project_hides_nothing_else(flamescore, doubtful):
    (doubtful / "flamescore.yaml").write_text(f"{PROJECT}hot_flames: 9\n")
    done = flamescore("check", "--format", "concise")
    assert (done.code, codes(done)) == (2, ["P023", "I131", "L105", "L206", "L206"])


def test_a_wrong_source_of_the_project_is_left_out(flamescore, doubtful):
    wrong = PROJECT.replace("path: events.csv", "path: events.csv\n    delimeter: ','")
    (doubtful / "flamescore.yaml").write_text(wrong)
    with (doubtful / "contacts.csv").open("a") as file:
        file.write("101,Ann Lee,ann@example.com,,,,,,,\n" * 20)
    done = flamescore("check", "--format", "concise")
    assert done.code == 2
    assert codes(done) == ["P025", "I131", "L105"]


def test_exports_that_would_stop_a_run(flamescore, doubtful):
    with (doubtful / "events.csv").open("a") as file:
        file.write(BAD_ROW * 20)
    done = flamescore("check", "--format", "concise")
    assert (done.code, codes(done)) == (3, ["I007", "L105"])
    (doubtful / "events.csv").write_text("contact_id,event,at,asset\n999,call,2026-11-20T09:30:00Z,\n")
    stopped = flamescore("check", "--format", "concise")
    assert (stopped.code, codes(stopped)[0]) == (3, "I051")
    assert flamescore("score").code == 3


@pytest.mark.usefixtures("project")
def test_a_day_to_come_is_told_as_score_tells_it(flamescore):
    done = flamescore("check", "--format", "concise", "--as-of", "2027-01-01")
    assert (done.code, codes(done)[0]) == (2, "U015")
    assert flamescore("check", "--as-of", "2026-11-20").code == 0
    assert flamescore("check", "--as-of", "soon").code == 2


def test_a_project_file_that_is_no_yaml(flamescore, project):
    (project / "flamescore.yaml").write_text("version: [1\n")
    done = flamescore("check")
    assert done.code == 2
    assert done.out.endswith("\n0 rules, 0 scores: 1 error, 0 warnings, 0 notes.\n")


@pytest.mark.usefixtures("doubtful")
def test_where_the_answer_goes_to_a_file_findings_are_told_on_stderr(flamescore):
    done = flamescore("check", "-o", "check.txt")
    assert done.out == ""
    assert "warning L105" in done.err
    lines = [json.loads(line) for line in flamescore("check", "--log-format", "json").err.splitlines()]
    assert [each["code"] for each in lines] == ["I131", "L105", "L206", "L206", "A001"]
