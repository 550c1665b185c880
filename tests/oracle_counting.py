"""What one rule gives one contact: which occurrences count, and for how many points. Sections 4.1 to 4.3."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from oracle_conditions import (
    Event,
    Row,
    World,
    after_reset,
    all_match,
    completions,
    event_matches,
    followers_hold,
    holds,
    matching_tags,
    per_value,
    reset_of,
    times_hold,
)
from oracle_words import (
    fixed_length,
    in_window,
    present,
    read_number,
    round_half_away,
    ten_thousandths,
)

BILLION = 10**9
_LARGEST_PRODUCT = 10**9 * 10_000


@dataclass(frozen=True)
class Counted:
    """One counted occurrence and its contribution in ten-thousandths."""

    event: Event
    contribution: int


@dataclass(frozen=True)
class Given:
    """What a rule gives a contact before limits; `occurrences` is None unless it is an event rule."""

    points: int
    occurrences: tuple[Counted, ...] | None = None

    @property
    def last_at(self) -> datetime | None:
        """Return the instant of the latest counted occurrence."""
        return max((item.event.at for item in self.occurrences or ()), default=None)


def give(rule: Row, contact_id: str, score: Row, world: World) -> Given:
    """Compute what a rule gives a contact."""
    is_event = "event" in rule
    if "if" in rule and not holds(rule["if"], contact_id, world):
        return Given(0, () if is_event else None)
    if is_event:
        counted = counted_occurrences(rule, contact_id, score, world)
        return Given(sum(item.contribution for item in counted), tuple(counted))
    if "tag" in rule:
        return Given(_tag_points(rule, contact_id, world))
    if "field" in rule:
        matches = all_match(rule["field"], world.contacts[contact_id], world)
        return Given(ten_thousandths(rule["points"]) if matches else 0)
    if "first_of" in rule:
        return Given(_first_of_points(rule["first_of"], contact_id, world))
    return Given(ten_thousandths(rule["points"]))


def setting(word: str, rule: Row, score: Row, default: Any = None) -> Any:
    """Return an event rule's `expires`, `decay`, `count` or `since`: its own, its group's or the score's."""
    group = score.get("groups", {}).get(rule.get("group"), {})
    for place in (rule, group, score.get("defaults", {})):
        if word in place:
            return place[word]
    return default


def counted_occurrences(rule: Row, contact_id: str, score: Row, world: World) -> list[Counted]:
    """Return the occurrences that count, latest first.

    The steps are match, since, follower, burst, window, per, times, count. Without `burst`, the window could
    just as well come third: since, follower and window test each event regardless of what the others leave.
    """
    window = setting("expires", rule, score, "never")
    found = [event for event in world.events[contact_id] if event_matches(rule, event, world)]
    found = after_reset(setting("since", rule, score, "none"), found, contact_id, world)
    found = [event for event in found if followers_hold(rule, event, contact_id, world)]
    found = completions(rule, found, world)
    found = [event for event in found if in_window(event.at, window, world.as_of, world.zone)]
    left = [Counted(event, _contribution(rule, score, event, world)) for event in found]
    left.sort(key=lambda item: (item.event.at, item.contribution, -item.event.index), reverse=True)
    if "per" in rule:
        left = _first_of_each(rule["per"], left, world)
    if not times_hold(rule.get("times", 1), len(left)):
        return []
    return _keep(setting("count", rule, score), left)


def _first_of_each(per: Any, ordered: list[Counted], world: World) -> list[Counted]:
    seen: set[object] = set()
    kept = []
    for item in ordered:
        value = per_value(per, item.event, world)
        if value not in seen:
            seen.add(value)
            kept.append(item)
    return kept


def _keep(count: Any, ordered: list[Counted]) -> list[Counted]:
    if count == "each":
        return ordered
    return ordered[: 1 if count == "once" else int(count)]


def _contribution(rule: Row, score: Row, event: Event, world: World) -> int:
    decay = setting("decay", rule, score, "none")
    return worth(_points_of(rule["points"], event), decay, world.as_of - event.at)


def _points_of(points: Any, event: Event) -> int:
    """Return the points of an occurrence in ten-thousandths; 0 if `from` finds no usable number."""
    if not isinstance(points, Mapping):
        return ten_thousandths(points)
    cell = present(event.properties.get(points["from"]))
    number = None if cell is None else read_number(cell)
    if number is None:
        return 0
    factor = ten_thousandths(points.get("multiply_by", 1))
    product = round_half_away(Fraction(ten_thousandths(number) * factor, 10_000))
    return 0 if abs(product) > _LARGEST_PRODUCT else product


def worth(points: int, decay: Any, age: timedelta) -> int:
    """Return points of that age in ten-thousandths: `round(points * factor)`, halves away from zero."""
    return round_half_away(Fraction(points * factor_billionths(decay, age // timedelta(days=1)), BILLION))


def factor_billionths(decay: Any, whole_days: int) -> int:
    """Return the factor of a decay after that many whole days, in whole billionths."""
    if decay == "none":
        return BILLION
    if isinstance(decay, str):
        decay = {"linear": decay, "every": "1d"}
    if "half_life" in decay:
        return _half_life_billionths(whole_days, fixed_length(decay["half_life"]).days)
    steps = whole_days // fixed_length(decay["every"]).days
    if "linear" in decay:
        return round_half_away(max(Fraction(0), 1 - _percentage(decay["linear"]) * steps) * BILLION)
    return round_half_away((1 - _percentage(decay["compound"])) ** steps * BILLION)


def fade_start(decay: Any, as_of: datetime) -> datetime:
    """Return the instant up to which a linear decay leaves nothing; `datetime.min` in UTC for the others."""
    if isinstance(decay, str):
        decay = {"linear": decay, "every": "1d"}
    if "linear" not in decay:
        return datetime.min.replace(tzinfo=UTC)
    steps = -(-1 // _percentage(decay["linear"]))
    gone = int(steps) * fixed_length(decay["every"])
    return (
        as_of - gone if as_of - datetime.min.replace(tzinfo=UTC) > gone else datetime.min.replace(tzinfo=UTC)
    )


def _percentage(text: str) -> Fraction:
    return Fraction(Decimal(text.removesuffix("%"))) / 100


def _half_life_billionths(whole_days: int, half_life_days: int) -> int:
    if whole_days % half_life_days == 0:
        return round_half_away(Fraction(1, 2 ** (whole_days // half_life_days)) * BILLION)
    with localcontext() as context:
        context.prec = 60
        factor = Decimal("0.5") ** (Decimal(whole_days) / Decimal(half_life_days))
        return round_half_away(Fraction(factor) * BILLION)


def _tag_points(rule: Row, contact_id: str, world: World) -> int:
    matching = matching_tags(rule["tag"], contact_id, world)
    if not matching:
        return 0
    points = ten_thousandths(rule["points"])
    if not {"expires", "decay", "since"} & rule.keys():
        return points
    dates = [at for at in matching.values() if at is not None]
    if not dates:
        return 0 if rule.get("undated", "keep") == "skip" else points
    reset = reset_of(rule.get("since", "none"), contact_id, world)
    if reset is not None and max(dates) <= reset:
        return 0
    if not in_window(max(dates), rule.get("expires", "never"), world.as_of, world.zone):
        return 0
    return worth(points, rule.get("decay", "none"), world.as_of - max(dates))


def _first_of_points(branches: list[Row], contact_id: str, world: World) -> int:
    for branch in branches:
        if "if" not in branch or holds(branch["if"], contact_id, world):
            return ten_thousandths(branch["points"])
    return 0
