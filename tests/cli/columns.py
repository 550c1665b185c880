"""A project with several exports, and what a run reports about their columns."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
version: 1
scores:
  interest:
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Prices, event: click, where: {url: {contains: price}}, points: 1}
"""
CLICKS = """\
version: 1
scores:
  s: {five_flames: 20, rules: [{name: Click, event: click, count: each, points: 1}]}
"""
HEAD = "version: 1\nrules: rules.yaml\nas_of: 2026-11-21\n"
CONTACTS = "contacts: [{path: c.csv}]\n"
EVENTS = "events: [{path: ev}]\n"
PEOPLE = "contact_id,email\n1,a@x.example\n2,b@x.example\n"
A = "contact_id,event,at,url\n1,click,2026-11-20,/prices\n"
B = "contact_id,event,at,{}\n2,click,2026-11-20,/prices\n"
SHORT_B = "contact_id,event,at\n2,click,2026-11-20\n"
MAPPED = CONTACTS + "events:\n  - path: ev\n    columns: {url: Link}\n"
OLD = "9,click,2026-01-01,x\n"
"""Old enough for every window, so that no finding reports how far back the events go."""


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def score(flamescore, folder: Path, project: str, **files: str):
    """Run `score` with a project file and files by name: `ev__b` is ev/b.csv."""
    named = {name.replace("__", "/") + ".csv": text for name, text in files.items() if name != "rules"}
    write(folder, named | {"flamescore.yaml": HEAD + project})
    if "rules" in files:
        write(folder, {"rules.yaml": files["rules"]})
    return flamescore("score")


def told(done) -> list[str]:
    """Return the lines of stderr about columns."""
    return [line for line in done.err.splitlines() if "I11" in line]


def scores(folder: Path) -> dict[str, str]:
    with (folder / "out" / "latest" / "scores.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["contact_id"]: next(row[name] for name in row if name.endswith("_score")) for row in rows}
