"""Which modules are mutated, and which tests run on each: first the module's own, then those of its room."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
SOURCE: Final = TESTS.parent / "src" / "flamescore"


@dataclass(frozen=True)
class Room:
    """Modules by patterns under `src/flamescore`, and the tests that cover them, the fastest first.

    `cases`: whether the cases scored by the oracle exercise these modules.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    cases: bool = False


ROOMS: Final = (
    Room(("engine/tracing.py",), ("explanations",)),
    Room(("engine/look.py", "engine/operands.py"), ("rule_checks",), cases=True),
    Room(("engine/judg*.py", "engine/bots.py", "bots.py"), ("test_bots.py",), cases=True),
    Room(
        ("engine/bursts.py", "engine/alike.py"), ("test_bursts.py", "test_bursts_in_sequences.py"), cases=True
    ),
    Room(
        ("engine/*.py",),
        ("test_seeds.py", "engine", "test_sequences.py", "test_idle_and_percentiles.py"),
        cases=True,
    ),
    Room(
        ("scoring.py",),
        (
            "test_seeds.py",
            "engine/test_engine_run.py",
            "rule_checks",
            "test_event_feeds.py",
            "segments",
            "changes/test_changes_parts.py",
            "test_idle_and_percentiles.py",
        ),
        cases=True,
    ),
    Room(
        ("points.py", "units.py"),
        ("test_points.py", "test_units.py", "engine/test_engine_worth.py", "engine/test_engine_rank.py"),
        cases=True,
    ),
    Room(("email_domain.py",), ("test_email_domain.py",)),
    Room(("rule_windows.py",), ("test_needed_events.py", "backtest/test_backtest.py")),
    Room(("labels/*.py",), ("labels", "cli/test_labels.py", "cli/test_holdout.py"), cases=True),
    Room(("accounts/*.py",), ("accounts", "cli/test_accounts.py"), cases=True),
    Room(("segments/*.py",), ("segments", "cli/test_lists.py")),
    Room(("changes/*.py",), ("changes",)),
    Room(
        ("exports/dedupe.py",),
        ("exports/test_table.py", "exports/test_mapping.py", "exports/test_law_of_rows.py"),
    ),
    Room(
        (
            "backtest/statistics.py",
            "backtest/groups.py",
            "backtest/measured.py",
            "backtest/cuts.py",
            "backtest/calls.py",
            "backtest/call_effects.py",
        ),
        ("backtest/test_statistics.py", "backtest/test_backtest.py", "backtest/test_calls.py"),
    ),
)
"""The first match is a module's room. Modules that only word messages or lay out pages have none."""

OWN: Final = {
    "engine/score_limits.py": ("engine/test_engine_exact.py",),
    "engine/calendar.py": ("engine/test_engine_clock.py",),
    "engine/passes.py": ("engine/test_engine_aggregate.py", "test_sequences.py"),
    "engine/pipeline.py": ("engine/test_engine_run.py", "engine/test_engine_bins.py"),
    "engine/streams.py": ("test_needed_events.py",),
    "engine/needed.py": ("test_needed_events.py",),
    "engine/tally.py": ("engine/test_engine_sources.py", "rule_checks", "test_event_feeds.py"),
    "engine/conditions.py": ("test_sequences.py",),
    "engine/ledger.py": ("test_idle_and_percentiles.py",),
    "labels/holdout.py": ("labels/test_drawn.py",),
    "changes/comparison.py": ("cli/test_score_flags.py",),
}
"""Tests that run before those of the room. `tests/engine/test_engine_NAME.py` is found by its name."""


def modules() -> list[Path]:
    """Return every module to mutate, in order."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if path.name != "__init__.py" and _room(path)]


def name_of(path: Path) -> str:
    """Return the name of a module, its path under `src/flamescore`."""
    return path.relative_to(SOURCE).as_posix()


def room_of(path: Path) -> Room:
    """Return the room of a module."""
    room = _room(path)
    assert room is not None, path
    return room


def tests_of(path: Path) -> tuple[str, ...]:
    """Return the tests of a module, in the order in which they run."""
    own = (f"{path.parent.name}/test_{path.parent.name}_{path.stem}.py", *OWN.get(name_of(path), ()))
    there = [name for name in own if (TESTS / name).exists()]
    return tuple(dict.fromkeys([*there, *_files(room_of(path).tests)]))


def _files(names: tuple[str, ...]) -> list[str]:
    """Replace folders with their test files, so that no file runs twice."""
    return [
        path.relative_to(TESTS).as_posix()
        for name in names
        for path in (sorted((TESTS / name).glob("test_*.py")) if (TESTS / name).is_dir() else [TESTS / name])
    ]


def _room(path: Path) -> Room | None:
    name = name_of(path)
    return next((room for room in ROOMS if any(fnmatch(name, each) for each in room.modules)), None)
