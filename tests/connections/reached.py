"""A folder with a project whose exports are stored elsewhere."""

import io
import sqlite3
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from flamescore.cli.start import main
from flamescore.exports import load, survey
from flamescore.nightly import Options, nightly
from flamescore.project import load_project, settle

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
class Done:
    code: int
    out: str
    err: str


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
        """Return the contacts that a query yields."""
        text = f"contacts:\n- uri: {uri}\n  query: |-\n    {query}\n{more}"
        return self.load(text).contacts.rows(named=True)

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.folder / name).write_text(text)

    def score(self, text: str, as_of: str = "2026-11-21T00:00:00Z"):
        """Score as the nightly job does, and return the outcome."""
        return nightly(settle(self.project(text), {"as_of": as_of}, environ={}), Options())

    def command(self, verb: str, text: str, *words: str) -> Done:
        """Run a command as a user does, but in this process."""
        self.project(text)
        arguments = ["flamescore", verb, "--config", str(self.folder / "flamescore.yaml"), *words]
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        with patch.object(sys, "argv", arguments), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as left:
                code = int(left.code or 0)
        for stream in (out, err):
            stream.seek(0)
        return Done(code, out.read(), err.read())


PROJECT = """\
keep: [email, tags]
contacts: [{path: people.csv}]
events: [{path: visits.csv}]
"""
FILES = {
    "people.csv": 'contact_id,email,tags\n1,ann@x.org,"VIP,a b"\n2,,\n',
    "visits.csv": (
        "contact_id,event,at\n1,visit,2026-11-20T10:00:00Z\n1,visit,2026-11-01T10:00:00Z\n"
        "2,visit,2026-11-01T10:00:00Z\n"
    ),
}
