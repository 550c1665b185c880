"""The domain of an e-mail address, and where rules can refer to it."""

import polars as pl
import pytest

import flamescore
from flamescore.email_domain import domain_of

DOMAINS = {
    "Ann@Acme.Example ": "acme.example",
    "a@b@c.io": "c.io",
    "a@a.io.": "a.io",
    "a@a.io...": "a.io",
    "\u00a0bo@mail.acme.example\u2003": "mail.acme.example",
    "b\u00e9@\u00c9T\u00c9.IO": "\u00e9t\u00e9.io",
    "@@a.io": "a.io",
    '"a b"@a.io': "a.io",
    "a\nb@a.io": "a.io",
    "x@localhost": None,
    "x@localhost.": None,
    "@a.io": None,
    " @a.io": None,
    "a@a..io": None,
    "a@.a.io": None,
    "a@": None,
    "a@...": None,
    "n/a": None,
    "a.io": None,
    "": None,
    "  ": None,
    None: None,
    "Ann <ann@a.io>": None,
    "a@a.io, b@b.io": "b.io",
    "a@a.io,": None,
    "a@a.io;": None,
    "a@(a).io": None,
    "a@a .io": None,
    "a@a\u00a0b.io": None,
}


def test_domains():
    frame = pl.DataFrame({"email": list(DOMAINS)}, schema={"email": pl.String})
    found = frame.select(domain_of(pl.col("email"))).to_series().to_list()
    assert dict(zip(DOMAINS, found, strict=True)) == DOMAINS


RULES = """\
version: 1
scores:
  fit:
    five_flames: 10
    rules:
      - {name: Acme, field: {email_domain: acme.example}, points: 2}
      - {name: None, field: {email_domain: {empty: true}}, points: 1}
"""
EMAILS = {"contact_id": ["1", "2", "3"], "email": ["Ann@ACME.example", "n/a", None]}


def test_frames_with_an_email_have_it():
    rules = flamescore.load_rules(RULES)
    result = flamescore.score(rules, pl.DataFrame(EMAILS), as_of="2026-11-21")
    scores = result.scores.sort("contact_id")["score"].to_list()
    assert scores == [2.0, 1.0, 1.0]
    assert result.contacts.columns == ["contact_id", "email"]
    assert flamescore.search(result, where=["email_domain=acme.example"])["contact_id"].to_list() == ["1"]


def test_a_column_of_that_name_comes_first():
    frame = pl.DataFrame(EMAILS | {"email_domain": ["other.example", "acme.example", "acme.example"]})
    scores = flamescore.score(flamescore.load_rules(RULES), frame, as_of="2026-11-21").scores
    assert scores.sort("contact_id")["score"].to_list() == [0.0, 2.0, 2.0]


def test_without_an_email_there_is_none():
    with pytest.raises(flamescore.FlamescoreError, match=r"R090 .*No contacts export has a column"):
        flamescore.score(
            flamescore.load_rules(RULES), pl.DataFrame({"contact_id": ["1"]}), as_of="2026-11-21"
        )
