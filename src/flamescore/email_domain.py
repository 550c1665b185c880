"""`email_domain`: a column derived for contacts that have `email` and no column of that name.

A worked example:

    Ann@Acme.Example      acme.example
    a@b@c.io              c.io: the part after the last `@`
    a@a.io.               a.io: without trailing dots
    x@localhost           nothing: no dot
    @a.io, a@a..io, n/a   nothing

It is computed only if something refers to it, and is not part of any table by default.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from flamescore.columns import DOMAIN, EMAIL, is_derived

_AFTER: Final = r"(?s)^.+@([^@]*)$"
_PART: Final = r"[^\s@<>,;().]+"
_SOUND: Final = rf"^{_PART}(?:\.{_PART})+$"


def domain_of(address: pl.Expr) -> pl.Expr:
    """Return the domains of e-mail addresses (String) in lower case; null if none can be determined.

    It can't be if nothing precedes the last `@`, or if the rest has no dot, an empty part, white space, or
    one of `@ < > , ; ( )`.
    """
    rest = address.str.strip_chars().str.extract(_AFTER).str.to_lowercase().str.strip_chars_end(".")
    return pl.when(rest.str.contains(_SOUND)).then(rest)


def column_of_contacts(contacts: pl.DataFrame, name: str) -> pl.Series:
    """Return a column of contacts, which may be the derived one."""
    if name == DOMAIN and is_derived(contacts.columns):
        return contacts.select(domain_of(pl.col(EMAIL)).alias(DOMAIN)).to_series()
    return contacts[name]


def with_domain(contacts: pl.DataFrame) -> pl.DataFrame:
    """Add the derived domain to contacts, if they have one."""
    if not is_derived(contacts.columns):
        return contacts
    return contacts.with_columns(column_of_contacts(contacts, DOMAIN))
