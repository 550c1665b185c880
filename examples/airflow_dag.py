"""An Airflow DAG that scores every night by the Python API and keeps the scores as Parquet.

Put it into the DAGs folder, and set LEADS to the folder with flamescore.yaml. `flamescore score` in a
BashOperator does more: it publishes runs, with reports and call lists. This is for pipelines that want frames.
"""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import dag, task

import flamescore

LEADS = Path(os.environ.get("LEADS", "/srv/leads"))
RULES = "rules.yaml"


def score_leads(as_of: str) -> str:
    """Score the project as of an instant such as `2026-11-21T07:00:00Z`; return the file with the scores.

    Whatever is wrong with rules or exports is a `flamescore.FlamescoreError`: the task fails with its text.
    """
    rules = flamescore.load_rules(LEADS / RULES)
    exports = flamescore.load_exports(LEADS / "flamescore.yaml", rules)
    result = flamescore.score(rules, exports, as_of=as_of)
    place = LEADS / "scores" / f"{as_of[:10]}.parquet"
    place.parent.mkdir(exist_ok=True)
    result.scores.write_parquet(place)
    return str(place)


@dag(
    schedule="0 2 * * *",
    start_date=pendulum.datetime(2026, 11, 1, tz="America/Phoenix"),
    catchup=False,
    max_active_runs=1,
)
def leads():
    """Score the leads as of the end of the interval: 2 o'clock of the night that it runs in."""

    @task(retries=2)
    def score(data_interval_end=None):
        return score_leads(data_interval_end.in_timezone("UTC").strftime("%Y-%m-%dT%H:%M:%SZ"))

    score()


leads()
