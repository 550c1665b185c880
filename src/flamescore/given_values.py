"""Convert values given to the Python API to what the command line takes, or raise `TypeError`."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from flamescore.errors import MisuseError
from flamescore.inputs import parse_as_of
from flamescore.units import start_of_day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def instant(as_of: object, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) for a text, a `datetime` or a `date`; naive ones are in the time zone.

    A date means its first instant. Text is `now`, `today`, a date or a time.
    """
    if isinstance(as_of, str):
        return parse_as_of(as_of, zone)
    if isinstance(as_of, datetime):
        return parse_as_of(as_of.astimezone(UTC).isoformat() if as_of.tzinfo else as_of.isoformat(), zone)
    if isinstance(as_of, date):
        return start_of_day(as_of, zone)
    raise wrong("as_of", "text, a datetime or a date", as_of)


def contact_text(contact: object) -> str:
    """Return a contact id or e-mail as text; an integer, also of NumPy, becomes its digits."""
    if isinstance(contact, str):
        return contact
    whole = None if isinstance(contact, bool) else _whole(contact)
    if whole is None:
        raise wrong("contact", "text or a whole number", contact)
    return str(whole)


def flames_text(flames: object) -> str:
    """Return `5`, `(4, 5)`, `"4-5"` or `"4+"` as the command line takes it."""
    if isinstance(flames, str):
        return flames
    numbers = tuple(flames) if isinstance(flames, tuple | list) else (flames,)
    whole = [None if isinstance(each, bool) else _whole(each) for each in numbers]
    if None in whole or len(whole) not in (1, 2):
        raise wrong("flames", 'a whole number, two, or text such as "4-5"', flames)
    return "-".join(str(each) for each in whole)


def not_negative(name: str, given: object) -> int:
    """Return an integer of 0 or more."""
    whole = None if isinstance(given, bool) else _whole(given)
    if whole is None:
        raise wrong(name, "a whole number", given)
    if whole < 0:
        raise MisuseError(ValueError(f"{name} must be 0 or more, not {whole}"))
    return whole


def texts(name: str, given: object) -> tuple[str, ...]:
    """Return one text or several as a tuple, empty for None. A single text is one entry, not its letters."""
    if given is None:
        return ()
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable):
        raise wrong(name, "text, or a list of texts", given)
    entries = tuple(given)
    for each in entries:
        if not isinstance(each, str):
            raise wrong(f"each of {name}", "text", each)
    return entries


def _whole(value: object) -> int | None:
    try:
        return operator.index(value)  # type: ignore[arg-type] # this is the check itself
    except TypeError:
        return None


def wrong(name: str, wanted: str, given: object) -> MisuseError:
    """Return the error to raise for a value of the wrong type."""
    return MisuseError(TypeError(f"{name} must be {wanted}, not {type(given).__name__}"))
