"""Accepted findings."""

from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from flamescore.errors import Where
from flamescore.findings import (
    CODES,
    Accept,
    AtMost,
    Finding,
    Severity,
    accepted,
    as_text,
    entry_to_paste,
    fails_on_warning,
    let_through,
    mapping,
    nearest_code,
    refused,
    scalar,
    strict_error,
    unused,
)

TODAY = date(2026, 11, 26)


def make(code="I131", subject="events e.csv", count=1, of=26, severity=Severity.WARNING):
    return Finding(code, severity, subject, "1 of 26 rows.", count=count, of=of)


def after(finding, *entries):
    (found,) = accepted([finding], entries, TODAY)
    return found


def test_a_warning_that_fits_is_accepted_with_the_reason():
    found = after(make(), Accept("I131", "known"))
    assert found.accepted == "known"
    assert not found.is_open


@pytest.mark.parametrize(
    ("subject", "fits"),
    [
        ("events *", True),
        ("events e.csv", True),
        ("events ?.csv", True),
        ("*", True),
        ("*.csv", True),
        ("events", False),
        ("Events e.csv", False),
        ("contacts *", False),
        ("events ??.csv", False),
    ],
)
def test_wildcards_of_the_subject(subject, fits):
    assert (after(make(), Accept("I131", "x", subject)).accepted == "x") is fits


def test_brackets_of_a_subject_stand_for_themselves():
    entry = Accept("R125", "x", "ignore[0]")
    assert after(make("R125", "ignore[0]"), entry).accepted == "x"
    assert after(make("R125", "ignore0"), entry).accepted is None


@pytest.mark.parametrize(
    ("count", "of", "most", "fits"),
    [
        (1, 26, AtMost(Decimal(1)), True),
        (2, 26, AtMost(Decimal(1)), False),
        (20, 2000, AtMost(Decimal(1), share=True), True),
        (21, 2000, AtMost(Decimal(1), share=True), False),
        (5, 2000, AtMost(Decimal("0.25"), share=True), True),
        (6, 2000, AtMost(Decimal("0.25"), share=True), False),
        (None, None, AtMost(Decimal(1)), False),
        (1, None, AtMost(Decimal(1), share=True), False),
    ],
)
def test_up_to_how_many(count, of, most, fits):
    found = after(make(count=count, of=of), Accept("I131", "x", at_most=most))
    assert found.is_open is not fits
    assert found.message.endswith(f"(accepted up to {most})") is not fits


def test_past_its_number_it_says_so():
    found = after(make(count=2), Accept("I131", "x", "events *", AtMost(Decimal(1))))
    assert as_text(found) == "events e.csv: warning I131: 1 of 26 rows. (accepted up to 1)"


@pytest.mark.parametrize(("day", "fits"), [(25, False), (26, True), (27, True)])
def test_until_holds_to_the_end_of_its_day(day, fits):
    found = after(make(), Accept("I131", "x", until=date(2026, 11, day)))
    assert found.is_open is not fits
    assert found.message.endswith(f"(accepted until 2026-11-{day})") is not fits


def test_the_first_entry_that_fits_stands():
    entries = Accept("I131", "one", "contacts *"), Accept("I131", "two"), Accept("I131", "three")
    assert after(make(), *entries).accepted == "two"
    strict = Accept("I131", "few", at_most=AtMost(Decimal(0)))
    assert after(make(), strict, *entries).is_open


def test_errors_notes_and_what_accept_let_through_stay():
    entry = Accept("I131", "x")
    for finding in (make(severity=Severity.ERROR), make(severity=Severity.NOTE), let_through(make())):
        assert after(finding, entry) == finding


def test_an_entry_that_fits_nothing_is_a_note_of_a_command_that_could_raise_it():
    place = Where("flamescore.yaml", 7, 5)
    entries = Accept("I131", "x"), Accept("I150", "x", "events z.csv", where=place), Accept("O100", "x")
    (note,) = unused([make()], entries, {"I131", "I150"})
    assert (note.code, note.severity, note.subject, note.place) == ("P110", "note", "accept[1]", place)
    assert "I150 `events z.csv`" in note.message


def test_an_entry_that_was_outgrown_or_came_second_fits_all_the_same():
    entries = Accept("I131", "x", at_most=AtMost(Decimal(0))), Accept("I131", "y")
    before = [make()]
    assert unused(before, entries, {"I131"}) == ()
    assert unused(accepted(before, entries, TODAY), entries, {"I131"}) == ()


@pytest.mark.parametrize(
    ("code", "words", "near"),
    [
        ("I13", "is not a code", "I131"),
        ("i131", "is not a code", "I131"),
        ("I126", "is a note", "I116"),
        ("I052", "is an error", None),
        ("nonsense", "is not a code", None),
        ("O000", "is information", "O100"),
    ],
)
def test_entries_that_can_never_hold(code, words, near):
    place = Where("flamescore.yaml", 7, 5)
    (wrong,) = refused([Accept("I131", "fine"), Accept(code, "x", where=place)])
    assert (wrong.code, wrong.severity, wrong.place) == ("P033", "error", place)
    assert f"`{code}` {words}" in wrong.message
    assert wrong.nearest == (() if near is None else ((near, None),))


def test_every_warning_can_be_accepted():
    warnings = [code for code, each in CODES.items() if each.severity is Severity.WARNING]
    assert refused([Accept(code, "x") for code in warnings]) == ()
    assert all(nearest_code(code) == code for code in warnings)


@given(st.text(max_size=20).filter(lambda text: not any("\ud800" <= each <= "\udfff" for each in text)))
def test_the_entry_to_paste_accepts_what_it_stands_under(subject):
    finding = make(subject=subject, count=3)
    pasted = yaml.safe_load(entry_to_paste(finding))["accept"][0]
    entry = Accept(
        pasted["code"], pasted["reason"], pasted.get("subject"), AtMost(Decimal(pasted["at_most"]))
    )
    assert after(finding, entry).accepted == "..."
    assert after(replace(finding, count=4), entry).is_open


@example("visits?")
@example("\ufffe")
@given(st.text(max_size=20).filter(lambda text: not any("\ud800" <= each <= "\udfff" for each in text)))
def test_texts_in_yaml_read_back(text):
    assert yaml.safe_load(f"{{k: [{scalar(text)}, x]}}") == {"k": [text, "x"]}
    assert yaml.safe_load(mapping({text: "[1]"})) == {text: [1]}


@pytest.mark.parametrize("text", ["click", "Do Not Call", "/pricing", "exports/visits-*.csv"])
def test_usual_texts_need_no_quotes(text):
    assert scalar(text) == text


def test_there_is_nothing_to_paste_for_notes_errors_and_what_is_accepted():
    assert entry_to_paste(make(severity=Severity.NOTE)) is None
    assert entry_to_paste(make(severity=Severity.ERROR)) is None
    assert entry_to_paste(replace(make(), accepted="x")) is None


def test_strict_stops_at_warnings_that_are_not_accepted():
    found = strict_error([make(), make("R100"), make("O100"), make("A001"), replace(make(), accepted="x")])
    assert (found.code, found.severity) == ("U016", "error")
    assert found.message == "--strict: 2 warnings stop this run."
    assert strict_error([make()]).message == "--strict: 1 warning stops this run."
    assert strict_error([make("O103"), let_through(make()), make(severity=Severity.NOTE)]) is None


def test_fail_on_warning_looks_at_all_of_them():
    assert fails_on_warning([make("O103")])
    assert not fails_on_warning([let_through(make()), make(severity=Severity.NOTE)])
