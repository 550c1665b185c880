"""A source that is a database query: its rows are stored in a Parquet file and read like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.connections import read_query
from flamescore.exports.find import Found

if TYPE_CHECKING:
    from pathlib import Path

    from flamescore.exports.tempfiles import Spool
    from flamescore.project import Source


def from_database(source: Source, folder: Path, spool: Spool) -> Found:
    """Run the query now; the file with its rows goes to the spool.

    Raises:
        InputError: the database can't be reached, refuses, or has a column that can't be read.
    """
    path = spool.new()
    label = f"{source.KIND}: `{source.path}`"
    read_query(str(source.uri), str(source.query), folder, path, label=label, listed=_tags_of(source))
    state = path.stat()
    return Found(path, source.path, "parquet", state.st_size, state.st_mtime_ns)


def _tags_of(source: Source) -> str | None:
    """Return the header of the contacts' tags if it is the only one: only there does a list stay a list."""
    if source.KIND != "contacts":
        return None
    headers = source.columns.get("tags", ("tags",))
    return headers[0] if len(headers) == 1 else None
