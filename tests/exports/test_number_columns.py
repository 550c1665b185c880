"""Declared `numbers`: what rules, points and times read from columns in any file format."""

import polars as pl
import pytest

from flamescore.columns import NumberColumns
from flamescore.frames import NUMBER_SUFFIX

CONTACTS = "contacts: [{path: contacts.csv, %s}]\n"
AMOUNT = "amount" + NUMBER_SUFFIX


def test_only_columns_that_are_asked_for_numbers_have_a_companion(with_contacts):
    with_contacts.write("contacts.csv", "contact_id;size;fee;note\n1;1.250;\u20ac 5;1.000\n2;x;;\n")
    text = CONTACTS % "numbers: {decimal: ',', thousands: '.', currency: true}"
    loaded = with_contacts.load(text, numbers=NumberColumns(contacts=frozenset({"size", "fee"})))
    assert loaded.contacts["size"].to_list() == ["1.250", "x"]
    assert loaded.contacts["size" + NUMBER_SUFFIX].to_list() == ["1250", None]
    assert loaded.contacts["fee" + NUMBER_SUFFIX].to_list() == ["5", None]
    assert "note" + NUMBER_SUFFIX not in loaded.contacts.columns


def test_a_column_is_named_by_its_header_or_its_name(with_contacts):
    with_contacts.write("contacts.csv", 'contact_id,Size in m,fee\n1,"1,250","1,250"\n')
    for key in ("Size in m", "size"):
        text = CONTACTS % f"columns: {{size: Size in m}}, numbers: {{{key}: {{thousands: ','}}}}"
        loaded = with_contacts.load(text, numbers=NumberColumns(contacts=frozenset({"size", "fee"})))
        assert loaded.contacts["size" + NUMBER_SUFFIX].to_list() == ["1250"]
        assert "fee" + NUMBER_SUFFIX not in loaded.contacts.columns


def test_numbers_of_parquet_stay_what_they_are_beside_text(with_contacts):
    with_contacts.write("events-1.csv", 'contact_id,event,at,amount\n1,buy,2026-01-01,"1.250,5"\n')
    frame = {"contact_id": ["1"], "event": ["buy"], "at": ["2026-01-02"], "amount": [1.125]}
    pl.DataFrame(frame).write_parquet(with_contacts.folder / "events-2.parquet")
    text = (
        CONTACTS % "files: all"
    ) + "events: [{path: 'events-*', numbers: {decimal: ',', thousands: '.'}}]\n"
    loaded = with_contacts.load(text, numbers=NumberColumns(events=frozenset({"amount"})))
    read = loaded.events[0].frame.collect().sort("at")
    assert read[AMOUNT].to_list() == ["1250.5", "1.125"]


def test_contacts_of_several_sources(with_contacts):
    with_contacts.write("contacts.csv", "contact_id,size\n1,1.250\n")
    with_contacts.write("more.csv", "contact_id,size\n2,1.250\n")
    text = "contacts: [{path: contacts.csv, numbers: {thousands: '.', decimal: ','}}, {path: more.csv}]\n"
    loaded = with_contacts.load(text, numbers=NumberColumns(contacts=frozenset({"size"})))
    assert loaded.contacts.sort("contact_id")["size" + NUMBER_SUFFIX].to_list() == ["1250", "1.250"]


@pytest.mark.parametrize(
    ("form", "cell", "at"),
    [("excel", "46344,5", "2026-11-18T12:00:00Z"), ("epoch_s", "1.700.000.000", "2023-11-14T22:13:20Z")],
)
def test_times_that_are_numbers(with_contacts, form, cell, at):
    with_contacts.write("events.csv", f'contact_id,event,at\n1,buy,"{cell}"\n')
    text = CONTACTS % "files: all"
    text += (
        f"events: [{{path: events.csv, at: {{format: {form}}}, numbers: {{decimal: ',', thousands: '.'}}}}]\n"
    )
    (source,) = with_contacts.load(text).events
    assert source.frame.collect()["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").to_list() == [at]


NUMBERS_AND_TEXTS = (
    '{"contact_id": "1", "event": "buy", "at": "2026-01-01", "amount": 1.125}\n'
    '{"contact_id": "1", "event": "buy", "at": "2026-01-02", "amount": "1.125"}\n'
    '{"contact_id": "1", "event": "buy", "at": "2026-01-03", "amount": -2e3}\n'
    '{"contact_id": "1", "event": "buy", "at": "2026-01-04", "amount": 1250}\n'
    '{"contact_id": "1", "event": "buy", "at": "2026-01-05"}\n'
)


@pytest.mark.parametrize(
    "numbers", ["decimal: ',', thousands: '.'", "amount: {decimal: ',', thousands: '.'}"]
)
def test_numbers_of_json_stay_what_they_are_beside_text(with_contacts, numbers):
    with_contacts.write("events.ndjson", NUMBERS_AND_TEXTS)
    text = (CONTACTS % "files: all") + f"events: [{{path: events.ndjson, numbers: {{{numbers}}}}}]\n"
    loaded = with_contacts.load(text, numbers=NumberColumns(events=frozenset({"amount"})))
    read = loaded.events[0].frame.collect().sort("at")
    assert read["amount"].to_list() == ["1.125", "1.125", "-2e3", "1250", None]
    plain = read[AMOUNT].cast(pl.Float64).to_list()
    assert plain == [1.125, 1125, -2000, 1250, None]


def test_numbers_of_json_of_two_headers_and_of_contacts(with_contacts):
    with_contacts.write(
        "contacts.ndjson", '{"contact_id": 1, "a": 1.125}\n{"contact_id": 2, "b": "1.125", "a": null}\n'
    )
    text = (
        "contacts: [{path: contacts.ndjson, columns: {size: [a, b]}, "
        "numbers: {decimal: ',', thousands: '.'}}]\n"
    )
    loaded = with_contacts.load(text, numbers=NumberColumns(contacts=frozenset({"size"})))
    assert loaded.contacts.columns == ["contact_id", "size", "a", "b", "size" + NUMBER_SUFFIX]
    read = loaded.contacts.sort("contact_id")["size" + NUMBER_SUFFIX].cast(pl.Float64).to_list()
    assert read == [1.125, 1125]


def test_times_that_are_json_numbers(with_contacts):
    rows = ("46344.5", '"46344,5"', '"46.344,5"')
    with_contacts.write(
        "events.ndjson", "".join(f'{{"contact_id": "1", "event": "buy", "at": {each}}}\n' for each in rows)
    )
    text = (CONTACTS % "files: all") + (
        "events: [{path: events.ndjson, at: {format: excel}, numbers: {decimal: ',', thousands: '.'}}]\n"
    )
    loaded = with_contacts.load(text)
    read = loaded.events[0].frame.collect()["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").to_list()
    assert read == ["2026-11-18T12:00:00Z"] * 3
