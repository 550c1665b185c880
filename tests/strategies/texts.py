"""Cases as the files of a user: a rule file in YAML, exports in CSV."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from strategies.accounts import ACCOUNT_COLUMNS
from strategies.words import CONTACT_COLUMNS, EVENT_COLUMNS

_PLAIN = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9_/.%:+-]| (?! |$))*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_RESERVED = frozenset(("true", "false", "null"))
_LAST_BMP = 0xFFFF


def to_yaml(book: Mapping[str, Any]) -> str:
    """Write a book as YAML that reads back to the same data under the rule language's schema."""
    return "\n".join(_block(book, 0)) + "\n"


def _block(node: Any, depth: int) -> list[str]:
    """Return the lines of a mapping or a list of mappings."""
    pad = "  " * depth
    if isinstance(node, Mapping):
        lines = []
        for key, value in node.items():
            lines += _entry(f"{pad}{scalar(key)}:", value, depth + 1)
        return lines
    lines = []
    for value in node:
        [first, *rest] = _block(value, depth + 1)
        lines += [f"{pad}- {first.lstrip(' ')}", *rest]
    return lines


def _entry(head: str, value: Any, depth: int) -> list[str]:
    is_block = isinstance(value, Mapping) or (
        isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
    )
    if is_block and value:
        return [head, *_block(value, depth)]
    return [f"{head} {_flow(value)}"]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """Write a scalar: plain if that reads back as the same value, else in double quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    is_plain = (
        _PLAIN.fullmatch(value)
        and not _NUMBER.fullmatch(value)
        and value.lower() not in _RESERVED
        and ": " not in value
        and not value.endswith(":")
    )
    return value if is_plain else '"' + "".join(_escaped(char) for char in value) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char == " " or char.isalnum() or (char.isascii() and char.isprintable()):
        return char
    point = ord(char)
    return f"\\u{point:04x}" if point <= _LAST_BMP else f"\\U{point:08x}"


def contacts_csv(contacts: Iterable[Mapping[str, Any]], separator: str = ",") -> str:
    """Write contacts as CSV, with their tags joined by the separator."""
    rows = [{**row, "tags": separator.join(row.get("tags") or [])} for row in contacts]
    return _csv(("contact_id", "tags", *CONTACT_COLUMNS, *ACCOUNT_COLUMNS), rows)


def events_csv(events: Iterable[Mapping[str, Any]]) -> str:
    """Write events as CSV, in their order."""
    return _csv(("contact_id", "event", "at", *EVENT_COLUMNS), events)


def tag_history_csv(tag_history: Iterable[Mapping[str, Any]]) -> str:
    """Write the tag history as CSV, in its order."""
    return _csv(("contact_id", "tag", "at", "action"), tag_history)


def list_file(columns: Mapping[str | None, Sequence[str | None]]) -> str:
    """Write a list file: its lines, or a CSV of its columns."""
    if None in columns:
        return "\n".join(line or "" for line in columns[None])
    rows = (dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))
    return _csv([str(column) for column in columns], [{str(k): v for k, v in row.items()} for row in rows])


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as CSV (RFC 4180): the given columns, then any others that the rows have."""
    rows = list(rows)
    header = dict.fromkeys((*columns, *(column for row in rows for column in row)))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(row.get(column)) for column in header] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else str(value)
