"""Held-out contacts, drawn the same way every night."""

import random
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from flamescore.labels import drawn
from flamescore.project import HoldOut


def held_out(ids, share="5", companies=None, **more):
    contacts = pl.DataFrame({"contact_id": [str(each) for each in ids]})
    if companies is not None:
        contacts = contacts.with_columns(company=pl.Series(companies, dtype=pl.String))
    marks = drawn(contacts, HoldOut(share=Decimal(share), **more))
    return contacts["contact_id"].filter(pl.Series(marks)).to_list()


def test_the_contracts_ids_are_held_out():
    assert held_out(range(1001, 1061)) == ["1007", "1009", "1055"]
    assert held_out(range(1001, 1061), "10") == ["1007", "1009", "1016", "1046", "1055"]
    assert len(held_out(range(1001, 3001))) == 97
    assert len(held_out(range(1001, 3001), "10")) == 185


def test_nobody_changes_over_thirty_nights_and_shares_are_nested():
    ids, dice = list(range(10_000)), random.Random(4)
    first = set(held_out(ids))
    for _ in range(30):
        dice.shuffle(ids)
        there = ids[: dice.randint(5_000, 10_000)]
        assert set(held_out(there)) == first & {str(each) for each in there}
    shares = [set(held_out(range(10_000), share)) for share in ("0.0001", "0.5", "5", "5.0001", "25", "50")]
    assert all(few <= more for few, more in pairwise(shares))
    assert len(shares[-1]) == pytest.approx(5_000, abs=200)


def test_another_salt_draws_anew():
    ids = range(1001, 3001)
    assert held_out(ids, salt="flamescore") == held_out(ids)
    both = set(held_out(ids)) & set(held_out(ids, salt="2026-q4"))
    assert len(both) < 15  # 5 are in both by chance


def test_whole_companies_are_held_out_and_those_without_one_by_themselves():
    ids = [101, 102, 103, 104, 105, 106]
    companies = ["Acme", None, " ", "\tACME ", "Rival", ""]
    # At 50%, `acme`, 102 and 106 are drawn; `rival` and 103 are not.
    assert held_out(ids, "50", companies, by="company") == ["101", "102", "104", "106"]
    assert held_out(ids, "50", companies) == ["102", "106"]


def test_spellings_that_compare_equal_are_one_company():
    names = ["Café", "Cafe\u0301", " CAFÉ"]
    assert len(held_out([1, 2, 3], "50", names, by="company", salt="b")) in (0, 3)
    assert {len(held_out([1, 2, 3], "50", names, by="company", salt=str(n))) for n in range(20)} == {0, 3}


def test_the_domain_of_the_e_mail_is_a_column_too():
    contacts = pl.DataFrame(
        {"contact_id": ["1", "2", "3"], "email": ["a@acme.example", "b@ACME.example", None]}
    )
    marks = [
        drawn(contacts, HoldOut(share=Decimal(50), by="email_domain", salt=str(n))).tolist()
        for n in range(20)
    ]
    assert {tuple(each[:2]) for each in marks} == {(True, True), (False, False)}
