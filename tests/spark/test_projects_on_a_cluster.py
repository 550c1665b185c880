"""A standalone cluster with two workers gives the same run, also if one is killed while it scores.

It needs Java and the whole of pyspark in place of its client, in an environment of its own, and is skipped
where either is missing.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
import spark_project
from same_runs import assert_same_runs, run

SPEC = find_spec("pyspark")
HOME = None if SPEC is None else Path(SPEC.submodule_search_locations[0])
PATIENCE = 300

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(HOME is None or not (HOME / "jars").is_dir(), reason="pyspark is not installed"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed"),
]

CONF = """
spark.driver.host 127.0.0.1
spark.ui.enabled false
spark.executor.memory 600m
spark.executor.cores 1
spark.cores.max 2
spark.sql.shuffle.partitions 4
"""


class Cluster:
    """A master and two workers, which are ended by their process groups."""

    def __init__(self, folder):
        self.folder, self.groups = folder, []
        self.port = free_port()
        self.url = f"spark://127.0.0.1:{self.port}"
        (folder / "conf").mkdir()
        (folder / "conf/spark-defaults.conf").write_text(CONF)
        self.environ = {
            **os.environ,
            "SPARK_CONF_DIR": str(folder / "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_HOME": str(HOME),
            "SPARK_NO_DAEMONIZE": "1",
        }
        self.start("master.Master", "--host", "127.0.0.1", "--port", str(self.port), "--webui-port", "0")
        wait_for(lambda: answers(self.port))
        self.workers = [self.worker(name) for name in ("one", "two")]
        wait_for(lambda: self.log("master.Master").count("Registering worker") == 2)

    def log(self, what):
        return (self.folder / f"{what}.log").read_text()

    def start(self, what, *words, **environ):
        with (self.folder / f"{what}.log").open("a") as log:
            made = subprocess.Popen(
                [HOME / "bin/spark-class", f"org.apache.spark.deploy.{what}", *words],
                env=self.environ | environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.groups.append(made)
        return made

    def worker(self, name):
        there = self.folder / name
        (there / "tmp").mkdir(parents=True)
        words = ("--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--webui-port", "0")
        place = ("--work-dir", str(there / "work"))
        return self.start("worker.Worker", *words, *place, self.url, TMPDIR=str(there / "tmp"))

    def stop(self):
        for each in self.groups:
            if each.poll() is None:
                os.killpg(each.pid, signal.SIGKILL)
            each.wait()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def answers(port):
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def wait_for(done):
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def executors(group):
    """Return how many executors are in a process group."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes()
            found += b"CoarseGrainedExecutorBackend" in words and os.getpgid(int(process.name)) == group
    return found


@pytest.fixture
def cluster(tmp_path):
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder)
    yield made
    made.stop()


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    folder.mkdir()
    spark_project.write(folder, contacts=2_000, events=60_000)
    monkeypatch.chdir(folder)
    assert run("score", "--output", "here", "--max-rejects", "60%")[0] == 0
    return folder


def on(cluster):
    """Start the program on the cluster, with eight shards and small parts of tables."""
    words = ("--engine", "spark", "--master", cluster.url, "--output", "there", "--shards", "8")
    small = "from flamescore.spark import publish; publish.PART = 500"
    program = f"from flamescore.cli.main import main; {small}; main()"
    with (cluster.folder / "score.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-c", program, "score", *words, "--max-rejects", "60%"],
            env=cluster.environ,
            stdout=log,
            stderr=log,
        )


def test_two_workers_give_the_same(cluster, project):
    assert on(cluster).wait(PATIENCE) == 0, cluster.log("score")
    assert_same_runs(project / "here", project / "there")
    assert len(list((project / "there/latest/scores.parquet").glob("part-*"))) > 4


def test_a_worker_that_is_killed_while_it_scores(cluster, project):
    started = on(cluster)
    shards = cluster.folder / "one/tmp"
    wait_for(lambda: started.poll() is not None or any(shards.glob("flamescore-shard-*")))
    assert started.poll() is None, cluster.log("score")
    assert executors(cluster.workers[0].pid) == 1
    os.killpg(cluster.workers[0].pid, signal.SIGKILL)
    assert started.wait(PATIENCE) == 0, cluster.log("score")
    assert_same_runs(project / "here", project / "there")
