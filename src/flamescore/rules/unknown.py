"""Keys that don't belong where they stand: the nearest right one, or where they would belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import conditions as shapes
from flamescore.rules import model as rules
from flamescore.rules.places import Loc, model_at, problem, words_of
from flamescore.source import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flamescore.errors import Problem
    from flamescore.rules.base import Model
    from flamescore.tree import Document, Path

Told = tuple[str, str, str | None]

DECAYS: Final = (rules.Linear, rules.Compound, rules.HalfLife)
FORMS: Final = frozenset(("linear", "compound", "half_life"))


def _inverted(meanings: Mapping[str, str]) -> Mapping[str, str]:
    return {said: meant for meant, words in meanings.items() for said in words.split()}


_OPERATORS: Final = _inverted(
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
_CONDITION_WORDS: Final = _inverted(
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
_RULE_WORDS: Final = _inverted(
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


def unknown_key(loc: Loc, path: Path, document: Document) -> Problem | None:
    """Tell a key that its mapping may not have; None where another problem says it already."""
    key = str(path[-1])
    node = document.root.at(path[:-1])
    model = model_at(loc[:-1])
    if model is None or node is None:
        return problem("R020", f"There is no key `{key}` here.", document=document, path=path, key=True)
    told = _told(key, model, tuple(node.entries))
    if told is None:
        return None
    return problem(told[0], told[1], document=document, path=path, key=True, hint=told[2])


def _told(key: str, model: type[Model], written: tuple[str, ...]) -> Told | None:
    if issubclass(model, rules.RuleBase):
        return _in_rule(key, model, written)
    if issubclass(model, shapes.CONDITIONS):
        return _in_condition(key, model)
    if model is shapes.Operators:
        return _meant("R070", f"There is no operator `{key}`.", key, words_of(model), _OPERATORS)
    return _in_form(key, model) or _meant("R020", f"There is no key `{key}` here.", key, words_of(model), {})


def _in_form(key: str, model: type[Model]) -> Told | None:
    """Tell a word that is right in another form of the same thing."""
    if model in (shapes.TagAll, shapes.TagLike) and key in ("all", "like"):
        hint = "Write one of them; join two with `if: {all: [...]}`."
        return "R057", "`all` and `like` can't stand together.", hint
    if model in (shapes.TagAll, shapes.TagLike):
        known = ("all", "like")
        return _meant(
            "R020", f"There is no key `{key}` in a tag.", key, known, {}, also="A list means any of them."
        )
    if model in DECAYS:
        return _in_decay(key, words_of(model)[0])
    if model is rules.Defaults and key in _all_rule_words():
        hint = "They hold `count`, `expires` and `decay`, and those alone."
        return "R038", f"`{key}` can't be among `defaults`.", hint
    return None


def _in_decay(key: str, form: str) -> Told:
    known = (*sorted(FORMS), "every")
    if key not in known:
        return _meant("R020", f"There is no key `{key}` in a decay.", key, known, {})
    message = f"`{key}` can't stand beside `{form}`."
    return "R069", message, "A decay is linear, compound or a half-life."


def _all_rule_words() -> frozenset[str]:
    return frozenset((*rules.RULE_WORDS, *rules.SUBJECTS))


def _in_rule(key: str, model: type[Model], written: tuple[str, ...]) -> Told | None:
    if key not in _all_rule_words():
        return _meant("R020", f"There is no key `{key}` in a rule.", key, words_of(model), _RULE_WORDS)
    if model is rules.IfRule and "if" not in written:
        return None
    subject = next((each for each in (*rules.SUBJECTS, "if") if each in words_of(model)), "if")
    if key in rules.SUBJECTS:
        message = f"It has both `{subject}` and `{key}`; a rule gives points for one thing."
        return "R041", message, f"Make two rules of it, or ask for `{key}` in `if`."
    if key == "points":
        return "R043", "`points` can't stand beside `first_of`.", "Each branch has its own points."
    kind = "a rule with `if` alone" if subject == "if" else f"a rule with `{subject}`"
    return "R045", f"`{key}` can't stand on {kind}.", _belongs(key)


def _belongs(key: str) -> str:
    if key in ("expires", "decay"):
        return "It is for rules with `event` or `tag`: the others have no date to go by."
    return "It is for rules with `tag`." if key == "undated" else "It is for rules with `event`."


def _in_condition(key: str, model: type[Model]) -> Told:
    shape = next(each for each in shapes.CONDITION_KEYS if each in words_of(model))
    if key in shapes.CONDITION_KEYS:
        message = f"`{shape}` and `{key}` can't stand together; a condition has one of them."
        return "R081", message, f"Join them: `all: [{{{shape}: ...}}, {{{key}: ...}}]`, or `any`."
    if key in words_of(shapes.EventCondition):
        return "R082", f"`{key}` can't stand beside `{shape}`.", "In a condition it is for `event`."
    known = (*words_of(model), *shapes.CONDITION_KEYS)
    return _meant(
        "R020", f"There is no key `{key}` in a condition.", key, tuple(dict.fromkeys(known)), _CONDITION_WORDS
    )


def _meant(
    code: str, message: str, key: str, known: tuple[str, ...], others: Mapping[str, str], *, also: str = ""
) -> Told:
    other = others.get(key.casefold().replace(" ", "_").replace("-", "_"))
    meant = other if other in known else nearest(key, known)
    hint = f"Did you mean `{meant}`?" if meant else f"It can be {_listed(known)}. {also}".rstrip()
    return code, message, hint


def _listed(words: tuple[str, ...]) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
