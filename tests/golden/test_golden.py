"""The golden gate reports every difference, and nothing else."""

import polars as pl

from golden.gate import differences

SCORES = pl.DataFrame({"contact_id": ["1", "2"], "score": [3.0, 4.0]})


def kept(folder, *, text="a\nb\n", scores=SCORES):
    folder.mkdir()
    (folder / "report.md").write_text(text)
    scores.write_parquet(folder / "scores.parquet")
    return folder


def test_the_same_output_has_no_difference(tmp_path):
    assert differences(kept(tmp_path / "before"), kept(tmp_path / "after")) == {}


def test_a_line_and_a_cell_that_differ_are_shown(tmp_path):
    other = SCORES.with_columns(score=pl.Series([3.0, 5.0]))
    found = differences(kept(tmp_path / "before"), kept(tmp_path / "after", text="a\nc\n", scores=other))
    assert list(found) == ["report.md", "scores.parquet"]
    assert found["report.md"].splitlines()[1:] == ["-b", "+c"]
    assert found["scores.parquet"].startswith("2 rows -> 2; 1 gone, 1 new\n")


def test_a_file_that_is_gone_or_new_is_named(tmp_path):
    before, after = kept(tmp_path / "before"), kept(tmp_path / "after")
    (before / "report.md").unlink()
    (after / "scores.parquet").unlink()
    assert differences(before, after) == {"report.md": "only now", "scores.parquet": "not any more"}
