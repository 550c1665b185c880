"""Whatever fails, a secret's value is never shown: not in messages, and not in the state."""

import os
import ssl
import subprocess
import sys
from types import SimpleNamespace

import pytest

from alerts.servers import free_port, mailbox, silent, web
from flamescore.alerts import over_http, send_test, send_waiting
from flamescore.alerts.in_use import InUse
from flamescore.errors import FlamescoreError
from flamescore.findings import as_text

SECRET = "s3cr3t-XYZ"


def channels(port, scheme="http"):
    """Return one channel of each kind that has secrets, all on one port."""
    url, security = f"{scheme}://127.0.0.1:{port}/${{PATH_SECRET}}", "tls" if scheme == "https" else "none"
    return {
        "hook": f"{{type: webhook, url: '{url}', secret: '${{KEY}}', headers: {{X: '${{KEY}}'}}}}",
        "slack": "{type: slack, url: '${CHAT}'}",
        "teams": "{type: teams, url: '${CHAT}'}",
        "mail": f"{{type: email, host: 127.0.0.1, port: {port}, security: {security},"
        " user: '${KEY}', password: '${KEY}', from: a@example.com}",
    }


def environment(port, scheme="http"):
    return dict(os.environ, KEY=SECRET, PATH_SECRET=SECRET, CHAT=f"{scheme}://127.0.0.1:{port}/{SECRET}")


def tried(alerted, port, scheme="http", *, mail=True):
    """Return everything that is reported and stored when sending by each channel."""
    kinds = channels(port, scheme)
    if not mail:
        del kinds["mail"]
    listed = "".join(f"  {name}: {keys}\n" for name, keys in kinds.items())
    alerted.written(
        f"channels:\n{listed}alerts:\n"
        f"  newly-hot: {{segment: hot, to: b@example.com, channel: [{', '.join(kinds)}]}}\n"
    ).rung("101")
    environ = environment(port, scheme)
    done = send_waiting(alerted.project, environ=environ)
    said = [done.line, *(as_text(each, verbose=True) for each in done.findings)]
    for name in kinds:
        with pytest.raises(FlamescoreError) as refused:
            send_test(alerted.project, name, "b@example.com", environ=environ)
        said.append(str(refused.value))
    kept = [path.read_bytes() for path in (alerted.folder / "out/state").iterdir()]
    return SimpleNamespace(done=done, said="\n".join(said), kept=b"".join(kept))


def assert_kept_back(found, failures=4):
    assert SECRET not in found.said
    assert SECRET.encode() not in found.kept
    assert (found.done.sent, found.done.unsent, len(found.done.findings)) == (0, failures, failures)


def test_a_refused_connection(alerted):
    found = tried(alerted, free_port())
    assert_kept_back(found)
    assert found.said.count("connection refused (127.0.0.1:") == 8


@pytest.mark.parametrize("answer", [401, 500, 302])
def test_an_answer_that_repeats_the_secret(alerted, answer):
    echo = f"{SECRET} is wrong".encode()
    with web(answer, headers=[("Location", f"/{SECRET}"), ("X-Why", SECRET)], body=echo) as there:
        found = tried(alerted, there.port, mail=False)
    assert_kept_back(found, 3)
    assert f"{answer} " in found.said


def test_tls_that_fails(alerted):
    with web() as there:
        found = tried(alerted, there.port, "https")
    assert_kept_back(found)
    assert "TLS failed (127.0.0.1:" in found.said


def test_a_certificate_that_nobody_vouches_for(alerted, tmp_path):
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=127.0.0.1"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl is not there")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with web(tls=context) as there:
        found = tried(alerted, there.port, "https")
    assert_kept_back(found)
    assert found.said.count("its certificate is not valid: self-signed certificate (127.0.0.1:") == 8
    assert there.taken == []


def test_an_answer_that_does_not_come(alerted, monkeypatch):
    for module in ("over_http", "over_smtp"):
        monkeypatch.setattr(f"flamescore.alerts.{module}.ANSWER", 0.3)
    with silent() as port:
        found = tried(alerted, port)
    assert_kept_back(found)
    assert found.said.count("timed out (127.0.0.1:") == 8


def test_an_answer_that_dribbles_is_cut_off(monkeypatch):
    monkeypatch.setattr(over_http, "ANSWER", 0.5)
    with silent(dribble=True) as port, pytest.raises(over_http.NotSentError) as told:
        over_http.post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert (told.value.why, told.value.broken) == (f"timed out (127.0.0.1:{port})", True)


def test_a_header_or_a_url_that_http_cannot_send(alerted):
    broken = f"{SECRET}\r\nX: y"
    alerted.written(
        "channels:\n  hook: {type: webhook, url: 'http://127.0.0.1:1/', headers: {X: '${KEY}'}}\n"
        "  chat: {type: slack, url: '${CHAT}'}\n"
        "alerts:\n  newly-hot: {segment: hot, channel: [hook, chat]}\n"
    ).rung("101")
    for chat in (f"http://127.0.0.1:1/{SECRET} x", f"ftp://127.0.0.1/{SECRET}", f"http://[{SECRET}/", SECRET):
        done = send_waiting(alerted.project, environ={"KEY": broken, "CHAT": chat})
        said = "\n".join(as_text(each, verbose=True) for each in done.findings)
        assert (done.unsent, SECRET in said, said.count("warning A021")) == (2, False, 2)


def test_signing_in_that_is_refused(alerted):
    with mailbox(password="other") as there:
        alerted.written(
            f"channels:\n  mail: {{type: email, host: 127.0.0.1, port: {there.port}, security: none,"
            " user: '${KEY}', password: '${KEY}', from: a@example.com}\n"
            "alerts:\n  newly-hot: {segment: hot, to: [b@example.com, c@example.com], channel: mail}\n"
        ).rung("101")
        done = send_waiting(alerted.project, environ={"KEY": SECRET})
        (told,) = done.findings
        assert told.message.startswith("535 ")
        assert "user or password is wrong" in told.message
        assert SECRET not in told.message
        assert alerted.rows("SELECT attempts FROM message ORDER BY attempts") == [(0,), (1,)]
        assert send_waiting(alerted.project, environ={"KEY": "other"}).sent == 2


def test_a_crash_names_the_place_alone(alerted):
    alerted.written(
        "channels:\n  chat: {type: slack, url: '${CHAT}'}\n"
        "alerts:\n  newly-hot: {segment: hot, channel: chat}\n"
    )
    alerted.rung("101")
    code = (
        "import flamescore.alerts.over_http as h, sys\n"
        "def crash(url, *_): raise RuntimeError(url)\n"
        "h.post = crash\n"
        "sys.argv = ['flamescore', 'notify']\n"
        "from flamescore.cli.start import main\nmain()"
    )
    environ = dict(os.environ, CHAT=f"http://127.0.0.1:1/{SECRET}")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=alerted.folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, SECRET in done.stdout + done.stderr) == (70, False)
    assert "X070" in done.stderr


def test_values_in_use_are_masked_however_they_are_written():
    in_use = InUse({"KEY": "a b/c+d", "OTHER": "zzz"})
    assert in_use.masked("a b/c+d") == "a b/c+d"
    assert in_use.filled("x${KEY}") == "xa b/c+d"
    assert in_use.masked("a b/c+d a%20b/c%2Bd a+b%2Fc%2Bd YSBiL2MrZA== zzz") == "*** *** *** *** zzz"
