"""How findings are reported: their order, the lines of text, JSON objects, and which are shown when.

rules/keap.yaml:14:33: warning R120: "Saw the prices" matches none of 4,120 `link_click` events.
   14 |         where: {url: {contains: /prices}}
      |                                 ^^^^^^^
        Nearest: `/pricing` (85). Common: `/articles` (2,310), `/sales` (640), `/pricing` (85).
        Write: where: {url: {contains: /pricing}}
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from flamescore.errors import Where
from flamescore.findings.accept import entry_to_paste
from flamescore.findings.finding import ACCEPT_FLAG, Severity
from flamescore.text import for_log, printable, snippet, without_credentials
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flamescore.findings.finding import Counted, Finding

INDENT: Final = " " * 8
_RANKS: Final = {each: rank for rank, each in enumerate(Severity)}
_COLOURS: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "cyan",
    Severity.INFO: "none",
}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return errors, warnings, then notes, each sorted by code, path, line, column and subject."""
    return tuple(sorted(findings, key=_rank))


def shown(
    findings: Iterable[Finding], *, verbose: bool = False, quiet: int = 0, notes: bool = False
) -> tuple[Finding, ...]:
    """Return the findings that a command shows, in order.

    `verbose` is `-v`; `quiet` is the number of `-q`, and takes precedence; `notes` is for commands that
    always show notes. What `--accept` let through is shown like warnings that are not accepted.
    """
    return in_order(each for each in findings if _is_shown(each, verbose, quiet, notes=notes))


def last_line(
    findings: Iterable[Finding], *, verbose: bool = False, quiet: int = 0, notes: bool = False
) -> str | None:
    """Return `3 notes, 2 accepted warnings: -v shows them`; None if nothing is hidden, or with `-q`/`-v`."""
    if quiet or verbose:
        return None
    hidden = [each for each in findings if not _is_shown(each, verbose, quiet, notes=notes)]
    accepted = sum(each.severity is Severity.WARNING for each in hidden)
    hidden_notes = len(hidden) - accepted
    parts = [
        *([count(hidden_notes, "note")] if hidden_notes else []),
        *([count(accepted, "accepted warning")] if accepted else []),
    ]
    return f"{', '.join(parts)}: -v shows {'it' if len(hidden) == 1 else 'them'}" if parts else None


def as_text(
    finding: Finding, *, here: PurePath | None = None, verbose: bool = False, coloured: bool = False
) -> str:
    """Return a finding as lines for a terminal or a log, without a final line end.

    Paths below `here`, the working folder, are shown relative to it. For a warning, `verbose` adds the entry
    of `accept` to paste. Whatever the parts contain, each becomes one line that is safe for a terminal.
    """
    severity, code = str(finding.severity), finding.code
    if coloured:
        severity, code = _styled(severity, _COLOURS[finding.severity]), _styled(code, "bold")
    head = f"{_place(finding, here)}{severity} {code}: {_accepted(finding.message, finding)}"
    entry = entry_to_paste(finding) if verbose else None
    below = [*_below(finding), *([] if entry is None else [entry])]
    return "\n".join((head, *_snippet(finding.where), *(INDENT + line for line in below)))


def as_line(finding: Finding, *, here: PurePath | None = None) -> str:
    """Return `PLACE: warning CODE: MESSAGE`, an entry of `warnings[]` of a run."""
    return f"{_place(finding, here)}{finding.severity} {finding.code}: {_accepted(finding.sentence, finding)}"


def as_json(
    finding: Finding, *, time: str | None = None, run_id: str | None = None, exit_code: int | None = None
) -> dict[str, Any]:
    """Return the object of `--log-format json`, with every key; missing values are null.

    `time` is ISO 8601 in UTC, `exit_code` that of an error that ends the program.
    """
    place = _coordinates(finding)
    source = finding.source
    return {
        "level": str(finding.severity),
        "code": finding.code or None,
        "time": time,
        "run_id": run_id,
        "subject": _public(finding.subject) or None,
        "message": _public(finding.sentence),
        **place,
        "source": None if source is None else _public(str(source)),
        "record": None if source is None else source.record,
        **_facts(finding),
        "hint": finding.remedy,
        "accepted": finding.accepted,
        "exit_code": exit_code,
    }


def as_record(finding: Finding) -> dict[str, Any]:
    """Return the object of `findings[]` in the record of a run; its `source` is an object or null.

    The last day of acceptance is included if one was given.
    """
    source = finding.source
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "subject": _public(finding.subject) or None,
        "message": _public(finding.sentence),
        **(_coordinates(finding) if source is None else dict.fromkeys(("path", "line", "column"))),
        "source": None
        if source is None
        else {
            "kind": source.kind,
            "path": _public(source.path),
            "file": None if source.file is None else _public(source.file),
            "record": source.record,
            "line": source.line,
        },
        **_facts(finding),
        "accepted": finding.accepted,
        **({} if finding.accepted_until is None else {"accepted_until": finding.accepted_until.isoformat()}),
    }


def wants_colours(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Return whether text is coloured: on a terminal, and everywhere if `FORCE_COLOR` is set and not `0`.

    It never is if `NO_COLOR` is set, or if `TERM` is `dumb`. Empty variables are ignored.
    """
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    return is_terminal or environ.get("FORCE_COLOR", "") not in ("", "0")


def _is_shown(finding: Finding, verbose: bool, quiet: int, *, notes: bool) -> bool:  # noqa: FBT001 - flags
    match finding.severity:
        case Severity.ERROR:
            return True
        case Severity.WARNING if finding.accepted in (None, ACCEPT_FLAG):
            return quiet < 2  # noqa: PLR2004 - `-qq`
        case Severity.WARNING:
            return verbose and not quiet
        case Severity.NOTE:
            return (verbose or notes) and not quiet
        case Severity.INFO:
            return not quiet


def _rank(finding: Finding) -> tuple[int, str, str, int, int, str]:
    where = _coordinates(finding)
    return (
        _RANKS[finding.severity],
        finding.code,
        where["path"] or "",
        where["line"] or 0,
        where["column"] or 0,
        finding.subject,
    )


def _place(finding: Finding, here: PurePath | None) -> str:
    where, source = finding.where, finding.source
    if where is not None:
        shown = f"{Where(_near(where.path, here), where.line, where.column)}"
    else:
        shown = finding.subject or ("" if source is None else str(source))
    return f"{for_log(shown)}: " if shown else ""


def _near(path: str, here: PurePath | None) -> str:
    there = PurePath(path)
    if here is None or not there.is_relative_to(here):
        return path
    return there.relative_to(here).as_posix()


def _accepted(text: str, finding: Finding) -> str:
    reason = "" if finding.accepted is None else f" (accepted: {finding.accepted})"
    return for_log(f"{text}{reason}")


def _snippet(where: Where | None) -> Iterator[str]:
    if where is None or where.snippet is None:
        return
    line, carets = snippet(where.snippet, where.column, where.width)
    gutter = f"{where.line:>5} | "
    yield gutter + line
    if carets:
        yield f"{'| ':>{len(gutter)}}{carets}"


def _below(finding: Finding) -> Iterator[str]:
    yield from (for_log(line) for line in finding.details)
    named = (("Nearest", finding.nearest), ("Common", finding.common))
    values = [f"{label}: {_listed(each)}." for label, each in named if each]
    if values:
        yield " ".join(values)
    if finding.samples:
        yield f"Samples: {', '.join(_quoted(each) for each in finding.samples)}."
    if finding.cure is not None:
        yield f"Write: {printable(finding.cure)}"
    if finding.do is not None:
        yield f"Do: {for_log(finding.do)}"
    for other in finding.others:
        yield f"or {printable(other)}"
    if finding.see is not None:
        yield for_log(finding.see)


def _listed(values: tuple[Counted, ...]) -> str:
    return ", ".join(_quoted(value) + ("" if many is None else f" ({many:,})") for value, many in values)


def _quoted(value: str) -> str:
    return f"`{printable(value)}`"


def _coordinates(finding: Finding) -> dict[str, Any]:
    """Return path, line and column, None if missing; for an export, those of its file."""
    where, source = finding.where, finding.source
    if where is not None:
        return {"path": _public(where.path), "line": where.line or None, "column": where.column or None}
    if source is not None:
        return {"path": _public(source.file or source.path), "line": source.line, "column": None}
    return {"path": None, "line": None, "column": None}


def _facts(finding: Finding) -> dict[str, Any]:
    return {
        "count": finding.count,
        "of": finding.of,
        "samples": list(finding.samples) or None,
        "nearest": [{"value": value, "count": many} for value, many in finding.nearest] or None,
        "cure": finding.remedy,
    }


def _public(written: str) -> str:
    return without_credentials(written)


def _styled(written: str, style: str) -> str:
    """Return text between the escape codes of a style; the text itself is never parsed as markup."""
    from rich.color import ColorSystem  # noqa: PLC0415 - rich is slow to import
    from rich.style import Style  # noqa: PLC0415 - the same

    return Style.parse(style).render(written, color_system=ColorSystem.STANDARD)
