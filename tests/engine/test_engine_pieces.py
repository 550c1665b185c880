"""A contact with very many events is counted in pieces, with the same result as all at once."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from random import Random
from textwrap import dedent

import polars as pl
import pytest

from flamescore.columns import Columns
from flamescore.engine import Tuning
from flamescore.exports import from_frames
from flamescore.rules import bind_rules, load_rules_text
from flamescore.scoring import score_exports
from product import as_bytes

COLUMNS = Columns(("contact_id",), ("event", "url", "amount"), has_events=True)
AS_OF = datetime(2026, 11, 21, tzinfo=UTC)

RULES = dedent("""\
    version: 1
    timezone: America/New_York
    scores:
      all:
        five_flames: 100
        rules:
          - {name: Each, event: open, points: 0.5, count: each, expires: never, decay: 1%}
          - {name: Page, event: visit, where: {url: {contains: /p1}}, points: 2, count: each, expires: 90d}
          - {name: Once, event: open, points: 3, count: once, expires: never}
          - {name: Latest, event: visit, points: 1, count: 7, expires: never, decay: {half_life: 9d}}
          - {name: Days, event: open, points: 1, count: each, per: day, expires: never}
          - {name: Weeks, event: open, points: 1, count: 5, per: week, expires: never}
          - {name: Pages, event: visit, points: 1, count: 4, per: url, expires: never}
          - {name: Often, event: visit, points: 5, count: once, times: 20, expires: never}
          - {name: Rare, event: visit, points: 5, count: each, times: {at_most: 40}, expires: never}
          - {name: Days often, event: visit, points: 5, count: 2, per: day, times: 9, expires: never}
          - {name: Bought, event: buy, points: {from: amount, multiply_by: 0.5}, count: each, expires: never}
          - {name: Bought lately, event: buy, points: {from: amount}, count: 3, expires: never, decay: 1%}
          - {name: Led to, event: open, points: 4, count: each, followed_by: {event: buy, within: 2h}}
          - {name: Since, event: open, points: 4, count: each, since: {event: reset}, expires: never}
          - {name: Quiet, points: -7, if: {event: visit, times: {at_most: 30}, last: 400d}}
    """)


def exports(rows, seed=3):
    """Return events that are mostly of contact 2, a few of three others; amounts may be missing."""
    dice = Random(seed)
    kinds = [dice.choice(["open"] * 5 + ["visit"] * 5 + ["buy", "buy"]) for _ in range(rows)]
    kinds[0] = "reset"
    events = pl.DataFrame(
        {
            "contact_id": [dice.choice(["1", "3", "4"]) if dice.random() < 0.02 else "2" for _ in kinds],
            "event": kinds,
            "at": [AS_OF - timedelta(seconds=dice.randrange(300 * 86_400)) for _ in kinds],
            "url": [f"/p{dice.randrange(30)}" if kind == "visit" else None for kind in kinds],
            "amount": [
                dice.choice([None, "12.5", "3", "x", "0.0005"]) if kind == "buy" else None for kind in kinds
            ],
        }
    )
    return from_frames(pl.DataFrame({"contact_id": ["1", "2", "3", "4", "5"]}), events)


def scored(given, tuning):
    book = bind_rules(load_rules_text(RULES), COLUMNS).book
    return score_exports(book, given, as_of=AS_OF, tuning=tuning)


def test_occurrences_of_one_contact_are_not_all_in_memory_at_once():
    rule = "      - {{name: Latest {0}, event: open, points: 1, count: {0}, expires: never}}"
    text = ["version: 1", "scores:", "  all:", "    five_flames: 9", "    rules:"]
    text += [rule.format(number) for number in range(1, 41)]
    book = bind_rules(load_rules_text("\n".join(text)), COLUMNS).book
    many = 30_000
    seconds = pl.int_range(many, eager=True) * 397 % (300 * 86_400)
    events = pl.DataFrame({"contact_id": ["1"] * many, "event": ["open"] * many}).with_columns(
        at=pl.lit(AS_OF) - pl.duration(seconds=seconds)
    )
    given = from_frames(pl.DataFrame({"contact_id": ["1"]}), events)

    def peak(budget):
        tracemalloc.start()
        try:
            score_exports(book, given, as_of=AS_OF, tuning=Tuning(budget=budget))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(20_000) * 4 < peak(4_000_000)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("budget", [1_000, 20])
def test_a_contact_with_many_events_is_counted_as_at_once(budget, wide):
    given = exports(1_500 if budget > 100 else 300)
    whole, parted = scored(given, Tuning()), scored(given, Tuning(budget=budget, wide=wide))
    assert as_bytes(parted) == as_bytes(whole)
    assert parted.observed.unvalued == whole.observed.unvalued != ()
    assert parted.observed.rules.equals(whole.observed.rules)
