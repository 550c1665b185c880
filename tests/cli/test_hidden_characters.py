"""No hidden character from data, files, arguments or the environment reaches a terminal or log unescaped."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
import yaml

from cli.small import record
from cli.terminal import CODES, on_terminal
from flamescore.columns import Columns
from flamescore.errors import RuleFileError
from flamescore.rules import bind_rules, load_rules_text

MARK = "zq\x1b[31m\x07\r\n\u202e\u200b\x85\u2066\ufeffqz"
SHOWN = r"zq\x1b[31m\x07\x0d\x0a\u202e\u200b\x85\u2066\ufeffqz"
ARGUMENT = MARK + "\udcff"
OUTPUT = "out" + MARK.replace("[", "")
HIDDEN = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
QUOTED = json.dumps(MARK, ensure_ascii=True)
"""The mark as a JSON or YAML string."""

SPELT = QUOTED.replace(r"\u202e\u200b", "\u202e\u200b")
"""The same, with the characters unescaped that YAML allows."""


def clean(text: str) -> str:
    """Return the text after checking that it has no hidden characters other than line feeds."""
    assert HIDDEN.search(text) is None, repr(HIDDEN.search(text))
    assert "\nqz" not in text
    return text


# --- arguments and variables

ARGUMENTS = [
    (ARGUMENT,),
    ("--" + ARGUMENT,),
    ("score", ARGUMENT),
    ("score", "--" + ARGUMENT),
    ("score", "--log-format", ARGUMENT),
    ("score", "--config", ARGUMENT),
    ("score", "--rules", ARGUMENT),
    ("score", "--contacts", ARGUMENT),
    ("score", "--events", ARGUMENT + "*"),
    ("score", "--as-of", ARGUMENT),
    ("score", "--max-rejects", ARGUMENT),
    ("score", "--hot-flames", ARGUMENT),
    ("score", "--lock-timeout", ARGUMENT),
    ("score", "--trend", ARGUMENT),
    ("score", "--output", "contacts.csv/" + ARGUMENT),
    ("explain", ARGUMENT),
    ("explain", "101", "--run", ARGUMENT),
    ("explain", "101", "--as-of", ARGUMENT),
    ("explain", "101", "--format", ARGUMENT),
    ("explain", "101", "-o", ARGUMENT),
    ("explain", "101", "-o", f"{ARGUMENT}/x.json"),
    ("search", "--columns", ARGUMENT),
    ("search", "--where", MARK),
    ("search", "--where", f"{ARGUMENT}=x"),
    ("search", "--where", f"Country: [{SPELT}"),
    ("search", "--where", f"{{{SPELT}: {SPELT}}}"),
    ("search", "--where", f"{{Employees: {{at_least: {SPELT}}}}}"),
    ("search", "--where", f'{{Country: {{matches: {SPELT[:-1]}("}}}}'),
    ("search", "--score", ARGUMENT),
    ("search", "--score", f"interest:{ARGUMENT}"),
    ("search", "--flames", ARGUMENT),
    ("search", "--min-score", ARGUMENT),
    ("search", "--min-percentile", ARGUMENT),
    ("search", "--changed", ARGUMENT),
    ("search", "--limit", ARGUMENT),
    ("search", "--run", ARGUMENT),
    ("search", "--format", ARGUMENT),
    ("search", "-o", ARGUMENT),
    ("search", "-o", f"{ARGUMENT}/x.csv"),
    ("search", "--config", ARGUMENT),
    ("report", "--format", ARGUMENT),
    ("report", "--run", ARGUMENT),
    ("report", "-o", f"{ARGUMENT}/x.html"),
    ("changes", "--score", ARGUMENT),
    ("changes", "--run", ARGUMENT),
    ("runs", "--output", ARGUMENT, "--format", ARGUMENT),
    ("presets", ARGUMENT),
    ("presets", "-o", ARGUMENT),
    ("schema", ARGUMENT),
    ("schema", "-o", f"{ARGUMENT}/x"),
]


@pytest.mark.parametrize("words", ARGUMENTS, ids=lambda words: " ".join(words).replace(ARGUMENT, "MARK")[:40])
def test_an_argument(scored, flamescore, words):  # noqa: ARG001 - a folder with a run
    done = flamescore(*words)
    assert done.code in (2, 3, 4, 6)
    assert "zq" in clean(done.err)
    assert done.out == ""
    if "--log-format" not in words:
        done = flamescore(*words, "--log-format", "json")
        assert len(clean(done.err).splitlines()) == len([json.loads(line) for line in done.err.splitlines()])


def test_an_argument_that_is_no_error(scored, flamescore):  # noqa: ARG001 - a folder with a run
    for words in (("--owner", ARGUMENT), ("--tag", ARGUMENT), ("--text", ARGUMENT)):
        done = flamescore("search", *words, "--format", "table")
        assert done.code == 0
        clean(done.err + done.out)


VARIABLES = (
    "CONFIG",
    "AS_OF",
    "OUTPUT",
    "RULES",
    "MAX_REJECTS",
    "HOT_FLAMES",
    "KEEP_RUNS",
    "MODE",
    "CONTACTS",
)


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable(scored, flamescore, name):  # noqa: ARG001
    value = "contacts.csv/" + MARK if name == "OUTPUT" else MARK
    done = flamescore("score", **{f"FLAMESCORE_{name}": value})
    assert done.code in (2, 3, 6)
    assert SHOWN in clean(done.err)
    assert done.out == ""


# --- names in files and data


def marked(folder: Path) -> Path:
    """Write a project whose names and values all contain the mark; return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).mkdir()
    (folder / MARK / f"{MARK}.csv").write_text(
        table(
            ["Id", MARK, MARK, "", "Mail" + MARK, "Name", "Firm", "Phone", "Rep", "Tags", "Since" + MARK],
            *(
                [f"{n}{MARK}", "x", "y", "z", f"a@{MARK}", "Ann" + MARK, *[MARK] * 3, f"{MARK},VIP", MARK]
                for n in range(1, 4)
            ),
        ),
        newline="",
    )
    (folder / f"{MARK}.ndjson").write_text(
        "".join(
            json.dumps({"contact_id": f"{n}{MARK}", "event": kind, "at": at, MARK: MARK}) + "\n"
            for n in (1, 2, 2, 3)
            for kind, at in ((MARK, "2026-11-20T10:00:00Z"), ("other" + MARK, "2026-11-19"), (MARK, MARK))
        )
    )
    (folder / f"{MARK}.yaml").write_text(
        json.dumps(
            {
                "version": 1,
                "scores": {
                    "interest": {
                        "title": MARK,
                        "five_flames": 9,
                        "defaults": {"count": "each", "expires": "4w"},
                        "groups": {MARK: {"expires": "8w"}},
                        "rules": [
                            {"name": "A" + MARK, "event": MARK, "group": MARK, "points": 4},
                            {"name": "B" + MARK, "event": "some" + MARK, "points": 4},
                            {"name": "C" + MARK, "tag": MARK, "points": 4},
                            {"name": "D" + MARK, "field": {"Since" + MARK: {"at_least": 5}}, "points": 4},
                            {"name": "E" + MARK, "event": MARK, "points": {"from": MARK, "multiply_by": 2}},
                            {
                                "name": "F" + MARK,
                                "event": "other" + MARK,
                                "expires": "60w",
                                "where": {MARK: {"contains": MARK}},
                                "points": 5,
                            },
                        ],
                    }
                },
            }
        )
    )
    (folder / "flamescore.yaml").write_text(
        json.dumps(
            {
                "version": 1,
                "rules": f"{MARK}.yaml",
                "output": OUTPUT,
                "as_of": "2026-11-21",
                "max_rejects": "90%",
                "keep": ["name", "lost" + MARK],
                "contacts": [
                    {
                        "path": MARK,
                        "columns": {
                            "contact_id": "Id",
                            "name": "Name",
                            "email": "Mail" + MARK,
                            "company": "Firm",
                            "phone": "Phone",
                            "owner": "Rep",
                            "tags": "Tags",
                        },
                    }
                ],
                "events": [{"path": f"{MARK}.ndjson"}],
            }
        )
    )
    return folder


def table(*rows: list[str]) -> str:
    page = io.StringIO(newline="")
    csv.writer(page).writerows(rows)
    return page.getvalue()


@pytest.fixture
def names(tmp_path, monkeypatch, project):  # noqa: ARG001 - it clears the environment
    folder = marked(tmp_path / "marked")
    monkeypatch.chdir(folder)
    return folder


def test_names_in_everything_that_is_told_of_a_run(names, flamescore):
    done = flamescore("score")
    assert done.code == 0, done.err
    assert SHOWN in clean(done.err)
    assert "3 contacts" in clean(done.out)
    told = (names / (OUTPUT) / "latest" / "run.json").read_text(encoding="utf-8")
    clean(told)
    for each in record(names, OUTPUT)["warnings"]:
        clean(each)
    assert any(SHOWN in each for each in record(names, OUTPUT)["warnings"])
    assert record(names, OUTPUT)["scores"][0]["title"] == MARK
    for page in ("report.md", "report.html"):
        clean((names / (OUTPUT) / "latest" / page).read_text(encoding="utf-8"))
    flamescore("score", "--as-of", "2026-11-22", "-v")
    for words in (
        ("score", "--dry-run", "-v"),
        ("explain", "1" + MARK, "--all"),
        ("explain", "1" + MARK, "--all", "--format", "json"),
        ("explain", "1" + MARK, "--as-of", "2026-11-20", "--rank"),
        ("search", "--format", "table"),
        ("search", "--format", "md"),
        ("search", "--format", "json", "--columns", f"contact_id,{MARK},name"),
        ("search", "--format", "ndjson"),
        ("search", "--flames", "0", "--all", "--format", "table"),
        ("report",),
        ("report", "--format", "md"),
        ("report", "--format", "html"),
        ("changes", "--format", "table"),
        ("changes", "--format", "json"),
        ("runs", "--format", "table"),
    ):
        done = flamescore(*words)
        if MARK in "".join(words[2:]) and words[0] == "search":
            assert done.code == 2
        else:
            assert done.code == 0, done.err
        clean(done.err + done.out)


def test_names_on_a_terminal(names):
    for words in (
        ("score",),
        ("search", "--all"),
        ("explain", "1" + MARK),
        ("report",),
        ("changes",),
        ("runs",),
    ):
        code, text = on_terminal(*words, cwd=names, width=120)
        assert code == 0
        seen = clean(CODES.sub("", text).replace("\r", ""))
        assert "zq" in seen or words[0] in ("changes", "runs")


def test_json_stays_exact(names, flamescore):  # noqa: ARG001
    flamescore("score")
    done = flamescore("search", "--format", "json", "--limit", "1", "--columns", "company")
    assert json.loads(done.out)[0]["company"] == MARK
    done = flamescore("explain", "1" + MARK, "--format", "json")
    assert json.loads(done.out)["contact_id"] == "1" + MARK


def test_two_contacts_with_one_address(names, flamescore):  # noqa: ARG001
    flamescore("score")
    done = flamescore("explain", f"a@{MARK}")
    assert done.code == 2
    assert f"3 contacts share this e-mail: `1{SHOWN}`" in clean(done.err)


@pytest.mark.parametrize("strict", ["--strict", "--max-rejects=0%"])
def test_too_many_rejects(names, flamescore, strict):  # noqa: ARG001
    done = flamescore("score", strict)
    assert done.code == 3 or strict == "--max-rejects=0%"
    clean(done.err)


@pytest.mark.parametrize(
    "content", ["", "\n", "\0\0", "PK\x03\x04", "a,a\n1,2\n", '"', "\x1b", "{", "a\n1\n"]
)
@pytest.mark.parametrize("suffix", ["csv", "ndjson", "parquet", "csv.gz", "csv.zst", "xlsx"])
def test_a_damaged_file_of_such_a_name(names, flamescore, content, suffix):
    (names / MARK / f"{MARK}.csv").unlink()
    (names / MARK / f"{MARK}.{suffix}").write_text(content)
    done = flamescore("score")
    assert done.code in (2, 3)
    assert SHOWN in clean(done.err)


# --- every message about rule and project files

TESTS = Path(__file__).parents[1]
FAULTS = sorted((*TESTS.glob("rules/faults/*.yaml"), *TESTS.glob("bind/faults/*.yaml")))
COLUMNS = Columns(
    ("contact_id", "email", "country", "tags"), ("url", "asset"), has_tags=True, has_events=True
)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_fault_of_a_rule_file_with_the_mark_in_each_of_its_texts(path):
    text = path.read_bytes().decode("utf-8", "replace")
    for said in (text.replace("\n", f" # {MARK[-7:]}\n"), *with_mark(text)):
        told = clean(problems(said))
        assert all(len(line) <= 208 for line in told.split("\n") if re.match(r" {0,4}\d+ \| ", line))


def problems(text: str) -> str:
    """Return all messages about a rule file."""
    try:
        return "\n".join(map(str, bind_rules(load_rules_text(text, f"{MARK}.yaml"), COLUMNS).warnings))
    except RuleFileError as error:
        return str(error)


def with_mark(text: str) -> list[str]:
    """Return the text with the mark in each of its scalars in turn: appended, and as a replacement."""
    found = []
    try:
        for token in yaml.scan(text):
            if isinstance(token, yaml.ScalarToken) and token.start_mark.line == token.end_mark.line:
                start, end = token.start_mark.index, token.end_mark.index
                found += [
                    f"{text[:start]}{each}{text[end:]}" for each in (f'"{token.value[:9]}{SPELT[1:]}', SPELT)
                ]
    except yaml.YAMLError:
        pass
    return found


SETTINGS = [
    "KEY: 1",
    "version: KEY",
    "output: [KEY]",
    "as_of: KEY",
    "mode: KEY",
    "keep: {KEY: KEY}",
    "keep_runs: KEY",
    "hot_flames: KEY",
    "max_rejects: KEY",
    "call_list: {exclude: {tag: {KEY: 1}}}",
    "call_list: {exclude: {field: {KEY: 1}}}",
    "contacts: KEY",
    "contacts: [KEY]",
    "contacts: [{KEY: 1}]",
    *(
        f"contacts: [{{path: contacts.csv, {each}}}]"
        for each in (
            "KEY: 1",
            "format: KEY",
            "preset: KEY",
            "encoding: KEY",
            "delimiter: KEY",
            "quote: KEY",
            "files: KEY",
            "timezone: KEY",
            "max_age: KEY",
            "max_rejects: KEY",
            "columns: {contact_id: KEY}",
            "columns: {KEY: KEY}",
            "columns: KEY",
            "rename: {KEY: {a: b}}",
            "dates: {KEY: '%d'}",
            "dates: {Id: KEY}",
            "leave_out: {KEY: a}",
            "from_file_name: {KEY: KEY}",
            "from_file_name: {KEY: '('}",
            "begins_after: KEY",
            "skip_rows: KEY",
            "names: [KEY, KEY]",
            "merged: {column: KEY}",
            "tags: {separator: KEY}",
            "constants: {KEY: [1]}",
        )
    ),
    "events: [{path: KEY}]",
    "events: [{path: events.csv, columns: {contact: contact_id}, contact_key: KEY}]",
    "events: [{path: events.csv, at: {format: KEY}}]",
    "tag_history: [{path: events.csv, columns: {tag: KEY}}]",
    "opportunities: [{path: KEY/*}]",
    "&a KEY: *b",
    "a: KEY KEY",
    "a: !KEY x",
    "? [KEY]",
    "KEY: &a [*a]",
]


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_fault_of_a_project_file(project, flamescore, setting):
    kept = "" if setting.startswith("version") else "version: 1\n"
    here = "" if "contacts" in setting else "contacts: [{path: contacts.csv, columns: {contact_id: Id}}]\n"
    text = f"{kept}{here}{setting.replace('KEY', SPELT)}  # \u202e\n"
    (project / "flamescore.yaml").write_text(text, encoding="utf-8")
    done = flamescore("score", "--rules", "rules.yaml")
    assert done.code in (0, 2, 3), done.err
    clean(done.err + done.out)
    assert done.code == 0 or r"\u202e" in done.err or "R092" in done.err
