"""A finding: something wrong, doubtful or good to know about rules, exports, runs or usage.

Finding(
    code="I110", severity=WARNING, subject="events exports/visits-*.csv",
    place=InExport("events", "exports/visits-*.csv", file="exports/visits-11.csv"),
    message='1 of 3 files has no `url`, which rule "Saw the prices" names: exports/visits-11.csv.',
    count=1, of=3, nearest=(("Url", None),), cure="columns: {url: [url, Url]}",
)
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import Problem, Where

if TYPE_CHECKING:
    from datetime import date

ACCEPT_FLAG: Final = "--accept"
"""The reason of findings that this flag let through once."""

MOST: Final = 3
"""Maximum number of samples, near names or common values that a finding shows."""

_WRITE: Final = "Write: "
_DO: Final = "Do: "
_DID_YOU_MEAN: Final = re.compile(r"Did you mean `([^`]+)`\?(?: (.+))?", re.DOTALL)


class Severity(StrEnum):
    """The severity of a finding: errors stop a run, warnings need attention, notes and info only inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    INFO = "info"


class InExport(Struct, frozen=True):
    """A place in an export: the source as the project file names it, its file, the record and its first line.

    `record` counts from 1 after the header, `line` from 1; None if unknown.
    """

    kind: str
    path: str
    file: str | None = None
    record: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.path}"


Counted = tuple[str, int | None]
"""A name or value with its row count; None if that is unknown."""


class Finding(Struct, frozen=True):
    """A problem or a note to report. Nothing in it may identify a contact: see `samples_of`.

    Attributes:
        code: Stable and documented, such as `R120`.
        severity: Whether it stops the run.
        subject: What it is about, such as `SCORE/RULE_ID`, `events PATH url`, `ignore[0]`, `as_of`.
        message: One sentence, with the counts.
        place: In the rule or project file, in an export, or neither.
        count: The first number of the message.
        of: The second number: the total that `count` is part of.
        samples: Distinct cells, most common first.
        nearest: Real names or values that may be meant, nearest first.
        common: The most common existing values.
        cure: Text to paste: YAML of one key.
        do: What to do, if that is not YAML: a flag, or a sentence.
        others: Further cures, each an alternative to the first.
        accepted: The reason why it is accepted.
        accepted_until: The last day on which it is accepted; None: permanently.
        details: Lines that follow the message, one each.
        see: A last line of the text: a file to look at.
    """

    code: str
    severity: Severity
    subject: str
    message: str
    place: Where | InExport | None = None
    count: int | None = None
    of: int | None = None
    samples: tuple[str, ...] = ()
    nearest: tuple[Counted, ...] = ()
    common: tuple[Counted, ...] = ()
    cure: str | None = None
    do: str | None = None
    others: tuple[str, ...] = ()
    accepted: str | None = None
    accepted_until: date | None = None
    details: tuple[str, ...] = ()
    see: str | None = None

    @property
    def sentence(self) -> str:
        """Return the message and its details on one line."""
        return f"{self.message} {'; '.join(self.details)}." if self.details else self.message

    @property
    def remedy(self) -> str | None:
        """Return the first cure, of whichever kind."""
        return self.do if self.cure is None else self.cure

    @property
    def where(self) -> Where | None:
        """Return its place in the rule or project file."""
        return self.place if isinstance(self.place, Where) else None

    @property
    def source(self) -> InExport | None:
        """Return its place in an export."""
        return self.place if isinstance(self.place, InExport) else None

    @property
    def is_open(self) -> bool:
        """Return whether it is a warning that has not been accepted."""
        return self.severity is Severity.WARNING and self.accepted is None


def let_through(finding: Finding) -> Finding:
    """Return an error that `--accept` let through once as a warning that stops nothing."""
    return replace(finding, severity=Severity.WARNING, accepted=ACCEPT_FLAG)


def of_problem(problem: Problem, subject: str = "") -> Finding:
    """Return a problem as a finding: the original one, if it was made from a finding.

    A hint that suggests a name becomes its `nearest`, one that begins with `Write: ` its cure, and any other
    what to do.
    """
    if isinstance(problem.finding, Finding):
        return problem.finding
    hint = problem.hint
    offered = None if hint is None else _DID_YOU_MEAN.fullmatch(hint)
    if offered is not None:
        hint = offered[2]
    cure = hint.removeprefix(_WRITE) if hint is not None and hint.startswith(_WRITE) else None
    return Finding(
        problem.code,
        Severity(problem.severity),
        subject,
        problem.message,
        problem.where,
        nearest=() if offered is None else ((offered[1], None),),
        cure=cure,
        do=None if cure is not None or hint is None else hint.removeprefix(_DO),
    )


def to_problem(finding: Finding) -> Problem:
    """Return a finding as a problem, to be raised; `of_problem` gives the finding back.

    If it has no place in a rule or project file, its subject precedes the message.
    """
    subject = "" if finding.where or not finding.subject else f"{finding.subject}: "
    near = f"Did you mean `{finding.nearest[0][0]}`?" if finding.nearest else None
    hint = " ".join(part for part in (near, finding.remedy) if part) or None
    return Problem(
        finding.code,
        f"{subject}{finding.sentence}",
        finding.where,
        hint,
        severity=str(finding.severity),
        finding=finding,
    )
