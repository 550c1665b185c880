"""The table "What a loader must survive", row by row: one test each, through the whole of `flamescore score`."""

# ruff: noqa: E501 - a record and its fate are on one line

import csv
import os
import shutil

import polars as pl
import pytest
from cli_bench import check_law, score
from exports_bench import CONTACTS, Bench, texts

from flamescore.errors import InputError

EVENTS = CONTACTS + "events: [{path: events.csv}]\n"
HEAD = "contact_id,event,at,url\n"
ROW = "1,visit,2026-01-02,/a\n"


@pytest.fixture
def folder(bench: Bench):
    bench.write("contacts.csv", "contact_id,email\n1,a@x.org\n2,B@x.org\n")
    return bench


def run(bench, project=EVENTS, *words, code=0):
    ran = score(bench.folder, project, *words)
    assert ran.code == code, ran.said
    if ran.record:
        check_law(ran.record)
    return ran


def rejects(ran):
    if not (ran.folder / "rejects.csv").exists():
        return []
    with (ran.folder / "rejects.csv").open(newline="", encoding="utf-8") as file:
        return [(int(row["record"]), row["line"], row["reason"], row["raw"]) for row in csv.DictReader(file)]


def notes(ran):
    assert [each for each in ran.said.splitlines() if " -v shows " not in each] == []
    return [each["message"] for each in ran.record["findings"]]


def ids(ran):
    return sorted(pl.read_parquet(ran.folder / "contacts.parquet")["contact_id"])


# --- ids -----------------------------------------------------------------------------------------------


def test_ids_are_text_as_written_and_never_numbers_or_folded(bench):
    bench.write("contacts.csv", "contact_id\n00123\n123.0\n123\n 12345678901234567890 \n003A\n003a\n")
    bench.write(
        "events.csv", HEAD + "123,visit,2026-01-02,\n0123,visit,2026-01-02,\n003A,visit,2026-01-02,\n"
    )
    ran = run(bench)
    assert ids(ran) == ["00123", "003A", "003a", "123", "123.0", "12345678901234567890"]
    points = pl.read_parquet(ran.folder / "points.parquet")
    assert sorted(points["contact_id"]) == ["003A", "123"]
    assert ran.record["sources"][1]["orphans"] == 1


def test_ids_from_parquet_are_digits_or_stop_the_source(bench):
    pl.DataFrame({"contact_id": [7, 2**62]}).write_parquet(bench.folder / "contacts.parquet")
    project = "contacts: [{path: contacts.parquet}]\n"
    assert ids(run(bench, project)) == ["4611686018427387904", "7"]
    pl.DataFrame({"contact_id": [7.0, 2.0**53 - 1]}).write_parquet(bench.folder / "contacts.parquet")
    assert ids(run(bench, project)) == ["7", "9007199254740991"]
    for wrong in (1.5, 2.0**53):
        pl.DataFrame({"contact_id": [7.0, wrong]}).write_parquet(bench.folder / "contacts.parquet")
        assert (
            "error I008: `contacts.parquet`: 1 ids are floats that are not whole"
            in run(bench, project, code=3).said
        )


# --- records -------------------------------------------------------------------------------------------


def test_a_row_with_fewer_or_more_cells_is_rejected_and_not_padded(folder):
    folder.write("events.csv", HEAD + ROW + "1,visit,2026-01-02\n1,visit,2026-01-02,/a,b\n" + ROW)
    ran = run(folder)
    assert rejects(ran) == [
        (2, "3", "short_row", "1,visit,2026-01-02"),
        (3, "4", "long_row", "1,visit,2026-01-02,/a,b"),
    ]
    assert ran.record["sources"][1]["kept"] == 2
    assert "events events.csv: warning I131: 2 of 4 rows are rejected: 1 long_row, 1 short_row.\n" in ran.said


def test_an_unclosed_a_stray_and_an_escaped_quote_cost_their_record_alone(folder):
    damaged = ['1,"visit,2026-01-02,/a', '1,vi"sit,2026-01-02,/a', '1,visit,2026-01-02,"say \\"hi\\""']
    folder.write("events.csv", HEAD + ROW + "".join(f"{each}\n{ROW}" for each in damaged))
    ran = run(folder)
    assert [(reason, raw) for _, _, reason, raw in rejects(ran)] == list(
        zip(("unclosed_quote", "stray_quote", "stray_quote"), damaged, strict=True)
    )
    assert ran.record["sources"][1]["kept"] == 4


# --- encodings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_seen(folder, encoding):
    folder.write("events.csv", (HEAD + "1,visit,2026-01-02,é\n").encode(encoding))
    ran = run(folder)
    said = [f"It is read as {encoding}."] if encoding[-2:] in ("16", "32") else []
    assert (notes(ran), ran.record["sources"][1]["kept"]) == (said, 1)


@pytest.mark.parametrize("encoding", ["windows-1252", "latin-1"])
def test_another_encoding_stops_with_its_line_and_is_read_where_it_is_declared(folder, encoding):
    folder.write("events.csv", (HEAD + ROW + "1,visit,2026-01-02,é\n").encode(encoding))
    said = run(folder, code=3).said
    assert (
        "error I005: Line 3 of `events.csv` is not UTF-8.\n        Do: Add `encoding: windows-1252`" in said
    )
    ran = run(folder, CONTACTS + f"events: [{{path: events.csv, encoding: {encoding}}}]\n")
    assert ran.record["sources"][1]["kept"] == 2


# --- dialects ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace(",", ";"), "columns are separated by `;`"),
        (lambda text: text.replace(",", "\t"), "columns are separated by a tab"),
        (lambda text: text.replace(",", "|"), "columns are separated by `|`"),
        (lambda text: "sep=;\r\n" + text.replace(",", ";"), "columns are separated by `;`"),
        (lambda text: text.replace("\n", "\r"), "lines end with a carriage return alone"),
        (lambda text: text.replace("\n", "\n\n \r\n"), None),
        (lambda text: text.replace("\n", "\r\n"), None),
    ],
)
def test_delimiters_and_line_ends_are_found_out_and_said(folder, change, said):
    folder.write("events.csv", change(HEAD + ROW + '2,visit,2026-01-02,"a b"\n'))
    ran = run(folder)
    (events,) = [source for source in ran.record["sources"] if source["kind"] == "events"]
    assert (events["kept"], events["rows"]) == (2, 2)
    assert events["notes"] == ([said] if said else [])
    assert notes(ran) == ([f"{said.capitalize()}."] if said else [])
    assert (said or "").split("`")[0] in (ran.folder / "report.md").read_text().lower()


def test_a_carriage_return_file_with_a_line_feed_in_a_cell(folder):
    folder.write(
        "events.csv", (HEAD + '1,visit,2026-01-02,"a\v b"\n' + ROW).replace("\n", "\r").replace("\v", "\n")
    )
    ran = run(folder)
    assert (ran.record["sources"][1]["kept"], rejects(ran)) == (2, [])


def test_a_record_with_nul_is_rejected(folder):
    folder.write("events.csv", HEAD + ROW + "1,vi\0sit,2026-01-02,/a\n")
    assert [each[2] for each in rejects(run(folder))] == ["nul_byte"]


# --- headers -------------------------------------------------------------------------------------------


def test_headers_are_trimmed_and_a_double_or_empty_one_is_a_warning_until_it_is_used(folder):
    folder.write("events.csv", " contact_id , event,at ,x,x,\n1,visit,2026-01-02,a,b,c\n")
    assert notes(run(folder)) == [
        "The header `x` is there more than once; it is left out.",
        "A column has no header; it is left out.",
    ]
    used = CONTACTS + "events: [{path: events.csv, columns: {asset: x}}]\n"
    assert (
        'error P028: events.csv has more than one column "x", mapped to "asset".\n'
        in run(folder, used, code=2).said
    )


def test_no_header_at_all(folder):
    folder.write("events.csv", ROW * 3)
    ran = run(
        folder,
        CONTACTS + "events: [{path: events.csv, header: false, names: [contact_id, event, at, url]}]\n",
    )
    assert ran.record["sources"][1]["kept"] == 3


@pytest.mark.parametrize(
    "footer",
    [
        "Grand Totals (5700 records)",
        '"Confidential Information - Do Not Distribute"',
        "Total",
        "Total,,,5700",
        "Total,visit,x,5700\nGenerated By: me",
        '"Total" of,"open',
    ],
)
@pytest.mark.parametrize("before", ["", "\n", "1,short\n"])
def test_a_footer_is_no_row(folder, before, footer):
    folder.write("events.csv", HEAD + ROW + before + footer + "\n")
    ran = run(folder)
    (events,) = [each for each in ran.record["sources"] if each["kind"] == "events"]
    short = "short" in before
    if footer.startswith('"Total" of'):
        assert [each[2] for each in rejects(ran)][-1] == "stray_quote"
    else:
        assert [each[2] for each in rejects(ran)] == ["short_row"] * short
        assert (events["rejected"], events["ignored"], events["kept"]) == (short, footer.count("\n") + 1, 1)


def test_a_footer_without_its_last_line_end_and_rows_behind_it(folder):
    folder.write("events.csv", HEAD + ROW + "\nTotal,,,2\n1,visit,x,/late\n1,visit,2026-01-03,/b\nTotal,,,9")
    ran = run(folder)
    (events,) = [each for each in ran.record["sources"] if each["kind"] == "events"]
    assert (events["rejected"], events["ignored"], events["kept"]) == (1, 2, 2)
    assert rejects(ran) == [(3, "5", "unreadable_time", "1,visit,x,/late")]


def test_what_looks_like_a_footer_and_is_a_reject(folder):
    folder.write("events.csv", HEAD + ROW + ",,,5700\n")
    assert [each[2:] for each in rejects(run(folder))] == [("missing_contact", ",,,5700")]


def test_words_for_missing(folder):
    cells = ["NULL", "N/A", "--", "-", '""', ""]
    folder.write("events.csv", HEAD + ROW + "".join(f"{cell},visit,2026-01-02,/a\n" for cell in cells))
    ran = run(folder, CONTACTS + "events: [{path: events.csv, null_values: [NULL, N/A, --, '-']}]\n")
    assert [each[2] for each in rejects(ran)] == ["missing_contact"] * 6


# --- times ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "at", "unit"),
    [
        ("2025-11-21", "2025-11-21T00:00:00Z", None),
        ("2025-11-21T10:00:00+02:00", "2025-11-21T08:00:00Z", None),
        ("1763719200", "2025-11-21T10:00:00Z", "seconds"),
        ("1763719200000", "2025-11-21T10:00:00Z", "milliseconds"),
        ("1763719200000000", "2025-11-21T10:00:00Z", "microseconds"),
    ],
)
def test_times_without_a_format(folder, cell, at, unit):
    folder.write("events.csv", HEAD + f"1,visit,{cell},/a\n")
    ran = run(folder)
    note = f"Times have no declared format: whole numbers are read as {unit} since 1970, by their size"
    assert notes(ran) == ([f"{note}."] if unit else [])
    assert texts(pl.read_parquet(ran.folder / "points.parquet")["last_at"]) == [at]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            [f"{month:02}/{day:02}/2026" for month in (1, 2) for day in range(1, 29)],
            '56 are written like `01/01/2026`: `%m/%d/%Y`\n        Write: at: {format: "%m/%d/%Y"}',
        ),
        (
            ["03/04/2026"] * 30,
            "30 are written like `03/04/2026`: `%m/%d/%Y`, or `%d/%m/%Y`: no day is past 12, look at the export",
        ),
        (["19970101"] * 30, "30 are written like `19970101`: `%Y%m%d`\n"),
        (["45251.5"] * 30, "30 are written like `45251.5`: `excel`\n"),
        (["2020-12-30 3:15:52"] * 30, "30 are written like `2020-12-30 3:15:52`: `%Y-%m-%d %H:%M:%S`\n"),
        (
            ["31/12/2026"] * 20 + ["19970101"] * 10 + ["soon"] * 5,
            '20 are written like `31/12/2026`: `%d/%m/%Y`\n        10 are written like `19970101`: `%Y%m%d`\n        5 are written like `aaaa`: no format is known\n        Write: at: {format: ["%d/%m/%Y", "%Y%m%d"]}',
        ),
    ],
)  # fmt: skip
def test_undeclared_times_that_do_not_read_stop_with_formats_that_do(folder, cells, said):
    folder.write("events.csv", HEAD + ROW * 10 + "".join(f"1,visit,{cell},/a\n" for cell in cells))
    ran = run(folder, code=3)
    assert said in ran.said
    assert ran.record is None


def test_a_few_undeclared_times_that_do_not_read_are_rejects(folder):
    folder.write("events.csv", HEAD + ROW * 10 + "1,visit,03/04/2026,/a\n")
    assert rejects(run(folder)) == [(11, "12", "unreadable_time", "1,visit,03/04/2026,/a")]


def test_a_declared_format_that_does_not_fit_stops_with_the_count_of_each_shape(folder):
    cells = ["2.1.2026"] * 25 + ["1/2/26"] * 5
    folder.write(
        "events.csv",
        HEAD
        + ROW.replace("2026-01-02", "01/02/2026") * 10
        + "".join(f"1,visit,{cell},/a\n" for cell in cells),
    )
    project = CONTACTS + "events: [{path: events.csv, at: {format: '%d/%m/%Y'}}]\n"
    assert (
        "        25 are written like `2.1.2026`: `%d.%m.%Y`, or `%m.%d.%Y`: no day is past 12, look at the export\n"
        "        5 are written like `1/2/26`: `%m/%d/%y`, or `%d/%m/%y`, or `%y/%m/%d`: no day is past 12, look at the export\n"
        '        Write: at: {format: ["%d/%m/%Y", "%d.%m.%Y", "%m/%d/%y"]}\n'
        in run(folder, project, code=3).said
    )
    folder.write("events.csv", HEAD + "1,visit,01/02/2026,/a\n" * 10 + ROW + "1,visit,1/2/26,/a\n")
    assert [each[2] for each in rejects(run(folder, project))] == ["unreadable_time"]


def test_a_rounded_epoch_is_read_and_warned_of(folder):
    folder.write("events.csv", HEAD + "1,visit,1.54111E+12,/a\n")
    ran = run(folder)
    assert (
        "events events.csv: warning I130: 1 cell with a time written like 1.54111E+12: precision is lost.\n"
        in ran.said
    )
    assert texts(pl.read_parquet(ran.folder / "points.parquet")["last_at"]) == ["2018-11-01T22:06:40Z"]


def test_the_hour_that_the_clock_repeats_and_the_one_that_it_skips(folder):
    folder.write("events.csv", HEAD + "1,visit,2025-11-02 01:30:00,\n2,visit,2025-03-09 02:30:00,\n")
    ran = run(folder, CONTACTS + "events: [{path: events.csv, timezone: America/New_York}]\n")
    assert notes(ran) == [
        "1 cell with a time in an hour that the clock repeats: the earlier is taken.",
        "1 cell with a time in an hour that the clock skips: moved forward.",
    ]
    points = pl.read_parquet(ran.folder / "points.parquet").sort("contact_id")
    assert texts(points["last_at"]) == ["2025-11-02T05:30:00Z", "2025-03-09T07:30:00Z"]


# --- tags, duplicates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "separator"),
    [("VIP, Blog", ","), ("VIP;Blog", ";"), ("VIP||Blog", "||"), ("*/*VIP*/*Blog*/*", "*/*"), ('"""VIP"",""Blog"""', ",")],
)  # fmt: skip
def test_tags_in_every_notation(bench, cell, separator):
    quoted = cell if cell.startswith('"') else f'"{cell}"'
    bench.write("contacts.csv", f"contact_id,tags\n1,{quoted}\n")
    ran = run(bench, f"contacts: [{{path: contacts.csv, tags: {{separator: '{separator}'}}}}]\n")
    assert pl.read_parquet(ran.folder / "contacts.parquet")["tags"].to_list() == [["VIP", "Blog"]]


def test_the_same_id_twice_in_a_file_and_in_several(bench):
    bench.write("a.csv", "contact_id,email\n1,new\n1,later\n2,x\n", modified=2_000)
    bench.write("b.csv", "contact_id,email\n1,old\n3,x\n", modified=1_000)
    ran = run(bench, "contacts: [{path: '?.csv', files: all}]\n")
    assert rejects(ran) == [(2, "3", "repeated_id", "1,later")]
    source = ran.record["sources"][0]
    assert (source["kept"], source["rejected"], source["superseded"]) == (3, 1, 1)
    contacts = pl.read_parquet(ran.folder / "contacts.parquet")
    assert dict(contacts.select("contact_id", "email").iter_rows()) == {"1": "new", "2": "x", "3": "x"}


def test_an_event_without_a_contact_a_type_or_a_time_is_rejected(folder):
    folder.write("events.csv", HEAD + ROW + ",visit,2026-01-02,\n1, ,2026-01-02,\n1,visit,,\n1,visit,soon,\n")
    assert [each[2] for each in rejects(run(folder))] == [
        "missing_contact",
        "missing_event",
        "missing_time",
        "unreadable_time",
    ]


def test_exact_duplicates_are_two_visits_unless_distinct(folder):
    folder.write("events.csv", HEAD + ROW * 2)
    assert run(folder).record["sources"][1]["kept"] == 2
    source = run(folder, CONTACTS + "events: [{path: events.csv, distinct: true}]\n").record["sources"][1]
    assert (source["kept"], source["duplicates"]) == (1, 1)


# --- what is missing -----------------------------------------------------------------------------------


def test_an_event_type_that_no_event_has_is_a_warning_and_with_strict_an_error(folder):
    folder.write("events.csv", HEAD + ROW.replace("visit", "open"))
    said = "warning I050: no event is of the type `visit`"
    assert said in run(folder).said
    strict = run(folder, EVENTS, "--strict", code=3).said
    assert said in strict
    assert "error U016: --strict: 1 warning stops this run." in strict


def test_a_source_that_is_missing_empty_or_too_old_is_named(folder):
    assert "error I001: events: there is no `events.csv`." in run(folder, code=3).said
    folder.write("events.csv", "")
    assert "error I002: events: `events.csv` is empty." in run(folder, code=3).said
    folder.write("events.csv", HEAD)
    assert "events events.csv: warning I139: It has a header and no row" in run(folder).said
    shutil.rmtree(folder.folder / "out")
    folder.write("events.csv", HEAD + ROW)
    os.utime(folder.folder / "events.csv", (1_000_000, 1_000_000))
    project = CONTACTS + "events: [{path: events.csv, max_age: 2d}]\n"
    assert (
        "error I003: `events.csv` (events) is from 1970-01-12T13:46:40Z, older than max_age (2d)."
        in run(folder, project, code=3).said
    )
    assert not (folder.folder / "out" / "runs").exists() or not list(
        (folder.folder / "out" / "runs").iterdir()
    )


# --- rejects that can be fixed -------------------------------------------------------------------------


def test_rejects_mended_and_fed_back_load(folder):
    damaged = '1,"visit,2026-01-02,/a\n1,vi"sit,2026-01-02,/b\n1,visit\n1,visit,soon,"/c, ""d"""\n1,visit,2026-01-02,"e\\"f"\n'
    folder.write("events.csv", HEAD + ROW + damaged)
    ran = run(folder)
    with (ran.folder / "rejects.csv").open(newline="", encoding="utf-8") as file:
        raw = [row["raw"] for row in csv.DictReader(file)]
    assert "".join(f"{each}\n" for each in raw) == damaged
    mends = {
        '"visit': "visit",
        'vi"sit': "visit",
        "soon": "2026-01-02",
        '\\"': '""',
        "1,visit\n": "1,visit,2026-01-02,/g\n",
    }
    mended = "".join(f"{each}\n" for each in raw)
    for fault, mend in mends.items():
        mended = mended.replace(fault, mend)
    folder.write("events.csv", HEAD + ROW + mended)
    again = run(folder)
    assert (rejects(again), again.record["sources"][1]["kept"]) == ([], 6)


def test_rejects_of_ndjson_and_parquet_mended_and_fed_back_load(folder):
    pl.DataFrame({"contact_id": [1, None], "event": ["visit"] * 2, "at": ["2026-01-02"] * 2}).write_parquet(
        folder.folder / "events.parquet"
    )
    project = CONTACTS + "events: [{path: 'events.*'}]\n"
    ((_, line, reason, raw),) = rejects(run(folder, project))
    assert (line, reason) == ("", "missing_contact")
    folder.write(
        "events.jsonl",
        '{"contact_id": 1, "event": "visit", "at": "2026-01-02"}\n{"contact_id": 1, "event": visit}\n',
    )
    ran = run(folder, project)
    assert [each[2] for each in rejects(ran)] == ["no_object", "missing_contact"]
    (folder.folder / "events.parquet").unlink()
    folder.write(
        "events.jsonl",
        raw.replace("null", '"2"')
        + "\n"
        + rejects(ran)[0][3].replace("visit}", '"visit", "at": "2026-01-02"}')
        + "\n",
    )
    again = run(folder, project)
    assert (rejects(again), again.record["sources"][1]["kept"]) == ([], 2)


def test_strict_and_a_limit_of_rows(folder):
    folder.write("events.csv", HEAD + ROW * 100 + "1,visit\n" * 21)
    assert "21 of 121 rows are rejected, more than 1%: 21 short_row" in run(folder, code=3).said
    assert "more than 20 rows" in run(folder, EVENTS, "--max-rejects", "20", code=3).said
    assert run(folder, EVENTS, "--max-rejects", "21").record["sources"][1]["rejected"] == 21
    strict = run(folder, EVENTS, "--strict", "--max-rejects", "100%", code=3).said
    assert "error U016: --strict: 1 warning stops this run." in strict


def test_no_data_of_a_contact_is_in_what_is_said(folder):
    folder.write("events.csv", HEAD + 'secret@x.org,vi"sit,2026-01-02,secret\n' * 30)
    assert "secret" not in run(folder, code=3).said
    with pytest.raises(InputError) as caught:
        folder.load(EVENTS)
    assert "secret" not in str(caught.value)
