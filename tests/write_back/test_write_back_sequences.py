"""Runs, imports, missed imports, deliveries and undone deliveries in any order, against a model of a CRM."""

import os
import random
from dataclasses import dataclass, field

import polars as pl
import pytest
from crm import AS_OF, Crm, exports, leads, scores

from flamescore.state import DELIVERED_CELLS as DELIVERED
from flamescore.write_back import after_import, after_undo, cells_of, changed, write_files

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"
NOTHING = pl.DataFrame(schema=DELIVERED)
WRITE_BACKS = """\
  all: {format: generic, columns: {flames: F, score: S, hot_since: H, rank: R}}
  all2: {format: generic, columns: {flames: F, percentile: P, in_best: B}}
  mail: {format: keap, segment: hot, max_rows: 2, columns: {flames: F, fit_score: S}}
"""


@dataclass
class Night:
    """A run: the folder of its files, its rows, and the expected content of the CRM after its import."""

    folder: object
    rows: pl.DataFrame
    current: dict
    based_on: pl.DataFrame


@dataclass
class Job:
    """A project whose write-back is run, imported, acknowledged and undone."""

    dice: random.Random
    folder: object
    write_back: object
    crm: Crm = field(default_factory=Crm)
    nights: list[Night] = field(default_factory=list)
    state: pl.DataFrame = field(default_factory=NOTHING.clone)
    before: pl.DataFrame | None = None

    def run(self):
        dice = self.dice
        ids = dice.sample("123456", dice.randint(3, 6))
        tables = [
            scores(
                name,
                *sorted(
                    (
                        (each, dice.choice([0, 1.5, 12.25, -0.4]), dice.randint(0, 5))
                        for each in ids
                        if dice.random() < 0.8
                    ),
                    key=lambda row: -row[1],
                ),
            )
            for name in ("interest", "fit")
        ]
        some = [
            (name, each, AS_OF if dice.random() < 0.5 else None)
            for name in ("hot", "best")
            for each in ids
            if dice.random() < 0.4
        ]
        mails = [
            (each, dice.choice([f"p{each}@x.com", f"P{each}@X.com", "shared@x.com", None])) for each in ids
        ]
        those = leads(
            mails, pl.concat(tables), segments=some, held_out=[each for each in ids if dice.random() < 0.1]
        )
        cells = cells_of(self.write_back, those, self.state["key"])
        found = changed(self.write_back, cells, self.state)
        place = self.folder / f"{len(self.nights)}"
        write_files(place, found, run_id=f"r{len(self.nights)}", as_of=AS_OF, based_on=None, waiting=0)
        headers = [each.header for each in self.write_back.columns if each.steady]
        numbers = [number for number, each in enumerate(self.write_back.columns) if each.steady]
        current = {
            row["key"]: {
                header: row[f"cell_{number}"] for header, number in zip(headers, numbers, strict=True)
            }
            for row in cells.rows.iter_rows(named=True)
        }
        self.nights.append(
            Night(place / "write_back" / self.write_back.name, found.as_rows(), current, self.state)
        )

    def take_and_tell(self):
        """Import the latest files once or twice, and acknowledge them."""
        night = self.nights[-1]
        if night.based_on is not self.state:
            return  # acknowledged already
        for _ in range(self.dice.randint(1, 2)):
            self.crm.take(night.folder, self.write_back.name)
        self.before, self.state = self.state, after_import(self.state, night.rows)
        for key, cells in night.current.items():
            assert {header: self.crm.records[key][header] for header in cells} == cells
        assert {*night.current} <= {*self.state["key"]}

    def undo(self):
        """Undo a delivery: rows that the CRM had before get their previous cells."""
        night = self.nights[-1]
        if self.before is None or night.based_on is not self.before:
            return
        known = {key: dict(cells) for key, cells in self.crm.records.items()}
        self.crm.take(night.folder, "undo")
        self.state, self.before = after_undo(self.before, night.rows), None
        assert self.state.equals(self.state.sort("key", "column"))
        for key, column, cell in self.state.rows():
            assert self.crm.records[key][column] == cell
        first_time = set(night.rows["key"]) - set(self.state["key"])
        assert all(self.crm.records[key] == known[key] for key in first_time)
        night.based_on = self.state


@pytest.mark.parametrize("seed", range(1_000 if FULL else 40))
def test_the_crm_has_what_was_delivered(tmp_path, seed):
    dice = random.Random(seed)
    job = Job(dice, tmp_path, dice.choice(exports(tmp_path, WRITE_BACKS)))
    job.run()
    for _ in range(10):
        dice.choice([job.run, job.run, job.take_and_tell, job.take_and_tell, job.undo])()
