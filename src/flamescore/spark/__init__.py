"""Scoring on Spark: the same engine runs on the workers, contact by contact, where the events are stored."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("pyarrow") is None:
    text = "flamescore.spark needs pyarrow, which is not installed: pip install 'flamescore[spark]'"
    raise ImportError(text)

from flamescore.spark.scoring import SparkResult, score

__all__ = ["SparkResult", "score"]
