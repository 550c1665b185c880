"""Rules checked against the data: rules without effect, operands that don't occur, and suggested fixes."""

from __future__ import annotations

from flamescore.rule_checks.check import check_rules
from flamescore.rule_checks.places import place_of
from flamescore.rule_checks.references import Outside, Reference, references_of

__all__ = ["Outside", "Reference", "check_rules", "place_of", "references_of"]
