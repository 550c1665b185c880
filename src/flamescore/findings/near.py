"""Names and values near one that does not exist, common ones, and the separator that hides a tag.

operand     values                                       near
/prices     https://x.example/pricing (85), ... (2310)   /pricing (85): same beginning, `/pric`
VPI         VIP (12), Blog (310)                         VIP (12): a ratio of 0.67, and under 5 characters
do not cal  Do Not Call (40)                             Do Not Call (40)
e-mail      email (7)                                    email (7): equal without the `-`
Call 2025   Call 2026 (9)                                none: only digits differ
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from flamescore.findings.finding import MOST
from flamescore.text import WHITE_SPACE, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LOOKED_AT: Final = 1_000
"""Number of distinct values to examine, the most common ones."""

SEPARATORS: Final = (";", "||", "|", ",", "*/*", "/", "\n")
"""Possible separators of the tags in a cell; those that contain another one precede it."""

_BEGINS_ALIKE: Final = 4
_SHORT: Final = 5
_RATIO, _RATIO_OF_SHORT = 0.7, 0.6
_IGNORED: Final = str.maketrans("", "", f"{WHITE_SPACE}-_")
_PIECE: Final = re.compile(r"[/?&=#.@]?[\w-]+")
_PATH: Final = re.compile(r"(?<!/)/[\w-]+")
"""A piece of a path. In `https://x.example/pricing`, `/x` is not a piece: it belongs to the host."""

Values = tuple[tuple[str, int], ...]
"""Distinct values with their row counts."""


def near(
    operand: str,
    values: Mapping[str, int],
    *,
    pieces: bool = False,
    taken: Callable[[str], bool] | None = None,
) -> Values:
    """Return up to three of the values that are nearest to an operand, nearest first, with row counts.

    `values` are the distinct ones with their row counts; the 1,000 most common are examined, ties by code
    point. Values for which `taken` is true are skipped, since another operand of the same list already
    matches them. With `pieces`, for `contains`, `starts_with` and `ends_with`, pieces of values are also
    examined, with the number of rows that have them, and values that contain the operand come first. Letter
    case, white space, `-` and `_` are ignored. Then come values that are equal, those that share a beginning
    of at least four characters and half of the operand, and those with a `difflib` ratio of at least 0.7 (0.6
    for operands under five characters). Ties go to the more common value, then by code point. Values that
    differ only in digits are not near.
    """
    wanted = _squeezed(operand)
    if not wanted:
        return ()
    whole = _commonest(values)
    candidates = dict(whole)
    if pieces:
        found = _pieces(_PIECE, whole)
        candidates |= {piece: many for piece, many in found.items() if fold(piece) != fold(operand)}
    inside = {text for text, _ in whole if pieces and wanted in _squeezed(text)}
    judge = _Judge(wanted)
    ranked: list[tuple[tuple[int, float], int, str]] = []
    for text, many in candidates.items():
        rank = (0, 0.0) if text in inside else judge.rank(_squeezed(text))
        if rank is not None and (taken is None or not taken(text)):
            ranked.append((rank, -many, text))
    nearest = [text for _, _, text in sorted(ranked)[:MOST]]
    rows = _pieces(_PIECE, _holding(nearest, values)) if pieces else Counter[str]()
    return tuple((text, max(rows[text], values.get(text, 0))) for text in nearest)


def common(values: Mapping[str, int], *, pieces: bool = False) -> Values:
    """Return the three most common values with their row counts, ties by code point.

    With `pieces`, they are pieces that begin with `/`, if the values have any.
    """
    paths = _pieces(_PATH, values.items()) if pieces else Counter[str]()
    return _first((paths or values).items(), MOST)


def hidden_by_separator(tag: str, tags: Mapping[str, int]) -> tuple[str, str, int] | None:
    """Return the separator that would split a tag from others in a cell, the cell, and its row count.

    Among several cells, the most common one is returned, ties by code point; None if the tag is not a whole
    piece of any. Tags compare as rules compare them.
    """
    wanted = fold(tag)
    for cell, many in _first(tags.items(), len(tags)):
        for separator in SEPARATORS:
            if any(fold(piece) == wanted for piece in _parted(cell, separator)):
                return separator, cell, many
    return None


class _Judge:
    """A ranking of texts by how near they are to one."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self._bare = _without_digits(wanted)
        self._ratio = _RATIO_OF_SHORT if len(wanted) < _SHORT else _RATIO
        self._matcher = SequenceMatcher(autojunk=False)
        self._matcher.set_seq2(wanted)

    def rank(self, text: str) -> tuple[int, float] | None:
        """Return a sort key, lowest first, or None if a text is not near."""
        if text == self._wanted:
            return 1, 0.0
        if not text or _without_digits(text) == self._bare:
            return None
        alike = _begin_alike(text, self._wanted)
        if alike >= _BEGINS_ALIKE and 2 * alike >= len(self._wanted):
            return 2, float(-alike)
        self._matcher.set_seq1(text)
        if self._matcher.real_quick_ratio() < self._ratio or self._matcher.quick_ratio() < self._ratio:
            return None
        ratio = self._matcher.ratio()
        return (3, -ratio) if ratio >= self._ratio else None


def _squeezed(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower().translate(_IGNORED)


def _without_digits(text: str) -> str:
    return "".join(each for each in text if not each.isdigit())


def _begin_alike(one: str, other: str) -> int:
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same


def _commonest(values: Mapping[str, int]) -> Values:
    return _first(values.items(), LOOKED_AT)


def _first(values: Iterable[tuple[str, int]], most: int) -> Values:
    return tuple(nsmallest(most, values, key=lambda each: (-each[1], each[0])))


def _pieces(pattern: re.Pattern[str], values: Iterable[tuple[str, int]]) -> Counter[str]:
    """Count the rows that have each piece; a piece that a value contains twice counts once."""
    found: Counter[str] = Counter()
    for text, many in values:
        for piece in set(pattern.findall(text)):
            found[piece] += many
    return found


def _holding(texts: Iterable[str], values: Mapping[str, int]) -> Values:
    """Return the values that contain at least one of the texts."""
    wanted = tuple(texts)
    return tuple((value, many) for value, many in values.items() if any(text in value for text in wanted))


def _parted(cell: str, separator: str) -> tuple[str, ...]:
    """Return the pieces of a cell; empty if the separator does not split it."""
    pieces = cell.splitlines() if separator == "\n" else cell.split(separator)
    return tuple(pieces) if len(pieces) > 1 else ()
