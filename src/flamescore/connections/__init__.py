"""What lies elsewhere: databases and object stores, that exports come from and results go to."""

from __future__ import annotations

from flamescore.connections.databases import DatabaseError, read_query
from flamescore.connections.loading import TableRows, replace_rows
from flamescore.connections.mirror import Mirror, Pattern, found_objects
from flamescore.connections.objects import (
    Address,
    Bucket,
    ChangedObjectError,
    MissingObjectError,
    NoConditionsError,
    Object,
    StoreError,
)

__all__ = [
    "Address",
    "Bucket",
    "ChangedObjectError",
    "DatabaseError",
    "Mirror",
    "MissingObjectError",
    "NoConditionsError",
    "Object",
    "Pattern",
    "StoreError",
    "TableRows",
    "found_objects",
    "read_query",
    "replace_rows",
]
