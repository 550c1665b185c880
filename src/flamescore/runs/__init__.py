"""Run folders, published atomically and never replaced; `latest`, the lock, records and retention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.lazy_imports import lazy_imports
from flamescore.runs.against import run_against
from flamescore.runs.catalog import LATEST, Run, instant_of, moves
from flamescore.runs.contents import (
    LISTS_FILE,
    PAST_SCORES_FILE,
    checksums,
    describe_file,
    file_of,
    has_merged,
    has_table,
    read,
    reading_run,
    scan,
    uncalled,
)
from flamescore.runs.disk import (
    Modes,
    flush,
    make_folder,
    modes,
    private,
    reading,
    remove,
    replace_file,
    writing,
)
from flamescore.runs.find import LATEST_AHEAD, find_run, project_of
from flamescore.runs.keep_runs import reaches_back
from flamescore.runs.layout import Part, to_json
from flamescore.runs.lists import describe_lists, lists_table, rules_of_run
from flamescore.runs.record import NAME as RECORD
from flamescore.runs.record import (
    DamagedRunError,
    FindingEntry,
    RuleEntry,
    RulesFile,
    RunFile,
    RunRecord,
    ScoreEntry,
    SourceEntry,
    read_record,
    write_record,
)
from flamescore.runs.record_sections import (
    AlertEntry,
    BotsEntry,
    LabelEntry,
    RoutingEntry,
    SegmentEntry,
    StateEntry,
    TrendEntry,
    WriteBackEntry,
)
from flamescore.runs.retention import checked, listed, undeleted
from flamescore.runs.store import HeldStore, Published, RunFolder, RunStore

if TYPE_CHECKING:
    from flamescore.runs.accounts import book_with_accounts
    from flamescore.runs.changes import (
        WORDS_OF_CHANGES,
        ChangedContacts,
        EarlierRun,
        OnlyScores,
        changed_contacts,
        changes_under,
        hot_now,
    )
    from flamescore.runs.counted import TO_CALL, describe_counted
    from flamescore.runs.failed import REJECTS_FILE, Failure, leave_failed
    from flamescore.runs.freezing import frozen_flames
    from flamescore.runs.previous import Earlier
    from flamescore.runs.recording import describe, describe_given, finished

__all__ = [
    "LATEST",
    "LATEST_AHEAD",
    "LISTS_FILE",
    "PAST_SCORES_FILE",
    "RECORD",
    "REJECTS_FILE",
    "TO_CALL",
    "WORDS_OF_CHANGES",
    "AlertEntry",
    "BotsEntry",
    "ChangedContacts",
    "DamagedRunError",
    "Earlier",
    "EarlierRun",
    "Failure",
    "FindingEntry",
    "HeldStore",
    "LabelEntry",
    "Modes",
    "OnlyScores",
    "Part",
    "Published",
    "RoutingEntry",
    "RuleEntry",
    "RulesFile",
    "Run",
    "RunFile",
    "RunFolder",
    "RunRecord",
    "RunStore",
    "ScoreEntry",
    "SegmentEntry",
    "SourceEntry",
    "StateEntry",
    "TrendEntry",
    "WriteBackEntry",
    "book_with_accounts",
    "changed_contacts",
    "changes_under",
    "checked",
    "checksums",
    "describe",
    "describe_counted",
    "describe_file",
    "describe_given",
    "describe_lists",
    "file_of",
    "find_run",
    "finished",
    "flush",
    "frozen_flames",
    "has_merged",
    "has_table",
    "hot_now",
    "instant_of",
    "leave_failed",
    "listed",
    "lists_table",
    "make_folder",
    "modes",
    "moves",
    "private",
    "project_of",
    "reaches_back",
    "read",
    "read_record",
    "reading",
    "reading_run",
    "remove",
    "replace_file",
    "rules_of_run",
    "run_against",
    "scan",
    "to_json",
    "uncalled",
    "undeleted",
    "write_record",
    "writing",
]

_LATE: Final = {
    "TO_CALL": "counted",
    "describe_counted": "counted",
    "ChangedContacts": "changes",
    "Earlier": "previous",
    "EarlierRun": "changes",
    "Failure": "failed",
    "OnlyScores": "changes",
    "REJECTS_FILE": "failed",
    "WORDS_OF_CHANGES": "changes",
    "book_with_accounts": "accounts",
    "changed_contacts": "changes",
    "changes_under": "changes",
    "describe": "recording",
    "describe_given": "recording",
    "finished": "recording",
    "frozen_flames": "freezing",
    "hot_now": "changes",
    "leave_failed": "failed",
}
"""Names that make and compare runs, by module. Listing or searching runs does not need them."""

__getattr__ = lazy_imports(__name__, _LATE)
