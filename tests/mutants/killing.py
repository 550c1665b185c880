"""What a mutant must pass: cases scored by the oracle, and the hand-written tests of its module."""

from __future__ import annotations

import copyreg
import os
import pickle
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msgspec.structs import asdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.rules import RuleBook
    from oracle import OracleResult
    from strategies import Case

TESTS = Path(__file__).parents[1]
FIRST, ALL = 12, 100
"""The number of cases scored before the hand-written tests, and the total with those scored after."""


@dataclass(frozen=True)
class Made:
    """A case, its bound rules, and the oracle's results as tables by name."""

    case: Case
    book: RuleBook
    expected: dict[str, Any]


def prepare(path: Path) -> None:
    """Write the cases. Every other one has accounts."""
    from flamescore.rules import ListValues  # noqa: PLC0415 - it starts threads
    from product import book_of  # noqa: PLC0415
    from strategies import case_of  # noqa: PLC0415

    # Pickle needs a function to recreate a tuple made with keyword arguments.
    copyreg.pickle(ListValues, lambda values: (_list_values, (tuple(values), vars(values))))  # type: ignore[arg-type]
    made = []
    for seed in range(ALL):
        case = case_of(Random(seed))
        if seed % 2:
            case = _with_accounts(case, seed)
        made.append(Made(case, book_of(case.book), _expected(case, case.scored())))
    path.write_bytes(pickle.dumps(made))


def _list_values(values: tuple[str, ...], keywords: dict[str, Any]) -> Any:
    from flamescore.rules import ListValues  # noqa: PLC0415

    return ListValues(values, **keywords)


def _with_accounts(case: Case, seed: int) -> Case:
    from strategies.accounts import account_cells, accounts  # noqa: PLC0415
    from strategies.predicates import Clock  # noqa: PLC0415

    dice, clock = Random(seed), Clock(case.as_of, ZoneInfo(case.book.get("timezone", "UTC")))
    spec = accounts(dice, case.book, clock)
    people = [contact | account_cells(dice) for contact in case.contacts]
    return replace(case, book=case.book | {"accounts": spec}, contacts=people)


def _expected(case: Case, told: OracleResult) -> dict[str, Any]:
    from flamescore.accounts import free_mail  # noqa: PLC0415
    from oracle_accounts import accounts  # noqa: PLC0415
    from product import expected_accounts, expected_ledger, expected_scores  # noqa: PLC0415

    out: dict[str, Any] = {"scores": expected_scores(told.scores), "ledger": expected_ledger(told.ledger)}
    ids = sorted(told.world.contacts)
    if "labels" in case.book:
        out["labels"] = [
            {"contact_id": who, **{name: told.world.labels[name, who] for name in case.book["labels"]}}
            for who in ids
        ]
    if "bots" in case.book:
        out["bots"] = [row | {"points_lost": row["points_lost"] / 10_000} for row in case.bots()]
    if "accounts" in case.book:
        spec = case.book["accounts"]
        found = accounts(spec, told.world, told.scores, frozenset(free_mail()), spec.get("free_mail", ()))
        out["accounts"] = expected_accounts(found.scores)
        out["account_points"] = expected_ledger(found.points)
        out["near"] = found.near
        out["account_of"] = [found.shown.get(found.key_of.get(who)) for who in ids]
        out["counts"] = (len(found.key_of), found.free_mail, found.spellings)
    return out


def dies(cases: bytes, tests: Sequence[str], *, scored: bool) -> bool:
    """Return whether the imported program can be distinguished from a correct one.

    `scored`: whether the cases (as `prepare` wrote them) are scored, a few of them before the tests.
    """
    made: list[Made] = pickle.loads(cases) if scored else []
    return not (_agrees(made[:FIRST]) and _passes(tests) and _agrees(made[FIRST:]))


def _agrees(made: list[Made]) -> bool:
    from flamescore.engine import Tuning  # noqa: PLC0415
    from flamescore.labels import judged  # noqa: PLC0415
    from flamescore.scoring import score_exports  # noqa: PLC0415
    from product import exports_of  # noqa: PLC0415

    for number, each in enumerate(made):
        tuning = Tuning(
            batch=(1, 7, 262_144)[number % 3],
            bin_bits=(0, 1, 14)[number % 3],
            budget=(4_000_000, 1)[number % 2],
            workers=1 + number % 2,
            wide=number % 4 == 3,
            memory=(1 << 28, 0, 200)[number % 3],
        )
        exports = exports_of(each.case, sources=1 + number % 2)
        result = judged(score_exports(each.book, exports, as_of=each.case.as_of, tuning=tuning))
        if _told(result) != each.expected:
            return False
    return True


def _told(result: Any) -> dict[str, Any]:
    from flamescore.accounts import accounts_of  # noqa: PLC0415

    out = {"scores": result.scores.to_dicts(), "ledger": result.ledger.frame().to_dicts()}
    if result.labels is not None:
        out["labels"] = result.labels.to_dicts()
    if result.bots is not None:
        out["bots"] = result.bots.table.to_dicts()
    found = accounts_of(result)
    if found is not None:
        out["accounts"] = found.scores.to_dicts()
        out["account_points"] = found.points.to_dicts()
        out["near"] = [asdict(pair) for pair in found.near]
        out["account_of"] = found.of.to_list()
        out["counts"] = (found.contacts, found.free_mail, found.spellings)
    return out


def _passes(tests: Sequence[str]) -> bool:
    import pytest  # noqa: PLC0415

    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
    options += ["--rootdir", str(TESTS.parent)]
    return not tests or pytest.main([*options, *(str(TESTS / name) for name in tests)]) == 0


def silence() -> None:
    """Discard the output of the tests."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    import killing  # pickled classes must be found under this module's name

    killing.prepare(Path(sys.argv[1]))
