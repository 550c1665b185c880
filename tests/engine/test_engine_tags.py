from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from by_rule import bound
from flamescore.engine import UNDATED, Clock, prepare
from flamescore.frames import TAG_HISTORY, Exports
from flamescore.rules import TagMatch

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)
CLOCK = Clock(AS_OF, ZoneInfo("UTC"))
BOOK, _ = bound("      - {name: Any, tag: any, points: 1}\n")


def tags_of(contacts, history):
    return prepare(BOOK, Exports(contacts, tag_history=history), CLOCK).tags


def tags(listed, history=()):
    """Compute the tags of contacts 0, 1, ... from lists and entries (contact, tag, days ago, action)."""
    schema = {"contact_id": pl.String, "tags": pl.List(pl.String)}
    contacts = pl.DataFrame(
        {"contact_id": [str(n) for n in range(len(listed))], "tags": listed}, schema=schema
    )
    rows = [(who, tag, AS_OF - timedelta(days=age), action) for who, tag, age, action in history]
    return tags_of(contacts, pl.DataFrame(rows, schema=TAG_HISTORY, orient="row"))


def any_of(*names):
    return TagMatch("any", names)


def has(found, match):
    return "".join("+" if each else "-" for each in found.has(match))


def ages(found, match):
    """Return the age in days of each contact's tag; None if undated."""
    return [None if at == UNDATED else (CLOCK.now - at) / 86_400 for at in found.applied_at(match).tolist()]


def test_tags_of_the_list_compare_folded():
    found = tags([["New Lead", "x"], [" new lead\u00a0"], ["CAFE\u0301"], [], None, ["", None]])
    assert has(found, any_of("NEW LEAD ")) == "++----"
    assert has(found, any_of("café")) == "--+---"
    assert has(found, any_of("x", "Café")) == "+-+---"
    assert found.disagree == 0


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (TagMatch("all", ("a", "B")), "+---"),
        (TagMatch("all", ("a", "A ")), "++--"),
        (TagMatch("all", ("a",)), "++--"),
        (TagMatch("any", ("a", "b")), "+++-"),
        (TagMatch("like", ("?",)), "+++-"),
        (TagMatch("like", ("prospect*",)), "---+"),
        (TagMatch("like", ("*west", "b")), "+-++"),
        (TagMatch("like", ("rospect",)), "----"),
        (TagMatch("like", ("*o?p*",)), "---+"),
        (TagMatch("like", ("*",)), "++++"),
        (TagMatch("like", ("p.*",)), "----"),
        (TagMatch("like", ("a|b",)), "----"),
    ],
)
def test_forms(match, expected):
    found = tags([["a", "b"], ["A"], ["b", "c" * 2], ["Prosp ect West", "prospect: West"]])
    assert has(found, match) == expected


def test_a_star_also_stands_for_the_end_of_a_line():
    assert has(tags([["a\nb"], ["ab"]]), TagMatch("like", ("a?b",))) == "+-"
    assert has(tags([["a\nb"], ["ab"]]), TagMatch("like", ("a*b",))) == "++"


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], "+"),
        ([(1, "applied")], "+"),
        ([(1, "removed")], "-"),
        ([(2, "applied"), (1, "removed")], "-"),
        ([(1, "removed"), (2, "applied")], "-"),
        ([(2, "removed"), (1, "applied")], "+"),
        ([(1, "applied"), (1, "removed")], "-"),
        ([(1, "removed"), (1, "applied")], "+"),
        ([(0, "applied")], "+"),
        ([(-1, "applied")], "-"),
        ([(-1, "removed")], "-"),
        ([(1, "applied"), (-1, "removed")], "+"),
    ],
)
def test_the_history_alone_decides_where_it_has_any_entry(history, expected):
    found = tags([["a"]], [("0", " A", age, action) for age, action in history])
    assert has(found, any_of("a")) == expected


def test_the_history_is_of_one_contact_and_tag():
    found = tags(
        [["a", "b"], ["a"]], [("0", "a", 1, "removed"), ("9", "a", 1, "applied"), ("1", " ", 1, "applied")]
    )
    assert has(found, any_of("a")) == "-+"
    assert has(found, any_of("b")) == "+-"


def test_the_age_is_that_of_the_latest_application_of_those_that_have_a_date():
    history = [
        ("0", "a", 9, "applied"),
        ("0", "a", 4, "applied"),
        ("0", "b", 7, "applied"),
        ("1", "b", 7, "applied"),
        ("1", "b", 2, "removed"),
        ("2", "a", 5, "applied"),
        ("2", "a", -5, "applied"),
    ]
    found = tags([["c"], ["a"], []], history)
    assert ages(found, any_of("a")) == [4.0, None, 5.0]
    assert ages(found, any_of("a", "b", "c")) == [4.0, None, 5.0]
    assert ages(found, any_of("b")) == [7.0, None, None]
    assert has(found, any_of("a", "b", "c")) == "+++"


def test_where_list_and_history_disagree_as_of_the_last_entry():
    assert tags([["a"]], [("0", "A", 1, "applied")]).disagree == 0
    assert tags([["a"]], [("0", "a", 1, "removed")]).disagree == 1
    assert tags([[]], [("0", "a", 1, "applied")]).disagree == 1
    assert tags([[]], [("0", "a", 1, "applied"), ("0", "a", -1, "removed")]).disagree == 0
    assert tags([["a"]], [("0", "a", 2, "applied"), ("0", "a", 2, "removed")]).disagree == 1
    assert tags([["a"], ["b"]], [("0", "b", 1, "applied"), ("1", "a", 1, "applied")]).disagree == 2


def test_contacts_without_tags_have_none():
    found = tags_of(pl.DataFrame({"contact_id": ["1", "2"]}), None)
    assert has(found, any_of("a")) == "--"
