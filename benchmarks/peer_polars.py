"""The peer in Polars: one lazy query per rule over the events, with the results concatenated and summed.

python benchmarks/peer_polars.py M shuffled 100 FOLDER
"""

from __future__ import annotations

import sys
from functools import reduce
from pathlib import Path
from typing import Final

import polars as pl

from data import END, Dataset
from rules import DAYS_OF, ZONE, Rule, Trait, named
from worth import CEILING, DAY, POINT, WHOLE, factors, ten_thousandths, worth

DAYS: Final = 366
AGE: Final = (pl.lit(END) - pl.col("at")).dt.total_seconds()


def main(size: str, variant: str, book: str, folder: Path) -> None:
    """Score a data set by the named rules, and write scores and points into the folder."""
    data = Dataset(size, variant)
    events = data.scan().with_columns(age=AGE).filter(pl.col("age") >= 0)
    contacts = pl.read_parquet(data.contacts)
    parts = [
        _given(rule, events) if isinstance(rule, Rule) else _trait(rule, events, contacts.lazy())
        for rule in named(book)
    ]
    ids = contacts.lazy().select("contact_id")
    ledger = pl.concat([each.join(ids, on="contact_id", how="semi").collect() for each in parts])
    _write(ledger, contacts.select("contact_id"), folder)


def _given(rule: Rule, events: pl.LazyFrame) -> pl.LazyFrame:
    """Return `contact_id, rule_id, occurrences, points` of an event rule."""
    some = events.filter(_matches(rule)).filter(pl.col("age") < DAYS_OF[rule.window] * DAY)
    some = _counted(rule, some, events)
    return (
        some.with_columns(points=_points(rule))
        .group_by("contact_id")
        .agg(pl.len().cast(pl.Int64).alias("occurrences"), pl.col("points").sum())
        .filter(pl.col("points") != 0)
        .select("contact_id", pl.lit(rule.name).alias("rule_id"), "occurrences", "points")
    )


def _matches(rule: Rule) -> pl.Expr:
    tests = [pl.col("event") == rule.event]
    if rule.url:
        how, text = rule.url
        url = pl.col("url").str
        tests.append(url.contains(text, literal=True) if how == "contains" else url.starts_with(text))
    if rule.least:
        tests.append(pl.col(rule.least[0]) >= rule.least[1])
    if rule.asset:
        tests.append(pl.col("asset") == rule.asset)
    return reduce(lambda one, other: one & other, tests)


def _counted(rule: Rule, some: pl.LazyFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    if rule.follower:
        return _followed(rule.follower, some, events)
    if rule.per == "day":
        day = pl.col("at").dt.convert_time_zone(ZONE).dt.date()
        return some.group_by("contact_id", day.alias("day")).agg(pl.col("age").min())
    if rule.per == "asset":
        return some.group_by("contact_id", "asset").agg(pl.col("age").min())
    if rule.count == "once":
        return some.group_by("contact_id").agg(pl.col("age").min())
    if isinstance(rule.count, int):
        return some.group_by("contact_id").agg(pl.col("age").bottom_k(rule.count)).explode("age")
    return some


def _followed(follower: tuple[str, int, bool], some: pl.LazyFrame, events: pl.LazyFrame) -> pl.LazyFrame:
    event, days, wanted = follower
    later = events.filter(pl.col("event") == event).select("contact_id", then=pl.col("age")).sort("then")
    near = some.sort("age").join_asof(
        later, left_on="age", right_on="then", by="contact_id", strategy="backward", check_sortedness=False
    )
    found = (pl.col("age") - pl.col("then") <= days * DAY).fill_null(value=False)
    return near.filter(found if wanted else ~found & (pl.col("age") >= days * DAY))


def _points(rule: Rule) -> pl.Expr:
    day = pl.col("age") // DAY
    if rule.from_property is None:
        return pl.lit(pl.Series(worth(rule, DAYS))).gather(day)
    cells = (pl.col(rule.from_property) * POINT).round().cast(pl.Int64)
    points = (cells * ten_thousandths(rule.points) + POINT // 2) // POINT
    return (points * pl.lit(pl.Series(factors(rule.fade, DAYS))).gather(day) + WHOLE // 2) // WHOLE


def _trait(trait: Trait, events: pl.LazyFrame, contacts: pl.LazyFrame) -> pl.LazyFrame:
    if trait.tag is not None:
        found = contacts.filter(pl.col("tags").str.split(",").list.contains(trait.tag))
    elif trait.employees is not None:
        found = contacts.filter(pl.col("employees") >= trait.employees)
    else:
        assert trait.happened is not None
        event, times, days = trait.happened
        recent = events.filter(pl.col("event") == event, pl.col("age") < days * DAY)
        found = recent.group_by("contact_id").len().filter(pl.col("len") >= times)
    points = pl.lit(ten_thousandths(trait.points), pl.Int64)
    none = pl.lit(0, pl.Int64)
    return found.select(
        "contact_id", pl.lit(trait.name).alias("rule_id"), none.alias("occurrences"), points.alias("points")
    )


def _write(ledger: pl.DataFrame, contacts: pl.DataFrame, folder: Path) -> None:
    sums = ledger.group_by("contact_id").agg(pl.col("points").sum().alias("raw"))
    totals = contacts.join(sums, on="contact_id", how="left").with_columns(pl.col("raw").fill_null(0))
    totals = totals.with_columns(total=pl.min_horizontal("raw", pl.lit(CEILING, pl.Int64)))
    limits = totals.filter(pl.col("total") != pl.col("raw")).select(
        "contact_id",
        pl.lit("score_limit").alias("rule_id"),
        pl.lit(0, pl.Int64).alias("occurrences"),
        (pl.col("total") - pl.col("raw")).alias("points"),
    )
    score = pl.col("total") / POINT
    totals.select(
        "contact_id", score.alias("score"), pl.col("total").rank("min", descending=True).alias("rank")
    ).sort("score", "contact_id", descending=[True, False]).write_parquet(folder / "scores.parquet")
    pl.concat([ledger, limits]).sort("contact_id").with_columns(pl.col("points") / POINT).write_parquet(
        folder / "points.parquet"
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
