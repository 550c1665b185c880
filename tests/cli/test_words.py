"""The wording of help and of messages about flags, sentence by sentence."""

# ruff: noqa: E501 - one sentence per line

from __future__ import annotations

import re

import pytest

HELP = {
    "": [
        "Print the version and exit.",
        "List stored runs, or delete old ones.",
        "List the vendor presets, or show one.",
    ],
    "score": [
        "Hide notes and progress; -qq hides warnings too.",
        "Show notes in full, and timings, on stderr.",
        "Write messages as text, or as one JSON object per line.",
        "Project file. Default: $FLAMESCORE_CONFIG, else flamescore.yaml in this folder or a parent.",
        "Allow this many rejected rows per source: a percentage such as 5%, or a number.",
        "a check for implausible exports fails.",
        "Score and show what would change, without writing anything.",
        "Add each contact's score this long ago and the difference, such as 7d, 2w or 1mo.",
        "Read the exports, score every contact, publish the results as a run and print a summary.",
    ],
    "explain": [
        "With --as-of: score every contact, to show rank and percentile.",
        "Include rules and events that did not count, with the reason.",
    ],
    "search": [
        "Write to this file instead of stdout.",
        "Default: by the suffix of -o; else a table on a terminal, CSV in a pipe.",
        "Use this run instead of the latest: an id, the start of one, or a day such as 2026-01-01.",
        "Number of flames: 5, 4-5 or 4+.",
        "Only contacts with at least this score.",
        "Only contacts better than this percentage of the others.",
        "Only this owner's contacts (Unassigned: no owner). Repeat for several owners.",
        "Only contacts with this tag. Repeat to require several.",
        "A condition as in rule files, or short: country=US, 'employees>100'.",
        "Search name, company, e-mail and phone; or give a whole id.",
        "Only contacts whose score changed this way since the last run.",
        "Include contacts excluded from calls, or held out.",
        "Show at most this many rows.",
        "Show these columns, separated by commas.",
    ],
    "changes": [
        "Include unchanged contacts and those excluded from calls or held out.",
        "Which score. Default: the first in the rule file.",
    ],
    "report": [
        "Remove names, companies, e-mails and phones so the report can be shared; contact ids stay.",
    ],
    "runs": ["Delete the oldest runs until keep_runs remain; never the latest."],
}


@pytest.mark.once
@pytest.mark.parametrize("command", HELP)
def test_help(flamescore, command):
    words = [command] if command else []
    text = re.sub(r"-\n\s+(?=mail)", "-", flamescore(*words, "--help").out)
    text = re.sub(r"\s+", " ", text)
    assert [each for each in HELP[command] if each not in text] == []


MESSAGES = [
    ("report --format pdf", "U002: `pdf` is not a report format.", "Use table, html, md or xlsx."),
    ("search --score zzz", "U005: This run has no score `zzz`.", "Scores in this run: interest, fit."),
    ("search --flames 9", "U006: --flames `9` is not a number of flames.", "Use 0 to 5, a range such as 4-5, or 4+."),
    ("search --score fit:x", "U006: --score `x` is not a number of flames.", "Use 0 to 5, a range such as 4-5, or 4+."),
    ("search --columns zzz", "U008: There is no column `zzz`.", ""),
    ("search -o calls.foo", "U010: Can't tell the format from `calls.foo`.", "Use one of the suffixes .csv, .json, .ndjson, .parquet, .xlsx, .md, .txt, or add --format."),
    ("score --trend soon", "U014: --trend `soon` is not a period.", "Use a number and a unit, such as 7d, 2w or 1mo."),
    ("search --limit many", "U002: --limit must be a whole number, not `many`.", "See `flamescore search --help`."),
    ("explain 101 --run latest --as-of 2026-11-21", "U011: Use --run or --as-of, not both.", ""),
    ("explain nobody", "N001: No contact has the id or e-mail `nobody`.", "Ids match exactly (0042 is not 42); e-mails match as a whole."),
    ("explain shared@example.com", "U004: 2 contacts share this e-mail: `105`, `106`.", "Use one of their ids."),
    ("presets zzz", "P029: There is no preset `zzz`.", "See `flamescore presets`."),
]  # fmt: skip


@pytest.mark.parametrize(("words", "message", "hint"), MESSAGES, ids=[words for words, _, _ in MESSAGES])
@pytest.mark.usefixtures("scored")
def test_a_message(flamescore, words, message, hint):
    done = flamescore(*words.split())
    assert done.code in (2, 4)
    first, *rest = done.err.splitlines()
    assert first == f"error {message}"
    assert hint in "".join(rest)


def test_without_a_project_file(here, flamescore):
    assert not (here / "flamescore.yaml").exists()
    done = flamescore("score")
    assert done.err.startswith(
        "error U001: No project file (flamescore.yaml) found in this folder or above.\n"
        "        Do: Run `flamescore init`, or give --contacts, --events and --rules.\n"
    )
