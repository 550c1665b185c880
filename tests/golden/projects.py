"""The projects of the golden gate: each a folder filled by a function, and the commands to run there."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from attack.damage import damaged
from attack.projects import write
from cli.small import write_project
from real_exports import REAL, education, grocer, strangers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
DAMAGED = 60
"""The number of damaged folders."""


@dataclass(frozen=True)
class Golden:
    """A project: its name, the function that fills its folder, and the words of each command, in order."""

    name: str
    fill: Callable[[Path], None]
    commands: tuple[tuple[str, ...], ...]


READING = (
    ("search", "--flames", "0-5"),
    ("search", "--flames", "4-5", "--format", "table"),
    ("search", "--changed", "up", "--format", "ndjson"),
    ("changes",),
    ("changes", "--format", "md"),
    ("report", "--format", "md"),
)


def projects() -> Iterator[Golden]:
    """Yield every project that can be made on this machine."""
    for rules in ("keap", "ontraport", "b2b"):
        chosen = ("--rules", f"rules/{rules}.yaml")
        nights = (
            ("score", *chosen, "--as-of", "2026-11-14"),
            ("score", *chosen, "--as-of", "2026-11-21", "--trend", "7d"),
        )
        asked = tuple(("explain", contact, "--all") for contact in ("1042", "2456", "1052"))
        yield Golden(
            f"sample-{rules}", _sample, (*nights, *READING, *asked, ("explain", "1042", "--format", "json"))
        )
    small = (
        ("score", "--as-of", "2026-11-20"),
        ("score",),
        *READING,
        ("explain", "101"),
        ("explain", "104", "--all"),
    )
    yield Golden("small", lambda folder: write_project(folder) and None, small)
    for seed in range(DAMAGED):
        words = ("score", "--max-rejects", "100%", "--accept")
        yield Golden(f"damaged-{seed:02}", partial(_damaged, seed), (words, ("explain", "101")))
    bench = (
        ("score", "--as-of", "2026-11-20T07:00:00Z"),
        ("score",),
        ("search", "--flames", "5", "--limit", "50"),
    )
    yield Golden("bench", _bench, bench)
    if REAL.is_dir():
        yield from _real()


def _sample(folder: Path) -> None:
    for name in ("sample_data", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "flamescore.yaml", folder)


def _damaged(seed: int, folder: Path) -> None:
    dice = Random(seed)
    folder.rmdir()
    write(folder, dice)
    files = [found for name in ("contacts.*", "events.*", "history.*") for found in sorted(folder.glob(name))]
    chosen = dice.choice(files)
    chosen.write_bytes(damaged(dice, chosen.read_bytes(), text=chosen.suffix in {".csv", ".ndjson"}))


def _bench(folder: Path) -> None:
    sys.path.append(str(ROOT / "benchmarks"))
    import data  # noqa: PLC0415 - the benchmark is on the path only here
    import rules  # noqa: PLC0415

    exports = data.make(data.Dataset("S", "shuffled"))
    rules.write_project(exports, 100, folder=folder, mix=rules.BROAD).rename(folder / "flamescore.yaml")


def _real() -> Iterator[Golden]:
    known = {
        "cdnow": (_cdnow, "1998-01-01", "00001"),
        "completejourney": (
            lambda folder: _project(folder, grocer("csv"), GROCER_RULES),
            "2017-06-30T23:59:59Z",
            "1",
        ),
        "x_education": (
            lambda folder: _project(folder, education(), EDUCATION_RULES),
            "2026-01-01",
            "319325b3-50b3-45d0-b730-c9df0b30b9ea",
        ),
    }
    for name, (fill, day, contact) in known.items():
        commands = (("score", "--as-of", day), ("search", "--limit", "50"), ("explain", contact))
        yield Golden(f"real-{name}", fill, commands)


GROCER_RULES = """
  engagement:
    five_flames: 100
    rules:
      - {name: Baskets, event: basket, per: basket_id, count: 20, points: 3}
      - {name: Redeemed a coupon, event: redemption, count: each, points: 15}
"""
EDUCATION_RULES = """
  fit:
    five_flames: 40
    rules:
      - {name: Came by reference, field: {Lead Source: Reference}, points: 40}
      - {name: SMS was the last, field: {Last Activity: SMS Sent}, points: 15}
      - {name: Do not e-mail, field: {Do Not Email: Yes}, points: -20}
"""
ORDER_RULES = """
  loyalty:
    five_flames: 50
    rules:
      - {name: Ordered, event: order, points: 10, count: each, expires: never, decay: {half_life: 90d}}
"""


def _cdnow(folder: Path) -> None:
    customers, orders = strangers()
    (folder / "customers.csv").write_text(customers)
    (folder / "orders.csv").write_text(orders)
    sources = """\
contacts: [{path: customers.csv}]
events: [{path: orders.csv, constants: {event: order}, at: {format: "%Y%m%d"}}]
"""
    _project(folder, sources, ORDER_RULES)


def _project(folder: Path, sources: str, rules: str) -> None:
    (folder / "flamescore.yaml").write_text(f"version: 1\nrules: rules.yaml\n{sources}")
    (folder / "rules.yaml").write_text(f"version: 1\nscores:{rules}")
