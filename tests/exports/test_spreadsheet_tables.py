"""A table in a spreadsheet reads like the CSV of the same table, cell by cell, whichever program wrote it."""

import csv
import io
import os
import subprocess
import zipfile
from datetime import date, datetime, timedelta
from random import Random
from shutil import which
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter

from flamescore.exports.spreadsheets import sheet_as_csv

TEXTS = [
    "007",
    "a,b",
    'q"',
    "VIP;Blog",
    "Zoë",
    "+1 602",
    "2026-11-21",
    "true",
    "1e5",
    "x" * 300,
    "two\nlines",
    "<&>",
]
MANY = 25
"""The number of tables in the full profile; three otherwise."""


def tables():
    full = os.environ.get("FLAMESCORE_TESTS") == "full"
    return range(MANY if full else 3)


def table_of(seed):
    """Return a table with cells of every kind under a text header."""
    dice = Random(seed)
    width, height = dice.randint(1, 8), dice.randint(1, 40)
    rows = [[f"column {each}" for each in range(width)]]
    rows += [["id", *(_cell(dice) for _ in range(width - 1))] for _ in range(height)]
    return rows


def _cell(dice):
    moment = datetime(1990, 1, 1) + timedelta(seconds=dice.randint(0, 40 * 365 * 86_400))  # noqa: DTZ001 - a sheet has no time zones
    return dice.choice(
        [
            None,
            dice.choice(TEXTS),
            dice.choice([True, False]),
            dice.randint(-(10**15) + 1, 10**15 - 1),
            dice.randint(-9, 9_999),
            round(dice.uniform(-1_000, 1_000), dice.randint(1, 6)),
            round(dice.random(), 12),  # the libraries write at most 16 digits
            moment.date(),
            moment,
        ]
    )


def text_of(cell):
    """Return the text of a cell in a CSV export."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M:%S}"
        case date():
            return f"{cell:%Y-%m-%d}"
        case float() if cell == int(cell):
            return str(int(cell))
        case _:
            return str(cell)


def by_openpyxl(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def by_xlsxwriter(path, rows):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "dd/mm/yyyy hh:mm:ss"))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            match cell:
                case None:
                    continue
                case str():
                    sheet.write_string(number, column, cell)
                case bool():
                    sheet.write_boolean(number, column, cell)
                case datetime():
                    sheet.write_datetime(number, column, cell, moment)
                case date():
                    sheet.write_datetime(number, column, cell, day)
                case _:
                    sheet.write_number(number, column, cell)
    book.close()


ODS = """\
<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Leads">{rows}</table:table>
</office:spreadsheet></office:body></office:document-content>
"""


MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/"
 manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
"""


def by_hand(path, rows):
    """Write an OpenDocument spreadsheet with only what the format requires."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods, row))}</table:table-row>" for row in rows)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", MANIFEST)
        file.writestr("content.xml", ODS.format(rows=lines))


def _ods(cell):
    match cell:
        case None:
            return "<table:table-cell/>"
        case str():
            lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
            return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
        case bool():
            kind, name, value = "boolean", "boolean-value", text_of(cell)
        case date():
            kind, name, value = "date", "date-value", cell.isoformat()
        case _:
            kind, name, value = "float", "value", repr(cell)
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{value}"/>'


def read(path, out):
    sheet_as_csv(path, out, path.name)
    return list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"))))


WRITERS = {"openpyxl.xlsx": by_openpyxl, "xlsxwriter.xlsx": by_xlsxwriter, "hand.ods": by_hand}


@pytest.mark.parametrize("seed", tables())
@pytest.mark.parametrize("name", WRITERS)
def test_every_cell_is_that_of_the_csv(tmp_path, name, seed):
    rows = table_of(seed)
    WRITERS[name](tmp_path / name, rows)
    assert read(tmp_path / name, tmp_path / "out.csv") == [list(map(text_of, row)) for row in rows]


@pytest.mark.full
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed: libreoffice-calc-nogui")
@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_libreoffice_writes_the_same(tmp_path, kind):
    rows = table_of(7)
    by_openpyxl(tmp_path / "table.xlsx", rows)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'home').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(tmp_path / "made"),
            str(tmp_path / "table.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    if kind == "ods":  # LibreOffice 7.4 turns a boolean of a workbook into the number of `TRUE()`
        rows = [[int(cell) if isinstance(cell, bool) else cell for cell in row] for row in rows]
    expected = [list(map(text_of, row)) for row in rows]
    assert read(tmp_path / "made" / f"table.{kind}", tmp_path / "out.csv") == expected
