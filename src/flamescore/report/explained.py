"""An explanation for people: rich text, nothing of it read as markup."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flamescore.explanations import OUTCOMES
from flamescore.report.words import number
from flamescore.text import for_cell
from flamescore.units import WHOLE, count, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from flamescore.explanations import (
        Applied,
        EntryLine,
        Explanation,
        InBurst,
        LabelExplained,
        Occurrence,
        ScoreExplained,
        Silence,
    )

LIMITS = {
    "rule_limit": "limit of the rule",
    "group_limit": "limit of the group",
    "score_limit": "limit of the score",
}
SHOWN = 12
"""Counted occurrences of a rule that are listed; the others are counted. JSON has them all."""


def render_explanation(explanation: Explanation, *, everything: bool = False) -> Group:
    """Return the whole explanation, score by score."""
    zone = ZoneInfo(explanation.timezone)
    parts: list[RenderableType] = [_head(explanation, zone)]
    for score in explanation.scores:
        parts += ["", *_score(score, zone, everything=everything)]
    parts += ["", *map(_label, explanation.labels)] if explanation.labels else []
    parts += [Text(for_cell(note), style="yellow") for note in explanation.notes]
    if explanation.hot is not None:
        parts.append(Text(f"hot: {'yes' if explanation.hot else 'no'}"))
    return Group(*parts)


def _label(label: LabelExplained) -> Text:
    """Say `Grade  A1  (fit_band A, intent_band 1)`."""
    text = (label.text or "none") if label.known else "not known without --rank"
    parts = ", ".join(f"{name} {part or 'none'}" for name, part in label.parts) if label.known else ""
    return Text.assemble(
        (for_cell(label.title), "bold"), "  ", for_cell(text), f"  ({for_cell(parts)})" if parts else ""
    )


def points(value: float) -> str:
    """Show points with their sign: `+3`, `-0.25`."""
    return number(value) if value < 0 else f"+{number(value)}"


def _head(explanation: Explanation, zone: ZoneInfo) -> Text:
    who = " · ".join(filter(None, (explanation.name, explanation.email, explanation.contact_id)))
    run = f" · run {explanation.run_id}" if explanation.run_id else ""
    return Text.assemble(
        (for_cell(who), "bold"), f"\nas of {_time(explanation.as_of, zone)} {explanation.timezone}{run}"
    )


def _score(score: ScoreExplained, zone: ZoneInfo, *, everything: bool) -> Iterator[RenderableType]:
    if not score.in_population:
        yield Text(f"{for_cell(score.title)}: not scored (outside the score's population)")
        return
    yield _standing(score)
    if score.bots is not None:
        some = count(score.bots.events, "event")
        look = "looks" if score.bots.events == 1 else "look"
        yield Text(f"  {some} {look} like a mail scanner's: {_worth(score.bots.points_lost)}")
    yield _ledger(score, zone)
    if everything:
        yield from _silent(score, zone)
    yield from _outlook(score)


def _standing(score: ScoreExplained) -> Text:
    said = [_worth(score.score)]
    if score.flames is not None:
        said.append(f"{score.flames} of 5 flames")
    if score.percent_of_ideal is not None:
        said.append(f"{_percent(score.percent_of_ideal)} of the ideal")
    if score.rank is not None and score.percentile is not None:
        said += [f"rank {score.rank:,}", f"better than {int(score.percentile)}% of the rest"]
    return Text.assemble((for_cell(score.title), "bold"), ": ", ", ".join(said))


def _percent(share: float) -> str:
    return f"{share:,.0f}%" if abs(share) >= 1_000 else f"{share:.4g}%"  # noqa: PLR2004 - four digits


def entries_in_words(score: ScoreExplained, timezone: str) -> tuple[tuple[str, str], ...]:
    """Return the points and the words of every entry of a score, such as `+1` and `Prospect tags`."""
    zone = ZoneInfo(timezone)
    return tuple((points(line.points), for_cell(_entry(line, zone))) for line in score.entries)


def _ledger(score: ScoreExplained, zone: ZoneInfo) -> RenderableType:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    for line in score.entries:
        table.add_row(Text(points(line.points)), Text(for_cell(_entry(line, zone))))
        if line.applied is not None:
            table.add_row("", Text(for_cell(_applied(line.applied, zone)), style="dim"))
        for occurrence in line.counted[:SHOWN]:
            table.add_row("", Text(for_cell(_occurrence(occurrence, zone)), style="dim"))
        if line.counted and line.occurrences > SHOWN:
            more = count(line.occurrences - SHOWN, "earlier one")
            table.add_row("", Text(f"and {more}", style="dim"))
        for occurrence in line.uncounted:
            table.add_row("", Text(for_cell(_occurrence(occurrence, zone)), style="dim"))
    table.add_row(Text(number(score.score), style="bold"), Text("total", style="bold"))
    return Padding(table, (0, 0, 0, 2))


def _entry(line: EntryLine, zone: ZoneInfo) -> str:
    if line.silence is not None:
        of_group = f"; group {line.name}" if line.entry == "group_idle" else ""
        return f"{_silence(line.silence, zone)}{of_group}"
    limit = LIMITS.get(line.entry)
    if limit:
        return f"{line.name}: {limit}"
    times = f" ({line.occurrences:,}×)" if line.occurrences > 1 else ""
    return f"{line.name}{times}"


def _silence(silence: Silence, zone: ZoneInfo) -> str:
    """Say it: `Idle for 62 days: 19% off; last activity 2026-09-19 09:00 (link_click)`; shares are cut."""
    if silence.days is None or silence.at is None:
        return "Never active: all off"
    off = "all" if silence.left == 0 else f"{(WHOLE - round(silence.left * WHOLE)) * 100 // WHOLE}%"
    since = f"{_time(silence.at, zone)} ({silence.event})"
    return f"Idle for {count(silence.days, 'day')}: {off} off; last activity {since}"


def _occurrence(occurrence: Occurrence, zone: ZoneInfo) -> str:
    aged = _aged(occurrence.at, occurrence.age_days, zone)
    like = ("like a mail scanner's",) if occurrence.like_scanner else ()
    if occurrence.burst:
        burst = _burst(occurrence.burst, zone)
        return "; ".join((f"{aged}, {burst}", *_worth_of(occurrence, zone), *like))
    said = [f"{aged}, {occurrence.event}", *(f"{name} {value}" for name, value in occurrence.properties)]
    return "; ".join((*said, *_worth_of(occurrence, zone), *like))


def _burst(events: Sequence[InBurst], zone: ZoneInfo) -> str:
    """Say what is in a burst and since when: `3 page_visit since 2026-11-10 09:00`."""
    types = Counter(each.event for each in events)
    said = ", ".join(f"{many:,} {kind}" for kind, many in types.items())
    return f"{said} since {_time(events[-1].at, zone)}"


def _applied(tag: Applied, zone: ZoneInfo) -> str:
    if tag.at is None or tag.age_days is None:
        return "; ".join(("tagged, without a date", *_worth_of(tag, zone)))
    called = "" if tag.tag is None else f" {tag.tag}"
    return "; ".join((f"{_aged(tag.at, tag.age_days, zone)}, tagged{called}", *_worth_of(tag, zone)))


def _aged(at: datetime, age_days: int, zone: ZoneInfo) -> str:
    age = "under a day old" if age_days == 0 else f"{age_days:,} d old"
    return f"{_time(at, zone)}, {age}"


def _worth_of(what: Occurrence | Applied, zone: ZoneInfo) -> Iterator[str]:
    """Say what an event or tag gives, and until when; or why it does not count."""
    if what.points is None:
        yield f"does not count: {OUTCOMES.get(what.outcome, what.outcome)}"
        return
    factor = "" if what.factor in (None, 1.0) else f" (× {what.factor:.9g})"
    yield f"{points(what.points)}{factor}"
    if what.expires_at is not None:
        yield f"expires {_time(what.expires_at, zone)}"


def _silent(score: ScoreExplained, zone: ZoneInfo) -> Iterator[RenderableType]:
    if not score.silent:
        return
    yield Text("  Gave nothing:")
    for line in score.silent:
        yield Text(for_cell(f"    {line.name}: {line.why}"), style="dim")
        if line.applied is not None:
            yield Text(for_cell(f"      {_applied(line.applied, zone)}"), style="dim")
        for occurrence in (*line.counted, *line.uncounted):
            yield Text(for_cell(f"      {_occurrence(occurrence, zone)}"), style="dim")


def _outlook(score: ScoreExplained) -> Iterator[RenderableType]:
    by_list = ", by this run's list" if score.by_percentile else ""
    later = ", ".join(f"{_worth(o.score)}{_with_flames(o.flames)} in {o.days} days" for o in score.outlook)
    if later:
        told = by_list if any(o.flames is not None for o in score.outlook) else ""
        yield Text(f"  If nothing happens: {later}{told}")
    if score.next_flame_needs is None:
        return
    about = "about " if score.by_percentile else ""
    yield Text(f"  To the next flame: {about}{_worth(score.next_flame_needs)} more{by_list}")
    for way in score.next_flame:
        yield Text(
            for_cell(
                f"    If this happens again: {way.name} → {_worth(way.score)}, {count(way.flames, 'flame')}"
            )
        )


def _with_flames(flames: int | None) -> str:
    return "" if flames is None else f" and {count(flames, 'flame')}"


def _worth(value: float) -> str:
    told = number(value)
    return f"{told} point" if told in ("1", "-1") else f"{told} points"


def _time(instant: datetime, zone: ZoneInfo) -> str:
    local = to_local(instant, zone).replace(tzinfo=None)
    return local.isoformat(" ", "seconds" if local.second else "minutes")
