"""What is wrong with the value of a flag or argument, in our words instead of the parser's."""

from __future__ import annotations

from typing import Final

import typer

from flamescore.errors import Problem

_CHOICE: Final = " is not one of "
_EXPECTED: Final = {
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "float_parsing": "a number",
    "string_unicode": "text in UTF-8",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
}
"""What a value must be, by the kind of pydantic's error."""


def wrong_value(error: typer.TyperException) -> Problem | None:
    """Return what a value must be and what it is; None where something else is wrong with the words."""
    from pydantic import ValidationError  # noqa: PLC0415 - it takes time to import

    cause = error.__cause__
    if not isinstance(error, typer.BadParameter) or not isinstance(cause, ValidationError):
        return None
    first = cause.errors(include_url=False)[0]
    words = _EXPECTED.get(first["type"], "").format(**first.get("ctx", {}))
    if _CHOICE in first["msg"]:
        choices = first["msg"].partition(_CHOICE)[2].removesuffix(".").replace("'", "`")
        words = f"one of {choices}"
    if not words or error.param is None:
        return None
    name = error.param.get_error_hint().replace("'", "")
    hint = f"See `{error.ctx.command_path} --help`." if error.ctx else None
    return Problem("U002", f"{name} must be {words}, not `{first['input']}`.", hint=hint)
