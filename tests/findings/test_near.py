"""Near and common values, and tags hidden by a separator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescore.findings import common, hidden_by_separator, is_private, near, samples_of

URLS = {"https://x.example/pricing": 1, "https://x.example/demo?a=1": 1}


def names(found):
    return [name for name, _ in found]


def test_of_addresses_the_pieces_that_begin_with_a_slash_are_common():
    assert common(URLS, pieces=True) == (("/demo", 1), ("/pricing", 1))
    assert near("/prices", URLS, pieces=True)[0] == ("/pricing", 1)


def test_of_whole_values_these_are_common():
    assert common(URLS) == (("https://x.example/demo?a=1", 1), ("https://x.example/pricing", 1))
    assert common({"a": 1, "b": 3, "c": 2, "d": 2}) == (("b", 3), ("c", 2), ("d", 2))
    assert common({"a b": 1}, pieces=True) == (("a b", 1),)


def test_a_piece_counts_the_rows_that_have_it():
    values = {"/a/b/a": 3, "/a?x=1": 2, "/b": 4}
    assert common(values, pieces=True) == (("/b", 7), ("/a", 5))


@pytest.mark.parametrize(
    ("operand", "values", "wanted"),
    [
        ("clik", {"click": 2, "open": 9}, ["click"]),
        ("VPI", {"VIP": 2}, ["VIP"]),
        ("Nobel", {"VIP": 2, "Blog": 3}, []),
        ("clicked", {"cliked": 2}, ["cliked"]),
        ("Do Not Cal", {"Do Not Call": 2}, ["Do Not Call"]),
        ("E-Mail Open", {"email_open": 1, "email_opened": 9}, ["email_open", "email_opened"]),
        ("Webinar 2025", {"Webinar 2026": 5}, []),
        ("Webinar 2025", {"webinar-2025": 5}, ["webinar-2025"]),
        ("Webinar", {"Webinar 12": 5}, []),
        ("1001", {"1002": 5, "101": 3}, []),
        ("cafe\u0301", {"CAF\u00c9": 1}, ["CAF\u00c9"]),
        ("-", {"-": 3, "a": 2}, []),
        ("", {"a": 2}, []),
        ("pricing page", {"pricing": 1, "pricing pages": 1, "pric": 9}, ["pricing pages", "pricing"]),
        ("abcdefgh", {"abcdzzzzzzzzzzzz": 1, "abczzzzzzzzzzzzz": 9}, ["abcdzzzzzzzzzzzz"]),
        ("abcdefghij", {"abcdzzzzzzzzzzzz": 1}, []),
    ],
)
def test_near(operand, values, wanted):
    assert names(near(operand, values)) == wanted


@pytest.mark.parametrize(
    ("operand", "value", "is_near"),
    [("abcde", "xbcde", True), ("abcd", "xycd", False), ("abc", "xbc", True), ("abcdef", "xycdef", False)],
)
def test_the_ratios_of_short_and_longer_operands(operand, value, is_near):
    """2 * 4 / 10 = 0.8; 2 * 2 / 8 = 0.5; under five, 2 * 2 / 6 = 0.67 is enough; 2 * 4 / 12 = 0.67 is not."""
    assert bool(near(operand, {value: 1})) is is_near


def test_ties_are_for_the_commoner_then_by_code_point():
    assert near("abcdef", {"abcdex": 1, "abcdez": 2, "abcdey": 2, "abcdew": 1}) == (
        ("abcdey", 2),
        ("abcdez", 2),
        ("abcdew", 1),
    )


def test_what_another_operand_fits_is_not_near():
    def taken(text):
        return "/pricing" in text

    assert near("/pricng", URLS, pieces=True) == (("/pricing", 1),)
    assert near("/pricng", URLS, pieces=True, taken=taken) == ()


def test_values_with_the_operand_inside_come_first():
    values = {"https://x.example/plan": 1, "https://x.example/plans": 3}
    assert near("/plan", values, pieces=True) == (
        ("https://x.example/plans", 3),
        ("https://x.example/plan", 1),
        ("/plans", 3),
    )
    assert near("/plan", values) == ()


def test_the_thousand_commonest_values_are_looked_at():
    values = {f"other {each:04}": 2 for each in range(1000)}
    assert near("clik", values | {"click": 1}) == ()
    assert near("clik", values | {"click": 3}) == (("click", 3),)
    assert near("clik", {f"zother {each:04}": 2 for each in range(1000)} | {"click": 2}) == (("click", 2),)


def test_the_rows_of_a_piece_are_those_of_all_values():
    values = {f"/articles?id={each}": 1 for each in range(3000)}
    assert common(values, pieces=True) == (("/articles", 3000),)
    assert near("/articels", values, pieces=True)[0] == ("/articles", 3000)


letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)


@given(letters, st.data())
def test_one_letter_dropped_doubled_or_swapped_is_near(word, data):
    at = data.draw(st.integers(0, len(word) - 2))
    spoilt = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    )
    assert names(near(spoilt, {word: 1})) == [word]


@pytest.mark.parametrize("separator", [";", "|", "||", ",", "*/*", "/", "\n", "\r\n"])
def test_the_separator_that_hides_a_tag(separator):
    cell = f"Blog{separator} vip "
    written = "\n" if separator.endswith("\n") else separator
    assert hidden_by_separator("VIP", {cell: 310, "Blog": 400}) == (written, cell, 310)


def test_a_piece_of_a_piece_is_no_tag():
    assert hidden_by_separator("VIP", {"VIPs;Blog": 3, "VIP": 2, "a VIP": 1}) is None


def test_of_several_cells_the_commonest_is_named():
    assert hidden_by_separator("VIP", {"VIP;a": 1, "b|VIP": 2, "VIP;c": 2}) == (";", "VIP;c", 2)


def test_samples_are_the_commonest_cells():
    cells = {"d": 1, "b": 2, "a": 2, "c": 9}
    assert samples_of(cells, "url") == ("c", "a", "b")
    assert samples_of({"x" * 41: 1, "y" * 40: 2}, "url") == ("y" * 40, "x" * 39 + "…")


@pytest.mark.parametrize(
    "column", ["email", "E-Mail", "contact_id", "Contact ID", "owner", "phone", "Company"]
)
def test_of_columns_of_people_the_shape_alone_is_shown(column):
    assert is_private(column)
    assert samples_of({"ann.lee@x.example": 1, "bob.day@y.example": 2, "1.00216E+11": 1}, column) == (
        "aaa.aaa@a.aaaaaaa",
        "9.99999a+99",
    )


def test_other_columns_are_shown():
    assert not is_private("url")
    assert not is_private("Revenue")
