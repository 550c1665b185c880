"""Strategies for rules, groups, scores and whole rule books, all valid (sections 1 and 4)."""

from decimal import Decimal
from random import Random
from typing import Any

from oracle import earns
from oracle_conditions import as_list, event_types
from strategies.predicates import (
    Clock,
    burst,
    condition,
    event_words,
    follower,
    per,
    predicates,
    resets,
    surely_longer,
    tag_form,
    times,
    with_where,
)
from strategies.words import (
    FIELD_COLUMNS,
    FOLLOWER_PERIODS,
    PERCENTAGES,
    POINTS,
    chance,
    one_of,
    periods,
)

Spec = dict[str, Any]
_NAMES = ("Opened an e-mail", "Caf\u00e9 \u2014 visited (twice)!", "\u00dcber 5%: rich", "NO", "a: b # c")


def decay(dice: Random) -> Any:
    """Draw a decay, in the short form or a long one."""
    kind = one_of(dice, ("short", "linear", "compound", "half_life", "none"))
    percentage = one_of(dice, PERCENTAGES)
    if kind == "none":
        return "none"
    if kind == "short":
        return percentage
    if kind == "half_life":
        return {"half_life": one_of(dice, ("1d", "3d", "30d", "1w"))}
    return {kind: percentage, "every": one_of(dice, ("1d", "2d", "1w"))}


def count(dice: Random) -> Any:
    """Draw a count."""
    return one_of(dice, ("once", "each", 2, 3, "each"))


def expires(dice: Random) -> str:
    """Draw a window, rarely `never`."""
    return "never" if chance(dice, 2) else periods(dice)


def limits(dice: Random, scale: int = 1) -> Spec:
    """Draw limits: a max, a min, or both."""
    most: tuple[Any, ...] = (5, 1, 8, 8, Decimal("2.5"), 12, 0)
    least: tuple[Any, ...] = (0, -1, -5, -8, Decimal("-2.5"))
    upper: Spec = {"max": one_of(dice, most) * scale}
    lower: Spec = {"min": one_of(dice, least) * scale}
    return one_of(dice, (upper, lower, upper | lower))


def idle(dice: Random, clock: Clock) -> Any:
    """Draw an `idle`: a decay, with or without the events that count as activity."""
    made = decay(dice)
    while made == "none":
        made = decay(dice)
    if isinstance(made, str):
        made = made if chance(dice, 4) else {"linear": made, "every": one_of(dice, ("1d", "2d", "1w"))}
    if isinstance(made, dict) and chance(dice, 10):
        matches = [with_where(dice, {"event": event_words(dice)}, clock, 4) for _ in range(2)]
        made["activity"] = one_of(dice, (matches[0], matches, matches[:1]))
    return made


def _add_idle(dice: Random, made: Spec, clock: Clock) -> None:
    for owner, odds in ((made, 6), *((group, 8) for group in made.get("groups", {}).values())):
        if chance(dice, odds):
            owner["idle"] = idle(dice, clock)
    without_idle_of_nobody(made)


def without_idle_of_nobody(made: Spec) -> None:
    """Remove `idle` where it names no activity and no rule of the score or group earns points."""
    groups = made.get("groups", {}).items()
    owners = [(made, made["rules"])]
    owners += [
        (group, [each for each in made["rules"] if each.get("group") == name]) for name, group in groups
    ]
    for owner, mine in owners:
        idle_ = owner.get("idle", {"activity": None})
        named = isinstance(idle_, dict) and "activity" in idle_
        if not named and not any(rule.get("enabled", True) and earns(rule) for rule in mine):
            del owner["idle"]


def _shared_settings(dice: Random, odds: int, clock: Clock) -> Spec:
    """Draw the defaults of a score or group."""
    settings = _event_settings(dice, odds)
    if chance(dice, odds - 2):
        settings["since"] = resets(dice, {}, clock) if chance(dice, 17) else "none"
    return settings


def _event_settings(dice: Random, odds: int) -> Spec:
    settings: Spec = {}
    if chance(dice, odds):
        settings["expires"] = expires(dice)
    if chance(dice, odds):
        settings["decay"] = decay(dice)
    if chance(dice, odds):
        settings["count"] = count(dice)
    return settings


def _event_points(dice: Random) -> Any:
    if not chance(dice, 4):
        return one_of(dice, POINTS)
    points: Spec = {"from": "seconds"}
    if chance(dice, 10):
        points["multiply_by"] = one_of(dice, (2, Decimal("0.5"), -1, Decimal("0.0001"), Decimal("1.2345")))
    return points


def _inherited(word: str, rule: Spec, score: Spec) -> Any:
    group = score.get("groups", {}).get(rule.get("group"), {})
    return rule.get(word, group.get(word, score.get("defaults", {}).get(word)))


def _event_rule(dice: Random, score: Spec, group: Spec, clock: Clock) -> Spec:
    rule = with_where(dice, {"event": event_words(dice)}, clock, 7)
    rule |= group | _event_settings(dice, 6) | {"points": _event_points(dice)}
    if not isinstance(rule["points"], dict) and chance(dice, 5):
        rule["burst"] = burst(dice)
    elif chance(dice, 10):
        rule["per"] = per(dice)
        rule["count"] = one_of(dice, ("each", "each", count(dice)))
    if chance(dice, 3):
        rule["times"] = times(dice, least=1)
    if chance(dice, 4):
        rule["followed_by"] = follower(dice, rule, clock)
    if chance(dice, 3 if "followed_by" not in rule else 8):
        rule["unless_followed_by"] = follower(dice, rule, clock)
    if chance(dice, 4):
        rule["since"] = resets(dice, rule, clock) if chance(dice, 18) else "none"
    return _made_valid(dice, rule, score)


def _made_valid(dice: Random, rule: Spec, score: Spec) -> Spec:
    """Make an event rule valid: with a count, a window longer than `unless_followed_by`, a suitable reset."""
    if _inherited("count", rule, score) is None:
        rule["count"] = count(dice)
    within = rule.get("unless_followed_by", {}).get("within")
    window = _inherited("expires", rule, score) or "never"
    if within is not None and not surely_longer(window, within):
        rule["expires"] = one_of(dice, ("never", "2w", "4w", "1mo", "1y"))
    since = _inherited("since", rule, score) or "none"
    whole = [entry["event"] for entry in as_list(since) if entry != "none" and "where" not in entry]
    if event_types(rule["event"]) <= {kind for event in whole for kind in event_types(event)}:
        rule["since"] = "none"
    return rule


def _tag_rule(dice: Random, clock: Clock) -> Spec:
    rule: Spec = {"tag": tag_form(dice), "points": one_of(dice, POINTS)}
    if chance(dice, 11):
        rule["expires"] = periods(dice)
    if chance(dice, 9):
        rule["decay"] = decay(dice)
    if chance(dice, 9):
        rule["since"] = resets(dice, {}, clock)
    if ({"expires", "since"} & rule.keys() or rule.get("decay", "none") != "none") and chance(dice, 11):
        rule["undated"] = one_of(dice, ("skip", "skip", "keep"))
    return rule


def _first_of_rule(dice: Random, clock: Clock) -> Spec:
    branches: list[Spec] = [
        {"if": condition(dice, clock, 1), "points": one_of(dice, POINTS)}
        for _ in range(one_of(dice, (2, 1, 3)))
    ]
    if chance(dice, 10):
        branches.append({"points": one_of(dice, POINTS)})
    return {"first_of": branches}


def rule(dice: Random, number: int, score: Spec, clock: Clock) -> Spec:
    """Draw a rule that is valid within its score."""
    groups = tuple(score.get("groups", ()))
    group: Spec = {"group": one_of(dice, groups)} if groups and chance(dice, 11) else {}
    subject = one_of(dice, (*("event",) * 7, "tag", "tag", "field", "field", "first_of", "if"))
    made: Spec = {"name": f"{one_of(dice, _NAMES)} {number}"}
    if chance(dice, 3):
        made["id"] = f"rule-{number}"
    if subject == "event":
        made |= _event_rule(dice, score, group, clock)
    elif subject == "tag":
        made |= group | _tag_rule(dice, clock)
    elif subject == "field":
        made |= group | {"field": predicates(dice, FIELD_COLUMNS, clock), "points": one_of(dice, POINTS)}
    elif subject == "first_of":
        made |= group | _first_of_rule(dice, clock)
    else:
        made |= group | {"if": condition(dice, clock), "points": one_of(dice, POINTS)}
    return made | _extras(dice, made, clock)


def _extras(dice: Random, made: Spec, clock: Clock) -> Spec:
    extras: Spec = {}
    if "if" not in made and chance(dice, 5):
        extras["if"] = condition(dice, clock)
    if chance(dice, 3):
        extras["limits"] = limits(dice)
    if chance(dice, 2):
        extras["enabled"] = one_of(dice, (False, False, True))
    if chance(dice, 1):
        extras["note"] = "asked for by sales: 'x'"
    return extras


def _groups(dice: Random, clock: Clock) -> Spec:
    groups: Spec = {}
    for name in ("email", "Web & co")[: one_of(dice, (1, 0, 2))]:
        groups[name] = _shared_settings(dice, 10, clock)
        if chance(dice, 11):
            groups[name]["limits"] = limits(dice)
    return groups


def _flames(dice: Random) -> Spec:
    if chance(dice, 4):
        percents = ([50, 75, 90, 95, 99], [0, 10, Decimal("33.3333"), 60, 100], [20, 40, 60, 80, 90])
        return {"flames": {"percentile": list(one_of(dice, percents))}}
    if chance(dice, 9):
        steps = (
            [4, 8, 12, 16, 20],
            [Decimal("0.5"), 1, 2, 3, 5],
            [1, Decimal("1.0001"), 7, 8, 100],
        )
        return {"flames": list(one_of(dice, steps))}
    return {"five_flames": one_of(dice, (20, 5, 1, Decimal("7.5"), 100))}


def score(dice: Random, clock: Clock) -> Spec:
    """Draw a score with five to twelve rules."""
    made: Spec = _flames(dice)
    if defaults := _shared_settings(dice, 6, clock):
        made["defaults"] = defaults
    if groups := _groups(dice, clock):
        made["groups"] = groups
    if chance(dice, 7):
        made["limits"] = limits(dice, 4)
    if chance(dice, 5):
        made["population"] = condition(dice, clock, 1)
    made["rules"] = [rule(dice, number, made, clock) for number in range(one_of(dice, range(5, 13)))]
    _add_idle(dice, made, clock)
    return made


def _ignored(dice: Random, clock: Clock) -> Spec:
    """Draw an entry of `ignore`: a plain one, or one in sequence."""
    if chance(dice, 6):
        where = predicates(dice, {"flag": "boolean", "url": "text"}, clock)
        return {"event": event_words(dice), "where": where}
    entry = with_where(dice, {"event": event_words(dice)}, clock, 1)
    test = one_of(dice, ("follows", "follows", "at_once", "both"))
    if test != "at_once":
        entry["follows"] = _followed(dice, clock)
    if test != "follows":
        entry["at_once"] = {"times": one_of(dice, (2, 2, 3)), "within": one_of(dice, FOLLOWER_PERIODS)}
        if chance(dice, 6):
            entry["at_once"]["per"] = per(dice)
    return entry


def _followed(dice: Random, clock: Clock) -> Spec:
    made = with_where(dice, {"event": event_words(dice)}, clock, 1) | {
        "within": one_of(dice, FOLLOWER_PERIODS)
    }
    return made | {"same": one_of(dice, ("asset", "url", "day"))} if chance(dice, 5) else made


def _bots(dice: Random, clock: Clock) -> Any:
    action = one_of(dice, ("show", "remove", "remove"))
    if chance(dice, 3):
        return action
    patterns = [_ignored(dice, clock) for _ in range(one_of(dice, (1, 2)))]
    return {"patterns": patterns} if action == "show" else {"action": action, "patterns": patterns}


def book(dice: Random, zone: str | None, clock: Clock) -> Spec:
    """Draw a rule book with one to three scores, at least one of them enabled."""
    made: Spec = {"version": 1}
    if zone is not None:
        made["timezone"] = zone
    if chance(dice, 10):
        made["ignore"] = [_ignored(dice, clock) for _ in range(one_of(dice, (1, 2)))]
    if chance(dice, 8):
        made["bots"] = _bots(dice, clock)
    names = ("interest", "fit", "third")[: one_of(dice, (2, 1, 3))]
    made["scores"] = {name: score(dice, clock) for name in names}
    disabled = one_of(dice, names)
    if len(names) > 1 and chance(dice, 6):
        made["scores"][disabled]["enabled"] = False
    return made
