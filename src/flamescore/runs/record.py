"""The run's record, `run.json`: its layout, writing and reading it.

The layout only grows: a field added later needs a default, so that older records remain readable.
"""

from __future__ import annotations

import hashlib
import json
import stat
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from flamescore.errors import InputError, Problem
from flamescore.findings import as_record
from flamescore.runs.layout import Clean, Part, Whole, WrongValueError, key, to_json
from flamescore.runs.record_sections import (
    AccountsEntry,
    AlertEntry,
    BotsEntry,
    HoldOutEntry,
    HotEntry,
    LabelEntry,
    RoutingEntry,
    SegmentEntry,
    StateEntry,
    TrendEntry,
    WriteBackEntry,
)
from flamescore.text import printable_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flamescore.findings import Finding

NAME: Final = "run.json"
SCHEMA_VERSION: Final = 1
_MOST_FLAMES: Final = 5
_EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
"""The first instant that has a local time in every time zone."""


class ListEntry(Part):
    """A list file that the rules name; `lists.parquet` has its values."""

    path: Clean = key("the file, as the rule file has it")
    column: str | None = key("the column of a `.csv`; null of a `.txt`")
    values: int = key("its values, each counted once")
    bytes: int = key("the size of the file")
    hash: str = key("`sha256:` and the SHA-256 of the file's bytes, in hex")


class RulesFile(Part):
    """The rules in force for the run."""

    path: Clean = key("the rule file, as the project file or the flag has it")
    text: str = key("its whole text")
    hash: str = key("`sha256:` and the SHA-256 of the text in UTF-8, in hex")
    lists: tuple[ListEntry, ...] = key(
        "the lists from files that it names, in order of first use", default=()
    )

    @classmethod
    def of(cls, path: Path | str, text: str, lists: tuple[ListEntry, ...] = ()) -> RulesFile:
        """Return the rules of a file with their hash."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(path=str(path), text=text, hash=f"sha256:{digest}", lists=lists)


class FileEntry(Part):
    """One file of a source."""

    path: Clean = key("the file")
    bytes: int = key("its size")
    modified: str = key("when it was last changed, ISO 8601")


class FeedEntry(Part):
    """The status of a feed: a source of events, or one of its types that rules or the project file name."""

    event: str | None = key("its type; null: the source as a whole")
    newest: str | None = key("its last day with events, in the rule file's time zone")
    per_day: float | None = key("events for each usual day; null where it is not judged")
    longest: int | None = key("usual days without events in a row, at most; or null")
    silence: int | None = key("usual days without events since the newest; or null")
    judged: bool = key("whether its past is long enough to be judged by")
    told: bool = key("whether it is silent for longer than its rhythm explains")


class SourceEntry(Part):
    """One source of the exports; `rows` is the sum of the counts that follow it."""

    kind: str = key("`contacts`, `events`, `tag_history` or `opportunities`")
    path: Clean = key("as the project file has it, without credentials")
    bytes: int = key("the size of its files together")
    modified: str | None = key("when the newest of its files was last changed, ISO 8601")
    rows: int = key("the rows in its files")
    pruned: int = key("always 0: rows that a file's statistics rule out are `old`")
    old: int = key("before every window that needs rows of their type, whatever else is wrong")
    rejected: int = key("rejected; `rejects.csv` has the first 100,000 of them")
    later: int = key("after `as_of`")
    ignored: int = key("named by the source's `leave_out` or the rule file's `ignore`")
    duplicates: int = key("exact duplicates, under `distinct: true`")
    superseded: int = key("replaced by a newer file's row of the same id")
    orphans: int = key("of contacts that are not in the list")
    kept: int = key("all the others: what the scores are made of")
    files: tuple[FileEntry, ...] = key("its files")
    notes: tuple[Clean, ...] = key("what was found out about it")
    newest: datetime | None = key("of events: the newest one that is not after `as_of`, UTC", default=None)
    feeds: tuple[FeedEntry, ...] = key(
        "of events: the source as a feed, and each type in it that is named", default=()
    )


class RuleEntry(Part):
    """The points that one rule gave, or that a limit or silence took, over all contacts."""

    entry: str = key("`rule`, `rule_limit`, `group_limit`, `group_idle`, `score_limit` or `score_idle`")
    id: str = key("the id of the rule, or the name of the group or score")
    name: str = key("its name")
    contacts: int = key("to how many contacts it gave or took anything")
    occurrences: int = key("the counted occurrences")
    points: Decimal = key("the points, together, exactly")

    @property
    def called(self) -> str:
        """Return its name, or else its id."""
        return self.name or self.id


class PercentileEntry(Part):
    """The score at one percentile: the lowest that at least `percent` percent of contacts don't exceed."""

    percent: int = key("50, 75, 90 or 99")
    score: float | None = key("the score there; null where nobody is scored")


class ScoreEntry(Part):
    """One score; the first one is the default."""

    name: str = key("its name in the rule file")
    title: str = key("its title")
    contacts: Whole = key("the contacts scored")
    flames: tuple[Whole, Whole, Whole, Whole, Whole, Whole] = key("contacts with 0, 1, 2, 3, 4 and 5 flames")
    percentiles: tuple[PercentileEntry, ...] = key("the score at some percentiles")
    rules: tuple[RuleEntry, ...] = key("its rules and limits, in order of the rule file")
    flames_from: tuple[float | None, ...] | None = key(
        "the points from which there were 1 to 5 flames; by percentile those of this run, null where nobody "
        "has so many",
        default=None,
    )
    to_call: int | None = key(
        "how many are hot and on the call list; absent in older records, and under a `hot` condition of all "
        "scores but the default one",
        absent=True,
    )

    def hot(self, hot_flames: int | None) -> int:
        """Return the number of contacts with at least `hot_flames`; 0 if flames don't define who is hot."""
        return 0 if hot_flames is None else sum(self.flames[hot_flames:])


class UnreadEntry(Part):
    """Cells that are not empty but can't be parsed as the number or date that a rule needs."""

    kind: str = key("`contacts` or `events`")
    column: str = key("the column")
    cells: int = key("how many")


class UnvaluedEntry(Part):
    """Occurrences that gave 0 because `points: {from}` found no number."""

    score: str = key("the score's name")
    rule: str = key("the rule's id")
    occurrences: int = key("how many")


class Observed(Part):
    """Observations made while scoring."""

    unread: tuple[UnreadEntry, ...] = key("cells that did not read")
    unvalued: tuple[UnvaluedEntry, ...] = key("occurrences without a number for their points")
    unseen: tuple[str, ...] = key("event types that rules name and no event has")
    undated: int = key("contacts with a matching tag without a date, under a rule that needs one")
    tags_disagree: int = key("contacts and tags on which tag list and tag history disagree")
    ambiguous_contacts: int = key("contacts whose key an earlier contact has, so gets their events")


class FindingSource(Part):
    """The place in an export that a finding is about."""

    kind: str = key("`contacts`, `events`, `tag_history` or `opportunities`")
    path: Clean = key("the source, as the project file has it")
    file: Clean | None = key("the file; null where it is about them all")
    record: int | None = key("the record, from 1 after the header")
    line: int | None = key("its first line, from 1")


class NearEntry(Part):
    """An existing name or value that may be the intended one."""

    value: Clean = key("the name or value")
    count: int | None = key("the rows that have it; null where that is not known")


class FindingEntry(Part):
    """One finding: an error, a warning or a note."""

    code: str = key("what it is, for ever: see the page on codes")
    severity: str = key("`error`, `warning` or `note`")
    subject: Clean | None = key("what it is about")
    message: Clean = key("one sentence, with the counts")
    path: Clean | None = key("the rule or project file that it is about, else null")
    line: int | None = key("the line there")
    column: int | None = key("the column there")
    source: FindingSource | None = key("the place in an export, else null")
    count: int | None = key("the first number of the message")
    of: int | None = key("of how many")
    samples: tuple[Clean, ...] | None = key("different cells, the commonest first")
    nearest: tuple[NearEntry, ...] | None = key("real names or values that may be meant")
    cure: Clean | None = key("what to write or to do")
    accepted: Clean | None = key("the reason for which it is accepted")
    accepted_until: str | None = key(
        "the last day on which it is accepted; null where none was given", default=None
    )

    @classmethod
    def of_finding(cls, finding: Finding) -> FindingEntry:
        """Return the entry of a finding."""
        return cls.read(as_record(finding))


class ChangedEntry(Part):
    """The number of contacts of one score by kind of change."""

    name: str = key("the score's name")
    newly_hot: int = key("hot, and not in the run before")
    cooled_off: int = key("hot in the run before, and not now")
    up: int = key("others with more flames, or as many and more points")
    down: int = key("others with fewer flames, or as many and fewer points")
    new: int = key("not scored in the run before")
    vanished: int = key("scored in the run before alone")
    same: int = key("all others")


class ChangesEntry(Part):
    """The run that `changes.parquet` compares with, and a summary of the changes."""

    run_id: str = key("the run before")
    as_of: datetime = key("its `as_of`, UTC")
    scores: tuple[ChangedEntry, ...] = key("contacts by how they changed, score by score")
    notes: tuple[Clean, ...] = key("what could not be told", default=())


class GivenEntry(Part):
    """The settings from flags and variables that overrode the project file; `explain` uses them too."""

    contacts: tuple[Clean, ...] | None = key(
        "the paths of the contacts; null where the project file named them", default=None
    )
    events: tuple[Clean, ...] | None = key(
        "the paths of the events; null where the project file named them", default=None
    )
    max_rejects: str | None = key(
        "the rejects allowed in a source; null where the project file said it", default=None
    )


class StepEntry(Part):
    """One step of the run."""

    step: str = key("its name; `write: points.parquet` is a part of `write`")
    seconds: float = key("how long it took; parts may run side by side")
    rows: int | None = key("the rows that it went through", default=None)


class Versions(Part):
    """The versions of the software that made the run."""

    program: str = key("flamescore's version")
    polars: str = key("Polars' version")
    python: str = key("Python's version")


class RunFile(Part):
    """One file of the run's folder, as published."""

    path: str = key("its name in the run's folder")
    bytes: int = key("its size")
    sha256: str = key("its SHA-256, in hex")


class RunRecord(Part):
    """The record of a run."""

    schema_version: int = key("of this layout: 1", default=SCHEMA_VERSION)
    run_id: str = key("the name of the run's folder")
    as_of: datetime = key("the instant for which all is worked out, UTC")
    timezone: str = key("the rule file's time zone")
    published: bool = key("whether the run was published")
    started_at: datetime = key("when the run started, UTC")
    steps: tuple[StepEntry, ...] = key("how long each step took, in order")
    rules: RulesFile = key("the rules")
    sources: tuple[SourceEntry, ...] = key("the sources of the exports")
    contacts: Whole = key("the contacts in the list")
    excluded: int = key("those whom `call_list` excludes")
    hot_flames: int | None = key(
        "from how many flames a contact is on the hot list; null under a `hot` condition"
    )
    scores: tuple[ScoreEntry, ...] = key("the scores")
    observed: Observed = key("what was noticed beside the scores")
    warnings: tuple[Clean, ...] = key("the warnings and notes, a line each")
    versions: Versions = key("what made the run")
    changes: ChangesEntry | None = key(
        "what changed since the run before; null where there was none to compare with", default=None
    )
    accounts: AccountsEntry | None = key("the accounts; null where the rule file has none", default=None)
    files: tuple[RunFile, ...] = key(
        "every file of the run but this one; none in runs of earlier versions", default=()
    )
    given: GivenEntry | None = key(
        "what flags and variables gave; null in records of older programs", default=None
    )
    findings: tuple[FindingEntry, ...] | None = key(
        "errors, warnings and notes; null in records of older programs", default=None
    )
    labels: tuple[LabelEntry, ...] = key("the labels, in order of the rule file", default=())
    hot: HotEntry | None = key("who is hot; null in records of older programs", default=None)
    bots: BotsEntry | None = key(
        "what looks like a mail scanner's; null without `bots` in the rule file", default=None
    )
    trend: tuple[TrendEntry, ...] = key("hot leads run by run, 14 local days at most", default=())
    segments: tuple[SegmentEntry, ...] | None = key(
        "the segments, built-in ones first; absent in older records", absent=True
    )
    state: StateEntry | None = key("what the run is to the state; absent in older records", absent=True)
    write_back: tuple[WriteBackEntry, ...] | None = key(
        "the write-backs, in order of the project file; absent where the run has none", absent=True
    )
    alerts: tuple[AlertEntry, ...] | None = key(
        "alerts for contacts; absent without `alerts`, and where none can ring", absent=True
    )
    holdout: HoldOutEntry | None = key("who is held out; absent without `call_list.holdout`", absent=True)
    routing: RoutingEntry | None = key(
        "who was routed; absent without `route`, and in a backfill", absent=True
    )

    @property
    def hot_condition(self) -> dict[str, Any] | None:
        """Return the condition that defined who is hot, if any."""
        return None if self.hot is None else self.hot.condition

    @property
    def hot_contacts(self) -> int:
        """Return the number of hot contacts: by the condition, or else under the default score."""
        return self.scores[0].hot(self.hot_flames) if self.hot is None else self.hot.contacts

    @property
    def to_call(self) -> int | None:
        """Return the number of contacts to call by the default score; None if an older record lacks it."""
        if self.scores[0].to_call is not None:
            return self.scores[0].to_call
        lists = len(self.scores) if self.hot_flames is not None else 1
        written = (step.rows for step in self.steps if step.step == "write: hot_leads.csv")
        return next(written, None) if lists == 1 else None


class DamagedRunError(InputError):
    """A file of a run is missing or has changed. `why` continues a sentence that begins with its name."""

    def __init__(self, folder: Path, file: str, why: str) -> None:
        self.folder = folder
        self.file = file
        self.why = why
        text = f"run {folder.name} is damaged: {file}; choose another with --run, or score again"
        super().__init__(Problem("O005", text, hint=f"{folder / file} {why}."))


def refused(error: OSError) -> str:
    """Return why the system could not read a file."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"can't be read: {error.strerror or type(error).__name__}"


def write_record(folder: Path, record: Part) -> None:
    """Write `run.json` into a folder: UTF-8, indented, ending in a newline, safe to show on a terminal."""
    (folder / NAME).write_text(f"{printable_json(to_json(record))}\n", encoding="utf-8", newline="\n")


def read_record(folder: Path) -> RunRecord:
    """Read a run's record; raise `DamagedRunError` if it is missing or is not what a run writes."""
    path = folder / NAME
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DamagedRunError(folder, NAME, "is not a file")
        record = RunRecord.read(json.loads(path.read_bytes(), parse_float=Decimal))
    except OSError as error:
        raise DamagedRunError(folder, NAME, refused(error)) from error
    except WrongValueError as error:
        raise DamagedRunError(folder, NAME, _wrong(error.place)) from error
    except (ValueError, RecursionError) as error:
        raise DamagedRunError(folder, NAME, "is not JSON") from error
    for fault in _contradictions(record):
        raise DamagedRunError(folder, NAME, fault)
    return record


def _contradictions(record: RunRecord) -> Iterator[str]:
    """Yield the contradictions in a record that parses but that no run writes."""
    names = [score.name for score in record.scores]
    if not _is_zone(record.timezone):
        yield "names a time zone that there is not"
    if record.rules.hash != RulesFile.of(record.rules.path, record.rules.text).hash:
        yield "has other rules than those whose SHA-256 it has"
    if not names or len(set(names)) != len(names):
        yield "has no scores, or one twice"
    if record.hot_flames is None and record.hot_condition is None:
        yield "has neither `hot_flames` nor a condition that says who is hot"
    if record.hot_flames is not None and not 1 <= record.hot_flames <= _MOST_FLAMES:
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


def _wrong(place: str) -> str:
    """Return what is wrong with a record, without quoting any of its values."""
    where = f": `{place}` is missing or wrong" if place else ""
    return f"is not what a run writes{where}"
