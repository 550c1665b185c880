"""Findings on the records of a source: that there are none, or that some are not rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.findings import Finding, InExport, Severity
from flamescore.input_errors import FOOTERS, NO_ROWS
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.exports.rejects import Rejected
    from flamescore.project import Source


def record_findings(source: Source, files: Sequence[Rejected]) -> Iterator[Finding]:
    """Yield the findings on the records of a source, over all its files."""
    subject = f"{source.KIND} {source.path}"
    yield from _no_rows_of_it(source, files)
    if not any(each.rows > each.footers for each in files):
        place = InExport(source.KIND, source.path, files[0].table.found.shown)
        text = "It has a header and no row: a quiet night, or an export that failed."
        yield Finding(NO_ROWS, Severity.WARNING, subject, text, place, count=0, do="look at the export")


def _no_rows_of_it(source: Source, files: Sequence[Rejected]) -> Iterator[Finding]:
    """Yield a note on the records left out as a footer, and on rows with surplus cells."""
    footers, surplus = sum(each.footers for each in files), sum(each.surplus for each in files)
    parts = []
    if footers:
        parts.append(
            f"{count(footers, 'record')} at the end {'is' if footers == 1 else 'are'} left out as a footer"
        )
    if surplus:
        parts.append(f"{count(surplus, 'row')} had empty cells past the header, which fell away")
    if not parts:
        return
    file = next(each.table.found.shown for each in files if each.footers or each.surplus)
    place = InExport(source.KIND, source.path, file)
    subject = f"{source.KIND} {source.path}"
    others = ("footer: none",) if footers else ()
    text = f"{'; '.join(parts)}."
    yield Finding(FOOTERS, Severity.NOTE, subject, text, place, count=footers + surplus, others=others)
