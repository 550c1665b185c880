"""The accounts of a rule file, as values of the rule book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from flamescore.rules.rulebook import NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.rules.condition_book import Condition
    from flamescore.rules.rulebook import Five, Limits, RuleBook


class AccountScore(Struct, frozen=True):
    """How a score of accounts is computed from the scores of their members.

    The points of the best `top` members count (None: all); they are summed or, with `mean`, averaged. Flames
    come from `ideal`, `bounds` or `percentiles`, as for a score of contacts.
    """

    name: str
    combine: Literal["sum", "top", "max", "mean"]
    top: int | None = None
    ideal: int | None = None
    bounds: Five | None = None
    percentiles: Five | None = None
    limits: Limits = NO_LIMITS


class Role(Struct, frozen=True):
    """A role that an account needs: at least this many members for whom a condition holds."""

    name: str
    condition: Condition
    at_least: int = 1


class Accounts(Struct, frozen=True):
    """Which contacts make an account: those whose first usable cell of the `key` columns is the same.

    `called` is the column with the name of an account; `free_mail` are keys that are not accounts, in
    addition to the package's own.
    """

    key: tuple[str, ...]
    scores: tuple[AccountScore, ...]
    called: str | None = None
    free_mail: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()


def role_conditions(book: RuleBook) -> Iterator[Condition]:
    """Yield the conditions of the roles of accounts."""
    yield from (role.condition for role in (() if book.accounts is None else book.accounts.roles))
