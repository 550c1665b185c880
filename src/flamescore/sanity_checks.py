"""What stops a run, and what it warns of.

An `as_of` in the future (`check_as_of`) stops it, and exports that read well and are wrong all the same
(`check_plausible`); with `--accept` these are warnings. Others are what a user should look at in rules,
project and exports (`warnings_of`), and that a run did not become the latest one (`not_latest`).
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flamescore.engine import Clock
from flamescore.errors import InputError, Problem, UsageError
from flamescore.inputs import parse_as_of
from flamescore.rules import EventRule, Happened, conditions_of, leaves
from flamescore.tables import absent
from flamescore.text import for_log
from flamescore.units import count
from flamescore.wallclock import ahead, clock
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from flamescore.errors import Where
    from flamescore.inputs import Inputs
    from flamescore.project import Project
    from flamescore.rules import Condition, RuleBook
    from flamescore.runs import Published, RunRecord
    from flamescore.scoring import Observations, Scored, SourcePast
    from flamescore.units import Period

FUTURE: Final = "U015"
UNSEEN: Final = "I050"
ORPHANS: Final = "I051"
HALF: Final = "I052"
NOT_MOVED: Final = "O100"
BACKFILL: Final = "O104"
ACCEPT: Final = "If this is right, score once with --accept."

_LATELY: Final = timedelta(days=2)
_DAY: Final = 86_400
_NAMED: Final = 3

Source = tuple[str, str]
"""Kind and path, as the project file has it."""


# --- as_of against the clock


def check_as_of(project: Project, as_of: datetime, zone: ZoneInfo, *, accept: bool) -> tuple[str, ...]:
    """Return a warning where `as_of` is in the future and that is accepted; nothing where it is not.

    Raises:
        UsageError: it is in the future, without `accept`. The day that was likely meant is named.
    """
    away, text = ahead(as_of, zone), project.settings.as_of
    if away is None:
        return ()
    said = f"as_of {text} is {away} ahead"
    if accept:
        return (f"as_of: {FUTURE} {said} (accepted)",)
    meant = _meant(text, zone)
    question = f" Did you mean {meant}?" if meant else ""
    hint = "If it is meant, score with --accept; it does not become the latest run then."
    raise UsageError(Problem(FUTURE, f"{said}.{question}", _where(project, text), hint))


def _meant(text: str, zone: ZoneInfo) -> str | None:
    """Return the same day and time of the clock's year, or of the year before where that is to come too."""
    now = clock()
    for year in (now.year, now.year - 1):
        last = monthrange(year, int(text[5:7]))[1]
        day = f"{year:04d}{text[4:8]}{min(int(text[8:10]), last):02d}"
        if parse_as_of(day + text[10:], zone) <= now:
            return day + text[10:]
    return None


def _where(project: Project, text: str) -> Where | None:
    """Return the place in the project file, where that is what says it."""
    node = None if project.document is None else project.document.root.at(("as_of",))
    return project.where("as_of") if node is not None and node.plain() == text else None


# --- exports against what is plausible


def check_plausible(scored: Scored, last: RunRecord | None, *, accept: bool = False) -> tuple[str, ...]:
    """Hold a scoring against what is plausible, and against the last run; return the warnings.

    Raises:
        InputError: every event of a source is an orphan, or a source has under half the rows that it had in
            the last run. Under `accept` these are warnings too.
    """
    stops = [*_all_orphans(scored.observed), *_half_gone(scored.observed, last)]
    if stops and not accept:
        raise InputError(stops)
    return (
        *(f"{each.message.removesuffix('.')} (accepted)" for each in stops),
        *_short_histories(scored),
        *_more_orphans(scored.observed, last),
    )


def unseen_types(observed: Observations) -> list[Problem]:
    """Return a problem for each event type that rules name and no event has, with the nearest there is."""
    return [_unseen(kind, observed.types) for kind in observed.unseen]


def _unseen(kind: str, types: Sequence[str]) -> Problem:
    meant = nearest(kind, types)
    text = f"No event in the rules' windows is of the type `{kind}`, which a rule names."
    return Problem(UNSEEN, text, None, f"Did you mean `{meant}`?" if meant else None)


def _all_orphans(observed: Observations) -> Iterator[Problem]:
    """Tell sources of which not one row found its contact."""
    for source in observed.sources:
        counts = source.counts
        if counts.orphans and not counts.kept:
            text = (
                f"{source.kind}: `{source.path}`: of {count(counts.orphans, 'row')} that could count "
                "none is of a contact in the list."
            )
            hint = f"Look at `contact_id` or `contact_key` of the source. {ACCEPT}"
            yield Problem(ORPHANS, text, None, hint)


def _half_gone(observed: Observations, last: RunRecord | None) -> Iterator[Problem]:
    before, now = _before(last, "rows"), _now(observed, "rows")
    for (kind, path), rows in now.items():
        had = before.get((kind, path), 0)
        if rows * 2 < had:
            text = f"{kind}: `{path}` has {count(rows, 'row')}, under half of the {had:,} of the last run."
            yield Problem(HALF, text, None, f"Is the export whole? {ACCEPT}")


def _more_orphans(observed: Observations, last: RunRecord | None) -> Iterator[str]:
    if last is None:
        return
    before, now = _before(last, "orphans"), _now(observed, "orphans")
    for (kind, path), orphans in now.items():
        had = before.get((kind, path))
        if had is not None and orphans and orphans >= 2 * had:
            yield (
                f"{kind} {path}: {count(orphans, 'row')} of contacts that are not in the list, "
                f"and {had:,} in the last run"
            )


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


def _short_histories(scored: Scored) -> Iterator[str]:
    """Tell windows that reach further back than the sources that have their events.

    A day's grace: an export of thirty days is not to be told from a window of thirty. Windows without end
    are not looked at, since every export ends somewhere. Of several sources with a rule's events the one that
    goes back furthest counts.
    """
    clock = Clock(scored.as_of, scored.book.zone)
    short: dict[tuple[str, int], dict[str, tuple[int, Period]]] = {}
    for (name, types), (reach, window) in _windows(scored.book, clock).items():
        furthest = _furthest(scored.observed.pasts, types)
        if furthest is not None and furthest[1] + _DAY < reach:
            short.setdefault(furthest, {})[name] = reach, window
    for (path, oldest), rules in short.items():
        days = -(-oldest // _DAY)
        yield (
            f"events {path}: the oldest event is {count(days, 'day')} old, "
            f"and rules look further back: {_listed(rules)}"
        )


def _furthest(pasts: Sequence[SourcePast], types: tuple[str, ...]) -> tuple[str, int] | None:
    """Return the source with events of these types that goes back furthest, and the age of its oldest one."""
    having = [(past.path, past.oldest) for past in pasts if types in past.named and past.oldest is not None]
    return max(having, key=lambda each: each[1], default=None)


def _listed(short: Mapping[str, tuple[int, Period]]) -> str:
    ranked = sorted(short.items(), key=lambda each: (-each[1][0], each[0]))
    named = ", ".join(f"`{name}` ({window})" for name, (_, window) in ranked[:_NAMED])
    return named + (f" and {len(ranked) - _NAMED} more" if len(ranked) > _NAMED else "")


def _windows(book: RuleBook, clock: Clock) -> dict[tuple[str, tuple[str, ...]], tuple[int, Period]]:
    """Return the widest window, in seconds and as written, by rule and the event types that it is for."""
    found: dict[tuple[str, tuple[str, ...]], tuple[int, Period]] = {}
    for name, types, window in _asked(book):
        reach = clock.reach(window)
        assert reach is not None
        if reach > found.get((name, types), (0, window))[0]:
            found[name, types] = reach, window
    return found


def _asked(book: RuleBook) -> Iterator[tuple[str, tuple[str, ...], Period]]:
    for score in book.scores:
        asked: list[tuple[str, tuple[Condition, ...]]] = []
        if score.population is not None:
            asked.append((f"population of {score.name}", (score.population,)))
        for rule in score.rules:
            asked.append((rule.name, tuple(conditions_of(rule))))
            if isinstance(rule.subject, EventRule) and rule.subject.window is not None:
                yield rule.name, rule.subject.match.types, rule.subject.window
        for name, conditions in asked:
            for leaf in (leaf for condition in conditions for leaf in leaves(condition)):
                if isinstance(leaf, Happened) and leaf.window is not None:
                    yield name, leaf.match.types, leaf.window


# --- what a run warns of, though it goes on


def warnings_of(inputs: Inputs, scored: Scored) -> tuple[str, ...]:
    """Return the warnings of rules, exports and project, a line each."""
    settings = inputs.project.settings
    # Columns that `keep` has by default are no promise of the user's: only those written down are missed.
    missing = absent(scored.contacts, settings.keep) if "keep" in settings.given_keys else ()
    return (
        *(_in_a_line(problem, inputs.project) for problem in inputs.bound.warnings),
        *_missing_columns(inputs, scored),
        *inputs.exports.warnings,
        *(f"`keep` names `{name}`, which no contacts export has: it is left out" for name in missing),
    )


def _in_a_line(problem: Problem, project: Project) -> str:
    """Say a warning without its source line and hint: `rules/keap.yaml:94:17: R100 message`."""
    where = problem.where
    if where is None:
        return f"{problem.code} {problem.message}"
    return f"{replace(where, path=project.near(where.path))}: {problem.code} {problem.message}"


def _missing_columns(inputs: Inputs, scored: Scored) -> Iterator[str]:
    """Tell of columns that files lack; of events only where the source has some that a rule asks it of."""
    for gap in inputs.gaps:
        kind, index = gap.source
        types = scored.observed.pasts[index].named if kind == "events" and scored.observed.pasts else ()
        warning = gap.warning(types)
        if warning is not None:
            yield warning


def not_latest(published: Published) -> tuple[str, str] | None:
    """Say why a run did not become the latest one, and how much that matters; None where it did.

    It is a warning where the run was meant to be the latest, and `info` of a backfill.
    """
    if published.latest:
        return None
    run, stays = published.run, published.stays
    stands = f'published, but "latest" stays at {stays.run_id}' if stays else 'published, but not as "latest"'
    if ahead(run.as_of) is not None:
        why = "this run's as_of is in the future"
        return f"latest: {NOT_MOVED} {stands}: {why}. --make-latest moves it.", "warning"
    if clock() - run.as_of <= _LATELY:
        return f"latest: {NOT_MOVED} {stands}, whose as_of is later. --make-latest moves it.", "warning"
    return f"latest: {BACKFILL} {stands}; read this run with --run {run.run_id}.", "info"
