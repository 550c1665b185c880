"""The outcome of a backtest: an event, or a condition on events, after a cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from flamescore.errors import Problem, RuleFileError, UsageError, Where
from flamescore.rules import AllOf, AnyOf, Happened, LoadedCondition, Not, leaves, load_condition
from flamescore.yaml_tree import Document, Node, Span, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports import ListFiles
    from flamescore.rules import Condition, EventMatch
    from flamescore.units import Period

OUTCOME: Final = "--outcome"
CALLED: Final = "--called"
_NOT_HERE: Final = ("last", "since", "burst", "followed_by", "unless_followed_by")


class Outcome(Struct, frozen=True):
    """A valid outcome. `dated`: it consists only of events; otherwise it contains nothing that has a date."""

    text: str
    loaded: LoadedCondition
    dated: bool

    def after(self, cut_to: Period | None, zone: ZoneInfo) -> Condition:
        """Return it as a condition on events in a period before `as_of`; None: at any time."""
        return _windowed(self.loaded.condition(zone), cut_to)

    def leaves(self, zone: ZoneInfo) -> tuple[Happened, ...]:
        """Return the parts that refer to events."""
        return tuple(leaf for leaf in leaves(self.loaded.condition(zone)) if isinstance(leaf, Happened))

    def matches(self, zone: ZoneInfo) -> tuple[EventMatch, ...]:
        """Return the events that it requires, without those under a `not`."""
        return tuple(dict.fromkeys(leaf.match for leaf in _asserted(self.loaded.condition(zone))))


def read_outcome(text: str, lists: ListFiles, name: str = OUTCOME) -> Outcome:
    """Read an outcome: the type of an event, or a condition of the rule language as YAML.

    `name` is the flag that it comes from. The value of `--called` is read the same way, and must be dated.

    Raises:
        RuleFileError: it is not a valid condition, or has a time constraint of its own.
        UsageError: it mixes events with undated parts, matches contacts without any event, or has no date
            where `--called` requires one.
    """
    what = "an outcome" if name == OUTCOME else f"`{name}`"
    subject = f"The outcome `{text}`" if name == OUTCOME else f"`{name} {text}`"
    parsed = parse(text, name)
    if parsed.document is None or parsed.problems:
        raise RuleFileError(parsed.problems)
    root = parsed.document.root
    if root.kind not in ("mapping", "list"):
        root = Node("mapping", root.span, entries={"event": root}, keys={"event": Span(1, 1, 1)})
    document = Document(name, tuple(text.splitlines()) or ("",), root)
    problems = [
        Problem(
            "B001",
            f"`{key}` can't be used in {what}: the horizon says when it counts.",
            Where(name, span.line, span.column, text.splitlines()[span.line - 1], span.width),
            f"Remove `{key}`; --horizon says how long after a cut is looked at.",
        )
        for key, span in _times_of_its_own(root)
    ]
    if problems:
        raise RuleFileError(problems)
    loaded = load_condition(document, (), lists)
    found = loaded.condition(ZoneInfo("UTC"))  # any zone will do: only the structure is examined
    kinds = {isinstance(leaf, Happened) for leaf in leaves(found)}
    if len(kinds) > 1:
        raise UsageError(
            Problem(
                "B004",
                f"{subject} mixes events with what has no date.",
                hint="To look at some contacts only, use the score's `population`.",
            )
        )
    if name == CALLED and True not in kinds:
        raise UsageError(
            Problem(
                "B004",
                f"{subject} asks for what has no date.",
                hint="Say how a call shows in the events, such as `--called '{event: call}'`.",
            )
        )
    if True in kinds and _holds_of_nothing(found):
        raise UsageError(
            Problem(
                "B002",
                f"{subject} matches contacts to whom nothing happened.",
                hint="Ask for an event that happens.",
            )
        )
    return Outcome(text, loaded, dated=True in kinds)


def without_date(text: str) -> bool:
    """Return whether an outcome is a condition that refers to no event; False if it can't be parsed."""
    found = parse(text, "--outcome").document
    return found is not None and found.root.kind == "mapping" and not _names_events(found.root)


def _names_events(node: Node) -> bool:
    return "event" in node.entries or any(_names_events(child) for _, child in node.children())


def _times_of_its_own(node: Node) -> Iterator[tuple[str, Span]]:
    if "event" in node.entries:
        yield from ((key, node.keys[key]) for key in node.entries if key in _NOT_HERE)
    for _, child in node.children():
        yield from _times_of_its_own(child)


def _holds_of_nothing(condition: Condition) -> bool:
    match condition:
        case AllOf(parts=parts):
            return all(map(_holds_of_nothing, parts))
        case AnyOf(parts=parts):
            return any(map(_holds_of_nothing, parts))
        case Not(part=part):
            return not _holds_of_nothing(part)
        case Happened(times=times, sums=sums):
            held = (
                {"at_least": b.operand <= 0, "at_most": b.operand >= 0}.get(
                    b.how, b.operand < 0 if b.how == "more_than" else b.operand > 0
                )
                for each in sums
                for b in each.bounds
            )
            return times.least == 0 and all(held)
        case _:
            return False


def _windowed(condition: Condition, window: Period | None) -> Condition:
    match condition:
        case AllOf(parts=parts):
            return AllOf(tuple(_windowed(part, window) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(tuple(_windowed(part, window) for part in parts))
        case Not(part=part):
            return Not(_windowed(part, window))
        case Happened():
            return replace(condition, window=window)
        case _:
            return condition


def _asserted(condition: Condition) -> Iterator[Happened]:
    """Yield the parts that refer to events and aren't under a `not`."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _asserted(part)
        case Happened():
            yield condition
        case _:
            return
