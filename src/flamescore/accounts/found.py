"""The accounts of a scoring, computed once all contacts have scores and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from flamescore.account_frames import ACCOUNT_POINTS, ACCOUNT_ROLES, ACCOUNTS, FoundAccounts
from flamescore.accounts.combining import combined
from flamescore.accounts.members import members_of
from flamescore.accounts.near import doubtful_domains, near_accounts
from flamescore.labels import condition_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from flamescore.accounts.members import Members
    from flamescore.rules import Role
    from flamescore.scoring import Scored


def accounts_of(scored: Scored) -> FoundAccounts | None:
    """Return the accounts of a scoring, or None if the rule file defines no accounts."""
    accounts = scored.book.accounts
    if accounts is None:
        return None
    members = members_of(scored.contacts, accounts)
    filling = _filling(scored, accounts.roles)
    every = members.table.drop("key").hstack(_roles(members, accounts.roles, filling))
    made = [combined(score, scored, members) for score in accounts.scores]
    scores = pl.concat([pl.DataFrame(schema=ACCOUNTS), *(table for table, _ in made)])
    if accounts.roles:
        scores = scores.join(every.drop("name", "contacts"), on="account", how="left", maintain_order="left")
    near = near_accounts(accounts, members)
    in_one = int((members.of >= 0).sum())
    return FoundAccounts(
        scores=scores,
        points=pl.concat([pl.DataFrame(schema=ACCOUNT_POINTS), *(points for _, points in made)]),
        roles=_who(scored, members, filling, accounts.scores[0].name),
        all=every,
        of=members.shown,
        contacts=in_one,
        without=len(members.of) - in_one,
        free_mail=members.free_mail,
        spellings=members.spellings,
        pairs=near.pairs,
        near=near.listed,
        rename=near.rename,
        doubtful=tuple(doubtful_domains(accounts, members)),
    )


def _filling(scored: Scored, roles: Sequence[Role]) -> dict[str, NDArray[np.bool_]]:
    """Return a mask for each role of the contacts that fill it, whether or not they are in an account."""
    if not roles:
        return {}
    everyone = condition_context(scored)
    return {role.name: everyone.fitting(role.condition) for role in roles}


def _roles(members: Members, roles: Sequence[Role], filling: Mapping[str, NDArray[np.bool_]]) -> pl.DataFrame:
    """Count the members that fill each role, per account, and mark the accounts with all roles filled."""
    size = members.table.height
    in_one = members.of >= 0
    counted = {
        role.name: np.bincount(members.of[in_one & filling[role.name]], minlength=size) for role in roles
    }
    columns = {f"role_{name}": pl.Series(many).cast(pl.Int32) for name, many in counted.items()}
    if not roles:
        return pl.DataFrame(height=size)
    complete = np.logical_and.reduce([counted[role.name] >= role.at_least for role in roles])
    return pl.DataFrame({**columns, "complete": complete})


def _who(
    scored: Scored, members: Members, filling: Mapping[str, NDArray[np.bool_]], first: str
) -> pl.DataFrame:
    """Return who fills each role, ranked by the accounts' first score; unscored contacts come last, by id."""
    order = np.full(len(members.of), len(members.of), np.int64)
    ranked = scored.places.filter(scored.scores["score_name"] == first).to_numpy()
    order[ranked] = np.arange(len(ranked))
    parts = []
    for number, (name, mask) in enumerate(filling.items()):
        place = np.flatnonzero(mask & (members.of >= 0))
        parts.append(
            pl.DataFrame({"number": members.of[place], "contact": place, "order": order[place]}).with_columns(
                role=pl.lit(name), role_number=pl.lit(number)
            )
        )
    if not parts:
        return pl.DataFrame(schema=ACCOUNT_ROLES)
    rows = pl.concat(parts).sort("number", "role_number", "order", "contact")
    return rows.select(
        account=members.table["account"].gather(rows["number"]),
        role="role",
        contact_id=scored.contacts["contact_id"].gather(rows["contact"]),
    )
