"""The commands for authors of rule and project files; structured like `commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.messages import Messages
from flamescore.cli.options import (
    As,
    CheckFormat,
    Config,
    FailOn,
    Log,
    LogFormat,
    Out,
    Output,
    Quiet,
    RunName,
    SchemaOf,
    TestFormat,
    Verbose,
)

if TYPE_CHECKING:
    from flamescore.errors import ExitCode


def init(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Exports, or folders of them.  [default: this folder, and three folders down]",
            show_default=False,
        ),
    ] = None,
    *,
    config: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write the project file here. Default: $FLAMESCORE_CONFIG, else flamescore.yaml.",
            show_default=False,
        ),
    ] = None,
    contacts: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="This export has the contacts.", show_default=False),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE",
            help="Time zone of the rules.  [default: the preset's, else UTC]",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        str, typer.Option(metavar="FILE", help="Write the rules here, beside the project file.")
    ] = "rules.yaml",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print both files, and write nothing.")] = False,
    out: Out = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore init exports/*.csv

    Look at the exports, and write a first flamescore.yaml and rules.yaml. Nothing is asked: every guess has a
    comment in the file, where it is easy to change. A file that is there is never overwritten.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import init as verb

        verb.init(
            paths or [],
            config,
            messages,
            contacts=contacts,
            zone=timezone,
            rules=rules,
            dry_run=dry_run,
            out=out,
        )

    command(work, Messages(log_format, quiet, verbose))


def presets(
    preset: Annotated[
        str | None,
        typer.Argument(metavar="[PRESET]", help="Show this preset: its file, to read or copy from."),
    ] = None,
    out: Out = None,
    form: As = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore presets hubspot

    List the vendor presets, with the kinds of exports they know and whether they were made from the vendor's
    real headers; or show one. A source with `preset: hubspot` takes its keys, and its own keys override them.
    Formats of `write_back` are listed too; there `verified` says whether a file was tried on an account.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import presets as verb

        verb.presets(preset, Output(out, form), messages)

    command(work, Messages(log_format, quiet, verbose))


def schema(
    which: Annotated[
        SchemaOf,
        typer.Argument(
            help="`rules`, `project` for flamescore.yaml, `test`; `backtest`, `diff`, `check` for their JSON."
        ),
    ] = SchemaOf.RULES,
    out: Out = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore schema rules -o rules/rules.schema.json

    Print the JSON Schema of rule files, of the project file, or of files of tests. With it, an editor
    completes keys and marks mistakes as you type. Or that of the JSON that a command writes.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import schema as verb

        verb.schema(which, out, messages)

    command(work, Messages(log_format, quiet, verbose))


def check(
    *,
    config: Config = None,
    rules_only: Annotated[
        bool, typer.Option("--rules-only", help="Read no exports: for editors and pre-commit hooks.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="Score as of this time instead, as in `score`.", show_default=False
        ),
    ] = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="Lowest severity to fail on.  [default: `fail_on` of the project file]",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    form: Annotated[
        CheckFormat | None,
        typer.Option("--format", help="Default: by the suffix of -o (.json); else full.", show_default=False),
    ] = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore check

    Report everything that is wrong or doubtful in the rules, the project file and the exports, and what each
    rule amounts to. Everyone is scored once; nothing is written. Exit code 1: there is a warning, with
    --fail-on warning; 2: the rule or project file is wrong; 3: the exports would stop a run.
    """

    def work(messages: Messages) -> ExitCode:
        from flamescore.cli import check as verb

        return verb.check(config, as_of, messages, rules_only=rules_only, fail_on=fail_on, out=out, form=form)

    command(work, Messages(log_format, quiet, verbose))


def test(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Files of tests, or folders with *.test.yaml files.  [default: the folder of the rule file]",
            show_default=False,
        ),
    ] = None,
    *,
    config: Config = None,
    only: Annotated[
        str | None,
        typer.Option(
            "-k", metavar="TEXT", help="Only tests whose name contains this text.", show_default=False
        ),
    ] = None,
    stop: Annotated[bool, typer.Option("-x", help="Stop at the first failure.")] = False,
    out: Out = None,
    form: Annotated[
        TestFormat | None,
        typer.Option(
            "--format", help="Default: by the suffix of -o (.json, .xml); else table.", show_default=False
        ),
    ] = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore test rules/keap.test.yaml

    Run the tests beside rule files: each is a made-up contact and what it must score. A failure shows what
    was expected, what came out, and why. Exit code 0: all passed; 1: one failed; 2: a test or a rule file is
    wrong; 4: there is no test.
    """

    def work(messages: Messages) -> ExitCode:
        from flamescore.cli import test as verb

        return verb.test(paths or [], config, messages, named=only, stop=stop, out=out, form=form)

    command(work, Messages(log_format, quiet, verbose))


def freeze(
    config: Config = None,
    run: RunName = None,
    score: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Which score.  [default: each with percentiles]", show_default=False
        ),
    ] = None,
    out: Out = None,
    quiet: Quiet = 0,
    verbose: Verbose = False,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore freeze

    Print the line for the rule file that keeps the flames of a run: by percentile a lead can lose a flame
    because others got better, by these bounds it can't. Nothing is changed; paste the line over
    `flames: {percentile: [...]}`.
    """

    def work(messages: Messages) -> None:
        from flamescore.cli import freeze as verb

        verb.freeze(config, run, score, out, messages)

    command(work, Messages(log_format, quiet, verbose))
