"""Search the accounts of a run: by score, flames, name and roles, best first."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl
from msgspec import Struct

from flamescore.account_frames import ACCOUNTS, ACCOUNTS_FILE
from flamescore.errors import Problem, UsageError
from flamescore.runs import book_with_accounts, reading_run, scan
from flamescore.searches.query import bounds
from flamescore.searches.terms import terms_of
from flamescore.searches.words import has_words
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.rules import Role
    from flamescore.runs import Run
    from flamescore.searches.terms import Term

_SHOWN: Final = (
    "rank", "account", "name", "contacts", "score", "flames", "percentile", "last_activity_at",
    "best_contact_id",
)  # fmt: skip


class AccountSearchRequest(Struct, frozen=True):
    """A search of accounts, as typed."""

    flames: str | None = None
    scores: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    min_percentile: float | None = None
    text: str | None = None
    roles: tuple[str, ...] = ()
    complete: bool | None = None
    """Only accounts with all roles filled, or only the others; None: both."""

    columns: tuple[str, ...] | None = None


class FoundAccounts(Struct, frozen=True):
    """The accounts that a search found: the rows to show."""

    rows: pl.DataFrame
    run_id: str
    zone: ZoneInfo


def search_accounts(found: Run, request: AccountSearchRequest) -> FoundAccounts:
    """Search the accounts of a run, and return the rows to show.

    Raises:
        NotFoundError: the run has no accounts.
        UsageError: a score, a role, a column or a number of flames is unknown.
        DamagedRunError: a file of the run is missing or damaged.
    """
    accounts = book_with_accounts(found).accounts
    assert accounts is not None
    for flag, number in (("--min-score", request.min_score), ("--max-score", request.max_score)):
        if number is not None and isnan(number):
            raise UsageError(Problem("U002", f"{flag} must be a number, not `nan`."))
    terms = terms_of(request.flames, request.scores, [score.name for score in accounts.scores])
    filled = _filled(request, accounts.roles)
    with reading_run(found):
        rows = _matching(scan(found, ACCOUNTS_FILE), request, terms, filled)
        rows = rows.select(_columns(request, rows.columns))
    zone = ZoneInfo(found.record.timezone)
    return FoundAccounts(rows, found.run_id, zone)


def _matching(
    accounts: pl.LazyFrame, request: AccountSearchRequest, terms: Sequence[Term], filled: Sequence[pl.Expr]
) -> pl.DataFrame:
    """Return the accounts that match everything, ranked by the first score, with points under the others."""
    first, *more = terms
    conditions = [_fits(first), *filled, *bounds(request)]
    if request.text:
        conditions.append(has_words(("account", "name"), request.text))
    rows = accounts.filter(*conditions).collect()
    for term in more:
        theirs = accounts.filter(_fits(term)).select(
            "account",
            pl.col("score").alias(f"{term.score_name}_score"),
            pl.col("flames").alias(f"{term.score_name}_flames"),
        )
        rows = rows.join(theirs.collect(), on="account", how="inner", maintain_order="left")
    return rows


def _fits(term: Term) -> pl.Expr:
    return (pl.col("score_name") == term.score_name) & pl.col("flames").is_between(term.low, term.high)


def _filled(request: AccountSearchRequest, roles: Sequence[Role]) -> list[pl.Expr]:
    """Return the conditions for accounts that have these roles filled, and that are complete or not.

    Raises:
        UsageError: there is no such role.
    """
    least = {role.name: role.at_least for role in roles}
    for name in request.roles:
        if name not in least:
            near = nearest(name, least)
            hint = f"Roles in this run: {', '.join(least)}." if least else "Its rule file has no roles."
            hint = f"Did you mean `{near}`?" if near else hint
            raise UsageError(Problem("U002", f"--role: this run has no role `{name}`.", hint=hint))
    if request.complete is not None and not least:
        flag = "--complete" if request.complete else "--incomplete"
        hint = "Its rule file has no roles."
        raise UsageError(Problem("U002", f"{flag}: this run's accounts have no roles.", hint=hint))
    found = [pl.col(f"role_{name}") >= least[name] for name in request.roles]
    return found if request.complete is None else [*found, pl.col("complete") == request.complete]


def _columns(request: AccountSearchRequest, there: Sequence[str]) -> list[str]:
    """Return the columns to show.

    Raises:
        UsageError: there is no such column.
    """
    if request.columns is None:
        further = [name for name in there if name not in ACCOUNTS]
        return [*_SHOWN, *further]
    for name in request.columns:
        if name not in there:
            near = nearest(name, there)
            hint = f"Did you mean `{near}`?" if near else f"Columns: {', '.join(there)}."
            raise UsageError(Problem("U008", f"There is no column `{name}`.", hint=hint))
    return list(dict.fromkeys(request.columns))
