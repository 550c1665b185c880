"""Findings about accounts: pairs that may be the same company, and domains that may be free mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.accounts.near import NAMED
from flamescore.findings import Finding, Severity, mapping, scalar
from flamescore.text import for_cell
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.account_frames import FoundAccounts, NearAccounts

NEAR: Final = "R183"
DOUBTFUL: Final = "R184"
SUBJECT: Final = "accounts"


def account_findings(found: FoundAccounts | None) -> Iterator[Finding]:
    """Yield the findings about the accounts of a scoring, if it has accounts."""
    if found is None:
        return
    if found.near:
        yield Finding(NEAR, Severity.WARNING, SUBJECT, _near(found), count=found.pairs)
    for domain, percent in found.doubtful:
        text = (
            f"accounts: {for_cell(domain)} has {percent}% of the contacts. If anyone can have an address "
            "there, add it to free_mail."
        )
        yield Finding(DOUBTFUL, Severity.WARNING, SUBJECT, text, count=percent)


def _near(found: FoundAccounts) -> str:
    named = [_pair(each) for each in found.near[:NAMED]]
    more = ", ..." if found.pairs > NAMED else "."
    text = f"accounts: {count(found.pairs, 'pair')} may be the same company: {', '.join(named)}{more}"
    if found.rename is None:
        return f"{text} To merge two, give their contacts the same key."
    value = mapping({found.rename.old: scalar(found.rename.new)})
    return f"{text} To merge two, rename one: rename: {mapping({found.rename.column: value})}."


def _pair(pair: NearAccounts) -> str:
    first, second = map(for_cell, pair.accounts)
    return f'"{first}" and "{second}" ({count(pair.contacts, "contact")})'
