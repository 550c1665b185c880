"""The files of a write-back: every format to the byte, where files are split, and the undo files."""

# ruff: noqa: E501 - each case is on one line

import csv
import hashlib
import io
import json
from pathlib import Path

import polars as pl
import pytest
from crm import AS_OF, RUN, export, leads, record, scores, table

from flamescore.project import all_formats
from flamescore.runs import Run
from flamescore.state import DELIVERED as DELIVERY
from flamescore.state import DELIVERED_CELLS as DELIVERED
from flamescore.state import Before, Kind
from flamescore.write_back import cells_of, changed, csv_parts, work_out, write_files

GOLDEN = Path(__file__).parent / "golden"
NOTHING = pl.DataFrame(schema=DELIVERED)
IDS = ["101", "102", "103"]
SALESFORCE = ["003Ux00000AbCdE", "003Ux00000AbCdEIAV", "103"]


def written(folder, crm, those, state=NOTHING):
    found = changed(crm, cells_of(crm, those, state["key"]), state)
    run = folder / f"run-{len(list(folder.glob('run-*')))}"
    write_files(run, found, run_id=RUN, as_of=AS_OF, based_on=None, waiting=0)
    return run / "write_back" / crm.name


def of_format(folder, name):
    ids = SALESFORCE if name == "salesforce" else IDS
    contacts = [
        (ids[0], "ann@example.com"),
        (ids[1], 'o\'neil,"x"@example.com'),
        (ids[2], "cara@example.com"),
    ]
    columns = "{flames: lead_flames, score: lead_score, hot_since: hot_since, in_best: best_lead}"
    crm = export(folder, f"{{format: {name}, columns: {columns}, round: 1}}")
    those = leads(
        contacts,
        scores("interest", (ids[0], 31.25, 5), (ids[1], 12, 3), (ids[2], -3.5, 0)),
        segments=[("hot", ids[0], AS_OF), ("best", ids[1], None)],
    )
    cells = [("lead_flames", "2"), ("lead_score", "9.9"), ("hot_since", crm.crm.clear)]
    key = ids[0] if crm.key.column == "contact_id" else "ann@example.com"
    state = pl.DataFrame([(key, *each) for each in cells], schema=DELIVERED, orient="row")
    return written(folder, crm, those, state)


def test_there_are_eight_formats():
    assert sorted(each.stem for each in GOLDEN.iterdir()) == list(all_formats())
    assert len(all_formats()) == 8


@pytest.mark.parametrize("name", all_formats())
def test_the_bytes_of_a_format(tmp_path, name):
    place = of_format(tmp_path, name)
    texts = [f"== {path.name}\n{path.read_bytes().decode()}" for path in sorted(place.glob("*.[cj]s*"))]
    golden = GOLDEN / f"{name}.txt"
    assert "".join(texts) == golden.read_bytes().decode()


def test_what_hubspot_takes_beside_a_file(tmp_path):
    crm = export(tmp_path, "{format: hubspot, key: email, columns: {flames: lead_flames}, dates: '%m/%d/%Y'}")
    place = written(tmp_path, crm, leads([("1", "ann@x.com")], scores("interest", ("1", 3, 1))))
    request = json.loads((place / "importRequest-001.json").read_text())
    assert request["name"] == f"flamescore crm {RUN} 001"
    assert request["dateFormat"] == "MONTH_DAY_YEAR"
    (file,) = request["files"]
    assert file["fileName"] == "crm-001.csv"
    assert file["fileImportPage"]["columnMappings"] == [
        {"columnObjectTypeId": "0-1", "columnName": "Email", "propertyName": "email", "columnType": "HUBSPOT_ALTERNATE_ID"},
        {"columnObjectTypeId": "0-1", "columnName": "lead_flames", "propertyName": "lead_flames"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "files"), [(4_999, [4_999]), (5_000, [5_000]), (5_001, [5_000, 1]), (0, [])]
)
def test_where_files_are_cut(tmp_path, rows, files):
    crm = export(tmp_path, "{format: keap, columns: {flames: Flames}}")
    contacts = [(f"{number:05}", f"p{number:05}@x.com") for number in range(rows)]
    those = leads(contacts, scores("interest", *((each, 10 - int(each) / 1000, 2) for each, _ in contacts)))
    place = written(tmp_path, crm, those)
    assert [each["rows"] for each in record(place)["files"]] == files
    assert record(place)["rows"] == record(place)["first_time"] == rows
    parts = sorted(place.glob("crm-*.csv"))
    assert [part.name for part in parts] == [f"crm-{number:03d}.csv" for number in range(1, len(files) + 1)]
    assert [key for part in parts for key in table(part)] == [mail for _, mail in contacts]
    state = pl.read_parquet(place / "rows.parquet").select("key", "column", cell=pl.lit("0")).cast(pl.String)
    again = written(tmp_path, crm, those, state)
    undo = sorted(again.glob("undo-*.csv"))
    assert [len(table(part)) for part in undo] == files
    assert all(set(cells.values()) == {"0"} for part in undo for cells in table(part).values())
    assert record(again)["first_time"] == 0


def test_what_is_said_of_the_files(tmp_path):
    crm = export(tmp_path, "{format: keap, columns: {flames: Flames}, max_bytes: 40}")
    place = written(
        tmp_path, crm, leads([("1", "a@x.com"), ("2", None)], scores("interest", ("1", 3, 1), ("2", 0, 0)))
    )
    data = b"Email,Flames\na@x.com,1\n"
    assert (place / "crm-001.csv").read_bytes() == data
    assert record(place) == {
        "name": "crm", "format": "keap", "run_id": RUN, "as_of": "2026-11-21T07:00:00Z", "based_on": None,
        "columns": {"flames": "Flames"}, "rows": 1, "first_time": 1, "without_key": 1, "same_key": 0, "bad_key": 0,
        "files": [{"name": "crm-001.csv", "rows": 1, "bytes": 23, "sha256": hashlib.sha256(data).hexdigest()}],
    }  # fmt: skip
    assert sorted(path.name for path in place.iterdir()) == ["crm-001.csv", "rows.parquet", "write_back.json"]
    assert dict(pl.read_parquet_schema(place / "rows.parquet")) == dict.fromkeys(
        ("key", "contact_id", "column", "cell", "previous"), pl.String
    )


def test_nothing_changed(tmp_path):
    crm = export(tmp_path, "{format: hubspot, columns: {flames: lead_flames}}")
    state = pl.DataFrame([("1", "lead_flames", "1")], schema=DELIVERED, orient="row")
    place = written(tmp_path, crm, leads(["1"], scores("interest", ("1", 3, 1))), state)
    assert sorted(path.name for path in place.iterdir()) == ["rows.parquet", "write_back.json"]
    assert (record(place)["rows"], record(place)["files"]) == (0, [])


def delivery(run_id):
    row = {"export": "crm", "run_id": run_id, "as_of": AS_OF, "file": "x", "previous": None}
    return pl.DataFrame([row], schema=DELIVERY)


@pytest.mark.parametrize(
    ("kind", "waited", "based_on", "waiting"),
    [
        (Kind.COUNTING, 8, RUN, 9), (Kind.COUNTING, 9, RUN, 10), (Kind.COUNTING, 10, RUN, 11),
        (Kind.COUNTING, 9, "another", 1), (Kind.BASELINE, 9, RUN, 9),
    ],
)  # fmt: skip
def test_counting_runs_since_the_last_delivery(tmp_path, kind, waited, based_on, waiting):
    crm = export(tmp_path, "{format: keap, columns: {flames: Flames}}")
    those = leads([("1", "a@x.com")], scores("interest", ("1", 3, 1)))
    found = changed(crm, cells_of(crm, those, NOTHING["key"]), NOTHING)
    write_files(tmp_path, found, run_id=RUN, as_of=AS_OF, based_on=RUN, waiting=waited)
    before = Before(kind, run=Run(RUN, AS_OF, tmp_path), delivered=delivery(based_on))
    (made,) = work_out([crm], those, before)
    assert (made.based_on, made.waiting) == (based_on, waiting)
    assert [each.code for each in made.findings()] == (["A019"] if waiting >= 10 else [])


HEADERS, HEAD = ["Key", "A, b", "B"], b'Key,"A, b",B\n'
CELLS = ["", "a", "1,5", 'say "hi"', "two\nlines", "cr\rhere", " padded ", "=1+1", "Zoë", "'"]


@pytest.mark.parametrize("max_bytes", [1, 30, 41, 42, 43, 90, 10_000])
def test_files_read_back_and_keep_to_their_bytes(max_bytes):
    frame = pl.DataFrame({"key": [f"k{each}" for each in range(10)], "a": CELLS, "b": [None, *CELLS[1:]]})
    parts = list(csv_parts(frame, HEADERS, max_rows=4, max_bytes=max_bytes))
    read = [list(csv.reader(io.StringIO(part.data.decode(), newline=""))) for part in parts]
    assert all(
        rows[0] == HEADERS and len(rows) == part.rows + 1 for rows, part in zip(read, parts, strict=True)
    )
    assert [tuple(row) for rows in read for row in rows[1:]] == frame.fill_null("").rows()
    assert all(len(part.data) <= max_bytes or part.rows == 1 for part in parts)
    assert all(part.rows <= 4 for part in parts)
    alone = [len(part.data) - len(HEAD) for part in csv_parts(frame, HEADERS, max_rows=1, max_bytes=None)]
    taken = 0
    for part in parts[:-1]:  # the next row would not have fit
        taken += part.rows
        assert part.rows == 4 or len(part.data) + alone[taken] > max_bytes
