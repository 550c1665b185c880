"""A code: what a finding is about, for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from flamescore.findings.finding import Severity


class Code(Struct, frozen=True):
    """What the docs say of a code, in Markdown. `coming` marks one that nothing raises yet."""

    code: str
    severity: Severity
    says: str
    why: str
    cure: str
    coming: bool = False
