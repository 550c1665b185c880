"""Findings about headers: found further down in a file, or, for a preset's columns, repeated in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.exports.missing_columns import numbered, quoted
from flamescore.exports.plan import key_column
from flamescore.findings import Finding, InExport, Severity, scalar
from flamescore.input_errors import BELOW, UNCLEAR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from flamescore.exports.plan import Plan


def header_findings(plans: Sequence[Plan], by_hand: Collection[str]) -> Iterator[Finding]:
    """Yield findings about the headers of a source's files.

    `by_hand` are the columns that the project file maps itself. They are skipped here: if one of them is
    unclear, the run stops.
    """
    yield from _below(plans)
    spec = plans[0].source
    needed = {*spec.REQUIRED, key_column(spec), *by_hand}
    for name in (each for each in spec.columns if each not in needed):
        yield from _unclear(name, plans)


def _below(plans: Sequence[Plan]) -> Iterator[Finding]:
    found = [(plan, csv.found_at) for plan in plans if (csv := plan.table.csv) and csv.found_at is not None]
    if found:
        plan, line = found[0]
        shown, place = plan.table.found.shown, _place(plan)
        more = f"; {len(found) - 1:,} more have it further down too" if found[1:] else ""
        text = f"The header of {shown} was found on line {line}{more}."
        yield Finding(BELOW, Severity.NOTE, _subject(plan), text, place, count=len(found), of=len(plans))


def _unclear(name: str, plans: Sequence[Plan]) -> Iterator[Finding]:
    """Yield a warning for a preset's column whose header is repeated in files."""
    headers = plans[0].source.columns[name]
    unclear = [plan for plan in plans if any(_is_unclear(each, plan) for each in headers)]
    if not unclear:
        return
    first = unclear[0]
    header = next(each for each in headers if _is_unclear(each, first))
    more = f" and {len(unclear) - 1:,} more" if unclear[1:] else ""
    left = f"{quoted(name)} is read without it" if first.headers.get(name) else f"{quoted(name)} is left out"
    text = f"{quoted(header)} is there more than once in {first.table.found.shown}{more}, so that {left}."
    cures = [f"columns: {{{scalar(name)}: {numbered(headers, first.table, number)}}}" for number in (2, 1)]
    subject = f"{_subject(first)} {name}"
    yield Finding(
        UNCLEAR,
        Severity.WARNING,
        subject,
        text,
        _place(first),
        count=len(unclear),
        of=len(plans),
        cure=cures[0],
        others=tuple(cures[1:]),
    )


def _is_unclear(header: str, plan: Plan) -> bool:
    return header in plan.table.unclear


def _subject(plan: Plan) -> str:
    return f"{plan.source.KIND} {plan.source.path}"


def _place(plan: Plan) -> InExport:
    return InExport(plan.source.KIND, plan.source.path, plan.table.found.shown)
