"""The program: its commands, and the output of `--help` and `--version`. Polars is not imported here."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from flamescore._version import __version__
from flamescore.cli import acting, authoring, commands, measuring
from flamescore.cli.boundary import ended, misuse
from flamescore.cli.completion import VALUES
from flamescore.cli.start import main
from flamescore.cli.streams import check_stdout, steady_streams
from flamescore.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["VERBS", "main", "program", "run"]

VERBS: Final = {
    "init": "Write a first project file and rule file, guessed from the exports.",
    "score": "Score every contact and publish a run: the nightly job.",
    "explain": "Show why a contact has its scores, to the last digit.",
    "search": "List contacts of a run, best first: the call list.",
    "report": "Show the hot-lead report of a run, or write it as a page to share.",
    "changes": "List contacts whose scores changed since the previous run, and why.",
    "runs": "List stored runs, or delete old ones.",
    "notify": "Send what alerts have to tell, and what could not be sent before.",
    "delivered": "Say that files for the CRM were imported, or that they were undone.",
    "check": "Find everything that is wrong with rules, project and exports.",
    "test": "Run the tests beside rule files: made-up contacts and what they must score.",
    "backtest": "Hold past scores against what happened after them.",
    "diff": "Show what a change of the rules does, before it goes live.",
    "freeze": "Print the flames of a run by percentile as fixed numbers of points.",
    "presets": "List the vendor presets, or show one.",
    "schema": "Print the JSON Schema of rule or project files, or of tests.",
}
"""The commands, and the description of each in the list of commands; their own help begins with an example.

Each is the function of the same name in `commands`, `authoring`, `measuring` or `acting`.
"""


class _Verbs(Mapping[str, Any]):
    """The commands by name, each built from its function on first access: building all takes 20 ms."""

    def __getitem__(self, verb: str) -> Any:  # noqa: ANN401 - Typer's own class
        if verb not in VERBS:
            raise KeyError(verb)
        return _made(verb)

    def __iter__(self) -> Iterator[str]:
        return iter(VERBS)

    def __len__(self) -> int:
        return len(VERBS)


@cache
def _made(verb: str) -> Any:  # noqa: ANN401 - Typer's own class
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    alone.command(verb, cls=_Verb, short_help=VERBS[verb])(_function(verb))
    return get_command(alone)


def _function(verb: str) -> Any:  # noqa: ANN401 - each has its own flags
    return next(
        getattr(each, verb) for each in (commands, authoring, measuring, acting) if hasattr(each, verb)
    )


class _Coercion:
    """Accepts values that need no validation unchanged: defaults, and ASCII text.

    Typer validates with pydantic, which takes 60 ms to import and set up. Any other value is still validated.
    """

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - Typer's own classes
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        # Values on the command line are text, so one that has another type is a default or a count of flags.
        if type(value) is param.type_descriptor.annotation and (type(value) is not str or value.isascii()):
            return value
        param._runtime_param = None  # noqa: SLF001 - Typer creates its own now
        return param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _spared(params: list[Any]) -> list[Any]:
    """Return the parameters, changed so that Typer skips needless validation of their values."""
    for param in params:
        param._runtime_param = _Coercion()  # noqa: SLF001 - without it Typer does the same, only slower
    return params


class _Verb(TyperCommand):
    """A command that validates only values that were given."""

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - Typer's own class
        params = _spared(super().get_params(ctx))
        for param in params:
            if param.name in VALUES and not param.type_descriptor.is_choice:
                param._custom_shell_complete = VALUES[param.name]  # noqa: SLF001 - as `autocompletion` does
        return params


class _Program(TyperGroup):
    """A group that lists its commands with their descriptions without building them."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - Typer's own
        super().__init__(**attributes | {"commands": _Verbs()})

    def get_params(self, ctx: Any) -> list[Any]:  # noqa: ANN401 - Typer's own class
        return _spared(super().get_params(ctx))

    def list_commands(self, _context: Any) -> list[str]:  # noqa: ANN401 - Typer's own class
        return list(VERBS)

    def format_commands(self, _context: Any, formatter: Any) -> None:  # noqa: ANN401 - the same
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def program() -> typer.Typer:
    """Return the program with its commands."""
    app = typer.Typer(
        name="flamescore",
        cls=_Program,
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
    return app


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"flamescore {__version__}")
        raise typer.Exit


def _top(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    pass


def run(words: Sequence[str]) -> int:
    """Run the program with these arguments, and return its exit code; no exception gets past it."""
    # Otherwise the interpreter collects garbage among all live objects at exit: 0.1 s for 20 contacts.
    atexit.register(gc.freeze)
    # The imports at startup create 200,000 objects and no garbage; collecting among them takes 60 ms.
    gc.set_threshold(400_000, 20, 50)
    # NumPy's linear algebra, which is not used here, starts a thread per core when it is imported: 70 ms.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Rows per Polars morsel. Dozens of morsels queue up if a reader is faster than its consumer: with the
    # default of 100,000 they took 775 MB for 100 M events, with this value 400 MB, and reading is as fast.
    os.environ.setdefault("POLARS_IDEAL_MORSEL_SIZE", "32768")
    with steady_streams():
        try:
            code = _ran(words)
            if code == ExitCode.DONE:
                check_stdout()  # for what Typer itself has written, such as the help
        except BaseException as error:  # noqa: BLE001 - from Typer; `command` handles those of commands
            code = ended(error, words, _verb_of(words))
    return int(code)


def _verb_of(words: Sequence[str]) -> str | None:
    """Return the command that the arguments begin with; None if it is unknown."""
    return words[0] if words and words[0] in VERBS else None


def _ran(words: Sequence[str]) -> int:
    try:
        return int(program()(args=list(words), prog_name="flamescore", standalone_mode=False))
    except typer.TyperException as error:
        return misuse(error, words, _verb_of(words))
    except SystemExit as left:  # completion exits this way
        return int(left.code or 0)
