"""`flamescore presets`: the vendors whose exports are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flamescore.cli.boundary import command
from flamescore.cli.options import As, Log, LogFormat, Out

if TYPE_CHECKING:
    import polars as pl


def presets(
    preset: Annotated[
        str | None,
        typer.Argument(metavar="[PRESET]", help="Show this preset: its file, to read or copy from."),
    ] = None,
    out: Out = None,
    form: As = None,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore presets hubspot

    List the vendor presets, with the kinds of exports they know and whether they were made from the vendor's
    real headers; or show one. A source with `preset: hubspot` takes its keys, and its own keys override them.
    """  # noqa: D415 - an example to copy has no full stop

    def body() -> None:
        from flamescore.cli.emit import deliver, emit  # noqa: PLC0415 - Polars comes with it

        if preset is None:
            emit(_listed(), out, form)
        else:
            deliver(_shown(preset).encode(), out)

    command(body, log_format)


def _listed() -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415

    from flamescore.project import all_presets as known  # noqa: PLC0415

    rows = [
        (name, each.vendor, ", ".join(each.kinds), "yes" if each.verified else "no", len(each.variants))
        for name, each in known().items()
    ]
    return pl.DataFrame(rows, schema=["preset", "vendor", "kinds", "verified", "variants"], orient="row")


def _shown(name: str) -> str:
    from flamescore.errors import Problem, UsageError  # noqa: PLC0415 - only if needed
    from flamescore.project import all_presets as known  # noqa: PLC0415
    from flamescore.project import text_of  # noqa: PLC0415
    from flamescore.yaml_tree import nearest  # noqa: PLC0415

    if name not in known():
        meant = nearest(name, known())
        hint = f"Did you mean `{meant}`?" if meant else "See `flamescore presets`."
        raise UsageError(Problem("P029", f"There is no preset `{name}`.", None, hint))
    return text_of(name)
