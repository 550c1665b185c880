"""A small project that has been scored, with notices added to its state."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from msgspec.structs import replace

from cli.small import write_project
from flamescore.alerts import keep_notices
from flamescore.nightly import Options, nightly
from flamescore.project import find_settings
from flamescore.runs import RunStore
from flamescore.state import StateStore, transaction

AS_OF = "2026-11-21T02:00:00Z"


@pytest.fixture(scope="session")
def scored(tmp_path_factory):
    """Return the folder of the small project after its first run."""
    folder = write_project(tmp_path_factory.mktemp("alerts") / "project")
    project = find_settings(str(folder / "flamescore.yaml"))
    nightly(replace(project, settings=project.settings.with_keys(as_of=AS_OF)), Options())
    return folder


class Alerted:
    """A project with channels and alerts, and a state to which notices can be added."""

    def __init__(self, folder):
        self.folder = folder

    def written(self, text):
        """Add keys to the project file."""
        path = self.folder / "flamescore.yaml"
        path.write_text(path.read_text() + text)
        return self

    @property
    def project(self):
        return find_settings(str(self.folder / "flamescore.yaml"))

    def rung(self, *contacts, alert="newly-hot", kind="enters", at=AS_OF, **cells):
        """Add notices for contacts to the state, as those of the latest run."""
        project = self.project
        run = RunStore(self.folder / "out").latest()
        rows = [
            {
                "notice_id": f"{alert}-{contact}-{at}",
                "alert": alert,
                "kind": kind,
                "contact_id": contact,
                "at": datetime.fromisoformat(at).astimezone(UTC),
                "owner": cells.get("owner", "Dana Fox"),
                "routed_to": cells.get("routed_to"),
                "flames": 5,
                "previous_flames": 4,
                "score": 28.0,
                "previous_score": 19.0,
                "reason_1": "",
            }
            for contact in contacts
        ]
        store = StateStore.of(project)
        with store.open() as connection, transaction(connection):
            keep_notices(connection, run, pl.DataFrame(rows), project.settings, ZoneInfo("UTC"))

    def rows(self, query):
        with StateStore.of(self.project).open(write=False) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def alerted(scored, tmp_path, monkeypatch):
    folder = tmp_path / "project"
    shutil.copytree(scored, folder, symlinks=True)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-22T12:00:00Z")
    return Alerted(folder)
