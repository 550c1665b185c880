from pathlib import Path

import pytest
from exports_bench import Bench

from real_exports import REAL


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def with_contacts(bench: Bench) -> Bench:
    bench.write("contacts.csv", "contact_id,email\n1,a@x.org\n2,B@x.org\n")
    return bench


@pytest.fixture
def real() -> Path:
    if not REAL.is_dir():
        pytest.skip("the real exports are not here")
    return REAL
