"""The files of a write-back in a run's folder: the import, the undo, and their description."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.text import printable_json
from flamescore.write_back.csv_files import csv_parts

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flamescore.write_back.changed import Changed
    from flamescore.write_back.columns import Export

FOLDER: Final = "write_back"
ROWS_FILE: Final = "rows.parquet"
RECORD_FILE: Final = "write_back.json"
_WAITING: Final = "counting_runs"
"""Key in the metadata of `rows.parquet`: how many counting runs since a delivery, including this one."""

_CONTACTS: Final = "0-1"
"""HubSpot's object type id for contacts."""


def write_files(
    folder: Path, changed: Changed, *, run_id: str, as_of: datetime, based_on: str | None, waiting: int
) -> None:
    """Write a write-back into `write_back/NAME` of a run's folder.

    `based_on` is the run delivered last, `waiting` the number of counting runs since.
    """
    export = changed.export
    place = folder / FOLDER / export.name
    place.mkdir(parents=True)
    files = _write_csv(place, export.name, changed, "cell", changed.rows)
    _write_csv(place, "undo", changed, "was", changed.rows.filter(~pl.col("first_time")))
    if export.key.property is not None:
        for number, file in enumerate(files, 1):
            request = import_request(export, file["name"], run_id, number)
            _write_json(place / f"importRequest-{number:03d}.json", request)
    changed.as_rows().write_parquet(
        place / ROWS_FILE, compression="zstd", compression_level=1, metadata={_WAITING: str(waiting)}
    )
    record = {
        "name": export.name,
        "format": export.settings.format,
        "run_id": run_id,
        "as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "based_on": based_on,
        "columns": export.settings.columns,
        "rows": changed.rows.height,
        "first_time": changed.first_time,
        "without_key": changed.without_key,
        "same_key": changed.same_key,
        "bad_key": changed.bad_key,
        "files": files,
    }
    _write_json(place / RECORD_FILE, record)


def read_waiting(run: Path, name: str) -> tuple[str | None, int] | None:
    """Return the run that a run's write-back was based on, and how many counting runs had waited by then.

    Return None if the run has no write-back of this name, or one that can't be read.
    """
    place = run / FOLDER / name
    try:
        based_on = json.loads((place / RECORD_FILE).read_bytes())["based_on"]
        return based_on, int(pl.read_parquet_metadata(place / ROWS_FILE)[_WAITING])
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
        return None


def import_request(export: Export, file: str, run_id: str, number: int) -> dict[str, Any]:
    """Return what HubSpot's imports API takes along with a file."""
    key = export.key
    mappings = [
        {
            "columnObjectTypeId": _CONTACTS,
            "columnName": key.header,
            "propertyName": key.property,
            "columnType": key.type,
        },
        *(
            {"columnObjectTypeId": _CONTACTS, "columnName": each.header, "propertyName": each.header}
            for each in export.columns
        ),
    ]
    page = {"hasHeader": True, "columnMappings": mappings}
    return {
        "name": f"flamescore {export.name} {run_id} {number:03d}",
        "importOperations": {_CONTACTS: "UPDATE"},
        "dateFormat": export.crm.date_formats[export.settings.dates],
        "files": [{"fileName": file, "fileFormat": "CSV", "fileImportPage": page}],
    }


def _write_csv(
    place: Path, stem: str, changed: Changed, which: str, rows: pl.DataFrame
) -> list[dict[str, Any]]:
    """Write rows as `STEM-001.csv` and so on: the key, and each column's current `cell` or previous `was`."""
    export = changed.export
    settings, crm = export.settings, export.crm
    columns = [f"{which}_{number}" for number in range(len(export.columns))]
    parts = csv_parts(
        rows.select("shown", *columns),
        [export.key.header, *(each.header for each in export.columns)],
        max_rows=settings.max_rows or crm.max_rows,
        max_bytes=settings.max_bytes or crm.max_bytes,
    )
    written = []
    for number, part in enumerate(parts, 1):
        name = f"{stem}-{number:03d}.csv"
        (place / name).write_bytes(part.data)
        digest = hashlib.sha256(part.data).hexdigest()
        written.append({"name": name, "rows": part.rows, "bytes": len(part.data), "sha256": digest})
    return written


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(
        printable_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n", encoding="utf-8", newline="\n"
    )
