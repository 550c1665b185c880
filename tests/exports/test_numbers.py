"""The grammar of `numbers`, suggestions for unreadable cells, and ambiguous cells like `1.250`."""

# ruff: noqa: C901, PLR0911, PLR0912, E501 - the second implementation of the grammar is one function

import random
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.cells import NUMBER, number
from flamescore.exports.numbers import (
    AS_THEY_ARE,
    AS_THOUSANDS,
    CANDIDATES,
    cures,
    doubtful_thousands,
    like_thousands,
    suggest,
)
from flamescore.number_format import THOUSANDS, NumberFormat, Numbers, read_format, read_numbers

PLAIN = NumberFormat()
GERMAN = NumberFormat(decimal=",", thousands=".")
LEDGER = NumberFormat(thousands=",", currency=True, percent=True, parentheses=True)
SPACED = NumberFormat(decimal=",", thousands="space", currency=True, percent=True)


def read(form, *cells):
    """Return the numbers that the engine reads from the texts."""
    frame = pl.DataFrame({"c": list(cells)}, schema={"c": pl.String})
    return frame.select(number(form.plain(pl.col("c"))))["c"].to_list()


@pytest.mark.parametrize(
    ("cell", "plain", "german", "ledger"),
    [
        ("1.250", 1.25, 1250, 1.25),
        ("1,250", None, 1.25, 1250),
        ("1.234,50", None, 1234.5, None),
        ("$1,260.00", None, None, 1260),
        ("1,260.00 USD", None, None, 1260),
        ("($5)", None, None, -5),
        ("85 %", None, None, 85),
        ("1250", 1250, 1250, 1250),
    ],
)
def test_the_table(cell, plain, german, ledger):
    assert [read(form, cell)[0] for form in (PLAIN, GERMAN, LEDGER)] == [plain, german, ledger]


@pytest.mark.parametrize("form", [PLAIN, GERMAN, LEDGER, SPACED])
@pytest.mark.parametrize(
    "cell",
    ["1,2,3", "12 34", "1.000,00,0", "--5", "5-", "€", "1e3€", "١٢", "", " ", "-", "()", "(", ".", ",", "%", "1.", "+-5",
     "(5", "5)", "(-5)", "((5))", "$5€", "- 5", "5 - ", "e3", "1e", "1e3%", "1 e3", "NaN", "inf", "0x10", "1_000", "5%%",
     "USDX5", "usd5", "US5", "$$5", "5 %5", "12345,678.9.1", "1 2345"],
)  # fmt: skip
def test_what_never_reads(form, cell):
    assert read(form, cell) == [None]


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        (GERMAN, "1.25", None),
        (GERMAN, "12.34.567", None),
        (GERMAN, "1234.567", None),
        (GERMAN, "1.234.567,8", 1234567.8),
        (GERMAN, ",5", 0.5),
        (PLAIN, ".5", 0.5),
        (PLAIN, "\u22125", -5),
        (PLAIN, " +5 ", 5),
        (PLAIN, "1e3", 1000),
        (PLAIN, "-1.5E-1", -0.15),
        (PLAIN, "$5", None),
        (PLAIN, "5%", None),
        (PLAIN, "(5)", None),
        (LEDGER, "$ -5", -5),
        (LEDGER, "-$5", -5),
        (LEDGER, "-$-5", None),
        (LEDGER, "EUR 1,260", 1260),
        (LEDGER, "1,260\u00a0€", 1260),
        (LEDGER, "(1,200)", -1200),
        (LEDGER, "(5%)", -5),
        (LEDGER, "(1e3)", -1000),
        (LEDGER, "5.5%", 5.5),
        (LEDGER, "12,34", None),
        (LEDGER, "1234,567", None),
        (SPACED, "1\u202f234", 1234),
        (SPACED, "1 234\u00a0567,5 €", None),
        (SPACED, "1 234 567,5 €", 1234567.5),
        (SPACED, "1\u2009234", 1234),
        (SPACED, "12 34", None),
        (NumberFormat(thousands="'"), "1'234.5", 1234.5),
        (NumberFormat(thousands="'"), "1\u2019234.5", 1234.5),
        (NumberFormat(thousands="'"), "1\u2019234'567", None),
        (NumberFormat(thousands="_"), "1_234", 1234),
        (NumberFormat(currency=("Rs.", "Rs")), "Rs.500", 500),
        (NumberFormat(currency=("kr",)), "500 kr", 500),
        (NumberFormat(currency=("kr",)), "500 €", None),
        (NumberFormat(currency=("kr",)), "500 SEK", None),
        (PLAIN, "1000000000000", 1e12),
        (PLAIN, "1000000000001", None),
    ],
)
def test_one_cell(form, cell, value):
    assert read(form, cell) == [value]


def test_no_digit_is_lost():
    cells = pl.DataFrame({"c": ["123.456.789.012.345.678,90", None]})
    assert cells.select(GERMAN.plain(pl.col("c")))["c"].to_list() == ["123456789012345678.90", None]


MARKS = ["", *"".join(THOUSANDS.values())]
FORMATS = st.builds(
    NumberFormat,
    decimal=st.sampled_from(".,"),
    thousands=st.sampled_from([None, *THOUSANDS]),
    currency=st.sampled_from([False, True, ("€",)]),
    percent=st.booleans(),
    parentheses=st.booleans(),
).filter(lambda form: form.clash is None)


@given(form=FORMATS, thousandths=st.integers(-(10**14), 10**14), data=st.data())
def test_a_number_that_is_written_reads_back(form, thousandths, data):
    whole, part = divmod(abs(thousandths), 1000)
    decimals = f"{form.decimal}{part:03d}" if part or data.draw(st.booleans()) else ""
    grouping = data.draw(st.sampled_from(["", *(THOUSANDS[form.thousands] if form.thousands else "")]))
    text = f"{whole:,}".replace(",", grouping) + decimals
    if form.currency and data.draw(st.booleans()):
        mark, space = data.draw(st.sampled_from(["€"] if form.currency == ("€",) else ["€", "$", "USD"])), " "
        text = data.draw(st.sampled_from([f"{mark}{text}", f"{mark}{space}{text}", f"{text}{space}{mark}"]))
    if form.percent and data.draw(st.booleans()):
        text += data.draw(st.sampled_from(["%", " %"]))
    if thousandths < 0:
        brackets = form.parentheses and data.draw(st.booleans())
        text = f"({text})" if brackets else data.draw(st.sampled_from("-\u2212")) + text
    assert read(form, text) == [thousandths / 1000]


def by_the_grammar(form, cell):
    """Read a cell character by character, following the wording of the grammar."""
    rest = cell.strip()
    opened = rest.startswith("(")
    if opened != rest.endswith(")") or (opened and not form.parentheses):
        return False
    rest = rest[1:-1] if opened else rest
    signs = marks = 0
    percent = rest.endswith("%")
    if percent and not form.percent:
        return False
    rest = rest[:-1].removesuffix(" ") if percent else rest
    known = ("€",) if isinstance(form.currency, tuple) else ("€", "$", "USD", "EUR") if form.currency else ()
    for mark in known:
        if rest.endswith(mark):
            rest, marks = rest.removesuffix(mark).removesuffix(" "), marks + 1
            break
    if rest[:1] in ("+", "-", "\u2212") and rest:
        rest, signs = rest[1:], 1
    for mark in known:
        if rest.startswith(mark):
            rest, marks = rest.removeprefix(mark).removeprefix(" "), marks + 1
            break
    if rest[:1] in ("+", "-", "\u2212") and rest:
        rest, signs = rest[1:], signs + 1
    if signs > 1 or marks > 1 or (opened and signs):
        return False
    lower = rest.lower()
    if "e" in lower:
        rest, _, power = lower.partition("e")
        digits = power[1:] if power[:1] in ("+", "-") else power
        if marks or percent or not _digits(digits):
            return False
    whole, point, part = rest.partition(form.decimal)
    if point and not _digits(part):
        return False
    if not whole:
        return bool(point)
    if _digits(whole):
        return True
    for mark in THOUSANDS[form.thousands] if form.thousands else "":
        first, *groups = whole.split(mark)
        if groups and _digits(first) and len(first) <= 3 and all(_digits(g) and len(g) == 3 for g in groups):
            return True
    return False


def _digits(text):
    return text.isascii() and text.isdigit()


ALPHABET = "00123456789000111.,.,' ()%+-\u2212€eE\u2019"


@pytest.mark.parametrize(
    "form", [PLAIN, GERMAN, LEDGER, SPACED, NumberFormat(thousands="'"), NumberFormat(currency=("€",))]
)
def test_exactly_what_is_in_the_grammar_reads(form):
    dice = random.Random(5)
    cells = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 8))) for _ in range(10_000)]
    frame = pl.DataFrame({"c": cells})
    texts = frame.select(form.plain(pl.col("c")))["c"]
    assert texts.is_not_null().to_list() == [by_the_grammar(form, cell) for cell in cells]
    assert texts.drop_nulls().str.contains(NUMBER).all()
    assert 100 < len(texts.drop_nulls()) < 5_000


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            ["$1,260.00", "(20)", "15 %"],
            ['{thousands: ",", currency: true, percent: true, parentheses: true}'],
        ),
        (["1,250", None, " "], ['{thousands: ","}', '{decimal: ","}']),
        (["1,250", "980,5"], ['{decimal: ","}']),
        (["1.234,50", "7"], ['{decimal: ",", thousands: "."}']),
        (["1.234.567", "1,250"], ['{decimal: ",", thousands: "."}']),
        (["1\u202f234", "7,5 €"], ['{decimal: ",", thousands: space, currency: true}']),
        (["1'234.50"], ['{thousands: "\'"}']),
        (["85%", "15 %"], ['{thousands: ",", percent: true}']),
        (["1,250 €"], ['{thousands: ",", currency: true}', '{decimal: ",", currency: true}']),
        (["n/a", "1,250"], []),
        ([None], []),
    ],
)
def test_suggestions(cells, expected):
    assert [form.written for form in suggest(pl.Series(cells, dtype=pl.String))] == expected


@given(
    form=st.sampled_from(CANDIDATES),
    numbers=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5),
)
def test_a_suggestion_reads_every_cell(form, numbers):
    grouping = THOUSANDS[form.thousands][0] if form.thousands else ""
    cells = pl.Series([f"{each / 100:,.2f}".translate({44: grouping, 46: form.decimal}) for each in numbers])
    suggested = suggest(cells)
    assert 1 <= len(suggested) <= 2
    assert all(None not in read(each, *cells) for each in suggested)
    assert [each / 100 for each in numbers] in [read(each, *cells) for each in suggested]


def test_cures():
    assert list(cures("Close Rate", suggest(pl.Series(["1,250"])))) == [
        'numbers: {Close Rate: {thousands: ","}}',
        'numbers: {Close Rate: {decimal: ","}}',
    ]
    assert list(cures("a: b", [AS_THOUSANDS, AS_THEY_ARE])) == [
        'numbers: {"a: b": {decimal: ",", thousands: "."}}',
        'numbers: {"a: b": {decimal: "."}}',
    ]


@given(form=FORMATS)
def test_a_written_format_reads_back(form):
    import yaml  # noqa: PLC0415

    assert read_format(yaml.safe_load(form.written)) == form


@pytest.mark.parametrize(
    ("cells", "doubtful"),
    [
        (["1.250", "980", "12"], 1),
        (["1.250", "980", "7.5"], 0),
        (["1.250", "-12.500", "+1.000"], 3),
        (["1.250", "1.2500"], 0),
        (["1.250", "0.5"], 0),
        (["1.250", "12.5e3"], 0),
        (["1.250", "n/a", "1.2.3", None, ""], 1),
        (["0.250", "1234.500"], 0),
        (["980"], 0),
        ([], 0),
    ],
)
def test_cells_like_thousands(cells, doubtful):
    frame = pl.DataFrame({"c": cells}, schema={"c": pl.String})
    assert frame.select(doubtful_thousands(pl.col("c"))).item() == doubtful
    weighted = frame.with_columns(n=pl.lit(3))
    assert weighted.select(doubtful_thousands(pl.col("c"), pl.col("n"))).item() == 3 * doubtful
    if doubtful:
        assert frame.filter(like_thousands(pl.col("c"))).height == doubtful


def test_how_numbers_are_declared():
    german = NumberFormat(decimal=",", thousands=".")
    assert read_numbers({"decimal": ",", "thousands": "."}) == Numbers(every=german)
    by_column = read_numbers({"Revenue": {"decimal": ",", "thousands": "."}, "rate": {"percent": True}})
    assert by_column.of("amount", "Revenue") == german
    assert by_column.of("other") is None
    assert read_numbers({"currency": "€"}).of("any") == NumberFormat(currency=("€",))
    assert read_numbers({}) == Numbers(every=NumberFormat())


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"decimal": ",", "Revenue": {"percent": True}}, "a mixture"),
        ([1], "must be a mapping"),
        ({"decimal": ";"}, '`decimal` must be "." or ","'),
        ({"thousands": "x"}, "`thousands` must be"),
        ({"thousands": True}, "`thousands` must be"),
        ({"thousands": [","]}, "`thousands` must be"),
        ({"decimal": [","]}, "`decimal` must be"),
        ({"a": {"percent": "yes"}}, "`percent` of `a` must be `true` or `false`"),
        ({"decimals": ","}, "has the key `decimals`"),
        ({"currency": "5"}, "`currency` must be"),
        ({"currency": []}, "`currency` must be"),
        ({"currency": ["€", 5]}, "`currency` must be"),
        ({"currency": ","}, "`currency` must be"),
    ],
)
def test_what_is_no_format(value, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        read_numbers(value)


def test_marks_that_clash():
    same = read_numbers({"a": {"decimal": ",", "thousands": ","}, "b": {"thousands": "."}, "c": {}})
    assert same.clashes() == [
        (("a",), '`decimal` and `thousands` are both ","'),
        (("b",), '`decimal` and `thousands` are both "."'),
    ]
    assert read_numbers({"thousands": "."}).clashes() == [((), '`decimal` and `thousands` are both "."')]
