"""Messages over SMTP: one connection for all messages of a channel, each acknowledged individually."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from flamescore.alerts.connecting import ANSWER, NotSentError, Watch, connected, reason

if TYPE_CHECKING:
    from flamescore.alerts.in_use import InUse
    from flamescore.project import EmailChannel

_PERMANENT: Final = 500
_CLOSING: Final = 421
_ENHANCED: Final = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
_PHRASES: Final = {
    _CLOSING: "the server closes",
    450: "the mailbox is busy",
    451: "the server has a fault",
    452: "the server is full",
    530: "it asks to sign in first",
    534: "it wants another way of signing in",
    535: "user or password is wrong",
    550: "the mailbox is not available",
    551: "the recipient is elsewhere",
    552: "the mailbox is full",
    553: "the address is not taken",
    554: "refused",
}
"""The meaning of codes. A server's own text is not repeated: it may contain an address, or what was sent."""


class SmtpSession:
    """A connection to a mail server, opened when the first mail is sent and reused for the others."""

    def __init__(self, channel: EmailChannel, in_use: InUse, seconds: float) -> None:
        self._channel, self._in_use, self._seconds = channel, in_use, seconds
        self._server: _Server | None = None
        self._watch: Watch | None = None
        self._place = f"{channel.host}:{channel.port}"

    def send(self, sender: str, recipient: str, mail: bytes) -> None:
        """Send a mail, and return once the server has accepted it.

        Raises:
            NotSentError: the server did not accept it.
            UnsetError: a variable is not set.
        """
        try:
            server = self._open()
            server.sendmail(_ascii(sender), [_ascii(recipient)], mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise self._answered(code, text) from None
        except smtplib.SMTPServerDisconnected as error:
            slow = "timed out" in str(error)
            raise self._broken("timed out" if slow else "the connection broke off") from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError:
            raise self._broken("it does not offer this encryption or way of signing in") from None
        except smtplib.SMTPException:
            raise self._broken("no sound answer") from None
        except UnicodeError:
            raise NotSentError(f"its address is not plain ASCII ({self._place})", final=True) from None
        except OSError as error:
            raise self._broken(reason(error)) from None

    def close(self) -> None:
        """Send QUIT, if the server still responds, and close the connection."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        if self._watch is not None:
            self._watch.end()

    def _open(self) -> _Server:
        if self._server is not None:
            return self._server
        channel = self._channel
        user = None if channel.user is None else self._in_use.filled(channel.user)
        password = None if channel.password is None else self._in_use.filled(channel.password)
        context = ssl.create_default_context()
        server = self._server = _Server(
            channel.host, channel.port, context if channel.security == "tls" else None
        )
        server.begin()
        assert server.sock is not None
        self._watch = Watch(server.sock, self._seconds)
        if channel.security == "starttls":
            server.starttls(context=context)
        if user is not None and password is not None:
            server.login(user, password)
        return server

    def _answered(self, code: int, text: bytes | str) -> NotSentError:
        raw = text.encode("ascii", "replace") if isinstance(text, str) else text
        enhanced = _ENHANCED.search(raw)
        reply = " ".join(
            filter(None, (str(code), enhanced and enhanced[0].decode("ascii"), _PHRASES.get(code)))
        )
        alive = code != _CLOSING and self._server is not None and self._server.signed_in
        error = NotSentError(f"{reply} ({self._place})", final=code >= _PERMANENT, broken=not alive)
        if error.broken:
            self.close()
        return error

    def _broken(self, why: str) -> NotSentError:
        slow = self._watch is not None and self._watch.cut
        self.close()
        return NotSentError(f"{'timed out' if slow else why} ({self._place})", broken=True)


def _ascii(address: str) -> str:
    """Return an address in the form SMTP accepts: its domain in IDNA, the rest unchanged."""
    local, at, domain = address.rpartition("@")
    local.encode("ascii")
    return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


class _Server(smtplib.SMTP):
    """A mail server with time limits applied, and TLS from the start if a context is given."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        super().__init__(local_hostname=socket.gethostname(), timeout=ANSWER)
        self._host = host  # for verifying its certificate
        self._port, self._tls = port, context
        self.signed_in = False

    def begin(self) -> None:
        code, text = self.connect(self._host, self._port)
        if code != 220:  # noqa: PLR2004 - "ready"
            raise smtplib.SMTPConnectError(code, text)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = connected(host, port)
        try:
            if self._tls is not None:
                made = self._tls.wrap_socket(made, server_hostname=host)
        except BaseException:
            made.close()
            raise
        made.settimeout(timeout)
        return made

    def sendmail(self, *mail: Any) -> Any:  # noqa: ANN401 - the library's own
        self.signed_in = True
        return super().sendmail(*mail)
