"""What the Python API returns: a result, a stored run, an explanation; and how notebooks show them."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cached_property
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from flamescore import explanations
from flamescore.changes import FILE as CHANGES_FILE
from flamescore.frames import REJECTS
from flamescore.report import wording
from flamescore.runs import RECORD, file_of, has_table, read, reading_run
from flamescore.text import for_cell
from flamescore.units import count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from flamescore.project import Project
    from flamescore.runs import Run as StoredRun
    from flamescore.scoring import Scored


@dataclass(frozen=True, repr=False)
class Result:
    """The result of `score`. It prints as a line, and notebooks show its ten best contacts.

    `scores`: `contact_id, score_name, score, flames, percent_of_ideal, percentile, rank, last_activity_at`,
    score by score, best first.

    `points`: the ledger, `contact_id, score_name, entry, rule_id, occurrences, points, last_at`. The rows of
    a contact add up to its score.

    `contacts`: every contact, by contact id.

    `rejects`: `source, record, line, reason, message, raw` of the rows that were left out.

    `merged`: the old ids of merged contacts and their current ids; None if there are none.

    `labels`: `contact_id` and a column per label, for every contact, by contact id; None if the rules have no
    labels.

    `hot`: the `contact_id` of every hot contact, by contact id.

    `bots`: events that look like a mail scanner's, `contact_id, score_name, events, points_lost`, largest
    loss first; None if the rules have no `bots`.

    `accounts`: the scores of accounts, score by score, best first. `account_points`: their ledger; the rows
    of an account add up to its score. Both are None if the rules have no `accounts`.
    """

    scores: pl.DataFrame
    points: pl.DataFrame
    contacts: pl.DataFrame
    rejects: pl.DataFrame
    scored: Scored
    merged: pl.DataFrame | None = None
    labels: pl.DataFrame | None = None
    hot: pl.DataFrame | None = None
    bots: pl.DataFrame | None = None
    accounts: pl.DataFrame | None = None
    account_points: pl.DataFrame | None = None

    def __repr__(self) -> str:
        """Return a one-line summary."""
        many = _counted(self.contacts.height, len(self.scored.book.scores))
        return f"<flamescore.Result: {many}, {_as_of(self.scored.as_of, self.scored.book.zone)}>"

    def _repr_html_(self) -> str:
        """Return the ten best contacts under the first score, as a table."""
        return _best(repr(self), self.scores, self.scored.book.scores[0].name, self.contacts)


@dataclass(frozen=True, repr=False)
class Run:
    """A stored run, from `load_run`. Its frames are read on first use, and cached.

    Raises:
        FlamescoreError: A file of the run is missing or damaged; raised when it is first used.
    """

    stored: StoredRun
    project: Project
    """The project that its output belongs to; without one, a project with just this output."""

    @property
    def run_id(self) -> str:
        """The run's id, which is the name of its folder."""
        return self.stored.run_id

    @property
    def as_of(self) -> datetime:
        """The time (UTC) as of which contacts were scored."""
        return self.stored.record.as_of

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.stored.path

    @cached_property
    def record(self) -> dict[str, Any]:
        """The content of `run.json`."""
        with reading_run(self.stored):
            found: dict[str, Any] = json.loads((self.path / RECORD).read_bytes())
        return found

    @cached_property
    def scores(self) -> pl.DataFrame:
        """One row per contact and score, with the kept columns, score by score, best first."""
        return self._read("scores.parquet")

    @cached_property
    def points(self) -> pl.DataFrame:
        """The ledger. The rows of a contact add up to its score."""
        return self._read("points.parquet")

    @cached_property
    def contacts(self) -> pl.DataFrame:
        """Every contact, by contact id."""
        return self._read("contacts.parquet")

    @cached_property
    def changes(self) -> pl.DataFrame | None:
        """What changed since the previous run; None if the run was not compared with one."""
        return None if self.stored.record.changes is None else self._read(CHANGES_FILE)

    @cached_property
    def rejects(self) -> pl.DataFrame | None:
        """The rows of the exports that could not be used; None if there are none."""
        if not has_table(self.stored, "rejects.csv"):
            return None
        return pl.read_csv(file_of(self.stored, "rejects.csv"), schema=REJECTS)

    @cached_property
    def history(self) -> pl.DataFrame | None:
        """Recent scores of the contacts in the run's report; None if there are none."""
        return self._read("history.parquet") if has_table(self.stored, "history.parquet") else None

    def _read(self, file: str) -> pl.DataFrame:
        with reading_run(self.stored):
            return read(self.stored, file)

    def __repr__(self) -> str:
        """Return a one-line summary."""
        record = self.stored.record
        many = _counted(record.contacts, len(record.scores))
        return f"<flamescore.Run {self.run_id}: {many}, {_as_of(record.as_of, ZoneInfo(record.timezone))}>"

    def _repr_html_(self) -> str:
        """Return the ten best contacts under the first score, as a table."""
        return _best(repr(self), self.scores, self.stored.record.scores[0].name, self.contacts)


class Explanation(explanations.Explanation):
    """Why a contact has its scores. `str()` gives the text that the command line prints."""

    __slots__ = ()

    @classmethod
    def of(cls, told: explanations.Explanation) -> Explanation:
        """Return an explanation that can display itself."""
        return cls(**{each.name: getattr(told, each.name) for each in fields(told)})

    def __repr__(self) -> str:
        """Return a one-line summary."""
        scores = count(len(self.scores), "score")
        when = _as_of(self.as_of, ZoneInfo(self.timezone))
        return f"<flamescore.Explanation: contact {for_cell(self.contact_id)}, {scores}, {when}>"

    def __str__(self) -> str:
        """Return the whole text, 100 columns wide, without color."""
        return _text(self)

    def _repr_html_(self) -> str:
        """Return the ledger of each score, as a table."""
        from flamescore.report import entries_in_words  # noqa: PLC0415 - rich takes 50 ms

        lines: list[Sequence[str]] = []
        for score in self.scores:
            lines += [
                (points, entry, score.title) for points, entry in entries_in_words(score, self.timezone)
            ]
            lines.append((wording.score(nearest_points(score.score), _EXACT), "total", score.title))
        return _as_html(repr(self), ("Points", "What", "Score"), lines)


# --- as a line, as text, as a table


_WIDTH: Final = 100
_BEST: Final = 10
_EXACT: Final = 4
_MOST_ROWS: Final = 60
_LONGEST: Final = 60
"""Characters per cell: escaping at most multiplies their bytes by six, so a table stays under 50 kB."""


def _counted(contacts: int, scores: int) -> str:
    return f"{count(contacts, 'contact')}, {count(scores, 'score')}"


def _as_of(instant: datetime, zone: ZoneInfo) -> str:
    return f"as of {wording.minute(to_local(instant, zone))}"


def _text(explanation: explanations.Explanation) -> str:
    from rich.console import Console  # noqa: PLC0415 - rich takes 50 ms

    from flamescore.report import Filtered, render_explanation  # noqa: PLC0415 - the same

    page = StringIO()
    console = Console(file=page, width=_WIDTH, color_system=None, force_terminal=False, highlight=False)
    console.print(Filtered(render_explanation(explanation)))
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines())


def _best(caption: str, scores: pl.DataFrame, score_name: str, contacts: pl.DataFrame) -> str:
    """Return the first contacts of a score as a table, with the columns that identify them."""
    mine = scores.filter(pl.col("score_name") == score_name).head(_BEST)
    who = [name for name in ("name", "company", "owner") if name in contacts.columns]
    people = contacts.select("contact_id", *(pl.col(name).cast(pl.String) for name in who))
    rows = mine.select("rank", "flames", "score", "contact_id").join(
        people, on="contact_id", how="left", maintain_order="left"
    )
    headers = ("Rank", "Flames", "Score", *(name.capitalize() for name in who), "Contact id")
    lines = (
        (
            str(rank),
            str(flames),
            wording.score(nearest_points(score)),
            *(each or "" for each in others),
            who_it_is,
        )
        for rank, flames, score, who_it_is, *others in rows.iter_rows()
    )
    return _as_html(caption, headers, lines)


def _as_html(caption: str, headers: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are escaped, and cells that are too long are truncated."""
    rows = list(lines)
    more = len(rows) - _MOST_ROWS
    shown = "".join(_row("td", row) for row in rows[:_MOST_ROWS])
    if more > 0:
        shown += _row("td", (f"and {more:,} more",))
    head = _row("th", headers)
    return (
        f"<table><caption>{_cell(caption, 200)}</caption><thead>{head}</thead><tbody>{shown}</tbody></table>"
    )


def _row(tag: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_cell(each)}</{tag}>' for each in cells)}</tr>"


def _cell(text: str, most: int = _LONGEST) -> str:
    shown = for_cell(text)
    return escape(shown if len(shown) <= most else f"{shown[: most - 1]}…")
