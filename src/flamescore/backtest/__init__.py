"""Backtests: the scores of past days compared with what happened afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.backtest.schema import backtest_schema
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.backtest.as_json import backtest_json
    from flamescore.backtest.cuts import Cut
    from flamescore.backtest.groups import flame_groups
    from flamescore.backtest.html import page
    from flamescore.backtest.outcome import read_outcome
    from flamescore.backtest.past import Known, past_book
    from flamescore.backtest.questions import Question, question
    from flamescore.backtest.run import Backtest, backtest
    from flamescore.backtest.scoring_cuts import CutSettings, look
    from flamescore.backtest.show import markdown, on_screen
    from flamescore.backtest.statistics import compare, first_of_list, holm, ordering, rate, risen, wilson

__all__ = [
    "Backtest",
    "Cut",
    "CutSettings",
    "Known",
    "Question",
    "backtest",
    "backtest_json",
    "backtest_schema",
    "compare",
    "first_of_list",
    "flame_groups",
    "holm",
    "look",
    "markdown",
    "on_screen",
    "ordering",
    "page",
    "past_book",
    "question",
    "rate",
    "read_outcome",
    "risen",
    "wilson",
]

_WITH_FRAMES: Final = {
    "CutSettings": "scoring_cuts",
    "Backtest": "run",
    "Cut": "cuts",
    "Known": "past",
    "Question": "questions",
    "backtest": "run",
    "backtest_json": "as_json",
    "compare": "statistics",
    "first_of_list": "statistics",
    "flame_groups": "groups",
    "holm": "statistics",
    "look": "scoring_cuts",
    "markdown": "show",
    "on_screen": "show",
    "ordering": "statistics",
    "page": "html",
    "past_book": "past",
    "question": "questions",
    "rate": "statistics",
    "read_outcome": "outcome",
    "risen": "statistics",
    "wilson": "statistics",
}
"""Names that are imported on first access, with their modules: generating a schema needs none of them."""

__getattr__ = lazy_imports(__name__, _WITH_FRAMES)
