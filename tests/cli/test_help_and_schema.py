"""The help, version and schema of the program."""

from __future__ import annotations

import json
import subprocess
import sys

import jsonschema
import pytest
import yaml

from cli.log_lines import first_line
from cli.small import PROJECT, RULES, environment
from flamescore import __version__

VERBS = ["score", "explain", "search", "schema"]


def test_the_list_of_commands_says_what_each_does(flamescore):
    done = flamescore("--help")
    assert (done.code, done.err) == (0, "")
    for verb, gist in {
        "score": "Score every contact and publish a run: the nightly job.",
        "explain": "Show why a contact has its scores, to the last digit.",
        "search": "List contacts of a run, best first: the call list.",
        "schema": "Print the JSON Schema of rule or project files, or of tests.",
    }.items():
        assert f"  {verb:<9}  {gist}\n" in done.out


@pytest.mark.once
@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("verb", VERBS)
def test_each_help_opens_with_an_example(flamescore, verb, flag):
    done = flamescore(verb, flag)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith(f"Usage: flamescore {verb} [OPTIONS]")
    assert lines[2].startswith(f"  Example: flamescore {verb}")


def test_help_version_and_faults_of_words_come_without_polars():
    text = (
        "import sys; sys.argv = ['flamescore', *sys.argv[1:]]\n"
        "from flamescore.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "assert not {'polars', 'numpy', 'rich.console', 'yaml'} & set(sys.modules)\n"
    )
    for words in (["--help"], ["--version"], ["score", "--help"], ["search", "-h"], ["nonsense"]):
        subprocess.run(
            [sys.executable, "-c", text, *words], check=True, capture_output=True, env=environment()
        )


def test_version(flamescore, process):
    assert flamescore("--version").out == f"flamescore {__version__}\n"
    assert process("--version").out == f"flamescore {__version__}\n"


@pytest.mark.parametrize(("words", "said"), [
    (["nonsense"], "No such command 'nonsense'."),
    (["score", "--bogus"], "No such option: --bogus"),
    (["explain"], "Missing argument"),
])  # fmt: skip
def test_words_that_are_not_understood(flamescore, words, said):
    done = flamescore(*words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_no_word_at_all_shows_the_help(flamescore):
    done = flamescore()
    assert "Commands:" in done.out + done.err


def test_schema_of_rules_is_the_default(flamescore, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rules = flamescore("schema").out
    assert flamescore("schema", "rules").out == rules
    jsonschema.validate(yaml.safe_load(RULES), json.loads(rules))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(RULES.replace("points", "pionts")), json.loads(rules))


def test_schema_of_projects(flamescore):
    project = json.loads(flamescore("schema", "project").out)
    plain = PROJECT.replace("2026-11-21", '"2026-11-21"')
    jsonschema.validate(yaml.safe_load(plain), project)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(plain.replace("rules:", "rule:")), project)


def test_schema_into_a_file(flamescore, tmp_path):
    path = tmp_path / "rules.schema.json"
    assert flamescore("schema", "-o", str(path)).out == ""
    assert path.read_text() == flamescore("schema", "-o", "-").out
    done = flamescore("schema", "-o", str(tmp_path / "none" / "x.json"), "--log-format", "json")
    assert (done.code, first_line(done.err)["code"]) == (6, "O007")
