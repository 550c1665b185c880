"""Run the product on generated cases, and convert the oracle's results to the product's form."""

import atexit
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.account_frames import ACCOUNTS
from flamescore.columns import Columns, ListColumns
from flamescore.engine import DEFAULT_TUNING, Tuning
from flamescore.exports import ListFiles
from flamescore.frames import (
    INSTANT,
    ITEM_END,
    LIST_SUFFIX,
    TAG_HISTORY,
    Counts,
    EventSource,
    Exports,
    SourceRecord,
)
from flamescore.labels import judged
from flamescore.rules import (
    Condition,
    EventRule,
    Hot,
    Names,
    RuleBook,
    bind_condition,
    bind_rules,
    load_condition,
    load_events,
    load_rules_text,
)
from flamescore.scoring import Scored, score_exports
from flamescore.tables import WRITERS, TableSettings
from flamescore.units import parse_period
from flamescore.yaml_tree import parse
from oracle_conditions import items_of
from oracle_words import present
from strategies import Case, case_of, list_file, to_yaml
from strategies.accounts import ACCOUNT_COLUMNS
from strategies.words import CONTACT_COLUMNS, EVENT_COLUMNS, LIST_FILES

Row = dict[str, Any]

COLUMNS = Columns(
    ("contact_id", "tags", *CONTACT_COLUMNS, *ACCOUNT_COLUMNS),
    ("event", *EVENT_COLUMNS),
    has_tags=True,
    has_events=True,
    lists=ListColumns(frozenset({"products"}), frozenset({"topics"})),
)
"""The columns that every case offers to rules."""


def exports_of(case: Case, *, sources: int = 1) -> Exports:
    """Return clean exports of a case's rows, with the events split over `sources` sources."""
    return Exports(
        contacts=contacts_frame(case.contacts),
        events=tuple(source_of(events_frame(case.events[i::sources]), f"events{i}") for i in range(sources)),
        tag_history=pl.DataFrame(case.tag_history, schema=TAG_HISTORY),
    )


def contacts_frame(rows: Sequence[Row]) -> pl.DataFrame:
    schema = {
        "contact_id": pl.String,
        "tags": pl.List(pl.String),
        **dict.fromkeys((*CONTACT_COLUMNS, *ACCOUNT_COLUMNS), pl.String),
    }
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    return with_items(frame, "products")


def with_items(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add a column with the items of a column's cells, as loading does."""
    cells = frame[column].to_list()
    items = [None if present(cell) is None else ITEM_END.join(items_of(cell, ";")) for cell in cells]
    return frame.with_columns(pl.Series(column + LIST_SUFFIX, items, dtype=pl.String))


def events_frame(rows: Sequence[Row]) -> pl.DataFrame:
    names = dict.fromkeys(
        ("contact_id", "event", "at", *EVENT_COLUMNS, *(name for row in rows for name in row))
    )
    schema = {name: INSTANT if name == "at" else pl.String for name in names}
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
    return with_items(frame, "topics")


def source_of(frame: pl.DataFrame, path: str = "events") -> EventSource:
    return EventSource(frame.lazy(), SourceRecord("events", path, counts=Counts(rows=frame.height)))


@cache
def lists() -> ListFiles:
    """Return the list files that generated books name."""
    folder = Path(mkdtemp())
    atexit.register(rmtree, folder)
    for path, columns in LIST_FILES.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(list_file(columns), encoding="utf-8")
    return ListFiles(folder)


def book_of(spec: Row, columns: Columns = COLUMNS) -> RuleBook:
    """Convert a book to resolved rules, by way of YAML."""
    return bind_rules(load_rules_text(to_yaml(spec), lists=lists()), columns).book


def condition_of(
    spec: Row, zone: str, columns: Columns = COLUMNS, *, names: Names | None = None
) -> Condition:
    """Convert a condition to a resolved one, by way of YAML."""
    document = parse(to_yaml({"exclude": spec}).encode(), "flamescore.yaml").document
    assert document is not None
    loaded = load_condition(document, ("exclude",), lists(), names=names)
    return bind_condition(loaded, columns, ZoneInfo(zone))


def scored(
    case: Case,
    exports: Exports | None = None,
    tuning: Tuning = DEFAULT_TUNING,
    *,
    hot: Row | None = None,
    exclude: Row | None = None,
    events: Sequence[EventRule] = (),
) -> Scored:
    """Score a case with the product: labels, hot contacts and those excluded from the call list included.

    `events` are counted separately from the rules.
    """
    names = load_rules_text(to_yaml(case.book), lists=lists()).names
    zone = case.book.get("timezone", "UTC")
    asked = [None if each is None else condition_of(each, zone, names=names) for each in (hot, exclude)]
    result = score_exports(
        book_of(case.book),
        exports or exports_of(case),
        as_of=case.as_of,
        conditions=[each for each in asked if each is not None],
        events=events,
        tuning=tuning,
    )
    return judged(result, hot=Hot(condition=asked[0]), exclude=asked[1])


def events_of(asked: Row, zone: str | None) -> EventRule:
    """Return an event rule from the keys of an alert about events, with `expires`."""
    document = parse(to_yaml({"alert": asked}), "alerts.yaml").document
    assert document is not None
    window = None if asked["expires"] == "never" else parse_period(asked["expires"])
    keys = asked.keys() - {"expires"}
    return load_events(document, ("alert",), keys, window, lists()).rule(ZoneInfo(zone or "UTC"))


def expected_scores(rows: Sequence[Row]) -> list[Row]:
    """Convert the oracle's ten-thousandths and exact shares to the nearest floats."""
    shares = ("percent_of_ideal", "percentile")
    return [
        row
        | {name: None if row[name] is None else float(Fraction(row[name])) for name in shares}
        | {"score": row["score"] / 10_000}
        for row in rows
    ]


def expected_accounts(rows: Sequence[Row]) -> list[Row]:
    """Convert the oracle's accounts to rows of the table, in its column order."""
    names = [*ACCOUNTS.names(), *dict.fromkeys(name for row in rows for name in row if name not in ACCOUNTS)]
    ideal = "percent_of_ideal"
    made = [
        row
        | {"score": row["score"] / 10_000, "percentile": float(row["percentile"])}
        | {ideal: None if row[ideal] is None else float(row[ideal])}
        for row in rows
    ]
    return [{name: row[name] for name in names} for row in made]


def expected_ledger(rows: Sequence[Row]) -> list[Row]:
    """Convert the oracle's ten-thousandths to the nearest floats."""
    return [row | {"points": row["points"] / 10_000} for row in rows]


def whole(points: float) -> int:
    """Convert points to whole ten-thousandths."""
    return round(points * 10_000)


def as_bytes(result: Scored) -> tuple[bytes, bytes]:
    """Return scores and ledger as the program writes them, in Parquet."""
    with TemporaryDirectory() as folder:
        scores, points = Path(folder, "scores.parquet"), Path(folder, "points.parquet")
        for table in (scores, points):
            WRITERS[table.name](Path(folder), result, TableSettings())
        return scores.read_bytes(), points.read_bytes()


def digest(seeds: Iterable[int]) -> str:
    """Return a digest of the results of generated cases, for comparison between processes."""
    sha = sha256()
    for seed in seeds:
        for written in as_bytes(scored(case_of(Random(seed)))):
            sha.update(written)
    return sha.hexdigest()
