"""Time alternative forms of the DuckDB query. The fastest is the one in `peer_duckdb.py`.

    python benchmarks/forms_duckdb.py
    python benchmarks/forms_duckdb.py --size M --forms table long --runs 1

The scores and ledger of every form are compared with those of the first one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compare import differences
from data import FOLDER, SIZES, Dataset, make
from measure import load, machine, middle, once
from peer_duckdb import (
    COUNT,
    PEOPLE,
    SETTINGS,
    WRITE,
    counting,
    long,
    score,
    select,
    style,
    tests_of,
)
from rules import Rule, rules
from worth import DAY, worth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from measure import Cost
    from peer_duckdb import Rules

RULES: Final = rules(100)

MATCH: Final = """
CREATE TEMP TABLE kinds AS
SELECT k.event, k.url, r.* EXCLUDE (event)
FROM (SELECT DISTINCT event, url FROM wide) k JOIN r ON r.event = k.event
WHERE (r.text IS NULL OR (r.how = 'contains' AND contains(k.url, r.text))
       OR (r.how = 'starts_with' AND starts_with(k.url, r.text)));

CREATE TEMP TABLE matched AS
SELECT e.c, k.rule, k.style::how AS style, k.n, k.within_s, e.age, e.asset, e.amount
FROM wide e JOIN kinds k ON k.event = e.event AND k.url IS NOT DISTINCT FROM e.url
WHERE e.age < k.reach AND (k.least IS NULL OR (k.property = 'seconds' AND e.seconds >= k.least)
                           OR (k.property = 'percent' AND e.percent >= k.least));
"""


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write the query: a description, a function from rules to scripts, and the settings."""

    what: str
    scripts: Callable[[Rules], tuple[str, ...]]
    settings: tuple[str, ...] = SETTINGS


def _table(*changes: tuple[str, str]) -> Callable[[Rules], tuple[str, ...]]:
    """Return the form with a table of rules, with parts of its text replaced."""

    def scripts(_rules: Rules) -> tuple[str, ...]:
        return tuple(_changed(script, changes) for script in (PEOPLE, MATCH, COUNT, WRITE))

    return scripts


def _changed(script: str, changes: Sequence[tuple[str, str]]) -> str:
    for old, new in changes:
        script = script.replace(old, new)
    return script


def _filtered(rules: Rules) -> tuple[str, ...]:
    """Return one aggregation with a `FILTER` per rule where sums suffice, and `UNION ALL` for the rest."""
    named = [(n, rule) for n, rule in enumerate(rules) if isinstance(rule, Rule)]
    sums = {n: rule for n, rule in named if style(rule) in {"each", "once"}}
    rest = [select(n, rule) for n, rule in named if n not in sums]
    columns = ",\n".join(_aggregate(n, rule) for n, rule in sums.items())
    pairs = ", ".join(f"(n{n}, p{n}) AS '{n}'" for n in sums)
    variables = "".join(f"SET VARIABLE w{n} = {worth(rule, 366)};\n" for n, rule in sums.items())
    summed = f"""
{variables}
CREATE TEMP TABLE across AS SELECT c, {columns} FROM wide GROUP BY c;
INSERT INTO ledger SELECT c, rule::INTEGER, n, p FROM across
UNPIVOT ((n, p) FOR rule IN ({pairs})) WHERE p <> 0;
"""
    people, counted, write = counting("\n  UNION ALL ".join(rest))
    return people, counted + summed, write


def _aggregate(number: int, rule: Rule) -> str:
    value, where = f"getvariable('w{number}')[age // {DAY} + 1]", tests_of(rule)
    if style(rule) == "once":
        return (
            f"(CASE WHEN bool_or({where}) THEN 1 END)::BIGINT AS n{number}, "
            f"getvariable('w{number}')[min(age) FILTER ({where}) // {DAY} + 1]::BIGINT AS p{number}"
        )
    return f"count(*) FILTER ({where}) AS n{number}, (sum({value}) FILTER ({where}))::BIGINT AS p{number}"


_LATEST: Final = """SELECT c, rule, age, NULL FROM
    (SELECT c, rule, age, n FROM matched WHERE style = 'latest'
     QUALIFY row_number() OVER (PARTITION BY c, rule ORDER BY age) <= n)"""
_TAKEN: Final = """SELECT c, rule, unnest({}[1:any_value(n)]), NULL FROM matched WHERE style = 'latest'
    GROUP BY c, rule"""
_ENUMS: Final = """
CREATE TYPE kind AS ENUM (SELECT DISTINCT event FROM read_parquet('{events}'));
CREATE TYPE address AS ENUM (SELECT DISTINCT url FROM read_parquet('{events}') WHERE url IS NOT NULL);
CREATE TEMP TABLE wide AS"""
_TESTED: Final = """WHERE e.age < k.reach
AND (k.text IS NULL OR (k.how = 'contains' AND contains(e.url, k.text))
     OR (k.how = 'starts_with' AND starts_with(e.url, k.text)))"""
_JOINED: Final = "JOIN people p ON p.contact_id = e.contact_id"

FORMS: Final = {
    "table": Form("a table of rules joined to each distinct (event, URL), `row_number`", _table()),
    "long": Form("kept: a `SELECT` a rule, in one `UNION ALL`", long),
    "filter": Form("an aggregate with `FILTER` a rule; `UNION ALL` for what can't be summed so", _filtered),
    "events": Form(
        "the table, but the rules joined to each event",
        _table(
            ("CREATE TEMP TABLE kinds", "CREATE TEMP VIEW kinds"),
            ("kinds k ON k.event = e.event AND k.url IS NOT DISTINCT FROM e.url", "r k ON k.event = e.event"),
            ("WHERE e.age < k.reach", _TESTED),
        ),
    ),
    "texts": Form(
        "the table, but contacts' ids as text until an event is matched",
        _table(
            ("SELECT p.c, event, url", "SELECT e.contact_id, event, url"),
            (f"e {_JOINED}\nWHERE", "e WHERE"),
            ("SELECT c, age FROM wide", "SELECT c, age FROM wide JOIN people USING (contact_id)"),
            ("SELECT e.c,", "SELECT p.c,"),
            ("GROUP BY e.c", "GROUP BY p.c"),
            ("FROM wide e", f"FROM wide e {_JOINED}"),
        ),
    ),
    "enums": Form(
        "the table, but event and URL as `ENUM`",
        _table(
            ("\nCREATE TEMP TABLE wide AS", _ENUMS),
            ("SELECT p.c, event, url,", "SELECT p.c, event::kind AS event, url::address AS url,"),
            ("r.event = k.event", "r.event = k.event::VARCHAR"),
            ("k.url, r.text", "k.url::VARCHAR, r.text"),
            ("t.event = e.event", "t.event = e.event::VARCHAR"),
        ),
    ),
    "words": Form(
        "the table, but the way of counting as text instead of an `ENUM`", _table(("::how AS", " AS"))
    ),
    "lists": Form(
        "the table, but `list_sort(list(age))[1:n]`", _table((_LATEST, _TAKEN.format("list_sort(list(age))")))
    ),
    "least": Form("the table, but `min(age, n)`", _table((_LATEST, _TAKEN.format("min(age, 400)")))),
    "order": Form("the table, but `preserve_insertion_order = true`", _table(), ()),
    "threads": Form("the table, and `threads = 2` said", _table(), (*SETTINGS, "SET threads = 2")),
}


def timed(data: Dataset, names: Sequence[str], runs: int) -> Iterator[str]:
    """Run the forms in rounds, so that other load on the machine affects all of them alike; yield a table."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as place:
        costs = [[_once(name, data, Path(place, name)) for name in names] for _ in range(runs)]
        yield "| form | wall s | processor s | differs |"
        yield "|---|---|---|---|"
        for number, name in enumerate(names):
            cost = middle([turn[number] for turn in costs])
            apart = "{} scores, {} ledger rows".format(*differences(Path(place, names[0]), Path(place, name)))
            yield f"| {FORMS[name].what} | {cost.wall:.2f} | {cost.processor:.2f} | {apart} |"


def _once(name: str, data: Dataset, folder: Path) -> Cost:
    folder.mkdir(exist_ok=True)
    return once([sys.executable, __file__, "--size", data.size, "--forms", name, "--into", str(folder)])


def main() -> None:
    """Parse the command line, and time the forms in fresh processes, or run a single form in this process."""
    parser = argparse.ArgumentParser(description="Time the forms of the DuckDB query.")
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=list(FORMS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--into", type=Path, help="run the form once, and write its tables into this folder")
    asked = parser.parse_args()
    data = make(Dataset(asked.size))
    if asked.into is not None:
        form = FORMS[asked.forms[0]]
        score(data, RULES, asked.into, form.scripts(RULES), form.settings)
        return
    began = load()
    print("\n".join(timed(data, asked.forms, asked.runs)))
    print(
        f"\n{data.rows:,} events, {len(RULES)} rules, the median of {asked.runs}; {machine()['processor']},"
    )
    print(f"{machine()['cores']} cores, load {began} when it began, {load()} when it ended")


if __name__ == "__main__":
    main()
