"""Messages over HTTP: one `POST` each, no redirects followed, certificates verified, proxies respected."""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flamescore.alerts.connecting import ANSWER, CONNECT, NotSentError, Watch, connected, reason

if TYPE_CHECKING:
    from collections.abc import Mapping

AGAIN: Final = (408, 425, 429)
"""Status codes after which a message is retried without limit, as after any code from 500 up."""

_ASCII: Final = 128
_SERVER: Final = 500


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a body, and return once it is accepted: on a status from 200 to 299.

    Raises:
        NotSentError: the status is another one, or no response arrives.
    """
    host = place_of(url)
    if not url.startswith(("https://", "http://")):
        raise NotSentError("its `url` is not a web address")
    try:
        request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - checked
    except ValueError:
        raise NotSentError("its `url` is not a web address") from None
    opener = urllib.request.build_opener(_Http(), _Https(), _NoRedirects())
    watches: list[Watch] = []
    request.watches = watches  # type: ignore[attr-defined]
    try:
        with opener.open(request, timeout=CONNECT):
            return
    except urllib.error.HTTPError as answer:
        with answer:
            code = answer.code
        again = code in AGAIN or code >= _SERVER
        raise NotSentError(f"{code} {_phrase(code)} ({host})".replace("  ", " "), final=not again) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, (http.client.InvalidURL, UnicodeError)) or type(error) is ValueError:
            raise NotSentError("HTTP can't send what its `url` or `headers` contain") from None
        inner = error.reason if isinstance(error, urllib.error.URLError) else error
        slow = any(each.cut for each in watches)
        why = (
            "timed out" if slow else reason(inner) if isinstance(inner, BaseException) else "no sound answer"
        )
        raise NotSentError(f"{why} ({host})", broken=True) from None
    finally:
        for each in watches:
            each.end()


def place_of(url: str) -> str:
    """Return host and port of a URL, the only parts that may be reported."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "no host"
    return f"{parts.hostname or 'no host'}:{port}"


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - the library's own
        """Follow no redirect, so that secrets in a message or header go nowhere else."""


def _limited(connection: Any, watches: list[Watch]) -> Any:  # noqa: ANN401 - one of two classes of the library
    """Return the connection with the time limits applied."""
    connection._create_connection = lambda address, *_: connected(*address)  # noqa: SLF001 - the library's hook
    plain = connection.connect

    def connect() -> None:
        plain()
        connection.sock.settimeout(ANSWER)
        watches.append(Watch(connection.sock, ANSWER))

    connection.connect = connect
    return connection


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: Any) -> Any:  # noqa: ANN401 - the library's own
        """Open a connection with time limits."""
        return self.do_open(
            lambda host, **more: _limited(http.client.HTTPConnection(host, **more), req.watches), req
        )


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: Any) -> Any:  # noqa: ANN401 - the library's own
        """Open a connection with time limits, verifying certificates."""
        context = ssl.create_default_context()

        def made(host: str, **more: Any) -> Any:  # noqa: ANN401 - the library's own
            return _limited(http.client.HTTPSConnection(host, context=context, **more), req.watches)

        return self.do_open(made, req)
