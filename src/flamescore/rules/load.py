"""A rule file -> its rule book, or every fault in it; also conditions and predicates from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import Problem, RuleFileError, Where
from flamescore.rules.assemble import rule_book
from flamescore.rules.checks import check_columns, check_conditions, check_file, check_nulls
from flamescore.rules.conditions import CONDITION, FIELD_CONDITION
from flamescore.rules.names import Names, check_names, names_of
from flamescore.rules.predicates import CONTACT_PREDICATES
from flamescore.rules.reading import RuleReading, in_order, read_valid
from flamescore.rules.shapes import FILE
from flamescore.schema_reader import RefusedError, ValueType
from flamescore.yaml_tree import Document, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from flamescore.rules.condition_book import Condition, Predicate
    from flamescore.rules.lists import Lists, ListValues
    from flamescore.rules.reading import Need
    from flamescore.rules.rulebook import RuleBook
    from flamescore.schema_reader import At, Value
    from flamescore.yaml_tree import Path as NodePath


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """A rule file that is valid in itself. `hash` is the SHA-256 of its bytes, in hex.

    `book` has only what is enabled; `needs` are its requirements on the exports, not checked yet. `lists` are
    its lists from files, each path and column once, in order of first use.
    """

    book: RuleBook
    needs: tuple[Need, ...]
    text: str
    path: str
    hash: str
    document: Document
    warnings: tuple[Problem, ...] = ()
    lists: tuple[ListValues, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of naive times, bare dates and calendar days."""
        return self.book.zone

    @property
    def names(self) -> Names:
        """The scores, labels and rules that conditions elsewhere may refer to."""
        rules = {score.name: tuple(rule.id for rule in score.rules) for score in self.book.scores}
        return replace(names_of(self.document.root), rules=rules)


class LoadedCondition(Struct, frozen=True):
    """A condition from another file, its path there, and its requirements on the exports."""

    document: Document
    path: NodePath
    needs: tuple[Need, ...]
    lists: Lists | None = None
    type: ValueType = CONDITION

    def condition(self, zone: ZoneInfo) -> Condition:
        """Return the condition, with its naive times in a zone.

        Raises:
            RuleFileError: the ends of a `between` are in the wrong order in this zone.
        """
        reading = RuleReading(self.document, zone=zone, lists=self.lists)
        condition: Condition = read_valid(self.type, reading.at(self.path))
        return condition


class WherePart(Struct, frozen=True):
    """One `--where`: its text as a document, and its requirements on the exports."""

    document: Document
    needs: tuple[Need, ...]
    lists: Lists | None = None

    def predicates(self, zone: ZoneInfo) -> tuple[Predicate, ...]:
        """Return the predicates, with their naive times in a zone.

        Raises:
            RuleFileError: the ends of a `between` are in the wrong order in this zone.
        """
        reading = RuleReading(self.document, zone=zone, lists=self.lists)
        predicates: tuple[Predicate, ...] = read_valid(CONTACT_PREDICATES, reading.at())
        return predicates


class LoadedPredicates(Struct, frozen=True):
    """All `--where` options of a command, each of which must hold."""

    parts: tuple[WherePart, ...]

    @property
    def needs(self) -> tuple[Need, ...]:
        """Their requirements on the exports."""
        return tuple(need for part in self.parts for need in part.needs)


def load_rules(path: Path, lists: Lists | None = None) -> LoadedRules:
    """Load a rule file; `lists` provides its lists from files (None: naming one is a fault).

    Raises:
        RuleFileError: with every fault, in order.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it can't be opened"
        raise RuleFileError(
            Problem("R001", f"The rule file can't be read: {reason}.", Where(str(path)))
        ) from error
    return _load(data, str(path), lists)


def load_rules_text(text: str, path: str = "rules.yaml", lists: Lists | None = None) -> LoadedRules:
    """Load a rule file from text; `path` is its name in messages, `lists` provides its lists from files.

    Raises:
        RuleFileError: with every fault, in order.
    """
    return _load(text.encode("utf-8", "surrogatepass"), path, lists)


def load_condition(
    document: Document, path: NodePath = (), lists: Lists | None = None, *, names: Names | None = None
) -> LoadedCondition:
    """Load the condition at a path of another file, such as `call_list.exclude` of a project file.

    `names` are the scores and labels that it may refer to; without them, such references are not checked.

    Raises:
        RuleFileError: with every fault, in order.
    """
    reading = RuleReading(document, knows_zone=False, lists=lists)
    _read(reading.at(path), CONDITION, check_conditions)
    if names is not None:
        check_names(reading, names)
    if reading.problems:
        raise RuleFileError(in_order(reading.problems))
    return LoadedCondition(document, path, tuple(reading.needs), lists)


def load_field_condition(document: Document, path: NodePath, lists: Lists | None = None) -> LoadedCondition:
    """Load the tests of contact columns at a path of another file, such as `where` of a project file's team.

    Raises:
        RuleFileError: with every fault, in order.
    """
    reading = RuleReading(document, knows_zone=False, lists=lists)
    _read(reading.at(path), FIELD_CONDITION, check_columns)
    if reading.problems:
        raise RuleFileError(in_order(reading.problems))
    return LoadedCondition(document, path, tuple(reading.needs), lists, FIELD_CONDITION)


def load_predicates(
    texts: Sequence[str], name: str = "--where", lists: Lists | None = None
) -> LoadedPredicates:
    """Load predicates on contacts: YAML, or the short form of `short_where`.

    Raises:
        RuleFileError: with every fault.
    """
    parts: list[WherePart] = []
    problems: list[Problem] = []
    for text in texts:
        document, faults = _where(text, name)
        if document is not None:
            reading = RuleReading(document, knows_zone=False, lists=lists)
            _read(reading.at(), CONTACT_PREDICATES, check_columns)
            faults = in_order(reading.problems)
            parts.append(WherePart(document, tuple(reading.needs), lists))
        problems += faults
    if problems:
        raise RuleFileError(problems)
    return LoadedPredicates(tuple(parts))


def _where(text: str, name: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """Return the mapping of column to predicate of a `--where`, or what is wrong with it."""
    from flamescore.rules.short_where import HINT, short_where  # noqa: PLC0415 - not needed for rule files

    if not text.strip():
        return None, (Problem("R110", "`` asks for nothing.", Where(name), HINT),)
    short = short_where(text)
    if short is not None:
        found = short.node(name)
        if isinstance(found, Problem):
            return None, (found,)
        return Document(name, tuple(text.splitlines()), found), ()
    parsed = parse(text, name)
    if parsed.document is None or parsed.problems:
        return None, parsed.problems
    root = parsed.document.root
    if root.kind != "mapping":
        return None, (Problem("R110", f"`{text.strip()}` names no column.", Where(name), HINT),)
    return Document(name, tuple(text.splitlines()), root), ()


def _load(data: bytes, path: str, lists: Lists | None) -> LoadedRules:
    parsed = parse(data, path)
    if parsed.document is None:
        raise RuleFileError(in_order(parsed.problems))
    reading = RuleReading(parsed.document, lists=lists)
    found = _read(reading.at(), FILE.type, check_file)
    names = names_of(parsed.document.root)
    check_names(reading, names)
    problems = in_order([*parsed.problems, *reading.problems])
    errors = [each for each in problems if each.severity == "error"]
    if errors:
        raise RuleFileError(errors)
    return LoadedRules(
        book=rule_book(found, reading.zone, names),
        needs=tuple(need for need in reading.needs if reading.is_enabled(need.path)),
        text=data.decode("utf-8-sig"),
        path=path,
        hash=sha256(data).hexdigest(),
        document=parsed.document,
        warnings=problems,
        lists=_used(reading),
    )


def _used(reading: RuleReading) -> tuple[ListValues, ...]:
    """Return the lists from files in order of first use in the file."""

    def place(used: tuple[NodePath, ListValues]) -> tuple[int, int]:
        where = reading.document.where(used[0])
        return where.line, where.column

    return tuple(dict.fromkeys(values for _, values in sorted(reading.lists_used, key=place)))


def _read(at: At, type_: ValueType, check: Callable[[At], None]) -> Value:
    """Read a value and record all its problems; return None if they keep it from being built."""
    check_nulls(at)
    try:
        found = type_(at)
    except RefusedError:
        found = None
    check(at)
    return found
