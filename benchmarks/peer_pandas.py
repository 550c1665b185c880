"""The peer in pandas, written as an analyst would: the events in memory, one pass per rule.

python benchmarks/peer_pandas.py S shuffled 100 FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from data import END, Dataset
from rules import DAYS_OF, Rule, Trait, named
from worth import CEILING, DAY, POINT, WHOLE, factors, ten_thousandths, worth

DAYS: Final = 366
NOW: Final = int(END.timestamp())
OFFSET: Final = 7 * 3_600
Frame = Any
"""A pandas frame, untyped because pandas ships no type information."""


def main(size: str, variant: str, book: str, folder: Path) -> None:
    """Score a data set by the named rules, and write scores and points into the folder."""
    data = Dataset(size, variant)
    contacts, events = pd.read_parquet(data.contacts), pd.read_parquet(data.events)
    events["age"] = NOW - events["at"].astype("datetime64[us, UTC]").astype("int64") // 1_000_000
    events = events[(events["age"] >= 0) & events["contact_id"].isin(contacts["contact_id"])]
    parts = [
        _given(rule, events) if isinstance(rule, Rule) else _trait(rule, events, contacts)
        for rule in named(book)
    ]
    _write(pd.concat(parts), contacts, folder)


def _given(rule: Rule, events: Frame) -> Frame:
    some = events[(events["event"] == rule.event) & (events["age"] < DAYS_OF[rule.window] * DAY)]
    if rule.url:
        how, text = rule.url
        url = some["url"].str
        some = some[url.contains(text, regex=False) if how == "contains" else url.startswith(text)]
    if rule.least:
        some = some[some[rule.least[0]] >= rule.least[1]]
    if rule.asset:
        some = some[some["asset"] == rule.asset]
    some = _counted(rule, some, events)
    some = some.assign(points=_points(rule, some))
    sums = some.groupby("contact_id").agg(occurrences=("age", "size"), points=("points", "sum"))
    return sums[sums["points"] != 0].reset_index().assign(rule_id=rule.name)


def _counted(rule: Rule, some: Frame, events: Frame) -> Frame:
    if rule.follower:
        return _followed(rule.follower, some, events)
    if rule.per == "day":
        day = (NOW - some["age"] - OFFSET) // DAY
        return some.groupby(["contact_id", day.rename("day")], as_index=False)["age"].min()
    if rule.per == "asset":
        return some.groupby(["contact_id", "asset"], as_index=False)["age"].min()
    if rule.count == "once":
        return some.groupby("contact_id", as_index=False)["age"].min()
    if isinstance(rule.count, int):
        return some.sort_values("age", kind="stable").groupby("contact_id").head(rule.count)
    return some


def _followed(follower: tuple[str, int, bool], some: Frame, events: Frame) -> Frame:
    event, days, wanted = follower
    later = events[events["event"] == event][["contact_id", "age"]].assign(then=lambda f: f["age"])
    near = pd.merge_asof(some.sort_values("age"), later.sort_values("age"), on="age", by="contact_id")
    found = near["age"] - near["then"] <= days * DAY
    return near[found if wanted else ~found & (near["age"] >= days * DAY)]


def _points(rule: Rule, some: Frame) -> Any:  # noqa: ANN401 - an array of numbers
    day = some["age"].to_numpy() // DAY
    if rule.from_property is None:
        return np.array(worth(rule, DAYS))[day]
    cells = (some[rule.from_property].to_numpy() * POINT).round().astype(np.int64)
    points = (cells * ten_thousandths(rule.points) + POINT // 2) // POINT
    return (points * np.array(factors(rule.fade, DAYS))[day] + WHOLE // 2) // WHOLE


def _trait(trait: Trait, events: Frame, contacts: Frame) -> Frame:
    if trait.tag is not None:
        ids = contacts["contact_id"][[trait.tag in tags.split(",") for tags in contacts["tags"]]]
    elif trait.employees is not None:
        ids = contacts["contact_id"][contacts["employees"] >= trait.employees]
    else:
        assert trait.happened is not None
        event, times, days = trait.happened
        recent = events[(events["event"] == event) & (events["age"] < days * DAY)]
        sizes = recent.groupby("contact_id").size()
        ids = sizes.index[sizes >= times].to_series()
    points = ten_thousandths(trait.points)
    return pd.DataFrame({"contact_id": ids, "rule_id": trait.name, "occurrences": 0, "points": points})


def _write(ledger: Frame, contacts: Frame, folder: Path) -> None:
    sums = ledger.groupby("contact_id")["points"].sum()
    raw = sums.reindex(contacts["contact_id"], fill_value=0)
    total = raw.clip(upper=CEILING)
    scores = pd.DataFrame({"score": total / POINT, "rank": total.rank(method="min", ascending=False)})
    scores = scores.reset_index().sort_values(["score", "contact_id"], ascending=[False, True])
    scores.to_parquet(folder / "scores.parquet", index=False)
    cut = (total - raw)[total != raw].rename("points").reset_index()
    ledger = pd.concat([ledger, cut.assign(rule_id="score_limit", occurrences=0)])
    ledger["points"] /= POINT
    ledger.sort_values("contact_id").to_parquet(folder / "points.parquet", index=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
