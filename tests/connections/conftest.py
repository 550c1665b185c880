import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from reached import Reached
from servers import Postgres, binaries, running


@pytest.fixture
def reached(tmp_path: Path) -> Reached:
    return Reached(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Start a server of this session's own on loopback; skipped where Debian's package is missing."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed (Debian's package postgresql)")
    pytest.importorskip("adbc_driver_postgresql", reason="the extra postgres is not installed")
    with running() as server:
        yield server
