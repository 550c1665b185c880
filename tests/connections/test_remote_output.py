"""An output in S3: what is stored and read there, and what happens when things go wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from reached import FILES, PROJECT, Reached

from flamescore.errors import LockedError, OutputError, ProjectFileError
from flamescore.runs import RunStore

pytestmark = pytest.mark.full


def text(store, more=""):
    return f"output: s3://{store.bucket}/leads\nstate: state\n{more}{PROJECT}"


@pytest.fixture
def scored(reached, store, monkeypatch):
    reached.write(FILES)

    def score(day=21, more="", folder=None):
        monkeypatch.setenv("FLAMESCORE_NOW", "2026-11-30T00:00:00Z")
        return (folder or reached).score(text(store, more), f"2026-11-{day:02}T00:00:00Z")

    return score


def latest(store):
    return json.loads(store.get("leads/latest.json"))


def test_a_run_is_published_as_it_would_be_into_a_folder(reached, store, scored):
    plain = reached.score(PROJECT).published.run.path
    outcome = scored()
    run_id = outcome.published.run.run_id
    assert outcome.published.place == f"s3://{store.bucket}/leads/runs/{run_id}"
    assert latest(store) == {"run_id": run_id, "as_of": "2026-11-21T00:00:00Z"}
    prefix = f"leads/runs/{run_id}/"
    names = [key.removeprefix(prefix) for key in store.keys(prefix)]
    assert names == sorted(path.relative_to(plain).as_posix() for path in plain.rglob("*") if path.is_file())
    for name in ("scores.parquet", "points.parquet", "segments.parquet"):
        if name in names:
            assert store.get(prefix + name) == (plain / name).read_bytes()
    assert not Path(reached.folder, "s3:").exists()


def test_the_state_moves_and_retention_deletes_there_too(reached, store, scored):
    ids = [scored(day, "keep_runs: 2\n").published.run.run_id for day in (19, 20, 21)]
    there = {key.split("/")[2] for key in store.keys("leads/runs/")}
    assert there == set(ids[1:])
    assert {path.name for path in Path(reached.folder, "state/runs").iterdir()} == there
    history = [key.removeprefix("leads/history/") for key in store.keys("leads/history/")]
    assert history == [f"{run_id}.parquet" for run_id in sorted(ids)]
    record = json.loads(store.get(f"leads/runs/{ids[2]}/run.json"))
    assert record["state"] == {"kind": "counting", "state_run": ids[1]}
    backfill = scored(20, "keep_runs: 3\n")
    assert not backfill.published.latest
    assert latest(store)["run_id"] == ids[2]


def test_another_machine_reads_what_it_needs(tmp_path, store, scored):
    first, second = (scored(day).published.run.run_id for day in (20, 21))
    (tmp_path / "reader").mkdir()
    reader = Reached(tmp_path / "reader")
    reader.write(FILES)
    done = reader.command("runs", text(store), "--format", "json")
    assert done.code == 0, done.err
    listed = json.loads(done.out)
    assert [each["run_id"] for each in listed] == [second, first]
    assert [each["damaged"] for each in listed] == [None, None]
    assert all(each["bytes"] > 10_000 for each in listed)
    kept = reader.folder / "state/runs"
    assert not list(kept.glob("*/scores.parquet"))
    found = reader.command("search", text(store), "--flames", "2", "--format", "csv")
    assert found.code == 0, found.err
    assert found.out.splitlines()[1].startswith("1,")
    assert [path.parent.name for path in kept.glob("*/scores.parquet")] == [second]
    assert reader.command("runs", text(store), "--check").code == 0


def test_a_run_without_a_record_is_none_and_goes_after_a_day(reached, store, scored, monkeypatch):
    run_id = scored().published.run.run_id
    store.put("leads/runs/2026-11-20T000000Z-abcdef/scores.parquet", "x")
    store.put("leads/runs/notes.txt", "mine")
    assert [run.run_id for run in RunStore.of(reached.project(text(store))).runs()] == [run_id]
    scored(22)
    assert store.keys("leads/runs/2026-11-20") != []
    from flamescore.runs import remote  # noqa: PLC0415 - its clock is set

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz or UTC) + timedelta(days=1, minutes=1)

    monkeypatch.setattr(remote, "datetime", Tomorrow)
    scored(23)
    assert store.keys("leads/runs/2026-11-20") == []
    assert store.keys("leads/runs/notes.txt") == ["leads/runs/notes.txt"]


def test_a_quicker_machine_with_a_later_run_makes_ours_a_backfill(tmp_path, store, scored, monkeypatch):
    other = Reached(tmp_path / "other")
    other.folder.mkdir()
    other.write(FILES)
    first = scored(20).published.run.run_id
    meanwhile(monkeypatch, lambda: scored(25, folder=other))
    outcome = scored(21)
    assert not outcome.published.latest
    assert latest(store)["as_of"] == "2026-11-25T00:00:00Z"
    assert f"leads/runs/{outcome.published.run.run_id}/run.json" in store.keys("leads/runs/")
    assert f"leads/runs/{first}/run.json" in store.keys("leads/runs/")


def test_a_quicker_machine_with_an_earlier_run_gives_way(tmp_path, store, scored, monkeypatch):
    other = Reached(tmp_path / "other")
    other.folder.mkdir()
    other.write(FILES)
    meanwhile(monkeypatch, lambda: scored(20, folder=other))
    outcome = scored(21)
    assert outcome.published.latest
    assert latest(store)["run_id"] == outcome.published.run.run_id


def test_who_is_always_too_late_ends_with_5_and_leaves_nothing(store, scored, monkeypatch):
    run_id = scored(20).published.run.run_id
    said = store.get("leads/latest.json")
    from flamescore.connections import Bucket, ChangedObjectError  # noqa: PLC0415 - one of them is changed

    real, tries = Bucket.write_if, []

    def late(self, key, data, *, tag):
        if key.endswith("latest.json"):
            tries.append(tag)
            raise ChangedObjectError("changed")
        real(self, key, data, tag=tag)

    monkeypatch.setattr(Bucket, "write_if", late)
    with pytest.raises(LockedError, match="O001 other machines publish to s3://"):
        scored(21)
    assert len(tries) == 3
    assert store.get("leads/latest.json") == said
    assert {key.split("/")[2] for key in store.keys("leads/runs/")} == {run_id}


def meanwhile(monkeypatch, act):
    """Call `act` between the upload of the next run and the update of `latest.json`."""
    from flamescore.runs.remote import Remote  # noqa: PLC0415 - it is changed

    real = Remote.upload

    def upload(self, *words):
        real(self, *words)
        monkeypatch.setattr(Remote, "upload", real)
        act()

    monkeypatch.setattr(Remote, "upload", upload)


def test_a_store_without_conditions_ends_with_6(store, scored, monkeypatch):
    from flamescore.connections import Bucket  # noqa: PLC0415 - it is changed

    monkeypatch.setattr(Bucket, "write_if", lambda self, key, data, *, tag: self.write(key, data))  # noqa: ARG005
    with pytest.raises(OutputError, match=r"A032 s3://.*can't write on a condition; nothing was published"):
        scored()
    assert store.keys() == []


def test_what_goes_wrong_ends_in_a_plain_error_within_ten_seconds(reached, store, monkeypatch):
    reached.write(FILES)

    def refused(output):
        began = time.monotonic()
        done = reached.command("score", text(store).replace(f"s3://{store.bucket}/leads", output))
        assert time.monotonic() - began < 12
        assert done.code == 6
        assert "s3cr3t" not in done.err
        return done.err

    assert "A031: s3://no-such-bucket/x: there is no bucket `no-such-bucket`." in refused(
        "s3://no-such-bucket/x"
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert "can't be reached" in refused("s3://no-such-bucket/x")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "has not answered within 10 s." in refused("s3://no-such-bucket/x")
    kept = b"".join(path.read_bytes() for path in reached.folder.rglob("*") if path.is_file())
    assert b"s3cr3t" not in kept


def test_without_state_it_is_a_fault_of_the_project_file(reached):
    with pytest.raises(ProjectFileError, match="A012 An `output` in S3 needs `state`") as stopped:
        reached.project("output: s3://leads/x\n")
    assert ":4:9: A012" in str(stopped.value)
    reached.project(PROJECT)
    done = reached.command("score", PROJECT, "--output", "s3://leads/x")
    assert (done.code, "A012" in done.err) == (2, True)
    done = reached.command("score", PROJECT, "--output", "gs://leads/x")
    assert (done.code, "P031" in done.err) == (2, True)


SCORE = "from flamescore.cli.start import main; main()"


def test_killed_in_the_upload_latest_leads_to_a_whole_run(reached, store, scored):
    """Kill a hundred runs at random moments; the run that `latest.json` names is complete each time."""
    scored(1)
    random, environ = Random(7), os.environ | {"FLAMESCORE_NOW": "2026-11-30T00:00:00Z"}
    config, killed = str(reached.folder / "flamescore.yaml"), 0
    for number in range(100):
        as_of = f"2026-11-{2 + number // 4:02}T{number % 4:02}:00:00Z"
        words = ["flamescore", "score", "--config", config, "--as-of", as_of]
        run = subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.argv = {words}; {SCORE}"],
            env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        before = set(store.keys("leads/runs/"))
        began = time.monotonic()
        while (
            run.poll() is None and set(store.keys("leads/runs/")) == before and time.monotonic() - began < 20
        ):
            time.sleep(0.02)
        time.sleep(random.random() * 0.25)
        run.send_signal(signal.SIGKILL)
        killed += run.wait() == -signal.SIGKILL
        run_id = latest(store)["run_id"]
        record = json.loads(store.get(f"leads/runs/{run_id}/run.json"))
        sizes = {each["path"]: each["bytes"] for each in record["files"]}
        prefix = f"leads/runs/{run_id}/"
        assert {key.removeprefix(prefix) for key in store.keys(prefix)} == {*sizes, "run.json"}
    assert killed > 20
    assert scored(29).published.latest


def test_of_two_publishers_at_once_one_is_the_latest_and_neither_is_torn(tmp_path, store, scored):
    scored(1)
    environ = os.environ | {"FLAMESCORE_NOW": "2026-11-30T00:00:00Z"}
    runs = []
    for name in ("a", "b"):
        machine = Reached(tmp_path / name)
        machine.folder.mkdir()
        machine.write(FILES)
        machine.project(text(store))
        words = [
            "flamescore",
            "score",
            "--config",
            str(machine.folder / "flamescore.yaml"),
            "--as-of",
            "2026-11-05",
        ]
        runs.append(
            subprocess.Popen([sys.executable, "-c", f"import sys; sys.argv = {words}; {SCORE}"], env=environ)
        )
    assert {run.wait() for run in runs} <= {0, 5}
    there = {key.split("/")[2] for key in store.keys("leads/runs/")}
    assert latest(store)["run_id"] in there
    for run_id in there:
        record = json.loads(store.get(f"leads/runs/{run_id}/run.json"))
        assert len(store.keys(f"leads/runs/{run_id}/")) == len(record["files"]) + 1
