"""A backtest as one HTML page: the report with charts in between. It names no contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.backtest import charts
from flamescore.backtest.show import heading, of_score, over_time, profile, rules
from flamescore.pages import page as page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.backtest.run import Backtest
    from flamescore.pages import Chart


def page(made: Backtest) -> str:
    """Return the page; where charts can't be drawn it has only tables."""
    title = "Cross-section" if made.question.cross_section else "Backtest"
    return page_of(f"{title}: {made.question.outcome}", _parts(made))


def _parts(made: Backtest) -> Iterator[str | Chart]:
    yield "\n".join(heading(made))
    for score in made.scores:
        yield "\n".join(of_score(score, made))
        yield from charts.rates(score)
        yield from charts.gain(score)
        yield "\n".join(rules(score))
        yield from charts.ratios(score)
        yield "\n".join(over_time(score, made))
        yield from charts.over_cuts(score, made)
        yield from charts.precision(score, made)
    if made.profile is not None:
        yield "\n".join(profile(made.profile))
