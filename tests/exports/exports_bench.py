"""What the tests of this folder share."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from flamescore.exports.load import load, survey
from flamescore.exports.project import load_project
from flamescore.exports.values import parse_limit
from flamescore.frames import DateColumns, Exports


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
        return load(self.survey(text), dates or DateColumns(), ZoneInfo(zone), max_rejects, strict=strict)


CONTACTS = "contacts: [{path: contacts.csv}]\n"
PEOPLE = "contact_id,email\n1,ann@x.org\n2,bob@x.org\n"
"""An export of contacts, for the events of others."""


class Piped:
    """Standard input, as a program sees it that something is piped into."""

    closed = False

    def __init__(self, content):
        self.buffer = io.BytesIO(content)

    def isatty(self):
        return False


def rows(frame: pl.LazyFrame | pl.DataFrame) -> list[tuple]:
    return frame.lazy().collect().rows()


def texts(series: pl.Series) -> list[str | None]:
    """Instants as short text."""
    return series.dt.strftime("%Y-%m-%dT%H:%M:%SZ").to_list()
