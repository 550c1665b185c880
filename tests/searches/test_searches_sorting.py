"""`--sort`: random tables compared with plain Python, and the behavior of each kind of column."""

import random
import unicodedata
from datetime import UTC, datetime
from functools import cmp_to_key
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flamescore.errors import UsageError
from flamescore.searches import in_order, sort_keys

ZONE = ZoneInfo("America/Phoenix")
NAMES = ["Ann", "ann", "Ärger", "Bob", "", " ", None, "Zoë", "Zoe\u0308", "Øre", "10", "9", "Ö"]
STAGES = ["Lead", "lead", "Won", None, "Öl", "2"]
NUMBERS = [None, "10", "9", "-3", "2.5", "1e2", " 9 "]
DAYS = [None, "2026-11-21", "2026-02-01", "2025-12-31T23:00:00Z", "2026-11-20 17:30"]
INSTANTS = [None, *(datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3))]
TEXT_KEYS, NUMBER_KEYS = ("name", "stage"), ("score", "flames", "change", "last_activity", "employees", "due")


def table(chance: random.Random) -> pl.DataFrame:
    rows = chance.randrange(0, 12)
    draw = lambda values: [chance.choice(values) for _ in range(rows)]  # noqa: E731
    return pl.DataFrame(
        {
            "rank": range(1, rows + 1),
            "contact_id": [f"{n:03}" for n in chance.sample(range(1000), rows)],
            "name": draw(NAMES),
            "stage": draw(STAGES),
            "score": draw([0.0, 1.5, -2.0, 7.0]),
            "flames": draw([0, 1, 5]),
            "change": draw([None, 0.0, -1.0, 3.0]),
            "last_activity_at": draw(INSTANTS),
            "employees": draw(NUMBERS),
            "due": draw(DAYS),
        },
        schema_overrides={
            **dict.fromkeys(("contact_id", "name", "stage", "employees", "due"), pl.String),
            **dict.fromkeys(("score", "change"), pl.Float64),
            "last_activity_at": pl.Datetime("us", "UTC"),
        },
    )


def value(row, key):
    """Return the sort key of a cell, or None if the cell is missing."""
    cell = row["last_activity_at" if key == "last_activity" else key]
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if key == "employees":
        return float(cell)
    if key == "due":
        moment = datetime.fromisoformat(cell)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    return unicodedata.normalize("NFC", cell).lower() if isinstance(cell, str) else cell


def by_hand(rows, keys):
    """Sort rows by keys, each reversed or not, in plain Python."""

    def compare(one, other):
        for key, turned in keys:
            left, right = value(one, key), value(other, key)
            if left == right:
                continue
            if left is None or right is None:
                return 1 if left is None else -1
            falls = (key in NUMBER_KEYS) is not turned
            return (1 if left < right else -1) if falls else (-1 if left < right else 1)
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def check(seed):
    chance = random.Random(seed)
    rows = table(chance)
    keys = [
        (key, chance.random() < 0.5)
        for key in chance.sample(("rank", "contact_id", *TEXT_KEYS, *NUMBER_KEYS), chance.randint(1, 3))
    ]
    typed = ",".join(f"{'-' if turned else ''}{key}" for key, turned in keys)
    done = in_order(rows, sort_keys([typed], rows.columns), rows, ZONE)
    assert done.to_dicts() == by_hand(rows.to_dicts(), keys), (seed, typed)


def test_random_tables_sort_as_plain_python_sorts_them():
    for seed in range(150):
        check(seed)


@pytest.mark.full
def test_a_thousand_random_tables():
    for seed in range(150, 1_150):
        check(seed)


def ordered(column, typed="x", **more):
    rows = pl.DataFrame({"x": column, **more})
    return in_order(rows, sort_keys([typed], rows.columns), rows, ZONE)["x"].to_list()


def test_a_column_sorts_as_numbers_or_times_only_if_every_cell_is_one():
    assert ordered(["9", "10", None, "2.5"]) == ["10", "9", "2.5", None]
    assert ordered(["9", "10", "ten"]) == ["10", "9", "ten"]
    assert ordered(["2026-01-02", None, "2026-02-01"]) == ["2026-02-01", "2026-01-02", None]
    assert ordered(["2026-01-02", "2026-02-01", "soon"], "-x") == ["soon", "2026-02-01", "2026-01-02"]


def test_what_the_project_declares_is_read_so():
    iso = ["2026-12-01", "2027-01-15", None]
    assert ordered(["12/01/2026", "01/15/2027", "?"], **{"x\x00iso": iso}) == [
        "01/15/2027",
        "12/01/2026",
        "?",
    ]
    plain = ["1200.5", "30", None]
    assert ordered(["1.200,5", "30", "?"], "-x", **{"x\x00number": plain}) == ["30", "1.200,5", "?"]


def test_names_and_phones_are_text_whatever_is_in_them():
    rows = pl.DataFrame({"phone": ["602", "1", "55"]})
    done = in_order(rows, sort_keys(["phone"], rows.columns), rows, ZONE)
    assert done["phone"].to_list() == ["1", "55", "602"]


def test_keys_are_told_apart_and_wrong_ones_refused():
    assert [(key.name, key.turned) for key in sort_keys(["-x, y", "x"], ["x", "y", "-x"])] == [
        ("-x", False),
        ("y", False),
        ("x", False),
    ]
    with pytest.raises(UsageError) as caught:
        sort_keys(["-Stge"], ["rank", "name", "Stage"])
    assert str(caught.value) == (
        "U017 --sort: there is no `Stge` to sort by.\n"
        "        Did you mean `Stage`? Sort by rank, name, or a column: Stage."
    )
