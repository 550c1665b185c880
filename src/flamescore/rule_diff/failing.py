"""The conditions of `--fail-on` for a comparison."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from flamescore.errors import Problem, UsageError
from flamescore.findings import fails_on_warning
from flamescore.units import parse_percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flamescore.rule_diff.comparing import ScoreDiff
    from flamescore.rule_diff.rendering import Diff

_SHARES: Final = ("hot-change", "flames-change")
_LIMIT: Final = re.compile(r"([a-z-]+)=(.+)")


class FailOn(Struct, frozen=True):
    """A `--fail-on` value: `warning`, `any`, or a share that must not be exceeded."""

    what: str
    share: Fraction = Fraction(0)

    def fails(self, diff: Diff) -> bool:
        """Return whether a comparison fails under this condition."""
        if self.what == "warning":
            return fails_on_warning(diff.findings)
        if self.what == "any":
            return bool(diff.moving or diff.settings)
        return any(self._passed(score) for score in diff.scores)

    def _passed(self, score: ScoreDiff) -> bool:
        if self.what == "hot-change":
            moved, among = len(score.hot.entered) + len(score.hot.left), max(1, score.hot.before)
        else:
            moved, among = score.flames_changed, max(1, score.both)
        return Fraction(moved, among) > self.share


def fail_on(texts: Iterable[str]) -> tuple[FailOn, ...]:
    """Parse the values of `--fail-on`.

    Raises:
        UsageError: U002, a value is not valid.
    """
    return tuple(map(_read, texts))


def _read(text: str) -> FailOn:
    if text in ("warning", "any"):
        return FailOn(text)
    found = _LIMIT.fullmatch(text)
    percent = None if found is None else parse_percent(found[2])
    if found is None or percent is None or found[1] not in _SHARES:
        message = f"--fail-on must be hot-change=10%, flames-change=5%, any or warning, not `{text}`."
        raise UsageError(Problem("U002", message))
    return FailOn(found[1], Fraction(percent) / 100)
