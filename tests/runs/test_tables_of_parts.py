"""A table of a run may be a folder of parts: those in the record are read, in the order of their names."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal

from flamescore.runs import (
    DamagedRunError,
    Run,
    checksums,
    has_table,
    read,
    read_record,
    scan,
    write_record,
)
from flamescore.runs.contents import damages, strangers
from runs.whole import publish


@pytest.fixture
def both(tmp_path):
    """Return a run, its scores, and the same run with its scores in parts of a row each."""
    run = publish(tmp_path).run
    scores = read(run, "scores.parquet")
    (run.path / "scores.parquet").unlink()
    folder = run.path / "scores.parquet"
    folder.mkdir()
    for number in range(scores.height):
        scores.slice(number, 1).write_parquet(folder / f"part-{number:05}.parquet")
    (folder / "_SUCCESS").touch()
    record = read_record(run.path)
    write_record(run.path, record.but(files=checksums(run.path)))
    return scores, Run(run.run_id, run.as_of, run.path)


def checked(run):
    """Return the damage of a run, as text."""
    return [str(each) for each in (*damages(run), *strangers(run))]


def test_parts_are_read_in_their_order(both):
    scores, run = both
    assert scores.height > 3
    assert_frame_equal(read(run, "scores.parquet"), scores)
    assert_frame_equal(scan(run, "scores.parquet").collect(), scores)
    assert has_table(run, "scores.parquet")
    assert not has_table(run, "labels.parquet")


def test_a_part_that_is_not_of_the_run_is_not_read_but_told(both):
    scores, run = both
    scores.write_parquet(run.path / "scores.parquet/part-99999.parquet")
    assert_frame_equal(read(run, "scores.parquet"), scores)
    (found,) = checked(run)
    assert "scores.parquet/part-99999.parquet is not of this run" in found


def test_a_missing_part_is_damage(both):
    _, run = both
    (run.path / "scores.parquet/part-00001.parquet").unlink()
    with pytest.raises(DamagedRunError, match=r"scores.parquet/part-00001.parquet"):
        scan(run, "scores.parquet")
    (found,) = checked(run)
    assert "scores.parquet/part-00001.parquet" in found
