"""Charts drawn by a process of their own, and what happens without it."""

import os
import subprocess
import sys
import time

import pytest

from flamescore.report import pen as pens
from flamescore.report import svg
from flamescore.report.charts import by_flames
from flamescore.report.pen import Pen

CHARTS = [(by_flames((5, 4, 3, 2, 1, 0)), "Zoë"), (by_flames((0, 0, 0, 0, 0, 2**53)), "2")]


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(pens, "_cores", lambda: 2)


def here():
    return svg.draw(CHARTS)


def test_its_charts_are_those_drawn_here(monkeypatch):
    expected = here()
    monkeypatch.setattr(svg, "_svg", None)
    with Pen() as pen:
        assert svg.draw(CHARTS, pen) == expected


def test_it_draws_once_then_charts_are_drawn_here():
    with Pen() as pen:
        assert [svg.draw(CHARTS, pen) for _ in range(2)] == [here()] * 2


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(3)",
        "import os; os.abort()",
        "print('[]')",
        "print('no JSON')",
        "import sys; sys.stdin.close(); sys.stdout.close()",
        "import sys; sys.stdin.read(); print('[1, 2]'); sys.exit(1)",
    ],
)
def test_where_it_fails_charts_are_drawn_here(monkeypatch, program):
    monkeypatch.setattr(pens, "_PROGRAM", program)
    with Pen() as pen:
        assert pen.draw([spec for spec, _ in CHARTS]) is None
    with Pen() as pen:
        assert svg.draw(CHARTS, pen) == here()


def test_where_it_takes_too_long_charts_are_drawn_here(monkeypatch):
    monkeypatch.setattr(pens, "_PROGRAM", "import time; time.sleep(600)")
    monkeypatch.setattr(pens, "_PATIENCE", 0.1)
    with Pen() as pen:
        assert svg.draw(CHARTS, pen) == here()


@pytest.mark.parametrize("executable", ["", None, "no/such/program"])
def test_where_it_does_not_start_charts_are_drawn_here(monkeypatch, executable):
    monkeypatch.setattr(sys, "executable", executable)
    with Pen() as pen:
        assert pen.draw([]) is None


def test_on_one_core_charts_are_drawn_here(monkeypatch):
    monkeypatch.setattr(pens, "_cores", lambda: 1)
    with Pen() as pen:
        assert pen.process is None


def test_it_is_gone_when_its_block_ends():
    def broken():
        with Pen() as pen:
            process.append(pen.process)
            raise KeyboardInterrupt

    process = []
    with pytest.raises(KeyboardInterrupt):
        broken()
    assert process[0].returncode is not None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_it_ends_where_the_run_is_killed():
    program = (
        "import os\nfrom flamescore.report import pen as pens\npens._cores = lambda: 2\n"
        "with pens.Pen() as pen:\n    print(pen.process.pid, flush=True)\n    os.kill(os.getpid(), 9)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as run:
        drawing = int(run.stdout.readline())
    assert run.returncode == -9
    until = time.monotonic() + 30
    while there(drawing) and time.monotonic() < until:
        time.sleep(0.05)
    assert not there(drawing)


def there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
