"""A folder with a project whose exports lie elsewhere."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from flamescore.exports import load, survey
from flamescore.project import load_project

RULES = """\
version: 1
scores:
  interest:
    five_flames: 10
    rules:
      - {name: Visit, event: visit, points: 1, count: each, expires: never}
      - {name: VIP, tag: VIP, points: 3}
"""


@dataclass(frozen=True)
class Reached:
    folder: Path

    def project(self, text: str):
        (self.folder / "rules.yaml").write_text(RULES)
        path = self.folder / "flamescore.yaml"
        path.write_text(f"version: 1\nrules: rules.yaml\nas_of: 2026-11-21T00:00:00Z\n{text}")
        return load_project(path)

    def sqlite(self, script: str, name: str = "crm.db") -> None:
        with closing(sqlite3.connect(self.folder / name)) as database:
            database.executescript(script)
            database.commit()

    def load(self, text: str, zone: str = "UTC"):
        opened = survey(self.project(text))
        try:
            return load(opened, zone=ZoneInfo(zone))
        finally:
            opened.close()

    def contacts(self, query: str, uri: str = "sqlite:///crm.db", more: str = "") -> list[dict]:
        """Return the contacts that a query gives."""
        text = f"contacts:\n- uri: {uri}\n  query: |-\n    {query}\n{more}"
        return self.load(text).contacts.rows(named=True)
