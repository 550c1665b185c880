"""Files that are not plain CSV: detection by their first bytes, zip archives, spreadsheets."""

# ruff: noqa: E501, DTZ001 - one case per line; a spreadsheet has naive times

import csv
import gzip
import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import zstandard

from flamescore.cells import is_rounded
from flamescore.errors import InputError
from flamescore.exports import zips
from flamescore.exports.first_bytes import json_list_cure, nature
from flamescore.exports.spreadsheets import cell_text, sheet_as_csv
from flamescore.exports.zips import is_spreadsheet, members, unzip


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (gzip.compress(b"a", mtime=0), "gz"),
        (zstandard.compress(b"a"), "zst"),
        (b"PAR1....", "parquet"),
        (b"PK\x03\x04....", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "spreadsheet"),
        (b"\n  <!DOCTYPE HTML><html>", "web page"),
        (b"\xef\xbb\xbf<HTML>", "web page"),
        (b"<table border=1>", "web page"),
        (b"<?xml version", "web page"),
        (b'  {"a": 1}', "json"),
        (b'\xef\xbb\xbf[{"a":1}]', "json list"),
        (b"a,b\n1,2\n", "text"),
        (b"<b>,c", "text"),
        (b"", "empty"),
    ],
)
def test_first_bytes(head, kind):
    assert nature(head) == kind


def test_the_cure_of_a_json_list():
    assert json_list_cure("e.json") == "write one object a line: jq -c '.[]' e.json > e.ndjson"


def zipped(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_the_members_of_a_zip(tmp_path):
    names = {
        "b.csv": "b",
        "in/a.csv": "a",
        "__MACOSX/._b.csv": "x",
        ".hidden": "x",
        "in/.x/y.csv": "x",
        "notes.docx": "n",
    }
    path = zipped(tmp_path / "e.zip", **names)
    found = members(path, "e.zip")
    assert [(each.shown, each.last, each.size) for each in found] == [
        ("e.zip/b.csv", "b.csv", 1), ("e.zip/in/a.csv", "a.csv", 1), ("e.zip/notes.docx", "notes.docx", 1),
    ]  # fmt: skip
    targets = [(each, tmp_path / f"{index}.out") for index, each in enumerate(found)]
    unzip(path, targets, "e.zip")
    assert [to.read_text() for _, to in targets] == ["b", "a", "n"]


def test_a_zip_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "ALWAYS_ALLOWED", 1000)
    path = zipped(tmp_path / "e.zip", **{"a.csv": b"0" * 300_000, "b.csv": b"0" * 300_000})
    found = members(path, "e.zip")
    size = path.stat().st_size
    monkeypatch.setattr(zips, "MOST_TIMES", 500_000 // size)
    unzip(path, [(found[0], tmp_path / "a")], "e.zip")
    with pytest.raises(InputError, match="unpacks to more than"):
        unzip(path, [(found[0], tmp_path / "a"), (found[1], tmp_path / "b")], "e.zip")


def test_an_encrypted_zip(tmp_path):
    path = zipped(tmp_path / "e.zip", **{"a.csv": "a"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="is encrypted"):
        members(path, "e.zip")


def test_damaged_zips(tmp_path):
    path = tmp_path / "e.zip"
    path.write_bytes(b"PK\x03\x04junk")
    with pytest.raises(InputError, match="not a zip archive"):
        members(path, "e.zip")
    assert not is_spreadsheet(path)
    zipped(path, **{"a.csv": "abc" * 100})
    data = bytearray(path.read_bytes())
    data[40] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match="not a zip archive"):
        unzip(path, [(each, tmp_path / "a") for each in members(path, "e.zip")], "e.zip")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("007", "007"), ("", ""), (True, "true"), (False, "false"), (15.0, "15"), (15, "15"), (-0.5, "-0.5"), (0.85, "0.85"),
        (0.1 + 0.2, "0.30000000000000004"), (999999999999999.0, "999999999999999"), (1e15, "1e+15"),
        (1234567890123456.0, "1.234567890123456e+15"), (float("nan"), ""),
        (date(2026, 11, 21), "2026-11-21"), (datetime(2026, 11, 21, 10), "2026-11-21 10:00:00"),
        (datetime(2026, 11, 21, 10, 0, 0, 500_000), "2026-11-21 10:00:00.5"), (time(10, 5), "10:05:00"),
        (timedelta(hours=30), "108000"), (timedelta(milliseconds=1500), "1.5"),
    ],
)  # fmt: skip
def test_one_cell(value, text):
    assert cell_text(value) == text


def test_a_number_of_too_many_digits_is_a_rounded_id():
    assert not is_rounded(cell_text(123456789012345.0))
    assert is_rounded(cell_text(1234567890123456.0))
    assert is_rounded(cell_text(1e15))
    assert float(cell_text(1234567890123456.0)) == 1234567890123456.0


def workbook(path, rows, **others):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Leads"
    for row in rows:
        sheet.append(row)
    for name, more in others.items():
        other = book.create_sheet(name.strip("_"))
        for row in more:
            other.append(row)
        other.sheet_state = "hidden" if name.startswith("_") else "visible"
    book.save(path)
    return path


ROWS = [
    ["contact_id", "at", "n", "ok"],
    ["007", datetime(2026, 11, 21, 10), 15, True],
    [],
    ["a,b", date(2026, 11, 21), 0.5, None],
    [None, None, None, "=1/0"],
    ['q"', time(10, 5), 12345678901234567890, False],
]


def read(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_sheet_is_the_csv_of_its_table(tmp_path):
    path = workbook(tmp_path / "e.xlsx", ROWS, _Hidden=[["x"]], Empty=[])
    found = sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx")
    assert (found.name, found.rows, found.others, found.warning) == ("Leads", 3, (), None)
    assert read(tmp_path / "out.csv") == [
        ["contact_id", "at", "n", "ok"],
        ["007", "2026-11-21 10:00:00", "15", "true"],
        ["a,b", "2026-11-21", "0.5", ""],
        ['q"', "10:05:00", "1.234567890123457e+19", "false"],
    ]
    assert is_spreadsheet(path)


FILES = Path(__file__).parent / "spreadsheets"


@pytest.mark.parametrize(
    ("kind", "short"), [("xlsx", "36610.1"), ("xlsb", "36610.1"), ("xls", "36610.1"), ("ods", "10:10:10.1")]
)
def test_every_kind_of_spreadsheet_gives_the_same_cells(tmp_path, kind, short):
    found = sheet_as_csv(FILES / f"base.{kind}", tmp_path / "out.csv", "e")
    assert found.name == "Sheet1"
    cells = [
        "String",
        "1",
        "1.1",
        "true",
        "false",
        "2010-10-10",
        "2010-10-10 10:10:10",
        "10:10:10",
        short,
        "918610",
    ]
    assert read(tmp_path / "out.csv")[0] == cells
    if kind != "xls":
        assert is_spreadsheet(FILES / f"base.{kind}")


@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "xls", "ods"])
def test_a_spreadsheet_with_a_password(tmp_path, kind):
    with pytest.raises(InputError, match="is encrypted"):
        sheet_as_csv(FILES / f"password.{kind}", tmp_path / "out.csv", "e")


def test_several_sheets(tmp_path):
    path = workbook(
        tmp_path / "e.xlsx", [["a"], ["1"]], Other=[["b"], ["2"]], Third=[["c"]], _Hidden=[["d"], ["4"]]
    )
    found = sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx")
    assert found.others == ("Other", "Third")
    assert found.warning == 'it is read from the sheet "Leads"; "Other", "Third" are left out'
    other = sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx", "Other")
    assert (read(tmp_path / "out.csv"), other.warning) == ([["b"], ["2"]], None)
    sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx", "Hidden")
    assert read(tmp_path / "out.csv") == [["d"], ["4"]]
    with pytest.raises(InputError, match='no sheet "Nobody"'):
        sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx", "Nobody")


def test_a_table_that_begins_further_down(tmp_path):
    path = workbook(tmp_path / "e.xlsx", [[], [], ["a", "b"], ["1", None], [None, "2"]])
    sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx")
    assert read(tmp_path / "out.csv") == [["a", "b"], ["1", ""], ["", "2"]]


@pytest.mark.parametrize("data", [b"PK\x03\x04junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1junk", b"junk", b""])
def test_no_spreadsheet(tmp_path, data):
    path = tmp_path / "e.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputError, match="is not a spreadsheet that can be read"):
        sheet_as_csv(path, tmp_path / "out.csv", "e.xlsx")


def test_damaged_spreadsheets(tmp_path):
    good = workbook(tmp_path / "e.xlsx", ROWS).read_bytes()
    path = tmp_path / "bad.xlsx"
    for place in range(0, len(good), 97):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x55]) + good[place + 1 :])
        try:
            sheet_as_csv(path, tmp_path / "out.csv", "bad.xlsx")
        except InputError:
            continue


def test_an_empty_sheet(tmp_path):
    with pytest.raises(InputError, match="the sheet is empty"):
        sheet_as_csv(workbook(tmp_path / "e.xlsx", []), tmp_path / "out.csv", "e.xlsx")
