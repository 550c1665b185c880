"""A health check: a service that is told when a run starts and how it ended, and asks where it is silent.

As healthchecks.io and others have it: `GET URL/start`, then `POST URL`, or `POST URL/fail`.
"""

from __future__ import annotations

import threading
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from flamescore._version import __version__

SECONDS: Final = 5.0
"""How long an answer may take, all in all."""

TRIES: Final = 2
LARGEST: Final = 10_000
"""Bytes of a text that are sent."""


def ping(url: str, end: str = "", text: str | None = None) -> str | None:
    """Ask for a URL with `end` behind its path; with a text, post that. Return why it failed, else None.

    A text is cut to `LARGEST` bytes of UTF-8, between characters. Only an answer of 200 to 299 will do;
    redirects are not followed. Whatever goes wrong is tried once more. Nothing is raised, and the reason
    names no more of the URL than its host.
    """
    why = None
    for _ in range(TRIES):
        why = _tried(_with(url, end), text)
        if why is None:
            return None
    return f"{why} ({_host(url)})"


def _with(url: str, end: str) -> str:
    """Put an end behind the path of a URL: a query stays where it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + end if end else parts.path))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "no host"
    except ValueError:
        return "no host"


def _tried(url: str, text: str | None) -> str | None:
    """Ask once, in a thread that is left alone where it takes too long: looking up a name has no limit."""
    told: list[str | None] = []
    asking = threading.Thread(target=lambda: told.append(_asked(url, text)), daemon=True)
    asking.start()
    asking.join(SECONDS)
    return told[0] if told else "no answer in 5 seconds"


def _asked(url: str, text: str | None) -> str | None:
    from urllib import request  # noqa: PLC0415 - it takes time to import, and most runs need none

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - the library's own
            """Follow none: a `POST` would become a `GET`."""

    if not url.startswith(("https://", "http://")):
        return "it is not a web address"
    data = None if text is None else _cut(text)
    try:
        asked = request.Request(url, data, {"User-Agent": f"flamescore/{__version__}"})  # noqa: S310 - see above
        if data is not None:
            asked.add_header("Content-Type", "text/plain; charset=utf-8")
        with request.build_opener(Stay).open(asked, timeout=SECONDS):
            return None
    except Exception as error:  # noqa: BLE001 - no fault of a ping is one of the run
        return _reason(error)


def _cut(text: str) -> bytes:
    return text.encode("utf-8", "replace")[:LARGEST].decode("utf-8", "ignore").encode()


def _reason(error: BaseException) -> str:
    """Say what went wrong, without a word of a library's: it may name the URL."""
    import ssl  # noqa: PLC0415 - the same as above
    from socket import gaierror  # noqa: PLC0415 - the same
    from urllib.error import HTTPError  # noqa: PLC0415 - the same

    inner = getattr(error, "reason", error)
    known: tuple[tuple[type[BaseException], str], ...] = (
        (ConnectionRefusedError, "connection refused"),
        (TimeoutError, "no answer in 5 seconds"),
        (gaierror, "the host is not found"),
        (ssl.SSLCertVerificationError, "its certificate is not valid"),
        (ssl.SSLError, "TLS failed"),
        (ConnectionError, "the connection broke off"),
        (OSError, "the network refused"),
        (ValueError, "it is not a web address"),
    )
    if isinstance(error, HTTPError):
        return f"answered {error.code}"
    return next((said for kind, said in known if isinstance(inner, kind)), "no sound answer")
