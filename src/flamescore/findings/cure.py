"""Texts in the YAML that a finding offers to paste."""

from __future__ import annotations

import re
from typing import Final

from flamescore.text import json_text

_PLAIN: Final = re.compile(r"[A-Za-z/][A-Za-z0-9_./*@+=-]*(?: [A-Za-z0-9_./*@+=-]+)*", re.ASCII)
_NOT_TEXT: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def scalar(text: str) -> str:
    """Return a text as YAML for use in `{}` and `[]`: plain if it parses back unchanged, else quoted."""
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return json_text(text)


def mapping(entries: dict[str, str]) -> str:
    """Return `{key: value, ...}` for keys that are texts and values that are already YAML."""
    return f"{{{', '.join(f'{scalar(key)}: {value}' for key, value in entries.items())}}}"
