"""Reading YAML: our schema, the position of every node, faults, and agreement of PyYAML's two loaders."""

import time
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from flamescore.yaml_tree import nearest, parse, reader

ROOT = Path(__file__).parents[1]
FILES = [*sorted((ROOT / "rules").glob("*.yaml")), *sorted((ROOT / "tests/rules").glob("**/*.yaml"))]


def read(text):
    parsed = parse(text, "r.yaml")
    assert parsed.problems == ()
    return parsed.document


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("on", "on"),
        ("0", 0),
        ("-0", 0),
        ("12", 12),
        ("-7", -7),
        ("010", "010"),
        ("+5", "+5"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        (".5", ".5"),
        ("5.", "5."),
        ("1.50", Decimal("1.50")),
        ("-0.25", Decimal("-0.25")),
        ("1e3", Decimal("1E+3")),
        ("1E-2", Decimal("0.01")),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-11-21", "2026-11-21"),
        ("2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"),
        ("null", None),
        ("~", None),
        ("", None),
        ("Null", "Null"),
        ("NULL", "NULL"),
        ("'null'", "null"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("''", ""),
        ("=", "="),
        ("1%", "1%"),
        ("größe 🔥", "größe 🔥"),
    ],
)
def test_a_scalar(written, expected):
    value = read(f"a: {written}\n").root.plain()["a"]
    assert value == expected
    assert type(value) is type(expected)


def test_keys_are_text_as_written():
    assert read("2024: a\ntrue: b\n1.0: c\n'': d\n").root.plain() == {
        "2024": "a",
        "true": "b",
        "1.0": "c",
        "": "d",
    }


def test_an_alias_is_what_it_stands_for():
    document = read("a: &a [1, {b: c}]\nd: *a\n")
    assert document.root.plain() == {"a": [1, {"b": "c"}], "d": [1, {"b": "c"}]}
    assert str(document.where(("d", 1, "b"))) == "r.yaml:1:15"


def test_the_place_of_a_value_and_of_its_key():
    document = read("a:\n  - b: some text\n    c: {d: 5}\n")
    value = document.where(("a", 0, "b"))
    assert (value.line, value.column, value.width, value.snippet) == (2, 8, 9, "  - b: some text")
    key = document.where(("a", 0, "c"), key=True)
    assert (key.line, key.column, key.width) == (3, 5, 1)
    assert str(document.where(("a", 0, "c", "d"))) == "r.yaml:3:12"
    assert str(document.where(())) == "r.yaml:1:1"


def test_the_place_of_what_is_not_there_is_what_it_is_not_in():
    document = read("a:\n  b: 1\n")
    assert str(document.where(("a", "x", "y"))) == "r.yaml:2:3"
    assert str(document.where(("a", "x"), key=True)) == "r.yaml:2:3"


def test_a_byte_order_mark_and_line_ends_of_any_kind():
    document = parse("\ufeffa: 1\r\nb: 2\rc: 3\n".encode(), "r.yaml").document
    assert document.root.plain() == {"a": 1, "b": 2, "c": 3}
    assert [str(document.where((key,))) for key in "abc"] == ["r.yaml:1:4", "r.yaml:2:4", "r.yaml:3:4"]


def test_text_over_several_lines():
    document = read("a: |\n  one\n  two\nb: >-\n  three\n  four\nc: five\n  six\n")
    assert document.root.plain() == {"a": "one\ntwo\n", "b": "three four", "c": "five six"}
    assert (document.where(("c",)).line, document.where(("c",)).width) == (7, 4)


def test_faults_are_gathered():
    parsed = parse("a: 1\na: 2\n<<: {b: 1}\nc: !x 1\nd: *e\n---\nf: 1\n", "r.yaml", letter="P")
    assert [(each.code, each.where.line) for each in parsed.problems] == [
        ("P007", 2),
        ("P008", 3),
        ("P009", 4),
        ("P010", 5),
        ("P006", 6),
    ]
    assert parsed.document.root.plain() == {"a": 1, "c": 1, "d": None}


@pytest.mark.parametrize("tag", ["!", "!x", "!!str", "!<tag:yaml.org,2002:str>", "&a !x", "!x &a"])
@pytest.mark.parametrize("value", ["text", "'text'", "[1]", "{a: 1}"])
def test_a_tag_is_refused_wherever_it_stands(tag, value):
    assert [each.code for each in parse(f"a: {tag} {value}\n", "r.yaml").problems] == ["R009"]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 10)}]\n" for i in range(20)
        ),
        "a: " + "[" * 200_000,
        "a: " + "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "k0: &k0 [x]\n" + "".join(f"k{i}: &k{i} [*k{i - 1}]\n" for i in range(1, 2_000)),
        "9" * 5_000_000,
        "a: 1e" + "9" * 50,
        "a: '" + "x" * 3_000_000,
    ],
    ids=["billion laughs", "lists", "mappings", "dashes", "keys", "steps", "digits", "exponent", "quote"],
)
def test_a_hostile_file_takes_neither_time_nor_memory(text):
    start = time.perf_counter()
    parse(text, "r.yaml")
    assert time.perf_counter() - start < 5


def test_just_enough_aliases():
    shared = f"a: &a [{', '.join(['x'] * 999)}]\n"
    assert parse(shared + f"b: [{', '.join(['*a'] * 100)}]\n", "r.yaml").problems == ()
    assert [each.code for each in parse(shared + f"b: [{', '.join(['*a'] * 101)}]\n", "r.yaml").problems] == [
        "R011"
    ]


def test_both_readers_of_pyyaml_see_the_same(monkeypatch):
    for path in FILES:
        with_c = parse(path.read_bytes(), path.name)
        with monkeypatch.context() as patch:
            patch.setattr(reader, "_LOADER", yaml.Loader)
            assert parse(path.read_bytes(), path.name) == with_c, path.name


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("contians", "contains"),
        ("atleast", "at_least"),
        ("At-Least", "at_least"),
        ("COUNTRY", "country"),
        ("First name", "first_name"),
        ("banana", None),
        ("", None),
    ],
)
def test_the_nearest_word(word, expected):
    assert nearest(word, ["at_least", "at_most", "contains", "country", "first_name"]) == expected


def test_the_nearest_of_two_that_differ_in_case_is_the_first():
    assert nearest("url", ["URL", "Url"]) == "URL"
