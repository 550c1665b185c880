"""The product run on the cases of the strategies, and the oracle's results brought to its shape."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.bind.resolve import bind_condition, bind_rules
from flamescore.bind.resolved import Condition, RuleBook
from flamescore.engine.run import DEFAULT, Tuning
from flamescore.frames import INSTANT, TAG_HISTORY, Columns, Counts, EventSource, Exports, SourceRecord
from flamescore.rules.load import load_condition, load_rules_text
from flamescore.score import Scored, score_exports
from flamescore.source import parse
from strategies import Case, to_yaml
from strategies.words import CONTACT_COLUMNS, EVENT_COLUMNS

Row = dict[str, Any]

COLUMNS = Columns(
    ("contact_id", "tags", *CONTACT_COLUMNS), ("event", *EVENT_COLUMNS), has_tags=True, has_events=True
)
"""What the rows of every case offer to rules."""


def exports_of(case: Case, *, sources: int = 1) -> Exports:
    """Make clean exports of a case's rows, the events dealt out to so many sources."""
    return Exports(
        contacts=contacts_frame(case.contacts),
        events=tuple(source_of(events_frame(case.events[i::sources]), f"events{i}") for i in range(sources)),
        tag_history=pl.DataFrame(case.tag_history, schema=TAG_HISTORY),
    )


def contacts_frame(rows: Sequence[Row]) -> pl.DataFrame:
    schema = {
        "contact_id": pl.String,
        "tags": pl.List(pl.String),
        **dict.fromkeys(CONTACT_COLUMNS, pl.String),
    }
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def events_frame(rows: Sequence[Row]) -> pl.DataFrame:
    names = dict.fromkeys(
        ("contact_id", "event", "at", *EVENT_COLUMNS, *(name for row in rows for name in row))
    )
    schema = {name: INSTANT if name == "at" else pl.String for name in names}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def source_of(frame: pl.DataFrame, path: str = "events") -> EventSource:
    return EventSource(frame.lazy(), SourceRecord("events", path, counts=Counts(rows=frame.height)))


def book_of(spec: Row, columns: Columns = COLUMNS) -> RuleBook:
    """Take a book through YAML to resolved rules."""
    return bind_rules(load_rules_text(to_yaml(spec)), columns).book


def condition_of(spec: Row, zone: str, columns: Columns = COLUMNS) -> Condition:
    """Take a condition through YAML to a resolved one."""
    document = parse(to_yaml({"exclude": spec}).encode(), "flamescore.yaml").document
    assert document is not None
    return bind_condition(load_condition(document, ("exclude",)), columns, ZoneInfo(zone))


def scored(case: Case, exports: Exports | None = None, tuning: Tuning = DEFAULT) -> Scored:
    """Score a case with the product."""
    return score_exports(book_of(case.book), exports or exports_of(case), as_of=case.as_of, tuning=tuning)


def expected_scores(rows: Sequence[Row]) -> list[Row]:
    """Turn the oracle's ten-thousandths and exact shares into the nearest floats."""
    shares = ("percent_of_ideal", "percentile")
    return [
        row | {name: float(Fraction(row[name])) for name in shares} | {"score": row["score"] / 10_000}
        for row in rows
    ]


def expected_ledger(rows: Sequence[Row]) -> list[Row]:
    """Turn the oracle's ten-thousandths into the nearest floats."""
    return [row | {"points": row["points"] / 10_000} for row in rows]


def whole(points: float) -> int:
    """Read points as the ten-thousandths that they stand for."""
    return round(points * 10_000)


def as_bytes(result: Scored) -> tuple[bytes, bytes, bytes, bytes]:
    """Write scores and ledger as Arrow files and Parquet."""
    tables = (result.scores, result.ledger.frame())
    return (_ipc(tables[0]), _ipc(tables[1]), _parquet(tables[0]), _parquet(tables[1]))


def _ipc(frame: pl.DataFrame) -> bytes:
    frame.rechunk().write_ipc(file := BytesIO())
    return file.getvalue()


def _parquet(frame: pl.DataFrame) -> bytes:
    frame.rechunk().write_parquet(file := BytesIO())
    return file.getvalue()


def with_scores(case: Case, change: Any) -> Case:
    """Give the case with each score of its book changed."""
    scores = {name: change(spec) for name, spec in case.book["scores"].items()}
    return replace(case, book=case.book | {"scores": scores})
