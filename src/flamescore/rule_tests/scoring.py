"""Score tests with the engine, and compare the results with the expectations.

All tests as of the same instant form one list of contacts. Their ids are numbered there, because most tests
call their contact `t1`. If a rule refers to ids, they are kept, and duplicate ids go into additional lists:

    id in the test   t1   t1   VIP-1   t1
    list, by ids     0    1    0       2
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import DOMAIN, EMAIL
from flamescore.email_domain import domain_of
from flamescore.explanations import explain
from flamescore.frames import (
    INSTANT,
    ITEM_END,
    LIST_SUFFIX,
    TAG_HISTORY,
    Counts,
    EventSource,
    Exports,
    SourceRecord,
)
from flamescore.labels import columns_of_labels, judged
from flamescore.rule_tests.cases import show_number, whole
from flamescore.rule_tests.outcome import Failure
from flamescore.rules import Hot
from flamescore.scoring import score_exports
from flamescore.units import nearest_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from flamescore.explanations import ScoreExplained
    from flamescore.rule_tests.cases import Cell, ExpectedScore, GivenEvent, Number, RuleTest, Wanted
    from flamescore.rule_tests.subject import Subject
    from flamescore.scoring import Scored

ID: Final = "t1"
"""The default id of a test's contact."""

_OWN_ENTRIES: Final = ("rule", "rule_limit")
_NOT_SCORED: Final = "not scored"


class JudgedTest(Struct, frozen=True):
    """One test with its failures, and the scores whose ledgers explain them."""

    test: RuleTest
    failures: tuple[Failure, ...]
    scores: tuple[ScoreExplained, ...]


def judge(tests: Sequence[RuleTest], subject: Subject) -> Iterator[JudgedTest]:
    """Score tests, and yield each with its failures, in order.

    Raises:
        ScoreTooLargeError: a score doesn't fit into 64 bits.
    """
    lists: dict[tuple[datetime, int], list[RuleTest]] = defaultdict(list)
    used: Counter[tuple[datetime, str]] = Counter()
    for test in tests:
        as_of = test.as_of.utc(subject.book.zone)
        turn = used[as_of, _id(test)] if _ids_matter(subject) else 0
        used[as_of, _id(test)] += 1
        lists[as_of, turn].append(test)
    found: dict[int, JudgedTest] = {}
    for (as_of, _), together in lists.items():
        of_list = _List(tuple(together), subject, as_of)
        found |= {each.test.number: each for each in of_list.judged()}
    yield from (found[test.number] for test in tests)


def _ids_matter(subject: Subject) -> bool:
    return "contact_id" in subject.references.contacts or "contact_id" in subject.references.events


def _id(test: RuleTest) -> str:
    return _text(test.contact.get("contact_id")) or ID


# --- the rows of tests as exports --------------------------------------------------------------------


def exports_of(
    tests: Sequence[RuleTest], subject: Subject, as_of: datetime
) -> tuple[Exports, tuple[str, ...]]:
    """Return tests as the exports of a list of contacts, and the contact ids in order of the tests.

    All columns that rules name exist, as text, with null where a test doesn't give a value.
    """
    zone, references = subject.book.zone, subject.references
    ids = tuple(map(_id, tests) if _ids_matter(subject) else (f"t{n}" for n in range(1, len(tests) + 1)))
    columns = [name for name in references.contact_columns if name not in ("contact_id", "tags")]
    contacts = pl.DataFrame(
        {
            "contact_id": pl.Series(ids, dtype=pl.String),
            "tags": pl.Series([list(test.tags) for test in tests], dtype=pl.List(pl.String)),
            **_columns([test.contact for test in tests], columns, subject.lists.contacts),
        }
    )
    events = [(id_, event) for id_, test in zip(ids, tests, strict=True) for event in test.events]
    history = [
        (id_, each.tag, each.when.utc(as_of, zone), each.action)
        for id_, test in zip(ids, tests, strict=True)
        for each in test.tag_history
    ]
    rows = _events(events, subject, as_of)
    source = EventSource(rows.lazy(), SourceRecord("events", "", counts=Counts(rows=rows.height)))
    tags = pl.DataFrame(history, schema=TAG_HISTORY, orient="row")
    return Exports(_with_domain(contacts), (source,), tag_history=tags), ids


def _events(events: Sequence[tuple[str, GivenEvent]], subject: Subject, as_of: datetime) -> pl.DataFrame:
    cells = [event.cells for _, event in events]
    return pl.DataFrame(
        {
            "contact_id": pl.Series([id_ for id_, _ in events], dtype=pl.String),
            "event": pl.Series([event.event for _, event in events], dtype=pl.String),
            "at": pl.Series([event.when.utc(as_of, subject.book.zone) for _, event in events], dtype=INSTANT),
            **_columns(cells, subject.references.event_columns, subject.lists.events),
        }
    )


def _columns(
    rows: Sequence[Mapping[str, Cell]], names: Sequence[str], lists: frozenset[str]
) -> dict[str, pl.Series]:
    """Return columns of cells, with companion columns of items for those with several values."""
    found: dict[str, pl.Series] = {}
    for name in names:
        cells = [row.get(name) for row in rows]
        found[name] = pl.Series([_text(cell) for cell in cells], dtype=pl.String)
        if name in lists:
            items = [ITEM_END.join(cell) if isinstance(cell, tuple) else None for cell in cells]
            found[name + LIST_SUFFIX] = pl.Series(items, dtype=pl.String)
    return found


def _text(cell: Cell) -> str | None:
    return "; ".join(cell) if isinstance(cell, tuple) else cell


def _with_domain(contacts: pl.DataFrame) -> pl.DataFrame:
    """Fill in the domain of the e-mail if a test gives only the address."""
    if DOMAIN not in contacts.columns or EMAIL not in contacts.columns:
        return contacts
    return contacts.with_columns(pl.coalesce(DOMAIN, domain_of(pl.col(EMAIL))).alias(DOMAIN))


# --- what came out -----------------------------------------------------------------------------------


class ScoreOutcome(Struct, frozen=True):
    """The result of one score; all numbers are None if the contact is not scored.

    `rules` has the points of rules in ten-thousandths, after their own limits; rules not in it gave 0.
    """

    score: int | None
    flames: int | None
    percent_of_ideal: float | None
    rules: Mapping[str, int]


def results_of(scored: Scored) -> dict[tuple[str, str], ScoreOutcome]:
    """Return the results of a scoring, by contact id and score."""
    rules: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for each in scored.ledger.frame().iter_rows(named=True):
        if each["entry"] in _OWN_ENTRIES:
            of = rules[each["contact_id"], each["score_name"]]
            of[each["rule_id"]] = of.get(each["rule_id"], 0) + nearest_points(each["points"])
    there = {(row["contact_id"], row["score_name"]): row for row in scored.scores.to_dicts()}
    found: dict[tuple[str, str], ScoreOutcome] = {}
    for key in ((id_, score.name) for id_ in scored.contacts["contact_id"] for score in scored.book.scores):
        row = there.get(key)
        found[key] = (
            ScoreOutcome(None, None, None, {})
            if row is None
            else ScoreOutcome(
                nearest_points(row["score"]), row["flames"], row["percent_of_ideal"], rules[key]
            )
        )
    return found


class _List:
    """Tests that are scored together."""

    def __init__(self, tests: tuple[RuleTest, ...], subject: Subject, as_of: datetime) -> None:
        self._tests, self._subject, self._as_of = tests, subject, as_of
        self._exports, self._ids = exports_of(tests, subject, as_of)

    def judged(self) -> Iterator[JudgedTest]:
        """Yield each test with its failures."""
        for id_, test in zip(self._ids, self._tests, strict=True):
            failed = [(name, failure) for name, failure in self._failures(id_, test)]
            names = dict.fromkeys(name for name, _ in failed if name is not None)
            explained = self._explained(id_, tuple(names)) if names else ()
            yield JudgedTest(test, tuple(failure for _, failure in failed), explained)

    @cached_property
    def _scored(self) -> Scored:
        expectations = [test.expect for test in self._tests]
        subject = self._subject
        hot = subject.hot if any(each.hot is not None for each in expectations) else Hot(subject.hot.flames)
        exclude = subject.exclude if any(each.excluded is not None for each in expectations) else None
        conditions = [each for each in (hot.condition, exclude) if each is not None]
        scored = score_exports(subject.book, self._exports, as_of=self._as_of, conditions=conditions)
        return judged(scored, hot=hot, exclude=exclude)

    @cached_property
    def came(self) -> dict[tuple[str, str], ScoreOutcome]:
        """The results, by contact id and score."""
        return results_of(self._scored)

    def _explained(self, id_: str, names: tuple[str, ...]) -> tuple[ScoreExplained, ...]:
        book = replace(self._subject.book, labels=())
        explanation = explain(book, self._exports, id_, as_of=self._as_of)
        return tuple(score for score in explanation.scores if score.score_name in names)

    def _failures(self, id_: str, test: RuleTest) -> Iterator[tuple[str | None, Failure]]:
        """Yield the failures, each with the name of the score whose ledger explains it."""
        default = self._subject.book.scores[0].name
        for name, expected in test.expect.scores.items():
            before = "" if name is None else f"scores.{name}."
            for failure in _of_score(expected, self.came[id_, name or default]):
                yield name or default, replace(failure, what=before + failure.what)
        for what, wanted, people, score in (
            ("excluded", test.expect.excluded, self._excluded, None),
            ("hot", test.expect.hot, self._hot, default),
        ):
            if wanted is not None and wanted != (id_ in people):
                yield score, _failure(what, wanted, not wanted)
        for name, text in test.expect.labels.items():
            actual = self._labels[id_].get(name)
            if text != actual:
                yield None, _failure(f"labels.{name}", text, actual)

    @cached_property
    def _excluded(self) -> frozenset[str]:
        return frozenset(self._scored.excluded["contact_id"])

    @cached_property
    def _hot(self) -> frozenset[str]:
        return frozenset(self._scored.hot["contact_id"])

    @cached_property
    def _labels(self) -> dict[str, dict[str, str | None]]:
        frame = self._scored.labels
        if frame is None:
            return {id_: {} for id_ in self._ids}
        columns = columns_of_labels(label.name for label in self._subject.book.labels)
        return {
            row["contact_id"]: {name: row[column] for name, column in columns.items()}
            for row in frame.to_dicts()
        }


def outcome_of(test: RuleTest, subject: Subject) -> dict[str, ScoreOutcome]:
    """Score one test, and return the results by score.

    Raises:
        ScoreTooLargeError: a score doesn't fit into 64 bits.
    """
    alone = _List((test,), subject, test.as_of.utc(subject.book.zone))
    return {name: came for (_, name), came in alone.came.items()}


def _of_score(expected: ExpectedScore, came: ScoreOutcome) -> Iterator[Failure]:
    if expected.scored is not None and expected.scored != (came.score is not None):
        yield _failure("scored", expected.scored, not expected.scored)
    numbers: tuple[tuple[str, Wanted | None, Number | None], ...] = (
        ("score", expected.score, None if came.score is None else whole(came.score)),
        ("flames", expected.flames, came.flames),
        ("percent_of_ideal", expected.percent_of_ideal, came.percent_of_ideal),
    )
    for what, wanted, actual in numbers:
        if wanted is not None:
            yield from _of_number(what, wanted, actual)
    for rule, wanted in expected.rules.items():
        yield from _of_number(f"rules.{rule}", wanted, whole(came.rules.get(rule, 0)))
    if expected.only:
        for rule, points in came.rules.items():
            if rule not in expected.rules and points:
                yield _failure(f"rules.{rule}", 0, _plain(whole(points)))


def _of_number(what: str, wanted: Wanted, actual: Number | None) -> Iterator[Failure]:
    if actual is None:
        yield Failure(what, wanted.written, None, f"expected {wanted}, was {_NOT_SCORED}")
    elif not wanted.holds(actual):
        yield Failure(what, wanted.written, _plain(actual), f"expected {wanted}, was {show_number(actual)}")


def _plain(number: Decimal | float) -> int | float:
    return int(number) if number == int(number) else float(number)


def _failure(what: str, expected: Any, actual: Any) -> Failure:  # noqa: ANN401 - what JSON can hold
    return Failure(what, expected, actual, f"expected {_format_value(expected)}, was {_format_value(actual)}")


def _format_value(value: Any) -> str:  # noqa: ANN401 - the same
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else show_number(value)
