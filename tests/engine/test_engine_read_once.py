"""Events read once give the same scores as the exports, as of any instant, in memory or on disk."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from polars.testing import assert_frame_equal

from flamescore.engine import Clock, dated, narrowed, read_once, streams_of
from flamescore.scoring import score_exports
from product import book_of, exports_of
from strategies import case_of


@pytest.mark.parametrize(("seed", "memory"), [(0, 0), (1, 1 << 20), (2, 0), (3, 1 << 20)])
def test_scores_and_ledger_are_those_of_the_exports(seed, memory):
    case = case_of(Random(seed))
    book, exports = book_of(case.book), exports_of(case)
    instants = [case.as_of - timedelta(days=days) for days in (0, 9, 33)]
    clocks = [Clock(each, book.zone) for each in instants]
    asked = [dated(streams_of(book, (), clock), clock) for clock in clocks]
    once = read_once(exports, asked, clocks[0], memory=memory)
    for as_of in instants:
        expected = score_exports(book, exports, as_of=as_of)
        for events in (once, narrowed(once, asked)):
            found = score_exports(book, replace(exports, events=events), as_of=as_of)
            assert_frame_equal(found.scores, expected.scores)
            assert_frame_equal(found.ledger.frame(), expected.ledger.frame())
