"""Connections with time limits, and the wording of their failures, which never quotes a library."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Final

CONNECT: Final = 5.0
"""Seconds that connecting may take, for all of a host's addresses together, and for its TLS handshake."""

ANSWER: Final = 15.0
"""Seconds that a response may take."""


class NotSentError(Exception):
    """A message was not accepted; `why` is the reason in flamescore's own words.

    `final` is set if a retry is unlikely to change the answer: after ten such answers a message is given up.
    `broken` is set if the connection failed: the channel's other messages are not tried then.
    """

    def __init__(self, why: str, *, final: bool = False, broken: bool = False) -> None:
        super().__init__(why)
        self.why, self.final, self.broken = why, final, broken


def connected(host: str, port: int) -> socket.socket:
    """Return a socket connected to a host within `CONNECT` seconds; its timeout is the remaining time.

    Raises:
        OSError: no address answers in time.
    """
    end = time.monotonic() + CONNECT
    error: OSError = TimeoutError("timed out")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(left)
            made.connect(address)
        except OSError as refused:
            made.close()
            error = refused
            continue
        made.settimeout(max(end - time.monotonic(), 0.1))
        return made
    raise error


class Watch:
    """Cuts off a connection after some seconds, even if the other side is still trickling its response."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.cut = False
        self._socket = connection
        self._timer = threading.Timer(seconds, self._cut_off)
        self._timer.daemon = True
        self._timer.start()

    def _cut_off(self) -> None:
        self.cut = True
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def end(self) -> None:
        """Stop watching the connection."""
        self._timer.cancel()


def reason(error: BaseException) -> str:
    """Return why a connection failed, without quoting the server or a library: they may reveal secrets."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message.rstrip('.')}"
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror[0].lower() + strerror[1:] if strerror else "no sound answer"


_REASONS: Final = (
    (TimeoutError, "timed out"),
    (ConnectionRefusedError, "connection refused"),
    (ConnectionError, "the connection broke off"),
    (ssl.SSLError, "TLS failed"),
    (socket.gaierror, "the host is not found"),
)
