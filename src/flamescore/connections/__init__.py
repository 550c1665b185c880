"""What lies elsewhere: databases that exports are read from and tables are written to."""

from __future__ import annotations

from flamescore.connections.databases import DatabaseError, read_query
from flamescore.connections.loading import TableRows, replace_rows

__all__ = ["DatabaseError", "TableRows", "read_query", "replace_rows"]
