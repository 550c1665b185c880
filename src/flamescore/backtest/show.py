"""The human-readable report of a backtest, as Markdown or for a screen (see `forms`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.backtest.call_effects import BOUND
from flamescore.backtest.cuts import format_period, shown
from flamescore.backtest.findings import own_share, ratio
from flamescore.backtest.forms import Markdown, OnScreen
from flamescore.backtest.groups import FLAMES, describe_flames, percent
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.backtest.call_effects import Calls, HeldOut, Part
    from flamescore.backtest.forms import Form
    from flamescore.backtest.groups import Band
    from flamescore.backtest.measured import Called, ScoreResult
    from flamescore.backtest.profile import Profile
    from flamescore.backtest.rule_results import RuleResult
    from flamescore.backtest.run import Backtest
    from flamescore.backtest.statistics import Comparison, Estimate, Ordering
    from flamescore.screen import Screen


MARKDOWN: Final = Markdown()


def markdown(made: Backtest) -> str:
    """Return the whole report as Markdown."""
    return "\n".join(_lines(made, MARKDOWN)) + "\n"


def on_screen(made: Backtest, screen: Screen) -> list[str]:
    """Return the whole report as lines that fit a screen."""
    form = OnScreen(screen)
    text = "\n".join(_lines(made, form)).rstrip()
    return [piece for line in text.split("\n") for piece in form.fitted(line)]


def _lines(made: Backtest, form: Form) -> Iterator[str]:
    yield from heading(made, form)
    for score in made.scores:
        yield from of_score(score, made, form)
        yield from rules(score, form)
        yield from over_time(score, made, form)
    if made.profile is not None:
        yield from profile(made.profile, form)


def heading(made: Backtest, form: Form = MARKDOWN) -> Iterator[str]:
    """Yield the question and the cuts that were used."""
    question = made.question
    outcome = form.safe(question.outcome)
    if question.cross_section:
        yield from form.heading(1, f"Cross-section: {outcome}")
        yield f"As exported, as of {shown(made.usable[0], made.zone)}."
        yield ""
        yield form.strong("Cross-section: the score may know the outcome.")
    else:
        assert question.horizon is not None
        yield from form.heading(1, f"Backtest: {outcome} within {format_period(question.horizon)}")
        days = ", ".join(shown(each, made.zone) for each in made.usable)
        who = "who had not done it before" if question.who == "first-only" else "everyone, again and again"
        yield f"{count(len(made.usable), 'cut')}: {days}. Looked at: {who}."
        if made.known_until is not None:
            yield f"Outcomes are known until {shown(made.known_until, made.zone)}."
        for cut in made.cuts:
            if cut.reason:
                yield form.safe(cut.reason)
        if question.fields_from == "runs":
            yield "Fields and tags are those of the stored runs of these instants."
    if question.static_fields:
        yield f"Taken as constant: {', '.join(form.safe(each) for each in question.static_fields)}."
    yield ""


def of_score(score: ScoreResult, made: Backtest, form: Form = MARKDOWN) -> Iterator[str]:
    """Yield the results by flames and for the list of a score, and the effect of calls."""
    whole = score.rate
    where = "" if made.question.cross_section else f" at {count(len(made.usable), 'cut')}"
    yield from form.heading(2, form.safe(score.title))
    yield (
        f"{form.safe(score.name)}: {count(score.contacts, 'contact')}{where}, "
        f"{count(score.contact_cuts, 'contact-cut')}; {score.outcomes:,} with the outcome "
        f"({percent(whole.value)}, {_interval(whole)}), of {count(score.outcome_contacts, 'contact')}"
    )
    yield ""
    worth = score.worth
    head = ["Flames", "Contact-cuts", "Contacts", "Outcomes", "Rate", "95% interval", "Lift"]
    more = [] if worth is None else ["Worth each", "Share of all"]
    yield from form.table(
        head + more,
        [_band(band) + _worth(worth, band) for band in reversed(score.flames.bands)],
        right=[True] * 5 + [False, True] + [True] * len(more),
        goes=(2, *range(len(head), len(head + more)), 1, 6),
    )
    yield ""
    yield from score.flames.sentences
    groups = [band for band in score.flames.groups if len(band.flames) > 1]
    for band in groups:
        yield f"Together {describe_flames(band)} have {percent(band.rate.value)} ({_interval(band.rate)})."
    yield _auc(score)
    if score.own.share > 0:
        yield form.safe(own_share(score))
    if score.called is not None:
        yield _called(score.called, score)
    if score.unvalued:
        yield f"{score.unvalued:,} outcomes have no number to be worth; they count as 0."
    yield ""
    if score.calls is not None:
        yield from _calls(score.calls, form)
    if score.held_out is not None:
        yield from _held_out(score.held_out, made, form)


def _auc(score: ScoreResult) -> str:
    text = f"AUC {_ordering(score.auc)}."
    if score.auc_of_none.value is not None:
        text += f" Among those with 0 flames: {_ordering(score.auc_of_none)}."
    if all(each is not None for each in score.fifths):
        first, *others = (percent(each) for each in score.fifths)
        text += f" The best fifth of the list has {first}, the others {_and(others)}."
    return text


def _called(called: Called, score: ScoreResult) -> str:
    if not called.called:
        return "Nobody can be called."
    text = (
        f"{called.a_list:,} calls a list: {_number(called.outcomes)} of {called.called:,} convert "
        f"({percent(called.precision.value)}, {_interval(called.precision)})"
    )
    if called.least is not None and called.most is not None and called.least != called.most:
        text += f", from {percent(called.least)} to {percent(called.most)} by the order of ties"
    if called.missed is not None:
        text += f"; {percent(called.missed)} of the outcomes are missed"
    text += "."
    if called.called < called.wanted:
        return f"{text} Fewer to call: {called.called:,} instead of {called.wanted:,}."
    if called.last is None:
        return text
    middle, low, high = (_number(each) for each in called.last)
    text += f" The {_ordinal(called.a_list)} has {middle} points"
    text += f" ({low} to {high} over the cuts)" if low != high else ""
    if score.five_flames:
        text += f': with "five_flames: {middle}" five flames are {called.a_list:,} calls'
    return f"{text}."


def _calls(calls: Calls, form: Form) -> Iterator[str]:
    yield from form.heading(3, "Called and not called")
    head = ["Flames", *("Called", "Outcomes", "Rate", "95% interval"), *("Not called", "Outcomes", "Rate")]
    rows = [
        [str(number), *_part(calls.called[number]), *_part(calls.not_called[number])]
        for number in reversed(range(FLAMES))
    ]
    yield from form.table(
        [*head, "95% interval"], rows, right=[True, *[True, True, True, False] * 2], goes=(4, 8, 2, 6)
    )
    yield ""
    yield f"Of those who were not called: {' '.join(calls.groups.sentences)}"
    for band in (each for each in calls.groups.groups if len(each.flames) > 1):
        yield f"Together {describe_flames(band)} have {percent(band.rate.value)} ({_interval(band.rate)})."
    yield BOUND
    yield ""


def _held_out(found: HeldOut, made: Backtest, form: Form) -> Iterator[str]:
    yield from form.heading(3, "The hold-out")
    if not found.cuts:
        yield f"No cut is on {shown(found.since, made.zone)} or later."
        yield ""
        return
    yield f"Who is hot at a cut from {shown(found.since, made.zone)} on ({count(found.cuts, 'cut')})."
    yield ""
    rows = [["Held out", *_part(found.held_out)], ["Not held out", *_part(found.others)]]
    yield from form.table(
        ["Hot", "Contact-cuts", "Outcomes", "Rate", "95% interval"],
        rows,
        right=[False, True, True, True, False],
        goes=(4, 1),
    )
    yield ""
    value = found.ratio.ratio.value
    if value is None:
        yield "Too few to compare."
    else:
        between = _compared(found.ratio)
        p = "too few outcomes for a p-value" if found.ratio.p is None else f"p {p_value(found.ratio.p)}"
        yield f"Those who are held out have the outcome {between} times as often as the others ({p})."
    yield ""


def _part(part: Part) -> list[str]:
    return [
        f"{part.contact_cuts:,}",
        f"{part.outcomes:,}",
        percent(part.rate.value),
        _interval(part.rate),
    ]


def rules(score: ScoreResult, form: Form = MARKDOWN) -> Iterator[str]:
    """Yield the table of rules."""
    yield from form.heading(3, "Rules")
    if not score.enough:
        yield "Too few outcomes for p-values."
        yield ""
    head = ["Rule", "Points", "Reach", "With", "Without", "Ratio", "p", "Alike otherwise", "p", "Sign"]
    rows = [_rule(each, form) for each in score.rules]
    yield from form.table(head, rows, right=[False, *[True] * 8, False], goes=(6, 5, 4, 8, 3, 1, 2))
    yield ""


def profile(found: Profile, form: Form = MARKDOWN) -> Iterator[str]:
    """Yield what contacts with the outcome have in common."""
    yield from form.heading(2, "What they have in common")
    yield "As exported today, in no order of time: those who ever had the outcome against those who had not."
    yield f"Looked at: {count(found.looked_at, 'trait')}; shown are those that chance does not explain."
    yield ""
    head = ["What", "Value", "Contacts", "With", "Without", "Ratio", "p"]
    rows = [
        [
            form.safe(each.kind),
            form.safe(each.value),
            f"{each.contacts:,}",
            percent(each.with_it.value),
            percent(each.without_it.value),
            _compared(each.ratio),
            p_value(each.ratio.holm),
        ]
        for each in found.found
    ]
    if rows:
        yield from form.table(head, rows, right=[False, False, *[True] * 5], goes=(4, 3, 2))
    else:
        yield "Nothing is conspicuous."
    yield ""


def over_time(score: ScoreResult, made: Backtest, form: Form = MARKDOWN) -> Iterator[str]:
    """Yield the results of a score at each cut."""
    if len(made.usable) > 1:
        yield from form.heading(3, "Cut by cut")
        head = ["Cut", "Contacts", "Outcomes", "Rate", "Hot", "Hot with the outcome", "AUC"]
        rows = [
            [
                shown(each.as_of, made.zone),
                f"{each.contact_cuts:,}",
                f"{each.outcomes:,}",
                percent(each.rate),
                f"{each.hot:,}",
                f"{each.hot_outcomes:,}",
                _two(each.auc),
            ]
            for each in score.cuts
        ]
        yield from form.table(head, rows, right=[False, *[True] * 6], goes=(5, 4, 6))
        yield ""
    if score.rise.value is not None:
        rise = score.rise
        between = f"{rise.low:+.2f} to {rise.high:+.2f}"
        yield f"AUC of the later half less the earlier: {rise.value:+.2f} ({between})."
        yield ""


def _band(band: Band) -> list[str]:
    return [
        ", ".join(str(each) for each in band.flames),
        f"{band.contact_cuts:,}",
        f"{band.contacts:,}",
        f"{band.outcomes:,}",
        percent(band.rate.value),
        _interval(band.rate),
        ratio(band.lift.value),
    ]


def _worth(worth: Sequence[tuple[float | None, float | None]] | None, band: Band) -> list[str]:
    if worth is None:
        return []
    mean, share = worth[band.flames[0]]
    return ["-" if mean is None else f"{mean:,.2f}", percent(share)]


def _rule(found: RuleResult, form: Form) -> list[str]:
    name = form.safe(found.name) if found.branch is None else f"- {form.safe(found.name)}"
    return [
        f"{name} (a leak?)" if found.leak else name,
        "-" if found.points is None else _number(found.points),
        percent(found.reach),
        percent(found.with_it.value),
        percent(found.without_it.value),
        _compared(found.ratio),
        p_value(found.ratio.holm),
        _compared(found.own),
        p_value(found.own.holm),
        found.sign,
    ]


def _compared(found: Comparison) -> str:
    value = found.ratio
    if value.low is None or value.high is None:
        return ratio(value.value)
    return f"{ratio(value.value)} ({ratio(value.low)} to {ratio(value.high)})"


def _interval(found: Estimate) -> str:
    return "-" if found.low is None else f"{percent(found.low)} to {percent(found.high)}"


def _ordering(found: Ordering) -> str:
    between = "" if found.low is None else f" ({_two(found.low)} to {_two(found.high)})"
    return f"{_two(found.value)}{between}"


def _two(number: float | None) -> str:
    return "-" if number is None else f"{number:.2f}"


def p_value(p: float | None) -> str:
    """Return a p-value as text with three decimals; `<0.001` below that, `-` for None."""
    if p is None:
        return "-"
    return "<0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - the bound as displayed


def _number(number: float) -> str:
    text = f"{number:,.1f}"
    return text.removesuffix(".0")


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number:,}th"
    return f"{number:,}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _and(texts: Sequence[str]) -> str:
    *others, last = texts
    return f"{', '.join(others)} and {last}" if others else last
