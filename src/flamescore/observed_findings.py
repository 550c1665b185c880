"""What a scoring observed about rules, project and exports, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec.structs import replace

from flamescore.findings import Finding, InExport, Severity, of_problem
from flamescore.odd_cells import odd_cells
from flamescore.tables import absent
from flamescore.units import count, nearest_points, show_points
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.errors import Problem
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.rules import RuleBook
    from flamescore.scoring import Observations, Scored

KEPT: Final = "I114"
LATER: Final = "I125"
TWICE: Final = "I135"
UNDATED: Final = "I142"
DISAGREE: Final = "I143"
SHARED: Final = "I144"
TOP: Final = "R182"
FIVE: Final = 5

_TOP: Final = "give the best contacts different scores, or lower the last percentile"


def observed_findings(inputs: Inputs, scored: Scored) -> Iterator[Finding]:
    """Yield the findings about the rules, the exports and each source."""
    yield from of_rules(inputs.bound.warnings, inputs.bound.book, inputs.project)
    yield from _gaps(inputs, scored)
    yield from _of_keep(inputs, scored)
    yield from inputs.exports.findings
    yield from (each for source in scored.observed.sources for each in source.findings)
    yield from _repeated(scored.observed)
    yield from _all_later(scored.observed)
    yield from inputs.exports.later(inputs.as_of) if inputs.exports.later is not None else ()
    yield from odd_cells(inputs, scored.observed)
    yield from _of_contacts(scored.observed)
    yield from _nobody_at_the_top(scored)


def _nobody_at_the_top(scored: Scored) -> Iterator[Finding]:
    """Report scores with flames by percentile that give no contact five, though some have points."""
    for score in scored.book.scores:
        rows = scored.scores.filter(pl.col("score_name") == score.name)
        if score.percentiles is None or rows.is_empty() or (rows["flames"] == FIVE).any():
            continue
        best = rows["score"][0]
        if best > 0:
            many = int((rows["score"] == best).sum())
            verb = "has" if many == 1 else "share"
            reason = f"{count(many, 'contact')} {verb} the top score of {show_points(nearest_points(best))}"
            text = f"{score.name}: nobody has 5 flames: {reason}."
            yield Finding(TOP, Severity.WARNING, score.name, text, count=many, of=rows.height, do=_TOP)


def known_findings(inputs: Inputs) -> Iterator[Finding]:
    """Yield the findings available once the exports are read, before anything is scored."""
    yield from of_rules(inputs.bound.warnings, inputs.bound.book, inputs.project)
    yield from inputs.exports.findings
    yield from (each for source in inputs.exports.records for each in source.findings)


def of_rules(warnings: Iterable[Problem], book: RuleBook, project: Project) -> Iterator[Finding]:
    """Yield the warnings about a rule file that was bound to the exports."""
    for problem in warnings:
        found = of_problem(problem)
        where = found.where
        if where is not None:
            subject = found.subject or _rule_at(where.line, book)
            found = replace(found, subject=subject, place=project.place(where))
        yield found


def _rule_at(line: int, book: RuleBook) -> str:
    """Return the rule that a line of the rule file belongs to, as `SCORE/RULE_ID`."""
    rules = ((rule.line, f"{score.name}/{rule.id}") for score in book.scores for rule in score.rules)
    return max((each for each in rules if each[0] <= line), default=(0, ""))[1]


def _gaps(inputs: Inputs, scored: Scored) -> Iterator[Finding]:
    """Report columns missing from files; for events, only if the source has types it is read for."""
    for gap in inputs.gaps:
        kind, index = gap.source
        types = scored.observed.pasts[index].named if kind == "events" and scored.observed.pasts else ()
        found = gap.finding(types)
        if found is not None:
            yield found


def _of_keep(inputs: Inputs, scored: Scored) -> Iterator[Finding]:
    """Report missing columns in `keep`; the defaults need not exist."""
    project = inputs.project
    known = scored.contacts.columns
    for name in (
        absent(scored.contacts, project.settings.keep) if "keep" in project.settings.given_keys else ()
    ):
        meant = nearest(name, known)
        yield Finding(
            KEPT,
            Severity.WARNING,
            f"keep {name}",
            f"`keep` lists `{name}`, but no contacts export has that column.",
            None if "keep" in project.given else project.where("keep"),
            nearest=() if meant is None else ((meant, None),),
        )


def _repeated(observed: Observations) -> Iterator[Finding]:
    """Report rows that are dropped as duplicates or as superseded by a newer file."""
    for source in observed.sources:
        lost = {"duplicates": source.counts.duplicates, "superseded": source.counts.superseded}
        parts = [f"{many:,} {'are' if many != 1 else 'is'} {what}" for what, many in lost.items() if many]
        if parts:
            text = f"Of {count(source.counts.rows, 'row')} {', '.join(parts)}."
            place = InExport(source.kind, source.path)
            of = source.counts.rows
            total = sum(lost.values())
            yield Finding(TWICE, Severity.NOTE, f"{place} repeated", text, place, count=total, of=of)


def _all_later(observed: Observations) -> Iterator[Finding]:
    """Report sources in which every row that could count is after `as_of`."""
    for source in observed.sources:
        counts = source.counts
        if counts.later and counts.later == counts.rows - counts.rejected - counts.ignored:
            place = InExport(source.kind, source.path)
            text = f"Every row is after as_of: {count(counts.later, 'row')}."
            do = "look at `as_of`, and at the format and zone of the times"
            yield Finding(
                LATER, Severity.WARNING, str(place), text, place, count=counts.later, of=counts.rows, do=do
            )


def _of_contacts(observed: Observations) -> Iterator[Finding]:
    subject = _of_kind("contacts", observed)
    if observed.undated:
        text = (
            f"{count(observed.undated, 'contact')} with an undated tag, which a rule that needs dates skips."
        )
        yield Finding(UNDATED, Severity.NOTE, f"{subject} tags", text, count=observed.undated)
    if observed.tags_disagree:
        some = count(observed.tags_disagree, "tag")
        text = f"{some} on which the contacts export and the tag history disagree; the history is used."
        yield Finding(DISAGREE, Severity.NOTE, f"{subject} tags", text, count=observed.tags_disagree)
    if observed.ambiguous_contacts:
        sharing = count(observed.ambiguous_contacts, "contact")
        text = f"{sharing} with the e-mail or key of an earlier one, which gets the events."
        cure = "match by `contact_id`, or merge these contacts"
        yield Finding(SHARED, Severity.WARNING, subject, text, count=observed.ambiguous_contacts, do=cure)


def _of_kind(kind: str, observed: Observations) -> str:
    """Return the source of a kind if there is exactly one, otherwise the kind."""
    paths = {source.path for source in observed.sources if source.kind == kind}
    return f"{kind} {paths.pop()}" if len(paths) == 1 else kind
