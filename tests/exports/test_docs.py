"""The docs match the code."""

import re
from pathlib import Path

from flamescore import input_errors as faults
from flamescore.exports import records
from flamescore.exports.rejects import REASONS

DOCS = Path(__file__).parents[2] / "docs"


def test_every_reason_is_documented_with_its_message():
    found = re.findall(r"^\| `(\w+)` \| (.+\.) \|$", (DOCS / "exports.md").read_text(), re.MULTILINE)
    assert dict(found) == REASONS
    assert set(records.REASONS.values()) <= set(REASONS)


def test_every_code_is_documented():
    texts = {value for name, value in vars(faults).items() if name.isupper() and isinstance(value, str)}
    codes = {text for text in texts if re.fullmatch(r"[A-Z][0-9]{3}", text)}
    text = (DOCS / "exports.md").read_text() + (DOCS / "project-file.md").read_text()
    assert {code for code in codes if f"| {code} |" not in text} == set()
