"""URLs without what must stay secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]+:/{1,2}"
"""With one slash too: that is what a path makes of `//`. One letter is a drive."""

_URL = re.compile(
    # In backticks a URL goes on to the second of them, whatever stands between.
    rf"(?<=`)(?P<quoted>{_SCHEME})(?P<within>[^`]+)(?=`(?!\w))"
    # Elsewhere it ends at white space or a quote; what closes the sentence is none of it.
    rf"|(?P<scheme>{_SCHEME})(?P<rest>[^\s'\"<>]+?)(?=`?[.,:;)\]}}]*(?:[\s'\"<>]|$))"
)
_USER = re.compile(r"(?:[^/@?#]*@|[^?#]*:[^?#]*@)")
_HOST = re.compile(r"(?:\[[^\]/]*\]|[^:/]*)(?::[0-9]*)?(?:/|$)")
_QUERY = re.compile(r"[?#]")


def without_credentials(text: str) -> str:
    """Cut `user:password@`, the query and the fragment out of every URL in a text.

    Where a password holds what no URL may hold, and it can't be told where it ends, all but the scheme goes.
    """
    pieces, at = [], 0
    for start, end, instead in secrets(text):
        pieces += [text[at:start], instead]
        at = end
    return "".join((*pieces, text[at:]))


def secrets(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what is to be cut out of a text, in order: where it begins, where it ends, what stands for it."""
    if ":/" not in text:
        return
    for found in _URL.finditer(text):
        name = "rest" if found["within"] is None else "within"
        rest, start, end = found[name], found.start(name), found.end(name)
        user = _USER.match(rest)
        host = 0 if user is None else user.end()
        query = _QUERY.search(rest, host)
        last = len(rest) if query is None else query.start()
        if _HOST.match(rest[host:last]) is None:
            yield start, end, "..."
            continue
        if host:
            yield start, start + host, ""
        if last < len(rest):
            yield start + last, end, ""
