"""A health check: a service that is notified when a run starts and ends, and raises an alarm if it is not.

The protocol is that of healthchecks.io and others: `GET URL/start`, then `POST URL`, or `POST URL/fail`.
"""

from __future__ import annotations

import threading
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from flamescore._version import __version__

SECONDS: Final = 5.0
"""How long a response may take in total."""

TRIES: Final = 2
LARGEST: Final = 10_000
"""How many bytes of a text are sent."""


def ping(url: str, end: str = "", text: str | None = None) -> str | None:
    """Request a URL with `end` appended to its path, by POST if there is a text; return the failure, or None.

    The text is truncated to `LARGEST` bytes of UTF-8, between characters. Only status 200 to 299 counts as
    success; redirects are not followed. A failed request is retried once. Nothing is raised, and the
    description of the failure reveals only the host of the URL.
    """
    why = None
    for _ in range(TRIES):
        why = _tried(_with(url, end), text)
        if why is None:
            return None
    return f"{why} ({_host(url)})"


def _with(url: str, end: str) -> str:
    """Append to the path of a URL; a query stays in place."""
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
    """Make one request, in a thread that is abandoned if it takes too long: DNS lookups have no timeout."""
    outcomes: list[str | None] = []
    thread = threading.Thread(target=lambda: outcomes.append(_send_request(url, text)), daemon=True)
    thread.start()
    thread.join(SECONDS)
    return outcomes[0] if outcomes else "no answer in 5 seconds"


def _send_request(url: str, text: str | None) -> str | None:
    from urllib import request  # noqa: PLC0415 - slow to import, and most runs don't need it

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - the library's signature
            """Follow no redirect: a `POST` would become a `GET`."""

    if not url.startswith(("https://", "http://")):
        return "it is not a web address"
    data = None if text is None else _cut(text)
    try:
        http_request = request.Request(url, data, {"User-Agent": f"flamescore/{__version__}"})  # noqa: S310 - see above
        if data is not None:
            http_request.add_header("Content-Type", "text/plain; charset=utf-8")
        with request.build_opener(Stay).open(http_request, timeout=SECONDS):
            return None
    except Exception as error:  # noqa: BLE001 - a failed ping must not fail the run
        return _reason(error)


def _cut(text: str) -> bytes:
    return text.encode("utf-8", "replace")[:LARGEST].decode("utf-8", "ignore").encode()


def _reason(error: BaseException) -> str:
    """Describe what went wrong without a library's message, which may contain the URL."""
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
    return next((reason for kind, reason in known if isinstance(inner, kind)), "no sound answer")
