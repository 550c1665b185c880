"""Every command has --quiet and --verbose, and both do what their help says."""

from __future__ import annotations

import json
import re

import pytest

from flamescore.cli.main import VERBS

WORDS = {
    "score": ["score"],
    "explain": ["explain", "101"],
    "search": ["search"],
    "report": ["report"],
    "changes": ["changes"],
    "runs": ["runs"],
    "notify": ["notify"],
    "presets": ["presets"],
    "schema": ["schema"],
}
TIMING = re.compile(r" *\d+\.\d{3} s .*")


def test_all_commands_are_here():
    others = {
        "delivered",
        "notify",
        "check",
        "test",
        "backtest",
        "diff",
        "freeze",
        "init",
    }  # these have their own tests
    assert {*WORDS} | others == {*VERBS}


@pytest.mark.usefixtures("scored")
@pytest.mark.parametrize("verb", WORDS)
def test_verbose_says_how_long_it_took_and_changes_no_answer(flamescore, verb):
    words = WORDS[verb]
    plain, verbose = flamescore(*words), flamescore(*words, "--verbose")
    assert (plain.code, verbose.code) == (0, 0)
    assert verb == "score" or verbose.out == plain.out
    timed = [line for line in verbose.err.splitlines() if TIMING.fullmatch(line)]
    assert timed
    assert set(plain.err.splitlines()) == set(verbose.err.splitlines()) - set(timed)
    said = [json.loads(line) for line in flamescore(*words, "-v", "--log-format", "json").err.splitlines()]
    assert any(each["level"] == "info" and TIMING.fullmatch(each["message"]) for each in said)


@pytest.mark.usefixtures("scored")
@pytest.mark.parametrize("verb", WORDS)
@pytest.mark.parametrize("more", [(), ("--verbose",)])
def test_quiet_says_nothing_beside_the_answer(flamescore, verb, more):
    words = WORDS[verb]
    plain, quiet = flamescore(*words), flamescore(*words, "--quiet", *more)
    assert (quiet.code, quiet.err) == (0, "")
    assert quiet.out == ("" if verb in ("score", "notify") else plain.out)


@pytest.mark.usefixtures("scored")
@pytest.mark.parametrize("verb", ["explain", "search", "report", "changes"])
def test_twice_quiet_keeps_back_what_is_said_of_a_latest_run_of_a_day_to_come(flamescore, verb):
    words, then = WORDS[verb], {"FLAMESCORE_NOW": "2026-11-01T00:00:00Z"}
    assert "O101" in flamescore(*words, **then).err
    assert "O101" in flamescore(*words, "-q", **then).err
    assert flamescore(*words, "-qq", **then).err == ""
