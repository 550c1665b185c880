"""Turn export files into clean frames: find, read and validate them, and reject bad rows."""

from __future__ import annotations

from flamescore.exports.by_file import (
    FileOutcome,
    Reading,
    columns_of_frames,
    contacts_by_file,
    events_by_file,
    files_of,
    history_by_file,
    keys_by_file,
    merged_column,
    repeated_by,
    schema_by_file,
    schema_of_files,
    source_of_file,
    source_of_frame,
)
from flamescore.exports.contacts import ROW as PLACE
from flamescore.exports.contacts import Merged, Split, links, resolve
from flamescore.exports.date_columns import IsoText
from flamescore.exports.dedupe import Keys
from flamescore.exports.find import Found, kind_of, match
from flamescore.exports.gaps import Gap, check_exclude, gaps_of, unused_of
from flamescore.exports.given_frames import Table, as_frame
from flamescore.exports.list_columns import stored_items
from flamescore.exports.load import from_frames, load, readable, with_path_columns
from flamescore.exports.opening import Opened, OpenSource, survey
from flamescore.exports.records import KEPT
from flamescore.exports.rejects import ranked_reasons
from flamescore.exports.setting_values import SettingValue, Unused
from flamescore.exports.source_findings import rejected_rows
from flamescore.exports.tempfiles import Spool, delete_leftovers
from flamescore.exports.times import UTC_ZONE
from flamescore.exports.unmapped import (
    MOST_TIMES,
    Times,
    Unmapped,
    open_unmapped,
    share_of_times,
    times_of_all,
)
from flamescore.exports.value_lists import ListFiles, list_hash

__all__ = [
    "KEPT",
    "MOST_TIMES",
    "PLACE",
    "UTC_ZONE",
    "FileOutcome",
    "Found",
    "Gap",
    "IsoText",
    "Keys",
    "ListFiles",
    "Merged",
    "OpenSource",
    "Opened",
    "Reading",
    "SettingValue",
    "Split",
    "Spool",
    "Table",
    "Times",
    "Unmapped",
    "Unused",
    "as_frame",
    "check_exclude",
    "columns_of_frames",
    "contacts_by_file",
    "delete_leftovers",
    "events_by_file",
    "files_of",
    "from_frames",
    "gaps_of",
    "history_by_file",
    "keys_by_file",
    "kind_of",
    "links",
    "list_hash",
    "load",
    "match",
    "merged_column",
    "open_unmapped",
    "ranked_reasons",
    "readable",
    "rejected_rows",
    "repeated_by",
    "resolve",
    "schema_by_file",
    "schema_of_files",
    "share_of_times",
    "source_of_file",
    "source_of_frame",
    "stored_items",
    "survey",
    "times_of_all",
    "unused_of",
    "with_path_columns",
]
