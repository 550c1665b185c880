"""Reads one file of a project on a worker, with the program's own loader, into clean rows. No Spark here.

Rows know which file they are from: of contacts, `age` is the place of the file among all contacts' files from
the oldest to the newest; `place` is the place of a row in the order of the exports.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import as_text, keyed, rounded
from flamescore.columns import DOMAIN
from flamescore.email_domain import with_domain
from flamescore.errors import InputError, Problem
from flamescore.exports import (
    PLACE,
    FileOutcome,
    Spool,
    contacts_by_file,
    events_by_file,
    history_by_file,
    keys_by_file,
    source_of_file,
)
from flamescore.frames import AGE
from flamescore.spark.plan import CARRIERS, CONTACTS, EVENTS, KINDS, laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports import Found, Keys, OpenSource
    from flamescore.project import Source
    from flamescore.spark.plan import Columns, Plan

ROW_BITS: Final = 40
"""The low bits of a place: the row in its file. The bits above are the file's place in its source."""

REPEATS: Final[Columns] = (
    ("source", "int"),
    ("place", "bigint"),
    ("age", "bigint"),
    *((name, "bigint") for name in ("id0", "id1", "all0", "all1")),
    ("note", "binary"),
)
"""The layout of the hashes by which repeated events are found: `age` orders rows from oldest to newest."""


class PlannedFile(Struct, frozen=True):
    """A file to read: its source, its place in it, and its place among others from oldest to newest."""

    source: int
    place: int
    age: int
    found: Found


class FileNote(Struct, frozen=True):
    """What became of the rows of a file, or why it can't be read."""

    file: int
    outcome: FileOutcome
    problems: tuple[Problem, ...] = ()


class FilesPlan(Struct, frozen=True):
    """How the files of a project are read; `plan` is what the shards need of it.

    `specs` are the sources, in the order of `plan.sources`. `contacts` are the columns of contacts that a run
    stores, `keys` those that rows of other sources are matched by, `links` the column of each source that
    says who was merged into whom. `repeats` and `names` say by source how repeated events are found, and
    which columns they are compared in.
    """

    plan: Plan
    specs: tuple[Source, ...]
    files: tuple[PlannedFile, ...]
    contacts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    links: tuple[str | None, ...] = ()
    repeats: tuple[Keys | None, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()

    @property
    def stored(self) -> tuple[str, ...]:
        """The stored columns of contacts that the shards don't need."""
        needed = {*self.plan.contact_columns, "contact_id", "tags"}
        return tuple(name for name in self.contacts if name not in needed)

    @property
    def rows(self) -> Columns:
        """The layout of clean rows: that of the shards, then stored columns, keys and the merged id."""
        return (
            *(each for each in self.plan.rows if each[0] != "note"),
            *((f"x{n}", "string") for n in range(len(self.stored))),
            *((f"key{n}", "string") for n in range(len(self.keys))),
            ("link", "string"),
            ("note", "binary"),
        )

    def slot(self, name: str) -> str:
        """Return the column of clean rows that has a stored column of contacts."""
        if name in self.plan.contact_columns:
            return f"c{self.plan.contact_columns.index(name)}"
        return f"x{self.stored.index(name)}"


def unseen(files: FilesPlan, number: int) -> str | None:
    """Return the path of a file if this machine can't see it as the driver does; else None."""
    found = files.files[number].found
    try:
        same = found.path.is_file() and found.path.stat().st_size == found.size
    except OSError:
        same = False
    return None if same else str(found.path)


def not_seen(path: str) -> Problem:
    """Return the problem for a path that workers can't see, or that has other contents there."""
    text = f"The workers can't see `{path}` as it is here."
    return Problem("S006", text, hint="Put it on storage that all workers share under the same path.")


def _check_seen(files: FilesPlan, number: int) -> None:
    path = unseen(files, number)
    if path is not None:
        raise InputError(not_seen(path))


def clean_file(files: FilesPlan, number: int) -> Iterator[pl.DataFrame]:
    """Yield the clean rows of a file (`FilesPlan.rows`), and last a row with its `FileNote`."""
    each, outcome, spool = files.files[number], FileOutcome(), Spool()
    note = FileNote(number, outcome)
    try:
        _check_seen(files, number)
        source = source_of_file(files.specs[each.source], each.found, files.plan.reading, spool)
        for rows in _ROWS[source.spec.KIND](files, each, source, outcome):
            kind = pl.lit(KINDS.index(source.spec.KIND))
            yield laid_out(rows.with_columns(kind=kind, source=pl.lit(each.source)), files.rows)
    except InputError as error:
        note = replace(note, problems=_portable(error))
    finally:
        spool.close()
    yield laid_out(pl.DataFrame({"source": [each.source], "note": [pickle.dumps(note)]}), files.rows)


def keys_of(files: FilesPlan, number: int) -> Iterator[pl.DataFrame]:
    """Yield the hashes by which repeated events of a file are found (`REPEATS`)."""
    each, spool = files.files[number], Spool()
    keys = files.repeats[each.source]
    assert keys is not None
    try:
        reading = files.plan.reading
        source = source_of_file(files.specs[each.source], each.found, reading, spool)
        found = keys_by_file(source, reading, keys, files.names[each.source])
        hashes = [name for name in ("id0", "id1", "all0", "all1") if name in found.columns]
        row = pl.col("row").cast(pl.Int64)
        yield laid_out(
            found.select(
                pl.lit(each.source).alias("source"),
                (row + (each.place << ROW_BITS)).alias("place"),
                (row + (each.age << ROW_BITS)).alias("age"),
                *(pl.col(name).reinterpret(signed=True) for name in hashes),
            ),
            REPEATS,
        )
    except InputError as error:
        note = pickle.dumps(FileNote(number, FileOutcome(), _portable(error)))
        yield laid_out(pl.DataFrame({"source": [each.source], "note": [note]}), REPEATS)
    finally:
        spool.close()


def _portable(error: InputError) -> tuple[Problem, ...]:
    """Return the problems of an error without the findings behind them, which stay on the worker."""
    return tuple(Problem(each.code, each.message, each.where, each.hint) for each in error.problems)


def _contacts(
    files: FilesPlan, each: PlannedFile, source: OpenSource, outcome: FileOutcome
) -> Iterator[pl.DataFrame]:
    wanted = (*files.plan.contact_columns, *files.stored)
    frame = contacts_by_file(source, files.plan.reading, outcome, wanted)
    if DOMAIN in files.plan.keep:
        frame = with_domain(frame)
    tags = [pl.struct(t="tags").struct.json_encode().alias("tags")] if "tags" in frame.columns else []
    keys = [
        pl.when(~rounded(pl.col(name))).then(keyed(pl.col(name), name)).alias(f"key{n}")
        for n, name in enumerate(files.keys)
        if name in frame.columns
    ]
    link = files.links[each.source]
    yield frame.select(
        "contact_id",
        *(pl.col(name).alias(files.slot(name)) for name in wanted if name in frame.columns),
        *tags,
        *keys,
        *((pl.col(link).alias("link"),) if link in frame.columns else ()),
        age=pl.lit(each.age),
        place=pl.col(PLACE).cast(pl.Int64) + (each.place << ROW_BITS),
    )


def _events(
    files: FilesPlan, each: PlannedFile, source: OpenSource, outcome: FileOutcome
) -> Iterator[pl.DataFrame]:
    plan = files.plan
    sent = plan.sources[each.source].columns
    names = tuple(dict.fromkeys(name for name, _ in sent))
    numbered = files.repeats[each.source] is not None
    for batch in events_by_file(source, plan.reading, plan.needed.window, names, outcome, numbered=numbered):
        place = [(pl.col("row").cast(pl.Int64) + (each.place << ROW_BITS)).alias("place")] if numbered else []
        yield batch.select(
            pl.col("key").alias("contact_id"),
            "event",
            pl.col(AGE).alias("age"),
            *place,
            *(
                _carried(batch, name, carrier).alias(f"e{plan.slots.index((name, carrier))}")
                for name, carrier in sent
                if name in batch.columns
            ),
        )


def _carried(batch: pl.DataFrame, name: str, carrier: str) -> pl.Expr:
    if carrier == "string":
        return as_text(name, batch.schema[name])
    return pl.col(name).cast(CARRIERS[carrier])


def _history(
    files: FilesPlan, each: PlannedFile, source: OpenSource, outcome: FileOutcome
) -> Iterator[pl.DataFrame]:
    frame = history_by_file(source, files.plan.reading, outcome)
    yield frame.with_row_index("row").select(
        "contact_id",
        "action",
        event="tag",
        at=pl.col("at").dt.epoch("us"),
        place=pl.col("row").cast(pl.Int64) + (each.place << ROW_BITS),
    )


_ROWS: Final = {CONTACTS: _contacts, EVENTS: _events, "tag_history": _history}
