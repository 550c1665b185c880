"""Small scorings made by hand: the data that the engine would return, in literal numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.columns import REASONS
from flamescore.frames import POINTS, SCORES, Counts, SourceRecord
from flamescore.rules import BranchRule, Rule, RuleBook, Score
from flamescore.scoring import Observations, Scored
from flamescore.tables import strongest

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF = datetime(2026, 11, 21, 2, tzinfo=UTC)
PHOENIX = ZoneInfo("America/Phoenix")
RULES = pl.Schema(
    {
        "score_name": pl.String(),
        "entry": pl.String(),
        "rule_id": pl.String(),
        "name": pl.String(),
        "contacts": pl.Int64(),
        "occurrences": pl.Int64(),
        "points": pl.Float64(),
    }
)


class Entries(Struct, frozen=True):
    """A ledger made from a frame, in slices of `size` rows."""

    whole: pl.DataFrame
    size: int = 2

    def parts(self) -> Iterator[pl.DataFrame]:
        yield from self.whole.iter_slices(self.size)

    def frame(self) -> pl.DataFrame:
        return self.whole

    def of(self, contact_ids: pl.Series) -> pl.DataFrame:
        return self.whole.filter(pl.col("contact_id").is_in(contact_ids.to_list()))

    def strongest(self, score_name: str, contact_ids: pl.Series, many: int) -> pl.DataFrame:
        assert many == len(REASONS)
        return self.of(contact_ids).filter(pl.col("score_name") == score_name).pipe(strongest)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def rule(rule_id: str) -> Rule:
    return Rule(id=rule_id, name=rule_id.title(), subject=BranchRule(()))


def book(*names: str, zone: ZoneInfo = PHOENIX) -> RuleBook:
    return RuleBook(
        zone, tuple(Score(name, f"The {name}", 200_000, (rule("form"), rule("visit"))) for name in names)
    )


SCORE_ROWS = [
    ("003", "interest", 25.5, 5, 127.5, 100.0, 1, at(20)),
    ("001", "interest", 20.0, 5, 100.0, 200 / 3, 2, at(19, 3)),
    ("002", "interest", 8.0, 2, 40.0, 100 / 3, 3, at(1)),
    ("004", "interest", -1000.0, 0, -5000.0, 0.0, 4, None),
    ("002", "fit", 0.1, 0, 0.5, 0.0, 1, None),
]
POINT_ROWS = [
    ("001", "interest", "rule", "form", 1, 2.0, at(19, 3)),
    ("001", "interest", "rule", "visit", 3, 18.0, at(18)),
    ("002", "interest", "rule", "visit", 2, 8.0, at(1)),
    ("002", "fit", "rule", "dog", 1, 0.1, None),
    ("003", "interest", "rule", "form", 1, 2.0, at(2)),
    ("003", "interest", "rule", "visit", 9, 27.0, at(20)),
    ("003", "interest", "rule_limit", "visit", 0, -4.5, None),
    ("003", "interest", "rule", "tag", 1, 1.0, None),
    ("004", "interest", "rule", "buyer", 1, -1000.0, at(3)),
]
RULE_ROWS = [
    ("interest", "rule", "form", "Submitted a web form", 2, 2, 4.0),
    ("interest", "rule", "visit", "Visited the sales page", 3, 14, 53.0),
    ("interest", "rule_limit", "visit", "Visited the sales page", 1, 0, -4.5),
    ("interest", "rule", "tag", "Prospect tags", 1, 1, 1.0),
    ("interest", "rule", "buyer", "Already a customer", 1, 1, -1000.0),
    ("fit", "rule", "dog", "Owns a dog", 1, 1, 0.1),
]
CONTACTS = pl.DataFrame(
    {
        "contact_id": ["001", "002", "003", "004"],
        "name": ["Ann [/evil]", "Bob | Co", "=HYPERLINK(1)", None],
        "phone": ["+1 555 010 0001", "", "-12", "@home"],
        "owner": ["Kim", None, "Lee", "Kim"],
        "tags": [["VIP", "Blog"], [], ["VIP"], None],
        "score": ["a", "b", "c", "d"],
        "Renewal": ["1/2/2026", None, None, None],
        "Renewal\x00iso": ["2026-01-02", None, None, None],
    }
)
SOURCE = SourceRecord(
    "events",
    "s3://key:secret@bucket/mail-*.csv?sig=abc",
    (("exports/a.csv", 10, "2026-11-20T01:00:00Z"), ("exports/b.csv", 5, "2026-11-21T01:00:00Z")),
    Counts(rows=20, rejected=2, orphans=1, kept=17),
)


def places_of(scores: pl.DataFrame, contacts: pl.DataFrame) -> pl.Series:
    """Return the index of the contact for each row of the scores."""
    row = {contact_id: row for row, contact_id in enumerate(contacts["contact_id"])}
    return pl.Series([row.get(each) for each in scores["contact_id"]], dtype=pl.UInt32)


def scored(
    *,
    scores: list[tuple[object, ...]] = SCORE_ROWS,
    points: list[tuple[object, ...]] = POINT_ROWS,
    contacts: pl.DataFrame = CONTACTS,
    excluded: tuple[str, ...] = (),
    size: int = 2,
    as_of: datetime = AS_OF,
) -> Scored:
    """Return two scores over four contacts: 003 and 001 are hot, 002 has a fit score too, 004 is a buyer."""
    table = pl.DataFrame(scores, schema=SCORES, orient="row")
    hot = table.filter(pl.col("score_name") == "interest", pl.col("flames") == 5)
    return Scored(
        book("interest", "fit"),
        as_of,
        contacts,
        table,
        places_of(table, contacts),
        Entries(pl.DataFrame(points, schema=POINTS, orient="row"), size),
        Observations((SOURCE,), pl.DataFrame(RULE_ROWS, schema=RULES, orient="row")),
        hot=hot.select("contact_id").sort("contact_id"),
        excluded=pl.DataFrame({"contact_id": excluded}, schema={"contact_id": pl.String}),
    )
