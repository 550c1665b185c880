"""The subject of tests: rules, and the conditions for exclusion and hot contacts, without any export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.columns import Columns, ListColumns
from flamescore.errors import FlamescoreError
from flamescore.exports import ListFiles
from flamescore.inputs import call_list_of, hot_of
from flamescore.rule_tests.references import References, plain_book, references_in
from flamescore.rules import (
    Hot,
    bind_condition,
    bind_rules,
    list_columns,
    load_condition,
    named_columns,
)

if TYPE_CHECKING:
    from flamescore.errors import Problem
    from flamescore.project import Project
    from flamescore.rule_tests.cases import FileOfTests
    from flamescore.rules import Condition, LoadedCondition, LoadedRules, RuleBook

EXCLUDE = ("exclude",)


class Subject(Struct, frozen=True):
    """Rules that tests can be scored by. `exclude` is None if there is no condition for the call list.

    `lists` are the columns whose cells may contain several values.
    """

    book: RuleBook
    hot: Hot
    exclude: Condition | None
    references: References
    lists: ListColumns


def subject_of(
    rules: LoadedRules, project: Project, file: FileOfTests | None = None
) -> tuple[Subject | None, tuple[Problem, ...]]:
    """Bind rules, and the conditions of a test file or else of the project, to all columns they name.

    Also return the problems with them; the subject is None then. If the conditions of the project refer to
    scores and labels that the rules don't have, this is a problem only if a test depends on them: they may be
    meant for the project's own rule file.
    """
    expectations = [] if file is None else [test.expect for test in file.tests]
    tests_hot = any(each.hot is not None for each in expectations)
    tests_excluded = any(each.excluded is not None for each in expectations)
    try:
        hot = hot_of(project, rules, of_run=not tests_hot)
        if file is None or not file.has_exclude:
            exclude = call_list_of(project, rules, of_run=not tests_excluded)
        else:
            lists = ListFiles(Path(file.document.path).parent, rules.lists)
            exclude = load_condition(file.document, EXCLUDE, lists, names=rules.names)
        return _bound(rules, project.settings.hot_flames, hot, exclude), ()
    except FlamescoreError as error:
        return None, error.problems


def subject_of_rules(rules: LoadedRules) -> Subject:
    """Bind only rules to all columns that they name.

    Raises:
        RuleFileError: a pattern is invalid.
    """
    return _bound(rules, Hot().flames, None, None)


def _bound(
    rules: LoadedRules, hot_flames: int, hot: LoadedCondition | None, exclude: LoadedCondition | None
) -> Subject:
    others = tuple(each for each in (exclude, hot) if each is not None)
    loaded: tuple[LoadedRules | LoadedCondition, ...] = (rules, *others)
    named, held = named_columns(*loaded), list_columns(*loaded)
    plain = plain_book(rules.book)
    references = references_in(plain)
    columns = Columns(
        contacts=tuple({"contact_id", *named.contacts, *references.contacts} - {"tags"}),
        events=tuple({"event", *named.events, *references.events, *references.values}),
        has_tags=True,
        has_events=True,
        lists=held,
    )
    book = plain_book(bind_rules(rules, columns).book)
    left_out = None if exclude is None else bind_condition(exclude, columns, book.zone)
    is_hot = Hot(hot_flames)
    if hot is not None:
        is_hot = replace(is_hot, condition=bind_condition(hot, columns, book.zone))
    conditions = tuple(each for each in (left_out, is_hot.condition) if each is not None)
    return Subject(book, is_hot, left_out, references_in(book, *conditions), held)
