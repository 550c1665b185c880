"""The project file as authored: frozen models, one field a key."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from flamescore.project.values import (  # fmt: skip
    Age,
    AsOf,
    Cell,
    Character,
    Encoding,
    Flames,
    Formats,
    Headers,
    Limit,
    Lines,
    Mode,
    Pattern,
    Quote,
    RejectLimit,
    Runs,
    Says,
    Text,
    Values,
    Words,
    Zone,
)

DEFAULT_LIMIT: Final = RejectLimit(Decimal(1), share=True)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


class TimeFormat(_Model):
    """How the times of a source are written."""

    format: Formats = Field(
        description="strftime formats, tried in order, or epoch_s, epoch_ms, epoch_us, excel"
    )


class TagFormat(_Model):
    """How the tags of a contact are written in one cell."""

    separator: Text = Field(default=",", description="what stands between two tags")


class MergedIds(_Model):
    """Who was merged into whom: told by the one that is left, or by the row that was merged away."""

    column: Text | None = Field(
        default=None, description="the column that lists the ids merged into the contact"
    )
    separator: Text = Field(default=";", description="what stands between two of them")
    into: Text | None = Field(
        default=None, description="or the column that holds the id of the contact that a row was merged into"
    )

    @property
    def named(self) -> str:
        """Return the column, whichever it is."""
        return str(self.into or self.column)


class Source(_Model):
    """What the sources of every kind have in common."""

    KIND: ClassVar[str] = "source"
    CANONICAL: ClassVar[tuple[str, ...]] = ()
    REQUIRED: ClassVar[tuple[str, ...]] = ()

    path: Text = Field(
        description="file, glob, folder or hive-partitioned folder, relative to the project file; `-`: stdin"
    )
    preset: Text | None = Field(
        default=None, description="a vendor's keys, which the source's own override; or `auto`"
    )
    files: Annotated[Literal["newest", "all"], Says("`newest` or `all`")] | None = Field(
        default=None, description="which files of a glob; by default `newest` for contacts, `all` for others"
    )
    format: Annotated[Literal["csv", "ndjson", "parquet"], Says("`csv`, `ndjson` or `parquet`")] | None = (
        Field(default=None, description="by default told by the file's name")
    )
    columns: Annotated[dict[str, Headers], Says("name: header or headers")] = Field(
        default_factory=dict, description="canonical columns and properties, and the headers that hold them"
    )
    optional: Words = Field(default=(), description="columns that some files of the source lack on purpose")
    rename: Annotated[dict[str, dict[str, Cell]], Says("column: {value: value}")] = Field(
        default_factory=dict, description="values of a column that are to become others"
    )
    constants: Annotated[dict[str, Cell], Says("column: value")] = Field(
        default_factory=dict, description="columns that have the same value in every row"
    )
    from_file_name: Annotated[dict[str, Pattern], Says("column: regular expression")] = Field(
        default_factory=dict, description="columns whose value is a group of an expression on the file's name"
    )
    leave_out: Annotated[dict[str, Values], Says("column: value or values")] = Field(
        default_factory=dict, description="rows with one of these values are left out, and counted as ignored"
    )
    cut: Annotated[dict[str, Text], Says("column: text")] = Field(
        default_factory=dict, description="what is cut off the beginning of a column's cells"
    )
    dates: Annotated[dict[str, Formats], Says("column: format or formats")] = Field(
        default_factory=dict, description="how dates in other columns are written"
    )
    timezone: Zone | None = Field(default=None, description="of naive times; by default the rule file's")
    null_values: Words = Field(default=(), description="cells that mean: missing")
    delimiter: Character | None = Field(default=None, description="by default found out")
    quote: Quote = Field(default='"', description="what cells are quoted with")
    encoding: Encoding | None = Field(default=None, description="of a file that is not UTF-8")
    header: bool = Field(default=True, description="whether the first record names the columns")
    names: Words = Field(default=(), description="the columns' names of a file without a header")
    skip_rows: Lines = Field(default=0, description="lines before the header")
    begins_after: Text | None = Field(
        default=None, description="the text of the line before the header, in a file of several tables"
    )
    max_age: Age | None = Field(default=None, description="how old the newest file may be")
    max_rejects: Limit | None = Field(default=None, description="of this source; by default the project's")


class ContactsSource(Source):
    """An export of contacts."""

    KIND: ClassVar[str] = "contacts"
    CANONICAL: ClassVar = ("contact_id", "email", "name", "phone", "company", "owner", "tags", "created_at")
    REQUIRED: ClassVar = ("contact_id",)

    tags: TagFormat = Field(default_factory=TagFormat, description="how tags are written")
    merged: MergedIds | None = Field(default=None, description="which old ids a contact has")


class _Keyed(Source):
    """A source whose rows belong to contacts."""

    contact_key: Text | None = Field(
        default=None, description="the contacts' column that the column `contact` holds, such as `email`"
    )


class EventsSource(_Keyed):
    """An export of events."""

    KIND: ClassVar[str] = "events"
    CANONICAL: ClassVar = ("contact_id", "contact", "event", "at", "event_id")
    REQUIRED: ClassVar = ("event", "at")

    at: TimeFormat | None = Field(
        default=None, description="how `at` is written; by default ISO 8601 or an epoch"
    )
    distinct: bool = Field(default=False, description="whether rows equal in every mapped column count once")


class TagHistorySource(_Keyed):
    """An export of tags being applied and removed."""

    KIND: ClassVar[str] = "tag_history"
    CANONICAL: ClassVar = ("contact_id", "contact", "tag", "at", "action")
    REQUIRED: ClassVar = ("tag", "at")

    at: TimeFormat | None = Field(
        default=None, description="how `at` is written; by default ISO 8601 or an epoch"
    )


class OpportunitiesSource(_Keyed):
    """An export of opportunities."""

    KIND: ClassVar[str] = "opportunities"
    CANONICAL: ClassVar = ("opportunity_id", "contact_id", "contact")
    REQUIRED: ClassVar = ("opportunity_id",)


class CallList(_Model):
    """Who must never be on a list for calling."""

    exclude: Annotated[Any, Says("condition")] = Field(
        default=None, description="a condition of the rule language; whom it holds for is left out"
    )


class ProjectFile(_Model):
    """A project file, as authored."""

    version: Annotated[Literal[1], Says("`1`")] = Field(description="the version of this layout")
    rules: Text | None = Field(default=None, description="the rule file")
    output: Text = Field(default="out", description="the folder that runs are written to")
    as_of: AsOf = Field(default="now", description="the instant to score for")
    keep_runs: Runs = Field(default=30, description="how many runs are kept")
    max_rejects: Limit = Field(
        default=DEFAULT_LIMIT,
        description="how many rejects a source may have before the run stops (20 always are)",
    )
    hot_flames: Flames = Field(default=5, description="from how many flames a lead is hot")
    keep: Words = Field(
        default=("email", "name", "phone", "company", "owner"),
        description="contact columns carried into the tables",
    )
    changes: bool = Field(
        default=True, description="whether a run is held against the one before (two more scorings)"
    )
    call_list: CallList = Field(default_factory=CallList, description="who is never called")
    mode: Mode = Field(default=0o600, description="the mode of written files")
    contacts: Annotated[tuple[ContactsSource, ...], Says("list of sources")] = Field(
        default=(), strict=False, description="the exports of contacts"
    )
    events: Annotated[tuple[EventsSource, ...], Says("list of sources")] = Field(
        default=(), strict=False, description="the exports of events"
    )
    tag_history: Annotated[tuple[TagHistorySource, ...], Says("list of sources")] = Field(
        default=(), strict=False, description="the exports of tags applied and removed"
    )
    opportunities: Annotated[tuple[OpportunitiesSource, ...], Says("list of sources")] = Field(
        default=(), strict=False, description="the exports of opportunities"
    )

    def sources(self) -> tuple[Source, ...]:
        """Return the sources of every kind, in the order in which they are loaded."""
        return (*self.contacts, *self.events, *self.tag_history, *self.opportunities)
