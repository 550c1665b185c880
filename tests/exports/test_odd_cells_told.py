"""Findings about cells that a rule could not read, beyond the cases of the command-line tests."""

import polars as pl

from flamescore.columns import NumberColumns
from flamescore.frames import TypedColumnUse

TEXT = "contacts: [{path: contacts.csv}]\n"


def asked(column, *, numeric=True, kind="contacts", **more):
    return TypedColumnUse(kind, column, 'rule "Big" (rules.yaml:9)', numeric=numeric, **more)


def test_two_formats_that_read_a_column_are_both_offered(with_contacts):
    with_contacts.write("contacts.csv", 'contact_id,size\n1,"1,250"\n2,980\n3,\n')
    (found,) = with_contacts.load(TEXT).odd_cells.unread(asked("size"))
    assert found.message == '1 of 2 cells of "size" is not a number; rule "Big" (rules.yaml:9) leaves it out.'
    assert (found.subject, found.count, found.of, found.samples) == (
        "contacts contacts.csv size",
        1,
        2,
        ("1,250",),
    )
    assert (found.cure, found.others) == (
        'numbers: {size: {thousands: ","}}',
        ('numbers: {size: {decimal: ","}}',),
    )


def test_no_format_is_offered_where_none_reads_every_cell(with_contacts):
    with_contacts.write("contacts.csv", 'contact_id,size\n1,"1,250"\n2,about 5\n')
    (found,) = with_contacts.load(TEXT).odd_cells.unread(asked("size"))
    assert (found.count, found.cure) == (2, None)


def test_dates_are_told_with_formats_that_read_them(with_contacts):
    with_contacts.write("contacts.csv", "contact_id,Renewal\n1,13.11.2026\n2,2026-11-13\n3,14.11.2026\n")
    (found,) = with_contacts.load(TEXT).odd_cells.unread(asked("Renewal", numeric=False))
    assert found.details == ("2 are written like `13.11.2026`: `%d.%m.%Y`",)
    assert found.cure == 'dates: {Renewal: "%d.%m.%Y"}'


def test_cells_that_say_who_somebody_is_are_shapes(with_contacts):
    with_contacts.write("contacts.csv", "contact_id,phone\n1,call Bob 7\n")
    (found,) = with_contacts.load(TEXT).odd_cells.unread(asked("phone"))
    assert found.samples == ("aaaa aaa 9",)


def test_only_events_of_the_types_asked_are_looked_at(with_contacts):
    with_contacts.write(
        "events.csv", "contact_id,event,at,amount\n1,buy,2026-01-01,x\n1,visit,2026-01-01,y\n"
    )
    loaded = with_contacts.load(TEXT + "events: [{path: events.csv}]\n")
    (found,) = loaded.odd_cells.unread(asked("amount", kind="events", types=("Buy",)))
    assert (found.count, found.of, found.samples) == (1, 1, ("x",))


def test_thousands_of_events_are_told_while_they_are_read(with_contacts):
    numbers = NumberColumns(events=frozenset({"amount"}))
    for cell, codes in (("1.250", ["I121"]), ("2.5", [])):
        with_contacts.write(
            "events.csv",
            f"contact_id,event,at,amount\n1,buy,2026-01-01,1.250\n1,buy,2026-01-01,{cell}\n1,buy,2026-01-02,7\n",
        )
        (source,) = with_contacts.load(TEXT + "events: [{path: events.csv}]\n", numbers=numbers).events
        assert [each.code for each in source.record.findings if each.code != "I137"] == codes


def test_numbers_of_parquet_may_have_three_decimals(with_contacts):
    numbers = NumberColumns(events=frozenset({"amount"}))
    frame = {"contact_id": ["1"], "event": ["buy"], "at": ["2026-01-02"], "amount": [1.125]}
    pl.DataFrame(frame).write_parquet(with_contacts.folder / "events.parquet")
    (source,) = with_contacts.load(TEXT + "events: [{path: events.parquet}]\n", numbers=numbers).events
    assert source.record.findings == ()


def test_ids_of_events_with_apostrophes(with_contacts):
    with_contacts.write(
        "events.csv", "contact_id,event,at\n'1,buy,2026-01-01\n'2,buy,2026-01-01\n1,buy,2026-01-01\n"
    )
    (source,) = with_contacts.load(TEXT + "events: [{path: events.csv}]\n").events
    (found,) = (each for each in source.record.findings if each.code == "I127")
    assert (found.count, found.of, found.cure) == (2, 3, 'cut: {contact_id: "\'"}')


def test_day_and_month_over_files_of_a_source(with_contacts):
    for name, month in (("a", 1), ("b", 2), ("c", 9)):
        days = "".join(f"1,buy,{day:02}/{month:02}/2026\n" for day in (3, 5, 12))
        with_contacts.write(f"events-{name}.csv", "contact_id,event,at\n" + days)
    text = TEXT + "events: [{path: 'events-*.csv', at: {format: '%d/%m/%Y'}}]\n"
    (source,) = with_contacts.load(text).events
    (found,) = (each for each in source.record.findings if each.code == "I122")
    assert found.count == 9
    with_contacts.write("events-d.csv", "contact_id,event,at\n1,buy,13/01/2026\n")
    (source,) = with_contacts.load(text).events
    assert "I122" not in [each.code for each in source.record.findings]


def test_invisible_characters_of_several_columns_and_headers(with_contacts):
    with_contacts.write(
        "events.csv", "\u200bcontact_id,event,at,url\n1\u200b,buy\ufeff,2026-01-01\u00ad,\u200e/a\n"
    )
    (source,) = with_contacts.load(TEXT + "events: [{path: events.csv}]\n").events
    row = source.frame.collect().row(0, named=True)
    assert (row["contact_id"], row["event"], row["url"]) == ("1", "buy", "/a")
    told = {each.subject: each.count for each in source.record.findings if each.code == "I126"}
    assert told == {f"events events.csv {name}": 1 for name in ("contact_id", "event", "at")}
