"""Invalid values of flags and arguments: the error states what is expected and what was given."""

from __future__ import annotations

import pytest
import typer

from cli.log_lines import first_line
from flamescore.cli.main import program

FORMATS = "`table`, `csv`, `json`, `ndjson`, `parquet`, `xlsx`, `md`"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("score --hot-flames 9", "--hot-flames must be a whole number from 1 to 5, not `9`."),
        ("score --hot-flames few", "--hot-flames must be a whole number from 1 to 5, not `few`."),
        ("score --lock-timeout -1", "--lock-timeout must be at least 0, not `-1`."),
        ("score --lock-timeout long", "--lock-timeout must be a number, not `long`."),
        ("score --log-format xml", "--log-format must be one of `text`, `json`, not `xml`."),
        ("search --min-score many", "--min-score must be a number, not `many`."),
        ("search --min-percentile 101", "--min-percentile must be at most 100, not `101`."),
        ("search --min-percentile -1", "--min-percentile must be at least 0, not `-1`."),
        ("search --limit 2.5", "--limit must be a whole number, not `2.5`."),
        ("search --limit -1", "--limit must be at least 0, not `-1`."),
        (
            "search --changed sideways",
            "--changed must be one of `up`, `down`, `newly-hot`, `cooled-off`, `new`, not `sideways`.",
        ),
        ("search --format xml", f"--format must be one of {FORMATS}, not `xml`."),
        ("explain 101 --format xml", "--format must be one of `table`, `json`, `csv`, not `xml`."),
        ("changes --limit x", "--limit must be a whole number, not `x`."),
        ("runs --lock-timeout -0.5", "--lock-timeout must be at least 0, not `-0.5`."),
        (
            "schema all",
            "which must be one of `rules`, `project`, `test`, `backtest`, `diff`, `check`, not `all`.",
        ),
    ],
)
@pytest.mark.usefixtures("project")
def test_what_a_value_must_be_and_is(flamescore, words, said):
    verb = words.split()[0]
    done = flamescore(*words.split())
    first, *rest = done.err.splitlines()
    assert (done.code, done.out, first) == (2, "", f"error U002: {said}")
    assert rest == ([] if "--hot-flames" in words else [f"        Do: See `flamescore {verb} --help`."])
    if "--log-format" not in words:
        told = first_line(flamescore(*words.split(), "--log-format", "json").err)
        assert (told["code"], told["message"], told["exit_code"]) == ("U002", said, 2)


def typed():
    """Yield, for every flag and argument that is not plain text, a command line with an invalid value."""
    group = typer.main.get_command(program())
    for verb, command in group.commands.items():
        for param in command.params:
            annotation = param.type_descriptor.annotation
            if (
                annotation not in (str, bool)
                and annotation != list[str]
                and not getattr(param, "count", False)
            ):
                flag = [param.opts[-1]] if param.opts[-1].startswith("-") else []
                needed = ["101"] if verb == "explain" else []
                yield pytest.param([verb, *needed, *flag, "?"], id=f"{verb} {param.name}")


@pytest.mark.parametrize("words", list(typed()))
@pytest.mark.usefixtures("project")
def test_no_value_is_told_in_the_words_of_the_library(flamescore, words):
    done = flamescore(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error U002: ")
    assert done.err.splitlines()[0].endswith(", not `?`.")
