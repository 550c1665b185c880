"""Findings of a backtest: doubts about its results and remarks, in the form that all findings have."""

from __future__ import annotations

import itertools
import shlex
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.backtest.cuts import format_period, shown
from flamescore.backtest.groups import percent
from flamescore.findings import Finding, Severity
from flamescore.text import fold, json_text
from flamescore.units import count, show_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.backtest.measured import ScoreResult
    from flamescore.backtest.past import PastBook
    from flamescore.backtest.rule_results import RuleResult
    from flamescore.backtest.run import Backtest

_WARNING, _NOTE = Severity.WARNING, Severity.NOTE
_LATE_SHARE: Final = 100
_HALF: Final = 0.5
_SHOWN: Final = 3
_MOST: Final = 5


class FindingInputs(Struct, frozen=True):
    """Observations made while computing a result.

    `exclude_cut`: a part of the call list's condition is left out. `hot_lacks` lists the parts of the
    condition for hot contacts that have no past; if any, `hot_flames` is used instead. `late_comers` is the
    number of contacts whose first event is after the first cut, and the number of all contacts; `types` are
    the event types.
    """

    past: PastBook
    exclude_cut: bool
    hot_lacks: tuple[str, ...]
    hot_flames: int
    late_comers: tuple[int, int] | None
    types: tuple[str, ...]


def findings_of(made: Backtest, noticed: FindingInputs) -> Iterator[Finding]:
    """Yield the findings: first those about the question, then those of each score."""
    question, zone, past = made.question, made.zone, noticed.past
    late_comers = noticed.late_comers
    if made.usable and not question.cross_section and not any(each.outcomes for each in made.scores):
        text = f"Nobody has the outcome in the {format_period(question.horizon)} after a cut."  # type: ignore[arg-type] # no cross-section
        yield Finding("B010", _WARNING, "outcome", text, do="look at the outcome and at the horizon")
    if _overlap(made):
        text = (
            "The times after the cuts overlap, so one outcome can count at several; the intervals know that."
        )
        yield Finding("B011", _NOTE, "cuts", text)
    if late_comers is not None and late_comers[0] * _LATE_SHARE > late_comers[1]:
        first = shown(made.usable[0], zone)
        text = (
            f"{count(late_comers[0], 'contact')} {'has' if late_comers[0] == 1 else 'have'} no event before "
            f"{first}: map created_at, or they count as leads that scored 0."
        )
        yield Finding(
            "B012", _WARNING, "contacts", text, count=late_comers[0], of=late_comers[1],
            do="map the column that says since when a contact has been there: columns: {created_at: ...}",
        )  # fmt: skip
    if question.who == "first-only" and made.outcome_begins is not None:
        text = (
            f"Outcomes are known from {shown(made.outcome_begins, zone)} on; who had it before counts as new."
        )
        yield Finding("B013", _NOTE, "outcome", text)
    for name in past.populations:
        text = "its `population` asks for what has no past, and is left out: everyone is looked at."
        yield Finding("B014", _WARNING, name, text[0].upper() + text[1:])
    if noticed.exclude_cut:
        text = "What asks for fields or tags without a past is left out of `call_list.exclude`."
        yield Finding("B015", _NOTE, "call_list", text)
    if noticed.hot_lacks:
        yield _hot_by_flames(noticed)
    yield from _of_scores(made, past)
    calls = [kind for kind in noticed.types if "call" in fold(kind)]
    if calls and question.called is None and not question.cross_section:
        text = f"`{calls[0]}` may be a call: who is called is more likely to buy, whatever the score says."
        do = f"--called {_as_flag(calls[0])}, to see those who were not called by themselves"
        yield Finding("B040", _NOTE, "calls", text, do=do)


def _of_scores(made: Backtest, past: PastBook) -> Iterator[Finding]:
    for score in made.scores:
        yield from _left_out(score.name, past)
    for score in made.scores:
        yield from _of_score(score)


def _hot_by_flames(noticed: FindingInputs) -> Finding:
    flames = f"{noticed.hot_flames} flames" if noticed.hot_flames > 1 else "1 flame"
    least = "" if noticed.hot_flames == _MOST else " or more"
    text = (
        f"`hot` of the project file asks for what has no past ({', '.join(noticed.hot_lacks)}): hot are "
        f"those with {flames}{least}."
    )
    return Finding("B017", _NOTE, "hot", text, do="--static-fields, for columns that are as good as constant")


def _as_flag(kind: str) -> str:
    """Return an event type as a command-line flag's value."""
    if kind.replace("_", "").replace("-", "").isalnum():
        return kind
    return shlex.quote(json_text({"event": kind}))


def _overlap(made: Backtest) -> bool:
    usable, horizon = made.usable, made.question.horizon
    return horizon is not None and any(
        horizon.after(one, made.zone) > other for one, other in itertools.pairwise(usable)
    )


def _left_out(name: str, past: PastBook) -> Iterator[Finding]:
    mine = [each for each in past.left_out if each.score == name]
    if mine:
        points = sum(each.points for each in mine)
        listed = ", ".join(f'"{each.name}" ({", ".join(each.columns)})' for each in mine[:_SHOWN])
        more = ", ..." if len(mine) > _SHOWN else ""
        text = (
            f"Left out: {count(len(mine), 'rule')} with {show_points(points)} of {show_points(past.points)} "
            f"points: {listed}{more}. What they ask is known as of today alone."
        )
        cure = "--static-fields, for columns that are as good as constant"
        yield Finding("B016", _NOTE, name, text, count=len(mine), do=cure)


def _of_score(score: ScoreResult) -> Iterator[Finding]:
    name = score.name
    if score.flames.order == "out_of_order":
        yield Finding("B020", _WARNING, name, score.flames.sentences[0])
    if score.flames.order == "nothing":
        yield Finding("B021", _WARNING, name, score.flames.sentences[0])
    if score.enough and score.auc.low is not None and score.auc.low <= _HALF:
        yield Finding("B022", _WARNING, name, by_chance(score))
    for rule in score.rules:
        if rule.sign == "disagrees":
            yield Finding("B030", _WARNING, f"{name}/{rule.rule}", wrong_way(rule))
    if score.own.share >= _HALF:
        yield Finding("B041", _WARNING, name, f"{own_share(score)} This mostly shows that buyers buy again.")
    for rule in score.rules:
        if rule.leak and rule.branch is None:
            yield Finding("B042", _WARNING, f"{name}/{rule.rule}", leak(rule), count=rule.contact_cuts)
    for each in score.drift:
        subject = name if each.rule is None else f"{name}/{each.rule}"
        yield Finding(each.code, _WARNING, subject, each.message)


def by_chance(score: ScoreResult) -> str:
    """Return the sentence that the list is ordered no better than by chance."""
    auc = score.auc
    return (
        f"The list as a whole is ordered no better than by chance (AUC {auc.value:.2f}, {auc.low:.2f} to "
        f"{auc.high:.2f})."
    )


def wrong_way(rule: RuleResult) -> str:
    """Return the sentence that a rule's points have the wrong sign."""
    verb = "gives" if rule.balance > 0 else "takes"
    points = "points" if rule.points is None else count_points(abs(rule.points))
    times = ratio(rule.own.ratio.value)
    return f'"{rule.name}" {verb} {points}, but those with it convert {times} times as often as others alike.'


def count_points(points: float) -> str:
    """Return points as text with at most one decimal: `10 points`, `1 point`, `2.5 points`."""
    text = f"{points:,.1f}".removesuffix(".0")
    return f"{text} point{'' if text == '1' else 's'}"


def ratio(number: float | None) -> str:
    """Return a ratio as text with one decimal, or two decimals below 1; `-` for None."""
    if number is None:
        return "-"
    return f"{number:.2f}" if number < 1 else f"{number:,.1f}"


def own_share(score: ScoreResult) -> str:
    """Return the sentence on how much of the score is the outcome itself."""
    rules = ", ".join(f'"{each}"' for each in score.own.rules)
    sentence = f"{score.own.share:.0%} of the score is the outcome itself ({rules})."
    without, auc = score.own.auc_without.value, score.auc.value
    return (
        sentence
        if without is None or auc is None
        else f"{sentence} Without it: AUC {without:.2f} instead of {auc:.2f}."
    )


def leak(rule: RuleResult) -> str:
    """Return the sentence that a rule seems to know the outcome."""
    columns = ", ".join(rule.undated_columns)
    return (
        f'"{rule.name}" ({columns}): {percent(rule.with_it.value)} of {rule.contact_cuts:,} have the outcome'
        f", and {percent(rule.without_it.value)} of the others: was it filled in afterwards?"
    )
