"""A sound project with every kind of source and format, to be damaged.

Names, e-mails, phones, companies and owners contain `PERSON`, so that a message that shows one is detected.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    import polars as pl

PERSON = "Quillfeather"
"""A word that occurs in cells with personal data and nowhere else."""

MAY_BE_SHOWN = ("tags", "country", "employees", "renewal")
"""Columns of contacts whose cells a message may show, because a rule or the project file names them."""

DAY = "2026-11-21"

RULES = """\
version: 1
timezone: America/Phoenix
ignore:
  - {event: visit, where: {url: {starts_with: /bot}}}
scores:
  interest:
    title: Interest
    five_flames: 20
    defaults: {count: each, expires: 4w}
    rules:
      - {name: Visited, event: visit, points: 2}
      - name: Saw the prices
        event: visit
        where: {url: {contains: /pricing}, seconds: {at_least: 10}}
        count: once
        points: 5
      - {name: Bought, event: purchase, points: {from: amount, multiply_by: 0.1}, expires: never}
      - {name: VIP, tag: VIP, points: 5}
      - {name: Recent trial, tag: Trial, points: 3, expires: 90d}
  fit:
    flames: [1, 2, 3, 4, 5]
    rules:
      - name: Size
        first_of:
          - {if: {field: {employees: {at_least: 1000}}}, points: 5}
          - {if: {field: {employees: {at_least: 100}}}, points: 3}
      - {name: In the US, field: {country: US}, points: 1}
"""

PROJECT = """\
version: 1
rules: rules.yaml
output: out
as_of: 2026-11-21
max_rejects: 20%
call_list:
  exclude: {tag: Do Not Call}
contacts:
  - path: CONTACTS
    dates: {renewal: "%m/%d/%Y"}
events:
  - path: EVENTS
    event_id_is: none
tag_history:
  - path: HISTORY
opportunities:
  - path: opportunities.csv
""".replace("    event_id_is: none\n", "")

FORMATS = ("csv", "csv", "csv.gz", "csv.zst", "ndjson", "ndjson.gz", "parquet")
TEXTS = (
    "csv",
    "ndjson",
)


def contacts() -> list[dict[str, str]]:
    return [
        {
            "contact_id": f"{100 + n}",
            "name": f"{PERSON} {n}",
            "email": f"{PERSON.lower()}{n}@example.com",
            "phone": f"+1 602 555 01{n:02}",
            "company": f"{PERSON} and Sons",
            "owner": f"Owner {PERSON}",
            "tags": ("VIP,New Lead", "Do Not Call", "", "Trial")[n % 4],
            "country": ("US", "DE", "")[n % 3],
            "employees": ("5", "250", "1000", "")[n % 4],
            "renewal": ("12/01/2026", "")[n % 2],
        }
        for n in range(30)
    ]


def events() -> list[dict[str, str]]:
    return [
        {
            "contact_id": f"{100 + n % 33}",
            "event": "purchase" if n % 9 == 0 else "visit",
            "at": f"2026-{11 - n % 4:02}-{n % 20 + 1:02}T{n % 24:02}:00:00Z",
            "url": ("/pricing", "/", "/bot/x", "https://example.com/pricing?a=1")[n % 4],
            "seconds": f"{n % 30}",
            "amount": f"{n}.50" if n % 9 == 0 else "",
            "event_id": f"e{n}",
        }
        for n in range(120)
    ]


def history() -> list[dict[str, str]]:
    return [
        {"contact_id": f"{100 + n}", "tag": "Trial", "at": f"2026-10-{n + 1:02}", "action": "applied"}
        for n in range(20)
    ]


def opportunities() -> list[dict[str, str]]:
    return [{"opportunity_id": f"o{n}", "contact_id": f"{100 + n}", "stage": "won"} for n in range(8)]


def write(folder: Path, dice: Random) -> None:
    """Write the project, with randomly chosen formats for contacts, events and tag history."""
    folder.mkdir(parents=True)
    names = {}
    for word, rows in (("CONTACTS", contacts()), ("EVENTS", events()), ("HISTORY", history())):
        kind = dice.choice(FORMATS)
        names[word] = f"{word.lower()}.{kind}"
        (folder / names[word]).write_bytes(encoded(rows, kind))
    project = PROJECT
    for word, name in names.items():
        project = project.replace(word, name)
    (folder / "opportunities.csv").write_bytes(encoded(opportunities(), "csv"))
    (folder / "rules.yaml").write_text(RULES)
    (folder / "flamescore.yaml").write_text(project)


def strayed(folder: Path) -> bool:
    """Return whether damage has moved personal data to a column whose cells a message may show.

    A header that loses a comma shifts every cell by one column: the owner of a contact is then read as its
    tag, and can't be distinguished from a tag chosen by marketing. Only contacts in CSV and NDJSON are
    checked, as text. Losing a byte makes the other formats unreadable.
    """
    for file in folder.glob("contacts.*"):
        match file.suffix:
            case ".csv":
                text = file.read_text(encoding="utf-8", errors="replace").replace("\0", "")
                rows = list(csv.DictReader(io.StringIO(text, newline="")))
            case ".ndjson":
                rows = [_object(line) for line in file.read_bytes().splitlines()]
            case _:
                continue
        if any(PERSON.lower() in f"{row.get(name)}".lower() for row in rows for name in MAY_BE_SHOWN):
            return True
    return False


def _object(line: bytes) -> dict[str, object]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def encoded(rows: list[dict[str, str]], kind: str) -> bytes:
    """Return rows as the bytes of a file. Empty cells are missing values in Parquet and NDJSON."""
    import polars as pl  # noqa: PLC0415 - the program that forks must have no Polars threads

    frame = pl.DataFrame(rows)
    form, _, packed = kind.partition(".")
    data = frame.write_csv().encode() if form == "csv" else _typed(frame, form)
    pack = {"": bytes, "gz": gzip.compress, "zst": zstandard.compress}[packed]
    return pack(data)


def _typed(frame: pl.DataFrame, form: str) -> bytes:
    import polars as pl  # noqa: PLC0415

    missing = frame.with_columns(pl.all().replace("", None))
    if form == "ndjson":
        return missing.write_ndjson().encode()
    target = io.BytesIO()
    if "at" in frame.columns:
        missing = missing.with_columns(pl.col("at").str.slice(0, 10).str.to_datetime("%Y-%m-%d"))
    if "seconds" in frame.columns:
        missing = missing.with_columns(pl.col("seconds").cast(pl.Int64), pl.col("amount").cast(pl.Float64))
    missing.write_parquet(target, row_group_size=40)
    return target.getvalue()
