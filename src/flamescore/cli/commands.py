"""The commands about runs: the flags of each, their help, and what the command does with them.

A command's work is in the module of the same name. It is imported only when the work begins, so that help,
completion and errors about flags don't wait for the import of Polars.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import (
    Accounts,
    Against,
    As,
    AsOfNow,
    AsTest,
    ChangedHow,
    Cluster,
    Complete,
    Config,
    Engine,
    EngineName,
    Exact,
    ExplainAs,
    FailOnWarning,
    Flames,
    InScores,
    InSegments,
    Labels,
    Limit,
    LockTimeout,
    Log,
    LogFormat,
    Master,
    MaxScore,
    MinPercentile,
    MinScore,
    MostEvents,
    NotifyToo,
    OfAccount,
    OnlyHeldOut,
    OnlyHot,
    Out,
    Output,
    Owners,
    Ping,
    Quiet,
    Raw,
    Remote,
    Roles,
    RunName,
    Shards,
    ShowColumns,
    Since,
    SortBy,
    Spreadsheet,
    Tags,
    Text,
    TrendAgo,
    Verbose,
    WhereIs,
    Words,
)

if TYPE_CHECKING:
    from flamescore.errors import ExitCode


def score(
    *,
    config: Config = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="now, today, a date (its first instant in the rule file's time zone) or an instant.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[str | None, typer.Option(metavar="FILE", help="The rule file.")] = None,
    contacts: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="A contacts export. Repeat for several.")
    ] = None,
    events: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="An events export. Repeat for several.")
    ] = None,
    output: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Folder that runs are published in.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Publish nothing if there is a warning that is not accepted.")
    ] = False,
    fail_on: FailOnWarning = None,
    max_rejects: Annotated[
        str | None,
        typer.Option(
            metavar="LIMIT",
            help="Allow this many rejected rows per source: a percentage such as 5%, or a number.",
        ),
    ] = None,
    hot_flames: Annotated[
        str | None, typer.Option(metavar="N", help="Flames from which a lead is hot: 1 to 5.")
    ] = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--accept",
            help="Publish even if as_of is in the future or a check for implausible exports fails.",
        ),
    ] = False,
    make_latest: Annotated[
        bool, typer.Option("--make-latest", help="Move `latest` to this run even if its as_of is earlier.")
    ] = False,
    notify: NotifyToo = False,
    lock_timeout: LockTimeout = 0.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Score and show what would change, without writing anything.")
    ] = False,
    trend: TrendAgo = None,
    spreadsheet: Spreadsheet = False,
    engine: EngineName = Engine.LOCAL,
    master: Master = None,
    remote: Remote = None,
    shards: Shards = None,
    most_events: MostEvents = None,
    ping: Ping = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore score

    Read the exports, score every contact, publish the results as a run and print a summary. A flag wins over
    its variable (FLAMESCORE_OUTPUT, FLAMESCORE_AS_OF, ...), which wins over the project file.
    """

    def work(messages: Messages) -> ExitCode:
        from flamescore.cli import score as verb

        flags: dict[str, object] = {
            "as_of": as_of,
            "rules": rules,
            "contacts": contacts or None,
            "events": events or None,
            "output": output,
            "max_rejects": max_rejects,
            "hot_flames": hot_flames,
            "fail_on": fail_on,
            "ping": ping,
        }
        options = verb.Options(
            strict=strict,
            make_latest=make_latest,
            accept=accept,
            lock_timeout=lock_timeout,
            dry_run=dry_run,
            spreadsheet=spreadsheet,
        )
        cluster = Cluster(engine, master, remote, shards, most_events)
        return verb.score(config, flags, options, trend, messages, notify=notify, cluster=cluster)

    command(work, Messages(log_format, quiet, verbose), answers=dry_run)


def explain(
    contact: Annotated[
        str | None,
        typer.Argument(
            metavar="[CONTACT]",
            help="A contact id, or an e-mail address; not with --account.",
            show_default=False,
        ),
    ] = None,
    *,
    config: Config = None,
    account: OfAccount = None,
    as_of: AsOfNow = None,
    run: RunName = None,
    since: Since = None,
    rank: Annotated[
        bool, typer.Option("--rank", help="With --as-of: score every contact, to show rank and percentile.")
    ] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Include rules and events that did not count, with the reason."),
    ] = False,
    exact: Exact = False,
    as_test: AsTest = False,
    out: Out = None,
    form: ExplainAs = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore explain jane@example.com

    Show every rule and limit that gave the contact points or took them, each counted event with its worth
    and the day it expires, the outlook, and the way to the next flame. The points add up to the score, to
    the last digit. By default this is as of the latest run, with that run's rules, and with the sources and
    the reject limit that flags or variables gave it.
    """

    def work(messages: Messages) -> None:
        if as_test and account is None:
            from flamescore.cli import explain_as_test

            explain_as_test.explain_as_test(contact, config, as_of, run, messages, out=out)
            return
        from flamescore.cli import explain as verb

        if since is not None:
            from flamescore.cli import explain_history

            explain_history.check_alone(account=account, as_of=as_of, rank=rank)
            explain_history.explain_since(
                contact, config, since, run, messages,
                everything=everything, exact=exact, out=out, form=form,
            )  # fmt: skip
            return
        if account is not None:
            from flamescore.cli import explain_account

            explain_account.explain_of_account(
                account, contact, config, as_of, run, messages,
                everything=everything, exact=exact, out=out, form=form,
            )  # fmt: skip
            return
        arguments = (contact, config, as_of, run, messages)
        verb.explain(*arguments, rank=rank, everything=everything, exact=exact, out=out, form=form)

    command(work, Messages(log_format, quiet, verbose))


def search(
    *,
    words: Words = None,
    config: Config = None,
    run: RunName = None,
    flames: Flames = None,
    score: InScores = None,
    min_score: MinScore = None,
    max_score: MaxScore = None,
    min_percentile: MinPercentile = None,
    owner: Owners = None,
    tag: Tags = None,
    where: WhereIs = None,
    label: Labels = None,
    hot: OnlyHot = False,
    segment: InSegments = None,
    text: Text = None,
    changed: ChangedHow = None,
    against: Against = None,
    sort: SortBy = None,
    limit: Limit = None,
    columns: ShowColumns = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Include contacts excluded from calls, or held out.")
    ] = False,
    held_out: OnlyHeldOut = False,
    accounts: Accounts = False,
    role: Roles = None,
    complete: Complete = None,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    raw: Raw = False,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore search --flames 5 --owner "Ann Lee" -o calls.csv

    List the contacts of the latest run that match every condition, best first: flamescore search maria
    delgado. Contacts excluded by the project's call_list.exclude, and those that call_list.holdout holds out,
    are not shown, unless --all is given. CSV has the shape of hot_leads.csv; --raw writes exact numbers.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import search as verb

        request = verb.SearchRequest(
            flames=flames,
            scores=tuple(score or ()),
            min_score=min_score,
            max_score=max_score,
            min_percentile=min_percentile,
            owners=tuple(owner or ()),
            tags=tuple(tag or ()),
            where=tuple(where or ()),
            words=tuple(words or ()),
            text=text,
            columns=verb.names(columns),
            sort=() if sort is None else (sort,),
            everyone=everyone,
            changed=tuple(each.value for each in changed or ()),
            labels=tuple(label or ()),
            hot=hot,
            held_out=held_out,
            segments=tuple(segment or ()),
        )
        of_accounts = verb.OfAccounts(tuple(role or ()), complete)
        output = Output(out, form, spreadsheet, raw)
        if accounts:
            verb.search_accounts(config, run, against, request, of_accounts, output, limit, messages)
        else:
            of_accounts.check_alone()
            verb.search(config, run, against, request, output, limit, messages)

    command(work, Messages(log_format, quiet, verbose))


def report(
    config: Config = None,
    run: RunName = None,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help="Remove names, companies, e-mails and phones so the report can be shared; contact ids stay.",
        ),
    ] = False,
    out: Out = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, html, md or xlsx. Default: by the suffix of -o, else table.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore report -o report.html

    Show the report of the latest run: who is hot and why, who is closest, hot leads by owner, what changed,
    which rules gave the points, and warnings about the input. It goes to the terminal, or to a file in the
    format of its suffix.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import report as verb

        verb.report(config, run, out, form, messages, redact=redact)

    command(work, Messages(log_format, quiet, verbose))


def changes(
    config: Config = None,
    run: RunName = None,
    against: Against = None,
    score: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which score. Default: the first in the rule file.")
    ] = None,
    limit: Limit = None,
    everyone: Annotated[
        bool,
        typer.Option("--all", help="Include unchanged contacts and those excluded from calls or held out."),
    ] = False,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    raw: Raw = False,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore changes

    List the contacts that changed since the previous run, newly hot first, and why: new activity, time
    passing (what expired or faded), late or altered data, changed rules. The four add up to the difference,
    to the last digit. Against another run than the previous one the difference is told without its causes.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import changes as verb

        output = Output(out, form, spreadsheet, raw)
        verb.changes(config, run, against, score, output, limit, messages, everyone=everyone)

    command(work, Messages(log_format, quiet, verbose))


def runs(
    config: Config = None,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder that runs are published in.  [default: from the project file]",
            show_default=False,
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete the oldest runs until keep_runs remain; never the latest.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare every file of every run with its checksum."),
    ] = False,
    lock_timeout: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="With --prune: how long to wait for another run to finish.", min=0
        ),
    ] = 0.0,
    limit: Limit = None,
    out: Out = None,
    form: As = None,
    spreadsheet: Spreadsheet = False,
    raw: Raw = False,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore runs

    List the stored runs, newest first: their as_of, how many contacts are hot and how many of them can be
    called, their size, how long they took, and when. A * marks the latest. A damaged run shows only what its
    folder name says. --check shows which runs are as they were published; the exit code is 3 if one is not.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import runs as verb

        rows = Output(out, form, spreadsheet, raw)
        verb.runs(config, output, rows, limit, messages, prune=prune, check=check, lock_timeout=lock_timeout)

    command(work, Messages(log_format, quiet, verbose))
