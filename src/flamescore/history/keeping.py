"""Keep a run's scores when the state moves to the run, and tidy up afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from flamescore.history.files import HISTORY_OF, tidy_history, write_history
from flamescore.runs import DamagedRunError, modes, reading_run, scan

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.project import Project
    from flamescore.runs import Run

SCORES_FILE: Final = "scores.parquet"


class Keeping(Struct, frozen=True):
    """Keeps the scores of a project's runs for the period set by `history`."""

    project: Project

    def __call__(self, run: Run) -> None:
        """Write a run's file, unless `history` is `none` or the run is damaged.

        The call is idempotent.
        """
        settings = self.project.settings
        if settings.history is None:
            return
        try:
            with reading_run(run):
                scores = scan(run, SCORES_FILE).select(HISTORY_OF).collect()
        except DamagedRunError:  # an earlier run: reported when the new run is compared with it
            return
        write_history(self._output, run.run_id, scores, modes(settings.mode))

    def tidy(self, run: Run) -> None:
        """Delete files that a run's file replaces, and old ones, once the state has moved to the run."""
        zone = ZoneInfo(run.record.timezone)
        tidy_history(self._output, run.run_id, self.project.settings.history, zone)

    @property
    def _output(self) -> Path:
        return self.project.output_folder
