"""The report as Markdown (`report.md`). Text from the data shows as itself, whatever it holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flamescore.report.accounts import FILE
from flamescore.report.bots_view import TITLE
from flamescore.report.view import held_out_line
from flamescore.report.words import number, to_the_minute
from flamescore.text import for_cell
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flamescore.report.accounts import AccountsView
    from flamescore.report.bots_view import BotsView
    from flamescore.report.leads import Lead
    from flamescore.report.told import Findings
    from flamescore.report.view import ScoreView, View
    from flamescore.runs import RuleEntry

MARKDOWN_FILE: Final = "report.md"
NEAREST: Final = 5
HEADERS: Final = (
    *("Rank", "Name", "Company", "Phone", "E-mail", "Owner"),
    *("Flames", "Score", "Strongest reasons", "Last activity"),
)
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]|~$@]|:(?=[^\s\d])|(?<=[Ww]{3})\.")
"""What means something inside a line: also the colon of a URL or a smiley, and the dot of `www.`."""
_FIRST: Final = re.compile(r"^(?:(?=[#+\-=])|(\d+)(?=[.)]))")
"""What means something at the start of a line: a heading, a list."""


def write_markdown(folder: Path, report: View) -> None:
    """Write `report.md` into a folder: UTF-8, LF."""
    (folder / MARKDOWN_FILE).write_text(render_markdown(report), encoding="utf-8", newline="\n")


def escaped(text: str) -> str:
    """Return text that Markdown shows as itself, in a paragraph and in a cell of a table."""
    entities = re.sub("[&<>]", lambda found: _ENTITIES[found[0]], for_cell(text).strip())
    return _FIRST.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", entities), count=1)


def render_markdown(report: View) -> str:
    """Return the whole report."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: View) -> Iterator[str]:
    yield "# Hot leads"
    yield ""
    when = escaped(to_the_minute(report.as_of))
    yield f"{count(report.contacts, 'contact')} as of {when}. Run `{report.run_id}`."
    since = "" if report.since is None else to_the_minute(report.since)
    for score in report.scores:
        yield from _score(score, since, held_out_line(report, score))
    yield from _labels(report)
    if report.accounts is not None:
        yield from _accounts(report.accounts)
    yield from _bots(report.bots)
    yield from _findings(report.findings)
    if report.newest:
        yield from ("", "### The newest event of each source", "")
        yield from (f"- {escaped(each.told)}" for each in report.newest)


def _labels(report: View) -> Iterator[str]:
    """Count the contacts by each label."""
    for label in report.labels:
        yield from ("", f"## {escaped(label.title)}", "", "| Label | Contacts |", "|---|---:|")
        for value in label.values:
            yield _row("none" if value.label is None else escaped(value.label), f"{value.contacts:,}")


def _score(score: ScoreView, since: str, held_out: str | None) -> Iterator[str]:
    yield from ("", f"## {escaped(score.title)}", "")
    if score.hot is None:
        yield f"{score.contacts:,} scored."
    else:
        yield f"{score.contacts:,} scored, {score.hot:,} hot, {score.on_list:,} of them on the call list."
    if held_out is not None:
        yield from ("", f"{escaped(held_out)}.")
    yield from ("", "| Flames | Contacts |", "|---|---:|")
    yield from (f"| {flames} | {score.flames[flames]:,} |" for flames in range(5, -1, -1))
    yield from ("", "| Percentile | Score |", "|---:|---:|")
    yield from (f"| {percent}% | {text} |" for percent, text in score.percentiles)
    yield from _moves(score, since)
    yield from _leads(score)
    yield from _nearest(score)
    yield from _rules(score.rules)


def _leads(score: ScoreView) -> Iterator[str]:
    hot = [lead for lead in score.leads if lead.hot]
    yield from ("", "### The list", "")
    if not hot:
        yield "No leads are hot." + (" The closest:" if score.leads else "")
        yield ""
    if score.on_list is not None and len(hot) < score.on_list:
        yield f"The first {len(hot):,} of {score.on_list:,}; `{score.file}` has them all."
        yield ""
    yield from _table(hot or score.leads[:NEAREST])


def _moves(score: ScoreView, since: str) -> Iterator[str]:
    moves = score.moves
    if moves is None:
        return
    yield from ("", f"### What changed since {escaped(since)}", "")
    yield f"{moves.up:,} rose, {moves.down:,} fell, {moves.new:,} are new, {moves.vanished:,} are gone."
    for what, many, listed in (
        ("got hot", moves.newly_hot, moves.hot),
        ("cooled off", moves.cooled_off, moves.cooled),
    ):
        yield from (
            "",
            f"{many:,} {what}" + (", the first:" if len(listed) < many else ":" if many else "."),
            "",
        )
        for one in listed:
            why = f" ({', '.join(one.parts)})" if one.parts else ""
            yield f"- {escaped(one.called)}: {one.before or 'new'} to {one.now}{why}"


def _nearest(score: ScoreView) -> Iterator[str]:
    if not score.nearest or not score.on_list:
        return
    yield from (
        "",
        "### Closest to hot",
        "",
        "| Rank | Name | Flames | Score | To go |",
        "|---:|---|---:|---:|---:|",
    )
    for lead in score.nearest:
        yield _row(
            f"{lead.rank:,}", escaped(lead.called), str(lead.flames), lead.standing, lead.missing or ""
        )


def _table(leads: Sequence[Lead]) -> Iterator[str]:
    if not leads:
        return
    labelled = any(lead.labels for lead in leads)
    yield _row(*HEADERS, *(("Labels",) if labelled else ()))
    yield "|---:|---|---|---|---|---|---:|---:|---|---|" + ("---|" if labelled else "")
    for lead in leads:
        person = (
            lead.name or lead.contact_id,
            lead.company,
            lead.phone,
            lead.email,
            lead.called_by if lead.routed_reason is None else f"{lead.called_by}, {lead.routed_reason}",
        )
        cells = (escaped(text or "") for text in person)
        why = "<br>".join(escaped(str(reason)) for reason in lead.reasons)
        told = ", ".join(escaped(f"{title} {text}") for title, text in lead.labels)
        last = (lead.last_activity or "", *((told,) if labelled else ()))
        yield _row(f"{lead.rank:,}", *cells, str(lead.flames), lead.standing, why, *last)


def _rules(rules: Sequence[RuleEntry]) -> Iterator[str]:
    yield from ("", "### Rules by points given", "")
    yield from ("| Rule | Contacts | Occurrences | Points |", "|---|---:|---:|---:|")
    for rule in rules:
        kind = "" if rule.entry == "rule" else f" ({rule.entry.replace('_', ' ')})"
        yield _row(
            escaped(rule.called) + kind, f"{rule.contacts:,}", f"{rule.occurrences:,}", number(rule.points)
        )


def _accounts(view: AccountsView) -> Iterator[str]:
    yield from ("", "## Accounts", "")
    if not view.lines:
        yield "No account has a score."
        return
    if len(view.lines) < view.accounts:
        best = f"The best {len(view.lines)} of {view.accounts:,}"
        yield f"{best} by {escaped(view.title)}; `{FILE}` has them all."
    else:
        yield f"{count(view.accounts, 'account')}, by {escaped(view.title)}."
    yield from ("", _row("Rank", "Account", "Contacts", "Flames", "Score", "Roles", "Last activity"))
    yield "|---:|---|---:|---:|---:|---|---|"
    for line in view.lines:
        cells = (
            escaped(line.called),
            f"{line.contacts:,}",
            str(line.flames),
            f"{line.score} ({line.percent}%)",
        )
        yield _row(f"{line.rank:,}", *cells, escaped(line.roles), line.last_activity or "")


def _bots(bots: BotsView | None) -> Iterator[str]:
    if bots is None:
        return
    yield from ("", f"## {TITLE}", "")
    yield from (f"- {escaped(line)}" for line in bots.said)
    if bots.lines:
        yield from ("", "| Name | Company | Score | Events | Points lost |", "|---|---|---|---:|---:|")
    for line in bots.lines:
        cells = (escaped(text or "") for text in (line.called, line.company, line.score))
        yield _row(*cells, f"{line.events:,}", line.lost)
    if len(bots.lines) < bots.rows:
        yield from ("", f"The first {len(bots.lines):,} of {bots.rows:,}; `bots.parquet` has them all.")


def _findings(findings: Findings) -> Iterator[str]:
    yield from ("", "## Findings", "")
    if not findings.warnings and not findings.others:
        yield "Nothing to report."
    for told in findings.warnings:
        yield f"- {escaped(f'{told.head}: {told.message}')}"
        yield from (f"  - {escaped(line)}" for line in told.lines)
    if findings.others:
        yield from ("", "### Notes and accepted warnings", "")
    for told in findings.others:
        reason = "" if told.accepted is None else f" {told.accepted}"
        yield f"- {escaped(f'{told.head}: {told.message}{reason}')}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
