"""What the tests of this folder share."""

import io
import os
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.cells import as_text, present, rounded
from flamescore.columns import DateColumns
from flamescore.exports import load, survey
from flamescore.frames import DROP, LEFT_OUT, ODD, EventSource, Exports, Window
from flamescore.project.load import load_project
from flamescore.project.values import parse_limit


@dataclass(frozen=True)
class Bench:
    """A folder with a project file and exports, and how to load it."""

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
    ) -> Exports:
        max_rejects = parse_limit(limit) if limit else None
        opened = self.survey(text)
        return looked_at(load(opened, dates or DateColumns(), ZoneInfo(zone), max_rejects, strict=strict))


def looked_at(exports: Exports) -> Exports:
    """Look at the cells of all events, as a scoring does whose rules never forget: its rows, its rejects."""
    settled = [source.settle(Window()) for source in exports.events if source.settle]
    events = [
        replace(source.only(sound(source)), record=each.record)
        for source, each in zip(exports.events, settled, strict=True)
    ]
    rejects = pl.concat([exports.rejects, *(each.rejects for each in settled)])
    return replace(exports, events=tuple(events), rejects=rejects)


def sound(source: EventSource) -> pl.LazyFrame:
    """Return the events that are neither rejected nor left out, their ids and types trimmed."""
    schema = source.frame.collect_schema()
    key = "contact_id" if source.key == "contact_id" else "contact"
    frame = source.frame.with_columns(
        present(as_text(key, schema[key])).alias(key), event=present(as_text("event", schema["event"]))
    )
    if "event_id" in schema:
        frame = frame.with_columns(present(as_text("event_id", schema["event_id"])).alias("event_id"))
    if DROP in schema:
        frame = frame.filter(pl.col(DROP) < LEFT_OUT)
    frame = frame.drop(ODD, strict=False).drop_nulls([key, "event", "at"])
    return frame.filter(~rounded(pl.col(key)))


CONTACTS = "contacts: [{path: contacts.csv}]\n"
PEOPLE = "contact_id,email\n1,ann@x.org\n2,bob@x.org\n"
"""An export of contacts, for the events of others."""


class Piped:
    """Standard input, as a program sees it that something is piped into."""

    closed = False

    def __init__(self, content):
        self.buffer = io.BytesIO(content)
        self.closed = False

    def isatty(self):
        return False


def rows(frame: pl.LazyFrame | pl.DataFrame) -> list[tuple]:
    return frame.lazy().collect().rows()


def texts(series: pl.Series) -> list[str | None]:
    """Instants as short text."""
    return series.dt.strftime("%Y-%m-%dT%H:%M:%SZ").to_list()
