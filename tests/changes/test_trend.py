"""A score some time ago is the result of scoring as of then, by the same rules and exports."""

from dataclasses import replace
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from flamescore.changes import with_trend
from flamescore.tables import WRITERS, TableSettings, hot_list
from flamescore.units import parse_period
from product import exports_of, scored, whole
from strategies import case_of, cases

some = settings(max_examples=settings.default.max_examples // 4)


@some
@given(case=cases(), period=st.sampled_from(["1s", "7d", "1mo", "2y"]))
def test_it_is_the_oracles_score_of_then(case, period):
    ago = parse_period(period)
    now = scored(case)
    earlier = replace(case, as_of=ago.before(case.as_of, now.book.zone))
    then = {(r["contact_id"], r["score_name"]): r["score"] for r in earlier.scored().scores}
    trended = with_trend(now, exports_of(case), ago)
    assert trended.scores.drop("trend_score", "trend").equals(now.scores)
    for row in trended.scores.to_dicts():
        was = then.get((row["contact_id"], row["score_name"]))
        if was is None:
            assert (row["trend_score"], row["trend"]) == (None, None)
        else:
            assert (whole(row["trend_score"]), whole(row["trend"])) == (was, whole(row["score"]) - was)


def test_the_tables_show_it(tmp_path):
    case = case_of(Random(1))
    done = with_trend(scored(case), exports_of(case), parse_period("7d"))
    name = done.book.scores[0].name
    WRITERS["scores.csv"](tmp_path, done, TableSettings())
    columns = pl.read_csv(tmp_path / "scores.csv", n_rows=0).columns
    assert {f"{name}_trend", f"{name}_trend_score"} <= set(columns)
    assert "trend" in hot_list(done, name, keep=(), hot_flames=1).columns
    plain = scored(case)
    assert "trend" not in hot_list(plain, name, keep=(), hot_flames=1).columns
