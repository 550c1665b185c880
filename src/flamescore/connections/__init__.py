"""External systems: the databases and object stores that exports come from and results go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
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

_LATE: Final = {
    "Address": "objects",
    "Bucket": "objects",
    "ChangedObjectError": "objects",
    "DatabaseError": "databases",
    "Mirror": "mirror",
    "MissingObjectError": "objects",
    "NoConditionsError": "objects",
    "Object": "objects",
    "Pattern": "mirror",
    "StoreError": "objects",
    "TableRows": "loading",
    "found_objects": "mirror",
    "read_query": "databases",
    "replace_rows": "loading",
}
"""Names that few projects need, and their modules."""

__getattr__ = lazy_imports(__name__, _LATE)
