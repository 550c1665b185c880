"""Ids without a contact: the first reason that yields a match, and the column that contains the ids."""

# ruff: noqa: E501 - one message per line

import polars as pl
import pytest

from flamescore.exports.orphan_reasons import MOST, REASONS, orphan_reasons

CASE, FLOAT, ZEROS, SALESFORCE, MARKS, EMAIL = (reason.words for reason in REASONS)


def reasons(orphans, keys, **others):
    frame = pl.DataFrame(
        {"id": list(orphans), "rows": list(orphans.values())}, schema={"id": pl.String, "rows": pl.UInt32}
    )
    columns = {name: pl.Series(cells, dtype=pl.String) for name, cells in others.items()}
    return orphan_reasons(frame, pl.Series(keys, dtype=pl.String), columns)


@pytest.mark.parametrize(
    ("orphan", "key", "words"),
    [
        ("ABC", "abc", CASE),
        ("12.0", "12", FLOAT),
        ("12", "12.0", FLOAT),
        ("123", "00123", ZEROS),
        ("00123", "123", ZEROS),
        ("001D000000IRFma", "001D000000IRFmaIAH", SALESFORCE),
        ("001D000000IRFmaIAH", "001D000000IRFma", SALESFORCE),
        ("<a@x.example>", "a@x.example", MARKS),
        ("mailto:a@x.example", "a@x.example", MARKS),
        ("#1001", "1001", MARKS),
        ("1001", "[1001]", MARKS),
        ("'7'", '"7"', MARKS),
        ("a+news@x.example", "a@x.example", EMAIL),
        ("A+news@X.example", "a@x.example", EMAIL),
        ("a.b@gmail.com", "ab@gmail.com", EMAIL),
        ("a.b+c@googlemail.com", "ab@googlemail.com", EMAIL),
        ("a.b@x.example", "ab@x.example", None),
        ("12.00", "120", None),
        ("0", "00x", None),
        ("000", "", None),
        ("001D000000IRFmaI", "001D000000IRFma", None),
        ("999", "123", None),
    ],
)
def test_one_id(orphan, key, words):
    found = reasons({orphan: 3}, [key, None, ""])
    assert [(reason.words, many) for reason, many in found.found] == ([(words, 3)] if words else [])
    assert found.has_reason == (words is not None)


def test_each_id_counts_once_and_rows_are_counted():
    found = reasons({"123": 80, "ABC": 3, "124": 4, "999": 33}, ["00123", "abc", "00124", "ABc"])
    assert [(reason.words, many) for reason, many in found.found] == [(CASE, 3), (ZEROS, 84)]
    assert (found.rows, found.unexplained) == (120, 33)
    assert found.message == (
        "of 120 rows of contacts that are not in the list 84 would match without zeros at the front, 3 in another case"
    )
    assert found.cure == "export the ids as text"


def test_without_a_reason():
    found = reasons({"x": 1}, [])
    assert (found.has_reason, found.rows, found.unexplained) == (False, 1, 1)
    assert not reasons({}, ["a"]).has_reason


def test_another_column():
    mails = {"A@x.example": 1, "b@x.example": 2, "c@x.example": 3}
    found = reasons(mails, ["1", "2"], phone=["5", None], email=["a@x.example", "B@x.example", None])
    assert (found.column, found.in_column, found.has_reason, found.unexplained) == ("email", 3, True, 3)
    assert found.message == "of 6 rows of contacts that are not in the list 3 would match by `email`"
    assert found.cure == "contact_key: email"
    half = reasons({"a@x.example": 1, "b@x.example": 2, "x": 4}, ["1"], email=["a@x.example", "b@x.example"])
    assert (half.in_column, half.unexplained) == (3, 4)
    assert reasons(mails, ["1"], email=["a@x.example"]).column is None
    assert reasons({"7": 1}, ["1"], ref=["7"]).cure == "map `contact_id` to `ref`"


def test_no_more_ids_than_are_looked_at():
    many = {f"A{each}": 1 for each in range(MOST + 5)}
    assert reasons(many, [f"a{each}" for each in range(MOST + 5)]).rows == MOST
