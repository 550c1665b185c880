"""A test as YAML that people can read and edit; parsing it gives the same test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flamescore.text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from flamescore.rule_tests.cases import ExpectedScore, GivenEvent, GivenTag, RuleTest
    from flamescore.rules import RuleBook

_PLAIN: Final = re.compile(r"[A-Za-z0-9_/.](?:[A-Za-z0-9_/.@+ ()-]|:(?=\S))*(?<! )|-?[0-9]+(?:\.[0-9]+)?")
_NULLS: Final = ("null", "~", "")
_NARROW: Final = 100


def as_yaml(test: RuleTest, book: RuleBook, file: str) -> str:
    """Return a file with one test; `file` is the rule file as the test names it, `book` its content."""
    as_of = test.as_of.utc(book.zone)
    lines = ["version: 1", f"rules: {_scalar(file)}", "", "tests:", f"  - name: {_scalar(test.name)}"]
    lines += [f"    as_of: {_instant(as_of)}"]
    contact: dict[str, Any] = {**({"tags": list(test.tags)} if test.tags else {}), **test.contact}
    lines += _entry("contact", contact, 4)
    lines += _listed("events", [_event(each) for each in test.events])
    lines += _listed("tag_history", [_tag(each) for each in test.tag_history])
    lines.append("    expect:")
    for name, expected in test.expect.scores.items():
        if name is None:
            lines += _expected(expected, 6)
    others = {name: each for name, each in test.expect.scores.items() if name is not None}
    if others:
        lines.append("      scores:")
    for name, expected in others.items():
        lines += [f"        {_scalar(name)}:", *_expected(expected, 10)]
    return "\n".join(lines) + "\n"


def _event(event: GivenEvent) -> dict[str, Any]:
    return {"event": event.event, "ago": str(event.when.ago), **event.cells}


def _tag(entry: GivenTag) -> dict[str, Any]:
    removed = {"action": entry.action} if entry.action != "applied" else {}
    return {"tag": entry.tag, "ago": str(entry.when.ago), **removed}


def _expected(expected: ExpectedScore, indent: int) -> Iterator[str]:
    before = " " * indent
    if expected.scored is not None:
        yield f"{before}scored: {str(expected.scored).lower()}"
        return
    if expected.score is not None:
        yield f"{before}score: {expected.score}"
    if expected.flames is not None:
        yield f"{before}flames: {expected.flames}"
    rules = {rule: str(points) for rule, points in expected.rules.items()}
    yield from _entry("rules", rules, indent) if rules else (f"{before}rules: {{}}",)
    yield f"{before}only: true"


def _listed(key: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    if rows:
        yield f"    {key}:"
        yield from (f"      - {_flow(row)}" for row in rows)


def _entry(key: str, value: Mapping[str, Any], indent: int) -> Iterator[str]:
    """Yield a mapping on one line, or one line per entry if that is too wide; nothing if it is empty."""
    before, line = " " * indent, _flow(value)
    if value and len(line) + indent + len(key) <= _NARROW:
        yield f"{before}{key}: {line}"
    elif value:
        yield f"{before}{key}:"
        yield from (f"{before}  {_scalar(name)}: {_flow(each)}" for name, each in value.items())


def _flow(value: Any) -> str:  # noqa: ANN401 - a cell, a list or a mapping
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(text: str) -> str:
    """Return a text as YAML, without quotes if it needs none."""
    return text if text not in _NULLS and _PLAIN.fullmatch(text) else json_text(text)


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
