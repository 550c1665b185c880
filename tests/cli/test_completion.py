"""Shell completion: only values of the latest run, and no messages."""

from __future__ import annotations

import time

import pytest

from cli.small import CONTACTS, latest, runs


@pytest.fixture
def completed(flamescore):
    """Return a function that completes the last of its words the way bash requests it."""

    def complete(*words: str) -> list[str]:
        done = flamescore(
            _FLAMESCORE_COMPLETE="complete_bash",
            COMP_WORDS="\n".join(("flamescore", *words)),
            COMP_CWORD=str(len(words)),
        )
        assert (done.code, done.err) == (0, "")
        return [each for each in done.out.split("\n") if each]

    return complete


@pytest.mark.once
@pytest.mark.parametrize(
    ("words", "values"),
    [
        (("search", "--owner", ""), ["Bob", "Dana Fox", "Unassigned"]),
        (("search", "--owner", "da"), ["Dana Fox"]),
        (("search", "--tag", ""), ["Competitor", "Do Not Call", "New Lead", "VIP"]),
        (("search", "--score", ""), ["fit", "interest"]),
        (("changes", "--score", "i"), ["interest"]),
        (("search", "--columns", "na"), ["name"]),
        (("search", "--columns", "rank,Cou"), ["rank,Country"]),
        (("search", "--columns", "reason"), ["reason_1", "reason_2", "reason_3"]),
        (("search", "--changed", "d"), ["down"]),
        (("search", "--format", "c"), ["csv"]),
        (("report", "--format", ""), ["html", "md", "table", "xlsx"]),
        (("presets", "hub"), ["hubspot"]),
        (("explain", "10"), []),
        (("explain", "101"), ["101"]),
        (("explain", "Ann"), ["ann@example.com"]),
        (("search", "--owner", "nobody of that name"), []),
    ],
)
@pytest.mark.usefixtures("scored")
def test_values_of_the_latest_run(completed, words, values):
    found = completed(*words)
    assert found[:3] == values[:3] if words[:2] == ("search", "--changed") else found == values


@pytest.mark.once
def test_runs_newest_first(scored, completed, flamescore):
    assert flamescore("score", "--as-of", "2026-11-22").code == 0
    assert completed("search", "--run", "2026") == sorted(runs(scored), reverse=True)
    assert completed("search", "--run", "2026-11-22") == [latest(scored)]


@pytest.mark.once
@pytest.mark.usefixtures("scored")
def test_every_column_that_is_completed_is_one(completed, flamescore):
    known = completed("search", "--columns", "")
    assert {"place", "newly_hot", "percent_of_ideal", "Employees"} <= set(known)
    assert flamescore("search", "--columns", ",".join(known)).code == 0


@pytest.mark.once
def test_values_that_a_shell_would_obey_are_left_out(project, flamescore, completed):
    evil = ("$(reboot)", "`reboot`", "a;reboot", "a|b", "a&b", "x\\", "--out=x", "a\x1b[31m", "Fine O'Hara")
    rows = "".join(f"{200 + n},N,n{n}@example.com,,,{owner},,,,\n" for n, owner in enumerate(evil))
    (project / "contacts.csv").write_text(CONTACTS + rows)
    assert flamescore("score", "--accept").code == 0
    assert completed("search", "--owner", "") == ["Bob", "Dana Fox", "Fine O'Hara", "Unassigned"]


@pytest.mark.once
def test_faults_complete_nothing_in_silence(scored, completed):
    (scored / "out" / "latest" / "contacts.parquet").write_bytes(b"PAR1")
    (scored / "out" / "latest" / "run.json").write_text("{")
    for words in (
        ("--owner", ""),
        ("--tag", ""),
        ("--score", ""),
        ("--columns", "na"),
        ("--config", "no", "--tag", ""),
    ):
        assert completed("search", *words) == []
    assert completed("explain", "101") == []
    (scored / "flamescore.yaml").write_text("version: [")
    assert completed("search", "--owner", "") == []


@pytest.mark.once
@pytest.mark.usefixtures("project")
def test_without_a_run_nothing_is_completed(completed):
    assert completed("search", "--owner", "") == []
    assert completed("search", "--run", "") == []


@pytest.mark.once
@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version(flamescore, flag):
    done = flamescore(flag)
    assert done.code == 0
    assert done.out.startswith("flamescore ")


@pytest.mark.full
@pytest.mark.once
def test_of_100_000_contacts_completion_takes_a_moment(project, flamescore, process):
    rows = "".join(
        f"{n},Name {n},name{n}@example.com,,,Owner {n % 40},,US,,\n" for n in range(200_000, 300_000)
    )
    (project / "contacts.csv").write_text(CONTACTS + rows)
    assert flamescore("score", "--accept").code == 0
    for words in (("search", "--owner", "Owner"), ("search", "--tag", "V"), ("explain", "2345")):
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            done = process(
                cwd=project,
                _FLAMESCORE_COMPLETE="complete_bash",
                COMP_WORDS="\n".join(("flamescore", *words)),
                COMP_CWORD=str(len(words)),
            )
            taken.append(time.perf_counter() - began)
            assert (done.code, done.err) == (0, "")
        assert 0 < len(done.out.splitlines()) <= 50
        assert min(taken) < 0.6
