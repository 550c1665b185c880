"""The dates that declared formats parse, collected in passing, to detect swapped day and month (I122).

Once a format has parsed a day past 12, it is no longer examined. Usually that happens in the first batch.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from flamescore.exports.swapped_dates import LAST_MONTH, swapped, twin
from flamescore.findings import Finding, InExport, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import polars as pl

    from flamescore.project import Source

SWAPPED: Final = "I122"


class SeenDays(Struct):
    """The distinct days that each format has parsed, and how many cells; unambiguous formats have none."""

    _days: dict[str, set[date]] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)
    _clear: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _others: dict[str, SeenDays] = field(default_factory=dict)

    def of(self, column: str) -> SeenDays:
        """Return the days of a column other than `at`."""
        return self._others.setdefault(column, SeenDays())

    def wants(self, form: str) -> bool:
        """Return whether a format has a twin and has not yet proved unambiguous."""
        return form not in self._clear and twin(form) is not None

    def see(self, form: str, read: pl.Series) -> pl.Series:
        """Record the days that a format parsed from some cells, and return them unchanged."""
        if form in self._clear:
            return read
        last = read.dt.day().max()
        if last is None:
            return read
        if int(str(last)) > LAST_MONTH or twin(form) is None:
            self._clear.add(form)
            return read
        days = read.drop_nulls().dt.date()
        with self._lock:
            self._days.setdefault(form, set()).update(days.unique().to_list())
            self._times[form] = self._times.get(form, 0) + len(days)
        return read

    def findings(self, source: Source, column: str = "at") -> Iterator[Finding]:
        """Yield a finding for each format that probably swapped day and month, in `column` and all others."""
        for name, other in self._others.items():
            yield from other.findings(source, name)
        place = InExport(source.KIND, source.path)
        for form, days in self._days.items():
            found = None if form in self._clear else swapped(form, days, self._times[form])
            if found is not None:
                subject = f"{place} {column}"
                do = f'look at the export; if it means the other, write "{found.twin}"'
                yield Finding(
                    SWAPPED, Severity.WARNING, subject, found.message, place, count=found.times, do=do
                )
