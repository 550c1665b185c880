"""The files of `examples/` and the Dockerfile are accepted by the tools that read them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import types
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema
import polars as pl
import pytest
import yaml
from typer.main import get_command

import flamescore
from cli.small import write_project
from flamescore.cli.main import program

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PROGRAM = "/opt/flamescore/bin/flamescore"


def test_all_files_are_looked_at():
    assert sorted(path.name for path in EXAMPLES.iterdir() if path.is_file()) == [
        "airflow_dag.py", "crontab", "dagster_job.py", "flamescore-failed.service", "flamescore.service",
        "flamescore.timer", "github-actions.yaml", "hubspot-import.sh",
    ]  # fmt: skip


def flags_of(command):
    """Return the flags that a command of the program accepts."""
    verb = get_command(program()).commands[command]
    return {flag for param in verb.params for flag in param.opts}


def checked(words):
    """Check that the command and flags of a call of the program exist, and return the command."""
    at = next(n for n, word in enumerate(words) if word.endswith("flamescore") and not word.endswith("/"))
    command, *rest = words[at + 1 :]
    flags = {word for word in rest if word.startswith("-")}
    assert flags <= flags_of(command) | {"--notify"}, flags
    return command


# --- Docker


def dockerfile():
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def test_the_image_is_made_of_a_wheel_and_runs_without_a_shell_as_nobody_in_particular():
    steps = dockerfile()
    last = steps[max(n for n, step in enumerate(steps) if step[0] == "FROM") :]
    assert last[0] == ("FROM", "python:3.11-slim")
    said = dict(last)
    assert (said["USER"], said["WORKDIR"]) == ("10001:10001", "/data")
    assert (json.loads(said["ENTRYPOINT"]), json.loads(said["CMD"])) == (["flamescore"], ["--help"])
    assert any("pip wheel" in words for _, words in steps)


def test_the_build_takes_files_that_are_there_and_not_ignored():
    taken = [
        name
        for step, words in dockerfile()
        if step == "COPY" and not words.startswith("--from")
        for name in words.split()[:-1]
    ]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(taken) == allowed
    assert all((ROOT / name).exists() for name in taken)


@pytest.mark.full
def test_the_image_builds_and_is_small():
    asked = ["docker", "info"]
    if shutil.which("docker") is None or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("there is no Docker here")
    build = ["docker", "build", "--quiet", "--tag", "flamescore-test", str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=1_200)
    size = ["docker", "image", "inspect", "--format", "{{.Size}}", "flamescore-test"]
    assert int(subprocess.run(size, check=True, capture_output=True, text=True).stdout) < 400_000_000
    run = ["docker", "run", "--rm", "flamescore-test", "--version"]
    assert subprocess.run(run, check=True, capture_output=True, text=True).stdout.startswith("flamescore ")


# --- cron and systemd


def test_the_lines_of_the_crontab():
    text = (EXAMPLES / "crontab").read_text()
    lines = [
        line.removeprefix("# ") for line in text.splitlines() if re.match(r"(# )?[\d*]\S* [\d*]\S* ", line)
    ]
    assert [line.split()[:5] for line in lines] == [["0", "2", "*", "*", "*"], ["*/15", "*", "*", "*", "*"]]
    for line in lines:
        command = line.split(maxsplit=5)[5]
        assert "%" not in command  # cron treats it as the end of a line
        assert checked(shlex.split(command)) == "score"
        assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0
    assert ("--notify" in lines[0], "--notify" in lines[1]) == (False, True)


def test_systemd_takes_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        assert not (os.environ.get("CI") and sys.platform == "linux"), "systemd-analyze is missing"
        pytest.skip("there is no systemd here")
    units = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".service", ".timer"))
    for unit in units:
        text = unit.read_text()
        checked_calls = [line for line in text.splitlines() if line.startswith("ExecStart=" + PROGRAM)]
        assert [checked(shlex.split(line)) for line in checked_calls] == ["score"] * len(checked_calls)
        (tmp_path / unit.name).write_text(text.replace(PROGRAM, sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "OnFailure=flamescore-failed.service" in (EXAMPLES / "flamescore.service").read_text()


# --- Airflow and Dagster


def loaded(name, monkeypatch, folder, **modules):
    """Return an example as a module, with stubs for the libraries that it imports."""
    monkeypatch.setenv("LEADS", str(folder))
    for each, held in modules.items():
        module = types.ModuleType(each.replace("__", "."))
        vars(module).update(held)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    found = types.ModuleType(name)
    exec(compile((EXAMPLES / f"{name}.py").read_text(), f"{name}.py", "exec"), vars(found))
    return found


class Recorder:
    """A stub for a class or function of a library that records its calls."""

    def __init__(self, **given):
        self.given = given


def test_the_airflow_dag_scores_a_project(tmp_path, monkeypatch):
    folder, tasks, dags = write_project(tmp_path / "project"), [], []

    def task(**given):
        def kept(function):
            tasks.append(function)
            return lambda: given

        return kept

    def dag(**given):
        dags.append(given)
        return lambda function: function

    when = Recorder()
    when.in_timezone = lambda _: datetime(2026, 11, 21, 7, tzinfo=UTC)
    pendulum = {"datetime": lambda *date, tz: (date, tz)}
    module = loaded(
        "airflow_dag",
        monkeypatch,
        folder,
        airflow={},
        airflow__sdk={"dag": dag, "task": task},
        pendulum=pendulum,
    )
    assert dags[0]["schedule"] == "0 2 * * *"
    place = tasks[0](data_interval_end=when)
    assert place == str(module.LEADS / "scores" / "2026-11-21.parquet")
    assert pl.read_parquet(place).filter(pl.col("contact_id") == "101")["score"].to_list() == [25, 3]
    (folder / "contacts.csv").unlink()
    with pytest.raises(flamescore.InputError):
        tasks[0](data_interval_end=when)


def test_the_dagster_asset_scores_a_project(tmp_path, monkeypatch):
    folder = write_project(tmp_path / "project")
    library = {
        "asset": lambda function: function,
        "define_asset_job": lambda name, selection: (name, selection),
        **dict.fromkeys(("Definitions", "ScheduleDefinition", "MaterializeResult"), Recorder),
    }
    module = loaded("dagster_job", monkeypatch, folder, dagster=library)
    told = module.lead_scores().given["metadata"]
    assert told["contacts"] == 8
    assert pl.read_parquet(told["file"]).height == 16
    assert module.defs.given["assets"] == [module.lead_scores]


@pytest.mark.parametrize(("name", "library"), [("airflow_dag", "airflow.sdk"), ("dagster_job", "dagster")])
def test_it_is_imported_where_the_library_is_there(name, library, monkeypatch, tmp_path):
    pytest.importorskip(library)
    assert loaded(name, monkeypatch, tmp_path).score_leads


# --- GitHub Actions


def test_the_workflow_is_one_of_github_s():
    schema = json.loads((Path(__file__).parent / "github-workflow.json").read_text())
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yaml").read_text())
    workflow["on"] = workflow.pop(True)  # YAML 1.1 reads `on` as True
    jsonschema.Draft7Validator(schema).validate(workflow)
    steps = workflow["jobs"]["dry-run"]["steps"]
    calls = [
        line for step in steps for line in step.get("run", "").splitlines() if "flamescore score" in line
    ]
    assert [checked(shlex.split(re.search(r"flamescore score[^;|]*", call)[0])) for call in calls] == [
        "score"
    ] * 2
    for step in steps:
        assert subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=False).returncode == 0


# --- HubSpot


@pytest.fixture
def hubspot():
    """Run a server that accepts what HubSpot's import API accepts."""
    heard, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, self.headers["Authorization"], self.headers["Content-Type"], body))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *_):
            """Log nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", heard, answers
    server.shutdown()
    server.server_close()


def send(folder, api, **more):
    plain = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    return subprocess.run(
        ["sh", EXAMPLES / "hubspot-import.sh", folder],
        env=plain | {"HUBSPOT_API": api} | more,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("curl") is None and not os.environ.get("CI"), reason="there is no curl here")
def test_the_files_of_a_write_back_are_sent_to_hubspot(hubspot, tmp_path):
    api, heard, answers = hubspot
    folder = tmp_path / "crm"
    folder.mkdir()
    assert (send(folder, api, HUBSPOT_TOKEN="t").stdout, heard) == (f"nothing to import in {folder}\n", [])
    for number in ("001", "002"):
        (folder / f"importRequest-{number}.json").write_text(f'{{"name": "{number}"}}')
        (folder / f"crm-{number}.csv").write_text(f"Record ID,lead_flames\n{number},5\n")
    done = send(folder, api, HUBSPOT_TOKEN="s3cr3t-XYZ")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"sent {folder}/crm-001.csv\nsent {folder}/crm-002.csv\n"
    assert [(path, token) for path, token, _, _ in heard] == [("/crm/v3/imports", "Bearer s3cr3t-XYZ")] * 2
    kind, body = heard[1][2:]
    assert kind.startswith("multipart/form-data")
    assert b'name="importRequest"\r\nContent-Type: application/json\r\n\r\n{"name": "002"}' in body
    assert (
        b'name="files"; filename="crm-002.csv"\r\nContent-Type: text/csv\r\n\r\nRecord ID,lead_flames' in body
    )
    answers.append(401)
    refused = send(folder, api, HUBSPOT_TOKEN="s3cr3t-XYZ")
    assert refused.returncode != 0
    assert (len(heard), refused.stdout) == (3, "")
    assert "s3cr3t-XYZ" not in refused.stderr
    assert "HUBSPOT_TOKEN" in send(folder, api).stderr
