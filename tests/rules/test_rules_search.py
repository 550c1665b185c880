"""`--where` of a search: its long and short forms, and its faults."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from flamescore.columns import Columns
from flamescore.errors import RuleFileError
from flamescore.rules import Equals, Like, Order, Predicate, bind_predicates, load_predicates

COLUMNS = Columns(("country", "employees", "First Name"))
PHOENIX = ZoneInfo("America/Phoenix")


def bound(*texts):
    return bind_predicates(load_predicates(texts), COLUMNS, PHOENIX)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country=US", Predicate("country", (Equals(texts=("US",)),))),
        ("country = US ", Predicate("country", (Equals(texts=("US",)),))),
        ("First Name=Ann Lee", Predicate("First Name", (Equals(texts=("Ann Lee",)),))),
        ("employees=5", Predicate("employees", (Equals(numbers=(Decimal(5),)),))),
        ("employees='5'", Predicate("employees", (Equals(texts=("5",)),))),
        ("country=[US, CA]", Predicate("country", (Equals(texts=("US", "CA")),))),
        ("country={starts_with: U}", Predicate("country", (Like("starts_with", ("U",)),))),
        ("country=a=b", Predicate("country", (Equals(texts=("a=b",)),))),
        ("country!=US", Predicate("country", (Equals(texts=("US",), negate=True),))),
        ("employees != 5", Predicate("employees", (Equals(numbers=(Decimal(5),), negate=True),))),
        ("employees>100", Predicate("employees", (Order("more_than", Decimal(100)),))),
        ("employees>=100.5", Predicate("employees", (Order("at_least", Decimal("100.5")),))),
        ("employees<-1", Predicate("employees", (Order("less_than", Decimal(-1)),))),
        ("employees <= 1e3", Predicate("employees", (Order("at_most", Decimal(1000)),))),
        ("First Name<2026-12-01", Predicate("First Name", (Order("less_than", date(2026, 12, 1)),))),
        ("country~us", Predicate("country", (Like("contains", ("us",)),))),
        ("employees~55", Predicate("employees", (Like("contains", ("55",)),))),
        ("country=>5", Predicate("country", (Equals(texts=(">5",)),))),
        ("country~a=b", Predicate("country", (Like("contains", ("a=b",)),))),
        ("country=true", Predicate("country", (Equals(texts=("true",)),))),
        ("country=a: b", Predicate("country", (Equals(texts=("a: b",)),))),
        ("country=*x # [", Predicate("country", (Equals(texts=("*x # [",)),))),
        ("country=[US", Predicate("country", (Equals(texts=("[US",)),))),
        ("country=0042", Predicate("country", (Equals(texts=("0042",)),))),
        ('{country: "a=b>c"}', Predicate("country", (Equals(texts=("a=b>c",)),))),
        ("country: {contains: 'a>b'}", Predicate("country", (Like("contains", ("a>b",)),))),
        ("{country: US}", Predicate("country", (Equals(texts=("US",)),))),
        (
            "{employees: {between: [10, 99]}}",
            Predicate("employees", (Order("at_least", Decimal(10)), Order("at_most", Decimal(99)))),
        ),
        ("{employees: {at_least: 100}}", Predicate("employees", (Order("at_least", Decimal(100)),))),
    ],
)
def test_one_where(text, expected):
    assert bound(text) == (expected,)


def test_several_wheres_must_all_hold():
    assert [each.column for each in bound("{country: US, employees: 5}", "First Name=Ann")] == [
        "country",
        "employees",
        "First Name",
    ]


HOW = "        Write `country=US`, or `{country: US, employees: {at_least: 100}}`."
FAULTS = {
    "US": f"""\
--where: R110 `US` names no column.
{HOW}""",
    "country=": f"""\
--where: R110 `country=` asks for nothing.
{HOW}""",
    "=US": f"""\
--where: R110 `=US` names no column.
{HOW}""",
    "employees>": f"""\
--where: R110 `employees>` asks for nothing.
{HOW}""",
    "employees >= lots": """\
--where: R110 `>=` needs a number or a date, not `lots`.
        Write `employees>=100`, or `employees>=2026-12-31`.""",
    "employees={atleast: 100}": """\
--where:1:12: R070 Unknown operator `atleast`.
    1 | employees={atleast: 100}
      |            ^^^^^^^
        Did you mean `at_least`?""",
    "{country: {}}": """\
--where:1:11: R071 `country` has no operator.
    1 | {country: {}}
      |           ^
        Add one, such as `equals: VIP`.""",
    "{contry: US}": """\
--where:1:2: R090 No contacts export has a column `contry`.
    1 | {contry: US}
      |  ^^^^^^
        Did you mean `country`?""",
    "contry=US": """\
--where:1:1: R090 No contacts export has a column `contry`.
    1 | contry=US
      | ^^^^^^
        Did you mean `country`?""",
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_fault(text, expected):
    with pytest.raises(RuleFileError) as caught:
        bound(text)
    assert str(caught.value) == expected


def test_the_faults_of_all_wheres_are_told_together():
    with pytest.raises(RuleFileError) as caught:
        load_predicates(["US", "employees={atleast: 100}"])
    assert [each.code for each in caught.value.problems] == ["R110", "R070"]
