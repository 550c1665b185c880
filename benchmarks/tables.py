"""Score a project and write only its tables, without a report and without publishing a run.

python benchmarks/tables.py CONFIG FOLDER [scores.parquet points.parquet]

Without names, all tables are written, as by `flamescore score`. The peers write only the two named above.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec.structs import replace

os.environ.setdefault("POLARS_IDEAL_MORSEL_SIZE", "32768")  # as the program does, before Polars is imported

from flamescore.accounts import accounts_of
from flamescore.inputs import read_inputs
from flamescore.labels import judged
from flamescore.project import load_project
from flamescore.scoring import score_exports
from flamescore.tables import WRITERS, TableSettings, write_accounts, write_tables


def main(config: Path, folder: Path, *names: str) -> None:
    """Read the inputs, score them, and write the tables."""
    project = load_project(config)
    folder.mkdir(parents=True, exist_ok=True)
    with read_inputs(project) as inputs:
        scored = score_exports(
            inputs.bound.book, inputs.exports, as_of=inputs.as_of, conditions=inputs.conditions
        )
        scored = judged(scored, hot=inputs.hot, exclude=inputs.exclude)
        scored = replace(scored, accounts=accounts_of(scored))
    settings = TableSettings(project.settings.keep, project.settings.hot_flames)
    if not names:
        write_tables(folder, scored, scored.rejects, settings)
        write_accounts(folder, scored)
        return
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: WRITERS[name](folder, scored, settings), names))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
