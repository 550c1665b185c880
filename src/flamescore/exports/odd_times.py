"""Implausible times: before 1990, or later than their file was written."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import folded
from flamescore.exports.swapped_dates import twin
from flamescore.exports.times import TimeFormat
from flamescore.findings import Finding, InExport, Severity
from flamescore.text import json_text
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports.plan import Plan
    from flamescore.exports.validate import LoadOptions, Validated
    from flamescore.frames import Window

BEFORE_1990: Final = "I123"
AFTER_FILE: Final = "I124"
EARLY: Final = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
_DAY: Final = 86_400
_NANO: Final = 1_000_000_000
_SAMPLES: Final = 3
_SECOND: Final = "second"


def _timed(plan: Plan, options: LoadOptions) -> pl.LazyFrame:
    """Return the rows of a file that are not left out: `at` as written and in epoch seconds, and the type."""
    at = options.times(plan)
    kind = plan.column("event") if "event" in plan else plan.column("tag")
    rows = at.staged(plan.counted(plan.table.scan()))
    return rows.select(
        plan.column("at").alias("cell"),
        at.instants().dt.epoch("s").alias(_SECOND),
        folded(kind).alias("kind"),
    )


def early_times(source: Validated, options: LoadOptions, window: Window | None) -> Iterator[Finding]:
    """Yield a finding on the rows of a source that are before 1990 and not old by `window`."""
    cells: Counter[str] = Counter()
    first = EARLY
    for plan in source.plans:
        rows = _timed(plan, options).filter(pl.col(_SECOND) < EARLY)
        if window is not None:
            rows = rows.filter(~window.old(window.now - pl.col(_SECOND), pl.col("kind")))
        found = plan.table.collect(
            rows.group_by("cell", maintain_order=True).agg(pl.len().alias("rows"), pl.col(_SECOND).min())
        )
        if found.height:
            cells.update(dict(found.select("cell", "rows").iter_rows()))
            first = min(first, int(str(found[_SECOND].min())))
    if not cells:
        return
    many, rows_in_all = cells.total(), sum(each.rows for each in source.files)
    what = "event" if source.spec.KIND == "events" else "row"
    are = f"{count(many, what)} {'is' if many == 1 else 'are'}"
    day = datetime.fromtimestamp(first, UTC).date().isoformat()
    text = all(isinstance(plan.time_type, pl.String) for plan in source.plans)
    samples = sorted(cells, key=lambda cell: (-cells[cell], cell))[:_SAMPLES]
    known = (*source.spec.null_values, *(cell.strip() for cell in samples))
    place = InExport(source.spec.KIND, source.spec.path)
    yield Finding(
        BEFORE_1990,
        Severity.WARNING,
        str(place),
        f"{are} before 1990, the first of {day}.",
        place,
        count=many,
        of=rows_in_all,
        samples=tuple(samples),
        cure=f"null_values: [{', '.join(json_text(cell) for cell in dict.fromkeys(known))}]"
        if text
        else None,
    )


class Later(Struct, frozen=True):
    """For each file of a source, the time after which no row is expected: a day after it was written.

    None if the modification time is unknown.
    """

    limits: tuple[int | None, ...]

    @classmethod
    def of(cls, source: Validated) -> Later:
        """Return the limits of a source."""
        written = (plan.table.found.modified for plan in source.plans)
        return cls(tuple(when // _NANO + _DAY if when > 0 else None for when in written))

    def may_be(self, second: int) -> bool:
        """Return whether a timestamp is past any of the limits."""
        return any(limit is not None and second > limit for limit in self.limits)


def later_times(source: Validated, options: LoadOptions, window: Window) -> Iterator[Finding]:
    """Yield a finding on rows after `as_of` that are over a day later than their file was written."""
    many = days = 0
    forms: set[str | None] = set()
    for plan, limit in zip(source.plans, Later.of(source).limits, strict=True):
        if limit is None:
            continue
        rows = _timed(plan, options).filter((pl.col(_SECOND) > limit) & (pl.col(_SECOND) > window.now))
        found = plan.table.collect(rows)
        if not found.height:
            continue
        many += found.height
        latest = int(str(found[_SECOND].max())) - (limit - _DAY)
        days = max(days, -(-latest // _DAY))
        forms.add(_earlier_by(found["cell"], plan, options, limit))
    if not many:
        return
    place = InExport(source.spec.KIND, source.spec.path)
    up_to = f"{'is' if many == 1 else 'are'} up to {count(days, 'day')} later than their file was written"
    text = (
        f"{count(many, 'row')} {up_to if many != 1 else up_to.replace('their', 'its')}: "
        "day and month swapped, a wrong time zone, or planned activities."
    )
    form = forms.pop() if len(forms) == 1 else None
    cure = None if form is None else f"at: {{format: {json_text(form)}}}"
    yield Finding(AFTER_FILE, Severity.WARNING, str(place), text, place, count=many, cure=cure)


def _earlier_by(cells: pl.Series, plan: Plan, options: LoadOptions, limit: int) -> str | None:
    """Return the twin of the source's format if it parses all of some cells as no later than their limit."""
    form = getattr(plan.source, "at", None)
    formats: tuple[str, ...] = () if form is None else form.format
    other = twin(formats[0]) if len(formats) == 1 else None
    if other is None:
        return None
    read = TimeFormat(plan.source.timezone or options.zone, (other,)).read(cells).at.dt.epoch("s")
    return other if bool((read <= limit).fill_null(value=False).all()) else None
