"""Which contact an id or an e-mail refers to."""

from dataclasses import replace

import polars as pl
import pytest

from flamescore.errors import NotFoundError, UsageError
from flamescore.explanations import resolve_contact
from flamescore.frames import SURVIVOR, Exports

EXPORTS = Exports(
    pl.DataFrame(
        {"contact_id": ["7", "ann@example.com", "9"], "email": ["Ann@Example.com", None, "bo@example.com"]}
    ),
    aliases=pl.DataFrame(
        {
            "contact_id": ["3", "9"],
            SURVIVOR: ["7", "7"],
            "email": ["was@example.com", "bo@example.com"],
        }
    ),
)


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        (" 7 ", "7"),
        ("ann@example.com", "ann@example.com"),  # an id takes precedence over an e-mail
        ("3", "7"),  # an old id means the contact that it was merged into
        ("9", "9"),  # unless a contact still has it
        ("BO@example.com", "9"),  # a current address takes precedence over an old one
        ("WAS@example.com ", "7"),
    ],
)
def test_an_id_then_an_old_id_then_an_email(text, contact):
    assert resolve_contact(EXPORTS, text) == contact


def test_addresses_are_read_where_no_id_is_meant():
    read = []

    def addressed():
        read.append(1)
        return EXPORTS.contacts, EXPORTS.aliases

    ids = replace(
        EXPORTS,
        contacts=EXPORTS.contacts.drop("email"),
        aliases=EXPORTS.aliases.drop("email"),
        addressed=addressed,
    )
    assert [resolve_contact(ids, text) for text in ("7", "3", "ann@example.com")] == [
        "7",
        "7",
        "ann@example.com",
    ]
    assert read == []
    assert [resolve_contact(ids, text) for text in ("BO@example.com", "was@example.com")] == ["9", "7"]
    assert read == [1, 1]


def test_nobody_is_told_with_what_to_give():
    with pytest.raises(NotFoundError, match="No contact has the id or e-mail `07`"):
        resolve_contact(EXPORTS, "07")


def test_two_with_one_email_are_told_by_their_ids():
    two = Exports(pl.DataFrame({"contact_id": ["b", "a"], "email": ["x@example.com", " X@example.com"]}))
    with pytest.raises(UsageError, match="2 contacts share this e-mail: `a`, `b`"):
        resolve_contact(two, "x@example.com")


def test_an_old_address_of_two_survivors_is_told_by_their_ids():
    aliases = pl.DataFrame({"contact_id": ["3", "4"], SURVIVOR: ["b", "a"], "email": ["x@example.com"] * 2})
    with pytest.raises(UsageError, match="2 contacts share this e-mail: `a`, `b`"):
        resolve_contact(Exports(pl.DataFrame({"contact_id": ["a", "b"]}), aliases=aliases), "x@example.com")
