"""Every text that people read: plain words, no inversions, no lists that begin with "There are", short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "flamescore"
WORDS = re.compile(
    r"(?<![Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b)\w"
    r"|\b[Tt]here are:? \{"
    r"|\bsuch\b(?! as\b)"
    r"|\bof it\b"
    r"|\btold\b(?! apart\b)|\bsaid\b"
    r"|\b[Mm]end(?:s|ed)?\b"
    r"|\bholds?\b(?!-)|\bstands?\b"
    r"|\b[Tt]akes? (?:\S+ ){0,3}out\b|\b[Tt]aken out\b"
    r"|(?<!\{\} )\bgone\b"
)
"""What no message may contain, except counts ("3 gone") and groups of a backtest ("can be told apart")."""

WRITTEN_SO = (
    'Column "{}" of {} holds values of several types; make it text first.',
    "The shards told of {} {}, and {} were given. Nothing is published.",
    "{}: {} {} stand {}; a table has no first row.",
    "One contact has {} events that may count; a shard holds {}.",
)
DESCRIPTIONS = {"Key", "Shape", "_Operator", "_condition_shape", "_rule_shape", "key", "setting"}
"""Calls that take the meaning of a key, for schemas and reference pages; these are not messages."""

MESSAGE = {"Problem": 1, "fault": 1, "Finding": 3, "refuse": 1, "report": 1, "remark": 0}
"""Calls that take a message, and the position of that argument."""

LONGEST = 100
MODULES = sorted(
    path
    for path in SOURCE.rglob("*.py")
    if not path.name.startswith("codes_of_") and path.parent.name != "compiled"
)
"""All modules except the tables of codes, which are a page of the docs, and the compiled templates."""


def text_of(node: ast.AST) -> str | None:
    """Return a text with `{}` for each placeholder; None for any other node."""
    if isinstance(node, ast.JoinedStr):
        return "".join(each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def named(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def texts(node: ast.AST):
    """Yield the line and the text of every literal of three words or more that is not a description."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call) and named(node) in DESCRIPTIONS:
        return
    said = text_of(node)
    if said is not None and len(said.split()) > 2:
        yield node.lineno, said
    elif not isinstance(node, ast.JoinedStr):
        for each in ast.iter_child_nodes(node):
            yield from texts(each)


def messages(tree: ast.AST):
    """Yield the line and the text of each message passed to a call in `MESSAGE`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = MESSAGE.get(named(node), len(node.args))
            said = text_of(node.args[place]) if place < len(node.args) else None
            if said is not None:
                yield node.lineno, said


def faults(text: str) -> list[str]:
    return [] if text in WRITTEN_SO else [found[0] for found in WORDS.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "`soon` is no period.", "There are {}.", "There are: {}.", "There is no such file.", "nothing of it",
        "what changed is not told", "as was said", "Mend the line.", "its condition does not hold",
        "`if` can't stand here.", "Take it out.",
        "Take the quotes off, or take out the key.", "The file is gone.",
    ],
)  # fmt: skip
def test_what_no_message_has_is_seen(text):
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "There is no column `{}`.", "This run has no score `{}`.", "Use a number and a unit, such as 7d.",
        "{} gone", "2 hot leads are held out (5%)", "it is no longer there", "Run {} has no hold-out.",
    ],
)  # fmt: skip
def test_what_a_message_may_have(text):
    assert faults(text) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_texts_of_a_module(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [f"{line}: {text}" for line, text in texts(tree) if faults(text)] == []
    assert [f"{line}: {text}" for line, text in messages(tree) if len(text.replace("{}", "")) > LONGEST] == []
