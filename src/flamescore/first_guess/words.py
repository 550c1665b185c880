"""The words by which columns, event types and files are recognized."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flamescore.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IDS: Final = (
    "contact id", "contactid", "record id", "customer id", "customerid", "client id", "user id", "userid",
    "member id", "subscriber id", "lead id", "prospect id", "household id", "person id", "id",
)  # fmt: skip
OWN_EMAILS: Final = ("email", "email address", "e mail", "e mail address", "mail")
EMAILS: Final = (*OWN_EMAILS, "recipient", "attendee")
KEYS: Final = (*IDS, *EMAILS)
"""Columns that identify the contact of a row, most likely first."""

CREATED: Final = (
    "created at", "createdate", "create date", "date created", "signup date", "registered",
    "first contact date",
)  # fmt: skip
TYPES: Final = ("event", "event type", "event name", "type", "action", "activity")
TIMES: Final = ("timestamp", "occurred at", "at", "time", "date", "created")
ADDRESSES: Final = frozenset({"url", "link", "page", "path"})

PEOPLE: Final[tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = (
    ("name", (("name",), ("full name",), ("first name", "last name"), ("firstname", "lastname"))),
    ("phone", (("phone",), ("phone number",))),
    ("company", (("company",), ("company name",), ("organization",))),
    ("owner", (("owner",), ("contact owner",), ("lead owner",))),
    ("tags", (("tags",),)),
)
"""Canonical contact columns that lists show, and the alternative headers of each."""

OF_ONE: Final = frozenset(
    {*KEYS, *CREATED, "phone", "phone number", "tags", "name", "full name", "first name", "last name"}
    | {"firstname", "lastname"}
)
"""Columns that identify a person rather than describe them."""

_OTHER: Final = re.compile(r"[\W_]+")
_NOT_IN_NAMES: Final = re.compile(r"[^0-9a-z]+")
_RUN: Final = re.compile(r"[0-9](?:[-_0-9]*[0-9])?")


def plain(text: str) -> str:
    """Return a text folded, with each run of characters other than letters and digits as one space."""
    return _OTHER.sub(" ", fold(text)).strip()


def is_key(header: str) -> bool:
    """Return whether a header is that of a key column."""
    return plain(header) in KEYS


def key_columns(headers: Sequence[str]) -> list[str]:
    """Return the key columns, most likely first."""
    return [each for word in KEYS for each in headers if plain(each) == word]


def time_columns(headers: Sequence[str]) -> list[str]:
    """Return columns in order of preference as the time of events.

    A header with a word of `TIMES` as a whole word precedes one that merely contains it (`createdate`).
    """
    whole = [each for word in TIMES for each in headers if f" {word} " in f" {plain(each)} "]
    within = [each for word in TIMES if word != "at" for each in headers if word in plain(each)]
    return list(dict.fromkeys((*whole, *within, *headers)))


def type_columns(headers: Sequence[str]) -> list[str]:
    """Return the columns that may contain event types, most likely first."""
    return [each for word in TYPES for each in headers if plain(each) == word]


def people_columns(headers: Iterable[str], taken: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the canonical contact columns and their headers, without the headers that are taken."""
    free = [each for each in headers if each not in set(taken)]
    found: dict[str, tuple[str, ...]] = {}
    for name, forms in PEOPLE:
        for form in forms:
            there = [next((each for each in free if plain(each) == word), None) for word in form]
            if name not in found and all(there):
                found[name] = tuple(str(each) for each in there)
    return found


def holds_addresses(header: str) -> bool:
    """Return whether a property's name is that of an address."""
    return not ADDRESSES.isdisjoint(plain(header).split())


def type_of_file(name: str) -> str:
    """Return the event type that a file is assumed to contain: `order` for `Orders_2026.csv`.

    It is the name in lowercase without extensions, with other characters replaced by `_`, and with trailing
    digits and a final `s` (but not `ss`) removed.
    """
    stem = name.lower().split(".", 1)[0]
    word = _NOT_IN_NAMES.sub("_", stem).strip("_").rstrip("0123456789_")
    if word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word or "event"


def without_runs(name: str) -> str:
    """Return a file name with each run of digits, including `-` and `_` between digits, replaced by `*`."""
    return _RUN.sub("*", name)
