"""All write-backs of a run: computed before it is written, reported, and written into its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.findings import Finding, Severity
from flamescore.runs import WriteBackEntry
from flamescore.state import DELIVERED_CELLS, Kind
from flamescore.units import count
from flamescore.write_back.cells import cells_of
from flamescore.write_back.changed import changed
from flamescore.write_back.files import read_waiting, write_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from flamescore.state import Before
    from flamescore.write_back.cells import Leads
    from flamescore.write_back.changed import Changed
    from flamescore.write_back.columns import Export

PATIENCE: Final = 10
"""Counting runs after which a note asks whether the files are being imported."""


class WriteBack(Struct, frozen=True):
    """One write-back of a run: its rows, the run delivered last, and how many counting runs since."""

    changed: Changed
    based_on: str | None
    waiting: int

    @property
    def name(self) -> str:
        """Return its name."""
        return self.changed.export.name

    @property
    def entry(self) -> WriteBackEntry:
        """Return its entry in the run's record."""
        rows = self.changed.rows.height
        return WriteBackEntry(name=self.name, rows=rows, first_time=self.changed.first_time)

    def findings(self) -> tuple[Finding, ...]:
        """Report keys that the CRM does not accept, and files that seem not to be imported."""
        findings = []
        if self.changed.bad_key:
            export, many = self.changed.export, self.changed.bad_key
            have, they = ("has", "it is") if many == 1 else ("have", "they are")
            text = f"{count(many, 'contact')} {have} a `{export.key.column}`"
            text = f"{text} that {export.crm.vendor} does not take; {they} left out."
            findings.append(Finding("A024", Severity.WARNING, self._subject, text, count=many))
        if self.waiting >= PATIENCE:
            text = f"For {self.waiting:,} runs nobody has confirmed that its files were imported."
            cure = f"run `flamescore delivered {self.name}` after each import."
            findings.append(Finding("A019", Severity.NOTE, self._subject, text, count=self.waiting, do=cure))
        return tuple(findings)

    def write(self, folder: Path, run_id: str, as_of: datetime) -> None:
        """Write its files into a run's folder."""
        write_files(
            folder, self.changed, run_id=run_id, as_of=as_of, based_on=self.based_on, waiting=self.waiting
        )

    @property
    def _subject(self) -> str:
        return f"write_back {self.name}"


def work_out(exports: Sequence[Export], leads: Leads, before: Before) -> tuple[WriteBack, ...]:
    """Return the write-backs of a run that the state moves to, compared with what was delivered."""
    based_on = dict(before.delivered.select("export", "run_id").iter_rows())
    return tuple(_worked_out(export, leads, before, based_on.get(export.name)) for export in exports)


def _worked_out(export: Export, leads: Leads, before: Before, based_on: str | None) -> WriteBack:
    delivered = before.cells.get(export.name, pl.DataFrame(schema=DELIVERED_CELLS))
    found = changed(export, cells_of(export, leads, delivered["key"].unique()), delivered)
    return WriteBack(found, based_on, _waiting(export.name, before, based_on))


def _waiting(name: str, before: Before, based_on: str | None) -> int:
    """Count the counting runs since the last delivery; the first run after it is number one."""
    earlier = None if before.run is None else read_waiting(before.run.path, name)
    since = earlier[1] if earlier is not None and earlier[0] == based_on else 0
    return since + (before.kind is Kind.COUNTING)
