"""The run's record, `run.json`: its layout, writing it and reading it back.

The layout only grows: a field added later needs a default, so that older records still read.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from flamescore.errors import InputError, Problem
from flamescore.findings import as_record
from flamescore.text import for_log, printable_json
from flamescore.units import nearest_points, show_points

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flamescore.findings import Finding

NAME: Final = "run.json"
SCHEMA_VERSION: Final = 1
_MOST_FLAMES: Final = 5
_EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
"""From here on an instant has a local time in every zone."""


Clean = Annotated[str, AfterValidator(for_log)]
"""What a person may read of it on a terminal: no control characters, URLs without credentials."""
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A number that a table can hold."""
Exact = Annotated[Decimal, PlainSerializer(lambda points: show_points(nearest_points(points)))]
"""Points as a JSON number with all its digits; `write_record` takes the quotes off."""


class Part(BaseModel):
    """A part of a record."""

    # A record of a later program may hold more: what is not known here is passed over.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class ListEntry(Part):
    """A list from a file that the rules name; `lists.parquet` has its values."""

    path: Clean = Field(description="the file, as the rule file has it")
    column: str | None = Field(description="the column of a `.csv`; null of a `.txt`")
    values: int = Field(description="its values, each counted once")
    bytes: int = Field(description="the size of the file")
    hash: str = Field(description="`sha256:` and the SHA-256 of the file's bytes, in hex")


class RulesFile(Part):
    """The rules as they were in force."""

    path: Clean = Field(description="the rule file, as the project file or the flag has it")
    text: str = Field(description="its whole text")
    hash: str = Field(description="`sha256:` and the SHA-256 of the text in UTF-8, in hex")
    lists: tuple[ListEntry, ...] = Field(
        default=(), description="the lists from files that it names, in order of first use"
    )

    @classmethod
    def of(cls, path: Path | str, text: str, lists: tuple[ListEntry, ...] = ()) -> RulesFile:
        """Return the rules of a file with their hash."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(path=str(path), text=text, hash=f"sha256:{digest}", lists=lists)


class FileEntry(Part):
    """One file of a source."""

    path: Clean = Field(description="the file")
    bytes: int = Field(description="its size")
    modified: str = Field(description="when it was last changed, ISO 8601")


class FeedEntry(Part):
    """What became of a feed: a source of events, or a type in it that rules or the project file name."""

    event: str | None = Field(description="its type; null: the source as a whole")
    newest: str | None = Field(description="its last day with events, in the rule file's time zone")
    per_day: float | None = Field(description="events for each usual day; null where it is not judged")
    longest: int | None = Field(description="usual days without events in a row, at most; or null")
    silence: int | None = Field(description="usual days without events since the newest; or null")
    judged: bool = Field(description="whether its past is long enough to be judged by")
    told: bool = Field(description="whether it is silent for longer than its rhythm explains")


class SourceEntry(Part):
    """One source of the exports; `rows` is the sum of the counts that follow it."""

    kind: str = Field(description="`contacts`, `events`, `tag_history` or `opportunities`")
    path: Clean = Field(description="as the project file has it, without credentials")
    bytes: int = Field(description="the size of its files together")
    modified: str | None = Field(description="when the newest of its files was last changed, ISO 8601")
    rows: int = Field(description="the rows in its files")
    pruned: int = Field(description="always 0: rows that a file's statistics rule out are `old`")
    old: int = Field(description="before every window that needs rows of their type, whatever else is wrong")
    rejected: int = Field(description="rejected; `rejects.csv` has the first 100,000 of them")
    later: int = Field(description="after `as_of`")
    ignored: int = Field(description="named by the source's `leave_out` or the rule file's `ignore`")
    duplicates: int = Field(description="exact duplicates, under `distinct: true`")
    superseded: int = Field(description="replaced by a newer file's row of the same id")
    orphans: int = Field(description="of contacts that are not in the list")
    kept: int = Field(description="all the others: what the scores are made of")
    files: tuple[FileEntry, ...] = Field(description="its files")
    notes: tuple[Clean, ...] = Field(description="what was found out about it")
    newest: AwareDatetime | None = Field(
        default=None, description="of events: the newest one that is not after `as_of`, UTC"
    )
    feeds: tuple[FeedEntry, ...] = Field(
        default=(), description="of events: the source as a feed, and each type in it that is named"
    )


class RuleEntry(Part):
    """What one rule or limit gave or took, over all contacts."""

    entry: str = Field(description="`rule`, `rule_limit`, `group_limit` or `score_limit`")
    id: str = Field(description="the id of the rule, or the name of the group or score")
    name: str = Field(description="its name")
    contacts: int = Field(description="to how many contacts it gave or took anything")
    occurrences: int = Field(description="the counted occurrences")
    points: Exact = Field(description="the points, together, exactly")

    @property
    def called(self) -> str:
        """Return its name, else its id."""
        return self.name or self.id


class PercentileEntry(Part):
    """The score at one percentile: the lowest that at least so many percent of the contacts don't exceed."""

    percent: int = Field(description="50, 75, 90 or 99")
    score: float | None = Field(description="the score there; null where nobody is scored")


class ScoreEntry(Part):
    """One score; the first is the default one."""

    name: str = Field(description="its name in the rule file")
    title: str = Field(description="its title")
    contacts: Whole = Field(description="the contacts scored")
    flames: tuple[Whole, Whole, Whole, Whole, Whole, Whole] = Field(
        description="contacts with 0, 1, 2, 3, 4 and 5 flames"
    )
    percentiles: tuple[PercentileEntry, ...] = Field(description="the score at some percentiles")
    rules: tuple[RuleEntry, ...] = Field(description="its rules and limits, in order of the rule file")


class UnreadEntry(Part):
    """Cells that are there and don't read as the number or date that a rule needs."""

    kind: str = Field(description="`contacts` or `events`")
    column: str = Field(description="the column")
    cells: int = Field(description="how many")


class UnvaluedEntry(Part):
    """Occurrences that gave 0 because `points: {from}` found no number."""

    score: str = Field(description="the score's name")
    rule: str = Field(description="the rule's id")
    occurrences: int = Field(description="how many")


class Observed(Part):
    """What was noticed beside the scores."""

    unread: tuple[UnreadEntry, ...] = Field(description="cells that did not read")
    unvalued: tuple[UnvaluedEntry, ...] = Field(description="occurrences without a number for their points")
    unseen: tuple[str, ...] = Field(description="event types that rules name and no event has")
    undated: int = Field(
        description="contacts with a matching tag without a date, under a rule that needs one"
    )
    tags_disagree: int = Field(description="contacts and tags on which tag list and tag history disagree")
    ambiguous_contacts: int = Field(
        description="contacts whose key an earlier contact has, so gets their events"
    )


class FindingSource(Part):
    """The place in an export that a finding is about."""

    kind: str = Field(description="`contacts`, `events`, `tag_history` or `opportunities`")
    path: Clean = Field(description="the source, as the project file has it")
    file: Clean | None = Field(description="the file; null where it is about them all")
    record: int | None = Field(description="the record, from 1 after the header")
    line: int | None = Field(description="its first line, from 1")


class NearEntry(Part):
    """A real name or value that may be meant."""

    value: Clean = Field(description="the name or value")
    count: int | None = Field(description="the rows that have it; null where that is not known")


class FindingEntry(Part):
    """One thing that is wrong, doubtful or good to know."""

    code: str = Field(description="what it is, for ever: see the page on codes")
    severity: str = Field(description="`error`, `warning` or `note`")
    subject: Clean | None = Field(description="what it is about")
    message: Clean = Field(description="one sentence, with the counts")
    path: Clean | None = Field(description="the rule or project file that it is about, else null")
    line: int | None = Field(description="the line there")
    column: int | None = Field(description="the column there")
    source: FindingSource | None = Field(description="the place in an export, else null")
    count: int | None = Field(description="the first number of the message")
    of: int | None = Field(description="of how many")
    samples: tuple[Clean, ...] | None = Field(description="different cells, the commonest first")
    nearest: tuple[NearEntry, ...] | None = Field(description="real names or values that may be meant")
    cure: Clean | None = Field(description="what to write or to do")
    accepted: Clean | None = Field(description="the reason for which it is accepted")

    @classmethod
    def of_finding(cls, finding: Finding) -> FindingEntry:
        """Return the entry of a finding."""
        return cls.model_validate(as_record(finding))


class ChangedEntry(Part):
    """The contacts of one score by how they changed."""

    name: str = Field(description="the score's name")
    newly_hot: int = Field(description="hot, and not in the run before")
    cooled_off: int = Field(description="hot in the run before, and not now")
    up: int = Field(description="others with more flames, or as many and more points")
    down: int = Field(description="others with fewer flames, or as many and fewer points")
    new: int = Field(description="not scored in the run before")
    vanished: int = Field(description="scored in the run before alone")
    same: int = Field(description="all others")


class ChangesEntry(Part):
    """What `changes.parquet` is held against, and what it comes to."""

    run_id: str = Field(description="the run before")
    as_of: AwareDatetime = Field(description="its `as_of`, UTC")
    scores: tuple[ChangedEntry, ...] = Field(description="contacts by how they changed, score by score")
    notes: tuple[Clean, ...] = Field(default=(), description="what could not be told")


class GivenEntry(Part):
    """What flags and variables gave the run in place of the project file; `explain` reads the exports so."""

    contacts: tuple[Clean, ...] | None = Field(
        default=None, description="the paths of the contacts; null where the project file named them"
    )
    events: tuple[Clean, ...] | None = Field(
        default=None, description="the paths of the events; null where the project file named them"
    )
    max_rejects: str | None = Field(
        default=None, description="the rejects allowed in a source; null where the project file said it"
    )


class StepEntry(Part):
    """One step of the run."""

    step: str = Field(description="its name; `write: points.parquet` is a part of `write`")
    seconds: float = Field(description="how long it took; parts may run side by side")
    rows: int | None = Field(default=None, description="the rows that it went through")


class Versions(Part):
    """What made the run."""

    program: str = Field(description="flamescore's version")
    polars: str = Field(description="Polars' version")
    python: str = Field(description="Python's version")


class RunFile(Part):
    """One file of the run's folder, as it was published."""

    path: str = Field(description="its name in the run's folder")
    bytes: int = Field(description="its size")
    sha256: str = Field(description="its SHA-256, in hex")


class RunRecord(Part):
    """The record of a run."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="of this layout: 1")
    run_id: str = Field(description="the name of the run's folder")
    as_of: AwareDatetime = Field(description="the instant for which all is worked out, UTC")
    timezone: str = Field(description="the rule file's time zone")
    published: bool = Field(description="whether the run was published")
    started_at: AwareDatetime = Field(description="when the run started, UTC")
    steps: tuple[StepEntry, ...] = Field(description="how long each step took, in order")
    rules: RulesFile = Field(description="the rules")
    sources: tuple[SourceEntry, ...] = Field(description="the sources of the exports")
    contacts: Whole = Field(description="the contacts in the list")
    excluded: int = Field(description="those whom `call_list` excludes")
    hot_flames: int = Field(description="from how many flames a contact is on the hot list")
    scores: tuple[ScoreEntry, ...] = Field(description="the scores")
    observed: Observed = Field(description="what was noticed beside the scores")
    warnings: tuple[Clean, ...] = Field(description="the warnings and notes, a line each")
    versions: Versions = Field(description="what made the run")
    changes: ChangesEntry | None = Field(
        default=None,
        description="what changed since the run before; null where there was none to compare with",
    )
    files: tuple[RunFile, ...] = Field(
        default=(), description="every file of the run but this one; none in runs of earlier versions"
    )
    given: GivenEntry | None = Field(
        default=None, description="what flags and variables gave; null in records of older programs"
    )
    findings: tuple[FindingEntry, ...] | None = Field(
        default=None, description="errors, warnings and notes; null in records of older programs"
    )


class DamagedRunError(InputError):
    """A file of a run is missing or not as it was published. `why` goes on from the name of the file."""

    def __init__(self, folder: Path, file: str, why: str) -> None:
        self.folder = folder
        self.file = file
        self.why = why
        text = f"run {folder.name} is damaged: {file}; choose another with --run, or score again"
        super().__init__(Problem("O005", text, hint=f"{folder / file} {why}."))


def refused(error: OSError) -> str:
    """Say why the system does not give a file."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"can't be read: {error.strerror or type(error).__name__}"


_QUOTED: Final = re.compile(r'^( *"points": )"(-?[0-9.]+)"', re.MULTILINE)
"""The line of an `Exact` number: no text from outside can be a line of its own in indented JSON."""


def write_record(folder: Path, record: Part) -> None:
    """Write `run.json` into a folder: UTF-8, indented, ending in a line feed; a terminal may show it."""
    text = printable_json(_QUOTED.sub(r"\1\2", record.model_dump_json(indent=2)))
    (folder / NAME).write_text(f"{text}\n", encoding="utf-8", newline="\n")


def read_record(folder: Path) -> RunRecord:
    """Read a run's record back; `DamagedRunError` where it is missing, or not what a run writes."""
    path = folder / NAME
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DamagedRunError(folder, NAME, "is no file")
        record = RunRecord.model_validate(json.loads(path.read_bytes(), parse_float=Decimal))
    except OSError as error:
        raise DamagedRunError(folder, NAME, refused(error)) from error
    except ValidationError as error:
        raise DamagedRunError(folder, NAME, _wrong(error)) from error
    except (ValueError, RecursionError) as error:
        raise DamagedRunError(folder, NAME, "is no JSON") from error
    for fault in _contradictions(record):
        raise DamagedRunError(folder, NAME, fault)
    return record


def _contradictions(record: RunRecord) -> Iterator[str]:
    """Yield what a record tells that no run writes, though it reads."""
    names = [score.name for score in record.scores]
    if not _is_zone(record.timezone):
        yield "names a time zone that there is not"
    if record.rules.hash != RulesFile.of(record.rules.path, record.rules.text).hash:
        yield "has other rules than those whose SHA-256 it has"
    if not names or len(set(names)) != len(names):
        yield "has no scores, or one twice"
    if not 1 <= record.hot_flames <= _MOST_FLAMES:
        yield f"has `hot_flames` that are not 1 to {_MOST_FLAMES}"
    if record.changes is None:
        return
    if sorted(each.name for each in record.changes.scores) != sorted(names):
        yield "tells changes of other scores than it has"
    if not _EARLIEST < record.changes.as_of < record.as_of:
        yield "tells changes since a time that is not before it"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _wrong(error: ValidationError) -> str:
    """Say what is wrong with a record, without any of its values."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    where = f": `{place.removeprefix('.')}` is missing or wrong" if place else ""
    return f"is not what a run writes{where}"
