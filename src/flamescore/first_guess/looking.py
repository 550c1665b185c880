"""Try guessed sources with the loader: the contacts, and whether each other source can be used.

Each source is loaded together with the contacts as in a run, so that the project file is known to load. For a
source that would stop a run, the reason is returned.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import folded, keyed, present
from flamescore.errors import InputError, ProjectFileError
from flamescore.exports import load, survey
from flamescore.first_guess.files import because
from flamescore.first_guess.guess import Addresses, SourceContent, nobodys
from flamescore.first_guess.words import holds_addresses
from flamescore.frames import DROP
from flamescore.project import project_of
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports
from flamescore.text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from flamescore.columns import Columns
    from flamescore.frames import EventSource, Exports

PARTS: Final = ("/pricing", "/demo", "/contact", "/checkout", "/sales")
"""Parts of addresses that are worth a rule."""

_TRIAL: Final = """\
version: 1
scores:
  trial: {{five_flames: 1, rules: [{{name: Any, event: {kind}, points: 1, count: each, expires: never}}]}}
"""


@contextmanager
def loaded(text: str, path: Path) -> Iterator[tuple[Exports, Columns]]:
    """Load the sources of a project file as if it were at a path; copies are deleted when the block ends.

    Raises:
        ProjectFileError, InputError: as in a run.
    """
    opened = survey(project_of(text.encode(), path))
    try:
        yield load(opened, once=True), opened.columns
    finally:
        opened.close()


def look_at(text: str, path: Path, kind: str, now: datetime) -> SourceContent | str:
    """Return the content of the only source besides the contacts, or why it can't be used.

    `text` is a project file with the contacts and this source, `kind` is the kind of the source.
    """
    try:
        with loaded(text, path) as (exports, columns):
            if kind == "events":
                return _events(exports, columns, now)
            record = next(each for each in exports.records if each.kind == kind)
    except (InputError, ProjectFileError) as error:
        return because(error)
    counts = record.counts
    rows = counts.rows - counts.rejected - counts.ignored
    if counts.orphans and not counts.kept:
        return nobodys(counts.orphans)
    return SourceContent(rows, counts.kept)


def _events(exports: Exports, columns: Columns, now: datetime) -> SourceContent | str:
    (source,) = exports.events
    rows = _rows(source)
    mine = _of_contacts(rows, source, exports)
    addressed = [each for each in columns.events if holds_addresses(each) and each in rows.collect_schema()]
    every = rows.select(pl.col("at").min().alias("oldest"), pl.col("at").max().alias("newest"), rows=pl.len())
    oldest, newest, many = every.collect(engine="streaming").row(0)
    if not many:
        return "it has no row that could be used" if source.record.counts.rows else "it has no rows"
    by_type = _by_type(mine, addressed)
    first = rows.select("event").head(1).collect()["event"][0]
    book = bind_rules(load_rules_text(_TRIAL.format(kind=json_text(first))), columns).book
    (record,) = (
        each
        for each in score_exports(book, exports, as_of=max(newest, now)).observed.sources
        if each.kind == "events"
    )
    counts = record.counts
    if not counts.kept:
        return nobodys(counts.orphans) if counts.orphans else "it has no row that could be used"
    return SourceContent(
        counts.orphans + counts.kept,
        counts.kept,
        {name: each["rows"] for name, each in by_type.items()},
        oldest,
        newest,
        {
            (name, prop): Addresses(
                each[f"{at}"], {part: each[f"{at} {part}"] for part in PARTS if each[f"{at} {part}"]}
            )
            for name, each in by_type.items()
            for at, prop in enumerate(addressed)
        },
    )


def _rows(source: EventSource) -> pl.LazyFrame:
    """Return the usable rows of a source."""
    key = "contact_id" if source.key == "contact_id" else "contact"
    rows = source.frame
    if DROP in rows.collect_schema():
        rows = rows.filter(pl.col(DROP) == 0)
    return rows.with_columns(
        present(pl.col("event")).alias("event"), keyed(pl.col(key), source.key).alias("\0who")
    ).filter(pl.col("at").is_not_null() & pl.col("event").is_not_null() & pl.col("\0who").is_not_null())


def _of_contacts(rows: pl.LazyFrame, source: EventSource, exports: Exports) -> pl.LazyFrame:
    """Return the rows of contacts in the list."""
    known = [
        frame.select(keyed(pl.col(source.key), source.key).alias("\0who"))
        for frame in (exports.contacts, exports.aliases)
        if frame is not None and source.key in frame.columns
    ]
    return rows.join(pl.concat(known).drop_nulls().unique().lazy(), on="\0who", how="semi")


def _by_type(rows: pl.LazyFrame, addressed: list[str]) -> dict[str, dict[str, int]]:
    """Count rows by type, and for each property the rows with an address, and with each part in it."""
    counted = []
    for at, prop in enumerate(addressed):
        cell = folded(pl.col(prop).cast(pl.String, strict=False))
        address = cell.str.contains("/", literal=True).fill_null(value=False)
        counted.append(address.sum().alias(f"{at}"))
        counted += [
            cell.str.contains(part, literal=True).fill_null(value=False).sum().alias(f"{at} {part}")
            for part in PARTS
        ]
    found = (
        rows.group_by(folded(pl.col("event")).alias("\0type"))
        .agg(pl.col("event").mode().sort().first().alias("\0name"), pl.len().alias("rows"), *counted)
        .collect(engine="streaming")
    )
    return {row.pop("\0name"): row for row in found.drop("\0type").iter_rows(named=True)}


def contact_keys(exports: Exports, column: str) -> pl.Series:
    """Return the normalized keys in a column of contacts, including those of merged ids.

    The result is empty if the contacts have no such column.
    """
    key = "email" if column == "email" else "contact_id"
    frames = [
        frame.select(keyed(pl.col(column), key).alias(column))
        for frame in (exports.contacts, exports.aliases)
        if frame is not None and column in frame.columns
    ]
    return pl.concat([*frames, pl.DataFrame(schema={column: pl.String})])[column].drop_nulls().unique()
