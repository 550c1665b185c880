"""Accounts by the domain of the e-mail address, and free mail providers from a file."""

import polars as pl

import flamescore

RULES = """\
version: 1
scores:
  s: {five_flames: 20, rules: [{name: R, field: {points: {at_least: 1}}, points: 5}]}
accounts:
  key: email_domain
  free_mail: {file: lists/free.txt}
  scores: {s: {combine: sum, five_flames: 20}}
"""
MAILS = ["ann@Acme.Example ", "bo@acme.example", "cy@isp.example", "di@gmail.com", "x@localhost", None]


def test_the_key_is_the_domain_of_the_address(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "free.txt").write_text("ISP.example\n")
    contacts = pl.DataFrame({"contact_id": list("abcdef"), "email": MAILS, "points": ["1"] * 6})
    result = flamescore.score(flamescore.load_rules(RULES, folder=tmp_path), contacts, as_of="2026-11-21")
    assert result.accounts.select("account", "score", "contacts").rows() == [("acme.example", 10.0, 2)]
    ledger = result.account_points.select("account", "entry", "contact_id", "points").rows()
    assert ledger == [("acme.example", "contact", who, 5.0) for who in "ab"]
