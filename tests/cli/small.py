"""A small project, and helpers to run it and read its runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CONTACTS = """\
Id,Name,Email,Phone,Company,Owner,Tags,Country,Employees,Renewal
101,Ann Lee,ann@example.com,+1 602 555 0101,Acme,Dana Fox,"VIP,New Lead",US,250,12/01/2026
102,[/evil],evil@example.com,,"=HYPERLINK(""http://x"",""y"")",Dana Fox,,NO,5,
103,<script>alert(1)</script>,script@example.com,,,Bob,New Lead,US,50,01/15/2027
104,Cara Smith,cara@example.com,-1-602,Smith & Sons,,,DE,1000,11/25/2026
105,Dan Smith,shared@example.com,,,Bob,Do Not Call,US,20,
106,Eve,shared@example.com,,,Bob,New Lead,US,,
107,Faye,,,,,,US,,
108,Gus,gus@example.com,,Rival,Bob,Competitor,US,500,
"""

EVENTS = """\
contact_id,event,at,asset
101,form_submit,2026-11-18T10:00:00Z,Ebook
101,form_submit,2026-11-10T10:00:00Z,Webinar
101,call,2026-11-20T09:30:00Z,
102,form_submit,2026-11-19T10:00:00Z,Ebook
102,call,2026-11-12T10:00:00Z,
103,form_submit,2026-11-15T10:00:00Z,Ebook
103,form_submit,2026-11-16T10:00:00Z,Webinar
103,call,2026-11-17T09:00:00Z,
103,call,2026-11-01T09:00:00Z,
104,form_submit,2026-11-20T22:00:00Z,Ebook
105,form_submit,2026-11-14T10:00:00Z,Ebook
105,form_submit,2026-11-16T10:00:00Z,Webinar
105,call,2026-11-15T10:00:00Z,
106,form_submit,2026-10-01T10:00:00Z,Ebook
108,form_submit,2026-11-11T10:00:00Z,Ebook
"""

RULES = """\
version: 1
scores:
  interest:
    title: Interest
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Form, event: form_submit, points: 5}
      - {name: Call, event: call, count: once, points: 10}
      - {name: VIP, tag: VIP, points: 5}
      - {name: Works for a competitor, tag: Competitor, points: -10}
  fit:
    flames: [1, 2, 3, 4, 5]
    rules:
      - name: Size
        first_of:
          - {if: {field: {Employees: {at_least: 1000}}}, points: 5}
          - {if: {field: {Employees: {at_least: 100}}}, points: 3}
          - {if: {field: {Employees: {at_least: 1}}}, points: 1}
"""

PROJECT = """\
version: 1
rules: rules.yaml
as_of: 2026-11-21
call_list:
  exclude: {tag: Do Not Call}
contacts:
  - path: contacts.csv
    columns:
      {contact_id: Id, name: Name, email: Email, phone: Phone, company: Company, owner: Owner, tags: Tags}
    dates: {Renewal: "%m/%d/%Y"}
events:
  - path: events.csv
"""

NOW = "2026-11-22T11:00:00Z"
"""The time of scoring, unless a test sets another."""

RANKED = ["101", "103", "105", "102", "104", "106", "107", "108"]
"""The contacts in the order of `interest`: 25, 20, 20, 15, 5, 0, 0, -5 points."""


@dataclass(frozen=True)
class Done:
    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()


def write_project(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "contacts.csv": CONTACTS,
        "events.csv": EVENTS,
        "rules.yaml": RULES,
        "flamescore.yaml": PROJECT,
    }.items():
        (folder / name).write_text(text)
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the environment without variables that affect the program, and with the clock set to `NOW`."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith("FLAMESCORE_") and k != "NO_COLOR"}
    return plain | {"FLAMESCORE_NOW": NOW} | more


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "flamescore", *words]


def program(text: str, *words: str, cwd: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a Python program, given as source text, in a folder."""
    return subprocess.run(
        [sys.executable, "-c", text, *words],
        cwd=cwd, env=environment(), capture_output=True, text=True, check=False, timeout=120, **more,
    )  # fmt: skip


def runs(folder: Path, output: str = "out") -> list[str]:
    return sorted(path.name for path in (folder / output / "runs").iterdir())


def latest(folder: Path, output: str = "out") -> str:
    return (folder / output / "latest").readlink().name


def record(folder: Path, output: str = "out") -> dict[str, Any]:
    """Return the contents of the latest run's `run.json`."""
    said: dict[str, Any] = json.loads((folder / output / "latest" / "run.json").read_text())
    return said
