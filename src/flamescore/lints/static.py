"""Lints that need no exports: parts of a rule file that were probably not intended.

The largest possible sum of a score (`most_points`), with each rule at its maximum:

    {event: visit, points: 2, count: 3}                            3 * 2 = 6
    {event: call, points: 4, count: each, limits: {max: 10}}       10: only the limit bounds it
    {first_of: [{if: ..., points: 5}, {points: 1}]}                5
    {tag: Competitor, points: -20}                                 0: at best, the contact doesn't have it
                                                                   21 in total; 20 with `limits: {max: 20}`

Then `five_flames: 25` is out of reach. Whether rules can hold at the same time is not checked.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from flamescore.lints.contradictions import (
    contradictions,
    of_predicates,
    takes_all_of,
    together,
)
from flamescore.lints.places import finding, nearest_place, subject_of
from flamescore.rules import (
    ONCE,
    BranchRule,
    EventRule,
    HasTag,
    Points,
    TagRule,
    beside,
    rule_paths,
)
from flamescore.text import fold
from flamescore.units import show_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.findings import Finding
    from flamescore.lints.contradictions import Contradiction
    from flamescore.rules import Condition, Limits, LoadedRules, Rule, Score
    from flamescore.yaml_tree import Document
    from flamescore.yaml_tree import Path as NodePath

Subject = EventRule | TagRule | BranchRule
FLOOR, UNREACHED, NEVER, BEYOND = "L101", "L102", "L103", "L104"
ALIKE, NEEDLESS, DISABLED = "L105", "L106", "L107"
_LAST: Final = -1


def static_lints(loaded: LoadedRules) -> tuple[Finding, ...]:
    """Return the lints L101 to L107 of a rule file, in its order."""
    return tuple(dict.fromkeys(_lints(loaded)))


def _lints(loaded: LoadedRules) -> Iterator[Finding]:
    document, book = loaded.document, loaded.book
    for number, entry in enumerate(book.ignore):
        for match in entry.matches:
            yield from _never(document, f"ignore[{number}]", ("ignore", number), of_predicates(match.where))
    for score in book.scores:
        paths = rule_paths(document, score)
        if score.population is not None:
            path: NodePath = ("scores", score.name, "population")
            yield from _never(document, f"{score.name}/population", path, contradictions(score.population))
        for rule, path in zip(score.rules, paths, strict=True):
            yield from _floored(document, score, rule, path)
            yield from _of_rule(document, score, rule, path)
        yield from _out_of_reach(document, score)
        yield from _alike(document, score, paths)
        yield from _disabled(document, score)
    for label in book.labels:
        conditions = tuple(branch.condition for branch in label.branches)
        path = ("labels", label.name, "first_of")
        yield from _branches(document, f"labels.{label.name}", path, conditions)


# --- L101: penalties that a floor takes back -----------------------------------------------------------


def _floored(document: Document, score: Score, rule: Rule, path: NodePath) -> Iterator[Finding]:
    group = next((each for each in score.groups if each.name == rule.group), None)
    low = None if group is None else group.limits.low
    points = _penalty(rule)
    if group is None or low is None or points is None or low <= points:
        return
    text = f'"{rule.name}" takes {show_points(-points)} points, but the `min` of its group `{group.name}` is'
    rest = "it can't lower" if low == 0 else f"it lowers by {show_points(-low)} at most"
    yield finding(
        FLOOR,
        subject_of(score, rule),
        f"{text} {show_points(low)}: {rest} the rest of the score.",
        document,
        (*path, "points"),
        do=f"lower `min` to {show_points(points)}, or move the rule out of the group",
    )


def _penalty(rule: Rule) -> int | None:
    """Return the largest penalty of a rule for one occurrence (below 0); None if it is not a penalty."""
    match rule.subject:
        case EventRule(points=Points(fixed=fixed, column=None)) | TagRule(points=fixed):
            points = fixed
        case BranchRule(branches=branches) if all(each.points <= 0 for each in branches):
            points = min(each.points for each in branches)
        case _:
            return None
    points = points if rule.limits.low is None else max(points, rule.limits.low)
    return points if points < 0 else None


# --- L102, L103, L106: a rule by itself ------------------------------------------------------------------


def _of_rule(document: Document, score: Score, rule: Rule, path: NodePath) -> Iterator[Finding]:
    subject = subject_of(score, rule)
    required: list[Condition] = [] if rule.condition is None else [rule.condition]
    for condition in required:
        yield from _never(document, subject, (*path, "if"), contradictions(condition))
    match rule.subject:
        case EventRule():
            for match in (rule.subject.match, *beside(rule.subject)):
                yield from _never(document, subject, path, of_predicates(match.where))
            yield from _needless(document, score, rule, rule.subject, path)
        case TagRule(tag=tag):
            yield from _never(document, subject, path, together([HasTag(tag), *required]))
        case BranchRule(branches=branches):
            conditions = tuple(branch.condition for branch in branches)
            base = _branch_path(document, path)
            yield from _branches(document, subject, base, conditions)
            for number, each in enumerate(
                conditions if len(conditions) == 1 or base[-1] == "first_of" else ()
            ):
                here = (*base, number) if base[-1] == "first_of" else base
                if each is not None and required:
                    yield from _never(document, subject, here, together([each, *required]))


def _branch_path(document: Document, path: NodePath) -> NodePath:
    """Return the path of a rule's branches: its `first_of`, or the `field` or `if` of its only branch."""
    node = document.root.at(path)
    keys = () if node is None else tuple(node.entries)
    return (*path, next((key for key in ("first_of", "field", "if") if key in keys), "if"))


def _branches(
    document: Document, subject: str, base: NodePath, conditions: Sequence[Condition | None]
) -> Iterator[Finding]:
    for number, condition in enumerate(conditions):
        if condition is None:
            continue
        path = (*base, number) if base[-1] == "first_of" else base
        yield from _never(document, subject, path, contradictions(condition))
        before = (
            place
            for place, earlier in enumerate(conditions[:number])
            if earlier is not None and takes_all_of(earlier, condition)
        )
        taker = next(before, None)
        if taker is not None:
            line = document.where((*base, taker)).line
            yield finding(
                UNREACHED,
                subject,
                f"Branch {number + 1} is never reached: branch {taker + 1} on line {line} takes everyone "
                "who fits it.",
                document,
                path,
                do="put the narrower branch first",
            )


def _never(
    document: Document, subject: str, below: NodePath, found: Iterator[Contradiction]
) -> Iterator[Finding]:
    for each in found:
        yield finding(
            NEVER,
            subject,
            f"This can never be true: {each.why}.",
            document,
            nearest_place(document, below, each.key),
            do="remove one of the two; for either of them, use `any`",
        )


def _needless(
    document: Document, score: Score, rule: Rule, subject: EventRule, path: NodePath
) -> Iterator[Finding]:
    if subject.per is not None and subject.count == 1 and subject.times == ONCE:
        yield finding(
            NEEDLESS,
            subject_of(score, rule),
            f'`per` has no effect on "{rule.name}": with `count: once` only the latest occurrence counts.',
            document,
            nearest_place(document, path, "per"),
            do="remove `per`, or use `count: each`",
        )


# --- L104: five flames out of reach ---------------------------------------------------------------------


def most_points(score: Score) -> int | None:
    """Return the largest possible sum of a score in ten-thousandths; None if it is unbounded."""
    sums: dict[str | None, int | None] = {None: 0}
    for rule in score.rules:
        sums[rule.group] = _plus(sums.get(rule.group, 0), _capped(_most_of(rule.subject), rule.limits))
    total = sums[None]
    for group in score.groups:
        total = _plus(total, _capped(sums.get(group.name, 0), group.limits))
    return _capped(total, score.limits)


def _most_of(subject: Subject) -> int | None:
    """Return the most points that a rule can give before its limits; None if it is unbounded."""
    match subject:
        case EventRule(points=points, count=count):
            if points.column is not None:
                return None
            if points.fixed <= 0:
                return 0
            return None if count is None else count * points.fixed
        case TagRule(points=points):
            return max(0, points)
        case BranchRule(branches=branches):
            return max(0, *(branch.points for branch in branches))


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _capped(points: int | None, limits: Limits) -> int | None:
    if limits.high is None:
        return points
    return limits.high if points is None else min(points, limits.high)


def _out_of_reach(document: Document, score: Score) -> Iterator[Finding]:
    wanted = score.ideal if score.bounds is None else score.bounds[_LAST]
    most = most_points(score)
    if wanted is None or most is None or most >= wanted:
        return
    key = "five_flames" if score.bounds is None else "flames"
    yield finding(
        BEYOND,
        score.name,
        f"Five flames are out of reach: they take {show_points(wanted)} points, but all rules together give "
        f"at most {show_points(most)}.",
        document,
        ("scores", score.name, key),
        do=f"lower it to {show_points(most)} or less, or give more points"
        if most > 0
        else "give more points",
    )


# --- L105, L107: pairs of rules --------------------------------------------------------------------------


def _alike(document: Document, score: Score, paths: Sequence[NodePath]) -> Iterator[Finding]:
    shapes = [_without_points(rule) for rule in score.rules]
    repeated: set[int] = set()
    for one, other in combinations(range(len(shapes)), 2):
        if other not in repeated and shapes[one] == shapes[other]:
            repeated.add(other)
            first, rule = score.rules[one], score.rules[other]
            line = document.where(paths[one]).line
            yield finding(
                ALIKE,
                subject_of(score, rule),
                f'"{rule.name}" has the same conditions as "{first.name}" on line {line}, '
                "so their points add up.",
                document,
                paths[other],
                do="keep one of them",
            )


def _without_points(rule: Rule) -> Rule:
    """Return a rule without its points, and without the keys that are only for readers."""
    subject: Subject
    match rule.subject:
        case EventRule():
            subject = replace(rule.subject, points=Points())
        case TagRule():
            subject = replace(rule.subject, points=0)
        case BranchRule(branches=branches):
            subject = BranchRule(tuple(replace(each, points=0) for each in branches))
    return replace(rule, id="", name="", note=None, line=0, subject=subject)


def _disabled(document: Document, score: Score) -> Iterator[Finding]:
    """Yield L107 for disabled rules that share a name with an enabled one.

    Two rules with the same id are rejected when the file is read.
    """
    base: NodePath = ("scores", score.name, "rules")
    node = document.root.at(base)
    enabled = {fold(each): rule for rule in score.rules for each in (rule.name, rule.id)}
    for number, item in enumerate(() if node is None else node.items):
        switch = item.child("enabled")
        named = (item.child("id"), item.child("name"))
        if switch is None or switch.scalar is not False:
            continue
        written = [each.written for each in named if each is not None]
        same = next((each for each in written if fold(each) in enabled), None)
        if same is not None:
            rule = enabled[fold(same)]
            yield finding(
                DISABLED,
                f"{score.name}/{same}",
                f"The disabled rule `{same}` has the same name as the enabled rule on line {rule.line}.",
                document,
                (*base, number),
                do="delete the disabled rule, or rename it",
            )
