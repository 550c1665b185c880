"""Scoring on Spark: the same engine runs on the workers, contact by contact, where the events are stored."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("pyarrow") is None:
    text = "flamescore.spark needs pyarrow, which is not installed: pip install 'flamescore[spark]'"
    raise ImportError(text)

from flamescore.spark.plan import MOST_EVENTS
from flamescore.spark.project_run import ClusterOptions, ProjectRun, score_project
from flamescore.spark.scoring import SparkResult, score
from flamescore.spark.session import session

__all__ = ["MOST_EVENTS", "ClusterOptions", "ProjectRun", "SparkResult", "score", "score_project", "session"]
