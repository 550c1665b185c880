"""Nothing after a cut changes a score at it: it equals that of exports ending there, in the oracle too."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from flamescore.backtest import CutSettings, Known, look, past_book, read_outcome
from flamescore.exports import ListFiles
from flamescore.units import parse_period
from product import book_of, exports_of
from strategies import case_of

LATE = st.sampled_from([None, "1d", "36h"])


@given(
    seed=st.integers(0, 2**32),
    days=st.lists(st.integers(0, 60), min_size=1, max_size=3, unique=True),
    late=LATE,
)
def test_scores_at_cuts_are_those_of_exports_that_end_there(seed, days, late):
    case = case_of(Random(seed))
    book = book_of(case.book)
    known = Known(everything=True)
    exports = exports_of(case)
    period = None if late is None else parse_period(late)
    asked = CutSettings(
        past_book(book, known, [score.name for score in book.scores]).book,
        read_outcome("page_visit", ListFiles(Path())),
        parse_period("7d"),
        first_only=False,
        known_after=(period,) * len(exports.events),
        tags_known=True,
    )
    cuts = [case.as_of - timedelta(days=each) for each in sorted(days, reverse=True)]
    ids = sorted(contact["contact_id"] for contact in case.contacts)
    found = {
        (looked.score.name, int(cut), ids[contact]): (int(total), int(flames))
        for looked in look(asked, exports, cuts)
        for cut, contact, total, flames in zip(
            looked.cuts, looked.contacts, looked.totals, looked.flames, strict=True
        )
    }
    expected = {}
    for number, cut in enumerate(cuts):
        arrived = cut - timedelta(seconds=0 if period is None else period.seconds)
        trimmed = replace(
            case.with_book({key: value for key, value in case.book.items() if key != "labels"}),
            as_of=cut,
            events=[event for event in case.events if event["at"] <= arrived],
            tag_history=[entry for entry in case.tag_history if entry["at"] <= cut],
        )
        for row in trimmed.scored().scores:
            expected[row["score_name"], number, row["contact_id"]] = row["score"], row["flames"]
    assert found == expected
