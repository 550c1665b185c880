"""Checks of a run against the clock, and for plausibility.

A run stops if `as_of` is in the future (`check_as_of`), or if exports parse well but are implausible
(`check_plausible`). With `--accept` these are warnings. Whether a run became the latest one (`not_latest`) is
known once it is published.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from flamescore.engine import Clock
from flamescore.errors import InputError, UsageError
from flamescore.findings import Finding, InExport, Severity, let_through, to_problem
from flamescore.inputs import parse_as_of
from flamescore.rule_windows import reaches
from flamescore.text import for_log
from flamescore.units import count
from flamescore.wallclock import ahead, clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.errors import Where
    from flamescore.project import Project
    from flamescore.runs import Published, RunRecord
    from flamescore.scoring import Observations, Scored, SourceSpan

FUTURE: Final = "U015"
ORPHANS: Final = "I051"
HALF: Final = "I052"
NOT_MOVED: Final = "O100"
BACKFILL: Final = "O104"
FIXED: Final = "O102"
SOME_ORPHANS: Final = "I135"
REASONED: Final = "I136"
MANY_ORPHANS: Final = "I147"
SHORT: Final = "I146"
ACCEPT: Final = "If this is right, score once with --accept."

_LOOK: Final = "look at the contacts export, and at `contact_id` or `contact_key` of the source"
_REACH: Final = "export the whole window, or shorten it"
_LONG_AGO: Final = timedelta(hours=36)
_LATELY: Final = timedelta(days=2)
_DAY: Final = 86_400
_NAMED: Final = 3

Source = tuple[str, str]
"""Kind and path, as in the project file."""


# --- check as_of against the clock


def check_as_of(project: Project, as_of: datetime, zone: ZoneInfo, *, accept: bool) -> tuple[Finding, ...]:
    """Return a warning if `as_of` is in the future and accepted, or fixed and long past.

    Raises:
        UsageError: it is in the future, without `accept`. The message suggests the day that was likely meant.
    """
    away, text = ahead(as_of, zone), project.settings.as_of
    if away is None:
        return tuple(_fixed(project, as_of, zone))
    meant = _meant(text, zone)
    question = f" Did you mean {meant}?" if meant else ""
    hint = "if it is meant, score with --accept; it does not become the latest run then"
    message = f"as_of {text} is {away} ahead.{question}"
    found = Finding(FUTURE, Severity.ERROR, "as_of", message, _where(project, text), do=hint)
    if accept:
        return (let_through(found),)
    raise UsageError(to_problem(found))


def _fixed(project: Project, as_of: datetime, zone: ZoneInfo) -> Iterator[Finding]:
    """Report an `as_of` that is written in the project file and over 36 hours ago."""
    text, now = project.settings.as_of, clock()
    where = _where(project, text)
    if where is None or "as_of" in project.given or text in ("now", "today") or now - as_of <= _LONG_AGO:
        return
    days = (now.astimezone(zone).date() - as_of.astimezone(zone).date()).days
    file = PurePath(where.path).name
    message = (
        f'as_of is fixed at {text} in {file}, {count(days, "day")} ago; a nightly job wants "as_of: today".'
    )
    yield Finding(FIXED, Severity.WARNING, "as_of", message, where, cure="as_of: today")


def _meant(text: str, zone: ZoneInfo) -> str | None:
    """Return the same day and time in the current year, or in the previous year if that is in the future."""
    now = clock()
    for year in (now.year, now.year - 1):
        last = monthrange(year, int(text[5:7]))[1]
        day = f"{year:04d}{text[4:8]}{min(int(text[8:10]), last):02d}"
        if parse_as_of(day + text[10:], zone) <= now:
            return day + text[10:]
    return None


def _where(project: Project, text: str) -> Where | None:
    """Return the place in the project file, if the value comes from there."""
    node = None if project.document is None else project.document.root.at(("as_of",))
    return project.where("as_of") if node is not None and node.plain() == text else None


# --- check that exports are plausible


def check_plausible(scored: Scored, last: RunRecord | None) -> tuple[Finding, ...]:
    """Check that a scoring is plausible, by itself and compared with the last run.

    Errors report sources in which every event is an orphan, or that have less than half the rows of the last
    run. The others are warnings and notes.
    """
    return (
        *_all_orphans(scored.observed),
        *_half_gone(scored.observed, last),
        *_short_histories(scored),
        *_many_orphans(scored.observed, last),
    )


def _all_orphans(observed: Observations) -> Iterator[Finding]:
    """Report sources in which no row matches a contact."""
    for source in observed.sources:
        counts = source.counts
        if counts.orphans and not counts.kept:
            text = f"Of {count(counts.orphans, 'row')} that could count none is of a contact in the list."
            hint = f"look at `contact_id` or `contact_key` of the source. {ACCEPT}"
            yield _of_source(
                ORPHANS, Severity.ERROR, (source.kind, source.path), text, many=counts.orphans, do=hint
            )


def _half_gone(observed: Observations, last: RunRecord | None) -> Iterator[Finding]:
    before, now = _before(last, "rows"), _now(observed, "rows")
    for (kind, path), rows in now.items():
        had = before.get((kind, path), 0)
        if rows * 2 < had:
            text = f"It has {count(rows, 'row')}, under half of the {had:,} of the last run."
            hint = f"see whether the export is whole. {ACCEPT}"
            yield _of_source(HALF, Severity.ERROR, (kind, path), text, many=rows, of=had, do=hint)


def _many_orphans(observed: Observations, last: RunRecord | None) -> Iterator[Finding]:
    """Report rows whose contacts are not in the list: as a note, or as a warning if they are many.

    Many are more than half of the rows, or at least twice as many as in the last run. Rows that I136 explains
    are reported there, and don't count. Sources without any matching row are reported as such.
    """
    before = {} if last is None else _unexplained_before(last)
    rows, kept, explained = _now(observed, "rows"), _now(observed, "kept"), _explained(observed)
    for source, every in _now(observed, "orphans").items():
        orphans = every - explained[source]
        if orphans <= 0 or not kept[source]:
            continue
        had, of = before.get(source), rows[source]
        text = f"{orphans:,} of {count(of, 'row')} {_are(orphans)} of contacts that are not in the list"
        if explained[source]:
            text = f"{text}, beside the {explained[source]:,} that would match otherwise"
        if had is not None and orphans >= 2 * had:
            text = f"{text}, and {had:,} {'was' if had == 1 else 'were'} in the last run"
        elif orphans * 2 <= of:
            yield _of_source(SOME_ORPHANS, Severity.NOTE, source, f"{text}.", many=orphans, of=of)
            continue
        yield _of_source(MANY_ORPHANS, Severity.WARNING, source, f"{text}.", many=orphans, of=of, do=_LOOK)


def _explained(observed: Observations) -> Counter[Source]:
    """Count the orphan rows that would match if ids were written alike."""
    found: Counter[Source] = Counter()
    for source in observed.sources:
        for each in source.findings:
            if each.code == REASONED:
                found[source.kind, for_log(source.path)] += each.count or 0
    return found


def _unexplained_before(last: RunRecord) -> dict[Source, int]:
    left = _before(last, "orphans")
    for each in last.findings or ():
        if each.code == REASONED and each.source is not None:
            place = each.source.kind, each.source.path
            left[place] = left.get(place, 0) - (each.count or 0)
    return left


def _are(many: int) -> str:
    return "is" if many == 1 else "are"


def _of_source(
    code: str,
    severity: Severity,
    source: Source,
    message: str,
    *,
    many: int,
    of: int | None = None,
    do: str | None = None,
) -> Finding:
    kind, path = source
    return Finding(code, severity, f"{kind} {path}", message, InExport(kind, path), count=many, of=of, do=do)


def _now(observed: Observations, count: str) -> dict[Source, int]:
    sums: dict[Source, int] = {}
    for source in observed.sources:
        key = (source.kind, for_log(source.path))
        sums[key] = sums.get(key, 0) + int(getattr(source.counts, count))
    return sums


def _before(last: RunRecord | None, count: str) -> dict[Source, int]:
    sums: dict[Source, int] = {}
    for source in () if last is None else last.sources:
        key = (source.kind, source.path)
        sums[key] = sums.get(key, 0) + int(getattr(source, count))
    return sums


def _short_histories(scored: Scored) -> Iterator[Finding]:
    """Report windows that reach further back than the sources that have their events.

    There is a grace of a day: an export of thirty days can't be distinguished from a window of thirty.
    Unlimited windows are not checked, since every export ends somewhere. If several sources have a rule's
    events, the one that goes back furthest counts.
    """
    clock = Clock(scored.as_of, scored.book.zone)
    short: dict[tuple[str, int], dict[str, tuple[int, str]]] = {}
    for reach in reaches(scored.book, clock):
        furthest = _furthest(scored.observed.pasts, reach.types)
        if reach.seconds is not None and furthest is not None and furthest[1] + _DAY < reach.seconds:
            short.setdefault(furthest, {})[reach.name] = reach.seconds, reach.written
    for (path, oldest), rules in short.items():
        days = -(-oldest // _DAY)
        text = f"The oldest event is {count(days, 'day')} old, and rules look further back: {_listed(rules)}."
        yield _of_source(SHORT, Severity.WARNING, ("events", path), text, many=days, do=_REACH)


def _furthest(pasts: Sequence[SourceSpan], types: tuple[str, ...]) -> tuple[str, int] | None:
    """Return the source with events of these types that goes back furthest, and its oldest event's age."""
    having = [(past.path, past.oldest) for past in pasts if types in past.named and past.oldest is not None]
    return max(having, key=lambda each: each[1], default=None)


def _listed(short: Mapping[str, tuple[int, str]]) -> str:
    ranked = sorted(short.items(), key=lambda each: (-each[1][0], each[0]))
    named = ", ".join(f"`{name}` ({window})" for name, (_, window) in ranked[:_NAMED])
    return named + (f" and {len(ranked) - _NAMED} more" if len(ranked) > _NAMED else "")


# --- after publication


def not_latest(published: Published, *, acting: bool = False) -> Finding | None:
    """Return why a run did not become the latest one; None if it did.

    It is a warning if the run was meant to be the latest, and a note for a backfill. `acting` is whether the
    project has alerts, write-backs or routes, which such a run skips.
    """
    if published.latest:
        return None
    run, stays = published.run, published.stays
    stands = f'published, but "latest" stays at {stays.run_id}' if stays else 'published, but not as "latest"'
    moves = "--make-latest moves it"
    moves += "; alerts, write-backs and routes were not worked out" if acting else "."
    if ahead(run.as_of) is not None:
        text = f"{stands}: this run's as_of is in the future. {moves}"
        return Finding(NOT_MOVED, Severity.WARNING, "latest", text)
    if clock() - run.as_of <= _LATELY:
        text = f"{stands}, whose as_of is later. {moves}"
        return Finding(NOT_MOVED, Severity.WARNING, "latest", text)
    text = f"{stands}; read this run with --run {run.run_id}."
    return Finding(BACKFILL, Severity.NOTE, "latest", text)


def passed(found: Iterable[Finding], *, accept: bool) -> tuple[Finding, ...]:
    """Return the findings of a run that continues; under `accept`, errors become warnings.

    Raises:
        InputError: there are errors, without `accept`; one error for all of them.
    """
    findings = tuple(found)
    stops = [each for each in findings if each.severity is Severity.ERROR]
    if stops and not accept:
        raise InputError([to_problem(each) for each in stops])
    return tuple(let_through(each) if each.severity is Severity.ERROR else each for each in findings)
