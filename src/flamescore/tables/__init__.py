"""The tables of a run: their contents, and how they are written so that equal frames give equal bytes."""

from __future__ import annotations

from flamescore.tables.accounts import write_accounts
from flamescore.tables.call_list import as_read, columns_of_call_list
from flamescore.tables.changes import (
    PARTS,
    with_people,
    with_people_of_run,
    with_why,
    with_why_of_ledgers,
    write_changes,
)
from flamescore.tables.columns import (
    ACCOUNT_KEY,
    HOT_SINCE,
    MOVED,
    ROUTED,
    absent,
    flat,
    free_name,
    kept,
    local_time,
    points_as_text,
    whole_percent,
)
from flamescore.tables.formula_guard import guard
from flamescore.tables.hot_leads import hot_list, list_file
from flamescore.tables.labels import label_columns
from flamescore.tables.opportunities import write_opportunities
from flamescore.tables.reasons import as_reasons, reason, strongest, with_names, worded_reasons
from flamescore.tables.routed import write_routed
from flamescore.tables.segments import FOLDER as LISTS_FOLDER
from flamescore.tables.segments import ListedSegment
from flamescore.tables.write import (
    WRITERS,
    TableSettings,
    write_csv,
    write_parquet,
    write_rejects,
    write_tables,
)

__all__ = [
    "ACCOUNT_KEY",
    "HOT_SINCE",
    "LISTS_FOLDER",
    "MOVED",
    "PARTS",
    "ROUTED",
    "WRITERS",
    "ListedSegment",
    "TableSettings",
    "absent",
    "as_read",
    "as_reasons",
    "columns_of_call_list",
    "flat",
    "free_name",
    "guard",
    "hot_list",
    "kept",
    "label_columns",
    "list_file",
    "local_time",
    "points_as_text",
    "reason",
    "strongest",
    "whole_percent",
    "with_names",
    "with_people",
    "with_people_of_run",
    "with_why",
    "with_why_of_ledgers",
    "worded_reasons",
    "write_accounts",
    "write_changes",
    "write_csv",
    "write_opportunities",
    "write_parquet",
    "write_rejects",
    "write_routed",
    "write_tables",
]
