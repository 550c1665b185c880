"""Two nights of the sample, shared by several test files."""

from __future__ import annotations

from pathlib import Path

import pytest

from flamescore.nightly import Options, nightly
from flamescore.project import find_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory) -> Path:
    """Return the output folder of two nights, which no test may write to."""
    folder = tmp_path_factory.mktemp("two-nights")
    for night in ("2026-11-20", "2026-11-21"):
        project = find_settings(str(ROOT / "flamescore.yaml"), {"output": str(folder), "as_of": night})
        nightly(project, Options())
    return folder
