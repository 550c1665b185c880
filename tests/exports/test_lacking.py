"""The columns of a file, from its headers and the project file, and how to write a missing one."""

from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports.find import Found
from flamescore.exports.missing_columns import flow
from flamescore.exports.plan import plan_of
from flamescore.exports.table import Table
from flamescore.project import EventsSource
from flamescore.yaml_tree import parse

NAMES = st.sampled_from("abcd")


def table(headers: set[str]) -> Table:
    schema: dict[str, pl.DataType] = {each: pl.String() for each in sorted(headers)}
    return Table(Found(Path("f"), "f", "csv", 1, 1), Path("f"), schema, tuple(schema), tuple(schema))


@given(
    st.sets(NAMES),
    st.dictionaries(NAMES, st.lists(NAMES, min_size=1, max_size=2, unique=True).map(tuple), max_size=3),
    st.sets(NAMES, max_size=1),
    NAMES,
)
def test_a_file_has_what_is_mapped_and_what_else_it_is_not_moved_from(headers, columns, constants, column):
    constants -= set(columns)
    spec = EventsSource(path="f", columns=columns, constants=dict.fromkeys(constants, "x"))
    moved = any(each == (column,) for name, each in columns.items() if name != column)
    its_headers = {*columns.get(column, ()), *(() if moved else (column,))}
    expected = column in constants or bool(its_headers & headers)
    plan = plan_of(table(headers), spec)
    assert (column in plan) == (column in plan.names) == expected


@given(st.text(min_size=1).filter(str.isprintable))
def test_a_name_to_paste_is_read_as_it_is(text):
    parsed = parse(f"columns: {{url: [{flow(text)}, b]}}\n", "f.yaml")
    assert parsed.problems == ()
    assert parsed.document is not None
    assert parsed.document.root.plain() == {"columns": {"url": [text, "b"]}}
