"""Loading: the result for valid files, its speed, and the permitted depth."""

import hashlib
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flamescore.errors import RuleFileError
from flamescore.rules import (
    AnyOf,
    Decay,
    HasTag,
    Not,
    Points,
    TagMatch,
    load_condition,
    load_rules,
    load_rules_text,
)
from flamescore.yaml_tree import parse

UTC = ZoneInfo("UTC")
SECTION_ONE = Path(__file__).parent / "section_one.yaml"
EVENT = (
    "      - {{name: Rule {0}, event: [open, Type {0}], points: {1}, where: {{url: {{contains: /{0}}}}}}}\n"
)


def file_of(rules, score="five_flames: 20"):
    return (
        f"version: 1\nscores:\n  interest:\n    {score}\n    defaults: {{count: once}}\n    rules:\n{rules}"
    )


def test_the_file_of_the_contract_loads_without_a_word():
    loaded = load_rules(SECTION_ONE)
    assert loaded.warnings == ()
    assert loaded.path == str(SECTION_ONE)
    assert loaded.hash == hashlib.sha256(SECTION_ONE.read_bytes()).hexdigest()
    assert loaded.text == SECTION_ONE.read_text(encoding="utf-8")
    assert [rule.name for rule in loaded.book.scores[0].rules][-1] == "Already a customer"
    where = loaded.document.where(("scores", "interest", "rules", 3, "points"))
    assert (where.line, where.column, where.snippet) == (40, 17, "        points: 6")


def test_numbers_are_never_floats():
    loaded = load_rules_text(
        file_of("      - {name: A, event: e, points: 0.1, decay: {linear: 0.25%, every: 1d}}\n")
    )
    (rule,) = loaded.book.scores[0].rules
    assert rule.subject.points == Points(fixed=1_000)
    assert isinstance(rule.subject.points.fixed, int)
    assert rule.subject.decay == Decay("linear", Decimal("0.0025"), 1)
    assert isinstance(rule.subject.decay.share, Decimal)


def test_three_hundred_rules_load_fast():
    text = file_of("".join(EVENT.format(index, index % 7) for index in range(300)))
    start = time.perf_counter()
    loaded = load_rules_text(text)
    assert time.perf_counter() - start < 1
    assert len(loaded.book.scores[0].rules) == 300


def test_deep_conditions_load_and_deeper_ones_are_told():
    def nested(levels):
        return "{not: " * levels + "{tag: VIP}" + "}" * levels

    load_rules_text(file_of(f"      - {{name: A, if: {nested(80)}, points: 1}}\n"))
    with pytest.raises(RuleFileError, match="R012"):
        load_rules_text(file_of(f"      - {{name: A, if: {nested(5_000)}, points: 1}}\n"))


def test_rules_are_loaded_without_polars():
    code = (
        "import sys\n"
        "from flamescore.rules import json_schema\n"
        "json_schema()\n"
        "sys.exit('polars' in sys.modules or 'numpy' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_condition_of_another_file():
    document = parse(
        "call_list:\n  exclude: {any: [{tag: Do Not Call}]}\n", "flamescore.yaml", letter="P"
    ).document
    loaded = load_condition(document, ("call_list", "exclude"))
    assert loaded.condition(UTC) == AnyOf((HasTag(TagMatch("any", ("Do Not Call",))),))


def test_faults_of_a_condition_of_another_file():
    conditions = ("{tags: Do Not Call}", "{event: purchase, last: 90}", "{field: {a: {}}}")
    text = "call_list:\n  exclude:\n    any:\n" + "".join(f"      - {each}\n" for each in conditions)
    document = parse(text, "flamescore.yaml", letter="P").document
    with pytest.raises(RuleFileError) as caught:
        load_condition(document, ("call_list", "exclude"))
    assert [(each.code, str(each.where), each.message) for each in caught.value.problems] == [
        ("R020", "flamescore.yaml:4:10", "Unknown key `tags` in a condition."),
        ("R022", "flamescore.yaml:5:33", "`last` must be a period such as `30d`, not the number `90`."),
        ("R071", "flamescore.yaml:6:21", "`a` has no operator."),
    ]


def test_a_condition_that_is_a_file():
    document = parse("not: {tag: [A, B]}\n", "filter").document
    assert load_condition(document).condition(UTC) == Not(HasTag(TagMatch("any", ("A", "B"))))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Owns a dog", "owns-a-dog"),
        ("  E-mail: 50% off!  ", "e-mail-50-off"),
        ("Größe über 1.000", "größe-über-1-000"),
        ("Half ½ and x² of it", "half-and-x-of-it"),
        ("under_score", "under-score"),
    ],
)
def test_the_id_of_a_name(name, expected):
    loaded = load_rules_text(file_of(f"      - {{name: '{name}', event: e, points: 1}}\n"))
    assert loaded.book.scores[0].rules[0].id == expected


def test_a_name_without_a_letter_or_digit_makes_no_id():
    with pytest.raises(RuleFileError, match="R048"):
        load_rules_text(file_of("      - {name: '!!!', event: e, points: 1}\n"))


@pytest.mark.parametrize(
    ("expires", "days"),
    [
        ("10d", 10),
        ("2w", 14),
        ("1mo", 28),
        ("2mo", 59),
        ("3mo", 89),
        ("12mo", 365),
        ("1y", 365),
        ("14mo", 365 + 59),
    ],
)
def test_a_wait_must_be_shorter_than_the_shortest_time_until_an_occurrence_expires(expires, days):
    def waiting(days):
        rule = f"name: A, event: e, points: 1, expires: {expires}"
        return file_of(f"      - {{{rule}, unless_followed_by: {{event: f, within: {days}d}}}}\n")

    load_rules_text(waiting(days - 1))
    with pytest.raises(RuleFileError, match="R068"):
        load_rules_text(waiting(days))


@pytest.mark.parametrize(
    "penalty",
    ["expires: never, decay: none", "expires: 90d, decay: 1%", "decay: {half_life: 30d}, expires: never"],
)
def test_a_penalty_that_says_itself_how_it_goes_is_no_warning(penalty):
    rules = f"      - {{name: A, event: e, points: -5, count: once, {penalty}}}\n"
    score = "five_flames: 20\n    groups: {g: {decay: 1%, expires: 4w}}"
    assert load_rules_text(file_of(rules, score)).warnings == ()


def test_a_penalty_that_fades_by_its_group():
    rule = "      - {{name: {0}, event: e, points: {1}, group: g}}\n"
    rules = rule.format("A", -5) + rule.format("B", 5)
    loaded = load_rules_text(file_of(rules, "five_flames: 20\n    groups: {g: {decay: 1%}}"))
    assert [(each.code, each.severity, each.where.line) for each in loaded.warnings] == [
        ("R100", "warning", 8)
    ]
