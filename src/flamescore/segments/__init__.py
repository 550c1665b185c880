"""Segments, the lists of contacts of every run: their members, since when, and who entered and left."""

from __future__ import annotations

from flamescore.segments.definitions import definition, definition_of_hot, digest
from flamescore.segments.following import Followed, followed, in_file_order, merged_into, unfollowed
from flamescore.segments.membership import Members, Segments, segments_of

__all__ = [
    "Followed",
    "Members",
    "Segments",
    "definition",
    "definition_of_hot",
    "digest",
    "followed",
    "in_file_order",
    "merged_into",
    "segments_of",
    "unfollowed",
]
