"""Check tests against their rules: unused columns and events, unknown names, and what can't be tested.

The document itself is checked, so that everything that is wrong with a test is reported at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem
from flamescore.explanations import labels_of_everyone, needs_everyone
from flamescore.rule_tests.fitting import fits_tag
from flamescore.rule_tests.values import OWN_KEYS
from flamescore.yaml_tree import Node, nearest, shortened, use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.rule_tests.subject import Subject
    from flamescore.rules import Score
    from flamescore.yaml_tree import Document, Path

UNUSED: Final = "T002"
UNKNOWN: Final = "T003"
NO_EXCLUDE: Final = "T004"
NOT_TESTABLE: Final = "T005"
_ALONE: Final = "It depends on everyone else on the list, and a test is a list of one contact."
_NOTHING: Final = Node("null")


def faults(document: Document, number: int, subject: Subject) -> tuple[Problem, ...]:
    """Return what keeps a test from testing what it seems to; empty if it is valid."""
    return tuple(_Held(document, number, subject).faults())


class _Held:
    """One test with its rules."""

    def __init__(self, document: Document, number: int, subject: Subject) -> None:
        self._document, self._subject, self._references = document, subject, subject.references
        self._path: Path = ("tests", number)
        name = self._node("name").written
        self._heading = f'Test "{shortened(name)}": ' if name else f"Test {number + 1}: "

    def _node(self, *path: str | int) -> Node:
        """Return the node at a path of the test; a null node if it is missing."""
        return self._document.root.at((*self._path, *path)) or _NOTHING

    def _fault(self, code: str, text: str, hint: str | None, *path: str | int, key: bool = True) -> Problem:
        where = self._document.where((*self._path, *path), key=key)
        return Problem(code, f"{self._heading}{text}", where, hint)

    def faults(self) -> Iterator[Problem]:
        """Yield all problems."""
        yield from self._columns()
        for number in range(len(self._node("events").items)):
            yield from self._event("events", number)
        for path in self._tag_paths():
            yield from self._tag(path)
        default = self._subject.book.scores[0]
        yield from self._score(default, "expect")
        yield from self._other_scores()
        yield from self._standing()

    def _columns(self) -> Iterator[Problem]:
        known = self._references.contact_columns
        for column in self._node("contact").entries:
            if column not in known:
                text = f"no rule looks at the contacts' column `{column}`: it would test nothing."
                yield self._fault(UNUSED, text, _hint(column, known), "contact", column)

    def _event(self, *here: str | int) -> Iterator[Problem]:
        known, kind = self._references.event_columns, self._node(*here, "event").written
        if kind and not self._references.has_type(kind):
            text = f"no rule looks at events `{kind}`: it would test nothing."
            yield self._fault(UNUSED, text, _hint(kind, self._references.types), *here, "event", key=False)
        for column in self._node(*here).entries:
            if column not in (*known, *OWN_KEYS):
                text = f"no rule looks at the events' column `{column}`: it would test nothing."
                yield self._fault(UNUSED, text, _hint(column, known), *here, column)

    def _tag_paths(self) -> Iterator[Path]:
        listed = self._node("contact", "tags")
        yield from (("contact", "tags", number) for number in range(len(listed.items)))
        if listed.written:
            yield "contact", "tags"
        history = self._node("tag_history").items
        yield from (("tag_history", number, "tag") for number in range(len(history)))

    def _tag(self, path: Path) -> Iterator[Problem]:
        tag = self._node(*path).written
        if tag and not any(fits_tag(tag, match) for match in self._references.tags):
            known = dict.fromkeys(each for match in self._references.tags for each in match.tags)
            text = f"no rule looks at the tag `{tag}`."
            yield self._fault(UNKNOWN, text, _hint(tag, known), *path, key=False)

    def _other_scores(self) -> Iterator[Problem]:
        scores = {score.name: score for score in self._subject.book.scores}
        for name in self._node("expect", "scores").entries:
            here = ("expect", "scores", name)
            if name in scores:
                yield from self._score(scores[name], *here)
            else:
                yield self._fault(UNKNOWN, f"there is no score `{name}`.", _hint(name, scores), *here)

    def _score(self, score: Score, *here: str | int) -> Iterator[Problem]:
        """Yield the problems with what is expected of a score."""
        names = {rule.id: rule.name for rule in score.rules}
        for each in self._node(*here, "rules").entries:
            if each not in names:
                called = next((id_ for id_, name in names.items() if name == each), None)
                hint = f"Its id is `{called}`." if called else _hint(each, names)
                text = f"there is no rule `{each}` in the score `{score.name}`."
                yield self._fault(UNKNOWN, text, hint, *here, "rules", each)
        by_list = ("flames", "percent_of_ideal") if score.percentiles is not None else ()
        for key in by_list:
            if key in self._node(*here).entries:
                text = f"`{key}` of `{score.name}` can't be tested: its flames go by percentile."
                yield self._fault(NOT_TESTABLE, text, _ALONE, *here, key)

    def _standing(self) -> Iterator[Problem]:
        """Yield the problems with `excluded`, `hot` and `labels`."""
        subject, expected = self._subject, self._node("expect").entries
        if "excluded" in expected and subject.exclude is None:
            hint = "Write `exclude:` at the head of the file, or `call_list.exclude` in the project file."
            text = "nothing says whom the call list leaves out."
            yield self._fault(NO_EXCLUDE, text, hint, "expect", "excluded")
        elif "excluded" in expected and subject.exclude and needs_everyone(subject.book, subject.exclude):
            yield self._fault(NOT_TESTABLE, "`excluded` can't be tested.", _ALONE, "expect", "excluded")
        if "hot" in expected and self._hot_needs_everyone():
            yield self._fault(NOT_TESTABLE, "`hot` can't be tested.", _ALONE, "expect", "hot")
        for name, node in self._node("expect", "labels").entries.items():
            yield from self._label(name, node.written)

    def _label(self, name: str, text: str) -> Iterator[Problem]:
        labels = {label.name: label for label in self._subject.book.labels}
        here = ("expect", "labels", name)
        if name not in labels:
            yield self._fault(UNKNOWN, f"there is no label `{name}`.", _hint(name, labels), *here)
        elif name in labels_of_everyone(self._subject.book):
            yield self._fault(NOT_TESTABLE, f"the label `{name}` can't be tested.", _ALONE, *here)
        elif text not in ("", "null", "~", *labels[name].texts):
            hint = _hint(text, labels[name].texts)
            yield self._fault(UNKNOWN, f"the label `{name}` is never `{text}`.", hint, *here, key=False)

    def _hot_needs_everyone(self) -> bool:
        book, hot = self._subject.book, self._subject.hot
        if hot.condition is None:
            return book.scores[0].percentiles is not None
        return needs_everyone(book, hot.condition)


def _hint(word: str, known: Iterable[str]) -> str | None:
    """Return a hint with the nearest known word, else with all known words; None if there are none."""
    there = tuple(known)
    meant = nearest(word, there)
    if meant:
        return f"Did you mean `{meant}`?"
    return use(there) if there else None
