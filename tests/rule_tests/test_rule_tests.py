"""Tests of rules: what passes, what fails and how it is reported, and faults of a test itself."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import yaml

from flamescore.errors import NotFoundError
from flamescore.project import find_settings
from flamescore.rule_tests import as_json, as_junit, as_table, found_files, json_schema, run_tests

ROOT = Path(__file__).parents[2]
RULES = """\
version: 1
timezone: America/Phoenix
scores:
  interest:
    five_flames: 20
    defaults: {count: each, expires: 4w}
    population: {not: {tag: Banned}}
    rules:
      - {name: Form, event: form_submit, points: 5, limits: {max: 8}}
      - {name: Long visit, event: visit, where: {seconds: {at_least: 9}, url: {contains: /sales}}, points: 3}
      - {name: VIP, tag: {like: "VIP*"}, points: 2}
      - {name: Free mail, field: {email_domain: gmail.com}, points: -1}
      - {name: Reader, field: {topics: {has: [rules, tests]}}, points: 0.25}
      - {name: Off, tag: Off, points: 2, enabled: false}
  fit:
    flames: {percentile: [10, 20, 30, 40, 50]}
    rules:
      - {name: Large, field: {employees: {at_least: 100}}, points: 3}
      - {name: Me, field: {contact_id: VIP-1}, points: 3}
labels:
  size: {first_of: [{if: {field: {employees: {at_least: 100}}}, label: large}]}
  place: {first_of: [{if: {score: fit, rank: 1}, label: first}]}
"""
PROJECT = """\
version: 1
rules: rules.yaml
hot_flames: 1
call_list: {exclude: {any: [{event: purchase, last: 90d}, {tag: Do Not Call}]}}
contacts: [{path: none.csv}]
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Return a folder with rules but no project file, as the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def run(text, **how):
    """Run tests given as the items under `tests:`, or as a whole file."""
    whole = dedent(text)
    if not whole.startswith("version"):
        whole = f"version: 1\nas_of: 2026-11-21\ntests:\n{whole}"
    path = Path("rules.test.yaml")
    path.write_text(whole)
    return run_tests([path], find_settings(None), **how)


def failures(text):
    """Return the failures of a single test, given by its keys after `name` or as a whole item."""
    done = run(text if text.startswith("- ") else f"- {{name: T, {text}}}")
    assert done.problems == ()
    return [f"{each.what}: {each.words}" for each in done.tests[0].failures]


def problems(text):
    done = run(text)
    return [f"{each.where.line}:{each.where.column} {each.code} {each.message}" for each in done.problems]


def test_what_is_right_passes():
    assert failures("""- name: All of it
  contact:
    {tags: VIP gold, email: " Ann@GMAIL.com ", topics: [news, Rules], employees: 250, contact_id: VIP-1}
  events:
    - {event: form_submit, ago: 0s}
    - {event: Form_Submit, at: 2026-11-20}
    - {event: visit, ago: 1d, seconds: 600, url: https://x.example/sales?a=b}
    - {event: visit, ago: 4w, seconds: 600, url: /sales}
    - {event: form_submit, at: 2026-11-22}
  expect:
    score: 12.25
    flames: 3
    percent_of_ideal: {at_least: 61, at_most: 62, more_than: 61.2, less_than: 61.3}
    rules: {form: 8, long-visit: 3, vip: 2, free-mail: -1, reader: 0.25}
    only: true
    scored: true
    labels: {size: large}
    scores: {fit: {score: 6, rules: {large: 3, me: 3}, only: true}}
""") == []  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("expect: {score: 1}", "score: expected 1, was 0"),
        ("expect: {score: {at_least: 1, less_than: 3}}", "score: expected at least 1 and less than 3, was 0"),
        ("expect: {score: {more_than: 0}}", "score: expected more than 0, was 0"),
        ("contact: {tags: VIP}, expect: {flames: 1}", "flames: expected 1, was 0"),
        ("contact: {tags: VIP}, expect: {percent_of_ideal: 9}", "percent_of_ideal: expected 9, was 10"),
        ("expect: {rules: {vip: 2}}", "rules.vip: expected 2, was 0"),
        ("contact: {tags: VIP}, expect: {rules: {}, only: true}", "rules.vip: expected 0, was 2"),
        ("contact: {tags: VIP}, expect: {rules: {vip: 1.9999}}", "rules.vip: expected 1.9999, was 2"),
        ("expect: {scored: false}", "scored: expected false, was true"),
        ("contact: {tags: Banned}, expect: {scored: true}", "scored: expected true, was false"),
        ("contact: {tags: Banned}, expect: {score: 0}", "score: expected 0, was not scored"),
        ("expect: {scores: {fit: {score: 1}}}", "scores.fit.score: expected 1, was 0"),
        ("expect: {labels: {size: large}}", "labels.size: expected large, was none"),
        (
            "contact: {employees: 100}, expect: {labels: {size: null}}",
            "labels.size: expected none, was large",
        ),
        ("expect: {hot: true}", "hot: expected true, was false"),
    ],
)
def test_what_is_not_so_fails(text, said):
    assert failures(text) == [said]


def test_a_third_is_itself_to_the_ten_thousandth(here):
    (here / "rules.yaml").write_text(RULES.replace("five_flames: 20", "five_flames: 6"))
    assert failures("contact: {tags: VIP}, expect: {percent_of_ideal: 33.3333}") == []
    assert failures("contact: {tags: VIP}, expect: {percent_of_ideal: 33.3332}") == [
        "percent_of_ideal: expected 33.3332, was 33.3333"
    ]


def test_tags_are_as_the_history_has_them():
    history = "tag_history: [{tag: VIP, ago: 3w}, {tag: vip, ago: 1d, action: removed}]"
    assert failures(f"contact: {{tags: [VIP]}}, {history}, expect: {{score: 0}}") == []
    assert failures("tag_history: [{tag: VIP 2, ago: 3w}], expect: {score: 2}") == []


def test_times_are_those_of_the_rule_file_s_zone():
    # 28 days before midnight in Phoenix, which is 07:00 in UTC: it expires exactly on that second.
    for at, score in (("2026-10-24T07:00:00Z", 0), ("2026-10-24T07:00:01Z", 5), ("2026-10-24 00:00:01", 5)):
        assert failures(f"events: [{{event: form_submit, at: {at}}}], expect: {{score: {score}}}") == []
    assert failures("as_of: 2026-12-21, events: [{event: form_submit, ago: 1mo}], expect: {score: 0}") == []


def test_contacts_of_one_id_are_each_alone():
    done = run("""\
    - {name: a, contact: {contact_id: VIP-1}, expect: {scores: {fit: {score: 3}}}}
    - {name: b, contact: {contact_id: VIP-1, employees: 100}, expect: {scores: {fit: {score: 6}}}}
    - {name: c, expect: {scores: {fit: {score: 0}}}}
    - {name: d, as_of: 2026-01-01, contact: {contact_id: VIP-1}, expect: {scores: {fit: {score: 3}}}}
    """)
    assert [test.mark for test in done.tests] == [".", ".", ".", "."]


def test_the_call_list_and_hot_are_those_of_the_project(here):
    text = """\
    - {name: a, events: [{event: purchase, ago: 89d}], expect: {excluded: true, hot: false}}
    - name: b
      events: [{event: purchase, ago: 90d}, {event: form_submit, ago: 1d}]
      expect: {excluded: false, hot: true}
    """
    assert {each.code for each in run(text).problems} == {"T002", "T004"}
    (here / "flamescore.yaml").write_text(PROJECT)
    assert [test.mark for test in run(text).tests] == [".", "."]
    whole = f"version: 1\nas_of: 2026-11-21\nexclude: {{event: purchase, last: 89d}}\ntests:\n{dedent(text)}"
    assert [test.mark for test in run(whole).tests] == ["F", "."]


def test_a_failure_is_told_with_the_ledger_of_its_score():
    done = run("""\
    - name: Right
      expect: {score: 0}
    - name: Two forms
      contact: {tags: VIP}
      events: [{event: form_submit, ago: 1d}, {event: form_submit, ago: 2d}]
      expect: {score: {at_most: 5}, scores: {fit: {score: 1}}}
    """)
    table = as_table(done).splitlines()
    assert table[:-1] == [
        "rules.test.yaml .F",
        "",
        "FAILED rules.test.yaml:6 Two forms",
        "    score: expected at most 5, was 10",
        "    scores.fit.score: expected 1, was 0",
        "        interest:",
        "        +10  Form ×2",
        "         +2  VIP",
        "         -2  Form: limit 8",
        "        fit:",
        "        no rule gave anything",
    ]
    assert table[-1].startswith("1 failed, 1 passed in 0.")


def test_json_tells_every_test():
    told = json.loads(
        as_json(run("- {name: a, expect: {score: {at_least: 1}}}\n- {name: b, expect: {rank: 1}}\n"))
    )
    assert told["schema_version"] == 1
    assert [set(test) for test in told["tests"]] == [
        {"file", "line", "name", "passed", "failures", "seconds"}
    ] * 2
    first, second = told["tests"]
    assert (first["file"], first["line"], first["name"], first["passed"]) == (
        "rules.test.yaml",
        4,
        "a",
        False,
    )
    assert first["failures"] == [{"what": "score", "expected": {"at_least": 1}, "actual": 0}]
    assert (second["passed"], second["failures"][0]["what"]) == (False, "T005")


def test_junit_has_a_suite_a_file():
    done = run(
        '- {name: "a <b> & \\e[1m", expect: {score: 1}}\n- {name: c, expect: {score: 0}}\n- {name: d}\n'
    )
    root = ET.fromstring(as_junit(done))
    suite = root.find("testsuite")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "rules.test.yaml", "3", "1", "1",
    )  # fmt: skip
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == ["a <b> & \\x1b[1m", "c", "d"]
    assert cases[0].find("failure").get("message") == "score: expected 1, was 0"
    assert cases[1].find("failure") is None
    assert cases[2].find("error").get("message") == 'T001 Test "d": It has no `expect`.'


def test_which_tests_are_run():
    text = """\
    - {name: One A, expect: {score: 1}}
    - {name: One B, expect: {score: 0}}
    - {name: Two, expect: {score: 0}}
    """
    assert [test.name for test in run(text, named=" one").tests] == ["One A", "One B"]
    assert [test.name for test in run(text, stop=True).tests] == ["One A"]
    with pytest.raises(NotFoundError) as raised:
        run(text, named="three")
    assert raised.value.problems[0].code == "T007"


def test_the_files_that_are_found(here):
    (here / "b").mkdir()
    (here / ".hidden").mkdir()
    for name in ("z.test.yaml", "b/a.test.yaml", ".hidden/a.test.yaml", "b/plain.yaml"):
        (here / name).write_text("")
    project = find_settings(None)
    assert [str(each) for each in found_files([], project)] == ["b/a.test.yaml", "z.test.yaml"]
    assert [str(each) for each in found_files(["b/plain.yaml", "b"], project)] == [
        "b/plain.yaml", "b/a.test.yaml",
    ]  # fmt: skip
    for paths in (["none"], [".hidden/none.test.yaml"]):
        with pytest.raises(NotFoundError, match="T007"):
            found_files(paths, project)


def test_all_that_is_wrong_is_told_at_its_place():
    assert problems("""\
    - name: A
      contact: {tags: [VIP, Gold], employes: 5}
      events:
        - {event: vist, ago: 2d, secnds: 3}
        - {event: visit, ago: 1d, at: 2026-01-01}
        - {event: visit, ago: 1m}
      tag_history: [{tag: Off, ago: 1d, action: given}]
      expect: {score: x}
    - name: B
      contact: {employees: 5}
      expect: {rules: {Long visit: 1, "off": 1}, scores: {fitt: {score: 1}, fit: {flames: 1}}, excluded: true}
    - {name: C, expect: {labels: {size: huge, place: first, grade: A}}}
    - {name: D, expect: {percentile: 1}}
    - {name: E, expect: {only: true}}
    - {name: F, expect: {}, foo: 1}
    - {name: G, expect: {score: null}}
    - {expect: {score: 1}}
    """) == [
        '5:25 T003 Test "A": no rule looks at the tag `Gold`.',
        '5:32 T002 Test "A": no rule looks at the contacts\' column `employes`: it would test nothing.',
        '7:15 T002 Test "A": no rule looks at events `vist`: it would test nothing.',
        '7:30 T002 Test "A": no rule looks at the events\' column `secnds`: it would test nothing.',
        '8:7 T001 Test "A": It says when by one of `ago` and `at`.',
        '9:27 T001 Test "A": `ago` must be a period, such as `2d`, `3w` or `0s`, not the text `1m`.',
        '10:23 T003 Test "A": no rule looks at the tag `Off`.',
        '10:45 T001 Test "A": `action` must be `applied` or `removed`, not the text `given`.',
        '11:19 T001 Test "A": `score` must be a number, not the text `x`.',
        '14:20 T003 Test "B": there is no rule `Long visit` in the score `interest`.',
        '14:35 T003 Test "B": there is no rule `off` in the score `interest`.',
        '14:55 T003 Test "B": there is no score `fitt`.',
        '14:79 T005 Test "B": `flames` of `fit` can\'t be tested: its flames go by percentile.',
        '14:92 T004 Test "B": nothing says whom the call list leaves out.',
        '15:37 T003 Test "C": the label `size` is never `huge`.',
        '15:43 T005 Test "C": the label `place` can\'t be tested.',
        '15:57 T003 Test "C": there is no label `grade`.',
        '16:22 T005 Test "D": `percentile` can\'t be tested.',
        '17:21 T001 Test "E": `only` goes beside `rules`.',
        '18:21 T001 Test "F": `expect` expects nothing.',
        '18:25 T001 Test "F": Unknown key `foo`.',
        '19:22 T001 Test "G": `score` has no value.',
        "20:3 T001 Test 8: It has no `name`.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\ntests: [{name: a, expect: {score: 1}}]\n", '2:9 T001 Test "a": It has no `as_of`.'),
        (
            "version: 1\nas_of: 1m\ntests: [{name: a, expect: {score: 1}}]\n",
            "2:8 T001 `as_of` must be a date or an instant, such as `2026-11-21`, not the text `1m`.",
        ),
        ("version: 2\ntests: []\n", "1:10 T001 `version` must be 1, not the number `2`."),
        ("version: 1\ntests: {}\n", "2:8 T001 `tests` must be a list of tests, not a mapping."),
        ("version: 1\ntests:\n", "2:1 T001 `tests` has no value."),
        ("version: 1\nrules: no\n", "0:0 R001 The rule file can't be read: No such file or directory."),
        (
            "version: 1\nexclude: {tagg: a}\ntests: []\n",
            "2:11 R020 Unknown key `tagg` in a condition.",
        ),
        ("version: 1\nversion: 1\n", "2:1 R007 Duplicate key `version`, first on line 1."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file(text, said):
    assert said in problems(text)


def test_a_wrong_test_keeps_no_other_from_being_run(here):
    done = run("- {name: a, expect: {}}\n- {name: b, expect: {score: 0}}\n- {name: c, expect: {score: 1}}\n")
    assert "".join(test.mark for test in done.tests) == "E.F"
    (here / "rules.yaml").write_text("version: 1\n")
    done = run("- {name: a, expect: {score: 0}}\n")
    assert ("".join(test.mark for test in done.tests), done.problems[0].code) == ("E", "R023")


def test_the_project_s_hot_may_ask_for_labels_that_another_rule_file_lacks(here):
    (here / "flamescore.yaml").write_text(PROJECT.replace("hot_flames: 1", "hot: {label: {grade: A}}"))
    assert run("- {name: a, expect: {score: 0}}\n").problems == ()
    assert [each.code for each in run("- {name: a, expect: {hot: true}}\n").problems] == ["R084"]


def test_the_rule_files_that_are_shipped_pass_their_tests(monkeypatch):
    monkeypatch.chdir(ROOT)
    files = found_files(["rules"], find_settings(None))
    assert [path.name for path in files] == ["b2b.test.yaml", "keap.test.yaml", "ontraport.test.yaml"]
    done = run_tests(files, find_settings(None))
    assert (done.problems, [test for test in done.tests if not test.passed]) == ((), [])


def test_the_example_of_the_guide_fails_as_it_says(here):
    guide = (ROOT / "docs/guess-and-check.md").read_text(encoding="utf-8")
    (here / "rules").mkdir()
    (here / "rules/keap.yaml").write_text((ROOT / "rules/keap.yaml").read_text(encoding="utf-8"))
    (here / "flamescore.yaml").write_text(PROJECT.replace("rules.yaml", "rules/keap.yaml"))
    text = (
        guide.partition("## flamescore test\n")[2]
        .partition("```yaml\n")[2]
        .partition("```")[0]
        .replace("version: 1\n", "version: 1\nrules: keap.yaml\n")
    )
    path = here / "rules/keap.test.yaml"
    path.write_text(text)
    [name] = found_files([], find_settings(None))
    assert [test.mark for test in run_tests([name], find_settings(None)).tests] == [".", ".", "."]
    path.write_text(text.replace("Competitor, ago: 1d}", "Competitor, ago: 1d, action: removed}"))
    table = as_table(run_tests([name], find_settings(None)))
    shown = (
        "rules/keap.test.yaml .F.\n" + guide.partition("rules/keap.test.yaml .F.\n")[2].partition("```")[0]
    )
    assert table.rpartition(" in ")[0] == shown.rpartition(" in ")[0]


def test_the_schema_takes_what_is_right_and_nothing_else():
    schema = json_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    text = (ROOT / "rules/keap.test.yaml").read_text(encoding="utf-8")

    def valid(text):
        whole = json.loads(json.dumps(yaml.safe_load(text), default=date.isoformat))
        return jsonschema.Draft7Validator(schema).is_valid(whole)

    assert valid(text)
    for right, wrong in (
        ("expect:", "expects:"),
        ("at_most", "most"),
        ("ago: 2d", "ago: 2"),
        ("applied", "given"),
    ):
        assert not valid(text.replace(right, wrong)), wrong
