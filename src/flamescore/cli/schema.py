"""The work of `flamescore schema`: the JSON Schemas of rule files, project files and files of tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flamescore.backtest import backtest_schema
from flamescore.checking import json_schema as check_schema
from flamescore.cli.boundary import writing_to
from flamescore.cli.options import SchemaOf
from flamescore.project import json_schema as project_schema
from flamescore.rule_diff import json_schema as diff_schema
from flamescore.rule_tests import json_schema as tests_schema
from flamescore.rules import json_schema as rules_schema

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages


_SCHEMAS: Final = {
    SchemaOf.RULES: rules_schema,
    SchemaOf.PROJECT: project_schema,
    SchemaOf.TEST: tests_schema,
    SchemaOf.BACKTEST: backtest_schema,
    SchemaOf.DIFF: diff_schema,
    SchemaOf.CHECK: check_schema,
}


def schema(which: SchemaOf, out: str | None, messages: Messages) -> None:
    """Write a JSON Schema."""
    made = _SCHEMAS[which]()
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    if out is None or out == "-":
        sys.stdout.write(text)
    else:
        with writing_to(out):
            Path(out).write_text(text, encoding="utf-8")
    messages.took(f"schema of {which} files")
