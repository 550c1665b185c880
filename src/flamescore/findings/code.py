"""A code: the permanent identifier of what a finding is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from flamescore.findings.finding import Severity


class Code(Struct, frozen=True):
    """The documentation of a code, in Markdown. `coming` marks a code that nothing raises yet."""

    code: str
    severity: Severity
    meaning: str
    why: str
    cure: str
    coming: bool = False
