"""Helpers shared by the tests in this folder."""

import dataclasses
import io
import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from msgspec.structs import replace

from flamescore.cells import as_text, present, rounded
from flamescore.columns import DateColumns, NumberColumns
from flamescore.exports import load, survey
from flamescore.exports.events import ODD
from flamescore.frames import AGE, INDEX, KEY, EventQuery, EventSource, EventsRead, Exports, Window
from flamescore.project import load_project, parse_limit


@dataclass(frozen=True)
class Bench:
    """A folder with a project file and exports, and methods to write and load them."""

    folder: Path

    def write(self, name: str, content: str | bytes, *, modified: int | None = None) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if modified is not None:
            os.utime(path, (modified, modified))

    def project(self, text: str):
        self.write("flamescore.yaml", "version: 1\n" + text)
        return load_project(self.folder / "flamescore.yaml")

    def survey(self, text: str, **options):
        return survey(self.project(text), **options)

    def load(
        self,
        text: str,
        *,
        zone: str = "UTC",
        dates: DateColumns | None = None,
        limit: str | None = None,
        strict=False,
        numbers: NumberColumns | None = None,
    ) -> Exports:
        max_rejects = parse_limit(limit) if limit else None
        opened = self.survey(text)
        columns = dates or DateColumns()
        return looked_at(load(opened, columns, ZoneInfo(zone), max_rejects, strict=strict, numbers=numbers))


def looked_at(exports: Exports) -> Exports:
    """Validate the cells of all events as if scoring with rules that never expire; keep rows and rejects."""
    ends = [read(source)[1] for source in exports.events]
    events = [
        replace(source.only(sound(source)), record=end.record)
        for source, end in zip(exports.events, ends, strict=True)
    ]
    rejects = pl.concat([exports.rejects, *(end.rejects for end in ends)])
    return dataclasses.replace(exports, events=tuple(events), rejects=rejects)


def read(source: EventSource, window: Window | None = None, *, tell=True) -> tuple[pl.DataFrame, EventsRead]:
    """Return the events that scoring needs, all without a contact, and the counts and rejects of the read."""
    batches = source.read(query(source, window or Window()))
    frames = list(batches)
    return pl.concat(frames) if frames else pl.DataFrame(), batches.end(report=tell)


def query(source: EventSource, window: Window) -> EventQuery:
    key = "contact_id" if source.key == "contact_id" else "contact"
    columns = (pl.col(key).alias(KEY), window.age(pl.col("at")).alias(AGE), pl.exclude("at", ODD))
    nobody = pl.lit(-1, pl.Int64).alias(INDEX)
    return EventQuery(window, columns, lambda batch: batch.with_columns(nobody), 100_000)


def sound(source: EventSource) -> pl.LazyFrame:
    """Return the events with a contact whose id is not rounded, a type and a time; strip ids and types."""
    schema = source.frame.collect_schema()
    key = "contact_id" if source.key == "contact_id" else "contact"
    frame = source.frame.with_columns(
        present(as_text(key, schema[key])).alias(key), event=present(as_text("event", schema["event"]))
    )
    if "event_id" in schema:
        frame = frame.with_columns(present(as_text("event_id", schema["event_id"])).alias("event_id"))
    return frame.drop_nulls([key, "event", "at"]).filter(~rounded(pl.col(key)))


CONTACTS = "contacts: [{path: contacts.csv}]\n"
PEOPLE = "contact_id,email\n1,ann@x.org\n2,bob@x.org\n"
"""An export of contacts, for tests of events."""


class Piped:
    """A stand-in for standard input that content is piped into."""

    closed = False

    def __init__(self, content):
        self.buffer = io.BytesIO(content)
        self.closed = False

    def isatty(self):
        return False


def rows(frame: pl.LazyFrame | pl.DataFrame) -> list[tuple]:
    return frame.lazy().collect().rows()


def texts(series: pl.Series) -> list[str | None]:
    """Return instants as short text."""
    return series.dt.strftime("%Y-%m-%dT%H:%M:%SZ").to_list()
