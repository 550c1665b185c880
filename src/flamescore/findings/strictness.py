"""The effect of warnings on a run: `--strict` and `--fail-on warning`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.errors import InputError
from flamescore.findings.finding import Finding, Severity, to_problem
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterable

STRICT: Final = "U016"

AFTER_PUBLICATION: Final = ("O100", "O103")
"""Codes raised at publication or after it, like all of the letter A: too late to stop a run."""


class StrictError(InputError):
    """The error for warnings under `--strict`; `findings` are all others to report, before it."""

    def __init__(self, error: Finding, findings: Iterable[Finding]) -> None:
        super().__init__(to_problem(error))
        self.beside = tuple(map(to_problem, findings))


def strict_error(findings: Iterable[Finding]) -> Finding | None:
    """Return the error that ends a run under `--strict`; None if no warning stops it.

    Accepted warnings stop nothing, nor do those raised at publication or after it.
    """
    stopping = sum(each.is_open and not _comes_too_late(each.code) for each in findings)
    if not stopping:
        return None
    text = f"--strict: {count(stopping, 'warning')} {'stops' if stopping == 1 else 'stop'} this run."
    return Finding(STRICT, Severity.ERROR, "run", text, count=stopping)


def fails_on_warning(findings: Iterable[Finding]) -> bool:
    """Return whether `--fail-on warning` returns 1: whether any warning has not been accepted."""
    return any(each.is_open for each in findings)


def _comes_too_late(code: str) -> bool:
    return code in AFTER_PUBLICATION or code.startswith("A")
