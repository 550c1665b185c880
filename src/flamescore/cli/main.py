"""The program: its commands, and what `--help` and `--version` say. Polars is not imported here."""

from __future__ import annotations

import atexit
import gc
import os
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer

from flamescore._version import __version__
from flamescore.cli.boundary import ended, log_asked, misuse
from flamescore.cli.start import main
from flamescore.cli.streams import check_stdout, steady_streams
from flamescore.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["VERBS", "main", "program", "run"]

VERBS: Final = {
    "score": "Score every contact and publish a run: the nightly job.",
    "explain": "Show why a contact has its scores, to the last digit.",
    "search": "List contacts of a run, best first: the call list.",
    "report": "Show the hot-lead report of a run, or write it as a page to share.",
    "changes": "List contacts whose scores changed since the previous run, and why.",
    "runs": "List stored runs, or delete old ones.",
    "presets": "List the vendor presets, or show one.",
    "schema": "Print the JSON Schema of rule or project files.",
}
"""The commands, and what the list of commands says of each; their own help opens with an example.

Each is the function of its name in the module of its name.
"""


def program(*verbs: str) -> typer.Typer:
    """Return the program with these commands; the others are but names in the list of commands.

    To make all eight took a fifth of the time of `--help`.
    """
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
    app.callback()(_top)
    for verb, gist in VERBS.items():
        app.command(verb, short_help=gist)(_function(verb) if verb in verbs else _another)
    return app


def _function(verb: str) -> Callable[..., None]:
    function: Callable[..., None] = getattr(import_module(f"flamescore.cli.{verb}"), verb)
    return function


def _another() -> None:
    """Stand for a command that is not called."""


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"flamescore {__version__}")
        raise typer.Exit


def _top(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def _called(words: Sequence[str]) -> tuple[str, ...]:
    """Return the command that the words call, which is the first that is no flag; a shell may ask of any."""
    if "_FLAMESCORE_COMPLETE" in os.environ:
        return tuple(VERBS)
    return tuple(word for word in words if not word.startswith("-"))[:1]


def run(words: Sequence[str]) -> int:
    """Run the program with these words, and return its exit code: no exception gets past it."""
    # Or else the interpreter looks for garbage among all that is alive as it leaves: 0.1 s of a score of 20.
    atexit.register(gc.freeze)
    # Pydantic looks through every installed package for plugins, and has none here: 30 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    # Rows in each of Polars' morsels, which wait by the dozen where a reader is quicker than who reads: with
    # its own 100,000 they held 775 MB of 100 M events' rows, with these 400, and reading is as fast.
    os.environ.setdefault("POLARS_IDEAL_MORSEL_SIZE", "32768")
    with steady_streams():
        try:
            code = _ran(words)
            if code == ExitCode.DONE:
                check_stdout()  # of what Typer itself has written, such as the help
        except BaseException as error:  # noqa: BLE001 - of Typer; those of a command go no further than that
            code = ended(error, log_asked(words))
    return int(code)


def _ran(words: Sequence[str]) -> int:
    try:
        return int(program(*_called(words))(args=list(words), prog_name="flamescore", standalone_mode=False))
    except typer.TyperException as error:
        return misuse(error, words)
    except SystemExit as left:  # completion leaves so
        return int(left.code or 0)
