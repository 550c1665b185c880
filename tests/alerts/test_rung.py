"""When alerts rang, in the state: after taking in a run, it is what the pure function returns."""

import sqlite3
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl

from flamescore.acting_frames import SEGMENTS
from flamescore.alerts import NOTICES, RUNG_FOR, SEEN, Ringing, keep_rung, latest_rung, rung_after, surviving
from flamescore.frames import SURVIVOR
from flamescore.units import iso_instant

NOV = datetime(2026, 11, 1, 7, tzinfo=UTC)
WHO = tuple("12345678")
TABLE = """CREATE TABLE rung (alert TEXT, contact_id TEXT, at TEXT NOT NULL, rearmed INTEGER NOT NULL,
           PRIMARY KEY (alert, contact_id)) WITHOUT ROWID"""


def rows_of(connection):
    return sorted(connection.execute("SELECT contact_id, at, rearmed FROM rung WHERE alert = 'a'").fetchall())


def test_taking_a_run_in_does_what_the_pure_function_does(monkeypatch):
    for seed in range(60):
        dice = Random(seed)
        rung = [
            (who, NOV + timedelta(days=dice.randint(0, 2)), dice.random() < 0.5)
            for who in WHO
            if dice.random() < 0.6
        ]
        old = dice.sample(WHO, 2)
        merged = {old[0]: dice.choice([who for who in WHO if who not in old])} if dice.random() < 0.7 else {}
        here = [who for who in WHO if who not in merged]
        rang = [(who, NOV + timedelta(days=9)) for who in here if dice.random() < 0.3]
        again = [who for who in here if who not in dict(rang) and dice.random() < 0.5]
        ringing = Ringing(
            pl.DataFrame(rang, schema=SEEN, orient="row"),
            pl.DataFrame(schema=SEEN),
            pl.DataFrame({"contact_id": again}, schema={"contact_id": pl.String}),
        )
        aliases = pl.DataFrame(
            {"contact_id": list(merged), SURVIVOR: list(merged.values())},
            schema={"contact_id": pl.String, SURVIVOR: pl.String},
        )
        before = pl.DataFrame(rung, schema=RUNG_FOR, orient="row")
        expected = rung_after(latest_rung(surviving(before, aliases)), ringing)

        tables = {
            "segments.parquet": pl.DataFrame(
                [("rearm:a", who, None, False) for who in again], schema=SEGMENTS, orient="row"
            ),
            "merged.parquet": pl.DataFrame(
                list(merged.items()), schema={"merged_id": pl.String, "contact_id": pl.String}, orient="row"
            ),
        }
        monkeypatch.setattr("flamescore.alerts.rung.has_table", lambda _, file, there=tables: file in there)
        monkeypatch.setattr("flamescore.alerts.rung.read", lambda _, file, there=tables: there[file])
        notices = pl.DataFrame(
            [{"alert": "a", "contact_id": who, "at": at} for who, at in rang], schema=NOTICES
        )
        with sqlite3.connect(":memory:") as connection:
            connection.execute(TABLE)
            connection.executemany(
                "INSERT INTO rung VALUES ('a', ?, ?, ?)", [(who, iso_instant(at), re) for who, at, re in rung]
            )
            keep_rung(connection, None, notices)
            assert rows_of(connection) == sorted(
                (who, iso_instant(at), int(re)) for who, at, re in expected.rows()
            ), seed
        connection.close()
