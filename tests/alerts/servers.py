"""Servers on loopback that accept messages, or refuse them as a test requires."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


@contextmanager
def web(*answers, port=0, headers=(), body=b"", delay=0.0, tls=None):
    """Start an HTTP server: `url`, and `taken`, the path, lowercase headers, and body of each request.

    It gives these answers in order and repeats the last one. Without any, it answers 200.
    """
    taken, left, stop = [], list(answers), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, {name.lower(): value for name, value in self.headers.items()}, sent))
            stop.wait(delay)
            self.send_response(left.pop(0) if len(left) > 1 else left[0] if left else 200)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the library's names, here and below

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield SimpleNamespace(
            url=f"http://127.0.0.1:{server.server_port}/hook", port=server.server_port, taken=taken
        )
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mailbox(port=None, password=None, **refuse):
    """Start an SMTP server: `port`, and `taken`, the (sender, recipient, bytes) of each mail.

    `rcpt` and `data` are answers that it gives instead of accepting a mail; `password` is required.
    """
    taken = []

    class Handler:
        async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
            if "rcpt" in refuse:
                return refuse["rcpt"]
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
            if "data" in refuse:
                return refuse["data"]
            taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
            return "250 taken"

    def signed_in(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=data.password.decode() == password, handled=False)

    wanted = {} if password is None else {"authenticator": signed_in, "auth_require_tls": False}
    controller = Controller(Handler(), hostname="127.0.0.1", port=port or free_port(), **wanted)
    controller.start()
    try:
        yield SimpleNamespace(port=controller.port, taken=taken)
    finally:
        controller.stop()


def free_port():
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def silent(*, dribble=False):
    """Start a server that accepts connections and answers nothing, or a byte now and then; yield its port."""
    stop, held = threading.Event(), []

    def serve():
        while not stop.wait(0.05):
            with suppress(TimeoutError):
                held.append(there.accept()[0])
            for each in held if dribble else ():
                with suppress(OSError):
                    each.send(b"H")
        for each in held:
            each.close()

    with socket.create_server(("127.0.0.1", 0)) as there:
        there.settimeout(0.01)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield there.getsockname()[1]
        finally:
            stop.set()
            thread.join()
