"""The model of the project file: a frozen section for each mapping, one field per key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from flamescore.project.alerts import ALERT_SHAPES, ALERTS_BY_NAME, Alert
from flamescore.project.backtest import BacktestSettings
from flamescore.project.channels import CHANNEL_SHAPES, CHANNELS_BY_NAME, Channel
from flamescore.project.holdout import HOLDOUT, HoldOut
from flamescore.project.reached import found_by
from flamescore.project.reading import Section, setting, shape_of
from flamescore.project.route import Route
from flamescore.project.segments import SEGMENT, SEGMENTS_BY_NAME, Segment
from flamescore.project.tables import Tables
from flamescore.project.team import Member
from flamescore.project.values import (
    AGE,
    AS_OF,
    AT_MOST,
    BOOLEAN,
    CELL,
    CHARACTER,
    CONDITION,
    DAY,
    DECIMALS,
    ENCODING,
    FAIL_ON,
    FLAMES,
    FORMATS,
    HEADER,
    HEADERS,
    KEPT,
    LIMIT,
    LINES,
    MODE,
    NEWEST,
    NUMBERS,
    PATTERN,
    QUOTE,
    RUNS,
    SEPARATOR,
    TEXT,
    VALUES,
    VERSION,
    WEB,
    WORDS,
    ZONE,
    Cell,
    NewestWithin,
    RejectLimit,
    one_of,
    sources,
    value_or,
)
from flamescore.project.write_back import WRITE_BACKS, WriteBack
from flamescore.schema_reader import mapped

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from flamescore.findings import AtMost
    from flamescore.number_format import Numbers
    from flamescore.units import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFormat(Section):
    """How the times of a source are written."""

    format: tuple[str, ...] = setting(
        FORMATS, "strftime formats, tried in order, or epoch_s, epoch_ms, epoch_us, excel"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFormat(Section):
    """How the tags of a contact are written in one cell."""

    separator: str = setting(TEXT, "the separator between tags", ",")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedIds(Section):
    """Which contacts were merged into which: listed by the surviving contact or by the merged row."""

    column: str | None = setting(TEXT, "the column that lists the ids merged into the contact", None)
    separator: str = setting(TEXT, "the separator between them", ";")
    into: str | None = setting(
        TEXT, "or the column that holds the id of the contact that a row was merged into", None
    )

    @property
    def named(self) -> str:
        """Return the column that is set, `into` or `column`."""
        return str(self.into or self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Section):
    """The keys that all kinds of source share."""

    KIND: ClassVar[str] = "source"
    CANONICAL: ClassVar[tuple[str, ...]] = ()
    REQUIRED: ClassVar[tuple[str, ...]] = ()

    path: str = setting(
        TEXT,
        "file, glob, folder or hive-partitioned folder, relative to the project file; `-`: stdin; "
        "or objects of S3: `s3://bucket/exports/*.csv`. Needed without `uri`",
        None,
    )
    uri: str | None = setting(
        TEXT,
        "a database in place of files, such as `sqlite:///crm.db`; `${NAME}` stands for a variable",
        None,
    )
    query: str | None = setting(TEXT, "the SQL query for the database in `uri`", None)
    preset: str | None = setting(TEXT, "a vendor's keys, which the source's own override; or `auto`", None)
    files: Literal["newest", "all"] | None = setting(
        one_of("newest", "all"),
        "which files of a glob; by default `newest` for contacts, `all` for others",
        None,
    )
    format: Literal["csv", "ndjson", "parquet"] | None = setting(
        one_of("csv", "ndjson", "parquet"), "by default detected from the file's name and first bytes", None
    )
    sheet: str | None = setting(TEXT, "the sheet of a spreadsheet; by default the first visible one", None)
    columns: dict[str, tuple[str, ...]] = setting(
        mapped(HEADERS, words="name: header or headers"),
        "canonical columns and properties, and the headers that hold them",
        factory=dict,
    )
    optional: tuple[str, ...] = setting(WORDS, "columns that some files of the source lack on purpose", [])
    rename: dict[str, dict[str, str]] = setting(
        mapped(mapped(CELL), words="column: {value: value}"),
        "values of a column to replace, and their replacements",
        factory=dict,
    )
    constants: dict[str, str] = setting(
        mapped(CELL, words="column: value"), "columns that have the same value in every row", factory=dict
    )
    from_file_name: dict[str, str] = setting(
        mapped(PATTERN, words="column: regular expression"),
        "columns whose value is a group of a regular expression on the file's name",
        factory=dict,
    )
    leave_out: dict[str, tuple[Cell, ...]] = setting(
        mapped(VALUES, words="column: value or values"),
        "rows with one of these values are left out, and counted as ignored",
        factory=dict,
    )
    cut: dict[str, str] = setting(
        mapped(TEXT, words="column: text"),
        "a prefix to remove from a column's cells",
        factory=dict,
    )
    dates: dict[str, tuple[str, ...]] = setting(
        mapped(FORMATS, words="column: format or formats"),
        "how dates in other columns are written",
        factory=dict,
    )
    numbers: Numbers | None = setting(
        NUMBERS,
        "how numbers are written, of the whole source or by column: `decimal`, `thousands`, `currency`, "
        "`percent`, `parentheses`",
        None,
    )
    timezone: ZoneInfo | None = setting(
        ZONE, "the time zone of times without one; by default the rule file's", None
    )
    null_values: tuple[str, ...] = setting(WORDS, "cells that mean a missing value", [])
    delimiter: str | None = setting(CHARACTER, "by default detected", None)
    quote: str = setting(QUOTE, "what cells are quoted with", '"')
    skip_spaces: bool = setting(
        BOOLEAN, 'whether spaces before a quote are skipped, as in `1, "a, b"`', default=False
    )
    encoding: str | None = setting(ENCODING, "the encoding of a file that is not UTF-8", None)
    header: bool | Literal["find"] = setting(
        HEADER,
        "whether the first record names the columns; `find`: the first one that has them all",
        default=True,
    )
    names: tuple[str, ...] = setting(WORDS, "the column names of a file without a header", [])
    skip_rows: int = setting(LINES, "lines before the header", 0)
    comment: str | None = setting(TEXT, "the start of lines before the header that are to be skipped", None)
    begins_after: str | None = setting(
        TEXT, "the text of the line before the header, in a file of several tables", None
    )
    footer: Literal["auto", "none"] = setting(
        one_of("auto", "none"), "whether totals and similar lines at the end are skipped", "auto"
    )
    max_age: Period | None = setting(AGE, "the maximum age of the newest file", None)
    max_rejects: RejectLimit | None = setting(
        LIMIT, "the limit for this source; by default the project's", None
    )


_SEVERAL_VALUES: Final = "columns whose cells have several values, and the separator between them"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsSource(Source):
    """An export of contacts."""

    KIND: ClassVar[str] = "contacts"
    CANONICAL: ClassVar = ("contact_id", "email", "name", "phone", "company", "owner", "tags", "created_at")
    REQUIRED: ClassVar = ("contact_id",)

    tags: TagFormat = setting(shape_of(TagFormat).type, "how tags are written", factory=TagFormat)
    merged: MergedIds | None = setting(shape_of(MergedIds).type, "which old ids a contact has", None)
    lists: dict[str, str] = setting(mapped(SEPARATOR, words="column: text"), _SEVERAL_VALUES, factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keyed(Source):
    """A source whose rows belong to contacts."""

    contact_key: str | None = setting(
        TEXT, "the contacts' column whose values are in the column `contact`, such as `email`", None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsSource(_Keyed):
    """An export of events."""

    KIND: ClassVar[str] = "events"
    CANONICAL: ClassVar = ("contact_id", "contact", "event", "at", "event_id")
    REQUIRED: ClassVar = ("event", "at")

    at: TimeFormat | None = setting(
        shape_of(TimeFormat).type, "how `at` is written; by default ISO 8601 or an epoch", None
    )
    known_after: Period | None = setting(AGE, "how late its rows arrive; only used by `backtest`", None)
    newest_within: NewestWithin | None = setting(
        NEWEST,
        "the maximum age of the newest event, of the source or of some types; otherwise the run stops",
        None,
    )
    lists: dict[str, str] = setting(mapped(SEPARATOR, words="column: text"), _SEVERAL_VALUES, factory=dict)
    distinct: bool = setting(
        BOOLEAN, "whether rows that are equal in every mapped column count once", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TagHistorySource(_Keyed):
    """An export of tags being applied and removed."""

    KIND: ClassVar[str] = "tag_history"
    CANONICAL: ClassVar = ("contact_id", "contact", "tag", "at", "action")
    REQUIRED: ClassVar = ("tag", "at")

    at: TimeFormat | None = setting(
        shape_of(TimeFormat).type, "how `at` is written; by default ISO 8601 or an epoch", None
    )
    known_after: Period | None = setting(AGE, "how late its rows arrive; only used by `backtest`", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunitiesSource(_Keyed):
    """An export of opportunities."""

    KIND: ClassVar[str] = "opportunities"
    CANONICAL: ClassVar = ("opportunity_id", "contact_id", "contact")
    REQUIRED: ClassVar = ("opportunity_id",)


KINDS: Final[dict[str, type[Source]]] = {
    kind.KIND: kind for kind in (ContactsSource, EventsSource, TagHistorySource, OpportunitiesSource)
}
"""The kinds of sources, by the key under which the project file lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallList(Section):
    """Contacts who must never be on a call list."""

    exclude: Any = setting(
        CONDITION, "a condition of the rule language; contacts for whom it holds are left out", None
    )
    holdout: HoldOut | None = setting(
        HOLDOUT, "the share of contacts that nobody calls, to see whether calling helps: `5%`", None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRuns(Section):
    """How old runs are thinned out; a run is kept if any of the keys keeps it."""

    all: Period | None = setting(
        AGE, "every run whose `as_of` is less than this before the newest run's", None
    )
    daily: int | None = setting(RUNS, "for this many days that have a run, the last run of each", None)
    weekly: int | None = setting(RUNS, "the same for weeks, starting on Monday", None)
    monthly: int | None = setting(RUNS, "the same for months", None)

    @property
    def written(self) -> str:
        """Return the mapping in the syntax of the project file: `{all: 2d, daily: 60}`."""
        keys = {"all": self.all, "daily": self.daily, "weekly": self.weekly, "monthly": self.monthly}
        return f"{{{', '.join(f'{key}: {value}' for key, value in keys.items() if value is not None)}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptEntry(Section):
    """A known warning, and the reason to accept it."""

    code: str = setting(TEXT, "the code of the warning, such as `I131`")
    reason: str = setting(TEXT, "why it is accepted")
    subject: str | None = setting(
        TEXT, "what it is about, as the warning begins; `*` and `?` are wildcards; by default all", None
    )
    at_most: AtMost | None = setting(
        AT_MOST, "only while the warning's `count` is at most this, or this share of its `of`: `1%`", None
    )
    until: date | None = setting(DAY, "the last day on which it holds", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile(Section):
    """A project file, version 1."""

    version: int = setting(VERSION, "the version of this layout")
    rules: str | None = setting(TEXT, "the rule file", None)
    output: str = setting(TEXT, "the folder that runs are written to", "out")
    state: str | None = setting(
        TEXT, "the folder of what was reported so far; by default `state` in the output folder", None
    )
    as_of: str = setting(AS_OF, "the instant to score for", "now")
    cache: str | None = setting(
        TEXT, "the folder for objects fetched from S3; by default `cache` in the state's folder", None
    )
    tables: Tables | None = setting(
        shape_of(Tables).type, "a database that has the latest run's tables", None
    )
    keep_runs: int | KeepRuns = setting(
        value_or(RUNS, shape_of(KeepRuns)), "how many runs are kept, or which", 30
    )
    history: Period | None = setting(
        KEPT, "how long the scores of every run are kept after the run itself is deleted; or `none`", "90d"
    )
    ping: str | None = setting(
        WEB, "the URL of a health check: `score` reports there that it has started, and how it ended", None
    )
    max_rejects: RejectLimit = setting(
        LIMIT, "how many rejects a source may have before the run stops (20 are always allowed)", "1%"
    )
    hot_flames: int = setting(FLAMES, "the number of flames from which a lead is hot", 5)
    hot: Any = setting(CONDITION, "or who is hot, by a condition on scores, labels and anything else", None)
    decimals: int = setting(DECIMALS, "the maximum number of decimals when points are shown to people", 1)
    keep: tuple[str, ...] = setting(
        WORDS, "contact columns carried into the tables", ["email", "name", "phone", "company", "owner"]
    )
    changes: bool = setting(
        BOOLEAN, "whether a run is compared with the previous one (two more scorings)", default=True
    )
    call_list: CallList = setting(shape_of(CallList).type, "who is never called", factory=CallList)
    write_back: dict[str, WriteBack] = setting(
        WRITE_BACKS, "files for a CRM to import, by name", factory=dict
    )
    backtest: BacktestSettings = setting(
        shape_of(BacktestSettings).type, "what `flamescore backtest` asks", factory=BacktestSettings
    )
    accept: tuple[AcceptEntry, ...] = setting(
        sources(shape_of(AcceptEntry).type, "list of entries"), "warnings that you accept, and why", ()
    )
    fail_on: str = setting(
        FAIL_ON,
        "the severity from which `score` ends with exit code 1; a run with warnings is still published",
        "error",
    )
    mode: int = setting(MODE, "the mode of written files", "0600")
    contacts: tuple[ContactsSource, ...] = setting(
        sources(found_by(shape_of(ContactsSource))), "the exports of contacts", ()
    )
    events: tuple[EventsSource, ...] = setting(
        sources(found_by(shape_of(EventsSource))), "the exports of events", ()
    )
    tag_history: tuple[TagHistorySource, ...] = setting(
        sources(found_by(shape_of(TagHistorySource))), "the exports of tags applied and removed", ()
    )
    opportunities: tuple[OpportunitiesSource, ...] = setting(
        sources(found_by(shape_of(OpportunitiesSource))), "the exports of opportunities", ()
    )

    team: tuple[Member, ...] = setting(
        sources(shape_of(Member).type, "list of members"), "who gets leads and messages", ()
    )
    channels: dict[str, Channel] = setting(CHANNELS_BY_NAME, "how messages are sent", factory=dict)
    segments: dict[str, Segment] = setting(SEGMENTS_BY_NAME, "lists that every run keeps", factory=dict)
    alerts: dict[str, Alert] = setting(ALERTS_BY_NAME, "what people are told about", factory=dict)
    route: Route | None = setting(
        shape_of(Route).type, "how leads without an owner are handed to the team", None
    )

    def sources(self) -> tuple[Source, ...]:
        """Return the sources of all kinds, in the order in which they are loaded."""
        return (*self.contacts, *self.events, *self.tag_history, *self.opportunities)


FILE: Final = shape_of(ProjectFile)
SHAPES: Final = (
    *map(shape_of, (TimeFormat, TagFormat, MergedIds, KeepRuns, CallList, HoldOut, AcceptEntry, WriteBack)),
    *map(shape_of, (*KINDS.values(), BacktestSettings, Member, Route, Tables)),
    SEGMENT,
    *CHANNEL_SHAPES.values(),
    *ALERT_SHAPES.values(),
)
"""Every shape inside a project file."""

DEFAULT_LIMIT: Final = ProjectFile(version=1).max_rejects
