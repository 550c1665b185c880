"""`email_domain`: a column of contacts that is there wherever `email` is and no column has that name.

A worked example:

    Ann@Acme.Example      acme.example
    a@b@c.io              c.io: what stands after the last `@`
    a@a.io.               a.io: without dots at the end
    x@localhost           nothing: no dot
    @a.io, a@a..io, n/a   nothing

It is worked out where it is asked for, and stands in no table of its own accord.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from flamescore.columns import DOMAIN, EMAIL, is_derived

_AFTER: Final = r"(?s)^.+@([^@]*)$"
_PART: Final = r"[^\s@<>,;().]+"
_SOUND: Final = rf"^{_PART}(?:\.{_PART})+$"


def domain_of(address: pl.Expr) -> pl.Expr:
    """Return the domains of e-mail addresses (String): in lower case, null where there is none to tell.

    There is none where nothing stands before the last `@`, or where the rest has no dot, an empty part, white
    space, or one of `@ < > , ; ( )`.
    """
    rest = address.str.strip_chars().str.extract(_AFTER).str.to_lowercase().str.strip_chars_end(".")
    return pl.when(rest.str.contains(_SOUND)).then(rest)


def column_of_contacts(contacts: pl.DataFrame, name: str) -> pl.Series:
    """Return a column of contacts, the derived one too."""
    if name == DOMAIN and is_derived(contacts.columns):
        return contacts.select(domain_of(pl.col(EMAIL)).alias(DOMAIN)).to_series()
    return contacts[name]


def with_domain(contacts: pl.DataFrame) -> pl.DataFrame:
    """Add the domain to contacts that have it derived."""
    if not is_derived(contacts.columns):
        return contacts
    return contacts.with_columns(column_of_contacts(contacts, DOMAIN))
