"""Rejected rows as data: their reasons, their raw text, and the limit on their number."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from msgspec import Struct

from flamescore.exports.records import RawTexts, find_records
from flamescore.findings import Finding, InExport, Severity, to_problem
from flamescore.frames import REJECTS, ExportsRefusedError
from flamescore.input_errors import REJECTS as TOO_MANY
from flamescore.input_errors import reading
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flamescore.exports.records import RecordScan
    from flamescore.exports.reject_hints import RejectHints
    from flamescore.exports.table import Table
    from flamescore.project import RejectLimit, Source

REASONS: Final = {
    "short_row": "The row has fewer columns than the header.",
    "long_row": "The row has more columns than the header.",
    "stray_quote": "A cell has a quote inside, or one escaped by a backslash. Write the quote twice.",
    "unclosed_quote": "Missing closing quote.",
    "too_long": "The row is longer than 8 MB.",
    "nul_byte": "The row has a NUL byte.",
    "no_object": "The line is not a JSON object.",
    "missing_contact": "The row has no contact id.",
    "total_row": "The id is `Total` or another word for a sum.",
    "rounded_id": "The id is a number that a spreadsheet rounded.",
    "missing_event": "The row has no event type.",
    "missing_time": "The row has no time.",
    "unreadable_time": "The time can't be read.",
    "missing_tag": "The row has no tag.",
    "unknown_action": "The action must be `applied` or `removed`.",
    "missing_id": "The row has no id.",
    "repeated_id": "An earlier row of the file has the same id.",
}
"""Every reason code with its message; docs/exports.md has the same table."""

ALWAYS_ALLOWED: Final = 20
_SAMPLES: Final = 3
_ROW: Final = "\0row"
FAILED: Final = pl.Schema({"row": pl.Int64(), "reason": pl.String()})


class FailedRows(Struct, frozen=True):
    """Rows of a file that fail a check: their number by reason, and the `first` ones (`FAILED`), in order."""

    counts: Mapping[str, int]
    first: pl.DataFrame

    @property
    def count(self) -> int:
        """Return the number of failed rows."""
        return sum(self.counts.values())

    def joined(self, other: FailedRows, most: int) -> FailedRows:
        """Return these rows combined with others of the same file; `first` has the first `most` of all."""
        counts = Counter(self.counts)
        counts.update(other.counts)
        return FailedRows(dict(counts), pl.concat([self.first, other.first]).sort("row").head(most))


NONE_FAILED: Final = FailedRows({}, pl.DataFrame(schema=FAILED))


class Rejected(Struct, frozen=True):
    """The rejects of a file: the damaged records of `sweep`, and the sound ones that fail a check.

    All are counted; the places of at least the first `room` are known.
    """

    table: Table
    rows: int
    failed: FailedRows
    sweep: RecordScan | None
    room: int

    @property
    def damaged(self) -> int:
        """Return the number of damaged records."""
        return 0 if self.sweep is None else self.sweep.damaged

    @property
    def count(self) -> int:
        """Return the number of rejects."""
        return self.failed.count + self.damaged

    @property
    def footers(self) -> int:
        """Return the number of records that are not rows but a footer."""
        return 0 if self.sweep is None else len(self.sweep.footers)

    @property
    def surplus(self) -> int:
        """Return the number of rows with empty cells past the header."""
        return 0 if self.sweep is None else self.sweep.surplus

    def reasons(self) -> dict[str, int]:
        """Return the number of rejects by reason."""
        return {**({} if self.sweep is None else self.sweep.counts), **self.failed.counts}

    def frame(self, most: int, raws: RawTexts) -> pl.DataFrame:
        """Return the first rejects in order (`frames.REJECTS`): `most`, or `room` if that is fewer."""
        most = min(most, self.room)
        found = self._records(most, raws) if self.table.text else self._rows(most, raws)
        shown = pl.lit(self.table.found.shown, pl.String()).alias("source")
        message = pl.col("reason").replace_strict(REASONS, return_dtype=pl.String())
        return found.with_columns(shown, message=message).select(*REJECTS).cast(REJECTS)

    def _records(self, most: int, raws: RawTexts) -> pl.DataFrame:
        text, sweep = self.table.text, self.sweep
        assert text is not None
        assert sweep is not None
        failed, flaws = self.failed.first.head(most), sweep.flaws(most)
        numbers = sweep.numbers(failed["row"])
        every = pl.concat([pl.Series("record", numbers, dtype=pl.Int64), flaws["record"]]).sort().head(most)
        numbers = numbers[: np.searchsorted(numbers, every[-1], side="right")] if len(every) else numbers
        found = find_records(text, numbers).with_columns(reason=failed["reason"].head(len(numbers)))
        records = pl.concat([found, flaws]).sort("record").head(most)
        return records.with_columns(raw=pl.Series(raws.of_file(text, records), dtype=pl.String()))

    def _rows(self, most: int, raws: RawTexts) -> pl.DataFrame:
        failed = self.failed.first.head(most)
        last = failed["row"].max()
        seen = self.table.scan_for_json().with_row_index(_ROW).head(0 if last is None else int(str(last)) + 1)
        wanted = seen.filter(pl.col(_ROW).is_in(failed["row"].implode())).drop(_ROW)
        texts: list[str] = []
        with reading(self.table.found.shown):
            for batch in wanted.collect_batches(maintain_order=True):
                for row in batch.iter_rows(named=True):
                    data = json.dumps(row, default=str, ensure_ascii=False).encode("utf-8", "replace")
                    texts.append(raws.cut(data, len(data)))
        line = pl.lit(None, pl.Int64())
        return failed.select(
            record=pl.col("row") + 1, line=line, reason="reason", raw=pl.Series(texts, dtype=pl.String())
        )


def check_limit(
    source: Source,
    files: Sequence[Rejected],
    *,
    limit: RejectLimit,
    strict: bool,
    hints: Callable[[], RejectHints],
    left_out: int = 0,
) -> None:
    """Raise `ExportsRefusedError` if a source has too many rejects.

    That is the case with more than 20 that also exceed the limit, with nothing but rejects, and under
    `strict` with any. `hints` describe the cells at fault.
    """
    rows, rejected = sum(each.rows for each in files), sum(each.count for each in files)
    if not rejected:
        return
    over = rejected > ALWAYS_ALLOWED and not limit.allows(rejected, rows)
    if not (over or strict or rejected == rows - left_out):
        return
    why = (
        "which leaves nothing"
        if rejected == rows - left_out
        else f"more than {limit}"
        if over
        else "with --strict none may be"
    )
    text = (
        f"{rejected:,} of {count(rows, 'row')} {'is' if rejected == 1 else 'are'} rejected, {why}: "
        f"{by_reason(files)}. {_samples(files)}"
    )
    found, place = hints(), InExport(source.KIND, source.path)
    finding = Finding(
        TOO_MANY,
        Severity.ERROR,
        str(place),
        text + found.text,
        place,
        count=rejected,
        of=rows,
        details=found.lines,
        cure=found.cure,
        others=found.others,
        do="Fix the export or its settings, or raise max_rejects.",
    )
    raise ExportsRefusedError(to_problem(finding))


def by_reason(files: Sequence[Rejected]) -> str:
    """Return the number of rejects by reason, most common first, as `2 missing_time, 1 short_row`."""
    return ranked_reasons(reasons_of(files))


def reasons_of(files: Sequence[Rejected]) -> dict[str, int]:
    """Return the number of rejects by reason."""
    counts: dict[str, int] = {}
    for each in files:
        for reason, many in each.reasons().items():
            counts[reason] = counts.get(reason, 0) + many
    return counts


def ranked_reasons(counts: Mapping[str, int]) -> str:
    """Return numbers of rejects as text, most common reason first."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{many:,} {reason}" for reason, many in ranked)


def _samples(files: Sequence[Rejected]) -> str:
    some = [each for each in files if each.count][:_SAMPLES]
    firsts = pl.concat([each.frame(_SAMPLES, RawTexts()) for each in some]).head(_SAMPLES)
    places = [
        f"{row['source']} record {row['record']}" + (f" (line {row['line']})" if row["line"] else "")
        for row in firsts.iter_rows(named=True)
    ]
    return f"The first: {', '.join(places)}."
