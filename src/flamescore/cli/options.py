"""The flags that several commands share, and their values."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import typer
from msgspec import Struct


class LogFormat(StrEnum):
    """The format of messages on stderr."""

    TEXT = "text"
    JSON = "json"


class Format(StrEnum):
    """The format of rows."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    XLSX = "xlsx"
    MD = "md"


class ExplainFormat(StrEnum):
    """The format of an explanation; CSV is only for past scores."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class DiffFormat(StrEnum):
    """The format of a comparison of rule files."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"
    MD = "md"


class CheckFormat(StrEnum):
    """The format of a check."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"


class FailOn(StrEnum):
    """The lowest severity at which a check fails."""

    ERROR = "error"
    WARNING = "warning"
    NONE = "none"


class TestFormat(StrEnum):
    """The format of test results."""

    TABLE = "table"
    JSON = "json"
    JUNIT = "junit"


class FieldsFrom(StrEnum):
    """The source of the fields and tags in a backtest."""

    RUNS = "runs"


class BacktestFormat(StrEnum):
    """The format of a backtest."""

    TABLE = "table"
    JSON = "json"
    HTML = "html"
    MD = "md"


class Engine(StrEnum):
    """What scores."""

    LOCAL = "local"
    SPARK = "spark"


class Changed(StrEnum):
    """How contacts changed since the previous run."""

    UP = "up"
    DOWN = "down"
    NEWLY_HOT = "newly-hot"
    COOLED_OFF = "cooled-off"
    NEW = "new"


class SchemaOf(StrEnum):
    """The files that have a schema."""

    RULES = "rules"
    PROJECT = "project"
    TEST = "test"
    BACKTEST = "backtest"
    DIFF = "diff"
    CHECK = "check"


class Output(Struct, frozen=True):
    """The destination and format of rows: `out` is a file, or None or `-` for stdout."""

    out: str | None = None
    form: Format | None = None
    spreadsheet: bool = False
    raw: bool = False


Config: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Project file. Default: $FLAMESCORE_CONFIG, else flamescore.yaml in this folder or a parent.",
        show_default=False,
    ),
]
Quiet: TypeAlias = Annotated[
    int,
    typer.Option(
        "--quiet",
        "-q",
        count=True,
        show_default=False,
        help="Hide notes and progress; -qq hides warnings too.",
    ),
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show notes in full, and timings, on stderr.")
]
Log: TypeAlias = Annotated[
    LogFormat, typer.Option("--log-format", help="Write messages as text, or as one JSON object per line.")
]
Out: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--out", "-o", metavar="FILE", help="Write to this file instead of stdout.", show_default=False
    ),
]
As: TypeAlias = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="Default: by the suffix of -o; else a table on a terminal, CSV in a pipe.",
        show_default=False,
    ),
]
AsTest: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--as-test",
        help="Print a test for `flamescore test` of this case, with nothing personal of the contact.",
    ),
]
Exact: TypeAlias = Annotated[
    bool, typer.Option("--exact", help="Show points with all four decimals, not rounded for reading.")
]
Spreadsheet: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--spreadsheet",
        help="CSV for a spreadsheet: with a BOM, and a ' before cells that would run as formulas.",
    ),
]
Raw: TypeAlias = Annotated[
    bool,
    typer.Option("--raw", help="CSV for programs: every cell exact, even those that would run as formulas."),
]
Words: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TEXT",
        help="Search name, company, e-mail and phone; or give a whole id.",
        show_default=False,
    ),
]
Flames: TypeAlias = Annotated[
    str | None, typer.Option(metavar="N|N-M|N+", help="Number of flames: 5, 4-5 or 4+.")
]
InScores: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME[:FLAMES]",
        help="Score to search by (default: the first), also with flames: fit:3+. Repeat to require several.",
    ),
]
MinScore: TypeAlias = Annotated[
    float | None, typer.Option(metavar="POINTS", help="Only contacts with at least this score.")
]
MaxScore: TypeAlias = Annotated[
    float | None, typer.Option(metavar="POINTS", help="Only contacts with at most this score.")
]
MinPercentile: TypeAlias = Annotated[
    float | None,
    typer.Option(
        metavar="P", help="Only contacts better than this percentage of the others.", min=0, max=100
    ),
]
Owners: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Only this owner's contacts (Unassigned: no owner). Repeat for several owners.",
    ),
]
Tags: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="TAG", help="Only contacts with this tag. Repeat to require several."),
]
WhereIs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CONDITION",
        help="A condition as in rule files, or short: country=US, 'employees>100'. "
        "Repeat to require several.",
    ),
]
Text: TypeAlias = Annotated[
    str | None, typer.Option(metavar="TEXT", help="The same as TEXT; with both, both must be found.")
]
SortBy: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="KEY[,KEY]",
        help="rank (the default), score, flames, percentile, last_activity, change, name, company, owner, "
        "contact_id or a column of the contacts; - before a key turns it round: -last_activity.",
        show_default=False,
    ),
]
ShowColumns: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="A,B,C", help="Show these columns, separated by commas."),
]
ChangedHow: TypeAlias = Annotated[
    list[Changed] | None,
    typer.Option(
        help="Only contacts whose score changed this way since the last run. Repeat for several ways.",
        show_default=False,
    ),
]
Labels: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=TEXT",
        help="Only contacts with this label; grade= for those without. Repeat for any of several texts.",
    ),
]
InSegments: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--segment", metavar="NAME", help="Only contacts in this segment. Repeat to require several."
    ),
]
OnlyHot: TypeAlias = Annotated[bool, typer.Option("--hot", help="Only contacts who are hot.")]
OnlyHeldOut: TypeAlias = Annotated[
    bool,
    typer.Option("--held-out", help="Only contacts who are held out of calls, to see whether they help."),
]
Accounts: TypeAlias = Annotated[
    bool, typer.Option("--accounts", help="List accounts instead of contacts, by their own scores.")
]
Roles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Only accounts that have this role filled. Repeat to require several."),
]
Complete: TypeAlias = Annotated[
    bool | None,
    typer.Option("--complete/--incomplete", help="Only accounts with all roles filled, or only others."),
]
Limit: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="Show at most this many rows.", min=0)
]
OfAccount: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="ACCOUNT", help="Explain this account of a run instead of a contact.", show_default=False
    ),
]
AsOfNow: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="Explain as of this time instead, with the rule file as it is now: now, today, a date "
        "(its first instant) or an instant.",
        show_default=False,
    ),
]
ExplainAs: TypeAlias = Annotated[
    ExplainFormat | None,
    typer.Option(
        "--format",
        help="Default: text, or by the suffix of -o; csv only with --since.",
        show_default=False,
    ),
]
Since: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="Show what the scores were instead: for a period, such as 90d, or from a day on.",
        show_default=False,
    ),
]
Ping: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Tell a health check: GET URL/start, then POST URL, or URL/fail if the run failed.",
        show_default=False,
    ),
]
RunName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--run",
        metavar="RUN",
        help="Use this run instead of the latest: an id, the start of one, or a day such as 2026-01-01.",
        show_default=False,
    ),
]
LockTimeout: TypeAlias = Annotated[
    float,
    typer.Option(
        metavar="SECONDS", help="How long to wait for another run to finish.", min=0, show_default="0"
    ),
]
NotifyToo: TypeAlias = Annotated[
    bool, typer.Option("--notify", help="Then send what alerts have to tell; also that the run has failed.")
]
Against: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="RUN",
        help="Compare with this earlier run instead of the previous one: its id, its time, its day, a period "
        "such as 7d, yesterday, or last-monday to last-sunday.",
        show_default=False,
    ),
]


FailOnWarning: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="LEVEL",
        help="warning: publish, and exit with 1 if there is a warning.",
        show_default=False,
    ),
]

TrendAgo: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="PERIOD",
        help="Add each contact's score this long ago and the difference, such as 7d, 2w or 1mo.",
        show_default=False,
    ),
]

EngineName: TypeAlias = Annotated[
    Engine, typer.Option("--engine", help="What scores: this machine (local), or a Spark cluster.")
]
Master: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="With --engine spark: the cluster, such as spark://HOST:7077.", show_default=False
    ),
]
Remote: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="With --engine spark: a Spark Connect server, sc://HOST.", show_default=False
    ),
]
Shards: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="With --engine spark: into how many pieces contacts are cut.",
        show_default=False,
    ),
]
MostEvents: TypeAlias = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="With --engine spark: how many events of one contact may count (20 million).",
        show_default=False,
    ),
]


class Cluster(Struct, frozen=True):
    """The flags of `score` that say what scores."""

    engine: Engine = Engine.LOCAL
    master: str | None = None
    remote: str | None = None
    shards: int | None = None
    most_events: int | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """Return the flags that are only for Spark and are given."""
        named = {
            "--master": self.master,
            "--remote": self.remote,
            "--shards": self.shards,
            "--most-events": self.most_events,
        }
        return tuple(flag for flag, value in named.items() if value is not None)
