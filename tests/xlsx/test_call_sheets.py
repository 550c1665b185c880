"""Call lists as workbooks: columns, formats, sheets and the printed page, read back."""

from datetime import date, datetime
from importlib import import_module
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from msgspec.structs import replace

from flamescore.report import RENDERERS, render_search
from report.pages import changes, data, hostile, many, nobody

HEADERS = (
    "#", "Name", "Company", "Phone", "Why", "Last activity", "Flames", "Score",
    "E-mail", "Owner", "Better than", "Change", "Newly hot", "Rank", "Contact id",
)  # fmt: skip
WIDTHS = (5, 22, 24, 16, 58, 13, 9, 8, 32, 18, 12, 9, 10, 7, 12)


def opened(made: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(made))


def report(run) -> openpyxl.Workbook:
    return opened(RENDERERS["xlsx"](run))


def rows(sheet) -> list[dict[str, object]]:
    header, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in found]


def found(run, **more) -> pl.DataFrame:
    """Return the rows of a search that finds everybody."""
    return run.scores.drop("score_name", "percent_of_ideal").with_columns(**more)


@pytest.fixture(scope="module")
def run():
    result = many(60)
    return data(result, changes=changes(result))


@pytest.fixture(scope="module")
def book(run):
    return report(run)


def test_the_columns_of_a_call_list(book):
    sheet = book["All"]
    assert tuple(cell.value for cell in sheet[1]) == HEADERS
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]]
    assert [int(width) for width in widths] == list(WIDTHS)
    first = rows(sheet)[0]
    assert first | {"Why": None} == {
        "#": 1,
        "Name": "Anneliese Ferrari-Lindqvist 0",
        "Company": "Company and Daughters 0",
        "Phone": "+1 602 555 0000",
        "Why": None,
        "Last activity": datetime(2026, 11, 1),  # noqa: DTZ001 - sheets have no time zones
        "Flames": 5,
        "Score": 60,
        "E-mail": "anneliese.ferrari0@mail0.example.com",
        "Owner": "Owner of Leads 0",
        "Better than": 99,
        "Change": 2,
        "Newly hot": "yes",
        "Rank": 1,
        "Contact id": "000000",
    }
    assert first["Why"].split("\n") == [
        "Submitted a web form, 19 days ago (+3)",
        "Watched the pitch video, 19 days ago (+3)",
        "Stayed ten minutes on the sales page, 19 days ago (+3)",
    ]
    assert rows(sheet)[1]["Newly hot"] is None


def test_numbers_and_dates_show_as_such(book):
    sheet = book["All"]
    shown = {head.value: cell.number_format for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert shown | dict.fromkeys(("Name", "Company", "Why", "E-mail", "Owner", "Newly hot"), "@") == shown
    assert {head: shown[head] for head in ("Last activity", "Score", "Better than", "Change")} == {
        "Last activity": "d mmm yyyy",
        "Score": "0",
        "Better than": '0"%"',
        "Change": "+0.0;-0.0;0",
    }
    assert [shown[head] for head in ("Phone", "Contact id")] == ["@", "@"]
    assert [sheet[place].font.b for place in ("B2", "C2")] == [True, False]
    assert sheet["A2"].alignment.horizontal == "center"
    assert {cell.border.bottom.style for row in sheet.iter_rows(min_row=2) for cell in row} == {"hair"}


@pytest.mark.parametrize(("decimals", "shown"), [(0, "0"), (1, "0.0"), (4, "0.0000")])
def test_a_score_that_is_not_whole_has_the_decimals_of_the_project(run, decimals, shown):
    scores = run.scores.with_columns(
        pl.when(pl.col("rank") == 2).then(59.25).otherwise("score").alias("score")
    )
    sheet = report(replace(run, scores=scores, decimals=decimals))["All"]
    assert [cell.number_format for cell in sheet["H"][1:4]] == [shown] * 3
    assert sheet["H3"].value == 59.25


def test_places_count_each_sheet_and_ranks_count_everyone(book):
    assert book.sheetnames == ["All", *(f"Owner of Leads {number}" for number in range(6))]
    for sheet in book:
        assert [row["#"] for row in rows(sheet)] == list(range(1, sheet.max_row))
    assert [row["Rank"] for row in rows(book["Owner of Leads 5"])] == [6, 12]


def test_it_prints_a_page_wide_without_the_columns_that_a_printed_page_needs_not(book):
    for sheet in book:
        assert sheet.print_area.split("!")[1] == f"$A$1:$H${sheet.max_row}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 1)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        margins = sheet.page_margins
        assert (margins.left, margins.right, margins.top, margins.bottom) == (0.4,) * 4
        assert sheet.print_title_rows == "$1:$1"
        assert (sheet.oddHeader.left.text, sheet.oddHeader.right.text) == ("Hot leads, 20 Nov 2026", "&A")
        assert sheet.oddFooter.center.text == "&P of &N"
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", f"A1:O{sheet.max_row}")


@pytest.mark.parametrize("inches", [297 / 25.4, 11], ids=["A4", "Letter"])
def test_what_is_printed_fits_the_width_of_a_page_at_seven_tenths_or_more(book, inches):
    sheet = book["All"]
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]][:8]
    wide = sum(widths) * 7 / 96  # a character is seven pixels of 1/96 inch
    assert wide > 10
    assert (inches - sheet.page_margins.left - sheet.page_margins.right) / wide >= 0.7


@pytest.mark.parametrize(("zone", "paper"), [("America/Phoenix", 1), ("Europe/Berlin", 9), ("UTC", 9)])
def test_the_paper_goes_by_the_time_zone(run, zone, paper):
    there = replace(run, record=run.record.but(timezone=zone))
    assert report(there)["All"].page_setup.paperSize == paper


def test_a_row_is_as_high_as_what_wraps_in_it(run):
    sheet = report(run)["All"]
    assert sheet.row_dimensions[2].height == 45
    one = report(replace(run, ledger=lambda ids: run.ledger(ids).filter(pl.col("rule_id") == "form")))["All"]
    assert one.row_dimensions[2].height == 30  # the name wraps to two lines, the reason is on one
    short = run.people.with_columns(name=pl.lit("Bo"))
    one = report(
        replace(run, people=short, ledger=lambda ids: run.ledger(ids).filter(pl.col("rule_id") == "form"))
    )["All"]
    assert one.row_dimensions[2].height is None  # the default height of one line


def test_flames_burn_from_hot_on(run):
    for made in (report(run), opened(render_search(run, found(run), "interest"))):
        (each,) = made["All"].conditional_formatting
        (rule,) = each.rules
        assert (rule.type, rule.operator, rule.formula) == ("cellIs", "greaterThanOrEqual", ["5"])
        assert (rule.dxf.font.b, rule.dxf.font.color.rgb) == (True, "FFB93C0A")
        assert str(each.sqref) == f"G2:G{made['All'].max_row}"


def test_under_a_condition_flames_burn_of_who_is_hot(run):
    hot = pl.DataFrame({"contact_id": ["000003"]})
    by_condition = replace(run, record=run.record.but(hot_flames=None), hot=hot)
    assert [row["Contact id"] for row in rows(report(by_condition)["All"])] == ["000003"]
    sheet = opened(render_search(by_condition, found(run), "interest"))["All"]
    assert [cell.row for cell in sheet["G"][1:] if cell.font.b] == [5]
    assert not sheet.conditional_formatting


def test_what_the_contacts_lack_moves_letters_up(run):
    bare = replace(run, people=run.people.select("contact_id", "name"), changes=None)
    made = report(bare)
    assert made.sheetnames == ["All"]
    sheet = made["All"]
    assert [cell.value for cell in sheet[1]] == [
        "#", "Name", "Why", "Last activity", "Flames", "Score", "Better than", "Rank", "Contact id",
    ]  # fmt: skip
    assert sheet.print_area.split("!")[1] == f"$A$1:$F${sheet.max_row}"


def test_nobody_hot_is_a_header():
    made = report(data(nobody()))
    assert made.sheetnames == ["All", "The fit"]
    assert all(sheet.max_row == 1 and sheet["A1"].value == "#" for sheet in made)


def test_hostile_texts_stay_text():
    made = RENDERERS["xlsx"](data(hostile()))
    with ZipFile(BytesIO(made)) as file:
        sheets = [file.read(name) for name in file.namelist() if "worksheets/sheet" in name]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)
    for sheet in opened(made):
        assert {cell.data_type for cell in sheet["E"][1:]} == {"s"}
        assert all(len(cell.value) <= 400 for cell in sheet["E"][1:])


def test_a_long_why_is_cut():
    run = data(many(1, text="N" * 500))
    why = report(run)["All"]["E2"].value
    assert (len(why), why[-1]) == (400, "…")


def test_a_search_has_its_own_order_and_more_columns(run):
    upside_down = found(run, fit_score=pl.lit(2.5), fit_flames=pl.lit(1), why=pl.lit("too old")).reverse()
    sheet = opened(render_search(run, upside_down, "interest"))["All"]
    assert tuple(cell.value for cell in sheet[1]) == (*HEADERS, "fit_score", "fit_flames", "why")
    assert [row["Contact id"] for row in rows(sheet)][:2] == ["000059", "000058"]
    assert [row["#"] for row in rows(sheet)][:2] == [1, 2]
    assert sheet.oddHeader.left.text == "Leads, 20 Nov 2026"
    assert sheet.print_area.split("!")[1] == "$A$1:$H$61"
    hot = opened(render_search(run, found(run).head(3), "interest"))["All"]
    assert hot.oddHeader.left.text == "Hot leads, 20 Nov 2026"


def test_what_has_changed_is_that_of_the_search(run):
    since = found(run, change=pl.lit(-1.5), newly_hot=pl.col("rank") == 2)
    some = rows(opened(render_search(run, since, "interest"))["All"])[:3]
    assert [(row["Change"], row["Newly hot"]) for row in some] == [(-1.5, None), (-1.5, "yes"), (-1.5, None)]


def test_a_new_contact_has_no_change_and_may_be_newly_hot(run):
    new = run.changes.with_columns(
        change=pl.when(pl.col("flames") >= 4).then(pl.lit("new")).otherwise("change"),
        previous_score=pl.when(pl.col("flames") >= 4).then(None).otherwise("previous_score"),
    )
    told = rows(opened(render_search(replace(run, changes=new), found(run), "interest"))["All"])
    by_flames = {row["Flames"]: (row["Change"], row["Newly hot"]) for row in told}
    assert by_flames == {5: (None, "yes"), 4: (None, None), 3: (2, None), 2: (2, None), 1: (2, None)}


def test_chosen_columns_are_shown_as_they_are(run):
    rows_found = found(run).join(run.people, on="contact_id").with_columns(notes=pl.lit("x" * 100))
    columns = ("phone", "notes", "score", "last_activity_at", "percentile")
    sheet = opened(render_search(run, rows_found, "interest", columns=columns))["All"]
    assert [cell.value for cell in sheet[1]] == ["Phone", "notes", "Score", "Last activity", "Better than"]
    widths = [int(sheet.column_dimensions[letter].width) for letter in "ABCDE"]
    assert widths == [16, 40, 8, 13, 12]
    assert sheet["D2"].value.date() == date(2026, 11, 1)
    assert sheet.print_area.split("!")[1] == "$A$1:$E$61"


def test_rows_that_are_streamed_look_the_same(run, book, monkeypatch):
    monkeypatch.setattr(import_module("flamescore.report.xlsx"), "_IN_MEMORY", 3)
    streamed = report(run)
    for sheet in book:
        other = streamed[sheet.title]
        assert list(other.values) == list(sheet.values)
        heights = [{n: row.height for n, row in each.row_dimensions.items()} for each in (sheet, other)]
        assert heights[0] == heights[1]
        assert other["B2"].font.b


def test_the_same_run_gives_the_same_bytes(run):
    assert RENDERERS["xlsx"](run) == RENDERERS["xlsx"](run)
