"""Two sizes of the tests: `FLAMESCORE_TESTS=full` for all, else the quick ones, alike in every run."""

import os

import pytest
from hypothesis import HealthCheck, settings

import flamescore  # noqa: F401 - before Polars, which reads what it sets

FULL = os.environ.get("FLAMESCORE_TESTS") == "full"

settings.register_profile(
    "quick",
    max_examples=120,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "full", settings.get_profile("quick"), max_examples=600, derandomize=False, print_blob=True
)
settings.load_profile("full" if FULL else "quick")


def pytest_collection_modifyitems(items):
    if not FULL:
        for item in items:
            if "full" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="needs FLAMESCORE_TESTS=full"))
