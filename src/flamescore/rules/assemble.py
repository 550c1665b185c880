"""The values of a rule file -> its rule book: rules inherit missing settings from their group and score."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.rules import condition_book
from flamescore.rules import rulebook as book
from flamescore.rules.accounts import accounts_of
from flamescore.rules.conditions import follower_of
from flamescore.rules.flames import flames_of
from flamescore.rules.labels import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.rules.names import Names
    from flamescore.schema_reader import Value

Found = dict[str, "Value"]
"""The values of a mapping by key, for the keys that it has."""


class ParsedRule(Struct, frozen=True):
    """A rule as written in the file: what it gives points for, the values of its keys, and its line."""

    subject: str
    found: Found
    line: int


def rule_book(found: Found, zone: ZoneInfo, names: Names) -> book.RuleBook:
    """Build the rule book from a file's enabled scores and their enabled rules, its labels and accounts."""
    scores = tuple(
        _score(name, score) for name, score in found["scores"].items() if score.get("enabled", True)
    )
    labels = labels_of(found.get("labels", {}), names.labels)
    return book.RuleBook(
        zone,
        scores,
        found.get("ignore", ()),
        labels,
        bots=found.get("bots"),
        accounts=accounts_of(found.get("accounts")),
    )


def _score(name: str, found: Found) -> book.Score:
    groups = found.get("groups", {})
    rules = tuple(
        _rule(rule, groups, found.get("defaults", {}))
        for rule in found["rules"]
        if rule.found.get("enabled", True)
    )
    return book.Score(
        name=name,
        title=found.get("title", name),
        rules=rules,
        **flames_of(found),
        limits=found.get("limits", book.NO_LIMITS),
        groups=tuple(_group(group, each, rules) for group, each in groups.items()),
        population=found.get("population"),
        idle=_idle(found, rules),
    )


def _group(name: str, found: Found, rules: Sequence[book.Rule]) -> book.Group:
    mine = [rule for rule in rules if rule.group == name]
    return book.Group(name, found.get("limits", book.NO_LIMITS), _idle(found, mine))


def _idle(found: Found, rules: Sequence[book.Rule]) -> book.Idle | None:
    """Return the decay by idle days; without `activity`, the events of rules that give points count."""
    idle: book.Idle | None = found.get("idle")
    if idle is None or idle.activity:
        return idle
    events = [rule.subject for rule in rules if isinstance(rule.subject, book.EventRule)]
    earning = [each.match for each in events if each.points.fixed > 0 or each.points.column is not None]
    return replace(idle, activity=tuple(dict.fromkeys(earning)))


def _rule(parsed: ParsedRule, groups: Mapping[str, Found], defaults: Found) -> book.Rule:
    found = parsed.found
    return book.Rule(
        id=found["id"].strip() if "id" in found else slug(found["name"]),
        name=found["name"].strip(),
        subject=_subject(parsed, groups, defaults),
        condition=None if parsed.subject == "if" else found.get("if"),
        group=found.get("group"),
        limits=found.get("limits", book.NO_LIMITS),
        note=found.get("note"),
        line=parsed.line,
    )


def _subject(parsed: ParsedRule, groups: Mapping[str, Found], defaults: Found) -> book.Subject:
    found = parsed.found
    match parsed.subject:
        case "event":
            group = groups.get(found.get("group", ""), {})
            return _event_rule({**defaults, **group, **found})
        case "tag":
            return book.TagRule(
                tag=found["tag"],
                points=found["points"],
                window=found.get("expires"),
                decay=found.get("decay", condition_book.NO_DECAY),
                undated=found.get("undated", "keep"),
                since=found.get("since", ()),
            )
        case "field":
            return book.BranchRule(
                (book.Branch(condition_book.FieldIs(found["field"]), found["points"]),), "field"
            )
        case "first_of":
            return book.BranchRule(found["first_of"])
        case _:
            return book.BranchRule((book.Branch(found["if"], found["points"]),), "if")


def _event_rule(found: Found) -> book.EventRule:
    return book.EventRule(
        match=condition_book.EventMatch(found["event"], found.get("where", ())),
        points=found["points"],
        count=found.get("count"),
        window=found.get("expires"),
        decay=found.get("decay", condition_book.NO_DECAY),
        per=found.get("per"),
        times=found.get("times", condition_book.ONCE),
        followed_by=follower_of(found, "followed_by"),
        unless_followed_by=follower_of(found, "unless_followed_by"),
        since=found.get("since", ()),
        burst=found.get("burst"),
    )


def slug(name: str) -> str:
    """Return the name in lower case, with its runs of letters and digits joined by `-`."""
    kept = (char if _is_letter_or_digit(char) else " " for char in name.lower())
    return "-".join("".join(kept).split())


def _is_letter_or_digit(char: str) -> bool:
    category = unicodedata.category(char)
    return category.startswith("L") or category == "Nd"
