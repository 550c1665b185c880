"""The wording of a run's findings in a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.findings import Finding, Severity, entry_to_paste

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flamescore.runs import FindingEntry, RunRecord


class ReportedFinding(Struct, frozen=True):
    """One finding: `place` and `code` come before the message, `lines` below it.

    `reason` is why it is accepted, `until` the last day on which it is, if given.
    """

    place: str
    severity: str
    code: str
    message: str
    lines: tuple[str, ...] = ()
    reason: str | None = None
    until: str | None = None

    @property
    def accepted(self) -> str | None:
        """The note that it is accepted, why and until when: `(accepted until 2027-03-31: known)`."""
        if self.reason is None:
            return None
        return f"(accepted{f' until {self.until}' if self.until else ''}: {self.reason})"

    @property
    def is_open(self) -> bool:
        """Whether it needs attention: a warning that was not accepted."""
        return self.severity == Severity.WARNING and self.reason is None

    @property
    def head(self) -> str:
        """The text before the message, such as `events e.csv: warning I131`."""
        label = f"{self.severity} {self.code}".strip()
        return f"{self.place}: {label}" if self.place else label


class Findings(Struct, frozen=True):
    """The warnings that need attention, and other findings: notes, and warnings that are accepted."""

    warnings: tuple[ReportedFinding, ...] = ()
    others: tuple[ReportedFinding, ...] = ()


def findings_of(record: RunRecord) -> Findings:
    """Return the findings of a run; an old record has only lines of text, which become warnings."""
    if record.findings is None:
        return Findings(tuple(ReportedFinding("", Severity.WARNING, "", line) for line in record.warnings))
    findings = tuple(map(_reported, record.findings))
    return Findings(
        tuple(each for each in findings if each.is_open), tuple(each for each in findings if not each.is_open)
    )


def _reported(entry: FindingEntry) -> ReportedFinding:
    where = ":".join(str(each) for each in (entry.path, entry.line, entry.column) if each is not None)
    return ReportedFinding(
        place=where or entry.subject or "",
        severity=entry.severity,
        code=entry.code,
        message=entry.message,
        lines=tuple(_lines(entry)),
        reason=entry.accepted,
        until=entry.accepted_until,
    )


def _lines(entry: FindingEntry) -> Iterable[str]:
    if entry.nearest:
        values = (f"{each.value}" + (f" ({each.count:,})" if each.count else "") for each in entry.nearest)
        yield f"Nearest: {', '.join(values)}"
    if entry.samples:
        yield f"Samples: {', '.join(entry.samples)}"
    if entry.cure is not None:
        yield f"Cure: {entry.cure}"
    finding = Finding(
        entry.code,
        Severity(entry.severity),
        entry.subject or "",
        entry.message,
        count=entry.count,
        accepted=entry.accepted,
    )
    paste = entry_to_paste(finding)
    if paste is not None:
        yield f"Known? {paste}"
