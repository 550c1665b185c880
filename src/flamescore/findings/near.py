"""Names and values near one that nobody has, the commonest ones, and the separator that hides a tag.

operand     values                                       near
/prices     https://x.example/pricing (85), ... (2310)   /pricing (85): it begins alike, `/pric`
VPI         VIP (12), Blog (310)                         VIP (12): a ratio of 0.67, and under 5 characters
do not cal  Do Not Call (40)                             Do Not Call (40)
e-mail      email (7)                                    email (7): equal without the `-`
Call 2025   Call 2026 (9)                                none: digits alone differ
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
"""The commonest distinct values that are looked at."""

SEPARATORS: Final = (";", "||", "|", ",", "*/*", "/", "\n")
"""What may stand between tags of a cell; those that hold another come before it."""

_BEGINS_ALIKE: Final = 4
_SHORT: Final = 5
_RATIO, _RATIO_OF_SHORT = 0.7, 0.6
_IGNORED: Final = str.maketrans("", "", f"{WHITE_SPACE}-_")
_PIECE: Final = re.compile(r"[/?&=#.@]?[\w-]+")
_PATH: Final = re.compile(r"(?<!/)/[\w-]+")
"""A piece of a path: `/x` of `https://x.example/pricing` is none, it is the host."""

Values = tuple[tuple[str, int], ...]
"""Distinct values with how many rows have each."""


def near(
    operand: str,
    values: Mapping[str, int],
    *,
    pieces: bool = False,
    taken: Callable[[str], bool] | None = None,
) -> Values:
    """Return the three nearest of the values at most, the nearest first, with how many rows have each.

    `values` are the distinct ones with their rows; the 1,000 commonest are looked at, ties by code point.
    What `taken` holds for is left out: what another operand of the same list fits already. With `pieces`, for
    `contains`, `starts_with` and `ends_with`, pieces of values are looked at too, with the rows that have
    them, and values with the operand inside come first. Letter case, white space, `-` and `_` make no
    difference; then come those that are equal, those that begin alike for at least four characters and half
    of the operand, and those of a `difflib` ratio of 0.7 (0.6 for operands under five characters), ties the
    commoner first, then by code point. Two that differ in digits alone are not near.
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
    """Return the three commonest values with their rows, ties by code point.

    With `pieces` they are pieces that begin with `/`, where values have such.
    """
    paths = _pieces(_PATH, values.items()) if pieces else Counter[str]()
    return _first((paths or values).items(), MOST)


def hidden_by_separator(tag: str, tags: Mapping[str, int]) -> tuple[str, str, int] | None:
    """Return the separator that would part a tag from others of a cell, the cell, and how many have it.

    Of several cells the commonest, ties by code point; None where the tag is a whole piece of none. Tags
    compare as rules compare them.
    """
    wanted = fold(tag)
    for cell, many in _first(tags.items(), len(tags)):
        for separator in SEPARATORS:
            if any(fold(piece) == wanted for piece in _parted(cell, separator)):
                return separator, cell, many
    return None


class _Judge:
    """Ranks texts by how near they are to one."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self._bare = _without_digits(wanted)
        self._ratio = _RATIO_OF_SHORT if len(wanted) < _SHORT else _RATIO
        self._matcher = SequenceMatcher(autojunk=False)
        self._matcher.set_seq2(wanted)

    def rank(self, text: str) -> tuple[int, float] | None:
        """Return a rank to sort by, lowest first, or None where a text is not near."""
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
    """Count the rows that have each piece; a piece that a value has twice counts once."""
    found: Counter[str] = Counter()
    for text, many in values:
        for piece in set(pattern.findall(text)):
            found[piece] += many
    return found


def _holding(texts: Iterable[str], values: Mapping[str, int]) -> Values:
    """Return the values that have one of the texts somewhere inside them."""
    wanted = tuple(texts)
    return tuple((value, many) for value, many in values.items() if any(text in value for text in wanted))


def _parted(cell: str, separator: str) -> tuple[str, ...]:
    """Return the pieces of a cell; none where the separator parts nothing."""
    pieces = cell.splitlines() if separator == "\n" else cell.split(separator)
    return tuple(pieces) if len(pieces) > 1 else ()
