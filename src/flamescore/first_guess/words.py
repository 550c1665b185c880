"""The words by which columns, event types and files are known."""

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
"""Columns that say who a row is about, the likelier first."""

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
"""Canonical columns of contacts that lists show, and the headers that stand for each."""

OF_ONE: Final = frozenset(
    {*KEYS, *CREATED, "phone", "phone number", "tags", "name", "full name", "first name", "last name"}
    | {"firstname", "lastname"}
)
"""Columns that say who somebody is, not what they are like."""

_OTHER: Final = re.compile(r"[\W_]+")
_NOT_IN_NAMES: Final = re.compile(r"[^0-9a-z]+")
_RUN: Final = re.compile(r"[0-9](?:[-_0-9]*[0-9])?")


def plain(text: str) -> str:
    """Return a text folded, with every run of other characters than letters and digits as one space."""
    return _OTHER.sub(" ", fold(text)).strip()


def is_key(header: str) -> bool:
    """Say whether a header is that of a key column."""
    return plain(header) in KEYS


def key_columns(headers: Sequence[str]) -> list[str]:
    """Return the key columns, the likelier first."""
    return [each for word in KEYS for each in headers if plain(each) == word]


def time_columns(headers: Sequence[str]) -> list[str]:
    """Return columns in the order in which one is preferred as the time of events.

    A header that holds a word of `TIMES` as a word goes before one that holds it otherwise (`createdate`).
    """
    whole = [each for word in TIMES for each in headers if f" {word} " in f" {plain(each)} "]
    within = [each for word in TIMES if word != "at" for each in headers if word in plain(each)]
    return list(dict.fromkeys((*whole, *within, *headers)))


def type_columns(headers: Sequence[str]) -> list[str]:
    """Return the columns that may hold the types of events, the likelier first."""
    return [each for word in TYPES for each in headers if plain(each) == word]


def people_columns(headers: Iterable[str], taken: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the canonical columns of contacts that headers stand for, beside those that are taken."""
    free = [each for each in headers if each not in set(taken)]
    found: dict[str, tuple[str, ...]] = {}
    for name, forms in PEOPLE:
        for form in forms:
            there = [next((each for each in free if plain(each) == word), None) for word in form]
            if name not in found and all(there):
                found[name] = tuple(str(each) for each in there)
    return found


def holds_addresses(header: str) -> bool:
    """Say whether a property's name is that of an address."""
    return not ADDRESSES.isdisjoint(plain(header).split())


def type_of_file(name: str) -> str:
    """Return the type of events that a file is taken to hold: `order` for `Orders_2026.csv`.

    It is the name in lower case, other characters as `_`, without digits at the end and a final `s`
    (but `ss`).
    """
    stem = name.lower().split(".", 1)[0]
    word = _NOT_IN_NAMES.sub("_", stem).strip("_").rstrip("0123456789_")
    if word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word or "event"


def without_runs(name: str) -> str:
    """Return a file's name with `*` for each run of digits, with what of `-` and `_` stands inside of it."""
    return _RUN.sub("*", name)
