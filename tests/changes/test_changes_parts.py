"""The parts of every change add up to the difference, and are what the oracle makes of them."""

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nights import Nights, nights_of, renamed, told

from flamescore.insight.changes_table import PARTS
from product import scored, whole
from strategies import cases

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
