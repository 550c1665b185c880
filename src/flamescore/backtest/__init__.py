"""Whether a score was right: the scores of past days held against what happened after them."""

from __future__ import annotations

from flamescore.backtest.as_json import backtest_json
from flamescore.backtest.cuts import Cut
from flamescore.backtest.flame_groups import flame_groups
from flamescore.backtest.looking import Asked, look
from flamescore.backtest.outcome import read_outcome
from flamescore.backtest.page import page
from flamescore.backtest.past import Known, past_book
from flamescore.backtest.question import Question, question
from flamescore.backtest.run import Backtest, backtest
from flamescore.backtest.schema import backtest_schema
from flamescore.backtest.show import markdown
from flamescore.backtest.statistics import compare, first_of_list, holm, ordering, rate, risen, wilson

__all__ = [
    "Asked",
    "Backtest",
    "Cut",
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
    "ordering",
    "page",
    "past_book",
    "question",
    "rate",
    "read_outcome",
    "risen",
    "wilson",
]
