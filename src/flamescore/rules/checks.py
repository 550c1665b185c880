"""Checks of a rule file beyond the shape of its parts: what is impossible, or probably not intended.

The checks examine the tree rather than the values built from it, so they also work on a file whose shape is
wrong elsewhere. They skip parts of the wrong shape, which are already reported.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from flamescore.rules.assemble import slug
from flamescore.rules.never import check_rule, check_sequences
from flamescore.rules.reading import listing
from flamescore.rules.shapes import RULES, SUBJECTS
from flamescore.units import parse_percent, parse_period
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

    from flamescore.schema_reader import At
    from flamescore.yaml_tree import Path

_SCORE_NAME = re.compile(r"[^\W_][\w .-]{0,79}")
_FLAMES: Final = 5
_HUNDRED: Final = 100

# --- anywhere ----------------------------------------------------------------------------------------


def check_nulls(top: At) -> None:
    """Report every missing value; an alias that refers to nothing is already reported."""
    for path, node in top.node.walk():
        if node.kind == "null" and not node.written.startswith("*"):
            _null(top, path)


def _null(top: At, path: Path) -> None:
    full = (*top.path, *path)
    if full and isinstance(full[-1], int):
        top.report("R021", "This item has no value.", "Remove it, or fill it in.", path=path)
        return
    name = f"`{full[-1]}`" if full else "The file"
    predicates = any(step in ("where", "field") for step in full[:-1])
    hint = "For a missing cell write `{empty: true}`." if predicates else "Give it one, or remove the key."
    top.report("R021", f"{name} has no value.", hint, path=path, key=True)


def check_predicates(top: At) -> None:
    """Report predicates without an operator, in every `where` and `field` below."""
    for child in top.children:
        if child.path[-1] in ("where", "field"):
            check_columns(child)
        else:
            check_predicates(child)


def check_conditions(top: At) -> None:
    """Check the contents of all conditions below."""
    check_predicates(top)
    check_sequences(top)


def check_columns(by_column: At) -> None:
    """Report the predicates without an operator in a mapping of column to predicate."""
    for at in by_column.children if by_column.node.kind == "mapping" else ():
        if at.node.kind == "mapping" and not set(at.keys) - {"case_sensitive"}:
            alone = " beside `case_sensitive`" if at.keys else ""
            hint = "Add one, such as `equals: VIP`."
            at.report("R071", f"`{at.path[-1]}` has no operator{alone}.", hint)


def check_file(top: At) -> None:
    """Check a whole rule file."""
    check_conditions(top)
    scores = top.child("scores")
    if scores is None or not scores.keys:
        return
    if all(_is_off(score) for score in scores.children):
        scores.report(
            "R030", "Every score is disabled.", "Remove `enabled: false` from one of them.", key=True
        )
    for score in scores.children:
        for check in SCORE_CHECKS:
            check(score)
    for label in _entries(top.child("labels")):
        _name(label)
        _branches(label, label)
    accounts = top.child("accounts")
    if accounts is not None:
        for score in _entries(accounts.child("scores")):
            _flames(score)
            _limits(score)
        for role in _entries(accounts.child("roles")):
            _name(role)


def _is_off(owner: At) -> bool:
    enabled = owner.child("enabled")
    return enabled is not None and enabled.node.scalar is False


def _number(at: At | None) -> int | Decimal | None:
    """Return the number at a place, or None if it has none."""
    return None if at is None else at.node.number


def _entries(at: At | None) -> tuple[At, ...]:
    return tuple(at.children) if at is not None and at.node.kind == "mapping" else ()


def _items(at: At | None) -> tuple[At, ...]:
    return tuple(at.children) if at is not None and at.node.kind == "list" else ()


# --- scores ------------------------------------------------------------------------------------------


def _name(score: At) -> None:
    if _SCORE_NAME.fullmatch(str(score.path[-1])) is None:
        hint = "Use letters, digits, `_`, `-`, `.` and spaces, a letter or digit first, at most 80 in all."
        score.report("R029", "It can't be called so: files and columns are named after it.", hint, key=True)


def _flames(score: At) -> None:
    if score.node.kind != "mapping":
        return
    ideal, flames = score.child("five_flames"), score.child("flames")
    if ideal is not None and flames is not None:
        hint = "`five_flames` has equal steps, `flames` your own."
        flames.report("R033", "Use `five_flames` or `flames`, not both.", hint, key=True)
    if ideal is None and flames is None and not any("flame" in key.casefold() for key in score.keys):
        hint = "Add `five_flames: 20`, or `flames: [4, 8, 12, 16, 20]`."
        score.report("R032", "The score has no `five_flames` or `flames`.", hint, key=True)
    points = _number(ideal)
    if ideal is not None and points is not None and points <= 0:
        ideal.report("R035", f"`five_flames` is {ideal.node.written}; it must be above 0.")
    percentile = None if flames is None else flames.child("percentile")
    if flames is not None and flames.node.kind == "list":
        hint = "Write the points from which there are 1, 2, 3, 4 and 5 flames: `[4, 8, 12, 16, 20]`."
        numbers = _rising(flames, "flames", hint)
        if numbers and numbers[0][0].path[-1] == 0 and numbers[0][1] <= 0:
            first = numbers[0][0]
            first.report("R034", f"The first of `flames` is {first.node.written}; it must be above 0.", hint)
    if percentile is not None and percentile.node.kind == "list":
        hint = "Write the percentiles from which there are 1 to 5 flames: `[50, 75, 90, 95, 99]`."
        for each, number in _rising(percentile, "percentile", hint):
            if not 0 <= number <= _HUNDRED:
                message = f"`percentile` has {each.node.written}; its numbers go from 0 to 100."
                each.report("R034", message, hint)


def _rising(flames: At, name: str, hint: str) -> list[tuple[At, int | Decimal]]:
    """Check that a list consists of five ascending numbers, and return its numbers."""
    bounds = _items(flames)
    if len(bounds) != _FLAMES:
        flames.report("R034", f"`{name}` has {len(bounds)} numbers; it takes five.", hint)
    numbers = [(each, number) for each in bounds if (number := _number(each)) is not None]
    for (low, less), (high, more) in pairwise(numbers):
        if more <= less:
            message = f"`{name}` must rise, but {high.node.written} comes after {low.node.written}."
            high.report("R034", message, hint)
    return numbers


def _limits(score: At) -> None:
    for owner in (score, *_entries(score.child("groups")), *_items(score.child("rules"))):
        low, high = owner.child("limits", "min"), owner.child("limits", "max")
        if low is not None and (_number(low) or 0) > 0:
            why = "above 0 it would give points to contacts whom nothing matches"
            low.report("R036", f"`min` is {low.node.written}; {why}.", "Write 0 or less.")
        if high is not None and (_number(high) or 0) < 0:
            why = "below 0 it would take points from contacts whom nothing matches"
            high.report("R036", f"`max` is {high.node.written}; {why}.", "Write 0 or more.")


def _idle(score: At) -> None:
    """Report a decay by idle days that has no activity: no rule that gives points is about an event."""
    rules = [rule for rule in _items(score.child("rules")) if rule.node.kind == "mapping"]
    for owner in (score, *_entries(score.child("groups"))):
        idle = owner.child("idle")
        if idle is None or "activity" in idle.keys:
            continue
        mine = rules if owner is score else [rule for rule in rules if _is_in(rule, str(owner.path[-1]))]
        if not any(_earns(rule) for rule in mine):
            message = "Nobody can be active: no rule with points above 0 asks for an event."
            hint = "Name `activity`: `{linear: 10%, every: 30d, activity: {event: visit}}`."
            idle.report("R175", message, hint, key=True)


def _is_in(rule: At, group: str) -> bool:
    named = rule.child("group")
    return named is not None and named.node.written == group


def _earns(rule: At) -> bool:
    """Return whether a rule may give points for an event; an invalid one gets the benefit of the doubt."""
    points = rule.child("points")
    plain = points is not None and points.node.kind == "number"
    return _is_event_rule(rule) and not _is_off(rule) and (not plain or (_number(points) or 0) > 0)


def _ids(score: At) -> None:
    lines: dict[str, int] = {}
    for rule in _items(score.child("rules")):
        named = rule.child("id") or rule.child("name")
        if named is None or named.node.kind != "text" or not named.node.written.strip():
            continue
        written = named.node.written
        made = written.strip() if named.path[-1] == "id" else slug(written)
        if not made:
            message = f"The name `{written}` has no letter or digit to make an id of."
            named.report("R048", message, "Give the rule an `id`.")
        elif made in lines:
            hint = "Give one of them another name, or an `id`."
            named.report("R047", f"The id `{made}` is already used by the rule on line {lines[made]}.", hint)
        lines.setdefault(made, named.reading.document.where(named.path).line)


def _rules(score: At) -> None:
    for rule in _items(score.child("rules")):
        if rule.node.kind == "mapping":
            for check in RULE_CHECKS:
                check(rule, score)


SCORE_CHECKS: Final[tuple[Callable[[At], None], ...]] = (
    _name, _flames, _limits, _idle, _ids, _rules,
)  # fmt: skip

# --- rules -------------------------------------------------------------------------------------------


def _is_event_rule(rule: At) -> bool:
    """Return whether a rule is an event rule, without the subject of another kind of rule."""
    return "event" in rule.keys and not set(SUBJECTS[1:]) & set(rule.keys)


def _setting(rule: At, score: At, key: str) -> At | None:
    """Return the place that sets `count`, `expires`, `decay` or `since` for an event rule."""
    group = rule.child("group")
    named = group.node.written if group is not None and group.node.kind == "text" else None
    places = (
        rule.child(key),
        score.child("groups", named, key) if named is not None else None,
        score.child("defaults", key),
    )
    return next((place for place in places if place is not None), None)


def _group(rule: At, score: At) -> None:
    group, groups = rule.child("group"), score.child("groups")
    known = groups.keys if groups is not None else ()
    if group is None or group.node.kind != "text" or not group.node.written.strip():
        return
    written = group.node.written
    if written not in known:
        meant = nearest(written, known)
        hint = f"Did you mean `{meant}`?" if meant else "Declare it under the score's `groups:`."
        group.report("R046", f"The score has no group `{written}`.", hint)


def _count(rule: At, score: At) -> None:
    if not _is_event_rule(rule) or _setting(rule, score, "count") is not None or _misspelt(rule, score):
        return
    hint = (
        "Add `count: once` (the latest alone), `count: each` (every one) or `count: 3` (the latest three), "
        "here or under the score's `defaults:`."
    )
    message = "`count` is missing."
    rule.report("R044", message, hint, path=("event",), key=True)


def _misspelt(rule: At, score: At) -> bool:
    """Return whether a typo elsewhere may be why `count` is missing; then only the typo is reported."""
    known = RULES["event"].keys
    group, groups = rule.child("group"), score.child("groups")
    owner = groups.child(group.node.written) if group is not None and groups is not None else None
    if group is not None and owner is None:
        return True
    places = (rule, owner, score.child("defaults"))
    words = (word for place in places if place is not None for word in place.keys if word not in known)
    if any(nearest(word, known) == "count" for word in words):
        return True
    return any(nearest(word, ("defaults",)) for word in score.keys if word != "defaults")


def _undated(rule: At, _score: At) -> None:
    if {"undated", "tag"} <= set(rule.keys) and not {"expires", "decay", "since"} & set(rule.keys):
        message = "`undated` says what happens without a date, but the rule neither expires nor decays."
        hint = "Remove it, or give the rule `expires`, `decay` or `since`."
        rule.report("R053", message, hint, path=("undated",), key=True)


def _branches(rule: At, _score: At) -> None:
    for branch in _items(rule.child("first_of"))[:-1]:
        if branch.node.kind == "mapping" and "if" not in branch.keys:
            message = "A branch without `if` always applies, so later branches are never reached."
            branch.report("R052", message, "Give it an `if`, or move it to the end.")


def _never(rule: At, score: At) -> None:
    if _is_event_rule(rule):
        check_rule(rule, _setting(rule, score, "expires"), _setting(rule, score, "since"))


_LOSSES: Final = {
    "expires": ("expires", "`expires: never`"),
    "decay": ("fades", "`decay: none`"),
    "since": ("is reset", "`since: none`"),
}


def _penalty(rule: At, score: At) -> None:
    points = rule.child("points")
    if points is None or (_number(points) or 0) >= 0 or not _is_event_rule(rule) or _is_off(rule):
        return
    lost = [key for key in _LOSSES if _inherits_loss(rule, score, key)]
    if lost:
        losses, ways = (_and([_LOSSES[key][each] for key in lost]) for each in (0, 1))
        own = listing(lost, "and")
        message = f"This penalty {losses}, by the defaults of the score or group."
        hint = f"If it should stay, write {ways} on the rule; if it should go, give the rule its own {own}."
        points.report("R100", message, hint, severity="warning")


def _and(words: Sequence[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def _inherits_loss(rule: At, score: At, key: str) -> bool:
    """Return whether the rule inherits a value that makes its points go away."""
    found = _setting(rule, score, key)
    if found is None or key in rule.keys:
        return False
    written = found.node.written
    return (
        found.node.kind == "mapping"
        or (key == "since" and found.node.kind == "list")
        or parse_period(written) is not None
        or parse_percent(written) is not None
    )


RULE_CHECKS: Final[tuple[Callable[[At, At], None], ...]] = (
    _group, _count, _undated, _branches, _never, _penalty,
)  # fmt: skip
