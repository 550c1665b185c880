"""Find the contact that is meant: by id, or by e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from flamescore.cells import fold, folded, trim
from flamescore.errors import NotFoundError, Problem, UsageError
from flamescore.frames import SURVIVOR

if TYPE_CHECKING:
    from flamescore.frames import Exports


def resolve_contact(exports: Exports, text: str) -> str:
    """Return the id of the contact that has this id, else was merged from it, else has this e-mail address.

    The address of a merged row refers to its survivor if no current contact has the address.

    Raises:
        NotFoundError: there is no such contact.
        UsageError: several contacts have the address; the message lists their ids.
    """
    contacts = exports.contacts
    aliases = contacts.clear() if exports.aliases is None else exports.aliases
    if (
        exports.addressed is not None
        and "email" not in contacts.columns
        and not _knows(contacts, aliases, text)
    ):
        contacts, old = exports.addressed()
        aliases = aliases if old is None else old
    return contact_among(contacts, aliases, text)


def contact_among(contacts: pl.DataFrame, aliases: pl.DataFrame, text: str) -> str:
    """Find a contact like `resolve_contact`, among rows with `contact_id`, and return its id.

    `aliases` are rows that were merged: `contact_id` is the old id, `SURVIVOR` the current one. Either frame
    may have the column `email`. Errors are the same.
    """
    by_id = pl.col("contact_id") == trim(text)
    if contacts.filter(by_id).height:
        return trim(text)
    if (merged := aliases.filter(by_id)).height:
        return str(merged[SURVIVOR][0])
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


def _knows(contacts: pl.DataFrame, aliases: pl.DataFrame, text: str) -> bool:
    """Return whether a text is a contact's id or alias."""
    return any(rows.filter(pl.col("contact_id") == trim(text)).height for rows in (contacts, aliases))


def _by_email(rows: pl.DataFrame, text: str) -> pl.DataFrame:
    return rows.filter(folded(pl.col("email")) == fold(text)) if "email" in rows.columns else rows.clear()
