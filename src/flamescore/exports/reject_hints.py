"""Describe rejected cells: times that don't parse, with formats that would, and rounded ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

_SKIPPED: Final = "skip_spaces: true"


class RejectHints(Struct, frozen=True):
    """What follows the message of an error: a sentence, separate lines, and YAML to paste."""

    text: str = ""
    lines: tuple[str, ...] = ()
    cure: str | None = None
    others: tuple[str, ...] = ()

    def with_skipping(self) -> RejectHints:
        """Return the hints with `skip_spaces` added, which fixes records whose quotes follow a space."""
        text = f"{self.text} Blanks before the quotes make them stray: `skip_spaces: true` skips them."
        if self.cure is None:
            return replace(self, text=text, cure=_SKIPPED)
        return replace(self, text=text, others=(*self.others, _SKIPPED))


def unread_times(batches: Iterable[pl.Series], declared: Sequence[str]) -> RejectHints:
    """Return a line for each shape of the cells of `at` that don't parse, and a cure that parses them.

    `declared` are the formats that the source already has.
    """
    from flamescore.exports.time_suggestions import UnreadTimes, cure, lines  # noqa: PLC0415 - only if times don't parse

    found = UnreadTimes()
    for cells in batches:
        found.add(cells)
    shapes = found.shapes()
    return RejectHints(lines=tuple(lines(shapes)), cure=cure(shapes, declared=declared))


def rounded_ids(ids: pl.Series, many: int, rows: int) -> str:
    """Return a sentence on `many` ids of `rows` that a spreadsheet rounded, with their most common shape.

    An id such as `1.00216E+11` may belong to a hundred people, who must never share a score.
    """
    shaped = ids.str.strip_chars().str.replace_all(r"[0-9]", "9").str.replace_all(r"[a-zA-Z]", "a")
    shape = min(shaped.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))[0]
    what = f"{many:,} of {rows:,} ids {'is' if many == 1 else 'are'} written like {shape}"
    return (
        f" {what}: a spreadsheet rounded {'it' if many == 1 else 'them'}. Export again, with the ids as text."
    )
