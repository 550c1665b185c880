"""The work of `flamescore search`: the call list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cli.options import Format
from flamescore.cli.output import (
    SHOWN,
    deliver,
    emit,
    first_rows,
    format_of,
    on_terminal,
    place,
    remark_on_others,
)
from flamescore.errors import Problem, UsageError
from flamescore.findings import Finding, Severity
from flamescore.history import find_earlier
from flamescore.project import find_settings
from flamescore.runs import find_run, reading_run
from flamescore.searches import AccountSearchRequest, SearchRequest, no_match_messages, search_run
from flamescore.searches import search_accounts as accounts_of_run
from flamescore.tables import local_time, whole_percent

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output
    from flamescore.project import Project
    from flamescore.runs import Run
    from flamescore.screen import Screen
    from flamescore.searches import SearchResult

__all__ = ["OfAccounts", "SearchRequest", "names", "search", "search_accounts"]

NOBODY: Final = "N002"

_EXACT: Final = (Format.JSON, Format.NDJSON, Format.PARQUET)


def search(
    config: str | None,
    run: str | None,
    against: str | None,
    request: SearchRequest,
    output: Output,
    limit: int | None,
    messages: Messages,
) -> None:
    """Search a run, and show the rows."""
    if against is not None and not request.changed:
        hint = "Add `--changed`: up, down, newly-hot, cooled-off or new."
        raise UsageError(Problem("U000", "--against says since when, but not what changed.", hint=hint))
    project = find_settings(config)
    newer = find_run(project, run, warn=messages.warn)
    messages.of_run.run_id = newer.run_id
    if against is not None:
        request = replace(request, against=find_earlier(project, against, newer))
    most = limit if limit is not None else SHOWN if on_terminal(output) else None
    bare = output.raw and format_of(output) is Format.CSV
    found = search_run(project, newer, request, first=most, bare=bare)
    for note in found.notes:
        messages.remark(note)
    if not found.count:
        for text in no_match_messages(project, newer, request):
            messages.warn(Finding(NOBODY, Severity.INFO, "", text))
    _write(project, newer, found, request, output)
    if on_terminal(output) and found.rows.height < found.count:
        hint = "" if limit is not None else "; --limit shows more"
        messages.remark(f"{found.rows.height:,} of {found.count:,} shown{hint}")
    messages.took(f"search of run {found.run_id}: {found.count:,} found")


def _write(project: Project, run: Run, found: SearchResult, request: SearchRequest, output: Output) -> None:
    """Write the rows found: exact for programs, or formatted for people."""
    form = format_of(output)
    if form is Format.TABLE and request.columns is None:
        emit(found.rows, output, table=partial(_call_list, run, found))
    elif form is Format.CSV and output.raw:
        emit(found.bare(), output)
    elif form in _EXACT:
        emit(found.exact(), output, zone=found.zone)
    elif form is Format.XLSX:
        deliver(_workbook(project, run, found, request), output.out)
    else:
        in_file = form is Format.CSV and _is_file(output.out)
        commas = form is not Format.CSV
        emit(found.for_people(commas=commas), replace(output, spreadsheet=output.spreadsheet or in_file))


def _is_file(out: str | None) -> bool:
    """Return whether rows go to a regular file: not to stdout, a named pipe or a device."""
    path = place(out)
    return path is not None and (path.is_file() or not path.exists())


def _workbook(project: Project, run: Run, found: SearchResult, request: SearchRequest) -> bytes:
    """Return the rows as a workbook with the layout of a report's call list."""
    from flamescore.report import read_back, render_search  # noqa: PLC0415 - a report takes 50 ms

    rows = found.exact() if found.compared else found.bare()
    with reading_run(run):
        data = replace(read_back(run), decimals=project.settings.decimals)
        return render_search(data, rows, found.score_name, columns=request.columns)


class OfAccounts(Struct, frozen=True):
    """The conditions that apply only to accounts: roles that are filled, and whether all of them are."""

    roles: tuple[str, ...] = ()
    complete: bool | None = None

    def check_alone(self) -> None:
        """Reject these flags in a search for contacts.

        Raises:
            UsageError: one of them is given.
        """
        flags = {"--role": bool(self.roles), "--complete": self.complete is not None}
        for flag, given in flags.items():
            if given:
                raise UsageError(
                    Problem("U002", f"{flag} is asked of accounts alone.", hint="Add --accounts.")
                )


def search_accounts(
    config: str | None,
    run: str | None,
    against: str | None,
    request: SearchRequest,
    of_accounts: OfAccounts,
    output: Output,
    limit: int | None,
    messages: Messages,
) -> None:
    """Search the accounts of a run, and show the rows."""
    others = {
        "--owner": request.owners,
        "--tag": request.tags,
        "--where": request.where,
        "--label": request.labels,
        "--hot": request.hot,
        "--changed": request.changed,
        "--against": against is not None,
        "--all": request.everyone,
        "--held-out": request.held_out,
        "--segment": request.segments,
        "--sort": request.sort,
    }
    for flag, given in others.items():
        if given:
            hint = "Leave it out, or search contacts: without --accounts."
            raise UsageError(Problem("U002", f"{flag} is asked of contacts, not of accounts.", hint=hint))
    meant = find_run(find_settings(config), run, warn=messages.warn)
    messages.of_run.run_id = meant.run_id
    found = accounts_of_run(
        meant,
        AccountSearchRequest(
            flames=request.flames,
            scores=request.scores,
            min_score=request.min_score,
            max_score=request.max_score,
            min_percentile=request.min_percentile,
            text=" ".join((*request.words, request.text or "")),
            roles=of_accounts.roles,
            complete=of_accounts.complete,
            columns=request.columns,
        ),
    )
    shown = first_rows(found.rows, output, limit)
    if found.rows.is_empty():
        messages.warn(Finding(NOBODY, Severity.INFO, "", "No accounts match."))
    if on_terminal(output) and request.columns is None:
        shown = shown.with_columns(
            whole_percent(pl.col("percentile")), local_time(pl.col("last_activity_at"), found.zone)
        )
    emit(shown, output, zone=found.zone)
    remark_on_others(shown, found.rows, output, limit, messages)
    messages.took(f"search of run {found.run_id}: {found.rows.height:,} found")


def names(columns: str | None) -> tuple[str, ...] | None:
    """Parse the value of `--columns`."""
    return None if columns is None else tuple(each.strip() for each in columns.split(",") if each.strip())


def _call_list(run: Run, found: SearchResult, on: Screen) -> list[str]:
    """Lay out the call list, with the columns that a rep needs first."""
    from flamescore.cli.call_list import call_list  # noqa: PLC0415 - takes 50 ms, not needed for CSV

    return call_list(run, found, on)
