"""Paths as users write them: `~` is a home directory, and a URL is not a path."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from flamescore.errors import Problem, UsageError
from flamescore.text import without_credentials

URL: Final = "P031"
S3: Final = "s3://"
"""The beginning of S3 addresses, of sources and of the output."""

STDIN: Final = "-"
"""The path of a source that reads standard input."""

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)://")
_INSTEAD: Final = {
    "output": "flamescore writes to folders. Mount it, or copy out/latest there afterwards.",
    "path": "flamescore reads local files. Fetch it first, or pipe it in and write `-`.",
}
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_FETCH: Final = "flamescore reads local files. Fetch it first."


def expanded(path: str | Path) -> Path:
    """Return a path with a leading `~` expanded.

    Raises:
        UsageError: it is the home of a user who does not exist on this machine.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        text = f"`{path}` begins with the home of a user whom this machine does not know."
        raise UsageError(
            Problem("U002", text, None, "Write the whole path, or `./~...` for a name.")
        ) from None


def url_fault(path: str | Path, key: str, *, store: bool = False) -> str | None:
    """Return what is wrong with a path that is a URL, without any secrets; None for a plain path.

    `key` is what the path is for: `output`, `rules`, `config`, or `path` of a source. With `store`, an S3
    address is allowed.
    """
    text = str(path)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return None
    if text.startswith(S3) and store:
        address = urlsplit(text)
        bare = address.hostname is not None and "@" not in address.netloc and "#" not in text
        if bare and _BUCKET.fullmatch(address.netloc):
            return None
        return f'"{without_credentials(text.strip())}" is not an address such as s3://bucket/folder'
    if scheme[1].lower() == "file":
        plain = unquote(urlsplit(text.strip()).path)
        return f'"{without_credentials(text.strip())}" is a URL; write the plain path: {plain}'
    return f'"{without_credentials(text.strip())}" is a URL; {_INSTEAD.get(key, _FETCH)}'
