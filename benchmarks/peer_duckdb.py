"""The peer in DuckDB: one `SELECT` per rule over data that is read once, all in one `UNION ALL`.

python benchmarks/peer_duckdb.py M shuffled 100 FOLDER

`forms_duckdb.py` times the alternatives; README.md has the figures.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl

from data import END, Dataset
from rules import DAYS_OF, AnyRule, Rule, Trait, named
from worth import CEILING, DAY, WHOLE, factors, ten_thousandths

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW: Final = int(END.timestamp())
OFFSET: Final = 7 * 3_600
"""Phoenix is seven hours behind UTC, all year."""

Rules = tuple[AnyRule, ...]

SETTINGS: Final = ("SET preserve_insertion_order = false",)
"""By default, DuckDB uses as many threads as there are cores."""

PEOPLE: Final = """
CREATE TYPE how AS ENUM ('each', 'from', 'once', 'asset', 'day', 'latest', 'followed', 'alone');

CREATE TEMP TABLE people AS
SELECT row_number() OVER (ORDER BY contact_id)::INTEGER AS c, * FROM read_parquet('{contacts}');

CREATE TEMP TABLE wide AS
SELECT p.c, event, url, asset, seconds, percent, amount, ({now} - epoch("at")::BIGINT)::INTEGER AS age
FROM read_parquet('{events}') e JOIN people p ON p.contact_id = e.contact_id
WHERE "at" > to_timestamp({cut}) AND "at" <= to_timestamp({now});

CREATE TEMP TABLE bought AS SELECT c, age FROM wide WHERE event = 'purchase';
"""

COUNT: Final = """
CREATE TEMP TABLE ledger AS
WITH counted (c, rule, age, amount) AS (
  SELECT c, rule, age, amount FROM matched WHERE style IN ('each', 'from')
  UNION ALL SELECT c, rule, min(age), NULL FROM matched WHERE style = 'once' GROUP BY c, rule
  UNION ALL SELECT c, rule, min(age), NULL FROM matched WHERE style = 'asset' GROUP BY c, rule, asset
  UNION ALL SELECT c, rule, min(age), NULL FROM matched WHERE style = 'day'
            GROUP BY c, rule, ({now} - age - {offset}) // {day}
  UNION ALL SELECT c, rule, age, NULL FROM
    (SELECT c, rule, age, n FROM matched WHERE style = 'latest'
     QUALIFY row_number() OVER (PARTITION BY c, rule ORDER BY age) <= n)
  UNION ALL SELECT c, rule, age, NULL FROM matched m WHERE style = 'followed'
    AND EXISTS (FROM bought b WHERE b.c = m.c AND b.age <= m.age AND b.age >= m.age - m.within_s)
  UNION ALL SELECT c, rule, age, NULL FROM matched m WHERE style = 'alone' AND age >= within_s
    AND NOT EXISTS (FROM bought b WHERE b.c = m.c AND b.age <= m.age AND b.age >= m.age - m.within_s))
SELECT c, x.rule, count(*) AS occurrences,
  sum(CASE WHEN x.amount IS NULL THEN w.worth ELSE
    (((round(x.amount * 10000)::BIGINT * w.points + 5000) // 10000) * w.factor + {whole} // 2) // {whole}
  END)::BIGINT AS points
FROM counted x JOIN w ON w.rule = x.rule AND w.day = x.age // {day} GROUP BY c, x.rule HAVING points <> 0;

INSERT INTO ledger
SELECT p.c, t.rule, 0, t.points FROM people p JOIN t ON
  list_contains(string_split(p.tags, ','), t.tag) OR p.employees >= t.employees;

INSERT INTO ledger
SELECT e.c, t.rule, 0, any_value(t.points) FROM wide e
JOIN t ON t.event = e.event AND e.age < t.reach GROUP BY e.c, t.rule HAVING count(*) >= any_value(t.times);
"""

WRITE: Final = """
CREATE TEMP TABLE totals AS
SELECT p.contact_id, coalesce(s.points, 0)::BIGINT AS raw, least(raw, {ceiling}) AS total FROM people p
LEFT JOIN (SELECT c, sum(points) AS points FROM ledger GROUP BY c) s USING (c);

COPY (SELECT contact_id, total / 10000.0 AS score, rank() OVER (ORDER BY total DESC) AS rank FROM totals
      ORDER BY total DESC, contact_id) TO '{folder}/scores.parquet' (COMPRESSION zstd);
COPY (SELECT p.contact_id, names.name AS rule_id, l.occurrences, l.points / 10000.0 AS points
      FROM ledger l JOIN people p USING (c) JOIN names USING (rule)
      UNION ALL SELECT contact_id, 'score_limit', 0, (total - raw) / 10000.0 FROM totals WHERE total <> raw
      ORDER BY contact_id) TO '{folder}/points.parquet' (COMPRESSION zstd);
"""


def style(rule: Rule) -> str:
    """Return the name of the way in which a rule counts."""
    if rule.from_property:
        return "from"
    if rule.follower:
        return "followed" if rule.follower[2] else "alone"
    return rule.per or (rule.count if isinstance(rule.count, str) else "latest")


def main(size: str, variant: str, book: str, folder: Path) -> None:
    """Score a data set by the named rules, and write scores and points into the folder."""
    rules = named(book)
    score(Dataset(size, variant), rules, folder, long(rules))


def score(
    data: Dataset, rules: Rules, folder: Path, scripts: Sequence[str], settings: Sequence[str] = SETTINGS
) -> None:
    """Run the scripts one after another in an in-memory database."""
    facts = {"events": data.pattern, "contacts": data.contacts, "now": NOW, "offset": OFFSET, "day": DAY}
    facts |= {"cut": NOW - 365 * DAY, "whole": WHOLE, "ceiling": CEILING, "folder": folder}
    base = duckdb.connect()
    for setting in settings:
        base.execute(setting)
    for name, frame in _tables(rules).items():
        base.register(name, frame)
    for script in scripts:
        base.execute(script.format(**facts))


def long(rules: Rules) -> tuple[str, ...]:
    """Return one `SELECT` per rule, all in one `UNION ALL`."""
    parts = [select(n, rule) for n, rule in enumerate(rules) if isinstance(rule, Rule)]
    return counting("\n  UNION ALL ".join(parts))


def counting(counted: str) -> tuple[str, ...]:
    """Return the scripts, with `counted` in place of the join with the table of rules."""
    start, end = COUNT.index("  SELECT c, rule, age, amount"), COUNT.index(")\nSELECT c, x.rule")
    return PEOPLE, COUNT[:start] + counted + COUNT[end:], WRITE


def select(number: int, rule: Rule) -> str:
    """Return a rule's occurrences as `c, rule, age, amount`."""
    how, where = style(rule), tests_of(rule)
    head = f"SELECT c, {number} AS rule"
    if how in {"each", "from"}:
        return f"{head}, age, {'amount' if how == 'from' else 'NULL'} FROM wide WHERE {where}"
    if how in {"once", "asset", "day"}:
        extra = {"once": "", "asset": ", asset", "day": f", ({NOW} - age - {OFFSET}) // {DAY}"}[how]
        return f"{head}, min(age), NULL FROM wide WHERE {where} GROUP BY c{extra}"
    if how == "latest":
        first = f"QUALIFY row_number() OVER (PARTITION BY c ORDER BY age) <= {rule.count}"
        return f"SELECT * FROM ({head}, age, NULL FROM wide WHERE {where} {first})"
    assert rule.follower is not None
    reach = rule.follower[1] * DAY
    near = f"(FROM bought b WHERE b.c = m.c AND b.age <= m.age AND b.age >= m.age - {reach})"
    alone = "" if how == "followed" else f"age >= {reach} AND NOT"
    return f"{head}, age, NULL FROM wide m WHERE {where} AND {alone} EXISTS {near}"


def tests_of(rule: Rule) -> str:
    """Return the SQL condition that an event must meet for a rule."""
    tests = [f"event = '{rule.event}'", f"age < {DAYS_OF[rule.window] * DAY}"]
    if rule.url:
        tests.append(f"{rule.url[0]}(url, '{rule.url[1]}')")
    if rule.least:
        tests.append(f"{rule.least[0]} >= {rule.least[1]}")
    if rule.asset:
        tests.append(f"asset = '{rule.asset}'")
    return " AND ".join(tests)


def _tables(book: Rules) -> dict[str, object]:
    named = [(n, rule) for n, rule in enumerate(book) if isinstance(rule, Rule)]
    traits = [(n, trait) for n, trait in enumerate(book) if isinstance(trait, Trait)]
    names = pl.DataFrame({"rule": range(len(book)), "name": [rule.name for rule in book]})
    frames = {
        "names": names,
        "r": pl.DataFrame([_rule(n, rule) for n, rule in named], infer_schema_length=None),
        "w": pl.concat([_worths(n, rule) for n, rule in named]),
        "t": pl.DataFrame([_trait(n, trait) for n, trait in traits], infer_schema_length=None),
    }
    return {name: frame.to_arrow() for name, frame in frames.items()}


def _rule(number: int, rule: Rule) -> dict[str, object]:
    how, text = rule.url or (None, None)
    about, least = rule.least or (None, None)
    return {
        "rule": number,
        "event": rule.event,
        "how": how,
        "text": text,
        "property": about,
        "least": least,
        "reach": DAYS_OF[rule.window] * DAY,
        "style": style(rule),
        "n": rule.count if isinstance(rule.count, int) else None,
        "within_s": rule.follower[1] * DAY if rule.follower else None,
    }


def _worths(number: int, rule: Rule) -> pl.DataFrame:
    points, factor = ten_thousandths(rule.points), factors(rule.fade, 366)
    worth = [(points * each * 2 + WHOLE) // (2 * WHOLE) for each in factor]
    return pl.DataFrame({"day": range(367), "factor": factor, "worth": worth}).with_columns(
        rule=number, points=points
    )


def _trait(number: int, trait: Trait) -> dict[str, object]:
    event, times, days = trait.happened or (None, None, 0)
    return {
        "rule": number,
        "points": ten_thousandths(trait.points),
        "tag": trait.tag,
        "employees": trait.employees,
        "event": event,
        "times": times,
        "reach": days * DAY,
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
