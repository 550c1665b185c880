"""Which files lack a column is what `mapped` says of their names, found without its work."""

from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flamescore.exports import Table, without_column
from flamescore.exports.find import Found
from flamescore.exports.lacking import flow
from flamescore.exports.mapping import mapped
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
def test_a_file_lacks_a_column_that_is_none_of_its_names(headers, columns, constants, column):
    constants -= set(columns)
    spec = EventsSource(path="f", columns=columns, constants=dict.fromkeys(constants, "x"))
    one = table(headers)
    assert (without_column(column, [one], spec) == []) == (column in mapped(one, spec).names)


@given(st.text(min_size=1).filter(str.isprintable))
def test_a_name_to_paste_is_read_as_it_is(text):
    parsed = parse(f"columns: {{url: [{flow(text)}, b]}}\n", "f.yaml")
    assert parsed.problems == ()
    assert parsed.document is not None
    assert parsed.document.root.plain() == {"columns": {"url": [text, "b"]}}
