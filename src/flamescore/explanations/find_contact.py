"""Which contact is meant: by id, or by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import fold, folded, trim
from flamescore.errors import NotFoundError, Problem, UsageError
from flamescore.frames import SURVIVOR

if TYPE_CHECKING:
    from flamescore.frames import Exports


def contact_meant(exports: Exports, text: str) -> str:
    """Return the id of the contact with this id, else merged from it, else with this e-mail address.

    The address of a row that was merged away means its survivor, where no contact has it any more.

    Raises:
        NotFoundError: there is none.
        UsageError: several contacts have the address; their ids are named.
    """
    contacts, by_id = exports.contacts, pl.col("contact_id") == trim(text)
    if contacts.filter(by_id).height:
        return trim(text)
    aliases = contacts.clear() if exports.aliases is None else exports.aliases
    if (merged := aliases.filter(by_id)).height:
        return str(merged[SURVIVOR][0])
    if exports.addressed is not None and "email" not in contacts.columns:
        contacts, old = exports.addressed()
        aliases = aliases if old is None else old
    found = _by_email(contacts, text)["contact_id"].to_list()
    if not found and (merged := _by_email(aliases, text)).height:
        found = merged[SURVIVOR].unique().to_list()
    if not found:
        hint = "Ids match exactly (0042 is not 42); e-mails match as a whole."
        raise NotFoundError(Problem("N001", f"No contact has the id or e-mail `{text}`.", hint=hint))
    if len(found) > 1:
        ids = ", ".join(f"`{each}`" for each in sorted(found))
        raise UsageError(
            Problem(
                "U004", f"{len(found):,} contacts share this e-mail: {ids}.", hint="Use one of their ids."
            )
        )
    return str(found[0])


def _by_email(rows: pl.DataFrame, text: str) -> pl.DataFrame:
    return rows.filter(folded(pl.col("email")) == fold(text)) if "email" in rows.columns else rows.clear()
