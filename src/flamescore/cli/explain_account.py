"""The work of `flamescore explain --account`: which contacts' points make up an account's scores."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flamescore.account_frames import ACCOUNTS_FILE, POINTS_FILE, ROLES_FILE
from flamescore.accounts import AccountTables, explain_account
from flamescore.cli.explain import chosen_form, width_of_text
from flamescore.cli.options import ExplainFormat
from flamescore.cli.output import as_mapping, deliver, place, plain
from flamescore.cli.terminal import as_text, screen, show
from flamescore.errors import Problem, UsageError
from flamescore.project import find_settings
from flamescore.report import EXACTLY, render_account
from flamescore.runs import book_with_accounts, find_run, reading_run, scan
from flamescore.text import json_text

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages


def explain_of_account(
    account: str,
    contact: str | None,
    config: str | None,
    as_of: str | None,
    run: str | None,
    messages: Messages,
    *,
    everything: bool,
    exact: bool,
    out: str | None,
    form: ExplainFormat | None,
) -> None:
    """Explain an account of a run; with `exact`, show all decimals of points."""
    if contact is not None:
        hint = "Leave one of them out."
        raise UsageError(
            Problem("U002", "--account explains an account, and no CONTACT beside it.", hint=hint)
        )
    if as_of is not None:
        hint = "Score for that time, then explain that run: --run."
        raise UsageError(Problem("U002", "--account explains a run, and can't go with --as-of.", hint=hint))
    chosen = chosen_form(out, form)
    project = find_settings(config)
    found = find_run(project, run, warn=messages.warn)
    messages.of_run.run_id = found.run_id
    record, book = found.record, book_with_accounts(found)
    assert book.accounts is not None
    tables = AccountTables(
        accounts=scan(found, ACCOUNTS_FILE),
        points=scan(found, POINTS_FILE),
        scores=scan(found, "scores.parquet"),
        contacts=scan(found, "contacts.parquet"),
        roles=scan(found, ROLES_FILE) if book.accounts.roles else None,
    )
    with reading_run(found):
        explanation = explain_account(tables, book.accounts, account)
    if chosen is ExplainFormat.JSON:
        at = {"as_of": record.as_of, "timezone": record.timezone, "run_id": record.run_id}
        deliver((json_text(plain(as_mapping(explanation) | at), indent=2) + "\n").encode(), out)
    else:
        titles = {score.name: score.title for score in book.scores}
        decimals = EXACTLY if exact else project.settings.decimals
        page = render_account(explanation, record, titles, everything=everything, decimals=decimals)
        if place(out) is None and sys.stdout.isatty():
            show(page)
        else:
            deliver(as_text(page, width=width_of_text(out), coloured=screen(out).coloured).encode(), out)
    messages.took("explain")
