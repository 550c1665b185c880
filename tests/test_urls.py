from __future__ import annotations

import polars as pl
import pytest

from flamescore.frames import REJECTS
from flamescore.tables import TableSettings, write_tables
from flamescore.text import without_credentials
from tables.by_hand import scored


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("s3://key:secret@bucket/a*.csv", "s3://bucket/a*.csv"),
        ("s3://key:sec/ret+@x@bucket/a.csv", "s3://bucket/a.csv"),
        ("https://token@host/a.csv", "https://host/a.csv"),
        ("https://host/a.csv?X-Amz-Signature=abc&x=y", "https://host/a.csv"),
        ("https://host/a.csv#token=abc", "https://host/a.csv"),
        ("https://u:p?w@host/a.csv", "https://..."),
        ("https://host:8080/a.csv", "https://host:8080/a.csv"),
        ("https://[::1]:8080/a.csv", "https://[::1]:8080/a.csv"),
        ("s3://bucket", "s3://bucket"),
        ("https://host/@home/a.csv", "https://host/@home/a.csv"),
        ("older: 's3://k:s@b/a.csv?x=1' and ftp://u:p@h/b", "older: 's3://b/a.csv' and ftp://h/b"),
        ("exports/a?b@c.csv", "exports/a?b@c.csv"),
        ("", ""),
    ],
)
def test_credentials_are_cut(text, clean):
    assert without_credentials(text) == clean


def test_rejects_tell_their_source_without_credentials(tmp_path):
    rows = [("s3://k:s@b/a.csv?x=1", 1, 2, "short", "m", "s3://k:s@b"), (None, 1, 2, "short", "m", "r")]
    rejects = pl.DataFrame(rows, schema=REJECTS, orient="row")
    write_tables(tmp_path, scored(), rejects, TableSettings())
    assert (tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "s3://b/a.csv,1,2,short,m,s3://k:s@b",
        ",1,2,short,m,r",
    ]
