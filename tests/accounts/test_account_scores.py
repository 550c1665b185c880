"""Accounts in literal numbers: the result of each way to combine scores, owners, and what is reported."""

import pytest

from accounts.by_hand import found, scored
from flamescore.accounts import account_findings, free_mail

FOUR = [{"company": "Acme Inc", "points": points} for points in (10, 5, -3, 0)]


def rows(account):
    return [(row["entry"], row["contact_id"], row["points"]) for row in account.points.iter_rows(named=True)]


@pytest.mark.parametrize(
    ("combine", "ledger", "score", "flames", "counted"),
    [
        ("sum", ["0001", 10, "0002", 5, "0004", 0, "0003", -3, "account_limit", -1], 11, 2, 4),
        ("max", ["0001", 10], 10, 2, 1),
        ("mean", ["0001", 10, "0002", 5, "0004", 0, "0003", -3, "mean", -9], 3, 0, 4),
        ("{top: 2}", ["0001", 10, "0002", 5, "account_limit", -4], 11, 2, 2),
    ],
)
def test_an_account_of_four(combine, ledger, score, flames, counted):
    says = f"""
accounts:
  key: company
  scores: {{engagement: {{combine: {combine}, limits: {{max: 11}}, five_flames: 20}}}}
"""
    _, account = scored(FOUR, says)

    row = account.scores.row(0, named=True)
    assert [each for entry, who, points in rows(account) for each in (who or entry, points)] == ledger
    assert (row["score"], row["flames"], row["contacts"], row["scored"]) == (score, flames, 4, 4)
    assert (row["counted"], row["best_contact_id"], row["percent_of_ideal"]) == (counted, "0001", score * 5)


def test_a_mean_is_rounded_away_from_zero():
    says = "accounts: {key: company, scores: {engagement: {combine: mean, five_flames: 20}}}"
    people = [{"company": "a", "points": each} for each in (10, 1, 1, 5, 5, 5)]
    people += [{"company": "b", "points": each} for each in (-3, -3, -3, -3, 0, 0, 1)]
    _, account = scored(people, says)
    assert account.scores["score"].to_list() == [4.5, -1.5714]
    thirds = [{"company": "c", "points": each} for each in (10, 10, 0)]
    _, account = scored([*thirds, {"company": "d", "points": -3}, *[{"company": "d", "points": 1}] * 1], says)
    assert account.scores["score"].to_list() == [6.6667, -1]


def test_the_first_usable_key_says_whose_a_contact_is():
    people = [
        {"id": "42", "domain": "acme.example"},
        {"id": None, "domain": "acme.example"},
        {"id": " ", "domain": "ACME.example"},
        {"id": None, "domain": " Acme.example "},
        {"id": None, "domain": "acme.example"},
        {"id": None, "domain": "GMail.com"},
        {"id": "gmail.com", "domain": "42"},
        {"id": None, "domain": None},
    ]
    account = found([each | {"points": 0} for each in people], key="[id, domain]")
    acme = "acme.example"
    assert account.of.to_list() == ["42", acme, acme, acme, acme, None, "42", None]
    assert (account.contacts, account.without, account.free_mail, account.spellings) == (6, 2, 1, 1)
    assert account.all.to_dicts() == [
        {"account": "42", "name": None, "contacts": 2},
        {"account": acme, "name": None, "contacts": 4},
    ]


def test_keys_are_composed_and_spellings_of_one_number_stand_by_code_point():
    people = [
        {"company": each, "points": 0} for each in ("CAF\u00c9", "cafe\u0301", "Caf\u00e9", "Cafe\u0301")
    ]
    account = found(people)
    assert account.of.to_list() == ["CAF\u00c9"] * 4
    assert account.spellings == 1


def test_an_account_is_called_as_most_of_its_members_call_it():
    people = [
        {"company": "a", "called": each, "points": 0} for each in ("X", "Y ", "Y", None, "", "Z", "Z", "Z ")
    ]
    assert found(people, "  name: called\n").all["name"].to_list() == ["Z"]


def test_more_free_mail():
    people = [{"company": each, "points": 0} for each in ("ISP.example", "acme.example")]
    account = found(people, "  free_mail: [isp.example]\n")
    assert account.of.to_list() == [None, "acme.example"]
    assert account.free_mail == 1


def test_the_package_knows_free_mail():
    assert len(free_mail()) == 297
    assert {"gmail.com", "yahoo.com", "zoho.com"} <= set(free_mail())


# --- accounts that may be the same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Inc", "Acme, Inc."),
        ("Acme", "A.C.M.E. Co. Ltd"),
        ("Zeta GmbH & Co. KG", "zeta"),
        ("acme.example", "Acme-Example"),
        ("co", "Co. Inc"),
        ("Caf\u00e9 5", "caf\u00e95 oy"),
    ],
)
def test_accounts_that_are_written_alike(one, other):
    account = found([{"company": each, "points": 0} for each in (one, one, other)])
    (pair,) = account.near
    assert (pair.kind, pair.accounts, pair.contacts) == ("spelling", (one, other), 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme Inc", "Acme Sub Inc"), ("inc", "co"), ("Inc Co", "Co"), ("--", "."), ("a", "\u00e4")],
)
def test_accounts_that_are_not(one, other):
    assert found([{"company": each, "points": 0} for each in (one, other)]).near == ()


def test_of_more_than_two_alike_each_is_paired_with_the_largest():
    people = [{"company": each, "points": 0} for each in ("b inc", "b", "b", "B, Inc", "b llc", "b llc")]
    account = found(people)
    assert [(pair.accounts, pair.contacts) for pair in account.near] == [
        (("b", "b llc"), 2),
        (("b", "B, Inc"), 1),
        (("b", "b inc"), 1),
    ]


def test_subdomains_and_domains_of_members():
    people = [
        {"id": "Acme", "email_domain": "acme.example"},
        {"id": "Acme", "email_domain": "acme.example"},
        {"id": None, "email_domain": "acme.example"},
        {"id": None, "email_domain": "eu.acme.example"},
        {"id": None, "email_domain": "a.eu.acme.example"},
        {"id": "Beta", "email_domain": "gmail.com"},
    ]
    account = found([each | {"points": 0} for each in people], key="[id, email_domain]")
    assert [(pair.kind, pair.accounts, pair.contacts) for pair in account.near] == [
        ("domain", ("Acme", "acme.example"), 1),
        ("subdomain", ("a.eu.acme.example", "eu.acme.example"), 1),
        ("subdomain", ("acme.example", "eu.acme.example"), 1),
    ]


def test_pairs_that_may_be_one_are_a_warning_with_the_way_to_merge_them():
    people = [{"company": each, "points": 0} for each in (*["Acme Inc"] * 3, *["Acme, Inc."] * 2)]
    (finding,) = account_findings(found(people))
    assert (finding.code, finding.subject) == ("R183", "accounts")
    assert finding.message == (
        'accounts: 1 pair may be the same company: "Acme Inc" and "Acme, Inc." (2 contacts). '
        'To merge two, rename one: rename: {company: {"Acme, Inc.": Acme Inc}}.'
    )


def test_the_warning_names_three_pairs():
    people = [{"company": f"{name}{form}", "points": 0} for name in "abcd" for form in ("", " inc")]
    (finding,) = account_findings(found(people))
    assert finding.message == (
        'accounts: 4 pairs may be the same company: "a" and "a inc" (1 contact), '
        '"b" and "b inc" (1 contact), '
        '"c" and "c inc" (1 contact), ... To merge two, rename one: rename: {company: {a inc: a}}.'
    )


def test_a_hundred_pairs_are_listed_and_all_are_counted():
    people = [{"company": f"c{n}{form}", "points": 0} for n in range(120) for form in ("", " inc")]
    account = found(people)
    assert (len(account.near), account.pairs) == (100, 120)


def test_a_large_domain_may_be_free_mail():
    def told(many, others):
        people = [{"email_domain": "isp.example", "points": 0}] * many
        people += [{"email_domain": f"d{n}.example", "points": 0} for n in range(others)]
        return [each.message for each in account_findings(found(people, key="email_domain"))]

    assert told(100, 1_011) == [
        (
            "accounts: isp.example has 9% of the contacts. "
            "If anyone can have an address there, add it to free_mail."
        )
    ]
    assert told(99, 0) == []
    assert told(100, 1_900) == []
    assert len(told(100, 1_899)) == 1


# --- ranks, roles, orders


def test_accounts_rank_among_accounts():
    people = [
        {"company": name, "points": points}
        for name, points in zip("aabcdd", (10, 5, 5, 5, -3, 1), strict=True)
    ]
    account = found([*people, {"company": None, "points": 10}])
    assert account.scores.select("account", "score", "rank", "percentile", "flames").rows() == [
        ("a", 15, 1, 100, 1),
        ("b", 5, 2, 100 / 3, 0),
        ("c", 5, 2, 100 / 3, 0),
        ("d", -2, 4, 0, 0),
    ]


ROLES = """
accounts:
  key: company
  scores: {engagement: {combine: max, five_flames: 20}}
  roles:
    buyer: {if: {field: {title: {contains: ceo}}}}
    users: {if: {score: engagement, flames: {at_least: 1}}, at_least: 2}
"""


def test_roles_are_counted_over_all_members():
    people = [
        {"company": "a", "points": 10, "title": "CEO"},
        {"company": "a", "points": 5, "title": None},
        {"company": "b", "points": 5, "title": "x"},
        {"company": None, "points": 5, "title": "CEO"},
    ]
    _, account = scored(people, ROLES)
    assert account.all.to_dicts() == [
        {"account": "a", "name": None, "contacts": 2, "role_buyer": 1, "role_users": 2, "complete": True},
        {"account": "b", "name": None, "contacts": 1, "role_buyer": 0, "role_users": 1, "complete": False},
    ]
    assert account.roles.rows() == [
        ("a", "buyer", "0001"),
        ("a", "users", "0001"),
        ("a", "users", "0002"),
        ("b", "users", "0003"),
    ]
    assert account.scores.select("account", "role_buyer", "role_users", "complete").rows() == [
        ("a", 1, 2, True),
        ("b", 0, 1, False),
    ]


POPULATION = """
version: 1
scores:
  engagement:
    five_flames: 20
    population: {field: {points: {more_than: 0}}}
    rules:
      - {name: Ten, field: {points: 10}, points: 10}
"""


def test_who_is_outside_the_population_is_a_member_without_points():
    people = [{"company": "a", "points": 10}, {"company": "a", "points": 0}, {"company": "b", "points": 0}]
    says = "accounts: {key: company, scores: {engagement: {combine: mean, five_flames: 20}}}"
    _, account = scored(people, says, POPULATION)
    assert account.scores.select("account", "score", "contacts", "scored", "counted").rows() == [
        ("a", 10, 2, 1, 1)
    ]
    assert account.all["account"].to_list() == ["a", "b"]


def test_nobody_in_an_account_and_no_contacts_at_all():
    account = found([{"company": None, "points": 10}])
    assert (account.scores.height, account.points.height, account.of.to_list()) == (0, 0, [None])
    assert (account.contacts, account.without, account.near) == (0, 1, ())


def test_sums_past_64_bits():
    rules = "version: 1\nscores:\n  engagement:\n    five_flames: 20\n    rules:\n"
    rules += "".join(
        f"      - {{name: N{n}, field: {{points: {{more_than: 0}}}}, points: 1000000000}}\n"
        for n in range(500)
    )
    people = [{"company": "a", "points": 1}] * 2_000 + [{"company": "b", "points": 0}]
    says = "accounts: {key: company, scores: {engagement: {combine: sum, five_flames: 20}}}"
    _, account = scored(people, says, rules)
    assert account.scores.select("account", "score", "rank", "flames").rows() == [
        ("a", 1e15, 1, 5),
        ("b", 0, 2, 0),
    ]
