"""Generate the docs that come from the code, the JSON Schemas, and the page's templates as modules.

    make docs                    writes them
    python docs/generate.py      the same

A test fails if one of the generated files is out of date.
"""

from __future__ import annotations

import json
import re
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import typer
from typer.main import get_command

from flamescore.cli.main import program
from flamescore.findings import codes_page
from flamescore.project import json_schema as project_schema
from flamescore.project import key_table, preset_table
from flamescore.report import compiled_templates
from flamescore.rule_tests import json_schema as tests_schema
from flamescore.rules import json_schema as rules_schema
from flamescore.runs import Part, RunRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).parent.parent
NOTE: Final = "<!-- Made by docs/generate.py from the code; `make docs` makes it anew. -->\n"

# --- the commands ------------------------------------------------------------------------------------

COMMANDS: Final = """# The commands

Every command says its help with `--help`. Rows and results go to stdout, everything else to stderr. Nothing
asks a question. Off a terminal there is no progress and no colour.

- **The project file** is `--config FILE`, else `$FLAMESCORE_CONFIG`, else `flamescore.yaml` (or
  `flamescore.yml`) in the working folder or the nearest folder above it. A flag wins over a variable
  (`FLAMESCORE_OUTPUT` and others, listed in [project-file.md](project-file.md)), a variable over the file.
- **Formats.** Where a command prints rows: a table on a terminal, CSV in a pipe, else what `--format` or the
  suffix of `-o FILE` says. A file is written beside its place and renamed, so nobody sees half of one.
- **Tables** are as wide as the terminal, else as `COLUMNS` says, else 100. Names, companies and reasons are
  cut with `…` where there is no room; ids, phones and numbers never are. Then columns go, such as Owner and
  E-mail first. A list of more than 50 rows is cut on a terminal; `--limit` shows more.
- **Colours** are there on a terminal. `NO_COLOR` takes them away; `FORCE_COLOR` has them in a pipe too, as
  for `FORCE_COLOR=1 flamescore explain 1042 | less -R`, and turns no CSV into a table. Under `TERM=dumb`
  there are none; there, and where stdout is not UTF-8, flames are drawn as `****.`.
- **Completion.** `flamescore --install-completion` has the shell complete commands and flags, and of the
  latest run owners, tags, scores, columns, runs, and contacts from three characters on.
- **Exit codes** are listed in [exit-codes.md](exit-codes.md).
- **Errors** are text, or one JSON object a line under `--log-format json`.
"""


def commands() -> str:
    """Return the reference of every command."""
    group: Any = get_command(program())
    parts = [_command(name, command) for name, command in group.commands.items()]
    return "\n".join([NOTE, COMMANDS, *parts])


def _command(name: str, command: Any) -> str:  # noqa: ANN401 - Typer's own classes
    context = typer.Context(command, info_name=f"flamescore {name}")
    example, _, rest = (command.help or "").partition("\n\n")
    lines = [
        f"## flamescore {name}",
        "",
        "```",
        example.removeprefix("Example: "),
        "```",
        "",
        rest.strip(),
        "",
    ]
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    for title, params in (("argument", arguments), ("option", options)):
        if params:
            lines += [f"| {title} | meaning |", "|---|---|"]
            lines += [_row(*(each.get_help_record(context) or ("", ""))) for each in params]
            lines.append("")
    return "\n".join(lines)


def _row(word: str, meaning: str) -> str:
    return f"| `{_cell(word)}` | {_cell(meaning)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# --- the rule language -------------------------------------------------------------------------------

RULES: Final = """# Every key of a rule file

A table for each part of a rule file, with every key that it takes. What they mean together, with examples:
[rules.md](rules.md). `*` marks keys that are needed. An editor reads the same from
[rules.schema.json](../rules/rules.schema.json).
"""
EVERY_RULE: Final = ("name", "id", "enabled", "group", "note", "limits", "if")
PARTS: Final = (
    "Score", "FlamesByPercentile", "Defaults", "Group", "Limits",
    "IdleLinear", "IdleCompound", "IdleHalfLife", "Activity",
    "EventRule", "TagRule", "FieldRule", "FirstOfRule", "Branch", "IfRule",
    "PointsFrom", "Linear", "Compound", "HalfLife", "PerProperty", "Burst", "Times", "Sum", "EventFilter",
    "Follower", "Ignored", "Follows", "AtOnce", "Bots",
    "Operators", "ListFile", "TagAll", "TagLike", "TagIn",
    "EventCondition", "TagCondition", "FieldCondition", "ScoreCondition", "LabelCondition",
    "AllCondition", "AnyCondition", "NotCondition", "MeasureOperators", "Label", "LabelBranch",
    "Accounts", "AccountScore", "TopMembers", "Role",
)  # fmt: skip
CONDITIONS: Final = tuple(name for name in PARTS if name.endswith("Condition"))
BEFORE: Final = {
    "EventRule": ("Every rule", "What a rule of any kind may say."),
    "Operators": (
        "Predicates",
        "By column: a value means `equals`, a list means `in`, a mapping has [operators](#operators).",
    ),
    "EventCondition": ("Conditions", "A condition is one of these:"),
}
"""Headings that are not part of the schema, keyed by the part that each precedes."""


def rule_reference() -> str:
    """Return the reference of every key of every part of a rule file, as tables."""
    schema = rules_schema()
    definitions = schema["definitions"]
    missing = set(definitions) - set(PARTS)
    if missing:
        sys.exit(f"docs/generate.py: PARTS lacks {', '.join(sorted(missing))}")
    parts = [_part("Rule file", schema)]
    for name in PARTS:
        parts += [_heading(name, definitions)] if name in BEFORE else []
        parts.append(_part(_titled(name), definitions[name]))
    return "\n".join([NOTE, RULES, *parts])


def _heading(before: str, definitions: dict[str, Any]) -> str:
    title, text = BEFORE[before]
    lines = [f"## {title}", "", text, ""]
    if title == "Every rule":
        rule = definitions["EventRule"]
        lines += _table({key: rule["properties"][key] for key in EVERY_RULE}, rule["required"])
    if title == "Conditions":
        lines += [", ".join(_link(name) for name in CONDITIONS) + ".", ""]
    return "\n".join(lines)


def _part(title: str, schema: dict[str, Any]) -> str:
    shared = EVERY_RULE if {"name", "group"} <= set(schema["properties"]) else ()
    needed = schema.get("required", ())
    own = {
        key: value
        for key, value in schema["properties"].items()
        if key not in shared or (key == "if" and "if" in needed)
    }
    also = " Takes also what [every rule](#every-rule) takes." if shared else ""
    return "\n".join([f"## {title}", "", schema["description"] + also, "", *_table(own, needed)])


def _table(properties: dict[str, Any], needed: Sequence[str]) -> list[str]:
    lines = ["| key | takes | meaning |", "|---|---|---|"]
    for key, value in properties.items():
        mark = " \\*" if key in needed else ""
        lines.append(f"| `{key}`{mark} | {_cell(_takes(value))} | {_cell(value['description'])} |")
    return [*lines, ""]


def _takes(schema: dict[str, Any]) -> str:
    """Return a description of the values that a schema accepts."""
    if "$ref" in schema:
        return _link(schema["$ref"])
    if "allOf" in schema:
        return _takes(schema["allOf"][0])
    if "anyOf" in schema:
        return _any_of(schema["anyOf"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    return _of_type(schema)


def _any_of(choices: list[dict[str, Any]]) -> str:
    refs = {each["$ref"].rsplit("/", 1)[-1] for each in choices if "$ref" in each}
    if refs == set(CONDITIONS):
        return "[a condition](#conditions)"
    return ", or ".join(dict.fromkeys(_takes(each) for each in choices))


def _of_type(schema: dict[str, Any]) -> str:
    kind = schema["type"]
    if isinstance(kind, list):
        return "a value: " + ", ".join(_WORDS[each] for each in kind)
    if kind == "array":
        items = schema["items"]
        several = len(items) if isinstance(items, list) else None
        inner = _takes(items[0] if isinstance(items, list) else items)
        return f"a list of {several}: {inner}" if several else f"a list of: {inner}"
    if kind == "object":
        inner = _takes(schema["additionalProperties"])
        return "[predicates](#predicates)" if "#operators" in inner else f"a mapping, name to: {inner}"
    return _of_pattern(schema.get("pattern", "")) or _WORDS[kind]


def _of_pattern(pattern: str) -> str:
    if "%" in pattern:
        return "a percentage: `1%`"
    units = re.search(r"\(([a-z|]+)\)", pattern)
    return f"a period in {', '.join(f'`{unit}`' for unit in units[1].split('|'))}" if units else ""


_WORDS: Final = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`",
}


def _link(reference: str) -> str:
    title = _titled(reference.rsplit("/", 1)[-1])
    return f"[{title.lower()}](#{title.lower().replace(' ', '-')})"


def _titled(name: str) -> str:
    return {"FirstOfRule": "First_of rule"}.get(name) or re.sub("(?<!^)([A-Z])", r" \1", name).capitalize()


# --- the record of a run -----------------------------------------------------------------------------

_KINDS: Final = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "Decimal": "number",
    "bool": "true or false",
    "dict": "object",
    "date": "ISO 8601, a day",
}
_INSTANT: Final = "ISO 8601, UTC"


def outputs() -> str:
    """Return docs/outputs.md with its table of run.json regenerated."""
    text = (ROOT / "docs/outputs.md").read_text(encoding="utf-8")
    return re.sub(
        r"\| field \| type \|.*?\n(?=\n|\Z)", lambda _: record_table(), text, count=1, flags=re.DOTALL
    )


def record_table() -> str:
    """Return the table: one row per field, nested ones as `rules.hash` and `sources[].rows`."""
    rows = [f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in _fields(RunRecord, "")]
    return "\n".join(("| field | type | meaning |", "|---|---|---|", *rows)) + "\n"


def _fields(model: type[Part], prefix: str) -> Iterator[tuple[str, str, str]]:
    kinds = get_type_hints(model, include_extras=True)
    for name, key in model.KEYS.items():
        inner, listed, nullable = _unwrapped(kinds[name])
        path = f"{prefix}{name}" + ("[]" if listed else "")
        model_of = inner if isinstance(inner, type) and issubclass(inner, Part) else None
        kind = "object" if model_of else _KINDS.get(getattr(inner, "__name__", ""), _INSTANT)
        maybe = (" or absent" if key.absent else " or null") if nullable else ""
        yield path, kind + maybe, key.about
        if model_of:
            yield from _fields(model_of, f"{path}.")


def _unwrapped(annotation: object) -> tuple[object, bool, bool]:
    """Return the type itself, whether it is in a list, and whether it may be null."""
    if get_origin(annotation) is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return (*_unwrapped(get_args(annotation)[0])[:2], True)
    if get_origin(annotation) is tuple:
        return (_unwrapped(get_args(annotation)[0])[0], True, False)
    return get_origin(annotation) or annotation, False, False


# --- all of them -------------------------------------------------------------------------------------


def project_file() -> str:
    """Return docs/project-file.md with its table of every key regenerated."""
    text = (ROOT / "docs/project-file.md").read_text(encoding="utf-8")
    return re.sub(r"\| key \| type \|.*?\n(?=\n|\Z)", lambda _: key_table(), text, count=1, flags=re.DOTALL)


def presets() -> str:
    """Return docs/presets.md with its table of every export regenerated."""
    text = (ROOT / "docs/presets.md").read_text(encoding="utf-8")
    return re.sub(
        r"\| preset \| export \|.*?\n(?=\n|\Z)", lambda _: preset_table(), text, count=1, flags=re.DOTALL
    )


def codes() -> str:
    """Return the page of every code."""
    return f"{NOTE}\n{codes_page()}"


def _json(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def made() -> dict[str, str]:
    """Return every generated file: its path in the repository, and its text."""
    return {
        "docs/commands.md": commands(),
        "docs/codes.md": codes(),
        "docs/rule-reference.md": rule_reference(),
        "docs/project-file.md": project_file(),
        "docs/presets.md": presets(),
        "docs/outputs.md": outputs(),
        "rules/rules.schema.json": _json(rules_schema()),
        "rules/project.schema.json": _json(project_schema()),
        "rules/test.schema.json": _json(tests_schema()),
        **{f"src/flamescore/report/compiled/{name}": text for name, text in compiled_templates().items()},
    }


if __name__ == "__main__":
    for name, text in made().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}\n")
