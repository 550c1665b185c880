"""Predicates, tags and conditions of a rule file, as authored."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from flamescore.rules.base import MARK, Model, by_key, by_kind
from flamescore.rules.periods import AnyPeriod, CalendarPeriod  # noqa: TC001 - pydantic reads them as it runs
from flamescore.rules.words import Boolean, Name, Names, Operand, Parts, Text, Times, Value

# --- predicates --------------------------------------------------------------------------------------


class Operators(Model):
    """What a cell must be; every operator named must hold. A missing cell fits `empty: true` alone."""

    equals: Value | None = Field(None, description="The cell is this text, number or boolean.")
    not_equals: Value | None = Field(None, description="The cell is there, and is not this.")
    in_: tuple[Value, ...] | None = Field(
        None, alias="in", min_length=1, description="The cell is one of these."
    )
    not_in: tuple[Value, ...] | None = Field(
        None, min_length=1, description="The cell is there, and is none of these."
    )
    contains: Parts | None = Field(None, description="The cell holds this text, or any of these.")
    not_contains: Parts | None = Field(None, description="The cell is there, and holds none of these texts.")
    starts_with: Parts | None = Field(None, description="The cell starts with this text, or any of these.")
    ends_with: Parts | None = Field(None, description="The cell ends with this text, or any of these.")
    matches: Text | None = Field(
        None, description="This regular expression (Rust's `regex` kind) is found anywhere in the cell."
    )
    at_least: Operand | None = Field(None, description="The cell is this number or date, or more.")
    at_most: Operand | None = Field(None, description="The cell is this number or date, or less.")
    more_than: Operand | None = Field(
        None, description="The cell is more than this number, or after this date."
    )
    less_than: Operand | None = Field(
        None, description="The cell is less than this number, or before this date."
    )
    within_last: CalendarPeriod | None = Field(
        None, description="The cell's calendar day lies in the period before `as_of`, that day included."
    )
    within_next: CalendarPeriod | None = Field(
        None, description="The cell's calendar day lies in the period after `as_of`, that day included."
    )
    empty: Boolean | None = Field(None, description="`true`: the cell is missing. `false`: it is not.")
    case_sensitive: Boolean | None = Field(
        None, description="Compare upper and lower case as they are; beside other operators."
    )


Predicate = Annotated[
    Annotated[Value, Tag(MARK + "value")]
    | Annotated[tuple[Value, ...], Field(min_length=1), Tag(MARK + "values")]
    | Annotated[Operators, Tag(MARK + "operators")],
    by_kind(mapping="operators", items="values", scalar="value"),
]

Predicates = dict[str, Predicate]

# --- tags --------------------------------------------------------------------------------------------


class TagAll(Model):
    """All of the tags."""

    tags: Names = Field(alias="all", description="The contact must have all of these tags.")


class TagLike(Model):
    """Any tag that fits one of the patterns."""

    patterns: Names = Field(
        alias="like",
        min_length=1,
        description="A pattern or a list: `*` stands for any text, `?` for one character.",
    )


TagForm = Annotated[
    Annotated[Names, Tag(MARK + "any of")]
    | Annotated[
        Annotated[TagAll, Tag(MARK + "tag all")] | Annotated[TagLike, Tag(MARK + "tag like")],
        by_key({"all": "tag all", "like": "tag like"}, default="tag all"),
        Tag(MARK + "tag form"),
    ],
    by_kind(mapping="tag form", items="any of", scalar="any of"),
]

# --- events ------------------------------------------------------------------------------------------


class PerProperty(Model):
    """The latest occurrence of each value of a property."""

    column: Name = Field(
        alias="property", description="The property's name, where it is `day`, `week` or `month`."
    )


Per = Annotated[
    Annotated[Name, Tag(MARK + "per")] | Annotated[PerProperty, Tag(MARK + "per property")],
    by_kind(mapping="per property", scalar="per"),
]


class EventFilter(Model):
    """Events of some types for which every predicate holds."""

    event: Names = Field(description="The event type, or a list meaning any of them.")
    where: Predicates = Field(default={}, description="What the event's properties must be, by column.")


# --- conditions --------------------------------------------------------------------------------------


class TagCondition(Model):
    """Holds when the contact has the tags, whatever their age."""

    tag: TagForm = Field(description="A tag, a list meaning any of them, `{all: [...]}` or `{like: 'A*'}`.")


class FieldCondition(Model):
    """Holds when every named column of the contact fits."""

    field: Predicates = Field(min_length=1, description="What the contact's columns must be, by column.")


class EventCondition(EventFilter):
    """Holds when there are enough matching events in the window."""

    last: AnyPeriod | None = Field(None, description="How far back to look; without it, ever.")
    per: Per | None = Field(
        None, description="Count one for each `day`, `week`, `month`, or value of this property."
    )
    times: Times | None = Field(None, description="How many there must be; 1 by default.")


class AllCondition(Model):
    """Holds when every part holds."""

    parts: tuple[Condition, ...] = Field(
        alias="all", min_length=1, description="Conditions that must all hold."
    )


class AnyCondition(Model):
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...] = Field(
        alias="any", min_length=1, description="Conditions of which one must hold."
    )


class NotCondition(Model):
    """Holds when its part does not."""

    part: Condition = Field(alias="not", description="The condition that must not hold.")


CONDITION_KEYS = ("event", "tag", "field", "all", "any", "not")

Condition = Annotated[
    Annotated[EventCondition, Tag(MARK + "event condition")]
    | Annotated[TagCondition, Tag(MARK + "tag condition")]
    | Annotated[FieldCondition, Tag(MARK + "field condition")]
    | Annotated[AllCondition, Tag(MARK + "all condition")]
    | Annotated[AnyCondition, Tag(MARK + "any condition")]
    | Annotated[NotCondition, Tag(MARK + "not condition")],
    by_key(
        {key: f"{key} condition" for key in CONDITION_KEYS},
        default="event condition",
        known=("where", "last", "per", "times"),
    ),
]

for _model in (AllCondition, AnyCondition, NotCondition):
    _model.model_rebuild()

CONDITIONS = (EventCondition, TagCondition, FieldCondition, AllCondition, AnyCondition, NotCondition)
