"""`accept`: warnings that the project's owner accepts, with a reason.

entry of `accept`                                     finding                          result
{code: I131, subject: "events *", at_most: 20}        I131 events e.csv, count 12      accepted
the same                                              I131 events e.csv, count 21      ... (accepted up to 20)
{code: I131, at_most: 1%}                             I131, count 12 of 2,000          accepted: 0.6%
{code: I150, until: 2027-03-31}                       on 2027-04-01    ... (accepted until 2027-03-31)
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.findings.codes import CODES, severity_of
from flamescore.findings.cure import scalar
from flamescore.findings.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from flamescore.errors import Where

UNUSED: Final = "P110"
WRONG: Final = "P033"


class AtMost(Struct, frozen=True):
    """The limit for accepting a finding: on its `count`, or on that as a percentage of its `of`."""

    number: Decimal
    share: bool = False

    def allows(self, count: int | None, of: int | None) -> bool:
        """Return whether a count is within the limit; a finding without the numbers never is."""
        if count is None:
            return False
        if not self.share:
            return count <= self.number
        return of is not None and count * 100 <= self.number * of

    def __str__(self) -> str:
        return f"{self.number}%" if self.share else f"{self.number}"


class Accept(Struct, frozen=True):
    """An entry of `accept`; `where` is its place in the project file. Without `subject` it matches all."""

    code: str
    reason: str
    subject: str | None = None
    at_most: AtMost | None = None
    until: date | None = None
    where: Where | None = None

    def fits(self, finding: Finding) -> bool:
        """Return whether it matches this warning; `at_most` and `until` are not considered.

        In `subject`, `*` matches any text and `?` one character; `[` and all others match themselves.
        """
        if finding.severity is not Severity.WARNING or finding.code != self.code:
            return False
        return self.subject is None or _wildcards(self.subject).fullmatch(finding.subject) is not None

    def applied(self, finding: Finding, today: date) -> Finding:
        """Return a matching warning as accepted, or with the limit that it exceeds added to its message."""
        if self.until is not None and today > self.until:
            return replace(finding, message=f"{finding.message} (accepted until {self.until})")
        if self.at_most is not None and not self.at_most.allows(finding.count, finding.of):
            return replace(finding, message=f"{finding.message} (accepted up to {self.at_most})")
        return replace(finding, accepted=self.reason, accepted_until=self.until)


def accepted(findings: Iterable[Finding], entries: Sequence[Accept], today: date) -> tuple[Finding, ...]:
    """Return the findings in order, each warning judged by the first entry that matches it.

    `today` is the current day in the rule file's time zone; an `until` holds to the end of its day. Errors
    and notes, and what `--accept` let through, are unchanged.
    """
    return tuple(_judged(each, entries, today) for each in findings)


def unused(
    findings: Iterable[Finding], entries: Sequence[Accept], could_raise: Collection[str]
) -> tuple[Finding, ...]:
    """Return a note (P110) for each entry that matches no finding, in the order of the file.

    Only entries with codes that this command could have raised are considered. An entry also counts as used
    if an earlier one matches the same finding.
    """
    found = tuple(findings)
    return tuple(
        Finding(
            UNUSED,
            Severity.NOTE,
            f"accept[{index}]",
            f"No warning fits this entry: {_about(entry)}.",
            entry.where,
            do="remove the entry, if it is not for another day",
        )
        for index, entry in enumerate(entries)
        if entry.code in could_raise and not any(entry.fits(each) for each in found)
    )


def refused(entries: Sequence[Accept]) -> tuple[Finding, ...]:
    """Return an error (P033) for each entry whose code is unknown or not that of a warning."""
    wrong = ((index, entry, _wrong(entry.code)) for index, entry in enumerate(entries))
    return tuple(
        Finding(
            WRONG,
            Severity.ERROR,
            f"accept[{index}]",
            why,
            entry.where,
            nearest=_offered(entry.code),
        )
        for index, entry, why in wrong
        if why is not None
    )


def _offered(code: str) -> tuple[tuple[str, None], ...]:
    """Return the code of a warning to suggest; none for the code of an error, which was intended."""
    near = None if code in CODES and severity_of(code) is Severity.ERROR else nearest_code(code)
    return () if near is None else ((near, None),)


def nearest_code(written: str) -> str | None:
    """Return the code of a warning that is most similar to a text, or None if none is near.

    Among equally similar codes, one that begins with the text comes first, then one with fewer characters
    that are missing from the text: `I13` is `I131`.
    """
    warnings = [code for code in CODES if severity_of(code) is Severity.WARNING]
    judge = SequenceMatcher(autojunk=False)
    judge.set_seq2(written.strip().upper())
    ratios: dict[str, float] = {}
    for code in warnings:
        judge.set_seq1(code)
        ratios[code] = judge.ratio()
    typed = written.strip().upper()
    best = min(
        warnings,
        key=lambda code: (-ratios[code], not code.startswith(typed), len(set(code) - set(typed)), code),
    )
    return best if ratios[best] >= 0.6 else None  # noqa: PLR2004 - the default of difflib


def entry_to_paste(finding: Finding) -> str | None:
    """Return the project file key that accepts a warning at its current count; None if it needs none.

    `accept: [{code: I131, subject: contacts exports/report.csv, at_most: 12, reason: ...}]`
    """
    if not finding.is_open:
        return None
    parts = [f"code: {finding.code}"]
    parts += [f"subject: {scalar(finding.subject)}"] if finding.subject else []
    parts += [f"at_most: {finding.count}"] if finding.count is not None else []
    return f"accept: [{{{', '.join((*parts, 'reason: ...'))}}}]"


def _judged(finding: Finding, entries: Sequence[Accept], today: date) -> Finding:
    if not finding.is_open:
        return finding
    first = next((entry for entry in entries if entry.fits(finding)), None)
    return finding if first is None else first.applied(finding, today)


def _wildcards(subject: str) -> re.Pattern[str]:
    pieces = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in subject)
    return re.compile("".join(pieces), re.DOTALL)


def _about(entry: Accept) -> str:
    return entry.code if entry.subject is None else f"{entry.code} `{entry.subject}`"


def _wrong(code: str) -> str | None:
    if code not in CODES:
        return f"`{code}` is not a code."
    severity = severity_of(code)
    if severity is Severity.ERROR:
        return f"`{code}` is an error; only warnings can be accepted."
    if severity is not Severity.WARNING:
        return (
            f"`{code}` is {'a note' if severity is Severity.NOTE else 'information'}; only warnings need it."
        )
    return None
