"""Words for keys that don't belong where they stand, or are missing where they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Told = tuple[str, str, str | None]
"""The code of a problem, its message, and its hint."""

_EXAMPLES: Final[Mapping[str, str]] = {
    "version": "Begin the file with `version: 1`.",
    "scores": "Put the rules under `scores:`, then a name, then `rules:`.",
    "name": "Every rule has a `name`: reports show it as the reason.",
    "within": "Write how long after it may come: `within: 2d`.",
    "event": "Write the event type: `event: purchase`.",
}


def meant_by(meanings: Mapping[str, str]) -> Mapping[str, str]:
    """Turn `{"at_least": "gte >="}` around: what people write instead of a word -> the word."""
    return {said: meant for meant, words in meanings.items() for said in words.split()}


OTHER_OPERATORS: Final = meant_by(
    {
        "equals": "is eq = == equal",
        "not_equals": "is_not ne != <> not",
        "in": "any one_of any_of",
        "not_in": "none_of",
        "contains": "like includes",
        "not_contains": "excludes",
        "starts_with": "begins_with prefix",
        "ends_with": "suffix",
        "matches": "regex regexp pattern",
        "at_least": "gte ge >= min from since",
        "at_most": "lte le <= max to until",
        "more_than": "gt > above over after",
        "less_than": "lt < below under before",
        "within_last": "last",
        "within_next": "next",
        "empty": "missing exists is_empty",
    }
)
OTHER_CONDITION_WORDS: Final = meant_by(
    {
        "last": "expires within window",
        "times": "count at_least",
        "any": "or",
        "all": "and",
        "tag": "tags",
        "field": "fields",
        "event": "events",
    }
)
OTHER_RULE_WORDS: Final = meant_by(
    {
        "points": "score",
        "name": "title",
        "limits": "limit",
        "if": "when condition",
        "note": "description comment",
        "tag": "tags",
        "field": "fields",
        "event": "events",
        "enabled": "active",
        "times": "at_least",
        "expires": "expire last",
        "unless_followed_by": "unless_followed",
    }
)


def unknown_key(
    key: str,
    known: Iterable[str],
    *,
    where: str = "here",
    others: Mapping[str, str] | None = None,
    also: str = "",
) -> Told:
    """Tell a key that nothing knows: the known one that was meant, or all of them."""
    return ("R020", f"There is no key `{key}` {where}.", did_you_mean(key, known, others, also))


def did_you_mean(
    word: str, known: Iterable[str], others: Mapping[str, str] | None = None, also: str = ""
) -> str:
    """Ask whether the nearest of the known words was meant, else list them; `others` are other words."""
    known = tuple(known)
    other = (others or {}).get(word.casefold().replace(" ", "_").replace("-", "_"))
    meant = other if other in known else nearest(word, known)
    return f"Did you mean `{meant}`?" if meant else f"It can be {listing(known)}. {also}".rstrip()


def missing_key(key: str, label: str) -> Told:
    """Tell a key that must be there; `label` is what it is missing in."""
    return "R023", f"{'It' if label == '`rules`' else label} has no `{key}`.", _EXAMPLES.get(key)


def no_entry(label: str) -> Told:
    """Tell an empty list or mapping."""
    return "R024", f"{label} is empty; it needs at least one entry.", None


def listing(words: Iterable[str], last: str = "or") -> str:
    """List words: `a, b or c`, each in back-quotes."""
    *quoted, end = [f"`{word}`" for word in words]
    return f"{', '.join(quoted)} {last} {end}" if quoted else end
