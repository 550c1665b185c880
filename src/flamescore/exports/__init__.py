"""From files to clean frames: finding, reading, validating, rejecting."""

from __future__ import annotations

from flamescore.exports.date_columns import IsoText
from flamescore.exports.examine import types_in
from flamescore.exports.frames_in import from_frames
from flamescore.exports.lacking import Lack, lack_of, quoted, respelled, shown, without_column
from flamescore.exports.loading import load, readable
from flamescore.exports.mapping import key_column
from flamescore.exports.opening import Opened, OpenSource, survey
from flamescore.exports.table import Table
from flamescore.exports.tempfiles import delete_leftovers
from flamescore.exports.times import UTC_ZONE
from flamescore.exports.unmapped import mapped_by_hand, references

__all__ = [
    "UTC_ZONE",
    "IsoText",
    "Lack",
    "OpenSource",
    "Opened",
    "Table",
    "delete_leftovers",
    "from_frames",
    "key_column",
    "lack_of",
    "load",
    "mapped_by_hand",
    "quoted",
    "readable",
    "references",
    "respelled",
    "shown",
    "survey",
    "types_in",
    "without_column",
]
