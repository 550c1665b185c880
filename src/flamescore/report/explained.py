"""An explanation for people: lines of text that wrap at spaces, never interpreted as markup."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from flamescore.explanations import OUTCOMES, format_number, is_number, quoted, sentences
from flamescore.report import wording
from flamescore.text import for_cell
from flamescore.units import WHOLE, count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import Console, ConsoleOptions, RenderableType

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

LIMITS = ("rule_limit", "group_limit", "score_limit")
SHOWN = 12
"""The number of counted occurrences listed per rule; the rest is only counted. JSON has them all."""

EXACTLY = 4
"""The number of decimals of exact points."""

_FLAMES = 5
_IN_ASCII = str.maketrans({"…": "...", "×": "x", "→": "->", "·": "-", "▲": "*"})
_FACTOR = 5
"""How many more decimals billionths have than a displayed factor."""


def render_explanation(
    explanation: Explanation, *, everything: bool = False, decimals: int = 1, ascii_only: bool = False
) -> Group:
    """Return the whole explanation, score by score; points have at most `decimals` decimals.

    `ascii_only` replaces symbols such as `×` and `→`, which old terminals don't have.
    """
    words = _Words(ZoneInfo(explanation.timezone), explanation.as_of, decimals, ascii_only=ascii_only)
    wide = words.widest(explanation.scores)
    parts: list[RenderableType] = list(_head(explanation, words))
    for score in explanation.scores:
        parts += ["", *_score(score, words, wide, everything=everything)]
    parts += [""] if explanation.labels else []
    for label in explanation.labels:
        parts += [_label(label, words), *(_label_seen(label, words) if everything else ())]
    parts += [words.line((note, "yellow")) for note in explanation.notes]
    if explanation.hot is not None:
        parts.append(words.line(f"hot: {'yes' if explanation.hot else 'no'}"))
        failed = explanation.hot_failed
        seen = explanation.hot_evidence if failed is None else (failed,)
        parts += [_under(words, each, 2) for each in sentences(seen)] if everything else ()
    return Group(*parts)


def entries_in_words(score: ScoreExplained, timezone: str) -> tuple[tuple[str, str], ...]:
    """Return the exact points and the words of every entry: `+1` and `Prospect tags`."""
    words = _Words(ZoneInfo(timezone), None, EXACTLY)
    return tuple((words.given(line.points), for_cell(words.entry(line))) for line in score.entries)


class Line(Struct, frozen=True):
    """A line of text, wrapped at spaces; wrapped lines are indented to column `rest`. No word is cut."""

    text: Text
    rest: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """Lay out the line for the available width."""
        breaks = _breaks(self.text.plain, options.max_width, self.rest)
        for number, part in enumerate(self.text.divide(breaks)):
            part.rstrip()
            whole = Text(" " * self.rest) + part if number else part
            whole.no_wrap, whole.overflow = True, "ignore"
            yield whole


def _breaks(text: str, width: int, rest: int) -> list[int]:
    """Return the offsets at which wrapped lines begin, except the first; each is after a space.

    For `a bb ccc` in 5 columns, with wrapped lines indented to column 2, it is 5: `a bb` and `  ccc`.
    """
    places: list[int] = []
    begin, indent = 0, 0
    led = len(text) - len(text.lstrip(" "))
    for at in (at for at, char in enumerate(text) if char == " " and at >= led):
        end = text.find(" ", at + 1)
        word_end = len(text) if end < 0 else end
        if indent + cell_len(text[begin:word_end]) > width and text[begin:at].strip():
            begin, indent = at + 1, rest
            places.append(begin)
    return places


class _Words(Struct, frozen=True):
    """The wording of numbers and times in an explanation."""

    zone: ZoneInfo
    as_of: datetime | None
    decimals: int
    ascii_only: bool = False

    def line(self, *pieces: str | tuple[str, str], rest: int = 0) -> Line:
        """Make a line of texts, some with a style; wrapped lines are indented to column `rest`."""
        styled = [(piece, "") if isinstance(piece, str) else piece for piece in pieces]
        shown = [(for_cell(text), style) for text, style in styled]
        if self.ascii_only:
            shown = [(text.translate(_IN_ASCII), style) for text, style in shown]
        return Line(Text.assemble(*shown), rest)

    def given(self, points: float) -> str:
        """Format points with their sign: `+3`, `-0.3`."""
        return wording.given(nearest_points(points), self.decimals)

    def score(self, points: float) -> str:
        """Format a score."""
        return wording.score(nearest_points(points), self.decimals)

    def worth(self, points: float) -> str:
        """Format a score with its unit: `1 point`, `62.6 points`."""
        return _in_points(self.score(points))

    def widest(self, scores: Sequence[ScoreExplained]) -> int:
        """Return the width of the column of points."""
        shown = [score for score in scores if score.in_population]
        cells = [self.given(line.points) for score in shown for line in score.entries]
        return max(map(len, (*cells, *(self.score(score.score) for score in shown))), default=0)

    def total(self, score: ScoreExplained) -> str:
        """Return the text after the sum, with the exact sum if it, or any of its parts, is rounded."""
        parts = [nearest_points(line.points) for line in score.entries]
        exact = nearest_points(score.score)
        rounded = wording.score(exact, self.decimals) != wording.score(exact, EXACTLY) or any(
            wording.given(part, self.decimals) != wording.given(part, EXACTLY) for part in parts
        )
        return f"total ({wording.score(exact, EXACTLY)} exactly)" if rounded else "total"

    def time(self, instant: datetime) -> str:
        return wording.to_the_minute(instant, self.zone)

    def day(self, instant: datetime) -> str:
        return to_local(instant, self.zone).date().isoformat()

    def aged(self, at: datetime) -> str:
        """Format a time and its age: `2026-11-17 16:39, 4 days ago`; a future time has no age."""
        if self.as_of is None or at > self.as_of:
            return self.time(at)
        today = to_local(self.as_of, self.zone).date()
        return f"{self.time(at)}, {wording.ago(to_local(at, self.zone).date(), today)}"

    def factor(self, factor: float) -> str:
        """Format a decay factor with four decimals, or to its first nonzero digit; exactly with `EXACTLY`."""
        billionths = round(factor * WHOLE)
        unit = 1 if self.decimals == EXACTLY else 10**_FACTOR
        rounded = (2 * billionths + unit) // (2 * unit) * unit
        if rounded == 0 and billionths:
            first = 10 ** (len(str(billionths)) - 1)
            rounded = billionths // first * first
        whole, part = divmod(rounded, WHOLE)
        digits = f"{part:09d}".rstrip("0")
        return f"{whole}.{digits}" if digits else f"{whole}"

    # --- entries ---------------------------------------------------------------------------------------

    def entry(self, line: EntryLine) -> str:
        """Describe what gave or took points: `Talked with a rep ×2`, `Opened an e-mail: limit 3`."""
        if line.silence is not None:
            of_group = f"; group {line.name}" if line.entry == "group_idle" else ""
            return f"{self.silence(line.silence)}{of_group}"
        if line.entry in LIMITS:
            bound = "" if line.limit is None else f" {wording.score(nearest_points(line.limit), EXACTLY)}"
            group = "group " if line.entry == "group_limit" else ""
            return f"{group}{line.name}: limit{bound}"
        times = f" ×{line.occurrences:,}" if line.occurrences > 1 else ""
        return f"{line.name}{times}"

    def silence(self, silence: Silence) -> str:
        """Format it: `Idle for 62 days: 19% off; last activity 2026-09-19 09:00 (call)`, rounded down."""
        if silence.days is None or silence.at is None:
            return "Never active: all off"
        off = "all" if silence.left == 0 else f"{(WHOLE - round(silence.left * WHOLE)) * 100 // WHOLE}%"
        since = f"{self.time(silence.at)} ({silence.event})"
        return f"Idle for {count(silence.days, 'day')}: {off} off; last activity {since}"

    def occurrence(self, occurrence: Occurrence, numbers: Sequence[str]) -> str:
        """Format it: `2026-11-17 16:39, 4 days ago: call, seconds 950; +9.5 (× 0.9548 after 3 full days)`."""
        parts = [occurrence.event, *(_property(name, text, numbers) for name, text in occurrence.properties)]
        what = self.burst(occurrence.burst) if occurrence.burst else ", ".join(parts)
        like = ("like a mail scanner's",) if occurrence.like_scanner else ()
        return "; ".join((f"{self.aged(occurrence.at)}: {what}", *self.worth_of(occurrence), *like))

    def burst(self, events: Sequence[InBurst]) -> str:
        """Describe the events of a burst and its start: `3 page_visit since 2026-11-10 09:00`."""
        types = Counter(each.event for each in events)
        counts = ", ".join(f"{many:,} {kind}" for kind, many in types.items())
        return f"{counts} since {self.time(events[-1].at)}"

    def worth_of(self, what: Occurrence | Applied) -> Iterator[str]:
        """Describe what an event or tag gives, and until when; or why it does not count."""
        if what.points is None:
            yield f"does not count: {OUTCOMES.get(what.outcome, what.outcome)}"
            return
        factor = ""
        if what.factor not in (None, 1.0) and what.age_days is not None:
            days = count(what.age_days, "full day")
            factor = f" (× {self.factor(what.factor or 0.0)} after {days})"
        yield f"{self.given(what.points)}{factor}"
        if what.expires_at is not None:
            yield f"until {self.day(what.expires_at)}"

    def applied(self, tag: Applied) -> str:
        """Describe the tag that a rule reads: `2026-11-01 10:00, 20 days ago: tagged VIP; +3.2 (...)`."""
        called = "" if tag.tag is None else f" {quoted(tag.tag)}"
        what = "tagged, no date" if tag.at is None else f"{self.aged(tag.at)}: tagged{called}"
        return "; ".join((what, *self.worth_of(tag)))

    def seen(self, line: EntryLine) -> Iterator[str]:
        """Yield the evidence of a rule, with what its events or its dated tag give."""
        evidence = sentences(line.evidence)
        if line.applied is not None:
            tag, *evidence_of_others = evidence or ("",)
            yield "; ".join((tag, *self.worth_of(line.applied)))
            yield from evidence_of_others
            return
        yield from (self.occurrence(each, line.numbers) for each in line.counted[:SHOWN])
        if line.counted and line.occurrences > SHOWN:
            yield f"and {count(line.occurrences - SHOWN, 'earlier one')}"
        yield from evidence[1:] if line.counted else evidence  # the events already show the first


def _property(name: str, text: str, numbers: Sequence[str]) -> str:
    as_number = name in numbers and is_number(text.strip())
    return f"{name} {format_number(text.strip()) if as_number else quoted(text.strip())}"


def _in_points(points: str) -> str:
    return f"{points} point" if points in ("1", "-1") else f"{points} points"


# --- the page ------------------------------------------------------------------------------------------


def _head(explanation: Explanation, words: _Words) -> Iterator[RenderableType]:
    who = " · ".join(filter(None, (explanation.name, explanation.email, explanation.contact_id)))
    yield words.line((who, "bold"))
    owner = f"owner {explanation.owner}" if explanation.owner else None
    where = " · ".join(filter(None, (explanation.company, owner)))
    if where:
        yield words.line(where)
    run = f" · run {explanation.run_id}" if explanation.run_id else ""
    zone = wording.zone_of(explanation.as_of, words.zone)
    yield words.line((f"As of {words.time(explanation.as_of)} {zone}{run}", "dim"))


def _label(label: LabelExplained, words: _Words) -> RenderableType:
    """Format a label: `Grade  A1  (fit_band A, intent_band 1)`."""
    text = (label.text or "none") if label.known else "not known without --rank"
    parts = ", ".join(f"{name} {part or 'none'}" for name, part in label.parts) if label.known else ""
    return words.line((label.title, "bold"), f"  {text}", f"  ({parts})" if parts else "", rest=2)


def _label_seen(label: LabelExplained, words: _Words) -> Iterator[RenderableType]:
    """Yield the evidence for the branch of a label, or why none holds."""
    evidence = label.evidence if label.failed is None else (label.failed,)
    yield from (_under(words, each, 2) for each in sentences(evidence))


def _score(score: ScoreExplained, words: _Words, wide: int, *, everything: bool) -> Iterator[RenderableType]:
    if not score.in_population:
        yield words.line(f"{score.title}: not scored (outside the score's population)", rest=2)
        if everything and score.failed is not None:
            yield _under(words, score.failed.sentence, 2)
        return
    yield _standing(score, words)
    if score.bots is not None:
        some = count(score.bots.events, "event")
        look = "looks" if score.bots.events == 1 else "look"
        lost = _in_points(words.given(score.bots.points_lost).removeprefix("+"))
        yield words.line(f"  {some} {look} like a mail scanner's: {lost}", rest=4)
    yield from _ledger(score, words, wide)
    if everything:
        yield from _silent(score, words)
    yield from _outlook(score, words)


def _standing(score: ScoreExplained, words: _Words) -> RenderableType:
    parts: list[str | tuple[str, str]] = [(score.title, "bold"), f": {words.worth(score.score)}"]
    if score.flames is not None:
        none = "." if words.ascii_only else "·"
        parts += [" ", ("▲" * score.flames, "red"), none * (_FLAMES - score.flames)]
    if score.rank is not None and score.percentile is not None:
        of = "" if score.of is None else f" of {score.of:,}"
        parts.append(f", rank {score.rank:,}{of}, better than {wording.percentile(score.percentile)}")
    return words.line(*parts, rest=2)


def _ledger(score: ScoreExplained, words: _Words, wide: int) -> Iterator[RenderableType]:
    indent = wide + 4
    for line in score.entries:
        yield words.line(f"  {words.given(line.points):>{wide}}  {words.entry(line)}", rest=indent)
        yield from (_under(words, each, indent) for each in words.seen(line))
        yield from (_under(words, words.occurrence(each, line.numbers), indent) for each in line.uncounted)
    total = f"  {words.score(score.score):>{wide}}  {words.total(score)}"
    yield words.line((total, "bold"), rest=indent)


def _under(words: _Words, text: str, indent: int) -> RenderableType:
    return words.line((f"{' ' * indent}{text}", "dim"), rest=indent)


def _silent(score: ScoreExplained, words: _Words) -> Iterator[RenderableType]:
    if not score.silent:
        return
    yield words.line("  Gave nothing:")
    for line in score.silent:
        yield words.line(f"    {line.name}: {line.why}", rest=6)
        if line.applied is not None:
            yield _under(words, words.applied(line.applied), 6)
        for occurrence in (*line.counted, *line.uncounted):
            yield _under(words, words.occurrence(occurrence, line.numbers), 6)


def _outlook(score: ScoreExplained, words: _Words) -> Iterator[RenderableType]:
    by_list = ", by this run's list" if score.by_percentile else ""
    later = ", ".join(
        f"{words.worth(o.score)}{_with_flames(o.flames)} in {o.days} days" for o in score.outlook
    )
    if later:
        suffix = by_list if any(o.flames is not None for o in score.outlook) else ""
        yield words.line(f"  If nothing happens: {later}{suffix}", rest=4)
    if score.next_flame_needs is None or score.flames is None:
        return
    about = "About " if score.by_percentile else ""
    needs = _in_points(wording.missing(nearest_points(score.next_flame_needs), words.decimals))
    flames = count(score.flames + 1, "flame")
    ways = " One of these would do:" if score.next_flame else ""
    yield words.line(f"  {about}{needs} more for {flames}{by_list}.{ways}", rest=4)
    for way in score.next_flame:
        often = "again" if way.again else "for the first time"
        outcome = f"{words.worth(way.score)}, {count(way.flames, 'flame')}"
        yield words.line(f"    if they do this {often}: {way.name} → {outcome}", rest=6)


def _with_flames(flames: int | None) -> str:
    return "" if flames is None else f" ({count(flames, 'flame')})"
