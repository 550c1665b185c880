"""What is shipped or shown gives no unaccepted warnings: the sample, the rule files, the README."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def told(*words, cwd):
    """Return the warnings and errors that a command reports. The command must succeed."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FLAMESCORE_")}
    done = subprocess.run(
        [sys.executable, "-m", "flamescore", *words, "--log-format", "json"],
        cwd=cwd, env=clean, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    open_ones = [each for each in lines if each["level"] in ("warning", "error") and each["accepted"] is None]
    return [(each["code"], each["subject"]) for each in open_ones]


SHIPPED = sorted(path.name for path in (ROOT / "rules").glob("*.yaml") if ".test" not in path.suffixes)


@pytest.mark.parametrize("rules", SHIPPED)
def test_the_sample_with_the_rules_that_are_shipped(tmp_path, rules):
    asked = ("--rules", f"rules/{rules}", "--output", str(tmp_path / "out"))
    assert told("score", *asked, "-v", "--strict", cwd=ROOT) == []


def test_the_first_commands_of_the_readme(tmp_path):
    (tmp_path / "exports").mkdir()
    texts = [body for language, body in FENCE.findall(README) if language in ("csv", "yaml")]
    names = ("exports/contacts.csv", "exports/clicks-2026.csv", "flamescore.yaml", "rules.yaml")
    for name, text in zip(names, texts, strict=False):
        (tmp_path / name).write_text(text, encoding="utf-8")
    commands = re.findall(r"^    flamescore (.+)$", README, re.MULTILINE)[4:]  # after those of `init`
    assert len(commands) == 3
    for words in commands:
        assert told(*words.split(), cwd=tmp_path) == []
