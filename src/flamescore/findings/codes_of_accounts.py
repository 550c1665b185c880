"""Codes of accounts."""

from __future__ import annotations

from typing import Final

from flamescore.findings.code import Code
from flamescore.findings.finding import Severity

ACCOUNTS: Final = (
    Code(
        "R180",
        Severity.ERROR,
        "`combine` is `sum`, `max`, `mean` or `{top: N}`",
        "It says how the points of an account's members become the account's, and has no default.",
        "Write one of the four.",
    ),
    Code(
        "R183",
        Severity.WARNING,
        "Accounts that may be one company",
        "They are written alike, one is a subdomain of the other, or a member of one has the other's domain. "
        "Keys are never guessed: each is an account of its own.",
        "Rename one of the two, as the text shows; or accept it.",
    ),
    Code(
        "R184",
        Severity.WARNING,
        "A domain that may be free mail",
        "It has 100 contacts or more, and over 5% of those in accounts, but is on no list of providers.",
        "Add it to `free_mail`, or accept it if it is one company.",
    ),
)
