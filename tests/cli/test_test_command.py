"""`flamescore test`: exit codes, formats and files."""

from __future__ import annotations

import json

import pytest

TESTS = """\
version: 1
as_of: 2026-11-21
tests:
  - name: A VIP
    contact: {tags: VIP}
    expect: {score: 5, excluded: false}
  - name: A competitor
    contact: {tags: [VIP, Competitor]}
    expect: {score: -5}
"""


@pytest.fixture
def tests(project):
    path = project / "rules.test.yaml"
    path.write_text(TESTS)
    return path


@pytest.mark.usefixtures("tests")
def test_all_passed(flamescore):
    done = flamescore("test")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("rules.test.yaml ..\n2 passed in 0.")


def test_one_failed(tests, flamescore):
    tests.write_text(TESTS.replace("score: 5,", "score: 6,"))
    done = flamescore("test", "rules.test.yaml", "-x")
    assert (done.code, done.err) == (1, "")
    assert done.out.startswith(
        "rules.test.yaml F\n\nFAILED rules.test.yaml:4 A VIP\n"
        "    score: expected 6, was 5\n        +5  VIP\n1 failed in "
    )
    assert flamescore("test", "-k", "COMPETITOR").code == 0


def test_one_is_wrong(tests, flamescore):
    tests.write_text(TESTS.replace("score: 5,", "scor: 5,").replace("-5", "5"))
    done = flamescore("test")
    assert done.code == 2
    assert done.out.startswith("rules.test.yaml EF\n")
    assert "rules.test.yaml:6:14: error T001" in done.err


@pytest.mark.usefixtures("project")
def test_there_is_none(flamescore):
    for words in ((), ("none.test.yaml",), ("-k", "x")):
        done = flamescore("test", *words)
        assert (done.code, done.out) == (4, "")
        assert "T007" in done.err


def test_formats_by_flag_and_suffix(tests, flamescore):
    told = json.loads(flamescore("test", "--format", "json").out)
    assert [test["name"] for test in told["tests"]] == ["A VIP", "A competitor"]
    for name, begins in (("t.json", "{"), ("t.xml", "<?xml"), ("t.txt", "rules.test.yaml ..")):
        done = flamescore("test", "-o", name)
        assert (done.code, done.out) == (0, "")
        assert (tests.parent / name).read_text().startswith(begins)
    assert flamescore("test", "--format", "junit").out.startswith("<?xml")


def test_without_a_project_file(tests, flamescore):
    (tests.parent / "flamescore.yaml").unlink()
    tests.write_text(TESTS.replace(", excluded: false", ""))
    assert flamescore("test").code == 0


def test_a_real_case_as_a_test(scored, flamescore):
    done = flamescore("explain", "ann@example.com", "--as-test", "-o", "ann.test.yaml")
    assert (done.code, done.out, done.err) == (0, "", "")
    text = (scored / "ann.test.yaml").read_text()
    assert "rules: rules.yaml\n" in text
    assert "as_of: 2026-11-21T00:00:00Z\n" in text
    assert "- {event: form_submit, ago: 914400s}\n" in text
    assert flamescore("test").code == 0
    assert flamescore("explain", "101", "--as-test", "--as-of", "2026-11-21").out == text
    (scored / "tests").mkdir()
    assert flamescore("explain", "101", "--as-test", "-o", "tests/ann.test.yaml").code == 0
    assert flamescore("test", "tests").out.startswith("tests/ann.test.yaml .\n")
    for words in ((), ("101", "--run", "x", "--as-of", "today"), ("101", "--account", "Acme")):
        assert flamescore("explain", *words, "--as-test").code == 2


def test_a_real_case_of_a_run_with_other_rules(scored, flamescore):
    rules = scored / "rules.yaml"
    rules.write_text(rules.read_text().replace("points: 5}", "points: 6}", 1))
    done = flamescore("explain", "101", "--as-test", "-o", "a.test.yaml")
    assert done.err == "rules.yaml has changed since this run; the test is of the run's rules.\n"
    assert flamescore("test").code == 1
