"""The tables of a run: what stands in each, and writing them so that the same frames give the same bytes."""

from __future__ import annotations

from flamescore.tables.changes import with_people, with_why, write_changes
from flamescore.tables.formula_guard import guard
from flamescore.tables.hot import list_file
from flamescore.tables.keep import absent
from flamescore.tables.opportunities import write_opportunities
from flamescore.tables.parquet import write_parquet
from flamescore.tables.reasons import strongest
from flamescore.tables.summary import Flames, Summary, summaries
from flamescore.tables.words import flat, local_time, whole_percent
from flamescore.tables.write import TableSettings, write_tables

__all__ = [
    "Flames",
    "Summary",
    "TableSettings",
    "absent",
    "flat",
    "guard",
    "list_file",
    "local_time",
    "strongest",
    "summaries",
    "whole_percent",
    "with_people",
    "with_why",
    "write_changes",
    "write_opportunities",
    "write_parquet",
    "write_tables",
]
