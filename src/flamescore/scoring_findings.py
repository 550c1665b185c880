"""Findings about a scoring as a whole: rules, conditions, accounts, mail scanners, settings, feeds.

`observed_findings` has the findings about the exports that come before. A nightly run and a check report
both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from flamescore.accounts import account_findings
from flamescore.alert_events import as_condition
from flamescore.bots_findings import bots_findings
from flamescore.event_feeds import check_feeds
from flamescore.project import EXCLUDE, HOT
from flamescore.rule_checks import Outside, check_rules
from flamescore.sanity_checks import check_plausible
from flamescore.setting_checks import check_settings, hot_set_aside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.event_feeds import SourceFeeds
    from flamescore.findings import Finding
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.runs import RunRecord
    from flamescore.scoring import Scored
    from flamescore.segments import Segments


def scoring_findings(
    inputs: Inputs,
    scored: Scored,
    segments: Segments,
    feeds: Sequence[SourceFeeds],
    last: RunRecord | None,
) -> Iterator[Finding]:
    """Yield the findings about a scoring; `last` is the latest run before it, None if there is none."""
    yield from _of_rules(inputs, scored, segments)
    yield from account_findings(scored.accounts)
    yield from hot_set_aside(inputs.project)
    yield from bots_findings(inputs, scored)
    yield from check_settings(inputs)
    yield from check_feeds(feeds)
    yield from check_plausible(scored, last)


def conditions_outside(inputs: Inputs, scored: Scored, segments: Segments) -> tuple[Outside, ...]:
    """Return the project file's conditions: who is hot, who is off the call list, and those that act."""
    document = inputs.project.document
    if document is None:
        return ()
    found = []
    if inputs.hot.condition is not None:
        found.append(Outside(inputs.hot.condition, document, HOT, scored.hot.is_empty()))
    if inputs.exclude is not None:
        found.append(Outside(inputs.exclude, document, EXCLUDE, scored.excluded.is_empty()))
    for path, condition in inputs.acting.items():
        found.append(Outside(condition, document, path, not segments.fitting(condition).any()))
    for name, events in inputs.alert_events.items():
        found.append(Outside(as_condition(events), document, ("alerts", name), empty=False))
    return tuple(found)


def near(finding: Finding, project: Project) -> Finding:
    """Return a finding with its place in a file named as in the project, the same on every machine."""
    return finding if finding.where is None else replace(finding, place=project.place(finding.where))


def _of_rules(inputs: Inputs, scored: Scored, segments: Segments) -> Iterator[Finding]:
    """Yield the findings about rules and the project file's conditions, with places as messages show them."""
    others = conditions_outside(inputs, scored, segments)
    for found in check_rules(inputs.loaded.document, inputs.exports, scored, others):
        yield near(found, inputs.project)
