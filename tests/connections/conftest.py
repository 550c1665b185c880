import os
import secrets
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from reached import Reached
from servers import Postgres, Store, binaries, running, storing


@pytest.fixture
def reached(tmp_path: Path) -> Reached:
    return Reached(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL server for this session on loopback, or skip if Debian's package is missing."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql)")
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgres is not installed")
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Start an S3 store on loopback."""
    pytest.importorskip("moto.server", reason="moto is not installed")
    pytest.importorskip("obstore", reason="the extra s3 is not installed")
    with storing() as there:
        yield there


@pytest.fixture
def store(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Create an empty bucket, and set its environment variables."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-the-tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cr3t-XYZ")
    there = Store(endpoint, f"bucket-{secrets.token_hex(6)}")
    there.make()
    return there


@pytest.fixture
def refusing() -> Iterator[Callable[[int, str], str]]:
    """Start servers that give the same answer to everything; return a function from answer to address."""
    started: list[HTTPServer] = []

    def start(status: int, body: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815 - as the library calls them

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()
