"""A check as text, one line per finding, GitHub workflow commands, and JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from flamescore.findings import Severity, as_line, as_record, as_text, last_line, shown
from flamescore.report import wording
from flamescore.text import for_log, json_text
from flamescore.units import POINT, count, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from flamescore.checking.run import Checked, RuleResult, ScoreResult
    from flamescore.findings import Finding

SCHEMA_VERSION: Final = 1
RULE_COLUMNS: Final = ("Rule", "Contacts", "Share", "Occurrences", "Points", "Last")
_NOTHING: Final = "-"
_GIT: Final = ".git"
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning"}


# --- for people ------------------------------------------------------------------------------------------


def findings_text(
    checked: Checked, here: Path | None, *, verbose: bool = False, quiet: int = 0, coloured: bool = False
) -> str:
    """Return the findings with their source lines and cures, and a line on those that are not shown."""
    visible = shown(checked.findings, verbose=verbose, quiet=quiet, notes=True)
    lines = [
        as_text(_placed(each, checked), here=here, verbose=verbose, coloured=coloured) for each in visible
    ]
    hidden = last_line(checked.findings, verbose=verbose, quiet=quiet, notes=True)
    return "".join(f"{each}\n" for each in (*lines, *(() if hidden is None else (hidden,))))


def score_line(score: ScoreResult) -> str:
    """Return the number of contacts of a score, and how many of them have 0 to 5 flames."""
    flames = score.flames or ()
    many = ", ".join(f"{each:,}" for each in flames)
    return for_log(f"{score.title}: {count(sum(flames), 'contact')}; with 0 to 5 flames {many}")


def rule_rows(checked: Checked, score: ScoreResult) -> list[tuple[str, ...]]:
    """Return the rows of the table of a score's rules (`RULE_COLUMNS`), in order of the rule file."""
    return [_row(each, checked) for each in checked.rules if each.score == score.name]


def summary(checked: Checked) -> str:
    """Return the last line, `14 rules, 2 scores: 0 errors, 2 warnings, 3 notes.`, without a line end."""
    found = ", ".join(count(many, what) for what, many in checked.counts().items())
    return f"{count(len(checked.rules), 'rule')}, {count(len(checked.scores), 'score')}: {found}."


def _row(rule: RuleResult, checked: Checked) -> tuple[str, ...]:
    fired = rule.fired
    if fired is None:
        return (rule.name, *[_NOTHING] * (len(RULE_COLUMNS) - 1))
    last = _NOTHING if fired.last_at is None else f"{to_local(fired.last_at, checked.zone):%Y-%m-%d}"
    share = _NOTHING if rule.share is None else f"{rule.share:.1%}"
    return (
        rule.name,
        f"{fired.contacts:,}",
        share,
        f"{fired.occurrences:,}" if fired.occurrences else _NOTHING,
        wording.given(fired.points),
        last,
    )


def _placed(finding: Finding, checked: Checked) -> Finding:
    """Return a finding with an absolute file path, for users in another folder."""
    where = finding.where
    if where is None or checked.folder is None:
        return finding
    return replace(finding, place=replace(where, path=str(checked.folder / where.path)))


# --- for editors and builds ------------------------------------------------------------------------------


def as_concise(checked: Checked, here: Path | None, *, verbose: bool = False, quiet: int = 0) -> str:
    """Return one line per finding: `rules/keap.yaml:14:9: warning L201: ...`."""
    visible = shown(checked.findings, verbose=verbose, quiet=quiet, notes=True)
    return "".join(f"{as_line(_placed(each, checked), here=here)}\n" for each in visible)


def as_github(checked: Checked, here: Path | None, *, verbose: bool = False, quiet: int = 0) -> str:
    """Return workflow commands, which GitHub shows next to the lines of a pull request.

    Files are named relative to the root of the project's repository, or to the working folder if there is no
    repository. Findings without a place in the rule or project file have no file.
    """
    visible = shown(checked.findings, verbose=verbose, quiet=quiet, notes=True)
    start = checked.folder or here
    folders = () if start is None else (start, *start.parents)
    base = next((each for each in folders if (each / _GIT).exists()), here)
    return "".join(f"{_command(_placed(each, checked), base)}\n" for each in visible)


def _command(finding: Finding, base: Path | None) -> str:
    where = finding.where
    properties = {}
    if where is not None:
        path = Path(where.path)
        inside = base is not None and path.is_relative_to(base)
        properties["file"] = (path.relative_to(base) if base is not None and inside else path).as_posix()
        properties |= {"line": str(where.line)} if where.line else {}
        properties |= {"col": str(where.column)} if where.column else {}
    properties["title"] = finding.code
    listed = ",".join(f"{key}={_escaped(value, property_=True)}" for key, value in properties.items())
    subject = "" if where is not None or not finding.subject else f"{finding.subject}: "
    message = _escaped(for_log(f"{subject}{finding.sentence}"))
    return f"::{_COMMANDS.get(finding.severity, 'notice')} {listed}::{message}"


def _escaped(text: str, *, property_: bool = False) -> str:
    """Escape the characters that have a meaning in workflow commands."""
    found = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return found.replace(":", "%3A").replace(",", "%2C") if property_ else found


# --- JSON ------------------------------------------------------------------------------------------------


def as_json(checked: Checked) -> str:
    """Return everything as JSON; points are numbers."""
    return json_text(_data(checked), indent=2) + "\n"


def _data(checked: Checked) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": _instant(checked.as_of),
        "rules": [dict(_rule(each)) for each in checked.rules],
        "scores": [
            {
                "name": each.name,
                "contacts": None if each.flames is None else sum(each.flames),
                "flames": None if each.flames is None else list(each.flames),
            }
            for each in checked.scores
        ],
        "findings": [as_record(each) for each in checked.findings],
        "counts": checked.counts(),
    }


def _rule(rule: RuleResult) -> Iterator[tuple[str, Any]]:
    fired = rule.fired
    yield from (("score", rule.score), ("rule", rule.rule), ("name", rule.name), ("line", rule.line))
    yield "contacts", None if fired is None else fired.contacts
    yield "occurrences", None if fired is None else fired.occurrences
    yield "points", None if fired is None else _number(fired.points)
    yield "last_at", None if fired is None else _instant(fired.last_at)
    yield "share", rule.share


def _number(points: int) -> float | int:
    return points // POINT if points % POINT == 0 else points / POINT


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
