"""The folder `failed`, which a failed run leaves for inspection: next to the runs, and never one of them."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.findings import as_line, in_order
from flamescore.runs.catalog import BESIDE_FAILED, FAILED
from flamescore.runs.disk import flush, flush_tree, private, remove
from flamescore.runs.layout import Clean, Part, key
from flamescore.runs.record import FindingEntry, RulesFile, Versions, write_record
from flamescore.runs.recording import versions
from flamescore.stopping import unbroken
from flamescore.tables import write_rejects

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from flamescore.errors import ExitCode
    from flamescore.findings import Finding
    from flamescore.frames import Counts
    from flamescore.runs.store import HeldStore

REJECTS_FILE: Final = "rejects.csv"


class FailedSource(Part):
    """One source, as far as it was read; unknown counts are null."""

    kind: str = key("`contacts`, `events`, `tag_history` or `opportunities`")
    path: Clean = key("as the project file has it, without credentials")
    rows: int | None = key("", default=None)
    old: int | None = key("", default=None)
    rejected: int | None = key("", default=None)
    later: int | None = key("", default=None)
    ignored: int | None = key("", default=None)
    duplicates: int | None = key("", default=None)
    superseded: int | None = key("", default=None)
    orphans: int | None = key("", default=None)
    kept: int | None = key("", default=None)


class FailedRecord(Part):
    """The record of a run that was not published."""

    schema_version: int = key("of this layout: 1", default=1)
    run_id: None = key("null: it is no run", default=None)
    as_of: datetime = key("the instant that was scored for, UTC")
    timezone: str = key("the rule file's time zone")
    published: bool = key("always false", default=False)
    exit_code: int = key("the exit code that the run ended with")
    started_at: datetime = key("when the run started, UTC")
    rules: RulesFile = key("the rules")
    sources: tuple[FailedSource, ...] = key("the sources, as far as they were read")
    findings: tuple[FindingEntry, ...] = key("the errors, and the warnings that stopped it")
    warnings: tuple[Clean, ...] = key("the same, a line each")
    versions: Versions = key("what made the run")


class Failure(Struct, frozen=True):
    """What is known about a failed run.

    `sources` has kind and path of each source, its counts, if any, and whether all counts are known; if not,
    only `rows` and `rejected` are.
    """

    as_of: datetime
    timezone: str
    started_at: datetime
    rules: RulesFile
    exit_code: ExitCode
    sources: Sequence[tuple[str, str, Counts | None, bool]]
    findings: Sequence[Finding]
    rejects: pl.DataFrame


def leave_failed(held: HeldStore, failure: Failure) -> Path:
    """Write the folder under a temporary name, and replace the previous one with it; return its path.

    Raises:
        OSError: the folder can't be written.
    """
    output, place = held.output, held.output / FAILED
    beside = output / f"{BESIDE_FAILED}{secrets.token_hex(3)}"
    try:
        with private():
            beside.mkdir(mode=0o700)
            write_record(beside, _record(failure))
            if not failure.rejects.is_empty():
                write_rejects(failure.rejects, beside / REJECTS_FILE)
        flush_tree(beside, held.bits)
        with unbroken():
            forget_failed(output)
            beside.rename(place)
            flush(output)
    finally:
        remove(beside)
    return place


def forget_failed(output: Path) -> None:
    """Remove the folder of a failed run, if any; rename it first, so that it disappears in one step."""
    place, gone = output / FAILED, output / f"{BESIDE_FAILED}{secrets.token_hex(3)}"
    with suppress(FileNotFoundError):
        place.rename(gone)
        remove(gone)


def _record(failure: Failure) -> FailedRecord:
    findings = in_order(failure.findings)
    return FailedRecord(
        as_of=failure.as_of.astimezone(UTC),
        timezone=failure.timezone,
        exit_code=int(failure.exit_code),
        started_at=failure.started_at.astimezone(UTC),
        rules=failure.rules,
        sources=tuple(_source(*each) for each in failure.sources),
        findings=tuple(FindingEntry.of_finding(each) for each in findings),
        warnings=tuple(as_line(each) for each in findings),
        versions=versions(),
    )


def _source(kind: str, path: str, counts: Counts | None, whole: bool) -> FailedSource:  # noqa: FBT001
    if counts is None:
        return FailedSource(kind=kind, path=path)
    if not whole:
        return FailedSource(kind=kind, path=path, rows=counts.rows, rejected=counts.rejected)
    known = {name: getattr(counts, name) for name in counts.__struct_fields__}
    return FailedSource(kind=kind, path=path, **known)
