"""Strategies for accounts (section 11 of the additions): contacts with companies, and a book's accounts."""

from decimal import Decimal
from random import Random
from typing import Any

from strategies.labels import enabled, standing, texts_of
from strategies.predicates import Clock
from strategies.words import chance, one_of, some_of

Spec = dict[str, Any]

ACCOUNT_COLUMNS = {
    "Account ID": (
        "Acme Inc", "ACME inc", " acme inc ", "Acme, Inc.", "acme", "Zeta GmbH & Co. KG", "zeta gmbh",
        "Caf\u00e9", "CAFE\u0301", "gmail.com", "acme.example", "Isp.Example", "co", "Inc. Co", "a.b", "b",
        "--", "", " ", None, None, None,
    ),
    "company": ("Acme", "Acme Inc", " Acme", "Zeta", "\u00e9", "", None),
}  # fmt: skip
"""The account columns, and the cells that contacts may have in them."""

_ADDRESSES = (
    "ann@acme.example", "bo@eu.acme.example", "cy@Acme.example ", "d@zeta.example", "e@gmail.com",
    "f@GMAIL.com", "g@isp.example", "h@yahoo.com", "i@b.io", "n/a", "", None,
)  # fmt: skip

_KEYS = (
    ["Account ID", "email_domain"],
    ["Account ID", "email_domain"],
    ["email_domain", "Account ID"],
    ["company", "Account ID", "email_domain"],
    "email_domain",
    "Account ID",
    ["company"],
    "country",
)
_COMBINE = ("sum", "max", "mean", {"top": 1}, {"top": 2}, {"top": 3}, "sum", "mean")


def account_cells(dice: Random) -> Spec:
    """Draw a contact's cells in the account columns, and its e-mail."""
    cells = {column: one_of(dice, cells) for column, cells in ACCOUNT_COLUMNS.items()}
    return cells | {"email": one_of(dice, _ADDRESSES)}


def _score(dice: Random) -> Spec:
    made: Spec = {"combine": one_of(dice, _COMBINE)}
    if chance(dice, 5):
        made["limits"] = one_of(dice, ({"max": 8}, {"min": -2}, {"min": 0, "max": 3}, {"max": 0}))
    if chance(dice, 5):
        made["five_flames"] = one_of(dice, (10, 20, 3, 60))
    elif chance(dice, 4):
        made["flames"] = {
            "percentile": one_of(dice, ([20, 40, 50, 75, 100], [0, 10, 25, 50, Decimal("99.9")]))
        }
    else:
        made["flames"] = one_of(dice, ([1, 2, 4, 8, 16], [2, 3, 5, 10, 20]))
    return made


def accounts(dice: Random, book: Spec, clock: Clock) -> Spec:
    """Draw the `accounts` of a book."""
    names = enabled(book)
    made: Spec = {
        "key": one_of(dice, _KEYS),
        "scores": {name: _score(dice) for name in some_of(dice, names, len(names))},
    }
    if chance(dice, 7):
        made["name"] = one_of(dice, ("company", "Account ID"))
    if chance(dice, 4):
        made["free_mail"] = one_of(dice, (["isp.example"], ["Acme.Example ", "b"]))
    if chance(dice, 6):
        texts = texts_of(book.get("labels", {}))
        made["roles"] = {
            name: {"if": standing(dice, names, texts, clock, 1)}
            | ({"at_least": one_of(dice, (1, 2, 3))} if chance(dice, 5) else {})
            for name in ("users", "A buyer")[: one_of(dice, (1, 2))]
        }
    return made
