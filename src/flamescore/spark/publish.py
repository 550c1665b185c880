"""Writes the large tables of a run as folders of parts, one task a part, and checks that none is missing."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine import MANY
from flamescore.errors import InputError, Problem
from flamescore.frames import POINTS, SCORES
from flamescore.runs import RunFile, describe_file
from flamescore.spark import rank
from flamescore.spark.files import not_seen
from flamescore.spark.parts import (
    CONTACTS_TABLE,
    IDS_TABLE,
    POINTS_TABLE,
    SCORES_TABLE,
    WRITTEN,
    PartPlan,
    write_part,
)
from flamescore.spark.plan import LEDGER, PEOPLE
from flamescore.tables import write_parquet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flamescore.spark.files import FilesPlan
    from flamescore.spark.rank import DataFrame, Session, Summed

PART: Final = 1_000_000
"""The rows that a part has about: one task sorts and writes them."""

_BY_ID: Final = (("contact_id", False),)


class _Part(Struct, frozen=True):
    """A part as a worker wrote it; `first` and `last` can be compared with those of other parts."""

    name: str
    rows: int
    first: tuple[Any, ...]
    last: tuple[Any, ...]
    bytes: int
    sha256: str


class Tables(Struct, frozen=True):
    """What the tables of a run are written from: clean contacts, what the shards returned, and its sums."""

    spark: Session
    files: FilesPlan
    contacts: DataFrame
    results: DataFrame
    found: Summed
    kept_names: tuple[str, ...]
    hot_flames: int

    def write(self, folder: Path) -> tuple[RunFile, ...]:
        """Write every table as a folder in a run's folder; return what was written.

        Raises:
            InputError: S004: rows are missing; S006: the workers write to another folder of that name.
        """
        plan, found = self.files.plan, self.found
        in_population = sum(_many(each) for each in found.standings)
        totals = rank.ranked_totals(self.spark, plan, self.results, found)
        kept = tuple((f"k{n}", name) for n, name in enumerate(self.kept_names))
        ranked = (("number", False), ("value", True), ("age", False), ("contact_id", False))
        stored = tuple(
            (name, name) if name in ("contact_id", "tags") else (self.files.slot(name), name)
            for name in self.files.contacts
        )
        people = self.contacts.drop("note")
        left_out = self.results.where(f"part = {PEOPLE} and excluded").select("contact_id")
        hot = totals.where(f"number = 0 and flames >= {self.hot_flames}").select("contact_id")
        many_hot = _many(found.standings[0].filter(pl.col("flames") >= self.hot_flames))
        ledger = self.results.where(f"part = {LEDGER}").select(
            "contact_id", "number", "occurrences", "points", "age"
        )
        by_entry = (("contact_id", False), ("number", False))
        wanted: tuple[tuple[str, DataFrame, int, PartPlan], ...] = (
            ("scores.parquet", totals.drop("note"), in_population, self._plan(SCORES_TABLE, ranked, kept)),
            ("points.parquet", ledger, ledger.count(), self._plan(POINTS_TABLE, by_entry)),
            ("contacts.parquet", people, found.contacts, self._plan(CONTACTS_TABLE, _BY_ID, stored)),
            ("excluded.parquet", left_out, found.excluded, self._plan(IDS_TABLE, _BY_ID)),
            ("hot.parquet", hot, many_hot, self._plan(IDS_TABLE, _BY_ID)),
        )  # fmt: skip
        written = [
            each for name, rows, many, parts in wanted for each in _table(folder / name, rows, many, parts)
        ]
        return tuple(written)

    def _plan(
        self, made: str, order: Sequence[tuple[str, bool]], names: Sequence[tuple[str, str]] = ()
    ) -> PartPlan:
        return PartPlan("", made, tuple(order), self.files.plan, tuple(names))


def _many(standings: pl.DataFrame) -> int:
    """Return how many contacts have these totals."""
    return int(standings[MANY].sum())


def _table(folder: Path, rows: DataFrame, many: int, parts: PartPlan) -> tuple[RunFile, ...]:
    """Write a table of `many` rows into a folder; return its parts, which are named by their order."""
    folder.mkdir()
    parts = replace(parts, folder=str(folder))
    found = _written(rows, -(-many // PART), parts) if many else []
    if _overlap(found):  # a server that does not split by range: one task sorts all rows
        found = _written(rows, 1, parts)
    there = sum(each.rows for each in found)
    if there != many:
        text = f"The workers wrote {there:,} rows of {folder.name}, and {many:,} were scored."
        raise InputError(
            Problem("S004", f"{text} Nothing is published.", hint="Run it again; if it stays, rows are lost.")
        )
    for each in found:
        path = folder / each.name
        if not path.is_file() or path.stat().st_size != each.bytes:
            raise InputError(not_seen(str(folder.parent.parent)))
    kept = {each.name for each in found}
    for path in list(folder.iterdir()):
        if path.name not in kept:
            path.unlink()  # of a task that was killed, or ran twice
    files_written = []
    for number, each in enumerate(found):
        name = f"part-{number:05}.parquet"
        (folder / each.name).rename(folder / name)
        files_written.append(RunFile(path=f"{folder.name}/{name}", bytes=each.bytes, sha256=each.sha256))
    if not files_written:
        empty = folder / "part-00000.parquet"
        write_parquet(_empty(parts), empty)
        files_written.append(describe_file(empty, f"{folder.name}/{empty.name}"))
    return tuple(files_written)


def _written(rows: DataFrame, pieces: int, parts: PartPlan) -> list[_Part]:
    """Let workers write rows in pieces of the order, and return the parts in their order."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - the usual name; imported only with Spark

    order = [F.desc_nulls_last(name) if down else F.asc_nulls_last(name) for name, down in parts.order]
    split = rows.repartition(1) if pieces == 1 else rows.repartitionByRange(pieces, *order)
    written = rank.collected(rank.mapped(split, WRITTEN, lambda batches: write_part(parts, batches)))
    found = (
        _Part(name, many, _place(json.loads(first), parts), _place(json.loads(last), parts), size, sha256)
        for name, many, first, last, size, sha256 in written.iter_rows()
    )
    return sorted(found, key=lambda each: each.first)


def _overlap(found: Sequence[_Part]) -> bool:
    """Return whether the order of rows differs from that of the parts they are in."""
    return any(before.last > after.first for before, after in pairwise(found))


def _place(values: list[Any], parts: PartPlan) -> tuple[Any, ...]:
    """Return a place in the order so that places compare as rows do: descending ones negated, nulls last."""
    return tuple(
        (value is None, 0 if value is None else -value if down else value)
        for value, (_, down) in zip(values, parts.order, strict=True)
    )


def _empty(parts: PartPlan) -> pl.DataFrame:
    """Return the table without rows."""
    if parts.made == POINTS_TABLE:
        return pl.DataFrame(schema=POINTS)
    if parts.made == SCORES_TABLE:
        return pl.DataFrame(schema=SCORES | dict.fromkeys((name for _, name in parts.names), pl.String()))
    return pl.DataFrame(schema={"contact_id": pl.String()})
