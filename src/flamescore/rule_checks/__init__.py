"""Rules held against the data: which give nobody anything, which operands nobody has, and what was meant."""

from __future__ import annotations

from flamescore.rule_checks.askers import Outside
from flamescore.rule_checks.check import check_rules

__all__ = ["Outside", "check_rules"]
