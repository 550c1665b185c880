"""The report on a screen: the results of a run, in lines. Text from the data can't control the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.report import wording
from flamescore.report.list_of_leads import Leads, lead_table
from flamescore.report.run_view import held_out_line
from flamescore.screen import Column, table
from flamescore.units import count, nearest_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.report.accounts import AccountsView
    from flamescore.report.findings_view import Findings
    from flamescore.report.run_data import RunData
    from flamescore.report.run_view import ScoreView, View
    from flamescore.screen import Screen

BAR: Final = 30
"""The width of the longest bar on the screen."""

_ALL_FLAMES: Final = 5


def render_terminal(report: View, leads: RunData, *, on: Screen, top: int) -> list[str]:
    """Return the lines: a block per score, the first `top` of the call list, accounts, then open warnings.

    `leads` has at least the listed contacts.
    """
    screen, when = on, wording.minute(report.as_of)
    lines = [f"{count(report.contacts, 'contact')} scored as of {when}"]
    for score in report.scores:
        lines += ["", *_block(report, score, screen), *_percentiles(leads, score.name, screen)]
    if report.labels:
        lines += ["", *by_label(report, screen)]
    lines += ["", *_leads(report, leads, screen, top=top)]
    if report.accounts is not None:
        lines += ["", *_accounts(report.accounts, screen)]
    return [*lines, *_findings(report.findings, screen)]


def listed_ids(report: View, top: int) -> list[str]:
    """Return the ids of the listed contacts: the first of the default score's call list."""
    return list(report.scores[0].listed[:top])


def _block(report: View, score: ScoreView, screen: Screen) -> Iterator[str]:
    """Yield the results of a score: the leads to call, changes, and contacts by flames."""
    title = screen.styled(screen.shown(score.title), "bold")
    yield title if score.on_list is None else f"{title}: {count(score.on_list, 'hot lead')} to call"
    moved = "; ".join(_moved(report, score))
    if moved:
        yield moved
    yield from by_flames(score, screen)


def _percentiles(run: RunData, name: str, screen: Screen) -> list[str]:
    """Return the score at some percentiles, as a sentence; empty if no contact is scored."""
    (record,) = (score for score in run.record.scores if score.name == name)
    at = {
        each.percent: wording.score(nearest_points(each.score), run.decimals)
        for each in record.percentiles
        if each.score is not None
    }
    if not at:
        return []
    text = f"Half score {at[50]} or less; the top 10% {at[90]} or more; the top 1% {at[99]} or more."
    return [screen.styled(text, "dim")]


def _moved(report: View, score: ScoreView) -> Iterator[str]:
    """Yield how many leads became hot or cooled off, and how many are hot but not to be called."""
    if score.moves is not None and report.since is not None:
        since = f"{report.since:%Y-%m-%d}"
        if report.since.date() == report.as_of.date():
            since += f"{report.since: %H:%M}"
        yield f"{score.moves.newly_hot:,} newly hot and {score.moves.cooled_off:,} cooled off since {since}"
    if score.hot is None or score.on_list is None:
        return
    excluded = score.hot - score.on_list - score.held_out
    if excluded:
        yield f"{excluded:,} more {'is' if excluded == 1 else 'are'} hot but excluded from calls"
    held_out = held_out_line(report, score)
    if held_out is not None:
        yield held_out


def by_flames(score: ScoreView, screen: Screen) -> Iterator[str]:
    """Yield the contacts by flames, five first, with bars scaled to the longest of one to five flames."""
    most = max(*score.flames[1:], 1)
    wide = max(len(f"{contacts:,}") for contacts in score.flames)
    room = min(BAR, screen.width - _ALL_FLAMES - wide - 6)
    for flames, contacts in reversed(tuple(enumerate(score.flames))):
        # A nonzero count is always visible: even one contact of a million gets one block.
        blocks = max(round(room * contacts / most), 1) if contacts and flames else 0
        drawn = screen.styled(screen.flames(flames), "red")
        bar = screen.styled(screen.marks("█" * blocks), "red")
        yield f"  {drawn}  {contacts:>{wide},}  {bar}".rstrip()


def by_label(report: View, screen: Screen) -> Iterator[str]:
    """Yield the number of contacts by label, one line per label."""
    for label in report.labels:
        counts = ", ".join(
            f"{'none' if value.label is None else value.label} {value.contacts:,}"
            for value in label.values
            if value.contacts
        )
        yield screen.shown(f"{label.title}: {counts}")


def _leads(report: View, leads: RunData, screen: Screen, *, top: int) -> list[str]:
    ids = listed_ids(report, top)
    if not ids:
        return [screen.styled("No leads on the call list.", "dim")]
    names = tuple(score.name for score in report.scores)
    shown = Leads(leads, ids, range(1, len(ids) + 1), names)
    return lead_table(shown, screen, titled=len(names) > 1)


def _accounts(view: AccountsView, screen: Screen) -> list[str]:
    """Return the best accounts, one per line."""
    title = screen.styled(screen.shown(f"Accounts: {view.accounts:,} by {view.title}"), "bold")
    if not view.lines:
        return [title]
    columns = (
        Column("#", [f"{line.rank:,}" for line in view.lines], right=True),
        Column("Flames", [screen.flames(line.flames) for line in view.lines], style="red"),
        Column("Score", [f"{line.score} ({line.percent}%)" for line in view.lines], right=True),
        Column("Account", [line.called for line in view.lines], least=12, style="bold"),
        Column("Contacts", [f"{line.contacts:,}" for line in view.lines], right=True, goes=3),
        Column("Roles", [line.roles for line in view.lines], least=12, goes=2),
        Column("Last activity", [line.last_activity or "" for line in view.lines], goes=1),
    )
    return [title, *table([each for each in columns if not each.is_empty], screen)]


def _findings(findings: Findings, screen: Screen) -> Iterator[str]:
    """Yield the warnings that were not accepted, under a heading, with what to do; nothing without any."""
    if not findings.warnings:
        return
    yield from ("", screen.styled("Findings", "bold"))
    for finding in findings.warnings:
        yield screen.shown(f"- {finding.head}: {finding.message}")
        yield from (f"  {screen.shown(line)}" for line in finding.lines)
