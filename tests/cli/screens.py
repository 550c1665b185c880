"""The exact terminal output of the commands, stored in files that one command regenerates.

    make screens

The names are those that break tables: wide, zero-width, right-to-left, far too long, markup, escapes.
What differs between runs (the end of a run's id, sizes, durations) is masked by text of the same width.
"""

# ruff: noqa: E501 - one person per line

from __future__ import annotations

import csv
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from cli.small import environment
from cli.terminal import drained, plain

FOLDER = Path(__file__).parent / "screens"
WIDTHS = (80, 120)
SCREENS = {
    "score": ("score", "--as-of", "2026-11-21"),
    "search": ("search", "--flames", "1-5"),
    "changes": ("changes",),
    "runs": ("runs",),
    "explain": ("explain", "1002", "--all"),
}
"""The commands, keyed by the name of their files."""

BREAK = "\x0c"
"""Separates two screens."""

PEOPLE = (
    ("1001", "Ann Lee", "ann@example.com", "(602) 555-0101", "Acme", "Dana Fox", ""),
    ("1002", "李小龍", "li@example.com", "(602) 555-0102", "株式会社サンプル・ホールディングス", "Zoë Tran", "VIP"),
    ("1003", "مريم العلي", "maryam@example.com", "", "شركة النور للتجارة", "Dana Fox", ""),
    ("1004", "👩\u200d💻 Deva 🔥 Person", "deva@example.com", "+49 30 901820", "Zu\u0308rich e\u0301migre\u0301", "", ""),
    ("1005", "[bold red]Eve[/] <script>alert(1)</script>", "eve@example.com", "", "*Smith* & `Sons` | Co", "Bob", ""),
    ("1006", '=HYPERLINK("http://x.example")', "six@example.com", "-1-602", "+1+1", "@owner", ""),
    ("1007", "Red\x1b[31m\x1b]0;title\x07 \u202egnp.exe", "seven@example.com", "", "a\x7fb\x9bc", "Bob", ""),
    ("1008", "Wolfeschlegelsteinhausenbergerdorff" * 8, "w@example.com", "(602) 555-0108", "W" * 300, "Bob", ""),
    ("1009", "Zo\u0308e\u0301 S\u0327tefan", "zoe@example.com", "(602) 555-0109", "", "Dana Fox", ""),
    ("1010", "", "nameless.with.a.rather.long.address@mail.example.com", "", "", "", ""),
    ("1011", "Dan Smith", "dan@example.com", "(602) 555-0111", "Acme", "Bob", "Do Not Call"),
    ("1012", "Cold Carl", "carl@example.com", "", "", "", ""),
)  # fmt: skip
"""Id, name, e-mail, phone, company, owner, tags."""

CALLS = {"1001": 20, "1003": 19, "1004": 18, "1006": 1, "1007": 17, "1008": 16, "1011": 15}
"""The day of November on which a rep talked with each contact."""

FORMS = {"1001": 9, "1002": 19, "1004": 8, "1005": 18, "1007": 2, "1008": 14, "1010": 11, "1011": 10}
RULES = """\
version: 1
timezone: America/Phoenix
scores:
  interest:
    title: Prospect interest
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Sent in a form, event: form_submit, points: 5, decay: {half_life: 30d}}
      - {name: Talked with a rep for longer than any voice mail takes to listen to, event: call, points: 10}
      - {name: Is on the list of those whom we know, tag: VIP, points: 6.5}
      - {name: Works for a competitor, field: {company: {contains: [Rival, Acme & Sons]}}, points: -10}
"""
PROJECT = """\
version: 1
rules: rules.yaml
history: none
call_list: {exclude: {tag: Do Not Call}}
contacts: [{path: contacts.csv}]
events: [{path: events.csv}]
"""
LATER = (
    "1009,call,2026-11-20T20:00:00Z,\n1009,call,2026-11-20T21:00:00Z,\n1002,call,2026-11-20T22:00:00Z,Li 李\n"
)
"""The events of the last day, which make a contact hot."""

PROGRAM = f"""
import fcntl, os, pathlib, struct, sys, termios
from flamescore.cli.main import run
for width in {WIDTHS}:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    os.chdir(str(width))
    run(["score", "--as-of", "2026-11-20", "-q"])
    with pathlib.Path("events.csv").open("a", encoding="utf-8") as file:
        file.write({LATER!r})
    for words in {tuple(SCREENS.values())}:
        print({BREAK!r}, flush=True)
        run(words)
        sys.stdout.flush()
    os.chdir("..")
"""
"""All screens from one process: a process per command would take ten times as long."""

_MASKED = (
    (re.compile(r"(?<=Z-)[0-9a-f]{6}"), "x"),
    (re.compile(r"\d+(?:\.\d)?(?= (?:kB|MB)\b)"), "0"),
    (re.compile(r"\d+\.\d(?= s\b)"), "0"),
)


def write_project(folder: Path) -> None:
    """Create a folder and write the project into it."""
    folder.mkdir()
    rows = io.StringIO()
    csv.writer(rows, lineterminator="\n").writerows(
        [("contact_id", "name", "email", "phone", "company", "owner", "tags"), *PEOPLE]
    )
    events = ["contact_id,event,at,asset"]
    events += [f"{who},call,2026-11-{day:02}T16:30:00Z," for who, day in CALLS.items()]
    for who, day in FORMS.items():
        asset = f"A form with a name that goes on past the edge of every screen: {who}"
        events += [f"{who},form_submit,2026-11-{day:02}T1{n}:00:00Z,{asset}" for n in range(2)]
    files = {
        "contacts.csv": rows.getvalue(),
        "events.csv": "\n".join(events) + "\n",
        "rules.yaml": RULES,
        "flamescore.yaml": PROJECT,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


def shown(folder: Path) -> dict[str, str]:
    """Write the projects into an empty folder; return every screen, keyed by the name of its file."""
    for width in WIDTHS:
        write_project(folder / str(width))
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
    env = {
        name: text for name, text in environment().items() if name not in ("COLUMNS", "LINES", "FORCE_COLOR")
    }
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=env | {"TERM": "xterm-256color"}
    ):
        os.close(theirs)
        text = drained(ours)
    _, *screens = plain(text).split(f"{BREAK}\n")
    names = (f"{name}-{width}.txt" for width in WIDTHS for name in SCREENS)
    return {name: _as_kept(name, screen) for name, screen in zip(names, screens, strict=True)}


def _as_kept(name: str, screen: str) -> str:
    if name.startswith("score"):  # progress lines come before it, warnings after it
        _, found, rest = screen.rpartition(f"{len(PEOPLE)} contacts scored as of")
        assert found, screen
        listed, end, _warnings = rest.partition("\nPublished to out/latest.\n")
        screen = found + listed + end
    for masked, by in _MASKED:
        screen = masked.sub(lambda found, by=by: re.sub(r"[^.]", by, found[0]), screen)
    return screen


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as there:
        for name, text in shown(Path(there)).items():
            (FOLDER / name).write_text(text, encoding="utf-8")
