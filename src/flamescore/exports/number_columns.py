"""Numbers that are written in a way of their own: plain ones, beside the cells themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import as_text
from flamescore.exports.ndjson import numeric_of
from flamescore.frames import NUMBER_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.exports.plan import Plan
    from flamescore.number_format import NumberFormat


def number_columns(names: frozenset[str], plan: Plan) -> Iterator[pl.Expr]:
    """Yield the companions that columns of a file need: plain numbers under the name and `NUMBER_SUFFIX`.

    Only what is text in the file is read by a format: a number of a Parquet or NDJSON file says what it is.
    """
    for name in plan.names:
        form = number_format(name, plan) if name in names else None
        if form is not None:
            yield form.plain(as_written(name, plan, form)).alias(name + NUMBER_SUFFIX)


def as_written(name: str, plan: Plan, form: NumberFormat) -> pl.Expr:
    """Return a column as text in which every number is written by a format, a JSON number too.

    Under `{decimal: ",", thousands: "."}` the JSON number `1.125` is `1,125`; the text `"1.125"`, which is
    1125, stays.
    """
    cell, number = plan.column(name), json_number(name, plan)
    if number is None or form.decimal == ".":
        return cell
    return pl.when(number).then(cell.str.replace(".", form.decimal, literal=True)).otherwise(cell).alias(name)


def json_number(name: str, plan: Plan) -> pl.Expr | None:
    """Say which cells of a column are JSON numbers (false or null where not); None where none can be."""
    marks = [pl.col(numeric_of(each)) for each in plan.headers.get(name, ()) if each in plan.table.numeric]
    return pl.any_horizontal(marks) if marks else None


def number_format(name: str, plan: Plan) -> NumberFormat | None:
    """Return how the numbers of a column are written; None where nothing is declared, or it is no text."""
    headers = plan.headers.get(name, ())
    declared = plan.source.numbers
    if declared is None or any(plan.table.schema[each].is_numeric() for each in headers):
        return None
    return declared.of(name, *headers)


def filled(
    frame: pl.LazyFrame, schema: Mapping[str, pl.DataType], wanted: Mapping[str, object]
) -> pl.LazyFrame:
    """Give rows of a file the companions that only other files need: their cells are plain numbers."""
    bare = (name.removesuffix(NUMBER_SUFFIX) for name in wanted if name.endswith(NUMBER_SUFFIX))
    return frame.with_columns(
        as_text(name, schema[name]).alias(name + NUMBER_SUFFIX)
        for name in bare
        if name in schema and name + NUMBER_SUFFIX not in schema
    )
