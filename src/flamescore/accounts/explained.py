"""Why an account has its scores: who contributes points, who doesn't count, and who fills its roles.

Everything is read from the tables of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct

from flamescore.cells import fold, folded
from flamescore.errors import NotFoundError, Problem
from flamescore.units import POINT
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from flamescore.rules import Accounts, AccountScore, Role

UNKNOWN: Final = "N003"
ACCOUNT_KEY: Final = "account_key"


class AccountTables(Struct, frozen=True):
    """The tables of a run that describe its accounts, as lazy frames; `roles` is None without roles."""

    accounts: pl.LazyFrame
    points: pl.LazyFrame
    scores: pl.LazyFrame
    contacts: pl.LazyFrame
    roles: pl.LazyFrame | None = None


class Member(Struct, frozen=True):
    """A member and its points under a score; None without a score."""

    contact_id: str
    name: str | None
    points: float | None = None


class AccountScoreExplained(Struct, frozen=True):
    """One score of an account; `score` is None if no member has a row under it.

    The points of the `counted` members, `mean` (the mean minus the sum) and `limit` (what the limits added or
    removed) add up to `score`. `low` and `high` are the limits, and `of` is the number of accounts that have
    the score. `others` have points that don't count; `unscored` members have no points.
    """

    score_name: str
    combine: str
    counted: tuple[Member, ...] = ()
    others: tuple[Member, ...] = ()
    unscored: tuple[Member, ...] = ()
    score: float | None = None
    flames: int = 0
    percentile: float = 0.0
    rank: int = 0
    of: int = 0
    scored: int = 0
    mean: float = 0.0
    limit: float = 0.0
    low: float | None = None
    high: float | None = None


class RoleExplained(Struct, frozen=True):
    """A role, how many members fill it, how many are required, and those that fill it, in ranked order."""

    role: str
    filled: int
    at_least: int
    members: tuple[Member, ...]


class AccountExplained(Struct, frozen=True):
    """An account: its key as displayed, its name, its number of members, its scores and its roles."""

    account: str
    name: str | None
    contacts: int
    scores: tuple[AccountScoreExplained, ...]
    roles: tuple[RoleExplained, ...]
    complete: bool | None


def explain_account(tables: AccountTables, accounts: Accounts, text: str) -> AccountExplained:
    """Explain the account whose key matches a text, compared the way keys are.

    Raises:
        NotFoundError: no account matches.
    """
    account, people = _people(tables.contacts, text)
    rows = tables.accounts.filter(pl.col("account") == account).collect()
    ledger = tables.points.filter(pl.col("account") == account).collect()
    theirs = tables.scores.filter(pl.col("contact_id").is_in(list(people))).collect()
    mine = _Rows(rows, ledger, theirs, people)
    scores = tuple(_score(score, mine, tables.accounts) for score in accounts.scores)
    roles: tuple[RoleExplained, ...] = ()
    if tables.roles is not None:
        filling = tables.roles.filter(pl.col("account") == account).collect()
        roles = tuple(_role(role, filling, people) for role in accounts.roles)
    return AccountExplained(
        account=account,
        name=rows["name"][0] if rows.height else None,
        contacts=len(people),
        scores=scores,
        roles=roles,
        complete=all(role.filled >= role.at_least for role in roles) if roles else None,
    )


def _people(contacts: pl.LazyFrame, text: str) -> tuple[str, dict[str, str | None]]:
    """Return the matching account, and its members' names by contact id."""
    known = contacts.select(ACCOUNT_KEY).drop_nulls().unique()
    meant = known.filter(folded(pl.col(ACCOUNT_KEY)) == fold(text)).collect().to_series()
    if meant.is_empty():
        near = nearest(text, known.collect().to_series().sort())
        hint = f"Did you mean `{near}`?" if near else "`flamescore search --accounts` lists them."
        raise NotFoundError(Problem(UNKNOWN, f"There is no account `{text}` in this run.", hint=hint))
    account = str(meant[0])
    named = "name" in contacts.collect_schema()
    called = pl.col("name").cast(pl.String) if named else pl.lit(None, pl.String)
    mine = contacts.filter(pl.col(ACCOUNT_KEY) == account).select("contact_id", called.alias("name"))
    return account, dict(mine.collect().iter_rows())


class _Rows(Struct, frozen=True):
    """The rows of one account, of its ledger, and of its members' scores, and its members' names."""

    accounts: pl.DataFrame
    points: pl.DataFrame
    scores: pl.DataFrame
    people: dict[str, str | None]


def _score(score: AccountScore, rows: _Rows, every: pl.LazyFrame) -> AccountScoreExplained:
    people = rows.people
    mine = rows.scores.filter(pl.col("score_name") == score.name)
    scored = dict(mine.select("contact_id", "score").iter_rows())
    unscored = tuple(Member(who, people[who]) for who in sorted(people.keys() - scored.keys()))
    found: dict[str, Any] | None = next(
        rows.accounts.filter(pl.col("score_name") == score.name).iter_rows(named=True), None
    )
    if found is None:
        return AccountScoreExplained(score.name, score.combine, unscored=unscored)
    entries = rows.points.filter(pl.col("score_name") == score.name)
    given = dict(entries.filter(pl.col("contact_id").is_null()).select("entry", "points").iter_rows())
    counted = dict(entries.drop_nulls("contact_id").select("contact_id", "points").iter_rows())
    return AccountScoreExplained(
        score_name=score.name,
        combine=score.combine,
        counted=tuple(Member(who, people[who], points) for who, points in counted.items()),
        others=tuple(Member(who, people[who], each) for who, each in scored.items() if who not in counted),
        unscored=unscored,
        score=found["score"],
        flames=found["flames"],
        percentile=found["percentile"],
        rank=found["rank"],
        of=every.filter(pl.col("score_name") == score.name).select(pl.len()).collect().item(),
        scored=found["scored"],
        mean=given.get("mean", 0.0),
        limit=given.get("account_limit", 0.0),
        low=_points(score.limits.low),
        high=_points(score.limits.high),
    )


def _points(whole: int | None) -> float | None:
    return None if whole is None else whole / POINT


def _role(role: Role, filling: pl.DataFrame, people: dict[str, str | None]) -> RoleExplained:
    ids = filling.filter(pl.col("role") == role.name)["contact_id"]
    return RoleExplained(role.name, len(ids), role.at_least, tuple(Member(who, people[who]) for who in ids))
