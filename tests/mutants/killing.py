"""What a mutant has to get past: cases that the oracle has scored, and the tests of the engine by hand."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from random import Random
from typing import Any

TESTS = Path(__file__).parents[1]
FIRST, ALL = 12, 150
"""Cases that are scored before, and together with those after, the tests by hand."""

BY_HAND = ("engine", "test_seeds.py")


def prepare(path: Path) -> None:
    """Write the cases: rule books bound, and what the oracle makes of them."""
    from product import book_of, expected_ledger, expected_scores  # noqa: PLC0415 - it starts threads
    from strategies import case_of  # noqa: PLC0415

    made = []
    for seed in range(ALL):
        case = case_of(Random(seed))
        told = case.scored()
        made.append((case, book_of(case.book), expected_scores(told.scores), expected_ledger(told.ledger)))
    path.write_bytes(pickle.dumps(made))


def dies(made: list[Any]) -> bool:
    """Say whether the engine, as it is imported now, is told from a right one."""
    return not (_agrees(made[:FIRST]) and _passes() and _agrees(made[FIRST:]))


def _agrees(made: list[Any]) -> bool:
    from flamescore.engine import Tuning  # noqa: PLC0415
    from flamescore.scoring import score_exports  # noqa: PLC0415
    from product import exports_of  # noqa: PLC0415

    for number, (case, book, scores, ledger) in enumerate(made):
        tuning = Tuning(
            batch=(1, 7, 262_144)[number % 3],
            bin_bits=(0, 1, 14)[number % 3],
            budget=(4_000_000, 1)[number % 2],
            workers=1 + number % 2,
            wide=number % 4 == 3,
            memory=(1 << 28, 0, 200)[number % 3],
        )
        result = score_exports(
            book, exports_of(case, sources=1 + number % 2), as_of=case.as_of, tuning=tuning
        )
        if result.ledger.frame().to_dicts() != ledger or result.scores.to_dicts() != scores:
            return False
    return True


def _passes() -> bool:
    import pytest  # noqa: PLC0415

    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "--rootdir", str(TESTS.parent)]
    return pytest.main([*options, *(str(TESTS / name) for name in BY_HAND)]) == 0


def silence() -> None:
    """Send what the tests say nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
