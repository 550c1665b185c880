"""The work of `flamescore check`: everything that is wrong with rules, project and exports."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from flamescore import checking
from flamescore.cli.messages import here
from flamescore.cli.options import CheckFormat, FailOn, LogFormat
from flamescore.cli.output import by_suffix, deliver, place
from flamescore.cli.terminal import screen, write
from flamescore.errors import ExitCode
from flamescore.findings import fails_on_warning, wants_colours
from flamescore.screen import Column, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.checking import Checked
    from flamescore.cli.messages import Messages
    from flamescore.screen import Screen

_SUFFIXES: Final = {".json": CheckFormat.JSON, ".txt": CheckFormat.FULL}
_NUMERIC: Final = (False, True, True, True, True, False)
_GOES: Final = (0, 0, 1, 2, 0, 3)
"""The order in which columns of the rules are dropped if not all fit; those with 0 are always kept."""

_LEAST: Final = 16
"""The minimum width of a rule's name, in screen columns."""


def check(
    config: str | None,
    as_of: str | None,
    messages: Messages,
    *,
    rules_only: bool,
    fail_on: FailOn | None,
    out: str | None,
    form: CheckFormat | None,
) -> ExitCode:
    """Check, report all findings, and return the exit code."""
    path = place(out)
    chosen = form or (CheckFormat.FULL if path is None else by_suffix(path, _SUFFIXES))
    found = checking.check(config, as_of, rules_only=rules_only)
    if path is not None or messages.log is LogFormat.JSON:
        messages.report(found.findings, notes=True)
    if chosen is CheckFormat.FULL and path is None and sys.stdout.isatty():
        _show(found, messages)
    else:
        deliver(_rendered(found, chosen, messages).encode(), out)
    messages.took("check")
    return _code(found, fail_on or FailOn(found.fail_on))


def _code(found: Checked, fail_on: FailOn) -> ExitCode:
    if fail_on is FailOn.NONE:
        return ExitCode.DONE
    if found.is_wrong:
        return ExitCode.USAGE
    if found.is_stopped:
        return ExitCode.INPUT
    failed = fail_on is FailOn.WARNING and fails_on_warning(found.findings)
    return ExitCode.FOUND if failed else ExitCode.DONE


def _rendered(found: Checked, form: CheckFormat, messages: Messages) -> str:
    match form:
        case CheckFormat.JSON:
            return checking.as_json(found)
        case CheckFormat.CONCISE:
            return checking.as_concise(found, here(), verbose=messages.verbose, quiet=messages.quiet)
        case CheckFormat.GITHUB:
            return checking.as_github(found, here(), verbose=messages.verbose, quiet=messages.quiet)
        case CheckFormat.FULL:
            return _full(found, messages)


def _full(found: Checked, messages: Messages) -> str:
    text = checking.findings_text(found, here(), verbose=messages.verbose, quiet=messages.quiet)
    parts = [text] if text else []
    parts += ["\n".join(lines) for lines in _tables(found, screen("a file"))]
    return "".join((*(f"{part.rstrip()}\n\n" for part in parts), f"{checking.summary(found)}\n"))


def _show(found: Checked, messages: Messages) -> None:
    coloured = wants_colours(os.environ, is_terminal=True)
    text = checking.findings_text(
        found, here(), verbose=messages.verbose, quiet=messages.quiet, coloured=coloured
    )
    sys.stdout.write(f"{text}\n" if text else "")
    for lines in _tables(found, screen()):
        write((*lines, ""))
    write((checking.summary(found),))


def _tables(found: Checked, on: Screen) -> Iterator[list[str]]:
    """Yield a line about each computed score, followed by the table of its rules."""
    for score in found.scores:
        if score.flames is not None:
            rows = [(on.shown(name), *cells) for name, *cells in checking.rule_rows(found, score)]
            cells = list(zip(*rows, strict=True)) or [()] * len(checking.RULE_COLUMNS)
            columns = [
                Column(header, column, right=numeric, least=None if at else _LEAST, goes=goes)
                for at, (header, column, numeric, goes) in enumerate(
                    zip(checking.RULE_COLUMNS, cells, _NUMERIC, _GOES, strict=True)
                )
            ]
            yield [on.shown(checking.score_line(score)), *table(columns, on)]
