"""The accounts of a stored run, as defined by its rule file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import NotFoundError, Problem
from flamescore.runs.lists import rules_of_run

if TYPE_CHECKING:
    from flamescore.rules import RuleBook
    from flamescore.runs.catalog import Run

NONE: Final = "N004"


def book_with_accounts(run: Run) -> RuleBook:
    """Return the rules of a run that has accounts.

    Raises:
        NotFoundError: it has no accounts.
        RuleFileError: this version can't read its rules.
        DamagedRunError: its record is missing or damaged.
    """
    if run.record.accounts is None:
        hint = "Add `accounts` to the rule file, and score again."
        raise NotFoundError(Problem(NONE, f"Run {run.run_id} has no accounts.", hint=hint))
    return rules_of_run(run).book
