"""Variants of CSV files: encodings, delimiters, headers; files rejected rather than read as garbage."""

import pytest
from exports_bench import CONTACTS

from flamescore.errors import InputError, ProjectFileError

ROWS = [("1", "Zoë"), ("2", None)]


def loaded(bench, content, keys=""):
    bench.write("contacts.csv", content)
    found = bench.load(f"contacts: [{{path: contacts.csv{keys}}}]\n")
    return found.contacts.rows(), found.records[0].notes


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        ("contact_id,name\n1,Zoë\n2,\n".encode("utf-8-sig"), ()),
        ('\ufeff"contact_id","name"\r\n"1","Zoë"\r\n"2",""\r\n'.encode(), ()),
        ("contact_id;name\n1;Zoë\n2;\n".encode(), ("columns are separated by `;`",)),
        ("contact_id\tname\n1\tZoë\n2\t\n".encode(), ("columns are separated by a tab",)),
        ("contact_id|name\n1|Zoë\n2|\n".encode(), ("columns are separated by `|`",)),
        ("sep=;\ncontact_id;name\n1;Zoë\n2;\n".encode(), ("columns are separated by `;`",)),
        ("contact_id,name\r1,Zoë\r2,\r".encode(), ("lines end with a carriage return alone",)),
        ("contact_id,name\n1,Zoë\n2,\n".encode("utf-16"), ("it is read as utf-16",)),
        ("\n\n contact_id , name \n1,Zoë\n2,\n\n".encode(), ()),
    ],
)
def test_found_out_and_said(bench, content, notes):
    assert loaded(bench, content) == (ROWS, notes)


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        ("contact_id,name\n1,Zoë\n2,\n".encode("cp1252"), ", encoding: windows-1252"),
        ("contact_id,name\n1,Zoë\n2,\n".encode("latin-1"), ", encoding: latin-1"),
        ("contact_id,name\n1,Zoë\n2,\n".encode("utf-16-le"), ", encoding: utf-16-le"),
        ("contact_id~name\n1~Zoë\n2~\n".encode(), ", delimiter: '~'"),
        ("contact_id,name\n1,'Zoë'\n2,\n".encode(), ', quote: "\'"'),
        ('made by hand\n"\ncontact_id,name\n1,Zoë\n2,\n'.encode(), ", skip_rows: 2"),
        ("1,Zoë\n2,\n".encode("utf-8-sig"), ", header: false, names: [contact_id, name]"),
    ],
)
def test_declared(bench, content, keys):
    assert loaded(bench, content, keys)[0] == ROWS


def test_without_quotes_a_quote_is_a_character(bench):
    assert loaded(bench, 'contact_id,name\n1,5" nail\n', ", quote: none")[0] == [("1", '5" nail')]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "contact_id,name\n1,a\n2,Zoë\n".encode("cp1252"),
            "I005 Line 3 of `contacts.csv` is not UTF-8.\n *Add `encoding: windows-1252`",
        ),
        ("contact_id,Zoë\n1,a\n".encode("cp1252"), "I005 Line 1 of `contacts.csv` is not UTF-8"),
        ("contact_id,name\n1,a\n".encode("utf-16-le"), "I005 .*looks like UTF-16"),
        (b"\x1f\x8b\x08\x00", "I004 `contacts.csv` is not a gzip file, or is cut short"),
        (b"PK\x03\x04xxxx", "I004 `contacts.csv` is not a zip archive, or is damaged"),
        (b"PAR1xxxx", "I004 .*a Parquet file"),
    ],
)
def test_refused(bench, content, message):
    with pytest.raises(InputError, match=message):
        loaded(bench, content)


def test_the_wrong_encoding_is_told(bench):
    with pytest.raises(InputError, match=r"I005 `contacts.csv`: about line 3 does not read as utf-16-le"):
        loaded(bench, "a\nb\n".encode("utf-16-le") + b"\x00\xd8\x00\x00", ", encoding: utf-16-le")


def test_headers_that_stand_twice_or_are_empty_are_left_out_and_said(bench):
    found, notes = loaded(bench, "contact_id,v,v,,name\n1,a,b,c,Zoë\n2,a,b,c,\n")
    assert found == ROWS
    assert notes == (
        "the header `v` is there more than once; it is left out",
        "a column has no header; it is left out",
    )


def test_a_header_that_stands_twice_and_is_mapped(bench):
    with pytest.raises(ProjectFileError, match=r'P028 contacts.csv has more than one column "v", mapped'):
        loaded(bench, "contact_id,v,v\n1,a,b\n", ", columns: {name: v}")


def test_a_header_over_several_lines(bench):
    bench.write("contacts.csv", '"contact_id","the\nname"\n1,Zoë\n,x\n')
    found = bench.load(CONTACTS)
    assert found.contacts.rows() == [("1", "Zoë")]
    assert found.rejects.select("record", "line").rows() == [(2, 4)]


def test_one_column_and_blank_lines(bench):
    assert loaded(bench, "contact_id\n1\n\n2\n\n")[0] == [("1",), ("2",)]


def test_copies_are_private_and_go(bench):
    bench.write("contacts.csv", "contact_id,name\n1,a\n".encode("utf-16"))
    opened = bench.survey(CONTACTS)
    (copy,) = [table.path for table in opened.sources[0].tables]
    assert (copy.exists(), copy.parent.stat().st_mode & 0o777) == (True, 0o700)
    opened.close()
    assert not copy.exists()


def test_a_line_without_end_is_a_reject(with_contacts):
    row = "1,visit,2026-01-01,/a\n"
    with_contacts.write(
        "events.csv", "contact_id,event,at,url\n" + row + f"1,visit,2026-01-01,{'x' * 40_000_000}\n" + row
    )
    loaded = with_contacts.load(CONTACTS + "events: [{path: events.csv}]\n")
    assert loaded.rejects.select("record", "line", "reason").rows() == [(2, 3, "too_long")]
    assert loaded.events[0].record.counts.rows == 3


def test_an_unclosed_quote_above_a_large_file_costs_one_record(with_contacts):
    row = "1,visit,2026-01-01,/a\n"
    with_contacts.write(
        "events.csv", "contact_id,event,at,url\n" + '1,"visit,2026-01-01,/a\n' + row * 500_000
    )
    loaded = with_contacts.load(CONTACTS + "events: [{path: events.csv}]\n")
    assert loaded.rejects.select("record", "line", "reason").rows() == [(1, 2, "unclosed_quote")]
    assert loaded.events[0].record.counts.rows == 500_001
