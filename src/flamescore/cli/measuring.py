"""The commands that compare: rules with rules, scores with later outcomes; structured like `commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import (
    BacktestFormat,
    Config,
    DiffFormat,
    FieldsFrom,
    Log,
    LogFormat,
    Out,
    Quiet,
    Verbose,
)

if TYPE_CHECKING:
    from flamescore.errors import ExitCode


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A rule file, or git:REVISION:FILE.")],
    new: Annotated[
        str | None,
        typer.Argument(metavar="[NEW]", help="The other.  [default: the project's]", show_default=False),
    ] = None,
    *,
    config: Config = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="Score as of this time instead, as in `score`.", show_default=False
        ),
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(metavar="N", help="Compare the first N of the list too.", min=1, show_default=False),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show so many contacts that move; 0 for all.", min=0)
    ] = 20,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Exit with 1 on hot-change=10%, flames-change=5%, any or warning. Repeat for several.",
            show_default=False,
        ),
    ] = None,
    redact: Annotated[bool, typer.Option("--redact", help="Leave out the ids of contacts.")] = False,
    out: Out = None,
    form: Annotated[
        DiffFormat | None,
        typer.Option(
            "--format",
            help="Default: by the suffix of -o (.json, .html, .md); else table.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore diff git:main:rules/keap.yaml

    Score everyone by two rule files on the same exports, and show which rules changed, whose flames move, who
    becomes hot, and which rule moved whom. Nothing is published.
    """

    def work(messages: Messages) -> ExitCode:
        from flamescore.cli import diff as verb

        return verb.diff(
            old,
            new,
            config,
            as_of,
            messages,
            capacity=capacity,
            limit=limit,
            failing=fail_on or [],
            redact=redact,
            out=out,
            form=form,
        )

    command(work, Messages(log_format, quiet, verbose))


def backtest(
    outcome: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="What is looked for: the type of an event, or a condition.",
            show_default=False,
        ),
    ] = None,
    horizon: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="How long after a cut an outcome counts, such as 30d.", show_default=False
        ),
    ] = None,
    first_only: Annotated[
        bool, typer.Option("--first-only", help="Look at contacts who have not done it before the cut.")
    ] = False,
    repeat: Annotated[bool, typer.Option("--repeat", help="Look at everyone, again and again.")] = False,
    every: Annotated[
        str | None,
        typer.Option(
            metavar="PERIOD", help="How far apart cuts are.  [default: the horizon]", show_default=False
        ),
    ] = None,
    cuts: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=60,
            help="At most so many cuts, the latest.  [default: 12]",
            show_default=False,
        ),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="No cut before this day.", show_default=False)
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="No cut after this day.", show_default=False)
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="WHEN", help="This cut; repeat it for more, and no others are looked at."),
    ] = None,
    known_until: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Until when outcomes are known.  [default: the newest event]",
            show_default=False,
        ),
    ] = None,
    static_fields: Annotated[
        str | None,
        typer.Option(metavar="A,B", help="Contact columns that are as good as constant.", show_default=False),
    ] = None,
    fields_from: Annotated[
        FieldsFrom | None,
        typer.Option(
            help="Take fields and tags as they were in the stored runs, whose instants are the cuts.",
            show_default=False,
        ),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="One score.  [default: every enabled one]", show_default=False),
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="How many of a list are called before the next.", show_default=False
        ),
    ] = None,
    called: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION",
            help="How a call shows in the events: the type of an event, or a condition.",
            show_default=False,
        ),
    ] = None,
    holdout_since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Compare those whom call_list.holdout keeps from being called, from this day on.",
            show_default=False,
        ),
    ] = None,
    value: Annotated[
        str | None,
        typer.Option(
            metavar="PROPERTY", help="What an outcome is worth: a property of its events.", show_default=False
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Other rules than the project's.", show_default=False),
    ] = None,
    short_cuts: Annotated[
        bool, typer.Option("--short-cuts", help="Also cuts with less history than the widest window.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Show also what those with the outcome have in common.")
    ] = False,
    cross_section: Annotated[
        bool,
        typer.Option(
            "--cross-section", help="Compare the list as exported with itself: outcomes without a date."
        ),
    ] = False,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT", help="End with exit code 1 on order, leak, sign, drift, auc=0.60 or warning."
        ),
    ] = None,
    config: Config = None,
    out: Out = None,
    form: Annotated[
        BacktestFormat | None,
        typer.Option("--format", help="Default: by the suffix of -o; else a table.", show_default=False),
    ] = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore backtest --outcome purchase --horizon 30d --first-only

    Score everyone as of past days, and see who had the outcome after them: which flames convert, whether the
    list is in order, what each rule adds. Nothing is published.
    """

    def work(messages: Messages) -> ExitCode:
        from flamescore.cli import backtest as verb

        flags: dict[str, object] = {
            "outcome": outcome,
            "horizon": horizon,
            "who": verb.who(first_only=first_only, repeat=repeat),
            "every": every,
            "cuts": cuts,
            "first": first,
            "last": last,
            "at": tuple(at or ()),
            "known_until": known_until,
            "static_fields": tuple(each.strip() for each in (static_fields or "").split(",") if each.strip()),
            "fields_from": fields_from,
            "score": score,
            "capacity": capacity,
            "called": called,
            "holdout_since": holdout_since,
            "value": value,
            "short_cuts": short_cuts,
            "profile": profile,
            "cross_section": cross_section,
        }
        return verb.backtest(config, rules, flags, tuple(fail_on or ()), messages, out=out, form=form)

    command(work, Messages(log_format, quiet, verbose))
