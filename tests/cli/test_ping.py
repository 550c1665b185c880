"""Health checks: the requests of `score --ping` that a local server receives."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cli.small import PROJECT, latest
from flamescore import health_check
from flamescore.health_check import ping
from flamescore.runs import RunStore


class Server:
    """A health check server with configurable answers; `heard` lists each request's method, path and body."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.answers: list[int] = []
        self.waits = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                outer.heard.append((self.command, self.path, self.rfile.read(size).decode()))
                time.sleep(outer.waits)
                self.send_response(outer.answers.pop(0) if outer.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            do_POST = do_GET  # noqa: N815 - named by the library

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/ping/abc"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_a_run_that_goes_well(project, flamescore, server):
    done = flamescore("score", "--ping", server.url)
    assert (done.code, done.err) == (0, "")
    assert server.heard == [
        ("GET", "/ping/abc/start", ""),
        ("POST", "/ping/abc", done.out.rstrip("\n")),
    ]
    assert done.out.startswith(latest(project))


@pytest.mark.parametrize("by", ["variable", "key", "key with a variable"])
def test_the_variable_and_the_key(project, flamescore, server, by):
    environ = {"FLAMESCORE_PING": server.url} if by == "variable" else {"PING_URL": server.url}
    key = {"variable": "", "key": f"ping: {server.url}\n", "key with a variable": "ping: ${PING_URL}\n"}[by]
    (project / "flamescore.yaml").write_text(PROJECT + key)
    assert flamescore("score", "-q", **environ).code == 0
    assert [path for _, path, _ in server.heard] == ["/ping/abc/start", "/ping/abc"]
    assert server.url not in (project / "out" / "latest" / "run.json").read_text()


def test_a_run_that_fails_tells_its_problems(project, flamescore, server):
    (project / "contacts.csv").unlink()
    done = flamescore("score", "--ping", server.url)
    assert done.code == 3
    (_, first, _), (method, path, body) = server.heard
    assert (first, method, path) == ("/ping/abc/start", "POST", "/ping/abc/fail")
    assert body.startswith("error I")
    assert body.splitlines()[0] in done.err


def test_a_project_file_that_does_not_read_is_told_to_the_flag_s_check(project, flamescore, server):
    (project / "flamescore.yaml").write_text(PROJECT + "password: hush\n")
    assert flamescore("score", "--ping", server.url).code == 2
    (_, (_, path, body)) = server.heard
    assert path == "/ping/abc/fail"
    assert body == "flamescore.yaml:13:1: error P025: Unknown key `password` in the project file."


def test_warnings_that_end_as_1_are_told(project, flamescore, server):
    (project / "contacts.csv").write_text((project / "contacts.csv").read_text() + "109,short\n")
    assert flamescore("score", "--fail-on", "warning", "--ping", server.url).code == 1
    (_, (_, path, body)) = server.heard
    assert path == "/ping/abc/fail"
    assert "warning I131" in body
    assert "109,short" not in body


def test_another_run_at_work_is_no_failure_and_a_dry_run_tells_nothing(project, flamescore, server):
    assert flamescore("score", "--dry-run", "--ping", server.url).code == 0
    assert server.heard == []
    flamescore("score")
    with RunStore(project / "out").hold():
        assert flamescore("score", "--ping", server.url).code == 5
    assert [path for _, path, _ in server.heard] == ["/ping/abc/start"]


def test_one_retry_and_then_a_warning_that_changes_no_exit_code(project, flamescore, server):
    server.answers = [500, 200, 500, 302]
    done = flamescore("score", "--ping", server.url, "--log-format", "json")
    assert done.code == 0
    assert [path for _, path, _ in server.heard] == ["/ping/abc/start"] * 2 + ["/ping/abc"] * 2
    lines = [json.loads(line) for line in done.err.splitlines()]
    assert [line["code"] for line in lines] == ["O000", "A027", "A001"]
    assert (
        lines[1]["message"]
        == "The health check could not be notified how this run ended: answered 302 (127.0.0.1)."
    )
    assert (lines[2]["published"], lines[2]["run_id"]) == (True, latest(project))


def test_what_is_wrong_with_the_url(project, flamescore):
    (project / "flamescore.yaml").write_text(PROJECT + "ping: ${NOT_THERE}\n")
    done = flamescore("score")
    assert (done.code, done.err) == (
        0, "ping: warning A027: The variable `NOT_THERE` is not set, so the health check was skipped.\n",
    )  # fmt: skip
    done = flamescore("score", "--ping", "hc.example.com/x")
    wanted = "must be a URL that begins with `https://` or `http://`, or a variable such as `${PING_URL}`"
    assert done.code == 2
    assert f"--ping {wanted}" in done.err


def test_a_secret_url_is_in_nothing_that_is_told(project, flamescore):
    url = "http://127.0.0.1:9/s3cr3t-XYZ"
    done = flamescore("score", "-v", PING_URL=url, FLAMESCORE_PING="${PING_URL}")
    assert done.err.count("warning A027") == 2
    written = [path.read_bytes() for path in (project / "out").rglob("*") if path.is_file()]
    assert all(b"s3cr3t-XYZ" not in each for each in (*written, done.raw, done.err.encode()))


def test_bodies_are_cut_between_characters_and_a_query_stays(server):
    assert ping(f"{server.url}/?create=1", "/fail", "€" * 5_000) is None
    ((_, path, body),) = server.heard
    assert (path, body) == ("/ping/abc/fail?create=1", "€" * 3_333)


def test_a_slow_answer_is_none(server, monkeypatch):
    monkeypatch.setattr(health_check, "SECONDS", 0.3)
    server.waits = 1.0
    start = time.monotonic()
    assert ping(server.url, "/start") == "no answer in 5 seconds (127.0.0.1)"
    assert time.monotonic() - start < 1.0
    while len(server.heard) < 2 and time.monotonic() - start < 10:
        time.sleep(0.01)
    assert len(server.heard) == 2


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:9/x", "connection refused (127.0.0.1)"),
        ("file:///etc/passwd", "it is not a web address (no host)"),
        ("http://no-such-host.invalid/x", "the host is not found (no-such-host.invalid)"),
        ("http://[bad", "it is not a web address (no host)"),
    ],
)
def test_why_it_fails(url, why, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert ping(url) == why
