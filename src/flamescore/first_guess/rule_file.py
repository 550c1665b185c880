"""The text of the first rule file: one score, with a rule for each of the most common event types.

A worked example: of 57,267 `sent_weekly_digest` and 20,459 `email_open` events, the former comes first
because it is more common, and is commented out because it happens to a contact. The latter gets 1 point,
because it contains no word of `WORTH`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import present
from flamescore.findings import scalar
from flamescore.first_guess.words import OF_ONE, plain
from flamescore.text import fold, printable
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flamescore.first_guess.guess import SourceContent
    from flamescore.frames import Exports

_FOR_GOOD: Final = {"count": "once", "expires": "never"}
WORTH: Final[tuple[tuple[tuple[str, ...], int | None], ...]] = (
    (("unsubscribe", "opt out"), -10),
    (("spam", "complaint"), -20),
    (("sent", "delivered", "bounce", "dropped", "deferred", "processed"), None),
    (("purchase", "order", "paid", "payment", "won"), 0),
    (("form", "submit", "demo", "meeting", "webinar", "call", "repl", "survey"), 5),
    (("click",), 3),
    (("video", "visit", "page", "view", "download"), 2),
)
"""Points by words in an event type; None for what happens to a contact, 0 for sales."""

_ELSE: Final = 1
_TYPES, _TAGS, _COLUMNS = 12, 5, 5
_FEWEST, _MOST = 2, 20
_COMMON: Final = 0.9
_ADDRESS_POINTS: Final = 5
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?")


class FirstRule(Struct, frozen=True):
    """A rule, or a candidate for one: its keys as YAML, and whether it is commented out."""

    name: str
    keys: Mapping[str, str]
    comment: str
    off: str = ""
    """Why it is commented out; empty if it is not."""

    def lines(self) -> Iterator[str]:
        """Yield the lines of its entry in `rules`, as comments if it is commented out."""
        lines = [f"- name: {scalar(self.name)}", *(f"  {key}: {value}" for key, value in self.keys.items())]
        for number, line in enumerate(lines):
            comment = f"   # {printable(self.comment)}" if not number else ""
            yield f"{'# ' if self.off else ''}{line}{comment}"


def event_rules(looked: Sequence[SourceContent]) -> tuple[FirstRule, ...]:
    """Return rules for the most common event types, by count, then name; and for significant addresses."""
    types: dict[str, tuple[str, int]] = {}
    for each in looked:
        for name, rows in each.types.items():
            known, before = types.get(fold(name), (name, 0))
            types[fold(name)] = known, before + rows
    common = sorted(types.values(), key=lambda each: (-each[1], each[0]))[:_TYPES]
    names: set[str] = set()
    rules: list[FirstRule] = []
    for kind, rows in common:
        name = _title(kind)
        name = f"{name} ({printable(kind)})" if name in names else name
        names.add(name)
        rules += _of_type(kind, name, count(rows, "row"))
    return (*rules, *_of_addresses(looked))


def worth(kind: str) -> int | None:
    """Return the points of an event type: 0 for a sale, None for what a contact does not do."""
    text = plain(kind)
    return next((points for words, points in WORTH if any(word in text for word in words)), _ELSE)


def _of_type(kind: str, name: str, rows: str) -> Iterator[FirstRule]:
    event, points = {"event": scalar(kind)}, worth(kind)
    if points is None:
        off = "happens to a contact, is not done by one"
        yield FirstRule(name, {**event, "per": "day", "points": str(_ELSE)}, rows, off)
    elif not points:
        off = "a sign of interest, or the end of being a lead?"
        yield FirstRule(name, {**event, "per": "day", "points": "10"}, rows, off)
        yield FirstRule(name, {**event, "points": "-100", "expires": "never"}, rows, "or")
    elif points < 0:
        yield FirstRule(name, {**event, "points": str(points), **_FOR_GOOD}, rows)
    else:
        yield FirstRule(name, {**event, "per": "day", "points": str(points)}, rows)


def _of_addresses(looked: Sequence[SourceContent]) -> Iterator[FirstRule]:
    """Yield a rule for each significant address part, for the type and property with the most addresses."""
    found: dict[tuple[str, str], int] = {}
    for each in looked:
        for place, addresses in each.addresses.items():
            found[place] = found.get(place, 0) + addresses.many
    if not any(found.values()):
        return
    kind, prop = min(found, key=lambda place: (-found[place], place))
    parts: dict[str, int] = {}
    for each in looked:
        there = each.addresses.get((kind, prop))
        for part, rows in there.containing.items() if there is not None else ():
            parts[part] = parts.get(part, 0) + rows
    for part, rows in parts.items():
        keys = {
            "event": scalar(kind),
            "where": f"{{{scalar(prop)}: {{contains: {part}}}}}",
            "per": "day",
            "points": str(_ADDRESS_POINTS),
        }
        yield FirstRule(f"{_title(kind)}, {part}", keys, count(rows, "row"))


def tag_rules(exports: Exports) -> tuple[FirstRule, ...]:
    """Return rules for the most common tags, by count, then name."""
    found = []
    if "tags" in exports.contacts.columns:
        found.append(exports.contacts.select("contact_id", tag=pl.col("tags")).explode("tag"))
    if exports.tag_history is not None:
        found.append(
            exports.tag_history.join(exports.contacts, on="contact_id", how="semi").select(
                "contact_id", "tag"
            )
        )
    if not found:
        return ()
    of = exports.contacts.height
    common = (
        pl.concat(found)
        .drop_nulls()
        .unique()
        .group_by("tag")
        .len()
        .sort(["len", "tag"], descending=[True, False])
        .head(_TAGS)
    )
    return tuple(
        FirstRule(
            f"Has the tag {printable(tag)}",
            {"tag": scalar(tag), "points": "1"},
            f"{rows:,} of {count(of, 'contact')}",
        )
        for tag, rows in common.iter_rows()
    )


def column_rules(contacts: pl.DataFrame) -> tuple[FirstRule, ...]:
    """Return rules for the most common values of the first contact columns with few distinct values."""
    rules: list[FirstRule] = []
    for column in contacts.columns:
        if plain(column) in OF_ONE or "\0" in column or contacts.schema[column] != pl.String:
            continue
        cells = contacts.select(present(pl.col(column)).alias("value")).drop_nulls()
        values = cells.group_by("value").len().sort(["len", "value"], descending=[True, False])
        if not _FEWEST <= values.height <= _MOST or values["len"][0] > _COMMON * contacts.height:
            continue
        value, rows = values.row(0)
        keys = {"field": f"{{{scalar(column)}: {_operand(value)}}}", "points": "1"}
        name = f"{printable(column)}: {printable(value)}"
        rules.append(FirstRule(name, keys, f"{rows:,} of {count(contacts.height, 'contact')}"))
        if len(rules) == _COLUMNS:
            break
    return tuple(rules)


def _operand(value: str) -> str:
    """Return a cell as an operand: a number without quotes, so that it matches however it is written."""
    return value if _NUMBER.fullmatch(value) else scalar(value)


def _title(kind: str) -> str:
    """Return an event type as a name, with spaces and a capital letter."""
    words = re.sub(r"[\W_]+", " ", kind).strip() or "Event"
    return words[:1].upper() + words[1:]


def chosen_rules(looked: Sequence[SourceContent], exports: Exports) -> tuple[FirstRule, ...]:
    """Return all rules, including commented-out ones. If no event gives points, columns do, or else tags.

    If none of these can give points, all rules are commented out, or there are none.
    """
    events, tags, fields = event_rules(looked), tag_rules(exports), column_rules(exports.contacts)
    if any(not each.off for each in events):
        off = "what they are, not what they do: worth any points?"
        return (*events, *(replace(each, off=off) for each in (*tags, *fields)))
    if fields:
        return (*events, *fields, *(replace(each, off="a tag: worth any points?") for each in tags))
    return (*events, *tags)


def as_text(
    rules: Sequence[FirstRule], five_flames: int, reach: str, *, zone: str, guess: str, never: bool
) -> str:
    """Return the rule file. `reach` and `guess` are comments on five flames and on the time zone.

    `never`: whether the events span too short a time for rules to expire.
    """
    why = "; the events span under eight weeks" if never else ""
    defaults = f"{{count: 10, expires: {'never' if never else '4w'}}}"
    flat = all("field" in each.keys or "tag" in each.keys for each in rules if not each.off)
    yours = "GUESS: of days, and of times without a zone. Write yours, such as America/Phoenix"
    lines = [
        "# A first guess by flamescore init. Change the points, then look whether they are right.",
        "version: 1",
        f"timezone: {scalar(zone)}   # {guess or yours}",
        "scores:",
        "  interest:",
        f"    five_flames: {five_flames}   # {reach}",
        f"    defaults: {defaults}   # at most the ten latest days{why}",
        "    rules:",
        *(["      # No events to give points for. Points of 1 mean nothing yet."] if flat else []),
        *(f"      {line}" for line in _entries(rules)),
    ]
    return "\n".join(lines) + "\n"


def _entries(rules: Sequence[FirstRule]) -> Iterator[str]:
    """Yield the lines of rules; consecutive rules commented out for the same reason state it once."""
    previous = ""
    for each in rules:
        if each.off and each.off != previous:
            yield f"# {each.off}"
        previous = each.off
        yield from each.lines()
