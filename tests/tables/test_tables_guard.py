from __future__ import annotations

import polars as pl
import pytest

from flamescore.tables.guard import guard


@pytest.mark.parametrize(
    "cell",
    [
        "=HYPERLINK(1)",
        "=1",
        "+cmd|' /C calc'!A0",
        "+A1",
        "-A1",
        "-",
        "+",
        "-1+2",
        "+1+cmd",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "+1 555 =1",
        "-1 555 010 0001",
        "+12345\n=1",
        "-5\n",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_led_by_a_quote(cell):
    assert guard(pl.DataFrame({"a": [cell]}))["a"].to_list() == [f"'{cell}"]


@pytest.mark.parametrize(
    "cell",
    [
        "-12",
        "+0.25",
        "-.5",
        "+1e-5",
        "+1 555 010 0001",
        "+1 (555) 010-0001",
        "+1.555.010.0001",
        "+49/30/123456",
        "+1 555 010 0001 x12",
        "+1 555 010 0001 ext. 12",
        "Ann = Bob",
        "a@b.example",
        "'=1",
        "",
        " =1",
        None,
    ],
)
def test_all_else_stays_as_it_is(cell):
    frame = pl.DataFrame({"a": [cell]}, schema={"a": pl.String})
    assert guard(frame).equals(frame, null_equal=True)


def test_numbers_stay_numbers_and_headers_are_cells_too():
    frame = pl.DataFrame({"=A1": ["x"], "n": [-1.5]})
    guarded = guard(frame)
    assert guarded.to_dict(as_series=False) == {"'=A1": ["x"], "n": [-1.5]}
    assert guarded.schema["n"] == pl.Float64


def test_twice_is_once():
    frame = pl.DataFrame({"a": ["=1", "-A", "x"]})
    assert guard(guard(frame)).equals(guard(frame))
