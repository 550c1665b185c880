"""What one rule says that can't be, or is hardly meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flamescore.rules.model import SUBJECTS, EventRule
from flamescore.rules.places import problem, words_of
from flamescore.source import nearest
from flamescore.units import SECONDS, Period, parse_percent, parse_period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flamescore.errors import Problem
    from flamescore.tree import Document, Node, Path

_MONTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Spot:
    """A rule in its file: where it is, its score and itself."""

    document: Document
    path: Path
    score: Node
    rule: Node

    @property
    def is_event(self) -> bool:
        """Whether it is an event rule, and nothing else besides."""
        return "event" in self.rule.entries and not set(SUBJECTS[1:]) & set(self.rule.entries)

    def setting(self, key: str) -> tuple[Node, Path] | None:
        """Return what an event rule gets for `count`, `expires` or `decay`, and where it is said."""
        group = self.rule.child("group")
        score = self.path[:2]
        places: list[Path] = [self.path]
        if group is not None and group.kind == "text":
            places.append((*score, "groups", group.written))
        places.append((*score, "defaults"))
        for place in places:
            node = self.document.root.at((*place, key))
            if node is not None:
                return node, (*place, key)
        return None

    def tell(
        self,
        code: str,
        message: str,
        path: Path = (),
        *,
        key: bool = False,
        hint: str | None = None,
        severity: str = "error",
    ) -> Problem:
        """Make a problem of this rule, at a path below it."""
        at = path if path[:1] == ("scores",) else (*self.path, *path)
        return problem(code, message, document=self.document, path=at, key=key, hint=hint, severity=severity)


def _group(spot: Spot) -> Iterator[Problem]:
    group, groups = spot.rule.child("group"), spot.score.child("groups")
    known = tuple(groups.entries) if groups is not None else ()
    if group is None or group.kind != "text" or not group.written.strip() or group.written in known:
        return
    meant = nearest(group.written, known)
    hint = f"Did you mean `{meant}`?" if meant else "Declare it under the score's `groups:`."
    yield spot.tell("R046", f"The score has no group `{group.written}`.", ("group",), hint=hint)


def _count(spot: Spot) -> Iterator[Problem]:
    if not spot.is_event or spot.setting("count") is not None or _may_be_counted(spot):
        return
    hint = (
        "Write `count: once` (the latest alone), `count: each` (every one) or `count: 3` (the latest three), "
        "here or under the score's `defaults:`."
    )
    message = "It does not say which occurrences count when a contact has several."
    yield spot.tell("R044", message, ("event",), key=True, hint=hint)


def _may_be_counted(spot: Spot) -> bool:
    """Whether a slip elsewhere may be why there is no `count`: then that is told, not this."""
    known = words_of(EventRule)
    group, groups = spot.rule.child("group"), spot.score.child("groups")
    if group is not None and (groups is None or group.written not in groups.entries):
        return True
    owner = groups.child(group.written) if group is not None and groups is not None else None
    places = (spot.rule, owner, spot.score.child("defaults"))
    words = (word for node in places if node is not None for word in node.entries if word not in known)
    slips = any(nearest(word, known) == "count" for word in words)
    return slips or any(nearest(word, ("defaults",)) for word in spot.score.entries if word != "defaults")


def _undated(spot: Spot) -> Iterator[Problem]:
    words = spot.rule.entries
    if "undated" in words and "tag" in words and not {"expires", "decay"} & set(words):
        message = "`undated` says what happens without a date, but the rule neither expires nor decays."
        yield spot.tell(
            "R053",
            message,
            ("undated",),
            key=True,
            hint="Take it out, or give the rule `expires` or `decay`.",
        )


def _branches(spot: Spot) -> Iterator[Problem]:
    branches = spot.rule.child("first_of")
    for index, branch in enumerate(branches.items[:-1] if branches is not None else ()):
        if branch.kind == "mapping" and "if" not in branch.entries:
            message = "A branch without `if` always holds, so the branches after it can never be reached."
            yield spot.tell("R052", message, ("first_of", index), hint="Give it an `if`, or put it last.")


def _waits(spot: Spot) -> Iterator[Problem]:
    """Tell a window that is over before it is known that nothing followed."""
    within = spot.document.root.at((*spot.path, "unless_followed_by", "within"))
    found = spot.setting("expires") if spot.is_event else None
    if within is None or found is None:
        return
    wait, window = parse_period(within.written), parse_period(found[0].written)
    if wait is None or wait.seconds is None or window is None or shortest(window) > wait.seconds:
        return
    message = f"It waits {wait}, but an occurrence expires after {window}: nothing could ever count."
    yield spot.tell(
        "R068", message, ("unless_followed_by", "within"), hint=f"Let `expires` be longer than {wait}."
    )


def shortest(period: Period) -> int:
    """Return the least seconds that a period can take: February for a month, no leap day in a year."""
    if period.seconds is not None:
        return period.seconds
    years, months = divmod(period.count * (12 if period.unit == "y" else 1), 12)
    runs = (sum((_MONTHS * 2)[start : start + months]) for start in range(12))
    return (years * _YEAR + min(runs)) * SECONDS["d"]


def _penalty(spot: Spot) -> Iterator[Problem]:
    points, enabled = spot.rule.child("points"), spot.rule.child("enabled")
    if not spot.is_event or points is None or points.kind != "number" or points.scalar >= 0:  # type: ignore[operator]
        return
    if enabled is not None and enabled.scalar is False:
        return
    losses = [words for key, words in (("expires", "expires"), ("decay", "fades")) if _inherits(spot, key)]
    if losses:
        keys = [key for key in ("expires", "decay") if _inherits(spot, key)]
        ways = " and ".join("`expires: never`" if key == "expires" else "`decay: none`" for key in keys)
        message = f"This penalty {' and '.join(losses)}, by the defaults of the score or group."
        own = " and ".join(f"`{key}`" for key in keys)
        hint = f"If it should stay, write {ways} on the rule; if it should go, give the rule its own {own}."
        yield spot.tell("R100", message, ("points",), hint=hint, severity="warning")


def _inherits(spot: Spot, key: str) -> bool:
    """Whether the rule gets, from elsewhere, a value that makes its points go away."""
    found = spot.setting(key)
    if found is None or found[1] == (*spot.path, key):
        return False
    node = found[0]
    return (
        node.kind == "mapping"
        or parse_period(node.written) is not None
        or parse_percent(node.written) is not None
    )


RULE_CHECKS: Final[tuple[Callable[[Spot], Iterator[Problem]], ...]] = (
    _group, _count, _undated, _branches, _waits, _penalty,
)  # fmt: skip
