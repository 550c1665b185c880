"""Two nights of the sample, which several files of tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from flamescore.nightly import Options, nightly
from flamescore.project import find_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory) -> Path:
    """The output folder of two nights; nobody writes to it."""
    folder = tmp_path_factory.mktemp("two-nights")
    for night in ("2026-11-20", "2026-11-21"):
        project = find_settings(str(ROOT / "flamescore.yaml"), {"output": str(folder), "as_of": night})
        nightly(project, Options())
    return folder
