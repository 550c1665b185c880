"""The parts of every change add up to the difference, and agree with the oracle."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nights import Nights, nights_of, renamed, told

from flamescore.changes import PARTS, HotInBoth, compared
from flamescore.engine import Tuning
from flamescore.scoring import score_exports
from product import book_of, exports_of, scored, whole
from strategies import case_of, cases

some = settings(max_examples=settings.default.max_examples // 3)
seeds = st.integers(0, 2**32)


def assert_adds_up(nights: Nights) -> None:
    rows = nights.changes.rows.to_dicts()
    for row in rows:
        if row["difference"] is None:
            assert [row[part] for part in PARTS] == [None] * 4
            assert (row["score"] is None) != (row["previous_score"] is None)
        else:
            assert sum(whole(row[part]) for part in PARTS) == whole(row["difference"])
            assert whole(row["difference"]) == whole(row["score"]) - whole(row["previous_score"])


@some
@given(case=cases(), seed=seeds)
def test_the_parts_add_up_and_are_the_oracles(case, seed):
    nights = nights_of(case, seed)
    assert_adds_up(nights)
    assert told(nights.changes) == nights.expected()


@some
@given(case=cases(), other=cases(), seed=seeds)
def test_the_parts_add_up_when_the_rules_have_changed(case, other, seed):
    nights = nights_of(case, seed, other=other)
    shared = set(nights.before.names) & {each.name for each in scored(case).book.scores}
    assume(shared)
    assert_adds_up(nights)
    expected = {key: parts for key, parts in nights.expected().items() if key[1] in shared}
    assert told(nights.changes) == expected


@some
@given(case=cases(), seed=seeds, wide=st.booleans(), memory=st.sampled_from([0, 200, 1 << 28]))
def test_one_pass_over_the_events_tells_what_two_tell(case, seed, wide, memory):
    nights = nights_of(case, seed)
    tuning = Tuning(batch=7, bin_bits=1, budget=1, wide=wide, memory=memory)
    once = nights.compared(earlier=nights.first.as_of, tuning=tuning)
    assert once.rows.equals(nights.compared().rows, null_equal=True)


@pytest.mark.parametrize(("days", "known"), [(-1, True), (0, True), (1, False)])
def test_what_one_pass_can_tell_of_an_earlier_instant(days, known):
    case = case_of(Random(3))
    instant = case.as_of + timedelta(days=days)
    exports = replace(exports_of(case), tag_history=None)
    done = score_exports(book_of(case.book), exports, as_of=case.as_of, earlier=instant)
    assert (done.earlier is not None) == known


@some
@given(case=cases(), seed=seeds)
def test_rules_with_other_names_are_no_change(case, seed):
    plain = nights_of(case, seed)
    other = Nights(plain.first.with_book(renamed(case.book)), plain.second)
    assert other.changes.rows.equals(plain.changes.rows)
    assert set(other.changes.rows["by_rules"].drop_nulls().to_list()) <= {0.0}


@some
@given(case=cases(), seed=seeds)
def test_rules_in_another_order_are_no_change(case, seed):
    plain = nights_of(case, seed)
    turned = {name: spec | {"rules": spec["rules"][::-1]} for name, spec in case.book["scores"].items()}
    other = Nights(plain.first.with_book(case.book | {"scores": turned}), plain.second)
    assert other.changes.rows.equals(plain.changes.rows)


@some
@given(case=cases(), seed=seeds)
def test_every_contact_of_either_night_has_one_row_a_score(case, seed):
    nights = nights_of(case, seed)
    rows = nights.changes.rows
    before, now = nights.before.scores, scored(case).scores
    keys = ["contact_id", "score_name"]
    everyone = pl.concat([before.select(keys), now.select(keys)]).unique().sort(keys)
    assert rows.select(keys).sort(keys).equals(everyone)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_night_again_changes_nothing(seed):
    from random import Random  # noqa: PLC0415

    from strategies import case_of  # noqa: PLC0415

    case = case_of(Random(seed))
    rows = Nights(case, case).changes.rows
    assert set(rows["change"]) == {"same"}
    assert rows.select(pl.col("difference", *PARTS).abs().sum()).row(0) == (0.0,) * 5


LARGE = 922337203685477.625


def side_by_side(now: list[float], then: list[float], totals: list[tuple[int, int, int]]) -> list[dict]:
    """Compare scores with those of the night before, and return the rows by contact."""

    def scores(points: list[float]) -> pl.DataFrame:
        ids = [str(number) for number in range(len(points))]
        return pl.DataFrame({"contact_id": ids, "score_name": "s", "score": points, "flames": 0})

    names = ("old_rules", "new_rules", "later")
    parts = pl.DataFrame(totals, schema=dict.fromkeys(names, pl.Int64), orient="row")
    known = scores(now).select("contact_id", "score_name").hstack(parts)
    return (
        compared(scores(now), scores(then), known, names=["s"], hot=HotInBoth(5))
        .sort("contact_id")
        .to_dicts()
    )


def test_differences_of_the_largest_scores_do_not_wrap():
    most = 2**63 - 1
    [row, small] = side_by_side([LARGE, 3.0], [-LARGE, 1.5], [(-most, -most, most), (15_000, 20_000, 20_000)])
    assert (row["change"], row["difference"]) == ("up", 2 * LARGE)
    assert [row[part] for part in PARTS] == [0.0, 2 * LARGE, 0.0, 0.0]
    assert (small["difference"], [small[part] for part in PARTS]) == (1.5, [1.0, 0.0, 0.0, 0.5])


def test_a_large_score_that_stayed_the_same_shows_no_change():
    """No float equals its ten-thousandths exactly: the nearest float is published."""
    exact = 1_234_567_890_123_456_712
    [row] = side_by_side([exact / 10_000], [exact / 10_000], [(exact, exact, exact)])
    assert (row["change"], row["difference"], [row[part] for part in PARTS]) == ("same", 0.0, [0.0] * 4)


def test_large_scores_that_moved_by_a_point():
    before = 9_000_000_000_000_000_000
    [row] = side_by_side([before / 10_000 + 1], [before / 10_000], [(before, before, before)])
    assert (row["change"], row["difference"], row["by_activity"]) == ("up", 1.0, 1.0)
