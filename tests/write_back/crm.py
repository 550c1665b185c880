"""Contacts and scores by hand, write-backs of a project file, and a CRM that imports their files."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.errors import ProjectFileError
from flamescore.frames import SCORES
from flamescore.project import load_project, unknown_in_write_backs
from flamescore.write_back import Leads, exports_of

RUN = "2026-11-21T070000Z-3f9a1c"
AS_OF = datetime(2026, 11, 21, 7, tzinfo=UTC)
PHOENIX = ZoneInfo("America/Phoenix")
SEGMENTS = pl.Schema(
    {"segment": pl.String, "contact_id": pl.String, "since": pl.Datetime("us", "UTC"), "held": pl.Boolean}
)
ROUTES = pl.Schema(
    {
        "contact_id": pl.String,
        "rep": pl.String,
        "at": pl.Datetime("us", "UTC"),
        "reason": pl.String,
        "ended": pl.Boolean,
    }
)


def exports(folder, text, *, scores=("interest", "fit"), segments=("hot", "best")):
    """Return the write-backs of a project file with this text."""
    path = folder / "flamescore.yaml"
    path.write_text(f"version: 1\nwrite_back:\n{text}")
    project = load_project(path)
    faults = tuple(unknown_in_write_backs(project, scores, segments))
    if faults:
        raise ProjectFileError(faults)
    return exports_of(project, scores)


def export(folder, text, **more):
    return exports(folder, f"  crm: {text}\n", **more)[0]


def scores(name, *rows):
    """Return rows of `frames.SCORES` from (contact, score, flames), ranked in the given order."""
    most = max(len(rows) - 1, 1)
    return pl.DataFrame(
        [
            {
                "contact_id": contact,
                "score_name": name,
                "score": float(score),
                "flames": flames,
                "percent_of_ideal": score * 2.5,
                "percentile": 100 * (len(rows) - place) / most,
                "rank": place,
                "last_activity_at": datetime(2026, 11, 20, 3, tzinfo=UTC) if score > 0 else None,
            }
            for place, (contact, score, flames) in enumerate(rows, 1)
        ],
        schema=SCORES,
    )


def leads(contacts, table, *, segments=(), held_out=(), routes=(), import_as=None):
    """Return leads from contacts, which are ids or (id, e-mail), and segments: (segment, contact, since)."""
    people = pl.DataFrame(
        [(each, None) if isinstance(each, str) else each for each in contacts],
        schema={"contact_id": pl.String, "email": pl.String},
        orient="row",
    )
    return Leads(
        contacts=people.join(
            table.filter(pl.col("score_name") == "interest").select("contact_id", "rank"),
            on="contact_id",
            how="left",
        ).sort("rank", "contact_id", nulls_last=True),
        scores=table,
        segments=pl.DataFrame(
            [(*each, *([False] if len(each) == 3 else [])) for each in segments],
            schema=SEGMENTS,
            orient="row",
        ),
        zone=PHOENIX,
        held_out=pl.Series(list(held_out), dtype=pl.String),
        routes=pl.DataFrame(list(routes), schema=ROUTES, orient="row"),
        import_as=import_as or {},
    )


def table(path):
    """Return the rows of a CSV by its first column, each as a dict of the other columns."""
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return {key: dict(zip(header[1:], cells, strict=True)) for key, *cells in rows}


@dataclass
class Crm:
    """A CRM whose import writes the cells of a file into the record with the same key."""

    records: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, folder, stem):
        for path in sorted(folder.glob(f"{stem}-*.csv")):
            for key, cells in table(path).items():
                self.records.setdefault(key.lower(), {}).update(cells)


def record(folder):
    return json.loads((folder / "write_back.json").read_text())
