"""Every export that a preset supports gives the same rows in every input format, from a file or a pipe."""

import csv
import gzip
import io
import json

import polars as pl
import pytest
from exports_bench import Piped

from flamescore.project import all_presets

ACCOUNTS = "contact_id,email,account_id\n1,ann@x.org,ann@x.org\n"
NAME = "123456789_export"
"""The name of the files: the presets read campaigns and meetings from its beginning."""

KNOWN = {
    "contact_id": "1", "contact": "ann@x.org", "email": "ann@x.org", "phone": "'+1602", "tags": "VIP, Blog",
    "tag": "VIP", "opportunity_id": "o1", "event_id": "e1", "asset": "Größe; \"L\", 'XL'",
}  # fmt: skip


def variants():
    for name, preset in all_presets().items():
        for variant in preset.variants:
            yield pytest.param(name, variant, id=f"{name} {variant.name}")


def row(variant):
    """Return one row that counts, with a cell for every header that the variant knows."""
    source = variant.keys
    headers = dict.fromkeys(variant.header)
    if not variant.exact:
        headers |= dict.fromkeys(header for each in source.columns.values() for header in each)
    return {header: cell(header, source) for header in headers}


def cell(header, source):
    name = next((name for name, headers in source.columns.items() if header in headers), header)
    if name == "at":
        form = source.at.format[0] if source.at else "%Y-%m-%d %H:%M:%S"
        return pl.Series(["2026-01-02T15:04:05Z"]).str.to_datetime(time_zone="UTC").dt.strftime(form)[0]
    if name in source.rename:
        return next(iter(source.rename[name]))
    known = KNOWN.get(name, f"{header} x")
    left_out = source.leave_out.get(header, ())
    return "Yes" if known in left_out or header == "Attended" else known


def as_csv(variant, cells):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    source = variant.keys
    for _ in range(source.skip_rows):
        writer.writerow(["Meeting", "x"])
    if source.begins_after:
        writer.writerow([source.begins_after])
    writer.writerows([cells.keys(), cells.values()])
    return text.getvalue().encode()


def as_ndjson(_variant, cells):
    return (json.dumps(cells, ensure_ascii=False) + "\n").encode()


def as_parquet(_variant, cells):
    buffer = io.BytesIO()
    pl.DataFrame([cells]).write_parquet(buffer)
    return buffer.getvalue()


def packed(make):
    return lambda variant, cells: gzip.compress(make(variant, cells))


WAYS = {
    "csv.gz": packed(as_csv),
    "ndjson": as_ndjson,
    "ndjson.gz": packed(as_ndjson),
    "parquet": as_parquet,
    "CSV piped in": as_csv,
    "CSV piped in, packed": packed(as_csv),
    "NDJSON piped in": as_ndjson,
    "Parquet piped in": as_parquet,
}


def loaded(bench, kind, preset, path):
    """Return the only row of an export, and the notes about the export."""
    people = "" if kind == "contacts" else "contacts: [{path: people.csv}]\n"
    exports = bench.load(f"{people}{kind}: [{{path: '{path}', preset: {preset}}}]\n")
    records = (*exports.records, *(each.record for each in exports.events))
    (record,) = (each for each in records if each.path == path)
    assert (record.counts.rows, record.counts.rejected, record.counts.ignored) == (1, 0, 0)
    frame = exports.events[0].frame.collect() if kind == "events" else getattr(exports, kind)
    assert frame.height == 1
    return frame.to_dicts()[0], record.notes


@pytest.mark.parametrize(("preset", "variant"), list(variants()))
def test_the_same_row_comes_in_every_way(bench, monkeypatch, preset, variant):
    bench.write("people.csv", ACCOUNTS)
    cells = row(variant)
    bench.write(f"{NAME}.csv", as_csv(variant, cells))
    expected, _ = loaded(bench, variant.kind, preset, f"{NAME}.csv")
    nameless = dict.fromkeys(variant.keys.from_file_name)
    for way in WAYS:
        path = comes_in(bench, monkeypatch, way, variant)
        found, _ = loaded(bench, variant.kind, preset, path)
        assert found == (expected | nameless if path == "-" else expected), way


def comes_in(bench, monkeypatch, way, variant):
    """Provide the variant's export in one of the `WAYS`; return its path."""
    content = WAYS[way](variant, row(variant))
    if "piped" in way:
        monkeypatch.setattr("sys.stdin", Piped(content))
        return "-"
    bench.write(f"{NAME}.{way}", content)
    return f"{NAME}.{way}"


@pytest.mark.parametrize("way", ["csv.gz", "ndjson", "CSV piped in, packed", "NDJSON piped in"])
def test_auto_finds_the_vendor_whichever_way_it_comes(bench, monkeypatch, way):
    (variant,) = (each for each in all_presets()["hubspot"].variants if each.name == "email_event table")
    bench.write("people.csv", ACCOUNTS)
    path = comes_in(bench, monkeypatch, way, variant)
    _, notes = loaded(bench, "events", "auto", path)
    assert "preset chosen by its headers: `hubspot` (email_event table)" in notes
