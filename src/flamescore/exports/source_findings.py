"""Findings on what was detected about a source, and on its rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flamescore.exports.plan import key_column
from flamescore.exports.rejects import ranked_reasons, reasons_of
from flamescore.findings import Finding, InExport, mapping, severity_of
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flamescore.exports.rejects import Rejected
    from flamescore.project import Source

HEADER: Final = "I112"
FOUND_OUT: Final = "I137"
LEFT_OUT: Final = "I138"
ODD_HOURS: Final = "I140"
ROUNDED: Final = "I130"
REJECTED: Final = "I131"


class Note(NamedTuple):
    """A text on a source, lowercase and without its final period, and the code of its finding."""

    text: str
    code: str = FOUND_OUT
    many: int | None = None


def finding_of(note: Note, source: Source) -> Finding:
    """Return a note on a source as a finding."""
    place = InExport(source.KIND, source.path)
    message = f"{note.text[0].upper()}{note.text[1:]}."
    return Finding(note.code, severity_of(note.code), str(place), message, place, count=note.many)


def rejects_of(files: Sequence[Rejected], source: Source, keep: int) -> Finding | None:
    """Return the warning for a source with rejects within their limit: how many for each reason.

    `3 of 26 rows are rejected: 2 missing_time, 1 short_row.` Event rows without a contact may come from
    anonymous visitors, so the cure leaves them out.
    """
    return rejected_rows(source, sum(each.rows for each in files), reasons_of(files), keep)


def rejected_rows(source: Source, rows: int, reasons: Mapping[str, int], keep: int) -> Finding | None:
    """Return the same for numbers of rejects by reason."""
    rejected = sum(reasons.values())
    if not rejected:
        return None
    ranked = ranked_reasons(reasons)
    text = f"{rejected:,} of {count(rows, 'row')} {'is' if rejected == 1 else 'are'} rejected: {ranked}."
    if rejected > keep:
        text = f"{text} `rejects.csv` has the first {keep:,}."
    cure = None
    if source.KIND == "events" and reasons.get("missing_contact"):
        name = key_column(source)
        header = source.columns.get(name, (name,))[0]
        text = f"{text} If those without a contact are anonymous visitors, leave them out."
        empty = mapping({header: '""'})
        cure = f"leave_out: {empty}"
    place = InExport(source.KIND, source.path)
    severity = severity_of(REJECTED)
    return Finding(REJECTED, severity, str(place), text, place, count=rejected, of=rows, cure=cure)
