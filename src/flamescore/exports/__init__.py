"""From files to clean frames: finding, reading, validating, rejecting."""

from __future__ import annotations

from flamescore.exports.date_columns import IsoText
from flamescore.exports.find import kind_of, match
from flamescore.exports.gaps import Gap, check_exclude, gaps_of, unused_of
from flamescore.exports.given_frames import Table, as_frame
from flamescore.exports.list_columns import stored_items
from flamescore.exports.load import from_frames, load, readable, with_asked
from flamescore.exports.opening import Opened, survey
from flamescore.exports.setting_values import SettingValue, Unused
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
    "MOST_TIMES",
    "UTC_ZONE",
    "Gap",
    "IsoText",
    "ListFiles",
    "Opened",
    "SettingValue",
    "Spool",
    "Table",
    "Times",
    "Unmapped",
    "Unused",
    "as_frame",
    "check_exclude",
    "delete_leftovers",
    "from_frames",
    "gaps_of",
    "kind_of",
    "list_hash",
    "load",
    "match",
    "open_unmapped",
    "readable",
    "share_of_times",
    "stored_items",
    "survey",
    "times_of_all",
    "unused_of",
    "with_asked",
]
