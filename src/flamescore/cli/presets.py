"""The work of `flamescore presets`: the vendors whose export and import formats are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from flamescore.cli.output import deliver, emit
from flamescore.errors import Problem, UsageError
from flamescore.project import all_formats, all_presets, text_of, text_of_format
from flamescore.units import count
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages
    from flamescore.cli.options import Output


WRITE_BACK: Final = "write_back"
"""The prefix of a format's name, which may also be the name of a preset."""


def presets(preset: str | None, output: Output, messages: Messages) -> None:
    """List the presets, or show the file of one preset."""
    if preset is None:
        table = _listed()
        emit(table, output)
        messages.took(f"presets: {count(table.height, 'preset')} listed")
    else:
        deliver(_shown(preset).encode(), output.out)
        messages.took(f"preset {preset}")


def _listed() -> pl.DataFrame:
    rows = [
        (name, each.vendor, ", ".join(each.kinds), "yes" if each.verified else "no", len(each.variants))
        for name, each in all_presets().items()
    ]
    rows += [
        (f"{WRITE_BACK}/{name}", each.vendor, WRITE_BACK, "yes" if each.tried else "no", len(each.keys))
        for name, each in all_formats().items()
    ]
    return pl.DataFrame(rows, schema=["preset", "vendor", "kinds", "verified", "variants"], orient="row")


def _shown(name: str) -> str:
    formats = {f"{WRITE_BACK}/{each}": each for each in all_formats()}
    if name in formats:
        return text_of_format(formats[name])
    known = (*all_presets(), *formats)
    if name not in known:
        meant = nearest(name, known)
        hint = f"Did you mean `{meant}`?" if meant else "See `flamescore presets`."
        raise UsageError(Problem("P029", f"There is no preset `{name}`.", None, hint))
    return text_of(name)
