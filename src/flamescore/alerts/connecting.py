"""Connections with their time limits, and what is told of one that fails: never in a library's own words."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Final

CONNECT: Final = 5.0
"""Seconds that connecting may take, by way of all of a host's addresses together, and its TLS."""

ANSWER: Final = 15.0
"""Seconds that an answer may take."""


class NotSentError(Exception):
    """A message was not taken; `why` says so in words of ours.

    `final` is set where another try will hardly change the answer: after ten such a message is given up.
    `broken` is set where the connection failed: the channel's other messages are not tried then.
    """

    def __init__(self, why: str, *, final: bool = False, broken: bool = False) -> None:
        super().__init__(why)
        self.why, self.final, self.broken = why, final, broken


def connected(host: str, port: int) -> socket.socket:
    """Return a socket connected to a host within `CONNECT` seconds; its own time limit is what is left.

    Raises:
        OSError: none of the addresses answers in time.
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
    """Cuts a connection off after some seconds, however slowly the other side dribbles its answer."""

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
        """Let the connection be."""
        self._timer.cancel()


def reason(error: BaseException) -> str:
    """Say why a connection failed. What the other side or a library says is not told: it may be secret."""
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
