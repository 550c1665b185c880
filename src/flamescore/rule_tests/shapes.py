"""The shapes of a test file: its keys, and the values of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flamescore import schema_reader
from flamescore.rule_tests.cases import (
    Cell,
    Expected,
    ExpectedScore,
    GivenEvent,
    GivenTag,
    Instant,
    RuleTest,
    Wanted,
)
from flamescore.rule_tests.values import (
    ACTION,
    BOOLEAN,
    CONDITION,
    EXAMPLES,
    INSTANT,
    NUMBER,
    OWN_KEYS,
    PERIOD,
    TEXT,
    VERSION,
    WRONG,
    cells_beside,
    known_keys,
    number_of,
    text_of,
    when_of,
    with_cells,
)
from flamescore.schema_reader import (
    At,
    Key,
    ProblemText,
    RefusedError,
    Shape,
    Value,
    ValueType,
    listed,
    mapped,
    one_or_more,
)
from flamescore.units import parse_time

if TYPE_CHECKING:
    from decimal import Decimal

NOT_TESTABLE: Final = "T005"
_AMONG_OTHERS: Final = ("rank", "percentile")

# --- parts of a test ---------------------------------------------------------------------------------

_TAGS: Final = one_or_more(TEXT)
_CONTACT_KEYS: Final = Shape(
    "Contact",
    "The contact, by the columns that rules name; what is not given is missing.",
    {"tags": Key(_TAGS, "The tags that the contacts export lists.")},
)
_EVENT_KEYS: Final = Shape(
    "Event",
    "An event of the contact, with the properties that rules name.",
    {
        "event": Key(TEXT, "Its type.", needed=True),
        "ago": Key(PERIOD, "How long before `as_of` it happened."),
        "at": Key(INSTANT, "When it happened, in place of `ago`."),
    },
)


def _contact(at: At) -> tuple[dict[str, Cell], tuple[str, ...]]:
    if at.node.kind != "mapping":
        at.wrong("a mapping of columns")
    found = known_keys(at, _CONTACT_KEYS)
    return cells_beside(at, ("tags",)), found.get("tags", ())


def _event(at: At) -> GivenEvent:
    if at.node.kind != "mapping":
        at.wrong("a mapping with `event`")
    found = known_keys(at, _EVENT_KEYS)
    return GivenEvent(found["event"], when_of(found, at), cells_beside(at, OWN_KEYS))


def _tag_entry(at: At) -> GivenTag:
    found = _TAG_ENTRY.read(at)
    return GivenTag(found["tag"], when_of(found, at), found.get("action", "applied"))


_TAG_ENTRY: Final = Shape(
    "TagEntry",
    "An entry of the contact's tag history.",
    {
        "tag": Key(TEXT, "The tag.", needed=True),
        "ago": Key(PERIOD, "How long before `as_of` it was given or taken away."),
        "at": Key(INSTANT, "When it was, in place of `ago`."),
        "action": Key(ACTION, "`applied` or `removed`.", default="applied"),
    },
)
_BOUNDS: Final = Shape(
    "Bounds",
    "Bounds on a number; all must hold.",
    {
        "at_least": Key(NUMBER, "It is this or more."),
        "at_most": Key(NUMBER, "It is this or less."),
        "more_than": Key(NUMBER, "It is more than this."),
        "less_than": Key(NUMBER, "It is less than this."),
    },
)


def _wanted(at: At) -> Wanted:
    if at.node.kind != "mapping":
        number = number_of(at)
        return Wanted(number, written=_plain(number))
    if not at.keys:
        at.refuse(WRONG, f"{at.label} expects nothing.", "Write a number, or `{at_least: 4}`.")
    found = _BOUNDS.read(at)
    return Wanted(None, tuple(found.items()), {word: _plain(bound) for word, bound in found.items()})


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


WANTED: Final = ValueType(_wanted, {"anyOf": [NUMBER.schema, _BOUNDS.type.schema]})


def _text_of_label(at: At) -> str | None:
    return None if at.node.kind == "null" else text_of(at)


def _labels(at: At) -> dict[str, str | None]:
    if at.node.kind != "mapping":
        at.wrong("a mapping of labels")
    return {str(child.path[-1]): _text_of_label(child) for child in at.children}


_LABELS: Final = ValueType(
    _labels, {"type": "object", "additionalProperties": {"type": ["string", "number", "null"]}}
)
_OF_SCORE: Final = {
    "score": Key(WANTED, "The score: a number, or bounds."),
    "flames": Key(WANTED, "Its flames."),
    "percent_of_ideal": Key(WANTED, "Its percentage of the ideal score."),
    "rules": Key(
        mapped(WANTED), "The points by rule id, after the rule's own limits; 0 where it gave nothing."
    ),
    "only": Key(BOOLEAN, "`true` beside `rules`: every other rule gave nothing."),
    "scored": Key(BOOLEAN, "`false`: the contact is outside the score's population."),
}


def _unknown_in_expect(_shape: Shape, key: str, _at: At) -> ProblemText | None:
    if key in _AMONG_OTHERS:
        hint = "It depends on everyone else on the list, and a test is a list of one contact."
        return NOT_TESTABLE, f"`{key}` can't be tested.", hint
    return None


_SCORE: Final = Shape(
    "ExpectedScore", "What is expected of one score.", _OF_SCORE, unknown=_unknown_in_expect
)
_EXPECT: Final = Shape(
    "Expect",
    "What is to come out: one thing at least.",
    {
        **_OF_SCORE,
        "scores": Key(
            mapped(_SCORE.type, least=1), "The same of other scores than the default one, by name."
        ),
        "excluded": Key(BOOLEAN, "Whether the call list leaves the contact out."),
        "hot": Key(BOOLEAN, "Whether the contact is hot."),
        "labels": Key(_LABELS, "The text of labels, by name; nothing for none."),
    },
    unknown=_unknown_in_expect,
)


def _expected_score(found: dict[str, Value], at: At) -> ExpectedScore | None:
    """Return what is expected of a score, or None if nothing is."""
    given = {word: found[word] for word in _OF_SCORE if word in found}
    if "only" in given and "rules" not in given:
        at.refuse(WRONG, "`only` goes beside `rules`.", "Name the rules that give something.")
    return ExpectedScore(**given) if given else None


def _expect(at: At) -> Expected:
    found = _EXPECT.read(at)
    scores: dict[str | None, ExpectedScore] = {}
    own = _expected_score(found, at)
    if own is not None:
        scores[None] = own
    for name, entry in found.get("scores", {}).items():
        inner = at.child("scores", name)
        assert inner is not None
        expected = _expected_score(entry, inner)
        if expected is None:
            _expects_nothing(inner)
        else:
            scores[name] = expected
    rest = {key: found[key] for key in ("excluded", "hot", "labels") if key in found}
    if not scores and not rest:
        _expects_nothing(at)
    return Expected(scores, **rest)


def _expects_nothing(at: At) -> None:
    at.refuse(WRONG, f"{at.label} expects nothing.", EXAMPLES["expect"])


_TEST: Final = Shape(
    "Test",
    "A test: a contact with what it did, and what is to come out.",
    {
        "name": Key(TEXT, "What it shows, in words.", needed=True),
        "as_of": Key(INSTANT, "The instant for which it is scored, if not that of the file."),
        "contact": Key(ValueType(_contact, with_cells(_CONTACT_KEYS)), _CONTACT_KEYS.about),
        "events": Key(listed(ValueType(_event, with_cells(_EVENT_KEYS)), least=0), "What the contact did."),
        "tag_history": Key(
            listed(ValueType(_tag_entry, _TAG_ENTRY.type.schema), least=0),
            "When tags were given and taken away.",
        ),
        "expect": Key(ValueType(_expect, _EXPECT.type.schema), _EXPECT.about, needed=True),
    },
)


def _test(at: At, as_of: Instant | None) -> RuleTest:
    found = _TEST.read(at)
    own = found.get("as_of", as_of)
    if own is None:
        if "as_of" in at.reading.document.root.entries:
            raise RefusedError  # the invalid `as_of` is reported at its own position
        hint = "Write `as_of: 2026-11-21` at the head of the file, or in the test."
        at.refuse(WRONG, "It has no `as_of`.", hint)
    contact, tags = found.get("contact", ({}, ()))
    return RuleTest(
        number=int(at.path[-1]),
        line=at.reading.document.where(at.path).line,
        name=found["name"],
        as_of=own,
        expect=found["expect"],
        contact=contact,
        tags=tags,
        events=found.get("events", ()),
        tag_history=found.get("tag_history", ()),
    )


def _tests(at: At) -> tuple[RuleTest, ...]:
    """Read the tests; valid ones are kept even if others are not."""
    if at.node.kind != "list":
        at.wrong("a list of tests")
    head = at.reading.document.root.child("as_of")
    time = None if head is None else parse_time(head.written.strip())
    instant = None if time is None else Instant(time)
    found = []
    for each in at.children:
        try:
            found.append(_test(each, instant))
        except RefusedError:
            continue
    return tuple(found)


FILE: Final = Shape(
    "FileOfTests",
    "A file of tests beside a rule file, version 1.",
    {
        "version": Key(VERSION, "The version of this format: 1.", needed=True),
        "rules": Key(
            TEXT, "The rule file, relative to this one; by default this file's name without `.test`."
        ),
        "as_of": Key(INSTANT, "The instant for which tests are scored that don't say their own."),
        "exclude": Key(CONDITION, "Whom the call list leaves out, in place of the project file's."),
        "tests": Key(
            ValueType(_tests, {"type": "array", "minItems": 1, "items": _TEST.type.schema}),
            "The tests.",
            needed=True,
        ),
    },
)
_SHAPES: Final = (_TEST, _TAG_ENTRY, _BOUNDS, _SCORE, _EXPECT)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a test file."""
    return schema_reader.json_schema("flamescore tests of rules", FILE, _SHAPES)
