"""`flamescore schema`: the JSON Schemas of rule and project files."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flamescore.cli.boundary import command, writing_to
from flamescore.cli.options import Log, LogFormat, Out


class Which(StrEnum):
    """The files that have a schema."""

    RULES = "rules"
    PROJECT = "project"


def schema(
    which: Annotated[
        Which, typer.Argument(help="`rules` for rule files, `project` for flamescore.yaml.")
    ] = Which.RULES,
    out: Out = None,
    log_format: Log = LogFormat.TEXT,
) -> None:
    """Example: flamescore schema rules -o rules/rules.schema.json

    Print the JSON Schema of rule files or of the project file. With it, an editor completes keys and marks
    mistakes as you type.
    """  # noqa: D415 - an example to copy has no full stop
    command(lambda: _schema(which, out), log_format)


def _schema(which: Which, out: str | None) -> None:
    from flamescore.project import json_schema as project_schema  # noqa: PLC0415 - only if needed
    from flamescore.rules import json_schema as rules_schema  # noqa: PLC0415

    made = rules_schema() if which is Which.RULES else project_schema()
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    if out is None or out == "-":
        sys.stdout.write(text)
        return
    with writing_to(out):
        Path(out).write_text(text, encoding="utf-8")
