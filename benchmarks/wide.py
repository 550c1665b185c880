"""Count the events kept with a property by the wide rules of the project with all features.

python benchmarks/wide.py M shuffled
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import polars as pl

from data import END, Dataset
from features import RULES
from rules import DAYS_OF, rules
from sequences import SEQUENCES, put_to

if TYPE_CHECKING:
    from collections.abc import Iterator

Words = dict[str, Any]


def main(size: str, variant: str) -> None:
    """Count the events, and print the number as JSON."""
    data = Dataset(size, variant)
    book = put_to([rule.words() for rule in rules(RULES)], SEQUENCES)
    kept = [each for words in book for each in wide(words)]
    known = pl.scan_parquet(data.contacts).select("contact_id")
    events = data.scan().filter(pl.any_horizontal(kept)).join(known, on="contact_id", how="semi")
    found = events.select(pl.len()).collect(engine="streaming").item()
    print(json.dumps({"events": found, "about": f"{found:,} events"}))


def wide(words: Words) -> Iterator[pl.Expr]:
    """Yield predicates for the events that a rule keeps with a property; none for a narrow rule."""
    asked = words.get("if")
    if asked and "sum" in asked:
        yield _of_type(asked["event"], DAYS_OF[asked["last"]])
    if "event" not in words:
        return
    follower = words.get("followed_by") or words.get("unless_followed_by") or {}
    own = _of_type(words["event"], DAYS_OF[words["expires"]]) & _where(words.get("where", {}))
    if "same" in follower:
        yield _of_type(follower["event"], DAYS_OF[words["expires"]])
    per = words.get("per") not in (None, "day") or "per" in words.get("burst", {})
    if per or "same" in follower or isinstance(words["points"], dict):
        yield own


def _of_type(event: str, days: int) -> pl.Expr:
    age = (pl.lit(END) - pl.col("at")).dt.total_seconds()
    return (pl.col("event") == event) & (age >= 0) & (age < days * 86_400)


def _where(where: Words) -> pl.Expr:
    tests = [pl.lit(value=True)]
    for column, test in where.items():
        cell = pl.col(column)
        if isinstance(test, str):
            tests.append(cell == test)
        elif "at_least" in test:
            tests.append(cell >= test["at_least"])
        elif "contains" in test:
            tests.append(cell.str.contains(test["contains"], literal=True))
        else:
            tests.append(cell.str.starts_with(test["starts_with"]))
    return pl.all_horizontal(tests)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
