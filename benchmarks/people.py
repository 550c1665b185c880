"""Contacts like those of a CRM: ids of 18 characters, tags, and the company fields that rules refer to."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

TAGS: Final = tuple(f"Tag {n:02d}" for n in range(30))
COUNTRIES: Final = ("US", "CA", "GB", "DE", "FR", "NL", "AU", "IN", "BR", "NO")
OWNERS: Final = tuple(f"Rep {n:02d}" for n in range(25))
_PRIME: Final = 1_000_000_007


def contacts_of(count: int, seed: int) -> pl.DataFrame:
    """Return `contact_id, email, name, owner, country, employees, tags` (separated by commas)."""
    dice = np.random.default_rng([seed, count])
    employees = np.round(np.exp(dice.normal(4.0, 1.8, count))).astype(np.int64)
    words = np.array(TAGS)
    marks = words[dice.integers(0, len(words), (count, 3))]
    how_many = dice.integers(0, 4, count)
    frame = pl.DataFrame({"contact_id": ids(np.arange(count)), "number": np.arange(count)})
    return frame.select(
        "contact_id",
        email=pl.format("person{}@firm{}.example", "number", pl.col("number") % 40_000),
        name=pl.format("First{} Last{}", pl.col("number") % 977, pl.col("number") % 7_919),
        owner=pl.Series(np.array(OWNERS)[dice.integers(0, len(OWNERS), count)]),
        country=pl.Series(np.array(COUNTRIES)[(len(COUNTRIES) * dice.random(count) ** 2).astype(np.int64)]),
        employees=pl.Series(employees),
        tags=_joined(marks, how_many),
    )


def ids(numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    """Return ids of 18 characters whose order is unrelated to the order of the numbers."""
    scattered = pl.Series((numbers + 1) * 387_420_489 % _PRIME)
    digits = scattered.cast(pl.String).str.zfill(10)
    return pl.select("0035g" + pl.lit(digits) + "QAC").to_series()


def _joined(
    marks: np.ndarray[tuple[int, int], np.dtype[np.str_]],
    how_many: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> pl.Series:
    columns = {
        f"t{n}": pl.Series(marks[:, n]).set(pl.Series(how_many <= n), None) for n in range(marks.shape[1])
    }
    return pl.DataFrame(columns).select(pl.concat_str(pl.all(), separator=",", ignore_nulls=True)).to_series()
