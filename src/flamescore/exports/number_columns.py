"""Plain-number companions for columns whose numbers are written in a declared format."""

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
    """Yield the companion columns that a file needs: plain numbers, named by the column and `NUMBER_SUFFIX`.

    A format applies only to text in the file. The numbers of a Parquet or NDJSON file are unambiguous.
    """
    for name in plan.names:
        form = number_format(name, plan) if name in names else None
        if form is not None:
            yield form.plain(as_written(name, plan, form)).alias(name + NUMBER_SUFFIX)


def as_written(name: str, plan: Plan, form: NumberFormat) -> pl.Expr:
    """Return a column as text with every number written in a format, including JSON numbers.

    Under `{decimal: ",", thousands: "."}` the JSON number `1.125` becomes `1,125`. The text `"1.125"`, which
    means 1125, is unchanged.
    """
    cell, number = plan.column(name), json_number(name, plan)
    if number is None or form.decimal == ".":
        return cell
    return pl.when(number).then(cell.str.replace(".", form.decimal, literal=True)).otherwise(cell).alias(name)


def json_number(name: str, plan: Plan) -> pl.Expr | None:
    """Return a mask of a column's JSON numbers (false or null elsewhere); None if it can't contain any."""
    marks = [pl.col(numeric_of(each)) for each in plan.headers.get(name, ()) if each in plan.table.numeric]
    return pl.any_horizontal(marks) if marks else None


def number_format(name: str, plan: Plan) -> NumberFormat | None:
    """Return the declared number format of a column; None if none is declared or the column is numeric."""
    headers = plan.headers.get(name, ())
    declared = plan.source.numbers
    if declared is None or any(plan.table.schema[each].is_numeric() for each in headers):
        return None
    return declared.of(name, *headers)


def filled(
    frame: pl.LazyFrame, schema: Mapping[str, pl.DataType], wanted: Mapping[str, object]
) -> pl.LazyFrame:
    """Add the companion columns that only other files need; in this file, the cells are plain numbers."""
    bare = (name.removesuffix(NUMBER_SUFFIX) for name in wanted if name.endswith(NUMBER_SUFFIX))
    return frame.with_columns(
        as_text(name, schema[name]).alias(name + NUMBER_SUFFIX)
        for name in bare
        if name in schema and name + NUMBER_SUFFIX not in schema
    )
