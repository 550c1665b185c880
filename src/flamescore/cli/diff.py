"""The work of `flamescore diff`: how a change of the rules affects all scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.cli.options import DiffFormat
from flamescore.cli.output import by_suffix, deliver, place, remark_on_missing_charts
from flamescore.errors import ExitCode, InputError
from flamescore.findings import accepted, to_problem
from flamescore.inputs import read_inputs, rules_path
from flamescore.observed_findings import known_findings
from flamescore.project import find_settings
from flamescore.rule_diff import (
    Diff,
    File,
    as_html,
    as_json,
    as_markdown,
    as_text,
    compare,
    fail_on,
    loaded,
    rule_changes,
    setting_changes,
)
from flamescore.rules import bind_rules
from flamescore.sanity_checks import ORPHANS, check_plausible
from flamescore.wallclock import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.cli.messages import Messages
    from flamescore.project import Project
    from flamescore.rules import LoadedRules

_RENDERED: Final = {
    DiffFormat.TABLE: as_text,
    DiffFormat.JSON: as_json,
    DiffFormat.HTML: as_html,
    DiffFormat.MD: as_markdown,
}
_SUFFIXES: Final = {
    ".json": DiffFormat.JSON,
    ".html": DiffFormat.HTML,
    ".htm": DiffFormat.HTML,
    ".md": DiffFormat.MD,
    ".txt": DiffFormat.TABLE,
}


def diff(
    old: str,
    new: str | None,
    config: str | None,
    as_of: str | None,
    messages: Messages,
    *,
    capacity: int | None,
    limit: int,
    failing: Sequence[str],
    redact: bool,
    out: str | None,
    form: DiffFormat | None,
) -> ExitCode:
    """Compare two rule files on the exports; return `FOUND` if a condition in `failing` is met."""
    path = place(out)
    chosen = form or (DiffFormat.TABLE if path is None else by_suffix(path, _SUFFIXES))
    conditions = fail_on(failing)
    project = find_settings(config)
    with loaded(old) as before, loaded(new or str(rules_path(project))) as after:
        done = _compared(
            project,
            (old, before),
            (new or project.near(str(rules_path(project))), after),
            as_of,
            capacity=capacity,
            limit=limit or None,
            redact=redact,
        )
    messages.report(done.findings)
    if chosen is DiffFormat.HTML:
        remark_on_missing_charts(messages)
    deliver(_RENDERED[chosen](done).encode(), out)
    messages.took("diff")
    return ExitCode.FOUND if any(each.fails(done) for each in conditions) else ExitCode.DONE


def _compared(
    project: Project,
    old: tuple[str, LoadedRules],
    new: tuple[str, LoadedRules],
    as_of: str | None,
    *,
    capacity: int | None,
    limit: int | None,
    redact: bool,
) -> Diff:
    (then, before), (now, after) = old, new
    with read_inputs(project, rules=after, as_of=as_of, also=(before,)) as inputs:
        scores, scored = compare(
            bind_rules(before, inputs.columns).book,
            inputs.bound.book,
            inputs.exports,
            as_of=inputs.as_of,
            hot=inputs.hot,
            exclude=inputs.exclude,
            capacity=capacity,
            limit=limit,
        )
        orphans = [each for each in check_plausible(scored, None) if each.code == ORPHANS]
        if orphans:
            raise InputError([to_problem(each) for each in orphans])
        today = clock().astimezone(after.zone).date()
        return Diff(
            as_of=inputs.as_of,
            old=File(then, before.hash),
            new=File(now, after.hash),
            rules=rule_changes(before, after),
            settings=setting_changes(before, after),
            scores=scores,
            findings=accepted(known_findings(inputs), project.accepts, today),
            redacted=redact,
        )
