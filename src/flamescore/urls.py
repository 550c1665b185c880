"""URLs without what must stay secret."""

from __future__ import annotations

import re

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)(?P<rest>[^\s'\"<>]+)")
_USER = re.compile(r"^(?:[^/@?#]*@|[^?#]*:[^?#]*@)")
_HOST = re.compile(r"(?:\[[^\]/]*\]|[^:/]*)(?::[0-9]*)?(?:/|$)")


def without_credentials(text: str) -> str:
    """Cut `user:password@`, the query and the fragment out of every URL in a text.

    Where a password holds what no URL may hold, and it can't be told where it ends, all but the scheme goes.
    """
    return _URL.sub(_clean, text)


def _clean(found: re.Match[str]) -> str:
    rest = re.split(r"[?#]", _USER.sub("", found["rest"]), maxsplit=1)[0]
    return found["scheme"] + (rest if _HOST.match(rest) else "...")
