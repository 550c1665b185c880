"""Turn a contact of real exports into a test: what rules refer to, the results, and nothing personal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from flamescore.cells import as_text
from flamescore.columns import DOMAIN, EMAIL
from flamescore.email_domain import with_domain
from flamescore.engine import Clock
from flamescore.errors import InputError, Problem
from flamescore.explanations import single
from flamescore.frames import DROP, INSTANT, companions
from flamescore.rule_tests.cases import (
    Expected,
    ExpectedScore,
    GivenEvent,
    GivenTag,
    Instant,
    RuleTest,
    Wanted,
    When,
    whole,
)
from flamescore.rule_tests.fitting import fits_tag
from flamescore.rule_tests.masks import MASKS, Personal, UnmaskedError, masked
from flamescore.rule_tests.references import plain_book, references_in
from flamescore.rule_tests.scoring import ID, outcome_of, results_of
from flamescore.rule_tests.subject import subject_of_rules
from flamescore.rule_tests.writing import as_yaml
from flamescore.scoring import score_exports
from flamescore.text import fold
from flamescore.units import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from flamescore.frames import Exports
    from flamescore.rule_tests.cases import Cell
    from flamescore.rule_tests.references import References
    from flamescore.rule_tests.scoring import ScoreOutcome
    from flamescore.rules import LoadedRules, Predicate, RuleBook

DECIDES: Final = "T006"
_CALLED: Final = {
    EMAIL: "address",
    DOMAIN: "address",
    "name": "name",
    "phone": "phone number",
    "company": "company",
    "owner": "owner",
    "contact_id": "id",
}
_LEAST: Final = 3
"""The minimum length of a contact's personal text for it to be searched for in other cells."""


def case_as_test(
    rules: LoadedRules, book: RuleBook, exports: Exports, contact_id: str, *, as_of: datetime, file: str
) -> str:
    """Return a file with a test of a real contact, as YAML.

    `book` is the rules' book, bound to the exports; `file` is the rule file as the test names it. The test
    has what rules refer to and the result of each score, and it passes. It doesn't contain the contact's
    address, name, phone number, company, owner or id; times are ages.

    Raises:
        InputError: T006, the score depends on personal data that can't be shown.
    """
    subject = subject_of_rules(rules)
    plain = plain_book(replace(book, labels=()))
    references = references_in(replace(subject.book, labels=()))
    mine = single(exports, contact_id)
    came = {name: each for (_, name), each in results_of(score_exports(plain, mine, as_of=as_of)).items()}
    case = _Case(plain, references, mine, as_of, frozenset(exports.contacts["contact_id"]))
    test = case.test(came)
    for name, again in outcome_of(test, subject).items():
        _check_same(plain, name, came[name], again)
    return as_yaml(test, plain, file)


def _check_same(book: RuleBook, name: str, came: ScoreOutcome, again: ScoreOutcome) -> None:
    """Raise an error that names the rule whose points differ without personal data, if any."""
    if (came.score, came.rules) == (again.score, again.rules):
        return
    score = next(each for each in book.scores if each.name == name)
    changed = (rule.name for rule in score.rules if came.rules.get(rule.id, 0) != again.rules.get(rule.id, 0))
    raise _decides("Something personal", next(changed, score.title))


def _decides(what: str, rule: str) -> InputError:
    text = f'{what} of this contact decides "{rule}"; write the test by hand.'
    return InputError(Problem(DECIDES, text))


class _Case(Struct, frozen=True):
    """One contact of the exports, with what a book refers to."""

    book: RuleBook
    references: References
    mine: Exports
    as_of: datetime
    ids: frozenset[str]
    """The ids of all contacts."""

    @property
    def _clock(self) -> Clock:
        return Clock(self.as_of, self.book.zone)

    @property
    def _personal(self) -> Personal:
        """What no cell may contain."""
        row = self.mine.contacts.select(pl.col(pl.String)).row(0, named=True)
        texts = {fold(row[column]) for column in MASKS if row.get(column)}
        standing = {fold(mask) for mask in MASKS.values()}
        texts = {each for each in texts - standing if len(each) >= _LEAST}
        return Personal(tuple(sorted(texts)), self.ids)

    def test(self, came: Mapping[str, ScoreOutcome]) -> RuleTest:
        """Return the contact as a test that expects the results."""
        personal = self._personal
        listed, history = self._tags()
        return RuleTest(
            number=0,
            line=0,
            name="A real case",
            as_of=Instant(self.as_of),
            expect=_expected(self.book, came),
            contact=self._contact(personal),
            tags=listed,
            events=self._events(personal),
            tag_history=history,
        )

    def _masked(self, column: str, cells: pl.DataFrame, personal: Personal, *, of_events: bool) -> list[Cell]:
        predicates = (self.references.events if of_events else self.references.contacts).get(column, ())
        try:
            return masked(
                cells,
                predicates,
                self._clock,
                personal,
                mask=None if of_events else MASKS.get(column),
                apart=of_events and column in self.references.values,
            )
        except UnmaskedError as error:
            called = f"`{column}`" if of_events else _CALLED.get(column, f"`{column}`")
            decides = self._deciding_rule(column, error.predicate, of_events=of_events)
            raise _decides(f"The {called}", decides) from None

    def _deciding_rule(self, column: str, predicate: Predicate | None, *, of_events: bool) -> str:
        """Return the name of the first rule with a predicate on a column, or else the first score's title."""
        for score in self.book.scores:
            for rule in score.rules:
                references = references_in(rule)
                if predicate is None and of_events and column in references.values:
                    return rule.name
                if predicate in (references.events if of_events else references.contacts).get(column, ()):
                    return rule.name
        return self.book.scores[0].title

    def _contact(self, personal: Personal) -> dict[str, Cell]:
        contacts = with_domain(self.mine.contacts)
        found: dict[str, Cell] = {}
        for column in self.references.contacts:
            if column not in contacts.columns:
                continue
            [cell] = self._masked(column, _cells(contacts, column), personal, of_events=False)
            if cell is not None and not (column == "contact_id" and cell == ID):
                found[column] = cell
        return found

    def _events(self, personal: Personal) -> tuple[GivenEvent, ...]:
        frames = [frame for source in self.mine.events if (frame := self._of_source(source.frame)).height]
        if not frames:
            return ()
        rows = pl.concat(frames, how="diagonal").sort("at", maintain_order=True)
        columns = {
            name: self._masked(name, _cells(rows, name), personal, of_events=True)
            for name in self.references.event_columns
            if name in rows.columns
        }
        found = []
        for number, (kind, at) in enumerate(rows.select("event", "at").iter_rows()):
            cells = {name: cells[number] for name, cells in columns.items() if cells[number] is not None}
            found.append(GivenEvent(kind, self._ago(at), cells))
        return tuple(found)

    def _of_source(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        """Return the events of a source that rules refer to, up to `as_of`, with all properties as text."""
        frame = lazy.collect()
        kinds = {fold(kind) for kind in self.references.types}
        kept = frame.filter(
            pl.col("at").dt.epoch("s") <= int(self.as_of.timestamp()),
            pl.col("event").map_elements(lambda kind: fold(kind) in kinds, return_dtype=pl.Boolean),
            *((pl.col(DROP) == 0,) if DROP in frame.columns else ()),
        )
        names = [name for name in kept.columns if name not in ("at", DROP)]
        return kept.select(
            pl.col("at").cast(INSTANT), *(as_text(name, kept.schema[name]).alias(name) for name in names)
        )

    def _ago(self, at: datetime) -> When:
        return When(ago=Period(int(self.as_of.timestamp()) - int(at.timestamp()), "s"))

    def _looks_at(self, tag: str | None) -> bool:
        return tag is not None and any(fits_tag(tag, match) for match in self.references.tags)

    def _tags(self) -> tuple[tuple[str, ...], tuple[GivenTag, ...]]:
        """Return the listed tags that the history doesn't mention, and the history; only tags in rules."""
        history = self.mine.tag_history
        entries = [] if history is None else history.drop_nulls("tag").to_dicts()
        in_history = {fold(entry["tag"]) for entry in entries}
        contacts = self.mine.contacts
        listed = (contacts["tags"].to_list()[0] if "tags" in contacts.columns else None) or ()
        return (
            tuple(tag for tag in listed if self._looks_at(tag) and fold(tag) not in in_history),
            tuple(
                GivenTag(entry["tag"], self._ago(entry["at"]), entry["action"])
                for entry in entries
                if self._looks_at(entry["tag"]) and entry["at"] <= self.as_of
            ),
        )


def _cells(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the cells of a column with its companion columns."""
    beside = companions(frame, column)
    cells = frame.select(as_text(column, frame.schema[column]).alias("cell"))
    return cells if beside is None else cells.hstack(beside)


def _expected(book: RuleBook, came: Mapping[str, ScoreOutcome]) -> Expected:
    return Expected(dict(_expected_scores(book, came)))


def _expected_scores(
    book: RuleBook, came: Mapping[str, ScoreOutcome]
) -> Iterator[tuple[str | None, ExpectedScore]]:
    for number, score in enumerate(book.scores):
        each, name = came[score.name], None if number == 0 else score.name
        if each.score is None:
            yield name, ExpectedScore(scored=False)
            continue
        flames = None if score.percentiles is not None else each.flames
        yield (
            name,
            ExpectedScore(
                score=Wanted(whole(each.score)),
                flames=None if flames is None else Wanted(Decimal(flames)),
                rules={
                    rule.id: Wanted(whole(points))
                    for rule in score.rules
                    if (points := each.rules.get(rule.id, 0))
                },
                only=True,
            ),
        )
