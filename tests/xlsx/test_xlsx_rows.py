"""Workbooks of rows, read back: text stays text, dates are dates, sheets have valid names."""

import subprocess
import sys
import warnings
from datetime import UTC, date, datetime
from io import BytesIO
from shutil import which
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest
from openpyxl.utils.escape import unescape

from flamescore.errors import UsageError
from flamescore.report import workbook

PHOENIX = ZoneInfo("America/Phoenix")
INSTANT = pl.Datetime("us", "UTC")

HOSTILE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")',
    "\t=1+1",
    "\r=1+1",
    "'=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eabc",
    "javascript:alert(1)",
    "internal:All!A1",
    "external:c:/windows/x.xlsx",
    "file:///etc/passwd",
    "00123",
    "1E5",
    "2026-01-01",
    "TRUE",
    "x" * 10_000,
)


def made(rows: pl.DataFrame) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(Unknown|Conditional Formatting) extension")
        return openpyxl.load_workbook(BytesIO(workbook(rows, zone=PHOENIX)))


def values(sheet) -> list[tuple[object, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


@pytest.mark.parametrize("rows", [1, 30_000], ids=["in memory", "streamed"])
def test_hostile_cells_stay_text(rows):
    frame = pl.DataFrame({"id": HOSTILE, "name": HOSTILE, "email": HOSTILE, "phone": HOSTILE})
    more = pl.concat([frame, frame.head(1).select(pl.all().repeat_by(rows).explode())])
    sheet = made(more)["All"]
    for text, row in zip(HOSTILE, sheet.iter_rows(min_row=2, max_row=len(HOSTILE) + 1), strict=True):
        for cell in row:
            assert (unescape(cell.value), cell.data_type, cell.number_format) == (text, "s", "@")
            assert cell.hyperlink is None or cell.column_letter == "D"


@pytest.mark.parametrize("rows", [1, 30_000], ids=["in memory", "streamed"])
def test_what_looks_like_an_escape_is_escaped(rows):
    data = workbook(pl.DataFrame({"name": ["_x0041_"] * rows}), zone=PHOENIX)
    with ZipFile(BytesIO(data)) as file:
        written = b"".join(file.read(name) for name in file.namelist())
    assert b"<t>_x005F_x0041_</t>" in written


def test_a_header_that_would_run_stays_text():
    (cell,) = next(made(pl.DataFrame({"=1+1": ["x"]}))["All"].iter_rows())
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_risky_cell_stays_text_when_it_is_edited():
    sheet = made(pl.DataFrame({"name": ["=1+1", "Ann"]}))["All"]
    assert [sheet[place].quotePrefix for place in ("A2", "A3")] == [True, False]


def test_ids_and_phones_are_text_and_long_numbers_are_exact():
    frame = pl.DataFrame(
        {"contact_id": ["00123"], "phone": ["6025550142"], "big": [2**60], "score": [21.25], "hot": [True]}
    )
    assert values(made(frame)["All"])[1] == ("00123", "6025550142", str(2**60), 21.25, True)


def test_instants_become_local_dates():
    frame = pl.DataFrame(
        {
            "at": [datetime(2026, 11, 20, 5, 30, tzinfo=UTC), None, datetime(1850, 1, 1, tzinfo=UTC)],
            "day": [date(2026, 1, 2), date(1899, 12, 31), None],
        },
        schema_overrides={"at": INSTANT},
    )
    sheet = made(frame)["All"]
    assert values(sheet)[1:] == [
        (datetime(2026, 11, 19, 22, 30), datetime(2026, 1, 2)),  # noqa: DTZ001 - sheets have no time zones
        (None, "1899-12-31"),
        ("1849-12-31 16:31:42", None),
    ]
    assert sheet["A2"].number_format == "yyyy-mm-dd hh:mm"
    assert sheet["B2"].number_format == "yyyy-mm-dd"


def test_what_is_no_number_to_a_sheet_is_text():
    frame = pl.DataFrame({"x": [float("nan"), float("inf"), 1.5]})
    assert [row[0] for row in values(made(frame)["All"])[1:]] == ["nan", "inf", 1.5]


def test_a_percentile_is_rounded_down():
    assert values(made(pl.DataFrame({"percentile": [99.99, 100.0]}))["All"])[1:] == [(99,), (100,)]


def test_links_stand_where_they_help_and_nowhere_else():
    frame = pl.DataFrame(
        {
            "email": ["ann@example.com", "ann at example", "a@b.example, c@d.example"],
            "phone": ["+1 (602) 555-0142", "call me", "5"],
            "site": ["https://example.com/a?b=c", "ftp://example.com", "see https://example.com"],
        }
    )
    rows = made(frame)["All"].iter_rows(min_row=2)
    targets = [[cell.hyperlink.target if cell.hyperlink else None for cell in row] for row in rows]
    assert targets == [
        ["mailto:ann@example.com", "tel:+16025550142", "https://example.com/a?b=c"],
        [None, None, None],
        [None, None, None],
    ]


def test_a_sheet_for_all_and_one_an_owner():
    frame = pl.DataFrame(
        {"contact_id": list("abcdef"), "owner": ["Bo", None, "ann lee", "Ann Lee ", "", "unassigned"]}
    )
    book = made(frame)
    assert book.sheetnames == ["All", "ann lee", "Bo", "Unassigned"]
    ids = {sheet.title: "".join(row[0] for row in values(sheet)[1:]) for sheet in book}
    assert ids == {"All": "abcdef", "ann lee": "cd", "Bo": "a", "Unassigned": "bef"}


def test_every_sheet_has_a_frozen_header_filters_and_widths():
    frame = pl.DataFrame({"name": ["Ann", "B" * 300], "owner": ["Bo", None], "flames": [5, 3]})
    for sheet in made(frame):
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == f"A1:C{sheet.max_row}"
        assert sheet["A1"].font.bold
        widths = [sheet.column_dimensions[letter].width for letter in "ABC"]
        assert all(6 <= width <= 61 for width in widths)
        assert [bar.type for each in sheet.conditional_formatting for bar in each.rules] == ["dataBar"]


def test_nothing_found_is_a_header():
    book = made(pl.DataFrame(schema={"contact_id": pl.String, "owner": pl.String, "flames": pl.Int32}))
    assert book.sheetnames == ["All"]
    assert values(book["All"]) == [("contact_id", "owner", "flames")]


def test_lists_are_joined():
    assert values(made(pl.DataFrame({"tags": [["VIP", "Blog"]]}))["All"])[1] == ("VIP, Blog",)


def test_the_same_rows_give_the_same_bytes():
    frame = pl.DataFrame({"name": ["Ann"], "owner": ["Bo"], "phone": ["+1 602 555 0142"]})
    assert workbook(frame, zone=PHOENIX) == workbook(frame, zone=PHOENIX)


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        (["All", "all", "ALL"], ["All (2)"]),
        (["a[b]c:d*e?f/g\\h"], ["a b c d e f g h"]),
        (["x" * 40, "X" * 39 + "y"], ["x" * 31, "X" * 27 + " (2)"]),
        (["'quoted'", "///", "\x00", "?"], ["-", "quoted", "- (2)", "- (3)"]),
        (["History"], ["History (2)"]),
        (["\U0001f600" * 20], ["\U0001f600" * 15]),
        (["x" * 30 + "'y"], ["x" * 30]),
    ],
)
def test_names_of_sheets_are_legal_and_unique(owners, expected):
    assert made(pl.DataFrame({"owner": owners})).sheetnames == ["All", *expected]


def test_too_many_rows_are_refused():
    rows = pl.select(a=pl.int_range(1_048_576))
    with pytest.raises(UsageError, match=r"U012 1,048,576 rows are too many .* 1,048,575") as refused:
        workbook(rows, zone=PHOENIX)
    assert "--limit" in str(refused.value)


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match="U013") as refused:
        workbook(pl.DataFrame({"a": [1]}), zone=PHOENIX)
    assert "pip install 'flamescore[report]'" in str(refused.value)


@pytest.mark.full
@pytest.mark.skipif(which("soffice") is None, reason="LibreOffice is not installed: libreoffice-calc-nogui")
def test_libreoffice_opens_it_and_runs_nothing(tmp_path):
    cells = [text for text in HOSTILE if len(text) < 100 and "\r" not in text]
    frame = pl.DataFrame({"name": cells, "owner": ["Ann"] * len(cells)})
    (tmp_path / "calls.xlsx").write_bytes(workbook(frame, zone=PHOENIX))
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'home').as_uri()}",
            "--headless",
            "--convert-to",
            # UTF-8, each sheet in its own file, formulas as formulas
            "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,true,false,true,false,false,-1",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "calls.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    for sheet in ("All", "Ann"):
        text = (tmp_path / f"calls-{sheet}.csv").read_text(encoding="utf-8")
        found = pl.read_csv(text.encode(), separator="\t", infer_schema=False)
        assert found["name"].to_list() == cells
