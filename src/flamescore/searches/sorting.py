"""The order of search results, by the keys of `--sort`.

key                             type of column        comes first
rank, contact_id, name, ...     text, and the rank    the lowest: 1 before 2, Ann before Bob
score, change, employees        numbers               the highest
last_activity, Renewal          times                 the latest

`-KEY` reverses the order. Missing values come last either way, and ties keep their previous order.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import NUMBER, number, present
from flamescore.errors import Problem, UsageError
from flamescore.frames import ISO_SUFFIX, NUMBER_SUFFIX
from flamescore.units import parse_time, start_of_day
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from zoneinfo import ZoneInfo

KEYS: Final = (
    "rank", "score", "flames", "percentile", "last_activity", "change",
    "name", "company", "owner", "contact_id",
)  # fmt: skip
"""The keys that mean the same in every run; the contacts' columns are keys too."""

RISING: Final = ("rank", "place")
"""Numeric columns where the lowest value comes first."""

TEXTS: Final = ("contact_id", "name", "company", "owner", "email", "phone")
"""Columns that are always text, whatever their values."""

_COLUMN: Final = {"last_activity": "last_activity_at"}


class SortKey(Struct, frozen=True):
    """A column to sort by, and whether the order is reversed."""

    name: str
    turned: bool = False

    @property
    def column(self) -> str:
        """The column with the key's values."""
        return _COLUMN.get(self.name, self.name)


def sort_keys(texts: Sequence[str], there: Collection[str]) -> tuple[SortKey, ...]:
    """Parse `--sort`: keys separated by commas, each with an optional `-` prefix to reverse it.

    `there` are the columns that can be sorted by. If a key is repeated, the first one counts.

    Raises:
        UsageError: there is no column of that name.
    """
    keys: dict[str, SortKey] = {}
    for typed in (each.strip() for text in texts for each in text.split(",")):
        # A column may have a name that begins with `-`.
        turned = typed.startswith("-") and typed not in there
        key = SortKey(typed[1:].strip() if turned else typed, turned)
        if key.column not in there:
            raise _no_key(key.name, there)
        keys.setdefault(key.name, key)
    return tuple(keys.values())


def _no_key(name: str, there: Collection[str]) -> UsageError:
    known = [key for key in KEYS if _COLUMN.get(key, key) in there]
    others = sorted(each for each in there if each not in (*known, *_COLUMN.values()))
    near = nearest(name, (*known, *others))
    keys = f"Sort by {', '.join(known)}, or a column: {', '.join(others)}."
    hint = f"Did you mean `{near}`? {keys}" if near else keys
    return UsageError(Problem("U017", f"--sort: there is no `{name}` to sort by.", hint=hint))


def in_order(
    rows: pl.DataFrame, keys: Sequence[SortKey], cells: pl.DataFrame, zone: ZoneInfo
) -> pl.DataFrame:
    """Return rows sorted by keys; unchanged without keys.

    `cells` has the columns of the keys for these rows, in their order. Text is sorted by its NFC lower case,
    by code point, and blank text counts as missing. A text column sorts as numbers if every cell can be read
    as a number, and as times if every cell is a date or an instant. So do columns with a format that the
    project declares, whose companions are in `cells` too. A date without a time is its first instant in
    `zone`.
    """
    if not keys:
        return rows
    columns = [_values(cells, key, zone).alias(f"\x00{n}") for n, key in enumerate(keys)]
    falls = [_falls(each, key) is not key.turned for each, key in zip(columns, keys, strict=True)]
    places = pl.DataFrame(columns).with_row_index("\x00place")
    order = places.sort(
        [each.name for each in columns], descending=falls, nulls_last=True, maintain_order=True
    )
    return rows.select(pl.all().gather(order["\x00place"]))


def _falls(values: pl.Series, key: SortKey) -> bool:
    """Return whether the highest value comes first."""
    return values.dtype != pl.String and key.name not in RISING


def _values(cells: pl.DataFrame, key: SortKey, zone: ZoneInfo) -> pl.Series:
    column = cells[key.column]
    if isinstance(column.dtype, pl.List):
        column = column.cast(pl.List(pl.String)).list.join(", ")
    if column.dtype != pl.String:
        return column
    if key.name not in TEXTS:
        declared = _declared(cells, key.column, zone)
        if declared is not None:
            return declared
        found = _numbers(column)
        found = _times(column, zone) if found is None else found
        if found is not None:
            return found
    text = pl.col(column.name)
    lower = text.str.normalize("NFC").str.to_lowercase()
    return column.to_frame().select(pl.when(present(text).is_not_null()).then(lower)).to_series()


def _declared(cells: pl.DataFrame, name: str, zone: ZoneInfo) -> pl.Series | None:
    """Return the values of a column whose format the project declares; None for any other."""
    if name + NUMBER_SUFFIX in cells.columns:
        return cells.select(number(pl.col(name + NUMBER_SUFFIX))).to_series()
    if name + ISO_SUFFIX in cells.columns:
        return _instants(cells[name + ISO_SUFFIX], zone)
    return None


def _numbers(column: pl.Series) -> pl.Series | None:
    """Return a column as numbers; None if a cell is present but not a number, or all are missing."""
    texts = column.to_frame().select(present(pl.col(column.name))).to_series()
    if texts.null_count() == len(texts) or not texts.str.contains(NUMBER).all():
        return None
    values = texts.to_frame().select(number(pl.col(texts.name))).to_series()
    return values if values.null_count() == texts.null_count() else None


def _times(column: pl.Series, zone: ZoneInfo) -> pl.Series | None:
    """Return a column as instants; None if a cell is present but not a time, or all are missing."""
    texts = column.to_frame().select(present(pl.col(column.name))).to_series()
    first = texts.drop_nulls().head(1)
    if first.is_empty() or parse_time(first.item()) is None:
        return None
    values = _instants(texts, zone)
    return values if values.null_count() == texts.null_count() else None


def _instants(texts: pl.Series, zone: ZoneInfo) -> pl.Series:
    different = texts.drop_nulls().unique()
    read = pl.Series([_seconds(each, zone) for each in different], dtype=pl.Float64)
    return texts.replace_strict(different, read, default=None, return_dtype=pl.Float64)


def _seconds(text: str, zone: ZoneInfo) -> float | None:
    found = parse_time(text)
    if isinstance(found, datetime):
        local = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return local.timestamp()
    return start_of_day(found, zone).timestamp() if isinstance(found, date) else None
