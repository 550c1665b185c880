"""Evidence evaluated a second time, from its own fields alone, sharing no code with the program."""

import re
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from oracle_conditions import _pattern, items_of
from oracle_words import (
    after,
    before,
    comparable,
    fold,
    is_bare_date,
    local_day,
    read_boolean,
    read_instant,
    read_number,
    trim,
)

OPPOSITES = {"not_equals": "equals", "not_in": "in", "not_contains": "contains"}
LANGUAGE = frozenset(OPPOSITES)
"""Opposites that are part of the language; they hold only for cells that are not missing."""


def holds(evidence, told):  # noqa: PLR0911 - one line per kind
    """Return whether evidence holds as of the explanation; None if it requires a list from a file."""
    if isinstance(evidence.operand, dict):
        return None
    if evidence.kind == "branch":
        return 1 <= evidence.value <= evidence.operand
    if evidence.kind == "tag":
        return _tag(evidence, told)
    if evidence.kind == "event" or (evidence.kind == "follower" and evidence.count is not None):
        number = evidence.count if evidence.value is None else evidence.value
        return _ordered(evidence.operator, Fraction(number), Fraction(evidence.operand))
    if evidence.kind == "label" or (evidence.kind == "score" and evidence.value is not None):
        return _stands(evidence.operator, evidence.value, evidence.operand)
    if evidence.kind == "follower":
        zone = ZoneInfo(told.timezone)
        due, as_of = (read_instant(text, zone) for text in (evidence.value, evidence.operand))
        return _ordered(evidence.operator, due, as_of)
    return _field(evidence, told)


def _stands(operator, value, operand):
    if operator.startswith("not_"):
        return not _stands(operator.removeprefix("not_"), value, operand)
    if operator in ("equals", "in"):
        return value in (operand if isinstance(operand, list) else [operand])
    return _ordered(operator, Fraction(value), Fraction(operand))


def _tag(evidence, told):
    operator, wanted = evidence.operator, evidence.operand
    if operator in ("within_last", "after", "dated"):
        return _dated(evidence, told)
    held = [fold(tag) for tag in evidence.value]
    if operator.startswith("not_"):
        return not _tags(operator.removeprefix("not_"), held, wanted)
    return _tags(operator, held, wanted)


def _tags(operator, held, wanted):
    if operator == "like":
        return any(_pattern(pattern).fullmatch(tag) for tag in held for pattern in wanted)
    found = [fold(tag) in held for tag in wanted]
    return all(found) if operator == "all" else any(found)


def _dated(evidence, told):
    if evidence.operator == "dated":
        return evidence.latest_at is not None
    zone = ZoneInfo(told.timezone)
    if evidence.operator == "within_last":
        return before(told.as_of, evidence.operand, zone) < evidence.latest_at
    day = date.fromisoformat(evidence.operand.rpartition(" ")[2])
    return local_day(evidence.latest_at, zone) > day


def _field(evidence, told):
    operator, text = evidence.operator, evidence.value
    sensitive = operator.endswith(" case_sensitive")
    operator = operator.removesuffix(" case_sensitive")
    if operator == "empty":
        return (text is None) is evidence.operand
    if operator.startswith("not_"):
        if text is None and operator in LANGUAGE:
            return False
        return not _cell(operator.removeprefix("not_"), text, evidence.operand, sensitive, told)
    return _cell(operator, text, evidence.operand, sensitive, told)


def _cell(operator, text, operand, sensitive, told):  # noqa: C901, PLR0911 - one line per operator
    if text is None:
        return False
    if operator == "is_number":
        return (read_number(text) is not None) is operand
    several = operand if isinstance(operand, list) else [operand]
    if operator in ("equals", "in"):
        return any(_equals(text, each, sensitive) for each in several)
    if operator in ("has", "has_all", "has_none"):
        items = text if isinstance(text, list) else items_of(text, ";")
        found = [any(_equals(item, each, sensitive) for item in items) for each in several]
        several = {"has": any(found), "has_all": all(found), "has_none": not any(found)}
        return bool(items) and several[operator]
    if operator == "matches":
        return re.search(operand, text, 0 if sensitive else re.IGNORECASE) is not None
    cell = comparable(text, case_sensitive=sensitive)
    parts = [comparable(str(each), case_sensitive=sensitive) for each in several]
    if operator == "contains":
        return any(part in cell for part in parts)
    if operator in ("starts_with", "ends_with"):
        return any(getattr(cell, operator.replace("_", ""))(part) for part in parts)
    zone = ZoneInfo(told.timezone)
    if operator in ("within_last", "within_next"):
        return _within(operator, text, operand, told, zone)
    if not isinstance(operand, str):
        number = read_number(text)
        return number is not None and _ordered(operator, number, Fraction(operand))
    cell, wanted = read_instant(text, zone), read_instant(operand, zone)
    if cell is None:
        return False
    if is_bare_date(operand):
        return _ordered(operator, local_day(cell, zone), date.fromisoformat(operand))
    return _ordered(operator, cell, wanted)


def _within(operator, text, operand, told, zone):
    cell = read_instant(text, zone)
    if cell is None:
        return False
    day, today = local_day(cell, zone), local_day(told.as_of, zone)
    if operator == "within_last":
        return local_day(before(told.as_of, operand, zone), zone) < day <= today
    return today <= day <= local_day(after(told.as_of, operand, zone), zone)


def _equals(text, value, sensitive):
    if isinstance(value, bool):
        return read_boolean(text) is value
    if isinstance(value, int | float):
        number = read_number(text)
        return number is not None and number == Fraction(str(value))
    return comparable(text, case_sensitive=sensitive) == comparable(trim(value), case_sensitive=sensitive)


def _ordered(word, left, right):
    if word == "at_least":
        return left >= right
    if word == "at_most":
        return left <= right
    if word == "not_equals":
        return left != right
    return left > right if word == "more_than" else left < right
