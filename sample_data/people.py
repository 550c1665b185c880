"""The made-up contacts: a seller's list, with the people of the README's story at fixed ids."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dice import Dice

START = datetime.fromisoformat(
    "2025-09-21"
)  # local times of the seller, without a zone, as exports have them
END = datetime.fromisoformat("2026-11-20 23:59:59")
DAYS = (END - START).days + 1
FIRST_ID = 1001
CONTACTS = 2000
CAST_CAME_IN = datetime.fromisoformat("2025-06-03 09:15")

# The share of received e-mails that a contact opens, in percent.
OPEN_RATES = ((3, 48), (19, 36), (51, 16))


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. `open_rate` and `journeys` control its behavior and are not exported."""

    id: int
    first: str
    last: str
    email: str
    phone: str
    company: str
    title: str
    country: str
    owner: str
    source: str
    created: datetime
    employees: str
    budget: str
    pet: str
    vaccination: str
    open_rate: int
    journeys: int


# The people in the README's story. Their events are written by hand, in cast.py.
CAST: dict[int, dict[str, str]] = {
    1042: {
        "first": "María",
        "last": "Delgado",
        "company": "Saguaro Veterinary Group",
        "title": "Owner",
        "employees": "60",
        "budget": "15000",
        "owner": "Dana Whitfield",
    },
    1043: {"first": "Hannah", "last": "Reed", "company": ""},
    1044: {"first": "Oscar", "last": "Quinn", "company": ""},
    1045: {"first": "Viktor", "last": "Petrov", "company": "Gila Boarding"},
    1046: {"first": "Ruth", "last": "Okafor", "company": ""},
    1047: {"first": "Kenji", "last": "Nakamura", "company": "Sonora Dog Sports"},
    1048: {"first": "Grace", "last": "Baker", "company": "Tempe Grooming"},
    1049: {"first": "Bob", "last": "Miller", "company": "Red Rock Stables"},
    1050: {"first": 'Zoë "Zo"', "last": "O'Brien-Núñez, Jr.", "company": "Smith, Jones & Daughters"},
    1051: {"first": "Frank", "last": "Vogel", "company": ""},
    1052: {"first": "Ngọc", "last": "Nguyễn", "company": "Pima Rescue", "owner": ""},
}


HOSTILE_FIRST_NAMES = {1292: "<b>Bob</b>", 1552: '=HYPERLINK("x")'}
"""First names with HTML and a spreadsheet formula, of two leads further down the list."""


def everyone(dice: Dice) -> list[Contact]:
    """Make all contacts, in the order of their ids."""
    return [_cast(_anyone(dice, number)) for number in range(FIRST_ID, FIRST_ID + CONTACTS)]


def _anyone(dice: Dice, number: int) -> Contact:
    first, last = dice.pick(words.FIRST_NAMES), dice.pick(words.LAST_NAMES)
    company = _company(dice)
    pet = dice.weighted(words.PETS)
    created = _created(dice)
    return Contact(
        id=number,
        first=first,
        last=last,
        email=_email(first, last, number, company),
        phone=_phone(dice),
        company=company,
        title=dice.weighted(words.TITLES) if company else "",
        country=dice.weighted(words.COUNTRIES),
        owner=dice.weighted(words.OWNERS),
        source=dice.weighted(words.LEAD_SOURCES),
        created=created,
        employees=dice.weighted(words.EMPLOYEES) if company else "",
        budget=dice.weighted(words.BUDGETS) if company else "",
        pet=pet,
        vaccination=_vaccination(dice) if pet.lower() in {"dog", "cat"} else "",
        open_rate=dice.weighted(OPEN_RATES),
        journeys=dice.weighted(((0, 33), (1, 32), (2, 20), (3, 15))),
    )


def _cast(contact: Contact) -> Contact:
    """Apply the fixed name and fields of a member of the cast, whose events are written by hand."""
    hostile = HOSTILE_FIRST_NAMES.get(contact.id)
    if hostile is not None:
        email = _email(hostile, contact.last, contact.id, contact.company)
        return replace(contact, first=hostile, email=email)
    changed = CAST.get(contact.id)
    if changed is None:
        return contact
    known_since = CAST_CAME_IN + timedelta(days=contact.id - FIRST_ID)
    email = _email(changed["first"], changed["last"], contact.id, changed["company"])
    quiet = replace(
        contact,
        open_rate=0,
        journeys=0,
        title="",
        employees="",
        budget="",
        created=known_since,
        email=email,
        owner="Luis Ortega",
        phone=f"(602) 555-01{contact.id % 100:02d}",
    )
    return replace(quiet, **changed)  # type: ignore[arg-type]


def _company(dice: Dice) -> str:
    if not dice.chance(0.55):
        return ""
    return f"{dice.pick(words.FIRM_STARTS)} {dice.pick(words.FIRM_ENDS)}"


def _email(first: str, last: str, number: int, company: str) -> str:
    """Return an address that nobody has: companies at .com and .org, private people at .net."""
    domain = "example.net" if not company else "example.org" if "Rescue" in company else "example.com"
    return f"{''.join(_plain(first))}.{''.join(_plain(last))}{number}@{domain}"


def _plain(name: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFKD", name.lower().replace("ø", "o")):
        if letter.isascii() and letter.isalpha():
            yield letter


def _phone(dice: Dice) -> str:
    if dice.chance(0.08):
        return ""
    return f"({dice.pick(words.AREA_CODES)}) 555-01{dice.between(0, 99):02d}"


def _created(dice: Dice) -> datetime:
    """Draw when the contact came in: three in ten before the period of the sample."""
    if dice.chance(0.3):
        day = START - timedelta(days=dice.between(1, 900))
    else:
        day = START + timedelta(days=dice.between(0, DAYS - 2))
    return day + timedelta(
        hours=dice.between(7, 21), minutes=dice.between(0, 59), seconds=dice.between(0, 59)
    )


def _vaccination(dice: Dice) -> str:
    """Draw the day on which the next vaccination is due, in the format of the clinic's form."""
    if dice.chance(0.35):
        return ""
    day = END + timedelta(days=dice.between(-60, 300))
    return f"{day.month:02d}/{day.day:02d}/{day.year}"
