from __future__ import annotations

import os
import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from msgspec.structs import replace

from flamescore.frames import INSTANT, POINTS, REJECTS, SCORES
from flamescore.tables import WRITERS, TableSettings, write_tables
from tables.by_hand import AS_OF, Entries, places_of, scored

if TYPE_CHECKING:
    from flamescore.scoring import Scored

ROW_GROUP = 131_072


def written(folder: Path, name: str, result: Scored, *keep: str) -> Path:
    """Write one table, and return its path."""
    WRITERS[name](folder, result, TableSettings(keep=keep))
    return folder / name


def of(ledger: pl.DataFrame, size: int = 2) -> Scored:
    return replace(scored(), ledger=Entries(ledger, size))


def test_scores_have_the_contract_then_the_kept_columns(tmp_path):
    frame = pl.read_parquet(written(tmp_path, "scores.parquet", scored(), "owner", "score", "nope"))
    assert list(frame.schema.items()) == [
        *SCORES.items(),
        ("owner", pl.String()),
        ("contact_score", pl.String()),
    ]
    assert frame["contact_id"].to_list() == ["003", "001", "002", "004", "002"]
    assert frame["owner"].to_list() == ["Lee", "Kim", None, "Kim", None]
    assert frame["score"].to_list() == [25.5, 20.0, 8.0, -1000.0, 0.1]


def test_points_are_the_ledger(tmp_path):
    result = scored()
    frame = pl.read_parquet(written(tmp_path, "points.parquet", result))
    assert frame.schema == POINTS
    assert frame.equals(result.ledger.frame(), null_equal=True)


def test_an_empty_ledger_is_a_table_without_rows(tmp_path):
    frame = pl.read_parquet(written(tmp_path, "points.parquet", scored(points=[])))
    assert frame.schema == POINTS
    assert frame.height == 0


def test_a_part_of_another_shape_is_a_fault_of_ours(tmp_path):
    wrong = of(pl.DataFrame({"contact_id": ["001"]}))
    with pytest.raises(TypeError, match="points: expected"):
        written(tmp_path, "points.parquet", wrong)


def test_contacts_have_every_mapped_column_and_tags_as_a_list(tmp_path):
    frame = pl.read_parquet(written(tmp_path, "contacts.parquet", scored()))
    assert frame.columns == ["contact_id", "name", "phone", "owner", "tags", "score", "Renewal"]
    assert frame["tags"].to_list() == [["VIP", "Blog"], [], ["VIP"], None]


def long_ledger(rows: int) -> pl.DataFrame:
    index = pl.int_range(rows, eager=True)
    return pl.DataFrame(
        {
            "contact_id": (index // 5).cast(pl.String).str.zfill(9),
            "score_name": pl.repeat("interest", rows, eager=True),
            "entry": pl.repeat("rule", rows, eager=True),
            "rule_id": "rule-" + (index % 5).cast(pl.String),
            "occurrences": index % 7,
            "points": (index % 1_000) / 4,
            "last_at": pl.Series([AS_OF], dtype=INSTANT).new_from_index(0, rows),
        },
        schema=POINTS,
    )


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_the_sizes_of_the_parts_change_no_byte(tmp_path):
    whole = long_ledger(300_000)
    found = set()
    for size in (1_000_000, ROW_GROUP, 50_000, 7_777):
        found.add(digest(written(tmp_path, "points.parquet", of(whole, size))))
    assert len(found) == 1
    assert pl.read_parquet(tmp_path / "points.parquet").equals(whole)


WRITE = """
import sys
from pathlib import Path
import polars as pl
from tables.test_tables_parquet import long_ledger, write_all
assert pl.thread_pool_size() == int(sys.argv[2])
write_all(Path(sys.argv[1]), long_ledger(200_000))
"""


def write_all(folder: Path, ledger: pl.DataFrame) -> None:
    dice = random.Random(7)
    people = ledger["contact_id"].unique(maintain_order=True)
    names = [dice.choice(["Ann", "=Bob", "Cléo", None]) for _ in range(len(people))]
    contacts = pl.DataFrame({"contact_id": people, "name": names, "tags": [["VIP"]] * len(people)})
    rows = ledger.group_by("contact_id", "score_name", maintain_order=True).agg(
        pl.col("points").sum().alias("score")
    )
    scores = rows.sort("score", descending=True, maintain_order=True).select(
        "contact_id",
        "score_name",
        "score",
        flames=pl.lit(5, pl.Int32),
        percent_of_ideal=pl.lit(1.0),
        percentile=pl.lit(50.0),
        rank=pl.lit(1, pl.Int32),
        last_activity_at=pl.lit(None, INSTANT),
    )
    filled = replace(
        scored(contacts=contacts, scores=[], points=[]),
        scores=scores,
        places=places_of(scores, contacts),
        ledger=Entries(ledger, 10_000),
    )
    write_tables(folder, filled, pl.DataFrame(schema=REJECTS), TableSettings(keep=("name",)))


def test_the_same_gives_the_same_bytes_on_one_thread_and_on_two(tmp_path):
    found: dict[str, set[str]] = {}
    for turn, threads in enumerate(("1", "2", "2")):
        folder = tmp_path / str(turn)
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", WRITE, str(folder), threads],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parent.parent),
                "POLARS_MAX_THREADS": threads,
            },
            check=True,
        )
        for path in folder.iterdir():
            found.setdefault(path.name, set()).add(digest(path))
    assert set(found) == {
        *(
            "scores.parquet",
            "scores.csv",
            "points.parquet",
            "contacts.parquet",
            "excluded.parquet",
            "hot.parquet",
        ),
        *("hot_leads.csv", "hot_leads-fit.csv"),
    }
    assert {name for name, digests in found.items() if len(digests) > 1} == set()


def test_another_input_gives_other_bytes(tmp_path):
    ledger = long_ledger(10)
    first = digest(written(tmp_path, "points.parquet", of(ledger)))
    more = of(ledger.with_columns(pl.col("points") + 1))
    assert digest(written(tmp_path, "points.parquet", more)) != first
