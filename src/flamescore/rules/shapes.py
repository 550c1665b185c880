"""The shapes of a rule file: points, rules, scores, and the file itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore.rules import condition_book
from flamescore.rules import rulebook as book
from flamescore.rules.accounts import ACCOUNT_SHAPES, ACCOUNTS
from flamescore.rules.assemble import ParsedRule
from flamescore.rules.bursts import BURST, BURST_SHAPE
from flamescore.rules.conditions import (
    CONDITION,
    CONDITION_SHAPES,
    EVENT_KEYS,
    FIELD_ABOUT,
    FOLLOWER,
    SINCE,
    TAG,
    TAG_ABOUT,
)
from flamescore.rules.decays import DECAY, DECAY_SHAPES, IDLE
from flamescore.rules.flames import FLAMES, FLAMES_BY_PERCENTILE, LIMITS
from flamescore.rules.ignored import BOTS, IGNORED, IGNORED_SHAPES
from flamescore.rules.labels import LABEL_SHAPES, LABELS
from flamescore.rules.predicates import FIELDS
from flamescore.rules.properties import NUMBER_PROPERTY, PER, TIMES_OF_RULE
from flamescore.rules.reading import (
    OTHER_RULE_WORDS,
    Need,
    missing_key,
    must_be,
    rule_reading,
    unknown_key,
)
from flamescore.rules.scalars import (
    BOOLEAN,
    COUNT,
    EXPIRES,
    NAME,
    POINTS,
    TEXT,
    TIMEZONE,
    UNDATED,
    VERSION,
)
from flamescore.schema_reader import (
    At,
    Key,
    ProblemText,
    Shape,
    Value,
    ValueType,
    chosen,
    json_schema,
    listed,
    mapped,
)
from flamescore.units import POINT

if TYPE_CHECKING:
    from collections.abc import Mapping

# --- points of an occurrence -------------------------------------------------------------------------


_POINTS_FROM: Final = Shape(
    "PointsFrom",
    "Points taken from a property of the event.",
    {
        "from": Key(NUMBER_PROPERTY, "The property whose number gives the points.", needed=True),
        "multiply_by": Key(POINTS, "What the number is multiplied by; 1 by default."),
    },
    lambda found: condition_book.Points(column=found["from"], multiply_by=found.get("multiply_by", POINT)),
)


def _event_points(at: At) -> Value:
    return _POINTS_FROM.read(at) if at.node.kind == "mapping" else condition_book.Points(fixed=POINTS(at))


_EVENT_POINTS: Final = ValueType(_event_points, {"anyOf": [POINTS.schema, _POINTS_FROM.type.schema]})
# --- rules -------------------------------------------------------------------------------------------


def _no_points(what: str) -> ProblemText:
    return "R042", f"{what} has no `points`.", "Write `points: 5`, or any number."


_BRANCH: Final = Shape(
    "Branch",
    "A branch of `first_of`.",
    {
        "if": Key(CONDITION, "When it holds; only the last may have none."),
        "points": Key(POINTS, "The points of this branch.", needed=True),
    },
    lambda found: book.Branch(found.get("if"), found["points"]),
    missing=lambda _key, _at: _no_points("This branch"),
)
_EVERY_RULE: Final = {
    "name": Key(NAME, "What the rule is called, in words: reports show it as the reason.", needed=True),
    "id": Key(NAME, "A short name that stays when `name` changes; by default made of `name`."),
    "enabled": Key(BOOLEAN, "`false` leaves the rule out."),
    "group": Key(NAME, "A group of the score, with limits and defaults of its own."),
    "note": Key(TEXT, "Why the rule is there; for people."),
    "limits": Key(LIMITS.type, "Bounds on what the rule gives a contact."),
    "if": Key(CONDITION, "A condition that must hold, else the rule gives nothing."),
}
_PLAIN_POINTS: Final = Key(POINTS, "The points.", needed=True)
_EVENT_RULE_KEYS: Final = {
    **_EVERY_RULE,
    **EVENT_KEYS,
    "points": Key(
        _EVENT_POINTS, "The points of an occurrence, or `{from: PROPERTY, multiply_by: N}`.", needed=True
    ),
    "count": Key(COUNT, "`once` (the latest), `each`, or a number (the latest so many); it has no default."),
    "expires": Key(EXPIRES, "How long an occurrence counts: a period, or `never`."),
    "decay": Key(
        DECAY,
        "How an occurrence fades: `none`, a percentage a day, `{linear: 1%, every: 1w}`, "
        "`{compound: 1%, every: 1d}` or `{half_life: 30d}`.",
    ),
    "since": Key(SINCE, "Counts only what came after the latest of these events; `none` lifts an outer one."),
    "per": Key(PER, "Keep the latest of each `day`, `week`, `month`, or value of this property."),
    "burst": BURST,
    "times": Key(
        TIMES_OF_RULE,
        "Nothing counts until there are so many (1 by default), or unless there are as many as "
        "`{at_least, at_most}` says.",
    ),
    "followed_by": Key(FOLLOWER, "Counts only with such an event after it."),
    "unless_followed_by": Key(
        FOLLOWER, "Counts only without such an event after it, once the time for it is over."
    ),
}
SUBJECTS: Final = ("event", "tag", "field", "first_of")
_RULE_WORDS: Final = tuple(word for word in (*_EVENT_RULE_KEYS, "undated") if word not in SUBJECTS)


def _unknown_in_rule(shape: Shape, key: str, at: At) -> ProblemText | None:
    if key not in (*_RULE_WORDS, *SUBJECTS):
        return unknown_key(key, shape.keys, where="in a rule", others=OTHER_RULE_WORDS)
    subject = next((word for word in SUBJECTS if word in shape.keys), "if")
    if subject == "if" and "if" not in at.keys:
        return None
    if key in SUBJECTS:
        message = f"Use `{subject}` or `{key}`, not both."
        return "R041", message, f"Write two rules, or put `{key}` under `if`."
    if key == "points":
        return "R043", "`points` can't be combined with `first_of`.", "Each branch has its own points."
    kind = "a rule with `if` alone" if subject == "if" else f"a rule with `{subject}`"
    return "R045", f"`{key}` does not apply to {kind}.", _belongs(key)


def _belongs(key: str) -> str:
    if key in ("expires", "decay", "since"):
        return "Use it with `event` or `tag`: the others have no date."
    return "Use it with `tag`." if key == "undated" else "Use it with `event`."


def _missing_in_rule(key: str, at: At) -> ProblemText:
    if key == "points":
        return _no_points("It")
    if key == "if":
        hint = "Add `event`, `tag`, `field`, `first_of` or `if`."
        return "R040", "The rule has no subject.", hint
    return missing_key(key, at.label)


def _rule_shape(name: str, about: str, keys: Mapping[str, Key]) -> Shape:
    return Shape(
        name,
        about,
        keys,
        must_be=must_be("A rule must be a mapping with a `name`"),
        unknown=_unknown_in_rule,
        missing=_missing_in_rule,
    )


def _reset_of_tag(at: At) -> Value:
    resets = SINCE(at)
    if resets:
        rule_reading(at).needs.append(Need("events", at.path))
    return resets


RULES: Final = {
    "event": _rule_shape("EventRule", "Gives points for the events that it counts.", _EVENT_RULE_KEYS),
    "tag": _rule_shape(
        "TagRule",
        "Gives points once, when the contact has the tags.",
        {
            **_EVERY_RULE,
            "tag": Key(TAG, TAG_ABOUT, needed=True),
            "points": _PLAIN_POINTS,
            "expires": Key(EXPIRES, "How long the latest application counts."),
            "decay": Key(DECAY, "How the points fade with the age of the latest application."),
            "since": Key(
                ValueType(_reset_of_tag, SINCE.schema),
                "The tags count only if the latest was applied after the latest of these events.",
            ),
            "undated": Key(
                UNDATED, "Without a known date: `keep` (the default) gives the plain points, `skip` none."
            ),
        },
    ),
    "field": _rule_shape(
        "FieldRule",
        "Gives points once, when every named column of the contact fits.",
        {**_EVERY_RULE, "field": Key(FIELDS, FIELD_ABOUT, needed=True), "points": _PLAIN_POINTS},
    ),
    "first_of": _rule_shape(
        "FirstOfRule",
        "Gives the points of the first branch that holds.",
        {
            **_EVERY_RULE,
            "first_of": Key(listed(_BRANCH.type), "Branches; the first that holds is taken.", needed=True),
        },
    ),
    "if": _rule_shape(
        "IfRule",
        "Gives points once, when the condition holds.",
        {**_EVERY_RULE, "if": Key(CONDITION, "The condition.", needed=True), "points": _PLAIN_POINTS},
    ),
}


def _rule(at: At) -> ParsedRule:
    subject = chosen(at, SUBJECTS, _RULE_WORDS) or "if"
    found = RULES[subject].read(at)
    return ParsedRule(subject, found, at.reading.document.where(at.path).line)


_RULE: Final = ValueType(_rule, {"anyOf": [shape.type.schema for shape in RULES.values()]})

# --- scores ------------------------------------------------------------------------------------------

_DEFAULT_KEYS: Final = {
    "count": Key(COUNT, "`once`, `each` or a number."),
    "expires": Key(EXPIRES, "A period, or `never`."),
    "decay": Key(DECAY, "As on a rule."),
    "since": Key(SINCE, "As on a rule."),
}


def _unknown_in_defaults(shape: Shape, key: str, _at: At) -> ProblemText:
    if key in (*_RULE_WORDS, *SUBJECTS, "idle"):
        hint = "Use `count`, `expires`, `decay` or `since`."
        return "R038", f"`{key}` can't be among `defaults`.", hint
    return unknown_key(key, shape.keys)


_DEFAULTS: Final = Shape(
    "Defaults",
    "What event rules get that don't say it themselves.",
    _DEFAULT_KEYS,
    unknown=_unknown_in_defaults,
)
_GROUP: Final = Shape(
    "Group",
    "Rules that share limits, and defaults that come before the score's.",
    {
        **_DEFAULT_KEYS,
        "limits": Key(LIMITS.type, "Bounds on the sum of the group's rules."),
        "idle": IDLE,
    },
)
_NO_RULES: Final[ProblemText] = ("R031", "It has no rules.", "Write them under `rules:`.")


def _rules(at: At) -> Value:
    if at.node.kind == "list" and not at.node.items:
        at.refuse(*_NO_RULES)
    return listed(_RULE)(at)


_SCORE: Final = Shape(
    "Score",
    "One score: its rules, and how its points become flames.",
    {
        "title": Key(NAME, "What reports call it; by default its name."),
        "enabled": Key(BOOLEAN, "`false` leaves the score out."),
        **FLAMES,
        "defaults": Key(_DEFAULTS.type, "What event rules get that don't say it themselves."),
        "limits": Key(LIMITS.type, "Bounds on the score."),
        "idle": IDLE,
        "groups": Key(mapped(_GROUP.type), "Groups that rules may be in, by name."),
        "population": Key(CONDITION, "Who is scored at all; everyone by default."),
        "rules": Key(
            ValueType(_rules, listed(_RULE).schema),
            "The rules, in the order in which they are shown.",
            needed=True,
        ),
    },
    missing=lambda _key, _at: _NO_RULES,
)
FILE: Final = Shape(
    "RuleFile",
    "A rule file, version 1.",
    {
        "version": Key(VERSION, "The version of the rule language: 1.", needed=True),
        "timezone": Key(TIMEZONE, "For naive times, bare dates and calendar days: `America/Phoenix`."),
        "ignore": Key(listed(IGNORED, least=0), "Events that are not there, for any score: bots, tests."),
        "bots": Key(BOTS, "What looks like a mail scanner's: `show` tells of it, `remove` leaves it out."),
        "scores": Key(
            mapped(_SCORE.type, least=1),
            "One or more scores, by name; the first enabled one is the default.",
            needed=True,
        ),
        "labels": LABELS,
        "accounts": ACCOUNTS,
    },
    must_be=must_be("A rule file is a mapping that begins with `version: 1`"),
)
"""`timezone` comes before all keys with times in them, since keys are read in the order of the shape."""

SHAPES: Final = (
    *CONDITION_SHAPES, *IGNORED_SHAPES, BURST_SHAPE, _POINTS_FROM, *DECAY_SHAPES, LIMITS, _BRANCH,
    *RULES.values(), _DEFAULTS, _GROUP, FLAMES_BY_PERCENTILE, _SCORE, *LABEL_SHAPES, *ACCOUNT_SHAPES,
)  # fmt: skip
"""Every shape inside a rule file."""


def rules_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule file."""
    return json_schema("flamescore rule file", FILE, SHAPES)
