"""What the statistics of a file's row groups prove of its columns, before any row is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.exports.footer import row_groups
from flamescore.exports.mapping import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.exports.footer import Bounds, RowGroup
    from flamescore.exports.model import Source
    from flamescore.exports.tables import Table


def groups_of(
    table: Table, source: Source, names: Sequence[str]
) -> tuple[tuple[RowGroup, ...], tuple[str, ...]]:
    """Return the row groups of a file, and what it calls columns whose cells it holds just as they count.

    None at all where one of them is not so, is made of several, or where the file tells nothing.
    """
    headers = mapped(table, source).headers
    inner = dict(zip(table.headers, table.inner, strict=True))
    for key, _ in table.found.parts:
        inner.pop(key, None)
    found = [inner.get(headers[name][0]) for name in names if len(headers.get(name, ())) == 1]
    plain = not any(name in source.rename or name in source.cut for name in names)
    called = tuple(each for each in found if each is not None)
    if table.frame is not None or source.null_values or not plain or len(called) != len(names):
        return (), ()
    return row_groups(table.path, called) or (), called


def between(group: RowGroup, name: str, low: int, high: int) -> bool:
    """Say whether every cell lies from `low` to before `high`, and none is missing."""
    bounds = _of(group, name)
    if bounds is None or not isinstance(bounds.low, int) or not isinstance(bounds.high, int):
        return False
    return low <= bounds.low and bounds.high < high


def never_blank(group: RowGroup, name: str) -> bool:
    """Say whether every cell is text that begins with a visible ASCII character."""
    bounds = _of(group, name)
    if bounds is None or not isinstance(bounds.low, bytes) or not isinstance(bounds.high, bytes):
        return False
    return bounds.low >= b"!" and bounds.high <= b"~"


def all_there(table: Table, source: Source, name: str) -> bool:
    """Say whether the statistics prove that no cell of a column is missing or begins with white space."""
    groups, called = groups_of(table, source, (name,))
    return bool(groups) and all(never_blank(group, called[0]) for group in groups)


def _of(group: RowGroup, name: str) -> Bounds | None:
    bounds = group.bounds.get(name)
    return bounds if bounds is not None and bounds.nulls == 0 else None
