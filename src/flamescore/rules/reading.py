"""One reading of a rule file: its requirements on the exports, and the wording of its problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from flamescore.errors import RuleFileError
from flamescore.schema_reader import Reading, RefusedError
from flamescore.yaml_tree import by_place, nearest, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from flamescore.errors import Problem
    from flamescore.rules.lists import Lists, ListValues
    from flamescore.schema_reader import At, ProblemText, Shape, Value
    from flamescore.yaml_tree import Path

ExportKind = Literal["contacts", "events"]


class Need(Struct, frozen=True):
    """A requirement of a place in the file on the exports: a `column`, or any `events` or `tags` at all.

    A `pattern` must be one that the engine can run. A `score`, a `label`, a `label_value` (of `label`) and a
    `rule` (of the score in `label`, empty for the default one) must exist in the rule file, a `segment` in
    the project file. `name` is the name of what is required, or the pattern. `key`: whether a message points
    at the key of the place. `dated`, `numeric`, `listed`: whether the column is parsed as dates, numbers or
    lists.
    """

    what: Literal["column", "events", "tags", "pattern", "score", "label", "label_value", "rule", "segment"]
    path: Path
    kind: ExportKind = "contacts"
    name: str = ""
    key: bool = True
    dated: bool = False
    numeric: bool = False
    label: str = ""
    listed: bool = False


@dataclass(slots=True)
class RuleReading(Reading):
    """One reading of rules or conditions: their requirements on the exports, and the zone of naive times."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    knows_zone: bool = True
    """Whether `zone` is that of the rule file; a condition in another file is first read without it."""

    needs: list[Need] = field(default_factory=list)
    lists: Lists | None = None
    """The source of lists from files."""

    lists_used: list[tuple[Path, ListValues]] = field(default_factory=list)

    def is_enabled(self, path: Path) -> bool:
        """Return whether the score and the rule that contain a path are enabled."""
        owners = [path[:2]] if path[:1] == ("scores",) else []
        owners += [path[:4]] if owners and path[2:3] == ("rules",) else []
        switches = (self.document.root.at((*owner, "enabled")) for owner in owners)
        return all(switch is None or switch.scalar is not False for switch in switches)

    def heading(self, path: Path) -> str:
        """Return a prefix with the rule or score of a path: ``Rule "Owns a dog": ``; empty for the file."""
        if len(path) > 3 and path[0] == "scores" and path[2] == "rules" and isinstance(path[3], int):  # noqa: PLR2004
            name = self.document.root.at((*path[:4], "name"))
            if name is not None and name.kind == "text" and name.written.strip():
                return f'Rule "{shortened(name.written)}": '
            return f"Rule {path[3] + 1} of `{path[1]}`: "
        if len(path) > 3 and path[0] == "scores" and path[2] == "groups":  # noqa: PLR2004
            return f"Group `{path[3]}` of `{path[1]}`: "
        if len(path) > 1 and path[0] in _NAMED:
            return f"{_NAMED[str(path[0])]} `{path[1]}`: "
        if len(path) > 2 and path[0] == "accounts" and path[1] in _PARTS_OF_ACCOUNTS:  # noqa: PLR2004
            return f"{_PARTS_OF_ACCOUNTS[str(path[1])]} `{path[2]}`: "
        return f"Score `{path[1]}`: " if len(path) > 1 and path[0] == "scores" else ""

    def label(self, path: Path) -> str:
        """Return the last key of a path, in backticks; `The file` if it has none."""
        keys = [step for step in path if isinstance(step, str)]
        return f"`{keys[-1]}`" if keys else "The file"

    def wrong(self, at: At, wanted: str, hint: str | None = None) -> ProblemText:
        """Return the problem of a value of the wrong kind."""
        return "R022", f"{at.label} must be {wanted}, not {at.node.shown()}.", hint

    def empty(self, at: At) -> ProblemText:
        """Return the problem of an empty list or mapping."""
        return "R024", f"{at.label} is empty; it needs at least one entry.", None

    def unknown(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Return the problem of an unknown key, in the shape's own wording if it has one."""
        return unknown_key(key, shape.keys) if shape.unknown is None else shape.unknown(shape, key, at)

    def missing(self, shape: Shape, key: str, at: At) -> ProblemText | None:
        """Return the problem of a missing key; None for a misspelled one, which is reported as unknown."""
        if any(nearest(word, shape.keys) == key for word in at.keys if word not in shape.keys):
            return None
        return missing_key(key, at.label) if shape.missing is None else shape.missing(key, at)


_NAMED: Final = {"labels": "Label", "alerts": "Alert"}
_PARTS_OF_ACCOUNTS: Final = {"scores": "Account score", "roles": "Role"}


def must_be(wanted: str) -> Callable[[At], ProblemText]:
    """Return a function that reports a value that is not a mapping, with more specific wording."""
    return lambda at: ("R022", f"{wanted}, but this is {at.node.shown()}.", None)


def rule_reading(at: At) -> RuleReading:
    """Return the reading to which a value of rules or conditions belongs."""
    assert isinstance(at.reading, RuleReading)
    return at.reading


def in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return problems in order of their place, without duplicates."""
    return tuple(by_place(dict.fromkeys(problems)))


def read_valid(type_: Callable[[At], Value], at: At) -> Value:
    """Read a value.

    Raises:
        RuleFileError: with every fault, in order, if they keep it from being built.
    """
    try:
        return type_(at)
    except RefusedError:
        raise RuleFileError(in_order(rule_reading(at).problems)) from None


# --- wording for keys --------------------------------------------------------------------------------

_EXAMPLES: Final[Mapping[str, str]] = {
    "version": "Begin the file with `version: 1`.",
    "scores": "Put the rules under `scores:`, then a name, then `rules:`.",
    "name": "Every rule has a `name`: reports show it as the reason.",
    "within": "Write how long after it may come: `within: 2d`.",
    "event": "Write the event type: `event: purchase`.",
    "file": "Write where the list lies: `file: lists/targets.csv`.",
}


def meant_by(meanings: Mapping[str, str]) -> Mapping[str, str]:
    """Invert `{"at_least": "gte >="}`: what people write instead of a word -> the word."""
    return {word: meant for meant, words in meanings.items() for word in words.split()}


OTHER_OPERATORS: Final = meant_by(
    {
        "equals": "is eq = == equal",
        "not_equals": "is_not ne != <> not",
        "in": "any one_of any_of file",
        "not_in": "none_of",
        "contains": "like includes",
        "not_contains": "excludes",
        "starts_with": "begins_with prefix",
        "ends_with": "suffix",
        "matches": "regex regexp pattern",
        "at_least": "gte ge >= min from since",
        "at_most": "lte le <= max to until",
        "more_than": "gt > above over after",
        "less_than": "lt < below under before",
        "between": "range from_to in_range",
        "within_last": "last",
        "within_next": "next",
        "empty": "missing exists is_empty",
        "has": "has_any has_one_of",
        "has_all": "all",
        "has_none": "has_not none",
    }
)
OTHER_CONDITION_WORDS: Final = meant_by(
    {
        "last": "expires within window",
        "since": "reset resets",
        "times": "count at_least",
        "any": "or",
        "all": "and",
        "tag": "tags",
        "field": "fields",
        "event": "events",
    }
)
OTHER_RULE_WORDS: Final = meant_by(
    {
        "points": "score",
        "name": "title",
        "limits": "limit",
        "if": "when condition",
        "note": "description comment",
        "tag": "tags",
        "field": "fields",
        "event": "events",
        "enabled": "active",
        "times": "at_least",
        "expires": "expire last",
        "since": "reset resets",
        "unless_followed_by": "unless_followed",
    }
)


def unknown_key(
    key: str,
    known: Iterable[str],
    *,
    where: str = "",
    others: Mapping[str, str] | None = None,
    also: str = "",
) -> ProblemText:
    """Return the problem of an unknown key, with the known key that was meant, or all known keys."""
    if key in ("follows", "at_once"):
        hint = "To ignore events in a sequence, put the entry under `ignore:`."
        return (
            "R181",
            f"`{key}` belongs under `ignore` and `bots`, and does not apply {where or 'here'}.",
            hint,
        )
    return ("R020", f"Unknown key `{key}`{where and f' {where}'}.", did_you_mean(key, known, others, also))


def did_you_mean(
    word: str, known: Iterable[str], others: Mapping[str, str] | None = None, also: str = ""
) -> str:
    """Suggest the nearest known word, or else list all; `others` maps other spellings to known words."""
    known = tuple(known)
    other = (others or {}).get(word.casefold().replace(" ", "_").replace("-", "_"))
    meant = other if other in known else nearest(word, known)
    return f"Did you mean `{meant}`?" if meant else f"It can be {listing(known)}. {also}".rstrip()


def missing_key(key: str, label: str) -> ProblemText:
    """Return the problem of a required key that is missing in `label`."""
    return "R023", f"{'It' if label == '`rules`' else label} has no `{key}`.", _EXAMPLES.get(key)


def listing(words: Iterable[str], last: str = "or") -> str:
    """Join words as `a, b or c`, each in backticks."""
    *quoted, end = [f"`{word}`" for word in words]
    return f"{', '.join(quoted)} {last} {end}" if quoted else end
