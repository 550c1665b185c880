"""Break rules and engine in twenty places, one at a time, and check that `make quick` notices each.

`python tests/mutants/seeded.py` works in a copy of the checkout. It reports which mutants pass the quick
tests, and fails if any do.
"""

# ruff: noqa: T201 - a script prints

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[2]

MUTANTS: Final = (
    ("rules/predicates.py", '"contains", texts, negate=True', '"contains", texts'),
    ("rules/predicates.py", '"ends_with", texts)', '"starts_with", texts)'),
    (
        "rules/predicates.py",
        'condition_book.Order("at_least", value)',
        'condition_book.Order("more_than", value)',
    ),
    (
        "rules/predicates.py",
        "condition_book.Within(period, ahead=True)",
        "condition_book.Within(period, ahead=False)",
    ),
    ("rules/assemble.py", "{**defaults, **group, **found}", "{**group, **defaults, **found}"),
    ("rules/assemble.py", 'if score.get("enabled", True)', "if True"),
    ("rules/assemble.py", 'undated=found.get("undated", "keep")', 'undated=found.get("undated", "skip")'),
    (
        "rules/assemble.py",
        'found.get("times", condition_book.ONCE)',
        'found.get("times", condition_book.Times(2))',
    ),
    ("units.py", "ROUND_HALF_UP)", "ROUND_HALF_DOWN)"),
    ("engine/worth.py", "(1 - decay.share) ** step", "(1 - decay.share) ** (step + 1)"),
    ("engine/worth.py", "+ _HALF) // WHOLE", ") // WHOLE"),
    ("engine/rank.py", 'total.rank("min") - 1', 'total.rank("max") - 1'),
    ("engine/rank.py", "(total >= bound)", "(total > bound)"),
    ("engine/rank.py", "descending=[True, False, False]", "descending=[True, True, False]"),
    ("engine/calendar.py", 'side="right")]', 'side="left")]'),
    ("engine/tags.py", "pl.col(_TAG) == wanted", "pl.col(_TAG) >= 1"),
    ("engine/tags.py", "pl.col(_AT) <= clock.now", "pl.col(_AT) < clock.now"),
    ("engine/passes.py", "(days + 3) // 7", "(days + 4) // 7"),
    ("engine/passes.py", "lengths >= stream.times", "lengths > stream.times"),
    ("engine/passes.py", "(some.age >= link.within)", "(some.age > link.within)"),
    ("engine/passes.py", "some.age < stream.expires", "some.age <= stream.expires"),
    ("engine/bursts.py", "age[:-far] <= within", "age[:-far] < within"),
    ("engine/bursts.py", 'begun, side="right")', 'begun, side="left")'),
    ("engine/bursts.py", "rows[rows + times <= below]", "rows[rows + times < below]"),
)


def spoiled(text: str, old: str, new: str) -> str:
    """Return a module with its first `old` replaced."""
    assert old in text, old
    return text.replace(old, new, 1)


def main() -> None:
    """Try every mutant."""
    through = []
    with TemporaryDirectory() as temporary:
        copy = Path(temporary) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", "build", "data", "out"))
        environ = {**os.environ, "PYTHONPATH": str(copy / "src"), "FLAMESCORE_TESTS": "small"}
        words = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "@tests/quick.txt"]
        for name, old, new in MUTANTS:
            path = copy / "src" / "flamescore" / name
            sound = path.read_text()
            path.write_text(spoiled(sound, old, new))
            began = time.monotonic()
            done = subprocess.run(words, cwd=copy, env=environ, capture_output=True, check=False)
            path.write_text(sound)
            noticed = done.returncode == 1
            said = "noticed" if noticed else "NOT noticed"
            print(f"{said} in {time.monotonic() - began:4.0f} s  {name}: {new}", flush=True)
            if not noticed:
                through.append(new)
    print(f"{len(MUTANTS) - len(through)} of {len(MUTANTS)} noticed")
    sys.exit(bool(through))


if __name__ == "__main__":
    main()
