"""Findings on what was detected about a source, and on its rejects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flamescore.exports.plan import key_column
from flamescore.exports.rejects import by_reason
from flamescore.findings import Finding, InExport, mapping, severity_of
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    rows, rejected = sum(each.rows for each in files), sum(each.count for each in files)
    if not rejected:
        return None
    reasons = by_reason(files)
    text = f"{rejected:,} of {count(rows, 'row')} {'is' if rejected == 1 else 'are'} rejected: {reasons}."
    if rejected > keep:
        text = f"{text} `rejects.csv` has the first {keep:,}."
    cure = None
    if source.KIND == "events" and any(each.reasons().get("missing_contact") for each in files):
        name = key_column(source)
        header = source.columns.get(name, (name,))[0]
        text = f"{text} If those without a contact are anonymous visitors, leave them out."
        empty = mapping({header: '""'})
        cure = f"leave_out: {empty}"
    place = InExport(source.KIND, source.path)
    severity = severity_of(REJECTED)
    return Finding(REJECTED, severity, str(place), text, place, count=rejected, of=rows, cure=cure)
