"""The oracle: rule-language.md, sections 3 to 7, row by row, in whole numbers and fractions.

An independent second implementation that tests compare the program with. `score` is the entry point;
`World` and `holds` evaluate single conditions. Points are whole ten-thousandths everywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from oracle_conditions import Files, Row, World, event_matches, holds
from oracle_counting import Given, factor_billionths, fade_start, give, worth
from oracle_ignored import in_sequence, patterns_of, with_patterns, without_bots
from oracle_labels import judge
from oracle_needed import Needed
from oracle_words import fold, round_half_away, slug, ten_thousandths

__all__ = [
    "OracleResult",
    "World",
    "bots",
    "earns",
    "factor_billionths",
    "fold",
    "holds",
    "rule_id_of",
    "score",
    "slug",
    "ten_thousandths",
    "worth",
]

Entry = dict[str, Any]
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass
class OracleResult:
    """Ranked score rows, ledger rows and counted occurrences of every event rule; labels are in `world`."""

    world: World
    scores: list[Entry] = field(default_factory=list)
    ledger: list[Entry] = field(default_factory=list)
    counted: dict[tuple[str, str, str], list[tuple[int, int]]] = field(default_factory=dict)


def score(
    book: Mapping[str, Any],
    contacts: Sequence[Row],
    events: Sequence[Row],
    tag_history: Sequence[Row],
    as_of: datetime,
    *,
    files: Files | None = None,
) -> OracleResult:
    """Score every contact under every enabled score of the book; `files` are the list files that it names."""
    world = World(book, contacts, events, tag_history, as_of, files=files)
    result = OracleResult(world)
    for name, spec in book["scores"].items():
        if spec.get("enabled", True):
            _score_one(name, spec, world, result)
    result.ledger.sort(key=lambda row: row["contact_id"])
    judge(book, world, result.scores)
    return result


def bots(
    book: Mapping[str, Any],
    contacts: Sequence[Row],
    events: Sequence[Row],
    tag_history: Sequence[Row],
    as_of: datetime,
    *,
    files: Files | None = None,
) -> list[Entry]:
    """Return suspected scanner activity: one row per score and contact with events that the patterns name.

    `points_lost` is in ten-thousandths. Events older than any needed one are not examined.
    """
    rows = (contacts, events, tag_history, as_of)
    named = _named_by_patterns(book, *rows, files=files)
    before, after = (
        {
            (row["score_name"], row["contact_id"]): row["score"]
            for row in score(each, *rows, files=files).scores
        }
        for each in (without_bots(book), with_patterns(book))
    )
    lost = [
        {
            "contact_id": contact_id,
            "score_name": name,
            "events": named[contact_id],
            "points_lost": before.get((name, contact_id), 0) - after.get((name, contact_id), 0),
        }
        for name in book["scores"]
        for contact_id in sorted(named)
        if {(name, contact_id)} & {*before, *after}
    ]
    names = list(book["scores"])
    return sorted(lost, key=lambda row: (names.index(row["score_name"]), -row["points_lost"]))


def _named_by_patterns(
    book: Mapping[str, Any],
    contacts: Sequence[Row],
    events: Sequence[Row],
    tag_history: Sequence[Row],
    as_of: datetime,
    *,
    files: Files | None,
) -> dict[str, int]:
    """Count, by contact, the events that the patterns name and `ignore` leaves; omit contacts without any."""
    plain = without_bots(book) | {"ignore": [e for e in book.get("ignore", []) if not in_sequence(e)]}
    world = World(plain, contacts, events, tag_history, as_of, files=files)
    needed = Needed(book, world)
    ours, theirs = book.get("ignore", []), patterns_of(book)
    found = {}
    for contact_id, there in world.events.items():
        ignored = {i for entry in ours if in_sequence(entry) for i in needed.named(entry, there)}
        named = {i for entry in theirs if not in_sequence(entry) for i in needed.named(entry, there)}
        left = [event for event in there if event.index not in named]
        named |= {i for entry in theirs if in_sequence(entry) for i in needed.named(entry, left)}
        if named - ignored:
            found[contact_id] = len(named - ignored)
    return found


def rule_id_of(rule: Row) -> str:
    """Return a rule's id: its own, or one made from its name."""
    return str(rule["id"]) if "id" in rule else slug(rule["name"])


def _score_one(name: str, spec: Row, world: World, result: OracleResult) -> None:
    rows = []
    for contact_id in world.contacts:
        if "population" in spec and not holds(spec["population"], contact_id, world):
            continue
        entries, total = _ledger_of(contact_id, name, spec, world, result)
        result.ledger.extend(entry for entry in entries if entry["points"] != 0)
        rows.append(_score_row(contact_id, name, total, entries))
    result.scores.extend(_ranked(rows, spec))


def _ledger_of(
    contact_id: str, name: str, spec: Row, world: World, result: OracleResult
) -> tuple[list[Entry], int]:
    """Return a contact's ledger, including rows of 0 points, and its score."""
    entries: list[Entry] = []
    total = 0
    groups = dict.fromkeys(spec.get("groups", {}), 0)
    for rule in spec["rules"]:
        if not rule.get("enabled", True):
            continue
        given = give(rule, contact_id, spec, world)
        _remember(given, (contact_id, name, rule_id_of(rule)), result)
        correction = _correction(given.points, rule.get("limits", {}))
        entries.append(_rule_entry(contact_id, name, rule_id_of(rule), given))
        entries.append(_limit_entry(contact_id, name, "rule_limit", rule_id_of(rule), correction))
        if "group" in rule:
            groups[rule["group"]] += given.points + correction
        else:
            total += given.points + correction
    for group, points in groups.items():
        correction = _correction(points, spec["groups"][group].get("limits", {}))
        entries.append(_limit_entry(contact_id, name, "group_limit", group, correction))
        mine = [rule for rule in spec["rules"] if rule.get("group") == group]
        idle = _idle_entry(points + correction, spec["groups"][group], mine, contact_id, world)
        entries.append({**idle, "score_name": name, "entry": "group_idle", "rule_id": group})
        total += points + correction + idle["points"]
    correction = _correction(total, spec.get("limits", {}))
    entries.append(_limit_entry(contact_id, name, "score_limit", name, correction))
    idle = _idle_entry(total + correction, spec, spec["rules"], contact_id, world)
    entries.append({**idle, "score_name": name, "entry": "score_idle", "rule_id": name})
    return entries, total + correction + idle["points"]


def _idle_entry(total: int, owner: Row, rules: Sequence[Row], contact_id: str, world: World) -> Entry:
    """Return the `idle` entry of a score or group with these rules; it reduces a sum above 0 (section 8)."""
    idle = owner.get("idle")
    entry: Entry = {"contact_id": contact_id, "occurrences": 0, "points": 0, "last_at": None}
    if idle is None:
        return entry
    decay = idle if isinstance(idle, str) else {key: idle[key] for key in idle if key != "activity"}
    activity = None if isinstance(idle, str) else idle.get("activity")
    if activity is None:
        wanted: Sequence[Row] = [rule for rule in rules if rule.get("enabled", True) and earns(rule)]
    else:
        wanted = activity if isinstance(activity, list) else [activity]
    since = fade_start(decay, world.as_of)
    times = [
        event.at
        for event in world.events[contact_id]
        if event.at > since and any(event_matches(each, event, world) for each in wanted)
    ]
    entry["last_at"] = max(times, default=None)
    days = None if not times else (world.as_of - max(times)) // timedelta(days=1)
    factor = 0 if days is None else factor_billionths(decay, days)
    if total > 0:
        entry["points"] = round_half_away(Fraction(total * factor, 10**9)) - total
    return entry


def earns(rule: Row) -> bool:
    """Return whether a rule can give points for an event, which makes the event activity."""
    return "event" in rule and (isinstance(rule["points"], Mapping) or ten_thousandths(rule["points"]) > 0)


def _remember(given: Given, key: tuple[str, str, str], result: OracleResult) -> None:
    if given.occurrences is not None:
        result.counted[key] = [(item.event.index, item.contribution) for item in given.occurrences]


def _correction(points: int, limits: Row) -> int:
    """Return what must be added to points to bring them within limits."""
    clamped = points
    if "max" in limits:
        clamped = min(clamped, ten_thousandths(limits["max"]))
    if "min" in limits:
        clamped = max(clamped, ten_thousandths(limits["min"]))
    return clamped - points


def _rule_entry(contact_id: str, name: str, rule_id: str, given: Given) -> Entry:
    return {
        "contact_id": contact_id,
        "score_name": name,
        "entry": "rule",
        "rule_id": rule_id,
        "occurrences": len(given.occurrences or ()),
        "points": given.points,
        "last_at": given.last_at,
    }


def _limit_entry(contact_id: str, name: str, kind: str, limited: str, points: int) -> Entry:
    return {
        "contact_id": contact_id,
        "score_name": name,
        "entry": kind,
        "rule_id": limited,
        "occurrences": 0,
        "points": points,
        "last_at": None,
    }


def _score_row(contact_id: str, name: str, total: int, entries: Iterable[Entry]) -> Entry:
    gains = [entry for entry in entries if entry["entry"] == "rule" and entry["points"] > 0]
    times = [entry["last_at"] for entry in gains if entry["last_at"] is not None]
    return {
        "contact_id": contact_id,
        "score_name": name,
        "score": total,
        "last_activity_at": max(times, default=None),
    }


def _ranked(rows: list[Entry], spec: Row) -> list[Entry]:
    """Add flames, percentages and rank to the rows of one score, and order them."""
    totals = [row["score"] for row in rows]
    for row in rows:
        lower = sum(total < row["score"] for total in totals)
        row["percentile"] = Fraction(100 * lower, len(rows) - 1) if len(rows) > 1 else Fraction(0)
        row["flames"] = flames(row["score"], spec, row["percentile"])
        row["percent_of_ideal"] = None if _by_percentile(spec) else Fraction(100 * row["score"], _ideal(spec))
        row["rank"] = 1 + sum(total > row["score"] for total in totals)
    rows = sorted(rows, key=lambda row: str(row["contact_id"]))
    rows = sorted(rows, key=lambda row: row["last_activity_at"] or _EARLIEST, reverse=True)
    return sorted(rows, key=lambda row: int(row["score"]), reverse=True)


def _ideal(spec: Row) -> int:
    return ten_thousandths(spec["five_flames"] if "five_flames" in spec else spec["flames"][-1])


def _by_percentile(spec: Row) -> bool:
    return isinstance(spec.get("flames"), Mapping)


def flames(total: int, spec: Row, percentile: Fraction) -> int:
    """Return the flames (0 to 5) of a score in ten-thousandths, by thresholds, the ideal or a percentile."""
    if _by_percentile(spec):
        return 0 if total <= 0 else sum(percentile >= Fraction(p) for p in spec["flames"]["percentile"])
    if "flames" in spec:
        return sum(total >= ten_thousandths(threshold) for threshold in spec["flames"])
    return 0 if total <= 0 else min(5, 5 * total // _ideal(spec))
