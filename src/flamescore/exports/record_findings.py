"""What is to be told of the records of a source: that it has none, or that some are no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.findings import Finding, InExport, Severity
from flamescore.input_errors import NO_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.exports.rejects import Rejected
    from flamescore.project import Source


def record_findings(source: Source, files: Sequence[Rejected]) -> Iterator[Finding]:
    """Yield what is to be told of the records of a source, over all its files."""
    subject = f"{source.KIND} {source.path}"
    if not any(each.rows for each in files):
        place = InExport(source.KIND, source.path, files[0].table.found.shown)
        text = "it has a header and no row: a quiet night, or an export that failed."
        yield Finding(NO_ROWS, Severity.WARNING, subject, text, place, count=0, do="look at the export")
