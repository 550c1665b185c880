"""Rules and conditions that could never count or hold: windows that end too early, resets by every event.

Both are checked in the tree, as in `checks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.invisible import bare_ends
from flamescore.text import fold
from flamescore.units import SECONDS, Period, parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.schema_reader import At
    from flamescore.yaml_tree import Node, Path

_MONTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR: Final = 365
_FOLLOWERS: Final = ("followed_by", "unless_followed_by")


def check_sequences(top: At) -> None:
    """Report conditions on events that could never hold, and followers that can't come, anywhere below.

    Settings that rules inherit are checked rule by rule (`check_rule`).
    """
    for path, node in top.node.walk():
        if "event" not in node.entries:
            continue
        at = top.child(*path) if path else top
        assert at is not None
        for key in _FOLLOWERS:
            _gap(at.child(key))
        if not _is_rule(at.path):
            _waits(at, at.child("last"), "`last` ends")
            _resets(at, at.child("since"))


def check_rule(rule: At, expires: At | None, since: At | None) -> None:
    """Report an event rule that could never count anything; `expires` and `since` may be inherited."""
    _waits(rule, expires, "an occurrence expires")
    _resets(rule, since)


def check_wait(at: At, window: Period | None) -> None:
    """Report events that an alert waits for if none could ever count, since they expire too early."""
    within = at.child("unless_followed_by", "within")
    wait = _period(within)
    if within is None or wait is None or wait.seconds is None or window is None:
        return
    if _shortest(window) <= wait.seconds:
        message = f"It waits {wait}, but an occurrence expires after {window}: nothing could ever count."
        within.report("R068", message, f"Let `expires` be longer than {wait}.")


def _is_rule(path: Path) -> bool:
    return len(path) == 4 and path[0] == "scores" and path[2] == "rules"  # noqa: PLR2004


def _gap(follower: At | None) -> None:
    """Report a minimum gap to a follower that is not shorter than the maximum."""
    after, within = (None if follower is None else follower.child(key) for key in ("after", "within"))
    least, most = _period(after), _period(within)
    if after is None or least is None or most is None or least.seconds is None or most.seconds is None:
        return
    if least.seconds >= most.seconds:
        message = f"`after` is {least}, which is not shorter than `within`, {most}: no event could follow so."
        after.report("R172", message, "Let `after` be the shorter one: `after: 1h, within: 2d`.")


def _waits(at: At, ends: At | None, how: str) -> None:
    """Report a window that ends before it is known that nothing followed."""
    within = at.child("unless_followed_by", "within")
    wait, window = _period(within), _period(ends)
    if within is None or wait is None or wait.seconds is None or window is None:
        return
    if ends is not None and _shortest(window) <= wait.seconds:
        message = f"It waits {wait}, but {how} after {window}: nothing could ever count."
        within.report("R068", message, f"Let `{ends.path[-1]}` be longer than {wait}.")


def _period(at: At | None) -> Period | None:
    return None if at is None else parse_period(at.node.written)


def _shortest(period: Period) -> int:
    """Return the shortest length of a period in seconds: February for a month, no leap day in a year."""
    if period.seconds is not None:
        return period.seconds
    years, months = divmod(period.count * (12 if period.unit == "y" else 1), 12)
    runs = (sum((_MONTHS * 2)[start : start + months]) for start in range(12))
    return (years * _YEAR + min(runs)) * SECONDS["d"]


def _resets(at: At, since: At | None) -> None:
    """Report a reset by every event of the counted types: none of them comes after the latest reset."""
    event = at.child("event")
    counted = set() if event is None else set(_texts(event.node))
    if since is None or not counted or not counted <= set(_all_of_type(since.node)):
        return
    place = since if since.path[:-1] == at.path else event
    assert place is not None
    message = "Every event that is counted here is a reset: nothing could ever count."
    hint = "Write `since: none`, or say with `where` which of them are resets."
    place.report("R170", message, hint, key=True)


def _all_of_type(since: Node) -> Iterator[str]:
    """Yield the event types all of whose events are resets."""
    for entry in (since, *since.items):
        event, where = entry.child("event"), entry.child("where")
        if event is not None and (where is None or (where.kind == "mapping" and not where.entries)):
            yield from _texts(event)


def _texts(node: Node) -> Iterator[str]:
    yield from (fold(bare_ends(each.written)) for each in (node, *node.items) if each.kind == "text")
