"""The program: its commands, and what `--help` and `--version` say. Polars is not imported here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flamescore._version import __version__
from flamescore.cli.boundary import misuse, steady_streams
from flamescore.cli.changes import changes
from flamescore.cli.explain import explain
from flamescore.cli.presets import presets
from flamescore.cli.report import report
from flamescore.cli.runs import runs
from flamescore.cli.schema import schema
from flamescore.cli.score import score
from flamescore.cli.search import search

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="flamescore",
    help="""Score leads by rules, in batch: exact, explainable, reproducible.

    \b
    Example:
      flamescore score                      score the exports of flamescore.yaml
      flamescore search --flames 5          then list who is hot
      flamescore explain jane@example.com   and see why
    """,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

VERBS: dict[Callable[..., None], str] = {
    score: "Score every contact and publish a run: the nightly job.",
    explain: "Show why a contact has its scores, to the last digit.",
    search: "List contacts of a run, best first: the call list.",
    report: "Show the hot-lead report of a run, or write it as a page to share.",
    changes: "List who rose, fell, came and went since the run before, and why.",
    runs: "List the runs there are, and prune them.",
    presets: "List the vendors whose exports are known, or show one.",
    schema: "Print the JSON Schema of rule or project files.",
}
"""The commands, and what the list of commands says of each; their own help opens with an example."""

for verb, gist in VERBS.items():
    app.command(verb.__name__, short_help=gist)(verb)


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
    steady_streams()
    try:
        code = app(prog_name="flamescore", standalone_mode=False)
    except typer.TyperException as error:
        code = misuse(error, sys.argv[1:])
    sys.exit(code)
