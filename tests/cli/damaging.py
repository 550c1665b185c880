"""Ways to damage a file of a published run."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def flipped(at: float) -> Callable[[Path], None]:
    """Return a function that flips every bit of one byte: 0 is the first, 1 the last."""

    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[round(at * (len(data) - 1))] ^= 0xFF
        path.write_bytes(data)

    return flip


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def other_types(path: Path) -> None:
    """Replace every column by whole numbers, with the same number of rows."""
    frame = pl.read_parquet(path)
    height = frame.height
    pl.DataFrame({name: range(height) for name in frame.columns}).write_parquet(path)


def one_column_less(path: Path) -> None:
    frame = pl.read_parquet(path)
    (frame.drop(frame.columns[0]) if frame.width > 1 else frame.rename({"contact_id": "id"})).write_parquet(
        path
    )


def nulls(path: Path) -> None:
    """Keep the columns and write three rows of nulls."""
    frame = pl.read_parquet(path)
    pl.DataFrame({name: [None] * 3 for name in frame.columns}, schema=frame.schema).write_parquet(path)


TABLE_DAMAGE: dict[str, Callable[[Path], None]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b"") and None,
    "directory": directory,
    "a text": lambda path: path.write_text("Do not read me.\n") and None,
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]) and None,
    "a byte short": lambda path: path.write_bytes(path.read_bytes()[:-1]) and None,
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)) and None,
    "another schema": lambda path: pl.DataFrame({"a": [1], "b": [None]}).write_parquet(path),
    "other types": other_types,
    "a column less": one_column_less,
    "nulls": nulls,
    "first byte flipped": flipped(0),
    "a byte of the data flipped": flipped(0.1),
    "a byte in the middle flipped": flipped(0.5),
    "a byte of the footer flipped": flipped(0.9),
    "the footer's length flipped": flipped(1 - 1e-9),
}


def edited(**changes: Any) -> Callable[[Path], None]:
    """Return a function that sets fields of the record; `rules__text` is `text` within `rules`."""

    def edit(path: Path) -> None:
        told = json.loads(path.read_text())
        for name, value in changes.items():
            *parents, last = name.split("__")
            place = told
            for parent in parents:
                place = place[int(parent) if parent.isdigit() else parent]
            place[last] = value
        path.write_text(json.dumps(told))

    return edit


def without(*names: str) -> Callable[[Path], None]:
    def cut(path: Path) -> None:
        told = json.loads(path.read_text())
        path.write_text(json.dumps({name: each for name, each in told.items() if name not in names}))

    return cut


RECORD_DAMAGE: dict[str, Callable[[Path], None]] = {
    **{kind: TABLE_DAMAGE[kind] for kind in ("missing", "empty", "directory", "a text", "half", "zeroed")},
    "a list": lambda path: path.write_text("[]") and None,
    "no JSON": lambda path: path.write_text("{") and None,
    "nested without end": lambda path: path.write_text("[" * 100_000) and None,
    "not UTF-8": lambda path: path.write_bytes(path.read_bytes().replace(b"Interest", b"\xff\xfe")) and None,
    "a number for a text": edited(rules__path=5),
    "a text for a number": edited(contacts="many"),
    "a number that no table holds": edited(contacts=10**30),
    "no number": lambda path: (
        path.write_text(path.read_text().replace('"contacts": 8', '"contacts": NaN')) and None
    ),
    "no as_of": without("as_of"),
    "no rules": without("rules"),
    "an as_of that is none": edited(as_of="yesterday"),
    "another as_of": edited(as_of="2020-01-01T00:00:00Z"),
    "the record of another run": edited(run_id="2026-11-21T070000Z-000000"),
    "an unknown zone": edited(timezone="Mars/Olympus"),
    "a zone that leads out": edited(timezone="../../etc/passwd"),
    "a zone with NUL": edited(timezone="UTC\x00"),
    "a zone that is a folder": edited(timezone="America"),
    "other rules": edited(rules__text="version: 1\n"),
    "no scores": edited(scores=[]),
    "too many flames": edited(hot_flames=9),
    "changes of other scores": edited(changes__scores=[]),
    "changes since a later time": edited(changes__as_of="9999-12-31T23:59:59Z"),
    "changes since the first year": edited(changes__as_of="0001-01-01T00:00:00Z"),
}


def copied(output: Path, place: Path) -> Path:
    """Copy an output folder, including its link."""
    return shutil.copytree(output, place, symlinks=True)
