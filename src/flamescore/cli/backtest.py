"""The work of `flamescore backtest`: compare past scores with what happened afterwards."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

from flamescore.backtest import backtest as made_of
from flamescore.backtest import backtest_json, markdown, on_screen, page, question
from flamescore.cli.messages import now
from flamescore.cli.options import BacktestFormat
from flamescore.cli.output import by_suffix, deliver, place, remark_on_missing_charts
from flamescore.cli.terminal import screen
from flamescore.errors import ExitCode, Problem, UsageError
from flamescore.findings import fails_on_warning
from flamescore.project import find_settings
from flamescore.text import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.backtest import Backtest
    from flamescore.cli.messages import Messages

_SUFFIXES: Final = {
    ".json": BacktestFormat.JSON,
    ".html": BacktestFormat.HTML,
    ".htm": BacktestFormat.HTML,
    ".md": BacktestFormat.MD,
    ".txt": BacktestFormat.TABLE,
}
_CODES: Final = {
    "order": frozenset({"B020", "B021", "B022"}),
    "leak": frozenset({"B042"}),
    "sign": frozenset({"B030"}),
    "drift": frozenset({"B050", "B051", "B052"}),
}
_AUC: Final = re.compile(r"auc=(0?\.\d+|0|1|1\.0+)")


def who(*, first_only: bool, repeat: bool) -> str | None:
    """Return which contacts a backtest considers; raise `UsageError` if both flags are given."""
    if first_only and repeat:
        hint = "Leave one of them out."
        raise UsageError(Problem("U033", "--first-only and --repeat can't go together.", hint=hint))
    return "first-only" if first_only else "repeat" if repeat else None


def backtest(
    config: str | None,
    rules: str | None,
    flags: Mapping[str, object],
    fail_on: tuple[str, ...],
    messages: Messages,
    *,
    out: str | None,
    form: BacktestFormat | None,
) -> ExitCode:
    """Run a backtest and write the result; return `FOUND` if it meets one of the `fail_on` conditions."""
    for each in fail_on:
        if each not in _CODES and each != "warning" and _AUC.fullmatch(each) is None:
            hint = "It takes order, leak, sign, drift, auc=0.60 and warning."
            raise UsageError(Problem("U033", f"--fail-on: `{each}` is nothing to fail on.", hint=hint))
    path = place(out)
    chosen = form or (BacktestFormat.TABLE if path is None else by_suffix(path, _SUFFIXES))
    project = find_settings(config, {} if rules is None else {"rules": rules})
    request = question(flags, project.settings.backtest.given())
    encoding = "utf-8"
    done = made_of(project, request, progress=messages.detail)
    if chosen is BacktestFormat.HTML:
        remark_on_missing_charts(messages)
    if chosen is BacktestFormat.JSON:
        text = json_text(backtest_json(done, time=now()), indent=2) + "\n"
    elif chosen is BacktestFormat.HTML:
        text = page(done)
    elif chosen is BacktestFormat.MD or (form is None and path is None and not sys.stdout.isatty()):
        text = markdown(done)
    else:
        on = screen(out)
        text = "".join(f"{line}\n" for line in on_screen(done, on))
        encoding = on.encoding
    deliver(text.encode(encoding, "replace"), out)
    messages.report(done.findings)
    messages.took("backtest")
    return ExitCode.FOUND if any(_fails(done, each) for each in fail_on) else ExitCode.DONE


def _fails(done: Backtest, what: str) -> bool:
    if what == "warning":
        return fails_on_warning(done.findings)
    auc = _AUC.fullmatch(what)
    if auc is not None:
        return any(score.auc.low is None or score.auc.low < float(auc[1]) for score in done.scores)
    return any(each.is_open and each.code in _CODES[what] for each in done.findings)
