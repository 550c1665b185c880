"""The history of one contact up to a run, for `explain --since`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.cells import trim
from flamescore.errors import NotFoundError, Problem
from flamescore.explanations import contact_among
from flamescore.frames import SURVIVOR
from flamescore.history.files import history_files
from flamescore.history.series import read_contact, series, sparklines
from flamescore.merged import FILE as MERGED_FILE
from flamescore.runs import has_merged, reading_run, scan
from flamescore.units import start_of_day, to_local

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flamescore.runs import Run, RunRecord
    from flamescore.units import Period

NOTHING: Final = "O004"
_OF_HOT: Final = (
    "The history does not record who was hot by a condition, so newly hot and cooled off are not shown."
)


class ScoreHistory(Struct, frozen=True):
    """One score of the contact: its sparkline, and its rows of `SERIES`, oldest first."""

    name: str
    title: str
    sparkline: str
    rows: pl.DataFrame


class ContactHistory(Struct, frozen=True):
    """A contact's scores in the history, in order of the rule file; scores no longer in it come last.

    `since` and `until` are the inclusive bounds (UTC) of the files that were read. `notes` describes what
    can't be shown.
    """

    contact_id: str
    since: datetime
    until: datetime
    timezone: str
    scores: tuple[ScoreHistory, ...]
    notes: tuple[str, ...] = ()


def contact_history(
    output: Path, run: Run, text: str, since: Period | date, *, every: bool = False
) -> ContactHistory:
    """Return the history of a contact in an output folder, up to a run.

    `text` is an id or an e-mail address of the run's contacts, or the id of a contact that is no longer among
    them. Ids that were merged into the contact are read as its own. `since` is a day, from its first instant
    in the run's time zone, or a period before the run's `as_of`. By default each day is represented by its
    last file, and only shown if something changed; with `every`, each file is a row: see `series`.

    Raises:
        NotFoundError: no such contact exists, or the history has nothing on it.
        UsageError: several contacts have the address.
        InputError: a file of the history is damaged.
    """
    record = run.record
    zone = ZoneInfo(record.timezone)
    start = start_of_day(since, zone) if isinstance(since, date) else since.before(run.as_of, zone)
    files = [each for each in history_files(output) if start <= each.as_of <= run.as_of]
    ids, unknown = _ids(run, text)
    found = read_contact(files, ids)
    if found.is_empty():
        raise unknown or _nothing(text, to_local(start, zone).date())
    rows = series(found, files, zone, hot_flames=record.hot_flames, every=every)
    lines = sparklines(found, files, zone)
    return ContactHistory(
        contact_id=ids[0],
        since=start,
        until=run.as_of,
        timezone=record.timezone,
        scores=tuple(
            ScoreHistory(name, title, lines[name], rows.filter(pl.col("score_name") == name))
            for name, title in _titles(record, lines).items()
        ),
        notes=() if record.hot_condition is None else (_OF_HOT,),
    )


def _titles(record: RunRecord, lines: dict[str, str]) -> dict[str, str]:
    """Return the titles of the scores that are reported, those of the run first."""
    now = {score.name: score.title for score in record.scores}
    return {name: now[name] for name in now if name in lines} | {
        name: name for name in lines if name not in now
    }


def _ids(run: Run, text: str) -> tuple[tuple[str, ...], NotFoundError | None]:
    """Return the contact's id and the ids merged into it; if the run has no such contact, also the error."""
    with reading_run(run):
        people = _with_email(scan(run, "contacts.parquet"), "contact_id")
        old = pl.DataFrame(schema={"contact_id": pl.String(), SURVIVOR: pl.String()})
        if has_merged(run):
            merged = scan(run, MERGED_FILE).rename({"contact_id": SURVIVOR, "merged_id": "contact_id"})
            old = _with_email(merged, "contact_id", SURVIVOR)
    try:
        who = contact_among(people, old, text)
    except NotFoundError as error:
        return (trim(text),), error
    return (who, *old.filter(pl.col(SURVIVOR) == who)["contact_id"].sort()), None


def _with_email(rows: pl.LazyFrame, *columns: str) -> pl.DataFrame:
    there = [name for name in ("email",) if name in rows.collect_schema()]
    return rows.select(*columns, *there).collect()


def _nothing(text: str, day: date) -> NotFoundError:
    hint = "`history` in the project file says how long scores are kept."
    return NotFoundError(Problem(NOTHING, f"The history has no score of `{text}` since {day}.", hint=hint))
