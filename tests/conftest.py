"""Three sizes of the test suite, set by `FLAMESCORE_TESTS`: `small`, `quick` (the default) and `full`.

`small` draws fewer examples and is for `make quick`. `small` and `quick` draw the same ones in every run.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

import flamescore  # noqa: F401 - before Polars, which reads the settings that it makes

# The width and colors of the developer's terminal must not affect the tests.
for name in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR"):
    os.environ.pop(name, None)

SIZE = os.environ.get("FLAMESCORE_TESTS", "quick")
FULL = SIZE == "full"

settings.register_profile(
    "quick",
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "full", settings.get_profile("quick"), max_examples=600, derandomize=False, print_blob=True
)
settings.register_profile("small", settings.get_profile("quick"), max_examples=20)
settings.load_profile(SIZE if SIZE in ("small", "full") else "quick")


def pytest_collection_modifyitems(items):
    if not FULL:
        for item in items:
            if "full" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="needs FLAMESCORE_TESTS=full"))
