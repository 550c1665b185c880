"""Two rule files compared as written: which rules were added, removed, and changed.

Rules are matched by id, and the rest by content:

    old                                  new                                   status
    {name: Form, points: 2, ...}         {name: Form, points: 3, ...}          changed: points 2, 3
    {name: Call, event: call, ...}       {name: Talked, event: call, ...}      renamed, and so is its id
    {name: Survey, ...}                                                        removed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flamescore.rules import LoadedRules, Rule, Score
    from flamescore.yaml_tree import Node

ADDED, REMOVED, RENAMED, CHANGED, SAME = "added", "removed", "renamed", "changed", "same"
MOVES_NOTHING: Final = (RENAMED, SAME)
_OF_PEOPLE: Final = ("name", "id", "note")
_OF_FILE: Final = ("timezone", "ignore", "bots", "labels", "accounts")
_NOT_OF_SCORE: Final = ("title", "rules", "enabled")


class KeyChange(Struct, frozen=True):
    """A key that differs, with its values as JSON; None if a side does not have it."""

    key: str
    old: Any
    new: Any


class RuleChange(Struct, frozen=True):
    """The change of a rule. `old` and `new` are its ids, None if that file has no such rule.

    `name` is the newer name.
    """

    score: str
    status: str
    name: str
    old: str | None
    new: str | None
    keys: tuple[KeyChange, ...] = ()


class SettingChange(Struct, frozen=True):
    """Another difference, of a score or of the whole file (None); also a score that only one file has."""

    score: str | None
    key: str
    old: Any
    new: Any


def rule_changes(old: LoadedRules, new: LoadedRules) -> tuple[RuleChange, ...]:
    """Return the change of every rule of the scores that both files have, in order of the new file.

    Removed rules come at the end of their score.
    """
    return tuple(
        change for before, after in both_scores(old, new) for change in _of_score(old, before, new, after)
    )


def both_scores(old: LoadedRules, new: LoadedRules) -> Iterator[tuple[Score, Score]]:
    """Yield the enabled scores that both files have, in order of the new file."""
    before = {score.name: score for score in old.book.scores}
    yield from ((before[score.name], score) for score in new.book.scores if score.name in before)


def setting_changes(old: LoadedRules, new: LoadedRules) -> tuple[SettingChange, ...]:
    """Return the differences outside the rules, those of the whole file first."""
    return tuple(_settings(old, new))


def _settings(old: LoadedRules, new: LoadedRules) -> Iterator[SettingChange]:
    then, now = old.document.root, new.document.root
    for each in _keys(then.entries, now.entries, only=_OF_FILE):
        yield SettingChange(None, each.key, each.old, each.new)
    before, after = ({score.name for score in each.book.scores} for each in (old, new))
    names = (score.name for score in (*new.book.scores, *old.book.scores))
    for name in dict.fromkeys(names):
        if name not in before or name not in after:
            yield SettingChange(
                name, "score", name if name in before else None, name if name in after else None
            )
            continue
        one, other = then.at(("scores", name)), now.at(("scores", name))
        for each in _keys(_entries(one), _entries(other), without=_NOT_OF_SCORE):
            yield SettingChange(name, each.key, each.old, each.new)


def _of_score(old: LoadedRules, before: Score, new: LoadedRules, after: Score) -> Iterator[RuleChange]:
    pairs = dict(matched(before, after))
    there = {rule.id: rule for rule in before.rules}
    for rule in after.rules:
        was = pairs.get(rule.id)
        if was is None:
            yield RuleChange(after.name, ADDED, rule.name, None, rule.id)
        else:
            yield _pair(old, there[was], new, rule, after.name)
    gone = set(there) - set(pairs.values())
    for rule in before.rules:
        if rule.id in gone:
            yield RuleChange(after.name, REMOVED, rule.name, rule.id, None)


def matched(before: Score, after: Score) -> Iterator[tuple[str, str]]:
    """Yield the new and the old id of each rule that both versions of a score have."""
    ids = {rule.id for rule in before.rules}
    by_id = {rule.id for rule in after.rules if rule.id in ids}
    yield from ((each, each) for each in by_id)
    left = [rule for rule in before.rules if rule.id not in by_id]
    for rule in after.rules:
        if rule.id in by_id:
            continue
        was = next((each for each in left if _comparable(each) == _comparable(rule)), None)
        if was is not None:
            left.remove(was)
            yield rule.id, was.id


def _comparable(rule: Rule) -> Rule:
    """Return a rule without the keys that are only for readers."""
    return replace(rule, id="", name="", note=None, line=0)


def _pair(old: LoadedRules, was: Rule, new: LoadedRules, rule: Rule, score: str) -> RuleChange:
    keys = tuple(_keys(_written(old, score, was), _written(new, score, rule)))
    of_people = tuple(each for each in keys if each.key in _OF_PEOPLE)
    own = tuple(each for each in keys if each.key not in _OF_PEOPLE)
    if own and _comparable(was) != _comparable(rule):
        return RuleChange(score, CHANGED, rule.name, was.id, rule.id, keys)
    renamed = bool(of_people) or (was.id, was.name) != (rule.id, rule.name)
    return RuleChange(score, RENAMED if renamed else SAME, rule.name, was.id, rule.id, of_people)


def _written(rules: LoadedRules, score: str, rule: Rule) -> Mapping[str, Node]:
    """Return the keys of a rule as written in its file."""
    there = rules.document.root.at(("scores", score, "rules"))
    items = () if there is None else there.items
    places = (rules.document.where(("scores", score, "rules", number)).line for number in range(len(items)))
    return next((item.entries for item, line in zip(items, places, strict=True) if line == rule.line), {})


def _entries(node: Node | None) -> Mapping[str, Node]:
    return {} if node is None else node.entries


def _keys(
    old: Mapping[str, Node],
    new: Mapping[str, Node],
    *,
    only: tuple[str, ...] | None = None,
    without: tuple[str, ...] = (),
) -> Iterator[KeyChange]:
    """Yield the keys that differ, in order of the new file."""
    for key in dict.fromkeys((*new, *old)):
        if key in without or (only is not None and key not in only):
            continue
        before, after = (each[key].json() if key in each else None for each in (old, new))
        if before != after:
            yield KeyChange(key, before, after)
