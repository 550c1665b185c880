"""Time steps inside a run, which can't be measured from outside, in wall and processor seconds.

python benchmarks/inside.py reasons CONFIG             the three reasons of the hot leads / counting
python benchmarks/inside.py contacts CONFIG CONTACTS   reading contacts, and what holds for them / reading

It prints `ours` and `floor` as JSON, each as wall and processor seconds.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from flamescore.steps import Step


os.environ.setdefault("POLARS_IDEAL_MORSEL_SIZE", "32768")  # as the program does, before Polars is imported

import polars as pl

from clocks import Reading, now  # before the product, whose timings then read both clocks
from flamescore.inputs import read_inputs
from flamescore.project import load_project
from flamescore.scoring import Scored, score_exports
from flamescore.tables import worded_reasons

COLUMNS: Final = ("contact_id", "email", "owner", "country", "employees", "tags")
"""The columns that the rules on fields and tags read."""


def reasons(config: Path) -> tuple[Reading, Reading, str]:
    """Time wording the reasons of every hot lead. The floor is the time of the counting step."""
    _, scored = _scored(config)
    name = scored.book.scores[0].name
    hot = scored.scores.filter(pl.col("score_name") == name, pl.col("flames") == 5)["contact_id"]
    began = now()
    worded_reasons(scored, name, hot)
    return now() - began, _step(scored, "counting"), f"{len(hot):,} leads"


def contacts(config: Path, file: Path) -> tuple[Reading, Reading, str]:
    """Time reading contacts and evaluating field and tag rules. The floor is reading the columns alone."""
    began = now()
    height = pl.read_parquet(file, columns=list(COLUMNS)).height
    floor = now() - began
    loading, scored = _scored(config)
    step = _step(scored, "contacts")
    ours = Reading(float(loading) + float(step), loading.processor + step.processor)
    return ours, floor, f"{height:,} contacts"


def _scored(config: Path) -> tuple[Reading, Scored]:
    """Return the time that loading took, and the scoring result."""
    began = now()
    with read_inputs(load_project(config)) as inputs:
        loading = now() - began
        return loading, score_exports(inputs.bound.book, inputs.exports, as_of=inputs.as_of)


def _step(scored: Scored, name: str) -> Reading:
    found: Step = next(each for each in scored.observed.steps if each.name.endswith(name))
    assert isinstance(found.seconds, Reading)
    return found.seconds


def main(what: str, config: str, *files: str) -> None:
    """Time, and print the result as JSON."""
    ours, floor, about = (reasons if what == "reasons" else contacts)(Path(config), *map(Path, files))
    told = {"ours": [ours, ours.processor], "floor": [floor, floor.processor], "about": about}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
