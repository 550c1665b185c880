"""Validate the files of a source: count rows, set rejects apart, and stop if there are too many.

A row is rejected for the first value that it is missing: an id, a type, a time that parses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import fold, rounded
from flamescore.columns import NO_LISTS, NamedColumns, NumberColumns
from flamescore.exports import times
from flamescore.exports.cell_checks import (
    ID_COLUMNS,
    ROUNDED,
    CellChecks,
    check_file,
    rejected_for,
    with_reasons,
)
from flamescore.exports.cell_starts import fixed_by_skip_spaces, without_marks
from flamescore.exports.cells_removed import invisible_ends
from flamescore.exports.csv_records import scan_records
from flamescore.exports.invisible_ends import InvisibleEnds
from flamescore.exports.last_records import without_footers
from flamescore.exports.number_columns import as_written, number_format
from flamescore.exports.record_findings import record_findings
from flamescore.exports.records import KEPT, RawTexts
from flamescore.exports.reject_hints import RejectHints, rounded_ids, unread_times
from flamescore.exports.rejects import (
    NONE_FAILED,
    Rejected,
    check_limit,
)
from flamescore.exports.source_findings import ODD_HOURS, Note, finding_of, rejects_of
from flamescore.exports.source_findings import ROUNDED as ROUNDED_TIMES
from flamescore.exports.times import TimeFormat
from flamescore.frames import REJECTS, Counts, ExportsRefusedError, SourceRecord
from flamescore.input_errors import EMPTY, fault
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.columns import DateColumns, ListColumns
    from flamescore.exports.opening import OpenSource
    from flamescore.exports.plan import Plan
    from flamescore.exports.seen_days import SeenDays
    from flamescore.exports.tempfiles import Spool
    from flamescore.exports.times import TimeColumn
    from flamescore.findings import Finding
    from flamescore.frames import Window
    from flamescore.project import RejectLimit, Source

NO_NUMBERS: Final = NumberColumns()
NOT_NAMED: Final = NamedColumns()
_LOOKED_AT: Final = 10_000
"""Maximum number of rounded ids of a file whose shape is examined."""


class LoadOptions(Struct, frozen=True):
    """How exports are loaded. `limit` overrides the sources' own; `zone` is the rule file's.

    The first `keep` rejects of each source are reported as rows. Without `noted`, no cell is read just for a
    note: explanations report none, which saves a tenth of their time on the sample.
    """

    dates: DateColumns
    zone: ZoneInfo
    spool: Spool
    fallback: RejectLimit
    limit: RejectLimit | None = None
    strict: bool = False
    keep: int = KEPT
    numbers: NumberColumns = NO_NUMBERS
    named: NamedColumns = NOT_NAMED
    lists: ListColumns = NO_LISTS
    noted: bool = True

    def times(self, plan: Plan, seen: SeenDays | None = None) -> TimeColumn:
        """Return the column `at` of a file, to be parsed as its source declares; `seen` collects its days."""
        form = getattr(plan.source, "at", None)
        zone = plan.source.timezone or self.zone
        numbers = number_format("at", plan)
        cells = None if numbers is None else as_written("at", plan, numbers)
        return plan.times(TimeFormat(zone, form.format if form else (), numbers, seen), cells)


class Validated(Struct, frozen=True):
    """A source whose rows are accounted for. `plans` read sound records; `files` has the rejects of each.

    For events, these are only damaged records until the cells are validated (`check_cells`).
    """

    source: OpenSource
    plans: tuple[Plan, ...]
    files: tuple[Rejected, ...]
    keep: int
    notes: tuple[Note, ...]
    left_out: int = 0
    findings: tuple[Finding, ...] = ()
    """Findings on its cells."""

    @property
    def spec(self) -> Source:
        """Return the source as authored."""
        return self.source.spec

    @property
    def rejects(self) -> pl.DataFrame:
        """Return the first `keep` rejects of the source (`frames.REJECTS`)."""
        left, raws = self.keep, RawTexts()
        frames = [pl.DataFrame(schema=REJECTS)]
        for each in self.files:
            if each.count and left:
                frames.append(each.frame(left, raws))
                left -= frames[-1].height
        return pl.concat(frames)

    @property
    def ignored(self) -> int:
        """Return the number of rows that the source leaves out, and of records that are footers."""
        return self.left_out + sum(each.footers for each in self.files)

    def noticed(self, options: LoadOptions) -> tuple[Finding, ...]:
        """Return findings on text stripped from cells of binary files, known once these have been read."""
        others = [plan for plan in self.plans if plan.table.text is None]
        return tuple(invisible_ends(self.spec, others, options.named))

    def record(self, **counts: int) -> SourceRecord:
        """Return the source's record: `rows`, `rejected` and `ignored`, and the `counts` known so far."""
        known = Counts(
            rows=sum(each.rows for each in self.files),
            rejected=sum(each.count for each in self.files),
            ignored=self.ignored,
        )
        files = tuple(plan.table.found.recorded for plan in self.plans)
        rejects = rejects_of(self.files, self.spec, self.keep)
        return SourceRecord(
            self.spec.KIND,
            self.spec.path,
            files,
            replace(known, **counts),
            tuple(note.text for note in self.notes),
            (
                *(finding_of(note, self.spec) for note in self.notes),
                *record_findings(self.spec, self.files),
                *(() if rejects is None else (rejects,)),
                *self.findings,
            ),
        )


def validate(source: OpenSource, options: LoadOptions) -> Validated:
    """Validate every row of a source in one pass: its bytes, and the cells that it needs."""
    return check_cells(_sound(source, options), options)


def check_records(source: OpenSource, options: LoadOptions) -> Validated:
    """Validate only the bytes of text files: damaged records are set apart, cells are not checked."""
    sound = _sound(source, options)
    return replace(sound, notes=(*sound.notes, *_time_notes(sound.plans, [], options)))


def _sound(source: OpenSource, options: LoadOptions) -> Validated:
    """Set damaged records apart, without notes on times yet."""
    plans: list[Plan] = []
    files: list[Rejected] = []
    room = options.keep
    for each in source.plans:
        plan, rejected = sound_records(each, options.spool, room)
        plans.append(plan)
        files.append(rejected)
        room = max(0, room - rejected.count)
    if not sum(each.rows - each.footers for each in files) and source.spec.KIND == "contacts":
        raise fault(EMPTY, f"{source.spec.KIND}: `{source.spec.path}` has a header and no row.")
    texts = [plan for plan in plans if plan.table.text is not None]
    removed = tuple(invisible_ends(source.spec, texts, options.named))
    return Validated(source, tuple(plans), tuple(files), options.keep, source.notes(), findings=removed)


def check_cells(validated: Validated, options: LoadOptions, window: Window | None = None) -> Validated:
    """Validate the cells that each row needs as well; events that are old by `window` are not reported."""
    checks: list[CellChecks] = []
    files: list[Rejected] = []
    room = options.keep
    for plan, rejected in zip(validated.plans, validated.files, strict=True):
        checks.append(check_file(plan, times_of(plan, options), room, window))
        files.append(replace(rejected, failed=checks[-1].failed, room=room))
        room = max(0, room - files[-1].count)
    notes = (*validated.source.notes(), *_time_notes(validated.plans, checks, options))
    left_out = sum(each.left_out for each in checks)
    return replace(validated, files=tuple(files), notes=notes, left_out=left_out)


def times_of(plan: Plan, options: LoadOptions) -> TimeColumn | None:
    """Return the times of a file, if files of its kind have any."""
    return options.times(plan) if "at" in plan.source.CANONICAL else None


def enforce_limit(validated: Validated, options: LoadOptions) -> None:
    """Raise `ExportsRefusedError` if a source has more rejects than it may."""
    try:
        check_limit(
            validated.spec,
            validated.files,
            limit=options.limit or validated.spec.max_rejects or options.fallback,
            strict=options.strict,
            hints=lambda: _hints(validated, options),
            left_out=validated.ignored,
        )
    except ExportsRefusedError as error:
        raise ExportsRefusedError(error.problems, [validated.record()], [validated.rejects]) from None


def _hints(validated: Validated, options: LoadOptions) -> RejectHints:
    """Describe the cells at fault, and what would parse them."""
    at = getattr(validated.spec, "at", None)
    times = unread_times(_unread(validated, options), () if at is None else at.format)
    strays = any("stray_quote" in each.reasons() for each in validated.files)
    skips = strays and not validated.spec.skip_spaces and fixed_by_skip_spaces(validated.files, options.spool)
    hints = replace(times, text=_rounded_ids(validated))
    return hints.with_skipping() if skips else hints


def types_in(plan: Plan, spool: Spool) -> frozenset[str]:
    """Return the types of the events in a file, folded."""
    constants = plan.source.constants
    if "event" in constants:
        return frozenset({fold(constants["event"])})
    table = sound_records(plan, spool, 0)[0].table
    types = table.collect(table.scan().select(plan.column("event").unique().alias("event")))
    return frozenset(fold(each) for each in types["event"].drop_nulls())


def sound_records(plan: Plan, spool: Spool, room: int) -> tuple[Plan, Rejected]:
    """Return a plan of the sound records, and the damaged ones, with the places of the first `room`."""
    table = plan.table
    if table.csv is None:
        rows = table.swept.records if table.swept else table.rows()
        plan = replace(plan, bare=True, noticed=None if table.swept else InvisibleEnds())
        return plan, Rejected(table, rows, NONE_FAILED, table.swept, room)
    swept, copy = scan_records(table.csv, spool, room)
    if swept.marked:
        csv = without_marks(table.csv, spool)
        plan = plan.over(replace(table, csv=csv, path=csv.data))
        table = plan.table
        swept, copy = scan_records(csv, spool, room)
    if plan.source.footer == "auto":
        swept, copy = without_footers(plan, swept, copy, spool)
    sound = plan if copy is None else plan.over(table.sound_copy(copy))
    sound = replace(sound, bare=True) if swept.invisible else sound
    return sound, Rejected(table, swept.records, NONE_FAILED, swept, room)


def _unread(validated: Validated, options: LoadOptions) -> Iterator[pl.Series]:
    """Yield the cells of `at` that don't parse."""
    for plan, each in zip(validated.plans, validated.files, strict=True):
        if "unreadable_time" in each.failed.counts:
            rows = with_reasons(plan.table.scan(), plan, times_of(plan, options)).filter(
                rejected_for("unreadable_time")
            )
            for batch in plan.table.batches(rows.select(plan.column("at").alias("at"))):
                yield batch["at"]


def _rounded_ids(validated: Validated) -> str:
    many = sum(each.reasons().get(ROUNDED, 0) for each in validated.files)
    if not many:
        return ""
    ids = pl.concat([_first_rounded(plan) for plan in validated.plans])
    return rounded_ids(ids, many, sum(each.rows for each in validated.files))


def _first_rounded(plan: Plan) -> pl.Series:
    """Return the first rounded ids of a file."""
    cells = [plan.column(name) for name in ID_COLUMNS if name in plan]
    first = pl.coalesce(pl.when(rounded(cell)).then(cell) for cell in cells)
    rows = plan.table.scan().select(first.alias("id")).drop_nulls().head(_LOOKED_AT)
    return plan.table.collect(rows)["id"]


def _time_notes(plans: Sequence[Plan], checks: Sequence[CellChecks], options: LoadOptions) -> Iterator[Note]:
    spec = plans[0].source
    if "at" not in spec.CANONICAL:
        return
    declared = getattr(spec, "at", None) is not None
    units = (
        {}
        if declared or not options.noted
        else dict.fromkeys(unit for plan in plans for unit in _units(plan))
    )
    if units:
        size = " or ".join(units)
        yield Note(
            f"times have no declared format: whole numbers are read as {size} since 1970, by their size"
        )
    repeated, skipped, lossy = (
        sum(getattr(each, name) for each in checks) for name in ("repeated", "skipped", "lossy")
    )
    for many, text, code in (
        (repeated, "in an hour that the clock repeats: the earlier is taken", ODD_HOURS),
        (skipped, "in an hour that the clock skips: moved forward", ODD_HOURS),
        (lossy, "written like 1.54111E+12: precision is lost", ROUNDED_TIMES),
    ):
        if many:
            yield Note(f"{count(many, 'cell')} with a time {text}", code, many)


def _units(plan: Plan) -> list[str]:
    """Return the epoch units of the first cells of `at`, as implied by their size."""
    if not (plan.time_type.is_numeric() or plan.time_type == pl.String()):
        return []
    first = plan.table.scan().select(plan.column("at", text=False).alias("at")).head(1000)
    cells = plan.table.collect(first)["at"]
    read = TimeFormat(plan.source.timezone or times.UTC_ZONE).read(cells)
    numbers = cells.filter(((read.flags & times.NUMBERED) != 0) & read.at.is_not_null())
    sizes = numbers.cast(pl.Float64, strict=False).drop_nulls()
    limits = ((1e9, "seconds"), (1e12, "milliseconds"), (1e15, "microseconds"))
    return [unit for low, unit in limits if sizes.is_between(low, low * 10, closed="left").any()]
