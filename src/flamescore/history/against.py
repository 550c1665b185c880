"""Find the earlier run to compare a run with, in the history if retention has deleted it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.errors import NotFoundError
from flamescore.frames import SCORES
from flamescore.history.files import HISTORY, HistoryFile, history_files
from flamescore.history.series import read_file
from flamescore.points import in_points
from flamescore.runs import OnlyScores, RunStore, run_against
from flamescore.units import parse_period

if TYPE_CHECKING:
    from flamescore.project import Project
    from flamescore.runs import EarlierRun, Run


def find_earlier(project: Project, words: str, newer: Run) -> EarlierRun:
    """Return the earlier run that `--against` means (see `runs.run_against`), or its scores in the history.

    A day or the name of a run refers to a stored run if one exists, else to a file of the history. A period
    refers to the last of both kinds. Days are in the time zone of the newer run's rule file.

    Raises:
        NotFoundError: neither exists.
        DamagedRunError: the record of the newer run is damaged.
        InputError: the file of the history is damaged.
    """
    zone = ZoneInfo(newer.record.timezone)
    store = RunStore.of(project)
    runs = store.runs()
    stored = {run.run_id for run in runs} | {run.as_of for run in runs}
    gone = [each for each in history_files(store.output) if not {each.run_id, each.as_of} & stored]
    if parse_period(words) is None:
        try:
            return store.whole(run_against(runs, words, newer, zone))
        except NotFoundError:
            if not gone:
                raise
    both: tuple[Run | HistoryFile, ...] = (*runs, *gone)
    found = run_against(both, words, newer, zone)
    return _scores_of(found) if isinstance(found, HistoryFile) else store.whole(found)


def _scores_of(file: HistoryFile) -> OnlyScores:
    rows = read_file(file)
    scores = rows.with_columns(in_points(rows["score"]))
    return OnlyScores(
        file.run_id, file.as_of, scores.select(pl.col(name).cast(SCORES[name]) for name in HISTORY)
    )
