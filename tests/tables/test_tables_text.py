from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from flamescore.changes import CHANGES
from flamescore.frames import POINTS, REJECTS
from flamescore.tables import (
    WRITERS,
    TableSettings,
    absent,
    hot_list,
    list_file,
    local_time,
    points_as_text,
    write_tables,
)
from tables.by_hand import CONTACTS, POINT_ROWS, SCORE_ROWS, Entries, at, scored

NO_REJECTS = pl.DataFrame(schema=REJECTS)


@pytest.fixture
def written(tmp_path):
    settings = TableSettings(keep=("name", "phone", "tags", "gone", "contact_id"))
    write_tables(tmp_path, scored(excluded=("001",)), NO_REJECTS, settings)
    return tmp_path


def test_scores_csv_to_the_letter(written):
    assert (written / "scores.csv").read_text(encoding="utf-8") == (
        "contact_id,name,phone,tags,"
        "interest_score,interest_flames,interest_percentile,interest_rank,"
        "fit_score,fit_flames,fit_percentile,fit_rank\n"
        "003,=HYPERLINK(1),-12,VIP,25.5,5,100,1,,,,\n"
        '001,Ann [/evil],+1 555 010 0001,"VIP, Blog",20,5,66.66666666666667,2,,,,\n'
        '002,Bob | Co,"","",8,2,33.333333333333336,3,0.1,0,0,1\n'
        "004,,@home,,-1000,0,0,4,,,,\n"
    )


@pytest.mark.parametrize("spreadsheet", [False, True])
def test_scores_csv_is_the_same_in_pieces(written, tmp_path, monkeypatch, spreadsheet):
    settings = TableSettings(keep=("name", "phone", "tags"), spreadsheet=spreadsheet)
    expected, texts = (written / "scores.csv").read_bytes(), []
    for rows in (1, 3, 131_072):
        monkeypatch.setattr("flamescore.tables.write.PIECE", rows)
        assert WRITERS["scores.csv"](tmp_path, scored(excluded=("001",)), settings) == 4
        texts.append((tmp_path / "scores.csv").read_bytes())
    assert texts[0] == texts[1] == texts[2]
    assert texts[0].count(b"\n") == 5
    assert (texts[0] == expected) is not spreadsheet


def test_hot_leads_csv_to_the_letter(written):
    assert (written / "hot_leads.csv").read_bytes().decode() == (
        "\ufeffrank,contact_id,name,phone,tags,flames,score,percentile,"
        "reason_1,reason_2,reason_3,last_activity,change,newly_hot,hot_since\n"
        "1,003,'=HYPERLINK(1),-12,VIP,5,25.5,100,"
        '"Visited the sales page ×9, 2026-11-20 (+22.5)","Submitted a web form, 2026-11-02 (+2)",'
        "Prospect tags (+1),2026-11-20 05:00,,,\n"
    )


def test_nobody_hot_is_only_a_header(written):
    assert (written / "hot_leads-fit.csv").read_bytes().decode() == (
        "\ufeffrank,contact_id,name,phone,tags,flames,score,percentile,"
        "reason_1,reason_2,reason_3,last_activity,change,newly_hot,hot_since\n"
    )


def test_no_rejects_no_file(written):
    assert not (written / "rejects.csv").exists()


RAW = ['1,"open', "=1,x\r\ny", "a\tb", "", None]


def reject_frame() -> pl.DataFrame:
    return pl.DataFrame(
        [("events mail.csv", n + 1, n + 2, "short", "of 3 cells 2", raw) for n, raw in enumerate(RAW)],
        schema=REJECTS,
        orient="row",
    )


def test_rejects_are_exact(tmp_path):
    write_tables(tmp_path, scored(), reject_frame(), TableSettings())
    text = (tmp_path / "rejects.csv").read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["source", "record", "line", "reason", "message", "raw"]
    assert [row[-1] for row in rows[1:]] == ['1,"open', "=1,x\r\ny", "a\tb", "", ""]
    assert text.endswith("of 3 cells 2,\n")


def test_spreadsheet_guards_any_of_them(tmp_path):
    settings = TableSettings(keep=("name",), spreadsheet=True)
    write_tables(tmp_path, scored(), reject_frame(), settings)
    assert (tmp_path / "rejects.csv").read_bytes().startswith(b"\xef\xbb\xbfsource")
    assert "'=1,x" in (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert "\n003,'=HYPERLINK(1),25.5," in (tmp_path / "scores.csv").read_text(encoding="utf-8")


def test_contacts_outside_the_default_score_come_last(tmp_path):
    rows = [row for row in SCORE_ROWS if row[:2] not in (("001", "interest"), ("004", "interest"))]
    write_tables(tmp_path, scored(scores=rows), NO_REJECTS, TableSettings())
    lines = (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["003", "002", "001", "004"]
    assert lines[3] == "001,,,,,,,,"


def test_numbers_are_plain(tmp_path):
    numbers = [1e15, 1e-4, 0.1 + 0.2, -1000.0, 20.0, 123456789.1234]
    people = pl.DataFrame({"contact_id": [str(n) for n in range(7)]})
    rows = [(str(n), "interest", number, 0, 0.0, 0.0, 1, None) for n, number in enumerate(numbers)]
    write_tables(tmp_path, scored(scores=rows, contacts=people), NO_REJECTS, TableSettings())
    lines = (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[1] for line in lines] == [
        *("1000000000000000", "0.0001", "0.30000000000000004", "-1000", "20", "123456789.1234", ""),
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3.0, "3"),
        (-0.25, "-0.25"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e9, "1000000000"),
        (0.0001, "0.0001"),
        (None, None),
    ],
)
def test_points_in_words(number, text):
    assert pl.select(points_as_text(pl.lit(number, dtype=pl.Float64))).item() == text


def test_local_time_knows_summer_and_winter():
    instants = pl.Series(
        [datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, 30, tzinfo=UTC), None]
    )
    frame = pl.DataFrame({"at": instants.cast(pl.Datetime("us", "UTC"))})
    shown = frame.select(local_time(pl.col("at"), ZoneInfo("Europe/Berlin"))).to_series().to_list()
    assert shown == ["2026-07-01 14:00", "2026-12-01 13:30", None]


def test_hot_flames_is_the_bound():
    rows = hot_list(scored(), "interest", keep=(), hot_flames=2)
    assert rows["contact_id"].to_list() == ["003", "001", "002"]
    assert rows["percentile"].to_list() == [100, 66, 33]


def test_only_the_best_has_100_percent():
    rows = [("a", "interest", 2.0, 5, 1.0, 100.0 * 99_998 / 99_999, 2, None)]
    best = scored(scores=rows, points=[], contacts=pl.DataFrame({"contact_id": ["a"]}))
    assert hot_list(best, "interest", keep=(), hot_flames=5)["percentile"].to_list() == [99]


def test_reasons_take_a_rules_own_limit_off_and_tell_ties_the_latest_first_then_in_file_order():
    points = [
        ("001", "interest", "rule", "form", 1, 2.0, None),
        ("001", "interest", "rule", "visit", 1, 9.0, at(20)),
        ("001", "interest", "rule", "tag", 1, 2.0, at(3)),
        ("001", "interest", "rule", "buyer", 1, 2.0, at(5)),
        ("001", "interest", "rule_limit", "visit", 0, -8.0, None),
        ("001", "interest", "group_limit", "form", 0, -2.0, None),
        ("001", "fit", "rule", "dog", 1, 50.0, None),
        ("002", "interest", "rule", "buyer", 1, -5.0, None),
    ]
    rows = hot_list(scored(points=points), "interest", keep=(), hot_flames=2)
    assert rows.select("contact_id", "reason_1", "reason_2", "reason_3").rows() == [
        ("003", None, None, None),
        (
            "001",
            "Already a customer, 2026-11-05 (+2)",
            "Prospect tags, 2026-11-03 (+2)",
            "Submitted a web form (+2)",
        ),
        ("002", None, None, None),
    ]


def test_ties_without_dates_stand_in_file_order():
    points = [("001", "interest", "rule", name, 1, 2.0, None) for name in ("form", "visit", "tag", "buyer")]
    rows = hot_list(scored(points=points), "interest", keep=(), hot_flames=5)
    assert rows.row(1, named=True)["reason_1"] == "Submitted a web form (+2)"
    assert rows.row(1, named=True)["reason_3"] == "Prospect tags (+2)"


def test_points_that_are_equal_but_for_a_float_are_a_tie():
    # As floats, 0.3 - 0.1 is 0.19999999999999998, and 0.1 + 0.1 is 0.2.
    points = [
        ("001", "interest", "rule", "form", 1, 0.3, at(2)),
        ("001", "interest", "rule", "visit", 2, 0.2, at(1)),
        ("001", "interest", "rule_limit", "form", 0, -0.1, None),
    ]
    rows = hot_list(scored(points=points), "interest", keep=(), hot_flames=5)
    assert rows.row(1, named=True)["reason_1"] == "Submitted a web form, 2026-11-02 (+0.2)"


@pytest.mark.parametrize(
    ("decimals", "score", "reason"),
    [(0, "62", "Submitted a web form ×1,234, 2026-11-02 (+1,235)"),
     (1, "62.6", "Submitted a web form ×1,234, 2026-11-02 (+1,234.6)"),
     (4, "62.628", "Submitted a web form ×1,234, 2026-11-02 (+1,234.5678)")],
)  # fmt: skip
def test_points_have_at_most_so_many_decimals(decimals, score, reason):
    made = scored(
        scores=[("001", "interest", 62.628, 5, 100.0, 100.0, 1, None)],
        points=[("001", "interest", "rule", "form", 1_234, 1234.5678, at(2))],
    )
    rows = hot_list(made, "interest", keep=(), hot_flames=5, decimals=decimals)
    assert rows.select("score", "reason_1").row(0) == (score, reason)


CHANGED = [
    ("001", "interest", "newly_hot", 8.0, 2, 20.0, 5, 12.0),
    ("002", "interest", "down", 8.95, 2, 8.0, 2, -0.95),
    ("003", "interest", "new", None, None, 25.5, 5, None),
    ("004", "interest", "new", None, None, -1000.0, 0, None),
    ("002", "fit", "same", 0.1, 0, 0.1, 0, 0.0),
    ("009", "interest", "vanished", 8.0, 2, None, None, None),
]


def test_what_changed_is_told_signed_and_who_is_newly_hot():
    rows = pl.DataFrame([(*row, *[None] * 4) for row in CHANGED], schema=CHANGES, orient="row")
    told = hot_list(scored(), "interest", keep=(), hot_flames=2, changes=rows)
    assert told.select("contact_id", "change", "newly_hot").rows() == [
        ("003", None, "yes"),
        ("001", "+12", "yes"),
        ("002", "-1", None),
    ]
    told = hot_list(scored(), "fit", keep=(), hot_flames=0, changes=rows)
    assert told.select("contact_id", "change", "newly_hot").rows() == [("002", "0", None)]


def test_under_a_condition_who_is_new_and_hot_is_newly_hot_in_the_default_score():
    rows = pl.DataFrame([(*row, *[None] * 4) for row in CHANGED], schema=CHANGES, orient="row")
    told = hot_list(scored(), "interest", keep=(), hot_flames=None, changes=rows)
    assert told.select("contact_id", "newly_hot").rows() == [("003", "yes"), ("001", "yes")]


def test_no_ledger_no_reasons():
    empty = Entries(pl.DataFrame(schema=POINTS))
    rows = hot_list(scored(points=[]), "interest", keep=(), hot_flames=5)
    assert empty.frame().is_empty()
    assert rows.select("reason_1", "reason_2", "reason_3").rows() == [(None, None, None)] * 2


def test_keep_takes_those_that_there_are_in_order_and_renames_clashes():
    keep = ("score", "owner", "nope", "owner", "contact_id")
    columns = hot_list(scored(), "interest", keep=keep, hot_flames=5).columns
    assert columns[1 : columns.index("flames")] == ["contact_id", "contact_score", "owner"]
    assert absent(CONTACTS, ("owner", "nope")) == ("nope",)


def test_keep_renames_until_it_is_free():
    contacts = CONTACTS.select("contact_id", "score", contact_score="owner")
    keep = ("score", "contact_score")
    rows = hot_list(scored(contacts=contacts), "interest", keep=keep, hot_flames=0)
    columns = rows.columns[1 : rows.columns.index("flames")]
    assert columns == ["contact_id", "contact_contact_score", "contact_score"]
    assert rows.sort("contact_id")["contact_score"].to_list() == ["Kim", None, "Lee", "Kim"]


@pytest.mark.parametrize(
    ("name", "file"),
    [("interest", "hot_leads.csv"), ("fit", "hot_leads-fit.csv"), ("a-b_1", "hot_leads-a-b_1.csv")],
)
def test_the_default_score_has_the_plain_name(name, file):
    assert list_file(name, default=name == "interest") == file


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", ".hidden", "a\x00b", ""])
def test_a_name_never_leads_out_of_the_folder(name):
    file = list_file(name, default=False)
    assert set(file.removeprefix("hot_leads-").removesuffix(".csv")) <= set("0123456789abcdef")


def test_the_ledger_by_hand_adds_up():
    sums = (
        pl.DataFrame(POINT_ROWS, schema=POINTS, orient="row")
        .group_by("contact_id", "score_name")
        .agg(pl.col("points").sum())
    )
    scores = {(row[0], row[1]): row[2] for row in SCORE_ROWS}
    assert {(contact, score): points for contact, score, points in sums.rows()} == scores
