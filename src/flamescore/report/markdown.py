"""The report as Markdown (`report.md`). Text from the data is shown literally, whatever it contains."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flamescore.report import wording
from flamescore.report.accounts import FILE
from flamescore.report.bots_view import TITLE
from flamescore.report.page_data import entry_words, missing_words
from flamescore.text import for_cell
from flamescore.units import count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from flamescore.report.accounts import AccountsView
    from flamescore.report.bots_view import BotsView
    from flamescore.report.findings_view import ReportedFinding
    from flamescore.report.page import Moved, Page, PageScore
    from flamescore.report.standings import Listed, Standing, Why

MARKDOWN_FILE: Final = "report.md"
FEWER: Final = 5
"""The number of leads listed if no contact is hot."""

_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]|~$@]|:(?=[^\s\d])|(?<=[Ww]{3})\.")
"""Special characters within a line, including the colon of a URL or an emoji, and the dot of `www.`."""
_FIRST: Final = re.compile(r"^(?:(?=[#+\-=])|(\d+)(?=[.)]))")
"""Special characters at the start of a line: a heading, a list."""


def write_markdown(folder: Path, page: Page) -> None:
    """Write `report.md` into a folder: UTF-8, LF."""
    (folder / MARKDOWN_FILE).write_text(render_markdown(page), encoding="utf-8", newline="\n")


def escaped(text: str) -> str:
    """Escape text so that Markdown shows it literally, in a paragraph and in a table cell."""
    entities = re.sub("[&<>]", lambda found: _ENTITIES[found[0]], for_cell(text).strip())
    return _FIRST.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", entities), count=1)


def render_markdown(page: Page) -> str:
    """Return the whole report, in the order of the page."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f"# {_headline(page.scores[0])}"
    yield ""
    when = escaped(wording.minute(page.as_of))
    yield f"{count(page.contacts, 'contact')} as of {when}. Run `{page.run_id}`."
    if page.findings.warnings:
        yield from ("", "## Warnings", "")
        yield from _finding_lines(page.findings.warnings)
    for number, score in enumerate(page.scores):
        yield from _call_list(page, score, number)
    for score in page.scores:
        yield from _moves(page, score)
    yield from _owners(page)
    yield from _nearest(page)
    yield from _labels(page)
    if page.accounts is not None:
        yield from _accounts(page, page.accounts)
    for score in page.scores:
        yield from _rules(page, score)
    yield from _bots(page, page.bots)
    yield from _exports(page)


def _headline(score: PageScore) -> str:
    return f"{count(score.to_call, 'hot lead')} to call" if score.to_call else "No hot lead to call"


def _titled(page: Page, words: str, score: PageScore) -> str:
    return f"## {words}, {escaped(score.title)}" if page.several else f"## {words}"


def _call_list(page: Page, score: PageScore, number: int) -> Iterator[str]:
    yield from ("", f"## Call list, by {escaped(score.title)}" if page.several else "## Call list", "")
    if score.to_call is None or score.hot is None:
        yield f"{count(score.contacts, 'contact')} scored."
    else:
        excluded = f", {score.excluded:,} more hot, not to be called" if score.excluded else ""
        yield f"{count(score.contacts, 'contact')} scored, {score.to_call:,} hot to call{excluded}."
        held_out = page.held_out(score)
        if held_out is not None:
            yield from ("", f"{escaped(held_out)}.")
    standings = [(lead, lead.standings[number]) for lead in page.leads]
    on_list = sorted(
        ((lead, one) for lead, one in standings if one is not None and one.place is not None),
        key=lambda each: each[1].place or 0,
    )
    hot = [(lead, one) for lead, one in on_list if one.hot]
    yield ""
    if not on_list:
        yield "No lead on the call list has a flame."
        return
    if not hot:
        yield "Nobody on it is hot. The first:"
        yield ""
    elif score.to_call is not None and len(hot) < score.to_call:
        yield f"The first {len(hot):,} of {score.to_call:,}; `scores.csv` has everyone."
        yield ""
    yield from _leads(page, hot or on_list[:FEWER])


def _leads(page: Page, leads: Iterable[tuple[Listed, Standing]]) -> Iterator[str]:
    people = [
        (header, column)
        for header, column in (
            ("Company", "company"), ("Phone", "phone"), ("E-mail", "email"), ("Owner", "owner"),
        )
        if page.has(column)
    ]  # fmt: skip
    changed = ("Change",) if page.since is not None else ()
    labels = tuple(escaped(label.title) for label in page.labels)
    yield _row(
        "#",
        "Name",
        *(header for header, _ in people),
        "Flames",
        "Score",
        *labels,
        "Why",
        "Last activity",
        *changed,
    )
    ends = ["---"] * (len(labels) + 2) + ["---:"] * len(changed)
    yield f"|---:|---|{'---|' * len(people)}---:|---:|{'|'.join(ends)}|"
    for lead, one in leads:
        cells = [escaped(_person(lead, column)) for _, column in people]
        standing = f"{wording.score(one.points, page.decimals)} ({one.percent}%)"
        why = "<br>".join(escaped(_reason(page, reason)) for reason in one.reasons)
        last = "" if lead.last_activity is None else f"{lead.last_activity:%Y-%m-%d %H:%M}"
        texts = [escaped(text or "") for text in lead.labels]
        moved = (_change(page, one),) if changed else ()
        yield _row(
            f"{one.place:,}",
            escaped(lead.called),
            *cells,
            str(one.flames),
            standing,
            *texts,
            why,
            last,
            *moved,
        )


def _person(lead: Listed, column: str) -> str:
    if column == "owner":
        reason = "" if lead.routed_reason is None else f", {lead.routed_reason}"
        return f"{lead.called_by}{reason}"
    return getattr(lead, column) or ""


def _reason(page: Page, why: Why) -> str:
    when = None if why.last is None else why.last.isoformat()
    return wording.reason(why.name, why.times, when, why.points, page.decimals)


def _change(page: Page, one: Standing) -> str:
    if one.change is None:
        return ""
    return "new" if one.change.points is None else wording.given(one.change.points, page.decimals)


def _moves(page: Page, score: PageScore) -> Iterator[str]:
    moves = score.moves
    if moves is None or page.since is None:
        return
    yield from ("", _titled(page, f"What changed since {page.since:%Y-%m-%d}", score), "")
    yield f"{moves.up:,} rose, {moves.down:,} fell, {moves.new:,} new, {moves.gone:,} gone."
    for what, many, listed in (
        ("newly hot", moves.newly_hot, moves.hot),
        ("cooled off", moves.cooled_off, moves.cooled),
    ):
        more = ", the first:" if len(listed) < many else ":" if many else "."
        yield from ("", f"{many:,} {what}{more}", "")
        yield from (f"- {_moved(page, each)}" for each in listed)


def _moved(page: Page, moved: Moved) -> str:
    before = "new" if moved.before is None else wording.score(moved.before, page.decimals)
    parts = ", ".join(f"{wording.given(points, page.decimals)} {words}" for points, words in moved.parts)
    owner = f", {escaped(moved.owner)}" if page.has("owner") else ""
    why = f" ({parts})" if parts else ""
    return f"{escaped(moved.called)}{owner}: {before} → {wording.score(moved.now, page.decimals)}{why}"


def _owners(page: Page) -> Iterator[str]:
    if not page.owners:
        return
    changed = ("New",) if page.since is not None else ()
    short = () if (page.hot_flames or 1) == 1 else (count((page.hot_flames or 1) - 1, "flame"),)
    yield from ("", "## Owners", "", _row("Owner", "Hot", *changed, *short, "Any"))
    yield f"|---|{'---:|' * (2 + len(changed) + len(short))}"
    for each in page.owners:
        new = (f"{each.newly_hot:,}",) if changed else ()
        few = (f"{each.short:,}",) if short else ()
        yield _row(escaped(each.owner), f"{each.hot:,}", *new, *few, f"{each.any:,}")


def _nearest(page: Page) -> Iterator[str]:
    if not page.nearest:
        return
    yield from (
        "",
        "## Closest to hot",
        "",
        _row("Name", "Flames", "Score", "To be hot"),
        "|---|---:|---:|---:|",
    )
    for each in page.nearest:
        missing = "" if each.missing is None else missing_words(each.missing, page.decimals)
        yield _row(escaped(each.called), str(each.flames), wording.score(each.points, page.decimals), missing)


def _labels(page: Page) -> Iterator[str]:
    """Yield the number of contacts by label."""
    for label in page.labels:
        yield from ("", f"## {escaped(label.title)}", "", "| Label | Contacts |", "|---|---:|")
        for value in label.values:
            yield _row("none" if value.label is None else escaped(value.label), f"{value.contacts:,}")


def _accounts(page: Page, view: AccountsView) -> Iterator[str]:
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
        standing = f"{wording.score(line.points, page.decimals)} ({line.percent}%)"
        cells = (escaped(line.called), f"{line.contacts:,}", str(line.flames), standing)
        yield _row(f"{line.rank:,}", *cells, escaped(line.roles), line.last_activity or "")


def _rules(page: Page, score: PageScore) -> Iterator[str]:
    yield from ("", _titled(page, "Rules", score), "")
    yield from ("| Rule | Contacts | Times | Points |", "|---|---:|---:|---:|")
    for rule in sorted(score.rules, key=lambda rule: -rule.points):
        kind = "" if rule.entry == "rule" else f" ({entry_words(rule.entry)})"
        if not rule.contacts and rule.entry == "rule":
            yield _row(escaped(rule.called), "matches nobody", "", "")
            continue
        points = wording.given(nearest_points(rule.points), page.decimals)
        yield _row(escaped(rule.called) + kind, f"{rule.contacts:,}", f"{rule.occurrences:,}", points)


def _bots(page: Page, bots: BotsView | None) -> Iterator[str]:
    if bots is None:
        return
    yield from ("", f"## {TITLE}", "")
    yield from (f"- {escaped(line)}" for line in bots.sentences)
    if bots.lines:
        yield from ("", "| Name | Company | Score | Events | Points lost |", "|---|---|---|---:|---:|")
    for line in bots.lines:
        cells = (escaped(text or "") for text in (line.called, line.company, line.score))
        yield _row(
            *cells, f"{line.events:,}", wording.given(line.points_lost, page.decimals).removeprefix("+")
        )
    if len(bots.lines) < bots.rows:
        yield from ("", f"The first {len(bots.lines):,} of {bots.rows:,}; `bots.parquet` has them all.")


def _exports(page: Page) -> Iterator[str]:
    yield from ("", "## Exports", "")
    if page.findings.others:
        yield from ("Notes and accepted warnings:", "", *_finding_lines(page.findings.others))
    elif not page.findings.warnings:
        yield "Nothing to report."
    if not page.sources:
        return
    yield from ("", _row("Export", "Rows", "Used", "Rejected", "Unknown contact", "Too old", "Newest event"))
    yield "|---|---:|---:|---:|---:|---:|---|"
    for source in page.sources:
        counts = (source.rows, source.kept, source.rejected, source.orphans, source.old)
        day = None if source.newest is None else to_local(source.newest, page.zone).date()
        newest = "" if day is None else f"{day.isoformat()}, {wording.ago(day, page.as_of.date())}"
        yield _row(escaped(source.path), *(f"{many:,}" for many in counts), newest)


def _finding_lines(found: Iterable[ReportedFinding]) -> Iterator[str]:
    for finding in found:
        reason = "" if finding.accepted is None else f" {finding.accepted}"
        yield f"- {escaped(f'{finding.head}: {finding.message}{reason}')}"
        yield from (f"  - {escaped(line)}" for line in finding.lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
