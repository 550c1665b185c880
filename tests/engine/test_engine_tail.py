import numpy as np
import pytest

from flamescore.engine import aggregate
from flamescore.engine.aggregate import _in_order


@pytest.mark.parametrize("stream", [0, 5, 700])
@pytest.mark.parametrize("age_bits", [20, 31, 47, 48, 49, 50, 51, 52])
@pytest.mark.parametrize("rows", [1, 2, 255, 256])
def test_rows_are_put_in_order_by_run_then_age_then_place(monkeypatch, stream, age_bits, rows):
    dice = np.random.default_rng(rows)
    contact = dice.integers(0, 16, rows)
    run = stream << 8 | contact
    age = dice.integers(0, (3, 1 << age_bits)[rows % 2], rows)
    age[-1] = (1 << age_bits) - 1
    expected = np.lexsort((np.arange(rows), age, run)).tolist()
    assert _in_order(run, age, age_bits).tolist() == expected
    monkeypatch.setattr(aggregate, "KEY_BITS", 0)
    assert _in_order(run, age, age_bits).tolist() == expected


def test_the_order_of_no_rows():
    none = np.zeros(0, np.int64)
    assert _in_order(none, none, 20).tolist() == []


@pytest.mark.parametrize(("age_bits", "quick"), [(40, True), (53, True), (54, False)])
def test_what_fits_in_63_bits_is_sorted_as_one_number(monkeypatch, age_bits, quick):
    slow = []
    monkeypatch.setattr(aggregate.np, "lexsort", lambda keys: slow.append(1) or np.argsort(keys[0]))
    run = np.full(15, 9 << 20) + np.arange(15) * 4  # of 6 bits from the first on, and 4 for the place
    _in_order(run, np.arange(15), age_bits)
    assert bool(slow) == (not quick)
