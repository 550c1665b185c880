"""The summary of a run, for a terminal and for one line: plain frozen values, computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from msgspec import Struct

from flamescore.report.accounts import best_accounts
from flamescore.report.findings_view import findings_of
from flamescore.report.listed import LISTED
from flamescore.report.standings import newly_hot
from flamescore.units import count, to_local

if TYPE_CHECKING:
    from datetime import datetime

    from flamescore.report.accounts import AccountsView
    from flamescore.report.findings_view import Findings
    from flamescore.report.run_data import RunData
    from flamescore.runs import LabelEntry, ScoreEntry


class Moves(Struct, frozen=True):
    """How many contacts that may be called became hot under a score, and how many cooled off."""

    newly_hot: int
    cooled_off: int


class ScoreView(Struct, frozen=True):
    """One score: the headline numbers, contacts by flames, the top of the call list.

    `hot` counts the hot contacts, `on_list` those of them on the call list, `held_out` those that only the
    hold-out keeps off it. The first two are None if this score does not determine who is hot. `listed`
    is the top of the call list, hot or not, in ranked order, by contact id. `moves` is None if no earlier run
    is known.
    """

    name: str
    title: str
    contacts: int
    hot: int | None
    on_list: int | None
    held_out: int
    flames: tuple[int, ...]
    listed: tuple[str, ...]
    moves: Moves | None = None


class View(Struct, frozen=True):
    """The summary of a run. `scores` has the default one first; `findings` are about rules and exports.

    `run_id` is `dry run` if nothing was published. `holdout` is the share that is held out, such as `5%`;
    None without a hold-out.

    `since` is the instant of the run that changes are relative to, None if there is none.
    """

    run_id: str
    as_of: datetime
    hot_flames: int | None
    contacts: int
    scores: tuple[ScoreView, ...]
    findings: Findings
    since: datetime | None = None
    labels: tuple[LabelEntry, ...] = ()
    accounts: AccountsView | None = None
    holdout: str | None = None


def view(run: RunData, *, limit: int = LISTED) -> View:
    """Return the summary of a run; at most `limit` leads of all scores together are listed."""
    record = run.record
    each = limit // len(record.scores)
    return View(
        run_id=record.run_id if record.published else "dry run",
        as_of=run.as_of,
        hot_flames=record.hot_flames,
        contacts=record.contacts,
        scores=tuple(_score(run, score, each) for score in record.scores),
        findings=findings_of(record),
        since=None if record.changes is None else to_local(record.changes.as_of, run.zone),
        labels=record.labels,
        accounts=best_accounts(run),
        holdout=None if record.holdout is None else record.holdout.share,
    )


def _score(run: RunData, score: ScoreEntry, limit: int) -> ScoreView:
    rows = run.scores.filter(pl.col("score_name") == score.name)
    listed = rows.join(run.uncalled, on="contact_id", how="anti", maintain_order="left")
    record, hot = run.record, run.is_hot()
    counts_hot = run.counts_hot(score.name)
    by_condition = record.hot_flames is None
    return ScoreView(
        name=score.name,
        title=score.title,
        contacts=score.contacts,
        hot=(record.hot_contacts if by_condition else score.hot(record.hot_flames)) if counts_hot else None,
        on_list=(_on_call_list(run) if by_condition else listed.filter(hot).height) if counts_hot else None,
        held_out=run.held_out(score.name),
        flames=score.flames,
        listed=tuple(listed["contact_id"].head(limit)),
        moves=moves(run, score.name),
    )


def _on_call_list(run: RunData) -> int:
    """Return the number of contacts that are hot by a condition and may be called."""
    assert run.hot is not None
    return run.hot.join(run.uncalled, on="contact_id", how="anti").height


def moves(run: RunData, score_name: str) -> Moves | None:
    """Count changes under a score; None if not known. Contacts that are not to be called don't count."""
    if run.changes is None:
        return None
    rows = run.changes.filter(pl.col("score_name") == score_name)
    may_be_called = rows.join(run.uncalled, on="contact_id", how="anti")
    return Moves(
        newly_hot=may_be_called.filter(newly_hot(run, score_name)).height,
        cooled_off=may_be_called.filter(pl.col("change") == "cooled_off").height,
    )


def summary_line(report: View) -> str:
    """Summarize a report in one line, without a line break: the run, its contacts, the hot ones by score.

    Under a condition there is one number for all scores. After that comes the number of the default
    score's hot leads to call and, with a hold-out, the number held out.
    """
    default = report.scores[0]
    end = f", {default.on_list:,} to call"
    if report.holdout is not None:
        end += f", {default.held_out:,} held out"
    start = f"{report.run_id}: {count(report.contacts, 'contact')}"
    if report.hot_flames is None:
        return f"{start}, {default.hot:,} hot{end}"
    hot = ", ".join(_hot(score, several=len(report.scores) > 1) for score in report.scores)
    return f"{start}, {hot} with {_flames(report.hot_flames)}{end}"


def held_out_line(report: View, score: ScoreView) -> str | None:
    """Return `2 hot leads are held out (5%)` for a score; None without a hold-out."""
    if report.holdout is None or score.on_list is None:
        return None
    are = "is" if score.held_out == 1 else "are"
    return f"{count(score.held_out, 'hot lead')} {are} held out ({report.holdout})"


def _hot(score: ScoreView, *, several: bool) -> str:
    return f"{score.hot:,} hot on {score.name}" if several else f"{score.hot:,} hot"


def _flames(hot_flames: int) -> str:
    most = 5
    return count(hot_flames, "flame") + ("" if hot_flames == most else " or more")
