"""Lists of contacts that every run has: who is in them, since when, who came in and who went out."""

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
