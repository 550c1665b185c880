"""Tags of a contact in one cell: cut apart, quotes and outer separators taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cells import as_text, present

if TYPE_CHECKING:
    from flamescore.project import TagFormat

_CUT: Final = "\x1f"


def tag_list(cells: pl.Expr, dtype: pl.DataType, form: TagFormat) -> pl.Expr:
    """Return tags as List[String], trimmed, in order; a missing cell is an empty list."""
    if isinstance(dtype, pl.List):
        inner = dtype.inner
        assert isinstance(inner, pl.DataType)
        return _cleaned(cells.list.eval(as_text(pl.element(), inner)))
    separator = form.separator.strip() or form.separator
    text = as_text(cells, dtype).str.replace_all(separator, _CUT, literal=True)
    pieces = text.str.extract_all(rf'\s*"[^"]*"\s*|[^{_CUT}]+')
    return _cleaned(pieces.list.eval(_unquoted(pl.element(), separator)))


def _unquoted(piece: pl.Expr, separator: str) -> pl.Expr:
    inner = piece.str.strip_chars().str.strip_prefix('"').str.strip_suffix('"')
    return inner.str.replace_all(_CUT, separator, literal=True)


def _cleaned(tags: pl.Expr) -> pl.Expr:
    return tags.list.eval(present(pl.element())).list.drop_nulls().fill_null([])
