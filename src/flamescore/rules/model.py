"""A rule file as authored: frozen models, from which its reference and its JSON Schema are made.

What is not given is None; defaults are filled in where rules are bound (`bind.resolve`).
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, Tag

from flamescore.rules.base import MARK, Model, by_key, by_kind
from flamescore.rules.conditions import Condition, EventFilter, Per, Predicates, TagForm
from flamescore.rules.periods import DaysPeriod, Expires, Fade, FixedPeriod, Percent
from flamescore.rules.words import (
    Boolean,
    Bound,
    Count,
    Name,
    Names,
    Points,
    Text,
    Times,
    Timezone,
    Undated,
    Version,
)

# --- what an occurrence gives ------------------------------------------------------------------------


class PointsFrom(Model):
    """Points taken from a property of the event."""

    column: Name = Field(alias="from", description="The property whose number gives the points.")
    multiply_by: Points | None = Field(None, description="What the number is multiplied by; 1 by default.")


EventPoints = Annotated[
    Annotated[Points, Tag(MARK + "points")] | Annotated[PointsFrom, Tag(MARK + "points from")],
    by_kind(mapping="points from", scalar="points"),
]


class Linear(Model):
    """Each step takes the same share of the points."""

    linear: Percent = Field(description="The share that each step takes.")
    every: DaysPeriod = Field(description="The length of a step, in days or weeks.")


class Compound(Model):
    """Each step takes a share of what is left."""

    compound: Percent = Field(description="The share of what is left that each step takes.")
    every: DaysPeriod = Field(description="The length of a step, in days or weeks.")


class HalfLife(Model):
    """Each half-life halves the points, evenly over its days."""

    half_life: DaysPeriod = Field(description="The time after which half is left, in days or weeks.")


Decay = Annotated[
    Annotated[Fade, Tag(MARK + "fade")]
    | Annotated[
        Annotated[Linear, Tag(MARK + "linear")]
        | Annotated[Compound, Tag(MARK + "compound")]
        | Annotated[HalfLife, Tag(MARK + "half_life")],
        by_key({key: key for key in ("linear", "compound", "half_life")}, default="linear", known=("every",)),
        Tag(MARK + "decay form"),
    ],
    by_kind(mapping="decay form", scalar="fade"),
]

# --- rules -------------------------------------------------------------------------------------------


class Limits(Model):
    """Bounds on a sum of points."""

    min: Bound | None = Field(None, description="The sum is not below this; at most 0.")
    max: Bound | None = Field(None, description="The sum is not above this; at least 0.")


class Follower(EventFilter):
    """Another event of the same contact, after the counted one."""

    within: FixedPeriod = Field(description="How long after; months and years have no fixed length.")


class RuleBase(Model):
    """What every rule may say."""

    name: Name = Field(description="What the rule is called, in words: reports show it as the reason.")
    id: Name | None = Field(
        None, description="A short name that stays when `name` changes; by default made of `name`."
    )
    enabled: Boolean = Field(default=True, description="`false` leaves the rule out.")
    group: Name | None = Field(None, description="A group of the score, with limits and defaults of its own.")
    note: Text | None = Field(None, description="Why the rule is there; for people.")
    limits: Limits | None = Field(None, description="Bounds on what the rule gives a contact.")
    condition: Condition | None = Field(
        None, alias="if", description="A condition that must hold, else the rule gives nothing."
    )


class EventRule(RuleBase):
    """Gives points for the events that it counts."""

    event: Names = Field(description="The event type, or a list meaning any of them.")
    where: Predicates = Field(default={}, description="What the event's properties must be, by column.")
    points: EventPoints = Field(
        description="The points of an occurrence, or `{from: PROPERTY, multiply_by: N}`."
    )
    count: Count | None = Field(
        None,
        description="`once` (the latest), `each`, or a number (the latest so many); it has no default.",
    )
    expires: Expires | None = Field(None, description="How long an occurrence counts: a period, or `never`.")
    decay: Decay | None = Field(
        None,
        description="How an occurrence fades: `none`, a percentage a day, `{linear: 1%, every: 1w}`, "
        "`{compound: 1%, every: 1d}` or `{half_life: 30d}`.",
    )
    per: Per | None = Field(
        None, description="Keep the latest of each `day`, `week`, `month`, or value of this property."
    )
    times: Times | None = Field(None, description="Nothing counts until there are so many; 1 by default.")
    followed_by: Follower | None = Field(None, description="Counts only with such an event after it.")
    unless_followed_by: Follower | None = Field(
        None, description="Counts only without such an event after it, once the time for it is over."
    )


class TagRule(RuleBase):
    """Gives points once, when the contact has the tags."""

    tag: TagForm = Field(description="A tag, a list meaning any of them, `{all: [...]}` or `{like: 'A*'}`.")
    points: Points = Field(description="The points.")
    expires: Expires | None = Field(None, description="How long the latest application counts.")
    decay: Decay | None = Field(
        None, description="How the points fade with the age of the latest application."
    )
    undated: Undated | None = Field(
        None,
        description="Without a known date: `keep` (the default) gives the plain points, `skip` none.",
    )


class FieldRule(RuleBase):
    """Gives points once, when every named column of the contact fits."""

    field: Predicates = Field(min_length=1, description="What the contact's columns must be, by column.")
    points: Points = Field(description="The points.")


class Branch(Model):
    """A branch of `first_of`."""

    condition: Condition | None = Field(
        None, alias="if", description="When it holds; only the last may have none."
    )
    points: Points = Field(description="The points of this branch.")


class FirstOfRule(RuleBase):
    """Gives the points of the first branch that holds."""

    first_of: tuple[Branch, ...] = Field(min_length=1, description="Branches; the first that holds is taken.")


class IfRule(RuleBase):
    """Gives points once, when the condition holds."""

    condition: Condition = Field(alias="if", description="The condition.")
    points: Points = Field(description="The points.")


SUBJECTS: Final = ("event", "tag", "field", "first_of")
RULE_WORDS: Final = (
    "name", "id", "enabled", "group", "note", "limits", "if", "where", "points", "count", "expires", "decay",
    "per", "times", "followed_by", "unless_followed_by", "undated",
)  # fmt: skip

Rule = Annotated[
    Annotated[EventRule, Tag(MARK + "event rule")]
    | Annotated[TagRule, Tag(MARK + "tag rule")]
    | Annotated[FieldRule, Tag(MARK + "field rule")]
    | Annotated[FirstOfRule, Tag(MARK + "first_of rule")]
    | Annotated[IfRule, Tag(MARK + "if rule")],
    by_key({key: f"{key} rule" for key in SUBJECTS}, default="if rule", known=RULE_WORDS),
]

# --- scores ------------------------------------------------------------------------------------------


class Defaults(Model):
    """What event rules get that don't say it themselves."""

    count: Count | None = Field(None, description="`once`, `each` or a number.")
    expires: Expires | None = Field(None, description="A period, or `never`.")
    decay: Decay | None = Field(None, description="As on a rule.")


class Group(Defaults):
    """Rules that share limits, and defaults that come before the score's."""

    limits: Limits | None = Field(None, description="Bounds on the sum of the group's rules.")


class Score(Model):
    """One score: its rules, and how its points become flames."""

    title: Name | None = Field(None, description="What reports call it; by default its name.")
    enabled: Boolean = Field(default=True, description="`false` leaves the score out.")
    five_flames: Bound | None = Field(
        None, description="The points that are five flames; fewer are so many fifths."
    )
    flames: tuple[Bound, Bound, Bound, Bound, Bound] | None = Field(
        None, description="The points from which there are 1, 2, 3, 4 and 5 flames."
    )
    defaults: Defaults | None = Field(None, description="What event rules get that don't say it themselves.")
    limits: Limits | None = Field(None, description="Bounds on the score.")
    groups: dict[str, Group] = Field(default={}, description="Groups that rules may be in, by name.")
    population: Condition | None = Field(None, description="Who is scored at all; everyone by default.")
    rules: tuple[Rule, ...] = Field(
        min_length=1, description="The rules, in the order in which they are shown."
    )


class RuleFile(Model):
    """A rule file, version 1."""

    version: Version = Field(description="The version of the rule language: 1.")
    timezone: Timezone = Field(
        default="UTC", description="For naive times, bare dates and calendar days: `America/Phoenix`."
    )
    ignore: tuple[EventFilter, ...] = Field(
        default=(), description="Events that are not there, for any score: bots, tests."
    )
    scores: dict[str, Score] = Field(
        min_length=1, description="One or more scores, by name; the first enabled one is the default."
    )
