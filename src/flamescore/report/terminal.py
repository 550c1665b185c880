"""The report on a terminal: renderables of rich. Text from the data is never read as markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Group
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from flamescore.report.view import held_out_line
from flamescore.report.words import to_the_minute
from flamescore.text import for_cell, printable
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, RenderableType

    from flamescore.report.accounts import AccountsView
    from flamescore.report.leads import Lead
    from flamescore.report.told import Findings
    from flamescore.report.view import ScoreView, View

BAR: Final = 30
WIDE: Final = 110
"""From so many columns on three reasons of a lead have a line each."""

FLAME: Final = "▲"


def render_terminal(report: View, *, top: int = 10) -> Group:
    """Return the whole: each score by flames, at the percentiles, its `top` leads; then the warnings."""
    parts: list[RenderableType] = [_headline(report)]
    for score in report.scores:
        parts += [_title(report, score), by_flames(score), at_percentiles(score)]
        parts += [*moved(score, report.since), leads(score.leads[:top])]
    parts += by_label(report)
    if report.accounts is not None:
        parts += _accounts(report.accounts)
    return Group(*parts, *_findings(report.findings))


def by_label(report: View) -> list[RenderableType]:
    """Return the contacts by each label, a line a label; nothing where there are none."""
    lines: list[RenderableType] = [Text()] if report.labels else []
    for label in report.labels:
        counts = ", ".join(
            f"{'none' if value.label is None else value.label} {value.contacts:,}"
            for value in label.values
            if value.contacts
        )
        lines.append(Text.assemble((for_cell(label.title), "bold"), f": {for_cell(counts)}"))
    return lines


def by_flames(score: ScoreView) -> Table:
    """Return the contacts by flames as bars, five first."""
    most = max(*score.flames, 1)
    table = _table()
    for flames, contacts in reversed(tuple(enumerate(score.flames))):
        # Whoever is there shows: one contact of a million is a bar of one block too.
        blocks = max(round(BAR * contacts / most), 1) if contacts else 0
        table.add_row(_drawn(flames), Text(f"{contacts:,}", justify="right"), Text("█" * blocks, style="red"))
    return table


def at_percentiles(score: ScoreView) -> Text:
    """Return the score at the percentiles, in one line."""
    said = ", ".join(f"{text} at {percent}%" for percent, text in score.percentiles)
    return Text(f"Score: {said}", style="dim")


def moved(score: ScoreView, since: datetime | None) -> list[RenderableType]:
    """Return who got hot and who cooled since the run before, in a line each; nothing if that is unknown."""
    moves = score.moves
    if moves is None or since is None:
        return []
    counts = f"{moves.up:,} rose, {moves.down:,} fell, {moves.new:,} new, {moves.vanished:,} gone"
    lines = [Text(f"Since {since:%Y-%m-%d %H:%M}: {counts}", style="dim")]
    for what, many, listed in (
        ("got hot", moves.newly_hot, moves.hot),
        ("cooled off", moves.cooled_off, moves.cooled),
    ):
        if many:
            who = ", ".join(for_cell(one.called) for one in listed)
            more = f" and {many - len(listed):,} more" if many > len(listed) else ""
            lines.append(Text(f"{many:,} {what}: {who}{more}"))
    return list(lines)


def leads(ranked: Sequence[Lead]) -> RenderableType:
    """Return the top of the ranked list; where the terminal is narrow with the strongest reason alone."""
    return _Leads(tuple(ranked)) if ranked else Text("No leads on the call list.", style="dim")


@dataclass(frozen=True)
class _Leads:
    """The list, laid out when the width is known."""

    ranked: tuple[Lead, ...]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        most = None if options.max_width >= WIDE else 1
        table = _table("", "", "Flames", "Score", "Strongest reasons", "Last activity")
        for lead in self.ranked:
            called = Text(for_cell(lead.called), style="bold")
            if lead.company:
                called.append(f"\n{for_cell(lead.company)}", style="dim not bold")
            if lead.labels:
                said = ", ".join(f"{title} {text}" for title, text in lead.labels)
                called.append(f"\n{for_cell(said)}", style="not bold")
            why = Text("\n".join(for_cell(str(reason)) for reason in lead.reasons[:most]))
            last = Text(lead.last_activity or "")
            table.add_row(Text(f"{lead.rank:,}"), called, _drawn(lead.flames), Text(lead.standing), why, last)
        yield table


def _accounts(view: AccountsView) -> list[RenderableType]:
    """Return the best accounts, a line each."""
    title = Text.assemble("\n", ("Accounts", "bold"), f": {view.accounts:,} by {for_cell(view.title)}")
    table = _table("", "", "Contacts", "Flames", "Score", "Roles", "Last activity")
    for line in view.lines:
        called, roles = Text(for_cell(line.called), style="bold"), Text(for_cell(line.roles))
        many, standing = Text(f"{line.contacts:,}", justify="right"), Text(f"{line.score} ({line.percent}%)")
        drawn, last = _drawn(line.flames), Text(line.last_activity or "")
        table.add_row(Text(f"{line.rank:,}"), called, many, drawn, standing, roles, last)
    return [title, table] if view.lines else [title]


def _findings(findings: Findings) -> list[RenderableType]:
    """Return the warnings that nobody accepted: nothing, or a heading and a line each, and what to do."""
    if not findings.warnings:
        return []
    lines = [
        Text(f"{indent}{for_cell(line)}")
        for told in findings.warnings
        for indent, line in (
            ("- ", f"{told.head}: {told.message}"),
            *(("  ", each) for each in told.lines),
        )
    ]
    return [Text(), Text("Findings", style="bold yellow"), *lines]


def _headline(report: View) -> Text:
    when = to_the_minute(report.as_of)
    return Text(f"{count(report.contacts, 'contact')} as of {when} (run {report.run_id})")


def _title(report: View, score: ScoreView) -> Text:
    if score.hot is None or score.on_list is None:
        return Text.assemble("\n", (for_cell(score.title), "bold"))
    left_out = score.hot - score.on_list - score.held_out
    aside = f", {left_out:,} of them excluded from calls" if left_out else ""
    held_out = held_out_line(report, score)
    aside += "" if held_out is None else f"; {held_out}"
    return Text.assemble("\n", (for_cell(score.title), "bold"), f": {score.hot:,} hot{aside}")


def _drawn(flames: int) -> Text:
    return Text(FLAME * flames + "·" * (5 - flames), style="red")


def _table(*headers: str) -> Table:
    table = Table(*headers, box=box.SIMPLE if headers else None, show_header=bool(headers), pad_edge=False)
    if not headers:
        for _ in range(3):
            table.add_column()
    return table


@dataclass(frozen=True)
class Filtered:
    """Something to show, without what a terminal would obey but for its own colours and line ends.

    Texts are escaped before they are laid out, so that columns stay straight; here nothing is forgotten.
    """

    shown: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.shown, options):
            if segment.control:
                yield segment
            else:
                text = "\n".join(map(printable, segment.text.split("\n")))
                yield Segment(text, segment.style)
