"""The step at which a rule loses its events: `since`, followers, `per` or `burst`, `times`, `if`.

The rule is scored again with one step added at a time, at 1 point per occurrence:

    {event: visit, per: day, times: 5, if: {tag: VIP}}

    visits in the window                        12 for the contact with the most
    latest of each day (`per`)                   3
    5 or more of them (`times`)                  0    at most 3 of the 5 times
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.engine import run
from flamescore.rule_checks.words import either
from flamescore.rules import EventRule, Points, Rule, RuleBook, Score
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.engine import Clock
    from flamescore.frames import Exports
    from flamescore.rule_checks.references import Reference
    from flamescore.rules import Burst, Condition, Times


_STEPS: Final = ("since", "followed_by", "unless_followed_by", "per", "burst", "times")
"""What a rule may require of its events, in the order in which the steps are applied."""


class _Step(Struct, frozen=True):
    """A rule up to one of its steps, named after the key of that step."""

    name: str
    subject: EventRule
    condition: Condition | None = None


def steps_without_events(
    references: Sequence[Reference], book: RuleBook, exports: Exports, clock: Clock
) -> Mapping[str, str]:
    """Return the message about each of these event rules, by subject; the events are read once for them all.

    Raises:
        InputError: a file can no longer be read.
    """
    probes = [(reference, step) for reference in references for step in _steps(reference)]
    if not probes:
        return {}
    scores = tuple(_probe(str(number), *probe) for number, probe in enumerate(probes))
    probe_book = RuleBook(book.zone, scores, book.ignore)
    totals = run(probe_book, exports, clock, ledger=False).by_score(
        lambda result: result.summary.population_totals()
    )
    most = [int(totals[str(number)].max(initial=0)) // POINT for number in range(len(probes))]
    found: dict[str, str] = {}
    for reference in references:
        left = [(step, many) for (each, step), many in zip(probes, most, strict=True) if each is reference]
        found[reference.subject] = _describe_step(left)
    return found


def _steps(reference: Reference) -> Iterator[_Step]:
    """Yield the rule with one more of its own steps each time."""
    rule = reference.rule
    assert rule is not None
    last = EventRule(rule.match, Points(POINT), None, rule.window)
    yield _Step("event", last)
    for key in _STEPS:
        setting: Any = getattr(rule, key)
        if setting != getattr(last, key):
            last = replace(last, **{key: setting})
            yield _Step(key, last)
    if reference.condition is not None:
        yield _Step("if", last, reference.condition)


def _probe(name: str, reference: Reference, step: _Step) -> Score:
    assert reference.score is not None
    rule = Rule("rule", "rule", step.subject, step.condition)
    return Score(name, name, POINT, (rule,), population=reference.score.population)


def _describe_step(left: Sequence[tuple[_Step, int]]) -> str:  # noqa: PLR0911 - one per step
    """Describe the step that leaves nothing; `left` has the maximum occurrences of a contact per step."""
    before = {step.name: many for step, many in left}
    step = next((step for step, many in left if not many), None)
    rule = left[-1][0].subject
    match None if step is None else step.name:
        case "event":
            return "events fit, but all in the window are ignored, or of contacts whom the score is not for"
        case "since":
            resets = either(tuple(dict.fromkeys(kind for match in rule.since for kind in match.types)))
            return f"events fit, but none comes after the latest {resets} of its contact"
        case "followed_by":
            assert rule.followed_by is not None
            return f"events fit, but none of {either(rule.followed_by.match.types)} follows in time"
        case "unless_followed_by":
            assert rule.unless_followed_by is not None
            types = either(rule.unless_followed_by.match.types)
            return f"events fit, but all are followed by {types}, or may be yet"
        case "burst":
            assert rule.burst is not None
            return f"events fit, but no contact has {_in_burst(rule.burst)}"
        case "times":
            single = next(many for name, many in reversed(before.items()) if many and name != "per")
            most = before.get("per", single)
            after = ", after `per`" if rule.per is not None and single >= rule.times.least else ""
            if most >= rule.times.least:
                return f"events fit, but no contact has them {_often(rule.times)}{after}"
            what = "times" if rule.burst is None else "bursts"
            return f"events fit, but a contact has at most {most:,} of the {rule.times.least:,} {what}{after}"
        case "if":
            return "events fit, but none is of a contact that passes `if`"
        case _:
            return "events fit, but none has a number for the points"


def _in_burst(burst: Burst) -> str:
    what = "of them"
    if burst.per is not None:
        unit = burst.per.unit
        what = f"different values of `{burst.per.column}`" if unit is None else f"different {unit}s"
    return f"{burst.times:,} {what} within {burst.within} (`burst`)"


def _often(times: Times) -> str:
    if times.least <= 1:
        return f"at most {times.most:,} times"
    fewest = "" if times.least == times.most else f"{times.least:,} to "
    return f"{fewest}{times.most:,} times"
