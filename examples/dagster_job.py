"""A Dagster asset that scores every night by the Python API and keeps the scores as Parquet.

Load it with `dagster dev -f dagster_job.py`, and set LEADS to the folder with flamescore.yaml.
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

import flamescore

LEADS = Path(os.environ.get("LEADS", "/srv/leads"))
RULES = "rules.yaml"


def score_leads(as_of: str) -> tuple[Path, int]:
    """Score the project as of an instant; return the file with the scores, and how many contacts there are.

    Whatever is wrong with rules or exports is a `flamescore.FlamescoreError`: the run fails with its text.
    """
    rules = flamescore.load_rules(LEADS / RULES)
    exports = flamescore.load_exports(LEADS / "flamescore.yaml", rules)
    result = flamescore.score(rules, exports, as_of=as_of)
    place = LEADS / "scores" / "latest.parquet"
    place.parent.mkdir(exist_ok=True)
    result.scores.write_parquet(place)
    return place, result.contacts.height


@dg.asset
def lead_scores():
    """The scores of all leads as of now."""
    place, contacts = score_leads("now")
    return dg.MaterializeResult(metadata={"file": str(place), "contacts": contacts})


nightly = dg.define_asset_job("nightly", selection=[lead_scores])
defs = dg.Definitions(
    assets=[lead_scores],
    jobs=[nightly],
    schedules=[
        dg.ScheduleDefinition(job=nightly, cron_schedule="0 2 * * *", execution_timezone="America/Phoenix")
    ],
)
