"""The columns of the exports that rules and conditions use, of which events, and how they are parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.columns import DateColumns, ListColumns, NamedColumns, NumberColumns
from flamescore.rules.bind import EVENT_COLUMNS
from flamescore.rules.condition_book import FieldIs, Happened, HasTag, leaves
from flamescore.rules.rulebook import EventRule, TagRule, conditions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flamescore.rules.account_book import Accounts
    from flamescore.rules.condition_book import Condition, EventMatch
    from flamescore.rules.load import LoadedCondition, LoadedPredicates, LoadedRules
    from flamescore.rules.reading import ExportKind, Need
    from flamescore.rules.rulebook import Label, Rule, RuleBook, Score
    from flamescore.rules.subscribed import LoadedEvents


def named_columns(
    *loaded: LoadedRules | LoadedCondition | LoadedEvents, keep: frozenset[str] = frozenset()
) -> NamedColumns:
    """Return the columns that enabled rules, and conditions from elsewhere, refer to.

    `keep` are contact columns that are needed even if no rule refers to them.
    """
    return NamedColumns(
        contacts=keep | _names(loaded, "contacts", lambda _: True),
        events=_names(loaded, "events", lambda _: True) | frozenset(_of_standard_patterns(loaded)),
    )


def _of_standard_patterns(loaded: Iterable[LoadedRules | LoadedCondition | LoadedEvents]) -> Iterator[str]:
    """Yield the properties that the standard patterns of `bots` compare; they are optional."""
    books = (book for each in loaded if (book := getattr(each, "book", None)) is not None)
    for bots in (book.bots for book in books):
        for pattern in bots.patterns if bots is not None and bots.standard else ():
            yield from pattern.properties


def date_columns(*loaded: LoadedRules | LoadedCondition | LoadedEvents | LoadedPredicates) -> DateColumns:
    """Return the columns that enabled parts compare with a date, or test by `within_*`."""
    return DateColumns(
        contacts=_names(loaded, "contacts", lambda need: need.dated),
        events=_names(loaded, "events", lambda need: need.dated),
    )


def number_columns(*loaded: LoadedRules | LoadedCondition | LoadedEvents | LoadedPredicates) -> NumberColumns:
    """Return the columns that enabled parts compare with a number, or take points from."""
    return NumberColumns(
        contacts=_names(loaded, "contacts", lambda need: need.numeric),
        events=_names(loaded, "events", lambda need: need.numeric),
    )


def list_columns(*loaded: LoadedRules | LoadedCondition | LoadedEvents | LoadedPredicates) -> ListColumns:
    """Return the columns whose cells enabled parts read as lists (`has`)."""
    return ListColumns(
        contacts=_names(loaded, "contacts", lambda need: need.listed),
        events=_names(loaded, "events", lambda need: need.listed),
    )


def _names(
    loaded: Iterable[LoadedRules | LoadedCondition | LoadedEvents | LoadedPredicates],
    kind: ExportKind,
    wanted: Callable[[Need], bool],
) -> frozenset[str]:
    return frozenset(
        need.name
        for each in loaded
        for need in each.needs
        if need.what == "column" and need.kind == kind and wanted(need)
    )


# --- users of columns, and their events --------------------------------------------------------------


class ColumnUse(Struct, frozen=True):
    """A column that something uses: of contacts, or of events of some `types` (as authored).

    `who` names what uses it, such as `rule "Visit"`; `line` is its line in the rule file.
    """

    kind: ExportKind
    column: str
    types: tuple[str, ...] = ()
    who: str = ""
    line: int = 0


def column_uses_of_rules(loaded: LoadedRules, book: RuleBook) -> Iterator[ColumnUse]:
    """Yield the columns that rules, populations, `ignore`, labels and accounts use.

    The columns that every event has are left out.
    """

    def line(*path: str | int) -> int:
        return loaded.document.where(path).line

    entries = [("ignore", entry, line("ignore", number)) for number, entry in enumerate(book.ignore)]
    if book.bots is not None and not book.bots.standard:
        patterns = enumerate(book.bots.patterns)
        entries += [("bots", entry, line("bots", "patterns", number)) for number, entry in patterns]
    for who, entry, where in entries:
        at_once, follows = entry.at_once, entry.follows
        per = None if at_once is None or at_once.per is None else at_once.per.column
        same = None if follows is None else follows.same
        yield from _of_match(entry.match, who, where, per, same)
        if follows is not None:
            yield from _of_match(follows.match, who, where, same)
    for score in book.scores:
        yield from _of_score(score, line)
    yield from _of_labels(book.labels, line)
    if book.accounts is not None:
        yield from _of_accounts(book.accounts, line)


def _of_labels(labels: Sequence[Label], line: Callable[..., int]) -> Iterator[ColumnUse]:
    for label in labels:
        for number, branch in enumerate(label.branches):
            if branch.condition is not None:
                here = line("labels", label.name, "first_of", number)
                yield from column_uses(branch.condition, f"label {label.name}", here)


def _of_accounts(accounts: Accounts, line: Callable[..., int]) -> Iterator[ColumnUse]:
    for column in accounts.key:
        yield ColumnUse("contacts", column, (), "`key` of `accounts`", line("accounts", "key"))
    if accounts.called is not None:
        yield ColumnUse("contacts", accounts.called, (), "`name` of `accounts`", line("accounts", "name"))
    for role in accounts.roles:
        yield from column_uses(role.condition, f"role {role.name}", line("accounts", "roles", role.name))


def _of_score(score: Score, line: Callable[..., int]) -> Iterator[ColumnUse]:
    if score.population is not None:
        who = f"the population of {score.name}"
        yield from column_uses(score.population, who, line("scores", score.name, "population"))
    for group, idle in score.idles:
        path = ("scores", score.name, *(() if group is None else ("groups", group)), "idle")
        for match in idle.activity:
            yield from _of_match(match, f"`idle` of {group or score.name}", line(*path))
    for rule in score.rules:
        yield from _of_rule(rule, f'rule "{rule.name}"')


def column_uses(condition: Condition, who: str = "", line: int = 0) -> Iterator[ColumnUse]:
    """Yield the columns that a condition uses."""
    for leaf in leaves(condition):
        if isinstance(leaf, HasTag):
            yield ColumnUse("contacts", "tags", (), who, line)
        elif isinstance(leaf, FieldIs):
            yield from (ColumnUse("contacts", each.column, (), who, line) for each in leaf.where)
        elif isinstance(leaf, Happened):
            summed = (each.column for each in leaf.sums)
            yield from _of_sequence(leaf, who, line, *summed)


def _of_rule(rule: Rule, who: str) -> Iterator[ColumnUse]:
    subject = rule.subject
    if isinstance(subject, EventRule):
        yield from _of_sequence(subject, who, rule.line, subject.points.column)
    elif isinstance(subject, TagRule):
        yield ColumnUse("contacts", "tags", (), who, rule.line)
        for match in subject.since:
            yield from _of_match(match, who, rule.line)
    for condition in conditions_of(rule):
        yield from column_uses(condition, who, rule.line)


def _of_sequence(
    sequence: EventRule | Happened, who: str, line: int, *also: str | None
) -> Iterator[ColumnUse]:
    """Yield the columns that a rule or condition uses of its events, followers and resets."""
    followers = [each for each in (sequence.followed_by, sequence.unless_followed_by) if each is not None]
    pers = (sequence.per, None if sequence.burst is None else sequence.burst.per)
    values = (per.column for per in pers if per is not None)
    yield from _of_match(sequence.match, who, line, *values, *(each.same for each in followers), *also)
    for follower in followers:
        yield from _of_match(follower.match, who, line, follower.same)
    for match in sequence.since:
        yield from _of_match(match, who, line)


def _of_match(match: EventMatch, who: str, line: int, *also: str | None) -> Iterator[ColumnUse]:
    """Yield the columns that a match tests, and other columns that are used of its events."""
    for column in (*(each.column for each in match.where), *also):
        if column is not None and column not in EVENT_COLUMNS:
            yield ColumnUse("events", column, match.types, who, line)
