"""The program: its commands, and what `--help` and `--version` say. Polars is not imported here."""

from __future__ import annotations

from typing import Annotated

import typer

from flamescore._version import __version__
from flamescore.cli.explain import explain
from flamescore.cli.schema import schema
from flamescore.cli.score import score
from flamescore.cli.search import search

app = typer.Typer(
    name="flamescore",
    help="""Score leads by rules, in batch: exact, explainable, reproducible.

    Example: flamescore score, then flamescore search --flames 5, then flamescore explain jane@example.com
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for verb in (score, explain, search, schema):
    app.command(verb.__name__)(verb)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"flamescore {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the program, and leave with its exit code."""
    app(prog_name="flamescore")
